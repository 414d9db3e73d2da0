"""Every mail that goes out, every notice that a colleague gets, every note on a record."""

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import Stateful, one_of
from apps.documents.models import StoredFile
from apps.messaging import states
from apps.messaging.querysets import AboutQuerySet, MessageQuerySet, NoticeQuerySet, PushDeviceQuerySet

# A mail that has not left by then waits for somebody to look at it.
LATE = timedelta(minutes=10)


def message_id_new() -> str:
    """What names a mail in all the world."""
    return f"<{uuid.uuid4()}@{urlsplit(settings.PUBLIC_ADDRESS).hostname or 'localhost'}>"


class Message(Stateful):
    """A mail: to whom, about what, and what became of it."""

    steps = states.STEPS

    kind = models.CharField(_("kind"), max_length=40)
    to_address = models.EmailField(_("to"))
    to_name = models.CharField(_("name"), max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    # May hold marks of messaging.links: the private address is put in at the moment of sending, never stored.
    body = models.TextField(_("text"))
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    about_type = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    status = models.CharField(
        _("status"), max_length=10, choices=states.MessageStatus, default=states.MessageStatus.QUEUED
    )
    # One per mail that somebody gets, however often it is tried; another one when it is sent again on purpose.
    message_id = models.CharField(max_length=300, default=message_id_new, unique=True)
    # What the app that wrote it has to know when it is sent. Ids, never amounts.
    facts = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.TextField(_("error"), blank=True)
    queued_at = models.DateTimeField(default=clock.now)
    # Until then whoever caused it may take it back.
    held_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [one_of("status", states.MessageStatus, "message_status")]
        indexes = [
            models.Index(fields=["about_type", "about_id"], name="message_about"),
            models.Index(fields=["queued_at"], name="message_to_send", condition=~models.Q(status="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"

    @property
    def is_under_way(self) -> bool:
        """It has still to leave."""
        return self.status in states.UNDER_WAY

    @property
    def is_late(self) -> bool:
        """It should have left by now."""
        return (
            self.is_under_way and max(self.queued_at, self.held_until or self.queued_at) <= clock.now() - LATE
        )

    @property
    def may_be_sent_again(self) -> bool:
        """It left, did not arrive, or should have left by now."""
        return self.status in states.STEPS["retry"].sources and (not self.is_under_way or self.is_late)

    @property
    def why(self) -> str:
        """What kept it from arriving, as far as is known: in a mail server's own words, if it had any."""
        if self.error == states.NO_WORD:
            return gettext(
                "The mail server got the mail and did not say whether it took it. Ask whether it arrived before you send it again."
            )
        return self.error

    @property
    def tone(self) -> str:
        return (
            "green"
            if self.status == "sent"
            else "red"
            if self.status == "failed" or self.is_late
            else "amber"
        )


class Attachment(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.file.name


class Notice(models.Model):
    """Something that a colleague should know, inside the product."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["user", "-at"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.text


class Note(models.Model):
    """A remark in the discussion of a record. Never edited: a new one corrects it."""

    about_type = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    text = models.TextField(_("note"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["about_type", "about_id", "at"], name="note_about")]

    def __str__(self) -> str:
        return self.text[:60]


class PushDevice(models.Model):
    """A browser that shows its user's pushes on the lock screen, until it or its user says otherwise."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Where its maker's service takes messages for it; whoever has it and the keys can send there.
    endpoint = models.CharField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    # Both as hashes: by what we know the browser again, and the login with which it ends.
    browser = models.CharField(max_length=64, unique=True)
    session = models.CharField(max_length=64, db_index=True)
    agent = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    reached_at = models.DateTimeField(null=True)
    # What the service answered when it took the last one for good not; "-" when it did not answer.
    error = models.CharField(max_length=10, blank=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device with pushes")
        verbose_name_plural = _("devices with pushes")

    def __str__(self) -> str:
        return self.agent


class Push(models.Model):
    """What is to be told on one device; gone as soon as it was, or is no news any more."""

    device = models.ForeignKey(PushDevice, models.CASCADE, related_name="+")
    # What it is about: a later one about the same takes its place, here and on the screen.
    tag = models.CharField(max_length=32)
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        constraints = [models.UniqueConstraint(fields=["device", "tag"], name="one_push_waits_about_a_thing")]

    def __str__(self) -> str:
        return f"{self.title}: {self.text}"
