"""What a detector is, and the register of all of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Found:
    """One cause: the record, the record that its link opens, how it is called, euros, and since when."""

    subject_id: int
    target_id: int
    label: str
    amount: Decimal
    since: datetime


@dataclass(frozen=True)
class Moment:
    """What every query may refer to: %(now)s, %(today)s, and %(rate)s, what an hour of work is asked at."""

    now: datetime
    today: date
    rate: Decimal


class Detector:
    """One way to lose money: what it is, from which age it counts, what to do, and the query that finds it.

    The query gives rows of (subject id, id for the link, label, amount, since), one per subject. It may use
    %(limit)s: only what is older than `after` is a leak.
    """

    name: ClassVar[str]
    label: ClassVar[Text]
    cause: ClassVar[Text]
    action: ClassVar[Text]
    subject: ClassVar[str]
    # the page where the next action is taken; `url_needs_id` says whether it is about one record
    url_name: ClassVar[str]
    url_needs_id: ClassVar[bool] = True
    after: ClassVar[timedelta] = timedelta(0)
    query: ClassVar[str]

    def find(self, moment: Moment) -> list[Found]:
        """Every cause that holds now. One query."""
        values: dict[str, Any] = {
            "now": moment.now, "today": moment.today, "rate": moment.rate, "limit": moment.now - self.after,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(self.query, values)
            return [
                Found(
                    subject, target, str(label)[:160], Decimal(amount or 0).quantize(Decimal("0.01")), since
                )
                for subject, target, label, amount, since in cursor.fetchall()
            ]

    def url(self, target_id: int) -> str:
        """Where the next action is taken; empty in an installation without that page."""
        try:
            return reverse(self.url_name, args=[target_id] if self.url_needs_id else [])
        except NoReverseMatch:
            return ""


_register: dict[str, Detector] = {}


def register(detector: type[Detector]) -> type[Detector]:
    """Add a detector. An app above the leaks registers its own, in AppConfig.ready."""
    _register[detector.name] = detector()
    return detector


def detectors() -> dict[str, Detector]:
    return _register


# Parts that several queries share. `w` is the work order.

# What a job is worth as long as no review priced it: what was agreed, or its hours and parts at today's prices.
JOB_VALUE = """
coalesce(
  (SELECT a.net FROM quotes_acceptance a
     JOIN quotes_quoteversion qv ON qv.id = a.version_id JOIN quotes_quote q ON q.id = qv.quote_id
    WHERE q.work_order_id = w.id ORDER BY a.at DESC LIMIT 1),
  coalesce((SELECT sum(extract(epoch FROM t.ended_at - t.started_at) / 3600) * %(rate)s
              FROM field_timeentry t JOIN field_visit tv ON tv.id = t.visit_id
             WHERE tv.work_order_id = w.id AND t.kind = 'work' AND t.ended_at IS NOT NULL), 0)
  + coalesce((SELECT sum(m.quantity * p.price) FROM field_materialusage m JOIN field_visit mv ON mv.id = m.visit_id
                JOIN LATERAL (SELECT price FROM pricing_materialprice
                               WHERE material_id = m.material_id AND valid_from <= %(today)s
                               ORDER BY valid_from DESC LIMIT 1) p ON true
               WHERE mv.work_order_id = w.id), 0))
"""
# What a job will bring as long as nothing was done: what was agreed, or the hours that were sold.
JOB_PROMISE = """
coalesce(
  (SELECT a.net FROM quotes_acceptance a
     JOIN quotes_quoteversion qv ON qv.id = a.version_id JOIN quotes_quote q ON q.id = qv.quote_id
    WHERE q.work_order_id = w.id ORDER BY a.at DESC LIMIT 1),
  w.sold_hours * %(rate)s)
"""
