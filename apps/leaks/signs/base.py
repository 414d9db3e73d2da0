"""What a sign is, and the register of all of them."""

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
    subject_type: str = ""
    receivable: Decimal = Decimal(0)


@dataclass(frozen=True)
class Moment:
    """What every query may refer to: %(now)s, %(today)s, and %(rate)s, what an hour of work is asked at."""

    now: datetime
    today: date
    rate: Decimal


class Sign:
    """Something that makes one look twice: what it is, from which age it counts, what to do, and the query that finds it.

    Its amount is what it is about, and is added to nothing: the euros themselves stand in their stage. The query gives
    rows of (subject id, id for the link, label, amount, since), one per subject. It may use %(limit)s: only what is
    older than `after` counts.
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


_register: dict[str, Sign] = {}


def register(sign: type[Sign]) -> type[Sign]:
    """Add a sign. An app above the leaks registers its own, in AppConfig.ready."""
    _register[sign.name] = sign()
    return sign


def signs() -> dict[str, Sign]:
    return _register


def page_of(url_name: str, target_id: int, *, about_record: bool = True) -> str:
    """Where the next action is taken; empty in an installation without that page."""
    try:
        return reverse(url_name, args=[target_id] if about_record else [])
    except NoReverseMatch:
        return ""
