"""The one place that changes a status."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.models import Stateful
from apps.core.refusals import Forbidden, Refused

Record = TypeVar("Record", bound=Stateful)


@dataclass(frozen=True)
class Step:
    """A move that a status allows.

    `label` says it as a button or a line of history. `permission` is an ability of the matrix in
    `accounts.roles`; a customer may take the step only when `by_customer` says so.
    """

    sources: tuple[str, ...]
    target: str
    permission: str
    label: str | Promise
    needs_reason: bool = False
    by_customer: bool = False


def step_allowed(step: Step, by: Actor) -> bool:
    return step.by_customer if by.actor_kind == "customer" else by.may(step.permission)


def move(
    obj: Record, name: str, *, by: Actor, reason: str = "", data: dict[str, Any] | None = None
) -> Record:
    """Take the step `name`: lock the row, check where it stands and who asks, save, audit.

    Raises Refused when the record no longer stands where the step starts, Forbidden when `by` may not.
    Returns `obj`, brought up to date.
    """
    step: Step = obj.steps[name]
    if not step_allowed(step, by):
        raise Forbidden(_("You may not do this: %(step)s.") % {"step": step.label})
    if step.needs_reason and not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic():
        model = type(obj)
        locked: Any = model._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        before = locked.status
        if before not in step.sources:
            raise Refused(
                _("“%(step)s” is no longer possible: %(record)s is now “%(status)s”.")
                % {"step": step.label, "record": obj, "status": locked.get_status_display()}
            )
        model._base_manager.filter(pk=obj.pk).update(status=step.target, version=F("version") + 1)
        obj.status, obj.version = step.target, locked.version + 1  # type: ignore[attr-defined]
        audit_record(
            obj,
            verb=f"{obj._meta.model_name}.{name}",
            by=by,
            before=before,
            after=step.target,
            reason=reason.strip(),
            data=data,
        )
    return obj


def follow(obj: Record, locked: Record) -> None:
    """`obj` stands where `locked`, the same record, was moved to."""
    obj.status, obj.version = locked.status, locked.version  # type: ignore[attr-defined]
