"""The customer's answer: one, whoever and however many press the button."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.canonical import fingerprint
from apps.core.refusals import Refused
from apps.core.transitions import move
from apps.documents.models import StoredFile
from apps.intake.models import Execution, IntakeReport, Urgency
from apps.intake.states import RequestStatus
from apps.messaging.actions import notice_send
from apps.quotes import rules
from apps.quotes.actions.sending import ACCEPTED, newest_link, quote_mail
from apps.quotes.models import Acceptance, LineKind, Quote, QuoteVersion
from apps.quotes.states import QuoteStatus
from apps.workorders.actions import work_order_create
from apps.workorders.models import WorkOrder

# The statuses from which a request can still lead to a work order.
ORDERABLE = (RequestStatus.ACCEPTED, RequestStatus.RECEIVED, RequestStatus.QUOTED, RequestStatus.ORDERED)
ACCEPTED_NOTICE = gettext_noop("%(name)s accepted quote %(number)s: work order %(order)s is ready to plan.")
DECLINED_NOTICE = gettext_noop("%(name)s declined quote %(number)s: %(reason)s")


class AlreadyAnswered(Refused):
    """This version cannot be answered any more: it was, or it was withdrawn, replaced, or is no longer valid."""


def quote_lock(pk: int) -> Quote:
    """The quote as it stands now, with its version and its work order; whoever comes second waits here.

    In two statements: a join that waits for a row would look for the version of before, and find none.
    """
    Quote.objects.select_for_update().get(pk=pk)
    related = ("customer", "site", "type", "contact", "request", "current", "work_order")
    return Quote.objects.select_related(*related).get(pk=pk)


def _answerable(quote: Quote, version: QuoteVersion) -> None:
    if quote.current_id != version.pk:
        raise AlreadyAnswered(_("There is a newer version of this quote."))
    if quote.status != QuoteStatus.SENT:
        raise AlreadyAnswered(
            _("This quote can no longer be answered: it is “%(status)s”.")
            % {"status": quote.get_status_display()}
        )
    if version.valid_until < clock.today():
        raise AlreadyAnswered(_("This quote is no longer valid."))


def quote_accept(
    *,
    version: QuoteVersion,
    name: str,
    by: Actor,
    options: Iterable[int] = (),
    signature: StoredFile | None = None,
    address: str | None = None,
    browser: str = "",
) -> WorkOrder:
    """Accept a sent version with these options: store what was shown and signed, and make the work order.

    Not one amount goes to the work order. Raises AlreadyAnswered when somebody was first, or the version is
    withdrawn, replaced or no longer valid; then nothing changes.
    """
    now = clock.now()
    name = name.strip()
    if not name:
        raise Refused(_("Type your name."))
    with transaction.atomic():
        quote = quote_lock(version.quote_id)
        _answerable(quote, version)
        version = quote.current
        ticked = rules.options_known(version.content, options)
        sums = rules.content_totals(version.content, ticked)
        shown = rules.shown(
            content=version.content,
            content_hash=version.content_hash,
            options=ticked,
            name=name,
            signature=signature.sha256 if signature else "",
            at=now.isoformat(),
        )
        move(quote, "accept", by=by)
        Acceptance.objects.create(
            version=version,
            name=name,
            signature=signature,
            options=ticked,
            shown=shown,
            shown_hash=fingerprint(shown),
            net=sums.net,
            vat=sums.vat,
            total=sums.total,
            address=address,
            browser=browser[:300],
            at=now,
        )
        order = _work_order(quote, version, ticked, by)
        quote.work_order = order
        quote.save(update_fields=["work_order"])
        link = newest_link(version)
        if link is not None:
            quote_mail(link=link, what=ACCEPTED)
        _tell_office(quote, by, ACCEPTED_NOTICE,
                     {"name": name, "number": quote.number, "order": order.number})  # fmt: skip
    return order


def quote_order_again(*, quote: Quote, by: Actor, billed: Collection[int] = ()) -> WorkOrder:
    """Another work order for what was accepted, and is not `billed` (ids of lines). The caller holds the lock of the quote."""
    version = quote.current
    acceptance = Acceptance.objects.get(version=version)
    order = _work_order(quote, version, acceptance.options, by, billed)
    quote.work_order = order
    quote.save(update_fields=["work_order"])
    audit_record(quote, verb="quote.order_again", by=by, data={"work_order": order.pk})
    return order


def _work_order(
    quote: Quote, version: QuoteVersion, ticked: list[int], by: Actor, billed: Collection[int] = ()
) -> WorkOrder:
    """What is pushed below the price line: what to do, for how long and with what."""
    request = quote.request
    if request and request.status not in ORDERABLE:
        request = None
    report = IntakeReport.objects.filter(request_id=quote.request_id).first() if quote.request_id else None
    wishes: dict[str, Any] = {}
    if quote.request:
        wishes = {
            name: getattr(quote.request, name)
            for name in ("preferred_from", "preferred_until", "preferred_part")
        }
    return work_order_create(
        by=by if by.actor_kind == "user" else SYSTEM,
        customer=quote.customer,
        site=quote.site,
        type=quote.type,
        title=version.title,
        scope=_scope(version, ticked),
        notes=version.notes,
        urgency=report.urgency if report else quote.request.urgency if quote.request else Urgency.NORMAL,
        billing_basis=version.billing_basis,
        sold_hours=version.sold_hours,
        expected_hours=_expected_hours(version, ticked, billed),
        people=2 if report and report.execution == Execution.TWO else 1,
        sla_class=version.sla_class,
        contact=quote.contact,
        request=request,
        to_bring=_to_bring(version, ticked, billed),
        **wishes,
    )


def _scope(version: QuoteVersion, ticked: list[int]) -> str:
    """The scope, with the options that the customer chose."""
    chosen = [line["description"] for line in version.content["lines"] if line["id"] in ticked]
    if not chosen:
        return version.scope
    with translation.override(version.language):
        heading = _("Chosen options:")
    return "\n".join([version.scope, "", heading, *(f"- {one}" for one in chosen)]).strip()


def _expected_hours(version: QuoteVersion, ticked: list[int], billed: Collection[int]) -> Decimal:
    """What is planned: the hours of the labour that was sold, also where the price is fixed and no hours are."""
    lines = version.lines.filter(kind=LineKind.LABOUR)
    agreed = [one for one in lines if one.pk not in billed and (not one.optional or one.pk in ticked)]
    return max(version.sold_hours, sum((one.hours for one in agreed), Decimal(0)))


def _to_bring(version: QuoteVersion, ticked: list[int], billed: Collection[int]) -> list[dict[str, Any]]:
    lines = version.lines.filter(kind=LineKind.MATERIAL, quantity__gt=0).select_related("material")
    return [
        {
            "material": line.material,
            "description": line.description[:200],
            "quantity": line.quantity,
            "unit": line.unit,
        }
        for line in lines.order_by("position", "id")
        if line.pk not in billed and (not line.optional or line.pk in ticked)
    ]


def quote_decline(*, version: QuoteVersion, by: Actor, reason: str) -> Quote:
    """The customer says no, and why. Raises AlreadyAnswered as `quote_accept` does."""
    with transaction.atomic():
        quote = quote_lock(version.quote_id)
        _answerable(quote, version)
        move(quote, "decline", by=by, reason=reason)
        _tell_office(quote, by, DECLINED_NOTICE,
                     {"name": by.actor_label, "number": quote.number, "reason": reason})  # fmt: skip
    return quote


def _tell_office(quote: Quote, by: Actor, words: str, values: dict[str, str]) -> None:
    """A notice to whoever made the quote, or to everyone who makes quotes when they are gone."""
    url = reverse("quotes:quote_detail", args=[quote.pk])
    for user in User.objects.to_tell(quote.created_by_id, "make_quotes"):
        if user.pk != by.pk:
            with translation.override(user.language):
                notice_send(user=user, text=_(words) % values, url=url)
