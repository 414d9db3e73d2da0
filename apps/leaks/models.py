"""Money that is at risk of being forgotten: what, how much, since when, what to do."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.fields import MoneyField
from apps.core.models import Stateful, one_of
from apps.leaks import states
from apps.leaks.querysets import LeakQuerySet


class Leak(Stateful):
    """Euros that stand in a stage for longer than they may, or a sign. It closes when its cause is gone.

    `detector` is the name of the stage of `pipeline.states`, or of the sign of `leaks.signs`.
    """

    steps = states.STEPS

    detector = models.CharField(_("type"), max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    # the record that the leak's link opens: the job of a deviation, the invoice itself
    target_id = models.BigIntegerField(default=0)
    subject_label = models.CharField(_("record"), max_length=160)
    amount = MoneyField(_("amount"))
    # What the customer owes of it, VAT included; below zero what is owed to them.
    receivable = MoneyField(_("receivable"), default=0)
    # A sign is looked at; its euros stand in a stage, and are added up there.
    sign = models.BooleanField(default=False)
    # Up to this amount the loss was accepted: more than that is another loss. With VAT: of what is owed, by whomever.
    accepted = MoneyField(null=True)
    accepted_gross = MoneyField(null=True)
    status = models.CharField(
        _("status"), max_length=12, choices=states.LeakStatus, default=states.LeakStatus.OPEN
    )
    since = models.DateTimeField(_("since"))
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)

    objects = LeakQuerySet.as_manager()

    class Meta:
        verbose_name = _("leak")
        verbose_name_plural = _("leaks")
        ordering = ["-amount", "since"]
        constraints = [
            one_of("status", states.LeakStatus, "leak_status"),
            models.UniqueConstraint(
                fields=["detector", "subject_type", "subject_id"], name="leak_once_per_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "sign", "-amount"], name="leak_by_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.detector}: {self.subject_label}"

    @property
    def tone(self) -> str:
        return states.TONES[self.status]

    @property
    def look(self) -> str:
        """What its page shows that it is about: who writes it off says so."""
        return f"{self.amount} {self.receivable}"

    def age(self, now: datetime) -> timedelta:
        """How long the cause has lasted."""
        return now - self.since
