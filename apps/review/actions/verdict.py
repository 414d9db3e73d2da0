"""The review itself: opening it, deciding fates, approving."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.database import rule_broken
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import follow, move
from apps.field.states import ExtraWorkStatus
from apps.pricing.lookup import vat_for
from apps.pricing.models import VatCode
from apps.review import rules
from apps.review.actions.billables import agreed_after_all, billables_sync
from apps.review.actions.fates import fate_decide
from apps.review.actions.losses import altogether_check, decision_check, offer_covers, worth_check
from apps.review.looks import look_check, review_look
from apps.review.models import (
    Billable,
    BillableKind,
    Concern,
    Decision,
    ExtraWorkOffer,
    Fate,
    Finding,
    Review,
)
from apps.review.querysets import BillableQuerySet
from apps.review.states import ConcernKind, ReviewStatus
from apps.workorders.models import WorkOrder
from apps.workorders.states import WorkOrderStatus

# What may be typed about a billable beside its fate.
PRICED = ("unit_price", "list_price", "price_source", "vat_code", "vat_category", "vat_rate")

_settlers: list[Callable[[WorkOrder], None]] = []


def on_verdict(settler: Callable[[WorkOrder], None]) -> None:
    """Say, in AppConfig.ready, what a job does of which the review is approved or corrected: invoices stand above this."""
    _settlers[:] = [settler]


def review_open(*, work_order: WorkOrder, by: Actor) -> Review:
    """Begin, or go on with, the review of a job: every piece of evidence gets exactly one billable.

    A cancelled job is reviewed for what was recorded before: that is billed or written off like any other work.
    Raises Refused when the job is not up for review, Forbidden when `by` may not review.
    """
    with transaction.atomic():
        order = order_locked(work_order.pk)
        review = Review.objects.select_for_update().filter(work_order=order).first()
        if order.status == WorkOrderStatus.CANCELLED:
            billables_sync(order)  # what was recorded a moment ago counts as well
            if not Billable.objects.filter(work_order=order).worked().exists():
                raise Refused(
                    _("%(number)s is cancelled, and nothing was recorded on it.") % {"number": order.number}
                )
        if order.status != WorkOrderStatus.IN_REVIEW:
            move(order, "review", by=by)
        elif not by.may("review_work"):
            raise Forbidden(_("You may not review recorded work."))
        if review is None:
            review = Review.objects.create(work_order=order, opened_at=clock.now())
            audit_record(review, verb="review.opened", by=by)
        elif review.status != ReviewStatus.OPEN:
            move(review, "reopen", by=by)
        billables_sync(order)
        follow(work_order, order)
    return review


def review_reopen(*, review: Review, by: Actor, reason: str) -> Review:
    """Review an approved job again. What stands on an invoice, a draft included, stays as it is.

    Raises Refused for an invoiced job in which nothing came in since: correct it, or credit the invoice.
    """
    with transaction.atomic():
        order = order_locked(review.work_order_id)
        late = Billable.objects.filter(work_order=order).pending().exists()
        if late and order.status in (WorkOrderStatus.INVOICED, WorkOrderStatus.CLOSED):
            move(order, "uninvoice", by=by, reason=reason)
        move(order, "reopen", by=by, reason=reason)
        move(review, "reopen", by=by, reason=reason)
        Review.objects.filter(pk=review.pk).update(approved_at=None, approved_by=None)
        billables_sync(order, again=agreed_after_all(order))
    review.refresh_from_db()
    return review


def billable_decide(
    *,
    billable: Billable,
    fate: str,
    by: User,
    reason: str = "",
    unit_price: Decimal | None = None,
    vat_code: VatCode | None = None,
    shown: str | None = None,
) -> Billable:
    """Say what becomes of one billable; `unit_price` sets a price where none was known, or mends one.

    `vat_code` is for what no list prices (`Billable.is_priced_here`): there nobody but a person knows which rate holds.

    Raises Refused for a write-off, a changed price, or a charge of what the customer declined without a reason, and for
    an invoice line at no price;
    DecidedMeanwhile when it no longer looks as `shown`.
    """
    reason = reason.strip()
    if fate not in (Fate.BILLABLE, Fate.INCLUDED, Fate.WRITTEN_OFF):
        raise Refused(_("Choose what becomes of it."))
    if fate == Fate.WRITTEN_OFF and not by.may("write_off"):
        raise Forbidden(_("You may not write off work."))
    if fate == Fate.WRITTEN_OFF and not reason:
        raise Refused(_("Give a reason for writing this off."))
    with transaction.atomic(), refusing():
        order, _review = _review_of(billable)
        found = Billable.objects.select_related("decided_by", "material_usage", "extra_work")
        now = found.filter(pk=billable.pk).first()
        if now is None:
            raise Refused(_("This item changed meanwhile. Look at the review again."))
        look_check(shown, now.look, (), [now])
        before, price = now.fate, now.unit_price
        if now.kind == BillableKind.DEPOSIT:
            raise Refused(
                _("Nobody decides about a deposit here: it is asked, or left to the final invoice.")
            )
        if fate == Fate.BILLABLE and not reason and _declined(now):
            raise Refused(_("The customer declined this. Give a reason for charging it."))
        if unit_price is not None and unit_price != now.unit_price:
            if now.price_source and not reason:
                raise Refused(_("Give a reason for changing the price."))
            if unit_price < rules.NEAR_NOTHING and not reason:
                raise Refused(_("This is next to nothing. Give a reason for the price."))
            now.unit_price = unit_price
            if now.price_source in ("", rules.SET_HERE):
                # In no price list: it is worth the most that somebody said.
                now.list_price = max(now.list_price, unit_price)
                now.price_source = rules.SET_HERE
            else:
                now.price_source = rules.CHANGED_HERE
        if vat_code is not None and vat_code.pk != now.vat_code_id and now.is_priced_here:
            vat = vat_for(order.customer, vat_code)
            now.vat_code, now.vat_category, now.vat_rate = vat.code, vat.category, vat.rate
            # One item has one rate: what it was corrected by goes along.
            now.corrections.filter(kind=BillableKind.CORRECTION, claimed=False).update(
                vat_code=vat.code, vat_category=vat.category, vat_rate=vat.rate
            )
        described = now.material_usage is not None and now.material_usage.material_id is None
        if described and not now.price_source:
            raise Refused(_("This part is not in the catalogue. Say first what it is worth."))
        is_asked = now.proposal == rules.EXTRA_COVERS or offer_covers(now)
        if fate == Fate.BILLABLE and not reason and is_asked:
            raise Refused(
                _("The extra work asks for this. Give a reason for charging it beside the extra work.")
            )
        if fate == Fate.INCLUDED and now.proposal not in rules.COVERED and not reason:
            raise Refused(_("No agreement covers this. Give a reason for including it."))
        decision_check(now, fate, by=by)
        if fate == Fate.BILLABLE and not now.quantity:
            raise Refused(_("Nothing is charged for this: correct the quantity first."))
        if fate == Fate.BILLABLE and not now.price_source:
            raise Refused(_("No sales price is known. Set a price, or choose another fate."))
        worth_check(now, fate, by=by)
        fate_decide(now, fate, by=by, reason=reason, also=PRICED)
        for one in Billable.objects.standing_corrections(of=Billable.objects.filter(pk=now.pk)):
            if before in (Fate.PENDING, one.fate):  # what was decided otherwise by itself stays so
                one.unit_price = now.unit_price if one.unit_price == price else one.unit_price
                fate_decide(one, fate, by=by, reason=reason, also=("unit_price",))
        now.refresh_from_db()
        altogether_check(now, by=by)
    return now


def _declined(row: Billable) -> bool:
    """Extra work, or a part of it, that the customer refused, and was not offered anew."""
    extra = row.extra_work
    if extra is None and row.material_usage is not None:
        extra = row.material_usage.extra_work
    if extra is None or extra.status != ExtraWorkStatus.DECLINED:
        return False
    return not ExtraWorkOffer.objects.filter(extra_work=extra).live().exists()


def proposals_accept(*, review: Review, by: User, shown: str | None = None) -> int:
    """Accept every proposal that nobody decided about, and every item that nobody judged. What is pending stays so.

    Gives the number of billables that were decided.
    """
    with transaction.atomic(), refusing():
        order, review = review_locked(review)
        look_check_all(review, shown)
        decided = accept(Billable.objects.filter(work_order=order).undecided(), by)
        audit_record(review, verb="review.proposals_accepted", by=by, data={"items": decided})
    return decided


def review_approve(*, review: Review, by: Actor, shown: str | None = None) -> Review:
    """Close the review: nothing may be pending, unjudged or waiting to go back. The job is ready for invoicing.

    Raises Unjudged with what nobody judged yet,
     DecidedMeanwhile when the review no longer looks as `shown`: nobody approves what they have not seen.
    """
    with transaction.atomic(), refusing():
        order, review = review_locked(review)
        look_check_all(review, shown)
        rows = Billable.objects.filter(work_order=order)
        unjudged_check(order)
        if returned_items(review):
            raise Refused(
                _("Some items are marked to go back: return them to the technician, or accept them.")
            )
        person = by if isinstance(by, User) else None
        accept(rows.undecided(), person)
        move(review, "approve", by=by)
        review.approved_at = clock.now()
        review.approved_by = person
        review.save(update_fields=["approved_at", "approved_by"])
        move(order, "approve", by=by)
        settle(order)
    return review


class Unjudged(Refused):
    """Somebody has to judge these first."""

    def __init__(self, sentence: str, concerns: Sequence[Concern]) -> None:
        super().__init__(sentence)
        self.concerns = concerns


def unjudged_check(order: WorkOrder) -> None:
    concerns = list(Concern.objects.of_work_order(order).open())
    if not concerns:
        return
    pending = Billable.objects.filter(work_order=order).pending().count()
    named = [
        str(one) for one in concerns if one.subject_type != "review.billable" or one.kind == ConcernKind.PRICE
    ]
    said = []
    if pending:
        said.append(
            _("Decide first what becomes of everything: %(count)s still pending.") % {"count": pending}
        )
    if named:
        said.append(_("Judge first: %(concerns)s.") % {"concerns": "; ".join(named)})
    raise Unjudged(" ".join(said), concerns)


# What the actions share


def settle(order: WorkOrder) -> None:
    for one in _settlers:
        one(order)


def order_locked(pk: int) -> WorkOrder:
    """The job, locked. Locks are always taken in this order: work order, review, billables."""
    return WorkOrder.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pk)


def review_locked(review: Review) -> tuple[WorkOrder, Review]:
    """The job and its review, locked, and still open. Raises Refused with what happened meanwhile."""
    order = order_locked(review.work_order_id)
    now = Review.objects.select_for_update(of=("self",)).select_related("approved_by").get(pk=review.pk)
    if now.status == ReviewStatus.APPROVED and now.approved_by:
        raise Refused(
            _("%(name)s approved this review meanwhile. Reopen it to change anything.")
            % {"name": now.approved_by.name}
        )
    if now.status != ReviewStatus.OPEN:
        raise Refused(
            _("This review is now “%(status)s”: nothing can be decided in it.")
            % {"status": now.get_status_display()}
        )
    return order, now


def returned_items(review: Review) -> list[Finding]:
    """The items whose last finding says that they go back, unless they already went."""
    latest: dict[tuple[str, int], Finding] = {}
    since = review.sent_back_at
    for finding in review.findings.order_by("at", "id"):
        if since is None or finding.at > since:
            latest[(finding.subject_type, finding.subject_id)] = finding
    return [one for one in latest.values() if one.decision == Decision.RETURNED]


def accept(rows: models.QuerySet, by: User | None) -> int:
    return rows.filter(decided_at=None).exclude(fate=Fate.PENDING).update(
        decided_by=by, decided_at=clock.now()
    )  # fmt: skip


def look_check_all(review: Review, shown: str | None) -> None:
    findings, billables = list(findings_of(review)), list(billables_of(review))
    look_check(shown, review_look(findings, billables), findings, billables)


def findings_of(review: Review) -> models.QuerySet[Finding]:
    return review.findings.select_related("by").order_by("at", "id")


def billables_of(review: Review) -> BillableQuerySet:
    return Billable.objects.of_work_order(review.work_order_id).select_related("decided_by")


def _review_of(billable: Billable) -> tuple[WorkOrder, Review]:
    review = Review.objects.filter(work_order=billable.work_order_id).first()
    if review is None:
        raise Refused(_("Nobody has begun the review of this job."))
    return review_locked(review)


_SENTENCES = {
    "invoiced_billable_is_frozen": lambda: _(
        "This stands on an invoice or its draft already: take it off the draft, or credit the invoice."
    ),
    "settled_billable_is_history": lambda: _("This review was approved: add a correction instead."),
    "approved_review_has_nothing_pending": lambda: _("Decide first what becomes of everything."),
    "approved_review_is_judged": lambda: _("Judge first what the review found."),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Say in words what the database refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = rule_broken(error)
        if name not in _SENTENCES:
            raise
        raise Refused(_SENTENCES[name]()) from error
