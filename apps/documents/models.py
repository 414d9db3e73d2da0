"""Files that are kept. A row says what a file is; whoever owns the row decides who may see it."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.documents.querysets import AttachedFileQuerySet


class StoredFile(models.Model):
    """A file, stored under its own hash. Served only by the view of the record that it belongs to."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(_("taken at"), null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    thumbnail_path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["sha256"], name="storedfile_sha256")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")


class AttachedFile(models.Model):
    """A document that somebody put with a record, which `owner` names. Technicians see what was shared with them."""

    owner: ClassVar[str]

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    for_technician = models.BooleanField(_("for the technician"), default=False)

    objects = AttachedFileQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.file.name

    @property
    def record(self) -> Any:
        return getattr(self, self.owner)


FOLDER = "pending"


class PendingUpload(models.Model):
    """A file that came with a refused form, as it came. `kept.py` gives it back to whoever sent it, for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=40)
    address = models.CharField(max_length=500)
    field = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("file of a refused form")
        verbose_name_plural = _("files of refused forms")
        indexes = [models.Index(fields=["created_at"], name="pendingupload_age")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"{FOLDER}/{self.pk}"

    @property
    def is_image(self) -> bool:
        """By what the browser says; some do not know what a newer telephone makes."""
        return self.content_type.startswith("image/") or self.name.lower().endswith(
            (".heic", ".heif", ".avif")
        )
