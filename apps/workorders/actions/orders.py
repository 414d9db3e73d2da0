"""A work order from its making to its end, as far as no amount is concerned."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.core import clock, numbering
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.database import rule_broken
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.core.versions import version_lock
from apps.customers.models import Contact, Customer, Equipment, Site
from apps.intake.models import DayPart, Request, RequestType, Urgency
from apps.intake.states import RequestStatus
from apps.technicians.models import Skill
from apps.workorders import rules
from apps.workorders.models import (
    BillingBasis,
    JobForm,
    JobFormVersion,
    SlaClass,
    ToBring,
    WorkOrder,
)
from apps.workorders.states import CHANGEABLE


def work_order_create(
    *,
    by: Actor,
    customer: Customer,
    site: Site,
    type: RequestType,
    title: str,
    scope: str = "",
    notes: str = "",
    urgency: str = Urgency.NORMAL,
    billing_basis: str = BillingBasis.ACTUALS,
    sold_hours: Decimal | int = 0,
    expected_hours: Decimal | int = 0,
    people: int = 1,
    skill: Skill | None = None,
    sla_class: SlaClass | None = None,
    contact: Contact | None = None,
    request: Request | None = None,
    equipment: Equipment | None = None,
    job_form: JobForm | None = None,
    to_bring: Sequence[Mapping[str, Any]] = (),
    preferred_from: date | None = None,
    preferred_until: date | None = None,
    preferred_part: str = DayPart.ANY,
    confirm_to_customer: bool = True,
) -> WorkOrder:
    """Make a work order, to plan. From a request it takes that request to `ordered`.

    Without `job_form` it gets the newest version of the form of its type. Each of `to_bring` holds material,
    description, quantity and unit. Raises Refused when the site is not the customer's, or the request cannot
    be ordered where it stands.
    """
    if site.customer_id != customer.pk:
        raise Refused(_("This site belongs to another customer."))
    now = clock.now()
    with transaction.atomic():
        if request is not None:
            _request_order(request, by)
        order = WorkOrder(
            customer=customer,
            contact=contact,
            site=site,
            request=request,
            type=type,
            title=title,
            scope=scope,
            notes=notes,
            urgency=urgency,
            billing_basis=billing_basis,
            sold_hours=sold_hours,
            expected_hours=expected_hours,
            people=people,
            skill=skill or type.skill,
            sla_class=sla_class,
            equipment=equipment,
            job_form_version=form_version_newest(type=type, job_form=job_form),
            preferred_from=preferred_from,
            preferred_until=preferred_until,
            preferred_part=preferred_part,
            confirm_to_customer=confirm_to_customer,
            created_at=now,
            created_by_id=by.pk,
        )
        _due_times_set(order)
        order.number = numbering.number_take(numbering.WORK_ORDER)
        order.save(force_insert=True)
        _to_bring_add(order, to_bring)
        audit_record(order, verb="workorder.create", by=by, after=order.status)
    return order


class TermsAgreed(Refused):
    """What a customer accepted holds: `agreed_terms_hold` in the database."""


def work_order_change(
    *,
    work_order: WorkOrder,
    by: Actor,
    version: int | None = None,
    to_bring: Sequence[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> WorkOrder:
    """Change what the job is. `version` is the one that the editor saw; `to_bring` replaces the whole list.

    Raises Stale when somebody else changed it meanwhile, Refused when the work is already done, TermsAgreed for other
    sold hours or another way of billing than the customer accepted.
    """
    with transaction.atomic():
        order = version_lock(work_order, version)
        if order.status not in CHANGEABLE:
            raise Refused(
                _("%(number)s is “%(status)s”: it can no longer be changed.")
                % {"number": order.number, "status": order.get_status_display()}
            )
        changed = sorted(assign(order, fields))
        if order.site.customer_id != order.customer_id:
            raise Refused(_("This site belongs to another customer."))
        if "sla_class" in changed:
            _due_times_set(order)
        order.version = F("version") + 1
        _save(order)
        order.refresh_from_db(fields=["version"])
        if to_bring is not None:
            order.to_bring.all().delete()
            _to_bring_add(order, to_bring)
        audit_record(order, verb="workorder.change", by=by, data={"fields": changed})
    return order


def _save(order: WorkOrder) -> None:
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError as error:
        if rule_broken(error) != "agreed_terms_hold":
            raise
        raise TermsAgreed(
            _(
                "The customer accepted these hours and this way of billing. Offer more as extra work, or quote it anew."
            )
        ) from error


def work_order_cancel(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """The job will not be done. Takes nothing off the plan: `planning.actions.job_cancel` does both."""
    return move(work_order, "cancel", by=by, reason=reason)


def work_order_hold(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """Stop for now, by the technician on site or by the office. Takes nothing off the plan."""
    return move(work_order, "put_aside" if by.may("manage_work_orders") else "hold", by=by, reason=reason)


def work_order_resume(*, work_order: WorkOrder, by: Actor) -> WorkOrder:
    """Go on with a job that was on hold: it is to be planned again."""
    return move(work_order, "resume", by=by)


def work_order_left(*, work_order: WorkOrder, left_over: str, hours_left: Decimal | None) -> WorkOrder:
    """Keep what is left to do by the word of whoever was there last; with nothing the job is done. Of a locked job."""
    if (work_order.left_over, work_order.hours_left) != (left_over, hours_left):
        work_order.left_over, work_order.hours_left = left_over, hours_left
        work_order.save(update_fields=["left_over", "hours_left"])
        work_order.version += 1
    return work_order


def work_order_follow_up(*, work_order: WorkOrder, by: Actor, reason: str) -> WorkOrder:
    """The reported issue is dealt with, and how; the job goes to review."""
    return move(work_order, "follow_up", by=by, reason=reason)


def form_version_newest(*, type: RequestType, job_form: JobForm | None = None) -> JobFormVersion | None:
    """The newest version of the form, or of the form for the type of work."""
    versions = JobFormVersion.objects.select_related(None)
    if job_form is not None:
        return versions.filter(form=job_form).order_by("-number").first()
    return versions.filter(form__request_type=type, form__active=True).order_by("form_id", "-number").first()


def _request_order(request: Request, by: Actor) -> None:
    """A request may lead to several work orders: the first one takes it to `ordered`."""
    locked = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status == RequestStatus.ORDERED:
        return
    # A customer who accepts a quote orders; the system notes what follows from that.
    move(request, "order", by=by if by.actor_kind == "user" else SYSTEM)


def _due_times_set(order: WorkOrder) -> None:
    if order.sla_class is None:
        order.respond_by = order.complete_by = None
        return
    order.respond_by, order.complete_by = rules.due_times(
        order.created_at,
        respond_hours=order.sla_class.respond_hours,
        complete_hours=order.sla_class.complete_hours,
    )


def _to_bring_add(order: WorkOrder, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        ToBring.objects.bulk_create([ToBring(work_order=order, **row) for row in rows])
