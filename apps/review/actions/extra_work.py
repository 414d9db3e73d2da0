"""Extra work: priced by the office, offered to the customer by a private link, answered once."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, formats
from apps.core.actors import SYSTEM, Actor
from apps.core.audit import audit_record
from apps.core.money import PricedLine, cents, totals
from apps.core.refusals import Forbidden, Refused
from apps.core.tokens import token_for, token_hash
from apps.core.transitions import move
from apps.customers.models import MailPurpose
from apps.field.actions import usage_mark
from apps.field.models import ExtraWork, MaterialUsage, Visit
from apps.materials.models import Unit
from apps.messaging import links
from apps.messaging.actions import message_queue, notice_send
from apps.pricing.lookup import hour_price, vat_for
from apps.pricing.models import RateKind, VatCode
from apps.review import rules
from apps.review.actions.billables import answer_late, billables_sync, covered_of, declined_late
from apps.review.actions.losses import loss_check
from apps.review.actions.verdict import look_check_all, order_locked, refusing, review_locked, review_reopen
from apps.review.excess import Excess, excess_of
from apps.review.looks import look_check, offers_look_check
from apps.review.models import Billable, ExtraWorkOffer, Fate, Review
from apps.review.states import OfferStatus, ReviewStatus
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

PURPOSE = "extra_work"
VALID_DAYS = 14


def extra_work_offer(
    *,
    extra_work: ExtraWork,
    by: Actor,
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
    vat_code: VatCode,
    description: str = "",
    valid_days: int = VALID_DAYS,
    shown: str | None = None,
) -> ExtraWorkOffer:
    """Price extra work and mail the customer a private link to approve or decline it. Replaces an unanswered offer.

    Raises OfferedMeanwhile when the offers are no longer as `shown` (`looks.offers_look`): nobody replaces what they have
    not seen. Raises Refused once the customer approved, or an invoice asks for all of it, or for a price that is not above zero;
    Forbidden for so much less than its hours, those that it offers if these are more, are asked at that it needs the
    right to write off.
    """
    with transaction.atomic():
        order = order_locked(extra_work.visit.work_order_id)
        offers_look_check(shown, extra_work)
        hours = max(extra_work.hours, quantity) if unit == Unit.HOUR else extra_work.hours
        parts = parts_worth(extra_work)
        offer = _offer_make(
            order, extra_work, by=by, quantity=quantity, unit=unit, unit_price=unit_price, vat_code=vat_code,
            description=description, valid_days=valid_days,
            hours_worth=hours * hour_price(on=clock.today()), parts=parts,
        )  # fmt: skip
        loss_check(by, _clock_worth(order, hours) + parts - quantity * unit_price)
        _offer_mail([offer], order)
    return offer


def _offer_make(
    order: WorkOrder,
    extra_work: ExtraWork,
    *,
    by: Actor,
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
    vat_code: VatCode,
    hours_worth: Decimal,
    parts: Decimal = rules.ZERO,
    description: str = "",
    valid_days: int = VALID_DAYS,
) -> ExtraWorkOffer:
    """The offer, which nobody was told of yet. The caller holds the lock of the order."""
    if not by.may("price_extra_work"):
        raise Forbidden(_("You may not price extra work."))
    if quantity <= 0 or unit_price <= 0:
        raise Refused(_("Quantity and price must be above zero."))
    made = Billable.objects.filter(extra_work=extra_work)
    if made.filter(claimed=True).exists() and not made.pending().exists():
        raise Refused(_("This extra work stands on an invoice, or its draft, already."))
    for standing in ExtraWorkOffer.objects.select_for_update().filter(extra_work=extra_work).live():
        if standing.status == OfferStatus.APPROVED:
            raise Refused(_("The customer already approved this extra work."))
        move(standing, "withdraw", by=by, reason=_("replaced by a new offer"))
    loss_check(by, hours_worth + parts - quantity * unit_price)
    vat = vat_for(order.customer, vat_code)
    sums = totals([PricedLine(quantity, unit_price, vat.category, vat.rate)])
    nonce = uuid.uuid4()
    now = clock.now()
    offer = ExtraWorkOffer.objects.create(
        extra_work=extra_work,
        description=(description or extra_work.description).strip(),
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        vat_code=vat_code,
        net=sums.net,
        vat=sums.vat,
        total=sums.total,
        for_parts=max(parts, sums.net - cents(hours_worth)),
        nonce=nonce,
        token_hash=token_hash(token_for(PURPOSE, nonce)),
        sent_at=now,
        expires_at=now + timedelta(days=valid_days),
        offered_by_id=by.pk,
    )
    audit_record(extra_work, verb="extrawork.offered", by=by, data={"offer": offer.pk})
    _review_refresh(order, extra_work)
    return offer


def _clock_worth(order: WorkOrder, hours: Decimal) -> Decimal:
    """What so many of the recorded hours that extra work asks for are asked at: in the evening more than by day."""
    rows = Billable.objects.filter(work_order=order, kind="time", proposal=rules.EXTRA_COVERS)
    found = rows.aggregate(hours=Sum("recorded_quantity", default=0), worth=Sum("recorded_net", default=0))
    worth: Decimal = (
        min(hours / found["hours"], Decimal(1)) * found["worth"] if found["hours"] else rules.ZERO
    )
    return worth


def parts_worth(extra_work: ExtraWork) -> Decimal:
    """What the parts that were used for it are asked at."""
    rows = Billable.objects.filter(material_usage__extra_work=extra_work).exclude(kind="correction")
    return sum((one.recorded_net for one in rows), Decimal(0))


def part_mark(
    *,
    review: Review,
    usage: MaterialUsage,
    extra_work: ExtraWork | None,
    by: Actor,
    shown: str | None = None,
) -> None:
    """A recorded part was used for this extra work, or for none: an offer of that asks for it, and nothing else does.

    Raises Refused for one of another job, and for one that is on an invoice; DecidedMeanwhile when it was marked for
    something else than `shown`, the id of the extra work.
    """
    with transaction.atomic(), refusing():
        order, review = review_locked(review)
        if not by.may("review_work"):
            raise Forbidden(_("You may not review recorded work."))
        for one in (usage, *((extra_work,) if extra_work else ())):
            if one.visit.work_order_id != order.pk:
                raise Refused(_("This item does not belong to the job under review."))
        usage.refresh_from_db(fields=["extra_work"])
        look_check(shown, str(usage.extra_work_id or ""), (), ())
        if Billable.objects.filter(material_usage=usage, claimed=True).exists():
            raise Refused(_("This part is on an invoice already."))
        usage_mark(usage=usage, extra_work=extra_work, by=by)
        billables_sync(order, again=frozenset({("material_usage", usage.pk)}))


def extra_work_answer(
    *, offer: ExtraWorkOffer, approved: bool, by: Actor, name: str = "", reason: str = ""
) -> ExtraWorkOffer:
    """Record the customer's yes or no, given by link or told to the office (then with a reason: how they said it).

    The same answer twice changes nothing; another answer than the first is refused, and so is one that comes too late.
    """
    if by.actor_kind == "user" and not reason.strip():
        raise Refused(_("Say how the customer answered."))
    with transaction.atomic():
        order = order_locked(offer.extra_work.visit.work_order_id)
        now = ExtraWorkOffer.objects.select_for_update().get(pk=offer.pk)
        wanted = OfferStatus.APPROVED if approved else OfferStatus.DECLINED
        if now.status == wanted:
            return now
        if by.actor_kind == "customer" and now.expires_at <= clock.now():
            raise Refused(_("This offer has expired. Please call us."))
        extra_work = ExtraWork.objects.select_for_update().get(pk=offer.extra_work_id)
        step = "approve" if approved else "decline"
        if now.status == OfferStatus.SENT:  # before the move: an answer that was given never changes
            now.answered_at = clock.now()
            now.answered_by = (name or by.actor_label)[:120]
            now.save(update_fields=["answered_at", "answered_by"])
        move(now, step, by=by, reason=reason)
        if extra_work.status in extra_work.steps[step].sources:
            move(extra_work, step, by=by, reason=reason)
        _answer_notices(now, order, approved)
        if approved or not _declined_after(order, extra_work):
            _review_refresh(order, extra_work)
    return now


def excess_offer(
    *,
    review: Review,
    by: Actor,
    vat_code: VatCode,
    prices: Mapping[str, Decimal] | None = None,
    shown: str | None = None,
) -> list[ExtraWorkOffer]:
    """Offer the hours above the sold hours to the customer, as extra work: of each kind of hour that was worked its own.

    `prices` by the name of the part (`excess.Excess`); what they do not name is offered at the price of its hours. From
    then on those hours are asked for by the extra work, and the recorded time is covered by it.
    Raises Refused when no hour above the sold ones is pending, DecidedMeanwhile when the review is not as `shown`.
    """
    with transaction.atomic():
        order, review = review_locked(review)
        look_check_all(review, shown)
        rows = Billable.objects.filter(work_order=order, proposal=rules.ABOVE_SOLD).pending()
        parts = excess_of(rows.select_related("time_entry").order_by("id"))
        if not parts:
            raise Refused(_("There are no hours above the sold hours left to offer."))
        asked = [(part, (prices or {}).get(part.name, part.price)) for part in parts]
        loss_check(
            by, sum((part.hours * max(part.price - price, rules.ZERO) for part, price in asked), rules.ZERO)
        )
        offers = [_excess_part(order, part, by, vat_code, price) for part, price in asked]
        _offer_mail(offers, order)
    return offers


def _excess_part(
    order: WorkOrder, part: Excess, by: Actor, vat_code: VatCode, price: Decimal
) -> ExtraWorkOffer:
    with translation.override(order.customer.language):
        words = _("Work above the %(sold)s hours that were agreed") % {
            "sold": formats.quantity(order.sold_hours)
        }
        if part.rate_kind != RateKind.NORMAL:
            words = f"{words} ({RateKind(part.rate_kind).label})"
    extra_work = ExtraWork.objects.create(
        visit_id=part.visit_id, description=words, hours=part.hours, at=clock.now()
    )
    audit_record(extra_work, verb="extrawork.from_excess_hours", by=by)
    return _offer_make(
        order,
        extra_work,
        by=by,
        quantity=part.hours,
        unit=Unit.HOUR,
        unit_price=price,
        vat_code=vat_code,
        hours_worth=part.hours * part.price,
    )


def offer_withdraw(*, offer: ExtraWorkOffer, by: Actor, reason: str) -> ExtraWorkOffer:
    """Take an unanswered offer back: its link says so from then on."""
    with transaction.atomic():
        order = order_locked(offer.extra_work.visit.work_order_id)
        move(offer, "withdraw", by=by, reason=reason)
        _review_refresh(order, offer.extra_work)
    return offer


def _review_refresh(order: WorkOrder, extra_work: ExtraWork) -> None:
    """Bring the ledger up to date with an offer or its answer; after the approval, by an item that waits."""
    review = Review.objects.select_for_update().filter(work_order=order).first()
    if review is not None and review.status == ReviewStatus.APPROVED:
        answer_late(order, extra_work)
    else:
        # What an invoice asks for stays.
        kept = Billable.objects.filter(work_order=order, extra_work=extra_work, claimed=True).exists()
        mine = frozenset() if kept else frozenset({("extra_work", extra_work.pk)})
        billables_sync(order, again=mine | covered_of(order, extra_work))


def _declined_after(order: WorkOrder, extra_work: ExtraWork) -> bool:
    """Put a no before somebody that comes after the approval, or after the invoice: did it?

    What can still be decided otherwise is reviewed again; beside what cannot, an item waits.
    """
    review = Review.objects.select_for_update().filter(work_order=order).first()
    rows = list(Billable.objects.filter(work_order=order, extra_work=extra_work))
    is_claimed = any(row.claimed for row in rows)
    if review is None or not (is_claimed or review.status == ReviewStatus.APPROVED):
        return False
    if is_claimed or order.status != WorkOrderStatus.READY_FOR_INVOICING:
        declined_late(order, extra_work)
    elif any(row.fate != Fate.WRITTEN_OFF for row in rows):
        review_reopen(review=review, by=SYSTEM, reason=_("The customer declined the extra work."))
        _review_refresh(order, extra_work)
    return True


def _offer_mail(offers: Sequence[ExtraWorkOffer], order: WorkOrder) -> None:
    """One mail with all that is offered at this moment, each with the link by which it is answered."""
    customer = order.customer
    address, name = customer.reach(order.contact, MailPurpose.QUOTE)
    with translation.override(customer.language):
        subject = _("Extra work on %(number)s: your approval") % {"number": order.number}
        told = [
            {
                "work": offer.description,
                "total": formats.money(offer.total),
                "link": links.placeholder(PURPOSE, offer.nonce),
                "day": formats.day(offer.expires_at),
            }
            for offer in offers
        ]
        body = _one_offer(told[0]) if len(told) == 1 else _several_offers(told, offers)
    message_queue(
        kind="extra_work_offer",
        about=offers[0],
        to_address=address,
        to_name=name,
        subject=subject,
        body=body,
        language=customer.language,
    )


def _one_offer(told: dict[str, str]) -> str:
    words = _(
        "During the work we found that more is needed than was agreed:\n\n%(work)s\n\n"
        "Price: %(total)s including VAT.\n\nRead it and approve or decline it here:\n%(link)s\n\n"
        "The link works until %(day)s. We do not carry on with the extra work without your answer."
    )
    return words % told


def _several_offers(told: list[dict[str, str]], offers: Sequence[ExtraWorkOffer]) -> str:
    each = _("%(work)s\nPrice: %(total)s including VAT.\nApprove or decline it here:\n%(link)s")
    words = _(
        "During the work we found that more is needed than was agreed. You approve or decline each part by itself:\n\n"
        "%(parts)s\n\nTogether: %(total)s including VAT.\n\n"
        "The links work until %(day)s. We do not carry on with the extra work without your answer."
    )
    total = formats.money(sum((one.total for one in offers), Decimal(0)))
    parts = "\n\n".join(each % one for one in told)
    return words % {"parts": parts, "total": total, "day": told[0]["day"]}


def _answer_notices(offer: ExtraWorkOffer, order: WorkOrder, approved: bool) -> None:
    """Tell the technician the answer (never the price), and whoever made the offer."""
    visit = Visit.objects.select_related("technician__user").get(pk=offer.extra_work.visit_id)
    people = [(visit.technician.user, reverse("phone:job", args=[visit.assignment_id]))]
    if offer.offered_by_id is not None:
        told = User.objects.to_tell(offer.offered_by_id, "price_extra_work")
        people += [(person, reverse("review:review_detail", args=[order.pk])) for person in told]
    for person, url in people:
        with translation.override(person.language):
            words = _("Approved") if approved else _("Declined")
            text = _("Extra work on %(number)s: %(answer)s") % {"number": order.number, "answer": words}
        notice_send(user=person, text=text, url=url)


def offer_expired(offer: ExtraWorkOffer) -> bool:
    return offer.status == OfferStatus.SENT and offer.expires_at <= clock.now()
