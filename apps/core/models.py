"""What every app builds on: the audit, number series, and answers to repeated requests."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import AuditEventQuerySet


class Versioned(models.Model):
    """A record that people change in forms. Postgres counts its changes: see `core.versions`."""

    version = models.PositiveIntegerField(default=0, editable=False)

    counted: ClassVar[tuple[str, ...]] = ()  # relations whose rows are a part of the record
    uncounted: ClassVar[tuple[str, ...]] = ()  # columns that no form changes

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> str:
        """As Django's `get_status_display()`, which makes a dictionary of the choices each time: a list asks it for each row."""
        value = getattr(self, field.attname)
        return str(_words_of(field).get(value, value if value is not None else ""))


@cache
def _words_of(field: models.Field) -> dict[Any, Any]:
    return dict(field.flatchoices)


class AuditEvent(models.Model):
    """Something that was done, in the words of the domain. Append-only; holds no amount of money."""

    at = models.DateTimeField(_("at"), default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    # Postgres knows which request it is serving: no query to ask it first.
    request_id = models.CharField(
        max_length=40,
        blank=True,
        db_default=Coalesce(
            Func(models.Value("app.request_id"), models.Value(True), function="current_setting"),
            models.Value(""),
            output_field=models.TextField(),
        ),
    )

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="auditevent_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class RowChange(models.Model):
    """What a statement did to a row. Written by one Postgres trigger, whoever wrote; append-only."""

    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    db_role = models.TextField()
    request_id = models.TextField(blank=True)
    table_name = models.TextField()
    row_id = models.TextField()
    operation = models.CharField(max_length=1)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row change")
        verbose_name_plural = _("row changes")
        indexes = [models.Index(fields=["table_name", "row_id"], name="rowchange_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"


class Counter(models.Model):
    """Where a series is in a year. Its row lock makes numbers gap-free."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    # The next number is one more than `last`; `given` is the last that a document got. Only the database writes them.
    last = models.PositiveIntegerField(default=0)
    given = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="counter_once_per_year"),
            models.CheckConstraint(
                condition=models.Q(given__lte=models.F("last")), name="counter_given_is_not_ahead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class Series(Versioned):
    """A kind of document that is numbered, and what its numbers start with."""

    events = {"prefix": _("Prefix changed"), "next": _("Next number chosen")}

    name = models.CharField(max_length=20, unique=True)
    prefix = models.CharField(_("prefix"), max_length=6)

    class Meta:
        verbose_name = _("document series")
        verbose_name_plural = _("document series")

    def __str__(self) -> str:
        return self.name


class IdempotentAnswer(models.Model):
    """The answer that a POST with this key was given. Row security shows it only to the role that made it."""

    key = models.CharField(max_length=64)
    scope = models.CharField(max_length=40)
    path = models.CharField(max_length=500)
    sent_hash = models.CharField(max_length=64, default="")
    db_role = models.CharField(max_length=30)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a repeated request")
        verbose_name_plural = _("answers to repeated requests")
        constraints = [models.UniqueConstraint(fields=["key", "scope"], name="answer_once_per_key")]

    def __str__(self) -> str:
        return f"{self.path} {self.status}"

    def response(self) -> HttpResponse:
        answer = HttpResponse(self.body, status=self.status)
        for name, value in self.headers.items():
            answer[name] = value
        return answer


class Hit(models.Model):
    """One of the times that something limited was tried; see `core.limits`."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("hit")
        verbose_name_plural = _("hits")
        indexes = [models.Index(fields=["bucket", "at"], name="hit_bucket")]

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.at}"


class Edition(models.Model):
    """How often a table was changed whose rows are edited as one page. Written by a trigger only."""

    name = models.CharField(max_length=63, unique=True)
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True)
    user_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Mergeable(Versioned):
    """A record that may turn out to be another: then it points to the one that it became, and nothing hangs on it."""

    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True


class Merge(models.Model):
    """One record was merged into another: what moved, and which values changed, so that it can be undone."""

    subject_type = models.CharField(max_length=60)
    gone_id = models.BigIntegerField()
    gone_label = models.CharField(max_length=200)
    kept_id = models.BigIntegerField()
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=120)
    was_active = models.BooleanField()
    moved = models.JSONField(default=dict)  # by the name of the part: keys
    crossed = models.JSONField(default=dict)  # what was tied to both before, by the name of the part
    before = models.JSONField(default=dict)  # values of the one that was kept, by the name of the field
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "gone_id"],
                condition=models.Q(undone_at__isnull=True),
                name="merged_away_once",
            ),
            models.CheckConstraint(condition=~models.Q(gone_id=models.F("kept_id")), name="merge_of_two"),
        ]
        indexes = [models.Index(fields=["subject_type", "kept_id"], name="merge_into")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.gone_id} → {self.kept_id}"


class Stateful(Versioned):
    """A record with a status. Only `core.transitions.move` assigns it."""

    steps: dict[str, Any] = {}

    class Meta:
        abstract = True


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The database's own copy of a list of choices."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


def on_earth(latitude: str, longitude: str) -> models.Q:
    """Both degrees are there, and are a place."""
    bounds = {latitude: (-90, 90), longitude: (-180, 180)}
    there = {f"{name}__isnull": False for name in bounds}
    return models.Q(**there, **{f"{name}__range": within for name, within in bounds.items()})


def same(field: str) -> tuple[Func, str]:
    """Of an exclusion constraint: that two rows hold the same id. As a range, for `=` needs an extension of Postgres."""
    return Func(F(field), F(field), Value("[]"), function="int8range"), RangeOperators.OVERLAPS


class SearchWord(models.Model):
    """A word that a record is found by, and what is left of it without one letter: see `core.spelling`. Triggers write it."""

    word = models.TextField()
    rests = ArrayField(models.TextField())

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = [
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["rests"], name="search_word_rests"),
        ]

    def __str__(self) -> str:
        return self.word
