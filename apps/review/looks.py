"""What the review page shows, as one word per item: whoever decides says what they looked at.

Two people review one job, or one has it open since this morning: a decision from an older page would undo what a
colleague decided, unseen, and an approval would approve it. Each form of the page carries the word of its item, that of
approving the word of all; the action compares it under the lock. A word is no version: it needs no column, and what
changed for the other items of the job stands in nobody's way.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.refusals import Refused
from apps.field.models import ExtraWork
from apps.review.models import Billable, ExtraWorkOffer, Finding
from apps.review.rules import look


class DecidedMeanwhile(Refused):
    """It is no longer what was looked at."""


class OfferedMeanwhile(Refused):
    """The customer has another offer than whoever makes this one has seen."""


def item_look(findings: Sequence[Finding], billables: Iterable[Billable], facts: str = "") -> str:
    return look(findings[-1].pk if findings else 0, facts, *(one.look for one in billables))


def review_look(findings: Iterable[Finding], billables: Iterable[Billable]) -> str:
    """All of a review: what was found about each item, and what becomes of each billable."""
    return look(max((one.pk for one in findings), default=0), *(one.look for one in billables))


def offers_look(extra_work: ExtraWork) -> str:
    """What was offered of this extra work, and what became of it."""
    offers = ExtraWorkOffer.objects.filter(extra_work=extra_work).order_by("pk")
    return look(*offers.values_list("pk", "status"))


def offers_look_check(shown: str | None, extra_work: ExtraWork) -> None:
    """Raise OfferedMeanwhile when the customer was offered something else since it was shown."""
    if shown is not None and shown != offers_look(extra_work):
        raise OfferedMeanwhile(_("This was offered meanwhile. Look at that offer before you send another."))


def look_check(
    shown: str | None, now: str, findings: Sequence[Finding], billables: Iterable[Billable]
) -> None:
    """Raise DecidedMeanwhile when something else was shown. None: nothing was shown to anybody (a job, a first load)."""
    if shown is None or shown == now:
        return
    said = [(one.at, one.by) for one in findings[-1:]]
    said += [(one.decided_at, one.decided_by) for one in billables if one.decided_at and one.decided_by]
    if not said:
        raise DecidedMeanwhile(_("This changed meanwhile. Look at the review again before you decide."))
    at, who = max(said, key=lambda one: one[0])
    words = {"name": who, "at": formats.moment(at)}
    raise DecidedMeanwhile(
        _("%(name)s decided about this meanwhile (%(at)s). Look at the review again before you decide.")
        % words
    )
