"""What phones report: each thing that was done, stored first, and what they still hold. And what the company wants of them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.models import Versioned, one_of
from apps.documents.models import StoredFile
from apps.documents.photos import SIDE
from apps.field import rules, states
from apps.field.events import event_label
from apps.field.models.visits import Visit
from apps.field.querysets import FieldEventQuerySet, PhoneHoldingQuerySet
from apps.planning.models import Assignment

# In a payload: what the office says that it should have been. What the phone said stays beside it.
CORRECTED = "corrected"


class EventState(models.TextChoices):
    RECEIVED = "received", _("Received")
    APPLIED = "applied", _("Applied")
    TO_DECIDE = "to_decide", _("To decide by the office")
    DECIDED = "decided", _("Decided")


class FieldEvent(models.Model):
    """The phone's receipt book: each thing that a technician did, stored first and applied exactly once."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="events")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="events")
    # Not limited to the kinds that we know: what a phone sends is kept, also when it is newer than we are.
    kind = models.CharField(_("kind"), max_length=30)
    payload = models.JSONField(default=dict)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    # By the phone's clock; the server's minus the phone's, in seconds, stands in `skew_seconds`.
    occurred_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(default=clock.now)
    skew_seconds = models.IntegerField(default=0)
    time_zone = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=EventState, default=EventState.RECEIVED)
    why = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("decision"), max_length=200, blank=True)

    objects = FieldEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event from the phone")
        verbose_name_plural = _("events from the phone")
        ordering = ["received_at"]
        constraints = [one_of("state", EventState, "field_event_state")]
        indexes = [
            models.Index(fields=["received_at"], name="field_event_to_decide", condition=Q(state="to_decide"))
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} {self.occurred_at}"

    @property
    def happened_at(self) -> datetime:
        """When it happened by our own clock; never later than when we heard of it."""
        return rules.time_corrected(self.occurred_at, self.skew_seconds, self.received_at)

    @property
    def clock_is_off(self) -> bool:
        return rules.clock_is_off(self.skew_seconds)

    @property
    def kind_label(self) -> Any:
        return event_label(self.kind)

    @property
    def said(self) -> dict[str, Any]:
        """What it says, as the office put it right."""
        corrected: dict[str, Any] = self.payload.get(CORRECTED, {})
        return self.payload | corrected

    @property
    def why_sentence(self) -> str:
        """Why it could not be applied, for a reader: `why` holds a code and what it is about."""
        code, _colon, detail = self.why.partition(":")
        if (words := states.DETAILS.get(code)) is not None:
            detail = ", ".join(str(words.get(one.strip(), one.strip())) for one in detail.split(","))
        sentence = str(states.UNFIT.get(code, self.why))
        return sentence % {"detail": detail} if "%(detail)s" in sentence else sentence

    @property
    def receipt(self) -> dict[str, str]:
        """What the phone is told; the same whenever it asks."""
        return {"id": str(self.pk), "state": self.state, "why": self.why_sentence if self.why else ""}


class PhoneHolding(models.Model):
    """What a phone said last that it holds of one job and has not sent. It stands until that phone says otherwise.

    A phone is a browser that made itself an id: one person may have several.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    phone = models.UUIDField()
    # None: of a job that is not there any more.
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="+")
    photos = models.PositiveIntegerField(_("photos"))
    # Acts without a photo: a clock, an answer, a part, a signature.
    things = models.PositiveIntegerField(_("other things"))
    since = models.DateTimeField(_("since"))
    reported_at = models.DateTimeField(default=clock.now)

    objects = PhoneHoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("held by a phone")
        verbose_name_plural = _("held by phones")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "phone", "assignment"], name="holding_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(photos__gt=0) | Q(things__gt=0), name="holding_is_something"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        return holding_said(
            name=self.user.name, photos=self.photos, things=self.things, since=self.since,
        )  # fmt: skip


def holding_said(*, name: str, photos: int, things: int, since: datetime) -> str:
    """Whose phone holds what, and since when."""
    told = {"photos": ngettext("%(n)s photo", "%(n)s photos", photos) % {"n": photos}, "n": things}
    if not things:
        what = told["photos"]
    elif not photos:
        what = ngettext("%(n)s thing that was recorded", "%(n)s things that were recorded", things) % told
    else:
        what = (
            ngettext("%(photos)s and %(n)s other thing", "%(photos)s and %(n)s other things", things) % told
        )
    words = gettext("The phone of %(name)s holds %(what)s since %(when)s")
    return words % {"name": name, "what": what, "when": _when(since)}


def _when(since: datetime) -> str:
    today = clock.day_bounds(clock.today())
    return formats.clock_time(since) if today[0] <= since < today[1] else formats.stamp(since)


class PhoneSettings(Versioned):
    """What the company wants of its phones, where that is not what the product proposes."""

    # A phone that holds something for longer is a sign.
    holds_hours = models.PositiveSmallIntegerField(
        _("a phone may hold something for (hours)"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )

    # What a phone sends of a photo: enough to read a type plate, and not what a camera can do.
    photo_side = models.PositiveSmallIntegerField(
        _("long side of a photo that is sent (pixels)"),
        default=SIDE,
        validators=[MinValueValidator(1024), MaxValueValidator(SIDE)],
    )

    class Meta:
        verbose_name = _("settings of the phones")
        verbose_name_plural = _("settings of the phones")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_set_of_phone_settings")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
