"""What takes a whole job off the plan, and who else may execute it."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.planning.actions.assignments import assignment_cancel
from apps.planning.actions.rights import right_grant, right_revoke
from apps.planning.models import Assignment, Share
from apps.workorders.actions import work_order_cancel, work_order_hold
from apps.workorders.models import WorkOrder


def job_cancel(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """Cancel the job and take its coming visits off the plan."""
    with transaction.atomic():
        coming_visits_cancel(work_order=work_order, by=by, reason=reason)
        return work_order_cancel(work_order=work_order, by=by, reason=reason)


def job_hold(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """Put the job on hold and take its coming visits off the plan."""
    with transaction.atomic():
        coming_visits_cancel(work_order=work_order, by=by, reason=reason)
        return work_order_hold(work_order=work_order, by=by, reason=reason)


def job_share(*, work_order: WorkOrder, user: User, by: Actor) -> Share:
    """Let a colleague who is not planned on the job see and execute it."""
    if not by.may("share_jobs"):
        raise Forbidden(_("You may not share jobs."))
    if not user.may("record_work"):
        raise Refused(_("%(name)s does no work on site.") % {"name": user})
    with transaction.atomic():
        share, made = Share.objects.get_or_create(
            work_order=work_order,
            user=user,
            defaults={"by_id": by.pk, "at": clock.now()},
        )
        if made:
            right_grant(user=user, job=work_order)
            audit_record(work_order, verb="workorder.share", by=by, data={"name": user.name})
    return share


def job_unshare(*, work_order: WorkOrder, user: User, by: Actor) -> None:
    """End the share; whoever is planned on the job keeps seeing it."""
    if not by.may("share_jobs"):
        raise Forbidden(_("You may not share jobs."))
    with transaction.atomic():
        gone, _rows = Share.objects.filter(work_order=work_order, user=user).delete()
        if gone:
            right_revoke(user=user, job=work_order)
            audit_record(work_order, verb="workorder.unshare", by=by, data={"name": user.name})


def coming_visits_cancel(*, work_order: WorkOrder, by: Actor, reason: str) -> None:
    """Take what is still to come of the job off the plan."""
    now = clock.now()
    coming = Assignment.objects.active().filter(work_order=work_order, period__startswith__gt=now)
    for assignment in coming.select_related("technician").order_by("technician_id", "pk"):
        assignment_cancel(assignment=assignment, by=by, reason=reason)
    work_order.refresh_from_db(fields=["status", "version"])
