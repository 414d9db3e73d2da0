"""Files that are kept. A row says what a file is; whoever owns the row decides who may see it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock


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
