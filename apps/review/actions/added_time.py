"""Hours that no clock recorded, noted in the review of the job that they belong to."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import formats
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.field import actions as field
from apps.field.models import TimeEntry, Visit
from apps.messaging.actions import notice_send
from apps.review.actions.billables import billables_sync
from apps.review.actions.verdict import refusing, review_locked
from apps.review.models import Review


def time_add(
    *,
    review: Review,
    visit: Visit,
    kind: str,
    started_at: datetime,
    ended_at: datetime,
    by: User,
    reason: str,
) -> TimeEntry:
    """Note time of a visit of the job under review. It is judged and charged as what a clock recorded.

    Raises Refused when the review is no longer open, and as `field.time_add` does. The technician hears of it.
    """
    with transaction.atomic(), refusing():
        # First whoever the time is of, as an event of their phone does, and then the job.
        entry = field.time_add(
            visit=visit, kind=kind, started_at=started_at, ended_at=ended_at, by=by, reason=reason
        )
        order, review_now = review_locked(review)
        if visit.work_order_id != order.pk:
            raise Refused(_("This item does not belong to the job under review."))
        billables_sync(order)
        person = visit.technician.user
        audit_record(
            review_now, verb="review.time_add", by=by, reason=reason.strip(),
            data={"what": f"{person.name}, {_said(entry)}", "entry": entry.pk},
        )  # fmt: skip
        with translation.override(person.language):
            words = {"name": by.name, "job": order, "what": _said(entry), "why": entry.added_why}
            text = _("%(name)s noted time of yours at %(job)s: %(what)s. %(why)s") % words
        notice_send(user=person, text=text, url=reverse("phone:job", args=[visit.assignment_id]))
    return entry


def _said(entry: TimeEntry) -> str:
    when = f"{formats.day(entry.started_at)} {formats.period(entry.started_at, entry.ended_at)}"
    return f"{entry.get_kind_display()} {when}"
