"""What the office does with a request."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, numbering
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.core.versions import version_lock
from apps.customers.actions import ADDRESS, customer_change, site_for
from apps.customers.models import Contact, Customer, Site
from apps.documents.models import StoredFile
from apps.intake import rules
from apps.intake.actions import mails
from apps.intake.models import DayPart, Request, RequestPhoto, RequestType, Source, Urgency
from apps.intake.states import RequestStatus
from apps.technicians.models import Technician


def request_create(
    *,
    by: Actor,
    customer: Customer,
    site: Site,
    type: RequestType,
    description: str,
    source: str = Source.PHONE,
    urgency: str = Urgency.NORMAL,
    contact: Contact | None = None,
    technician: Technician | None = None,
    preferred_from: date | None = None,
    preferred_until: date | None = None,
    preferred_part: str = DayPart.ANY,
    photos: Sequence[StoredFile] = (),
) -> Request:
    """Note what a customer asks for. What the office types in counts at once; what a customer sends is new.

    Raises Refused when site or contact are another customer's, or the preferred window is none.
    """
    asked = Request(
        customer=customer,
        site=site,
        type=type,
        description=description.strip(),
        source=source,
        urgency=urgency,
        contact=contact,
        technician=technician,
        preferred_from=preferred_from,
        preferred_until=preferred_until,
        preferred_part=preferred_part,
        status=RequestStatus.NEW if by.actor_kind == "customer" else RequestStatus.ACCEPTED,
        created_at=clock.now(),
        created_by_id=by.pk,
    )
    _check(asked)
    with transaction.atomic():
        asked.number = numbering.number_take(numbering.REQUEST)
        asked.save(force_insert=True)
        _photos_join(asked, photos)
        audit_record(asked, verb="request.create", by=by, after=asked.status)
    return asked


def request_change(*, request: Request, by: Actor, version: int | None = None, **fields: Any) -> Request:
    """Change what was written down, as long as the request is not finished. Raises Refused otherwise."""
    with transaction.atomic():
        locked = version_lock(request, version)
        if locked.status in (RequestStatus.CLOSED, RequestStatus.DECLINED, RequestStatus.CANCELLED):
            raise Refused(_("This request is finished; it can no longer be changed."))
        changed = assign(locked, fields)
        if not changed:
            return locked
        _check(locked)
        locked.save(update_fields=changed)
        audit_record(locked, verb="request.change", by=by, data={"fields": changed})
    return locked


def request_accept(*, request: Request, by: Actor) -> Request:
    """Take a request from the web form on; the customer gets a mail."""
    with transaction.atomic():
        move(request, "accept", by=by)
        mails.accepted(request)
    return request


def request_decline(*, request: Request, by: Actor, reason: str) -> Request:
    """Say no to a request; the customer gets a mail with the reason."""
    with transaction.atomic():
        move(request, "decline", by=by, reason=reason)
        mails.declined(request, reason)
    return request


def request_cancel(*, request: Request, by: Actor, reason: str) -> Request:
    """Stop a request that will not go on. Raises Refused while its visit is on the plan."""
    with transaction.atomic():
        locked = Request.objects.select_for_update().get(pk=request.pk)
        if locked.status == RequestStatus.PLANNED:
            raise Refused(
                _("The intake visit is planned. Take it off the plan first, then cancel the request.")
            )
        return move(request, "cancel", by=by, reason=reason)


def request_close(*, request: Request, by: Actor) -> Request:
    """Put a request away of which everything has been done."""
    return move(request, "close", by=by)


def request_customer_use(*, request: Request, customer: Customer, by: Actor) -> Request:
    """Join a request to a customer that was here already.

    The customer that the web form made is put out of use when nothing else is theirs. Raises Refused once the
    request is planned.
    """
    with transaction.atomic():
        locked = Request.objects.select_for_update().get(pk=request.pk)
        if locked.status not in (RequestStatus.NEW, RequestStatus.ACCEPTED):
            raise Refused(_("The customer can be changed until the intake visit is planned."))
        before = locked.customer
        if before.pk == customer.pk:
            return locked
        address = {name: getattr(locked.site, name) for name in ADDRESS}
        locked.site = site_for(customer=customer, by=by, **address)
        locked.customer, locked.contact = customer, None
        locked.save(update_fields=["site", "customer", "contact"])
        audit_record(
            locked, verb="request.customer_use", by=by, data={"before": before.pk, "after": customer.pk}
        )
        if locked.source == Source.WEB and not before.requests.exists():
            customer_change(customer=before, by=by, active=False)
    return locked


def request_photos_add(*, request: Request, photos: Sequence[StoredFile], by: Actor) -> None:
    with transaction.atomic():
        _photos_join(request, photos)
        audit_record(request, verb="request.photos", by=by, data={"photos": len(photos)})


def _photos_join(request: Request, photos: Sequence[StoredFile]) -> None:
    RequestPhoto.objects.bulk_create([RequestPhoto(request=request, file=file) for file in photos])


def _check(asked: Request) -> None:
    if asked.site.customer_id != asked.customer_id:
        raise Refused(_("This site belongs to another customer."))
    if asked.contact is not None and asked.contact.customer_id != asked.customer_id:
        raise Refused(_("This contact belongs to another customer."))
    if rules.window_fault(asked.preferred_from, asked.preferred_until):
        raise Refused(_("The preferred window ends before it starts."))
    if not asked.description:
        raise Refused(_("Say in a few words what is asked for."))
