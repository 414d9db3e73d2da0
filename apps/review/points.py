"""What a reviewer judges before the approval: each concern with the item it is about, and the answers that are one press."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from apps.core import formats
from apps.pricing import lookup
from apps.pricing.rules import hours_charged
from apps.review.evidence import Evidence, Row
from apps.review.models import Billable, Concern, Fate
from apps.review.states import OVER_USE_WAYS, READY_REASONS, ConcernKind, concern_words

ORDER = {kind: place for place, kind in enumerate(ConcernKind.values)}


@dataclass
class Way:
    """One press: what the button says, and what it sends."""

    label: Any
    sends: dict[str, Any]
    key: str = ""
    focus: bool = False


@dataclass
class Point:
    """One concern on the page."""

    concern: Concern
    row: Row | None = None
    billable: Billable | None = None
    several: bool = False
    url: str = ""
    look: str = ""
    ways: list[Way] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"concern-{self.concern.pk}"

    @property
    def item(self) -> str:
        """Where the evidence itself stands on the page."""
        if self.billable:
            return f"billable-{self.billable.pk}"
        assert self.row is not None
        if self.row.kind == "job":
            return "estimate"
        return f"{self.row.part or self.row.kind}-{self.row.subject.pk}"

    @property
    def title(self) -> Any:
        """What is to be judged. An end that the technician only confirmed is no other end."""
        if self.concern.kind == ConcernKind.PROPOSAL and self.row and _is_confirmed(self.row):
            return _("The technician says that the clock is right")
        return self.concern.get_kind_display()

    @property
    def said(self) -> str:
        said = concern_words(self.concern.kind, self.concern.words)
        return said or str(
            _("Nobody said why") if self.concern.kind == ConcernKind.SIGNATURE else _("Look at it")
        )

    @property
    def visit(self) -> Any:
        if not self.row or not self.several or self.row.kind == "job":
            return None
        return getattr(self.row.subject, "visit", self.row.subject)

    @property
    def returned(self) -> bool:
        return bool(self.row and self.row.finding and self.row.finding.decision == "returned")

    @property
    def judged_by(self) -> Any:
        if self.billable:
            return self.billable.decided_by
        return self.row.finding.by if self.row and self.row.finding else None

    @property
    def why(self) -> str:
        if self.billable:
            return self.billable.reason
        return self.row.finding.reason if self.row and self.row.finding else ""


def points_of(evidence: Evidence, *, focus: bool = False) -> list[Point]:
    """Every concern of the job, first what nobody judged. The answers to the first have the keys 1, 2, 3."""
    found = sorted(_points(evidence), key=lambda one: (not one.concern.open, ORDER[one.concern.kind]))
    if found and found[0].concern.open:
        for number, way in enumerate(found[0].ways, start=1):
            way.key, way.focus = str(number), focus and number == 1
    return found


def _points(evidence: Evidence) -> Iterator[Point]:
    rows = [
        *evidence.deviations,
        *evidence.times,
        evidence.job,
        *(one[part] for one in evidence.site_visits for part in ("photos", "signature")),
    ]
    items = {one.concern.pk: one for one in rows if one.concern}
    billables = {one.pk: one for one in evidence.billables}
    several = len(evidence.visits) > 1
    for concern in evidence.concerns:
        if row := items.get(concern.pk):
            kind = "visit" if row.part else row.kind
            url = reverse("review:finding_add", args=[evidence.order.pk, kind, row.subject.pk])
            sends = {"decision": "accepted", "part": row.part}
            reasons: list[Any] = list(READY_REASONS.get(concern.kind, ()))
            if row.kind == "deviation" and row.subject.follow_up:
                reasons = [row.subject.follow_up]  # somebody said already what was done about it
            ways = [Way(reason, sends | {"reason": reason}) for reason in reasons]
            is_asked = any(
                one.claimed for one in row.billables
            )  # then only a credit note changes what is charged
            if concern.kind == ConcernKind.PROPOSAL and not _is_confirmed(row) and not is_asked:
                ways.insert(0, _as_proposed(row))
            yield Point(concern, row=row, several=several, url=url, look=row.look, ways=ways)
        elif billable := billables.get(concern.subject_id):
            url = reverse("review:billable_decide", args=[billable.pk])
            yield Point(
                concern, billable=billable, url=url, look=billable.look, ways=_fates(concern, billable)
            )


def _is_confirmed(row: Row) -> bool:
    return bool(row.kind == "time" and row.subject.proposed_end == row.subject.ended_at)


def _as_proposed(row: Row) -> Way:
    """To charge a stretch of time until the end that the technician proposes."""
    entry = row.subject
    lasted = max(entry.proposed_end - entry.started_at, timedelta())
    (hours,) = hours_charged([lasted], lookup.policy().round_minutes)
    label = _("Charge %(hours)s, as the technician says") % {"hours": formats.quantity(hours, _("h"))}
    sends = {"decision": "corrected", "quantity": formats.typed(hours), "reason": entry.proposed_why}
    return Way(label, sends)


def _fates(concern: Concern, billable: Billable) -> list[Way]:
    if concern.kind == ConcernKind.PRICE:
        return [
            Way(reason, {"fate": billable.fate, "reason": reason}) for reason in READY_REASONS[concern.kind]
        ]
    if concern.kind != ConcernKind.OVER_USE:
        return []
    ways = OVER_USE_WAYS if billable.price_source else OVER_USE_WAYS[:2]
    return [
        Way(
            format_lazy("{fate}: {reason}", fate=Fate(fate).label, reason=reason),
            {"fate": fate, "reason": reason},
        )
        for fate, reason in ways
    ]
