"""Who may execute which job: granted with an assignment or a share, and taken away with the last of them."""

from typing import Any

from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.intake.models import Request, RequestUserObjectPermission
from apps.planning.models import Assignment, Share
from apps.workorders.models import WorkOrder, WorkOrderUserObjectPermission

Job = WorkOrder | Request


def right_grant(*, user: User, job: Job) -> None:
    """Let `user` execute `job`; harmless when they already may."""
    table, codename = _table(job)
    permission = Permission.objects.get(codename=codename)
    table.objects.bulk_create(
        [table(user=user, permission=permission, content_object=job)], ignore_conflicts=True
    )


def right_revoke(*, user: User, job: Job) -> None:
    """Take the right away, unless another assignment or a share still gives it."""
    table, codename = _table(job)
    mine = Assignment.objects.active().filter(technician__user=user)
    if isinstance(job, WorkOrder):
        kept = (
            mine.filter(work_order=job).exists() or Share.objects.filter(work_order=job, user=user).exists()
        )
    else:
        kept = mine.filter(request=job).exists()
    if not kept:
        table.objects.filter(user=user, permission__codename=codename, content_object=job).delete()


def _table(job: Job) -> tuple[Any, str]:
    if isinstance(job, WorkOrder):
        return WorkOrderUserObjectPermission, "execute_workorder"
    return RequestUserObjectPermission, "execute_request"
