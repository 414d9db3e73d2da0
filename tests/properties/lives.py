"""Whole lives of jobs, in whatever order people and phones do things: what the property of the pipeline walks through."""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

from apps.acceptance.judging import concerns_judge
from apps.bookkeeping.actions import package_make
from apps.core import clock
from apps.core.refusals import Refused
from apps.customers.actions import customer_deactivate
from apps.field.actions import event_apply_after_all, visit_return
from apps.field.models import FieldEvent, Visit
from apps.intake.actions import request_accept, request_create
from apps.invoicing import actions as invoicing
from apps.invoicing.actions.common import open_amount
from apps.invoicing.models import Invoice, InvoiceFact, Payment
from apps.messaging.actions import message_sent
from apps.messaging.models import Message
from apps.quotes.actions import quote_decline, quote_withdraw, quotes_expire
from apps.quotes.models import Quote
from apps.review import actions as review
from apps.review.models import Billable, Review
from apps.technicians.actions import technician_deactivate
from apps.workorders import actions as workorders
from apps.workorders.models import WorkOrder
from tests.builders import Phone, Shop, photo_stored, quote_accepted

# What happens to the newest records, and how often it is tried.
OFFICE = (
    "ask", "order", "offer", "accept", "decline", "withdraw", "plan", "cancel", "hold", "resume", "follow_up",
    "review", "decide", "approve", "approve", "return", "reopen", "correct", "price_extra", "answer_late",
)  # fmt: skip
SITE = (
    "work",
    "work",
    "part",
    "odd_part",
    "extra",
    "deviation",
    "stuck",
    "no_access",
    "finish",
    "finish",
    "again",
    "late",
)
MONEY = (
    "draft", "draft", "deposit", "deposit", "skip_deposit", "issue", "issue", "send", "send", "pay", "pay", "pay_part", "pay_too_much", "refund", "set_off",
    "take_back_payment", "credit", "credit_part", "cancel_draft", "package", "booked",
)  # fmt: skip
PEOPLE = ("customer_leaves", "technician_leaves", "days_pass")
VERBS = (*OFFICE, *SITE, *MONEY, *PEOPLE)


@dataclass
class Lives:
    """A company at work. `now` goes on by an hour a step, so that no two things happen at the same moment."""

    shop: Shop
    cast: Any
    now: datetime
    phones: list[Phone] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def take(self, verb: str, pick: int) -> None:
        """One step; what the product refuses leaves everything as it was."""
        self.now += timedelta(hours=1)
        with clock.at(self.now), contextlib.suppress(Refused):
            getattr(self, f"_{verb}")(pick)
            self.done.append(verb)
        with clock.at(self.now):
            review.billables_catch_up()

    # -- what there is, or a refusal --------------------------------------------------------------

    def _one(self, rows: Any, pick: int) -> Any:
        found = list(rows.order_by("-pk")[:4])
        if not found:
            raise Refused("nothing there")
        return found[pick % len(found)]

    def _job(self, pick: int, *statuses: str) -> WorkOrder:
        rows = WorkOrder.objects.filter(status__in=statuses) if statuses else WorkOrder.objects.all()
        return self._one(rows, pick)

    def _invoice(self, pick: int, *statuses: str) -> Invoice:
        return self._one(Invoice.objects.filter(kind="invoice", status__in=statuses), pick)

    def _phone(self, pick: int) -> Phone:
        if not self.phones:
            raise Refused("no phone")
        return self.phones[-1 - pick % min(3, len(self.phones))]

    def _visit(self, pick: int) -> Visit:
        phone = self._phone(pick)
        found = Visit.objects.filter(assignment=phone.assignment, technician=self.shop.tim).first()
        if found is None:
            raise Refused("not begun")
        return found

    # -- the office -------------------------------------------------------------------

    def _ask(self, pick: int) -> None:
        asked = request_create(
            by=self.cast.bram, customer=self.shop.customer, site=self.shop.site, type=self.shop.type,
            description="It leaks",
        )  # fmt: skip
        request_accept(request=asked, by=self.cast.bram)

    def _order(self, pick: int) -> None:
        self.shop.order(("actuals", "sold_hours", "fixed_price")[pick % 3], pick % 4)

    def _offer(self, pick: int) -> None:
        lines = [{"unit_price": 100 + pick}, {"unit_price": 50, "optional": True}][: 1 + pick % 2]
        basis = ("fixed_price", "actuals", "sold_hours")[pick % 3]
        deposit = D(0 if pick % 3 == 1 else 33)
        self.shop.quote(
            *lines,
            texts={"billing_basis": basis, "sold_hours": D(pick % 3), "deposit_percentage": deposit},
        )

    def _accept(self, pick: int) -> None:
        quote_accepted(self._one(Quote.objects.filter(status="sent"), pick))

    def _decline(self, pick: int) -> None:
        quote = self._one(Quote.objects.filter(status="sent"), pick)
        quote_decline(version=quote.current, by=self.cast.bram, reason="Too dear")

    def _withdraw(self, pick: int) -> None:
        quote_withdraw(
            quote=self._one(Quote.objects.filter(status__in=["sent", "expired"]), pick), by=self.cast.bram,
            reason="A mistake", tell=False,
        )  # fmt: skip

    def _plan(self, pick: int) -> None:
        order = self._job(pick, "to_plan", "missed", "on_hold")
        start = self.now + timedelta(days=len(self.phones), hours=1)
        self.phones.append(self.shop.phone(order, start=start, hours=2))

    def _cancel(self, pick: int) -> None:
        workorders.work_order_cancel(work_order=self._job(pick), by=self.cast.bram, reason="Not needed")

    def _hold(self, pick: int) -> None:
        workorders.work_order_hold(work_order=self._job(pick), by=self.cast.bram, reason="A part")

    def _resume(self, pick: int) -> None:
        workorders.work_order_resume(work_order=self._job(pick, "on_hold"), by=self.cast.bram)

    def _follow_up(self, pick: int) -> None:
        order = self._job(pick, "action_required")
        workorders.work_order_follow_up(work_order=order, by=self.cast.bram, reason="Called")

    def _review(self, pick: int) -> None:
        review.review_open(work_order=self._job(pick), by=self.cast.bram)

    def _decide(self, pick: int) -> None:
        item = self._one(Billable.objects.filter(fate="pending"), pick)
        fate = ("billable", "written_off", "included")[pick % 3]
        review.billable_decide(
            billable=item, fate=fate, by=self.cast.bram, reason="because", unit_price=D(pick + 1)
        )

    def _approve(self, pick: int) -> None:
        found = self._one(Review.objects.exclude(status="approved"), pick)
        for item in Billable.objects.filter(work_order=found.work_order).pending():
            with contextlib.suppress(Refused):
                fate = "written_off" if item.unit_price is None else "billable"
                review.billable_decide(billable=item, fate=fate, by=self.cast.bram, reason="enough")
        if pick % 4 != 3:  # sometimes somebody forgets to look
            concerns_judge(review=found, by=self.cast.bram, reason="looked at")
        review.review_approve(review=found, by=self.cast.bram)

    def _return(self, pick: int) -> None:
        visit_return(visit=self._visit(pick), items=["Dark photo"], by=self.cast.bram, reason="Look again")

    def _reopen(self, pick: int) -> None:
        review.review_reopen(
            review=self._one(Review.objects.filter(status="approved"), pick),
            by=self.cast.bram,
            reason="again",
        )

    def _correct(self, pick: int) -> None:
        item = self._one(Billable.objects.all(), pick)
        review.billable_correct(
            billable=item, by=self.cast.bram, reason="counted again", quantity=D(pick) / 2
        )

    def _price_extra(self, pick: int) -> None:
        extra = self._visit(pick).extra_work.first()
        if extra is None:
            raise Refused("no extra work")
        offer = review.extra_work_offer(
            extra_work=extra,
            by=self.cast.bram,
            quantity=D(1),
            unit="HUR",
            unit_price=D(70),
            vat_code=self.shop.high,
        )
        if pick % 3:
            review.extra_work_answer(
                offer=offer, approved=pick % 3 == 1, by=self.cast.bram, reason="by telephone"
            )

    def _answer_late(self, pick: int) -> None:
        extra = self._visit(pick).extra_work.first()
        offer = extra.offers.filter(answered_at__isnull=True).first() if extra else None
        if offer is None:
            raise Refused("nothing to answer")
        review.extra_work_answer(
            offer=offer, approved=bool(pick % 2), by=self.cast.bram, reason="by telephone"
        )

    # -- on site ----------------------------------------------------------------------

    def _tell(self, pick: int, kind: str, **payload: Any) -> None:
        phone = self._phone(pick)
        phone.moment = max(phone.moment or phone.assignment.starts_at, phone.assignment.starts_at)
        self.now = max(self.now, phone.moment)
        self._told(lambda: phone.tell(kind, **payload))
        self.now = max(self.now, phone.moment)

    def _told(self, tell: Callable[[], object]) -> None:
        """What does not fit any more waits for the office: the phone's own check of it is no fault here."""
        try:
            tell()
        except AssertionError as unfit:
            raise Refused(str(unfit)) from unfit

    def _work(self, pick: int) -> None:
        phone = self._phone(pick)
        self.now = max(self.now, phone.moment or phone.assignment.starts_at)
        self._told(lambda: phone.work(20 + 10 * pick))
        self.now = max(self.now, phone.moment or self.now)

    def _part(self, pick: int) -> None:
        part = (self.shop.pipe, self.shop.valve)[pick % 2]
        self._tell(pick, "material", material=part.pk, quantity=str(pick + 1))

    def _odd_part(self, pick: int) -> None:
        self._tell(pick, "material", material=self.shop.nameless.pk, quantity="1")

    def _extra(self, pick: int) -> None:
        self._tell(pick, "extra_work", description="Second tap", hours="1")

    def _deviation(self, pick: int) -> None:
        self._tell(pick, "deviation", text="Rotten floor", blocks=False)

    def _stuck(self, pick: int) -> None:
        self._tell(pick, "deviation", text="Asbestos", blocks=True)

    def _no_access(self, pick: int) -> None:
        self._tell(pick, "no_access", reason="Nobody there", file=photo_stored())

    def _finish(self, pick: int) -> None:
        phone = self._phone(pick)
        self._told(phone.finish)
        self.now = max(self.now, phone.moment or self.now)

    def _again(self, pick: int) -> None:
        """The phone did not hear the answer, and sends the last thing again."""
        phone = self._phone(pick)
        last = FieldEvent.objects.filter(assignment=phone.assignment).exclude(file__isnull=False).last()
        if last is None:
            raise Refused("nothing sent")
        before = FieldEvent.objects.count()
        phone.send(last.kind, id=last.pk, occurred_at=last.occurred_at, **last.payload)
        assert FieldEvent.objects.count() == before

    def _late(self, pick: int) -> None:
        """Something that no longer fits comes in, and the office lets it count."""
        phone = self._phone(pick)
        event = phone.send(
            "material", id=uuid.uuid4(), material=self.shop.valve.pk, quantity="1", occurred_at=self.now
        )
        if event.state == "to_decide":
            event_apply_after_all(event=event, by=self.cast.bram)

    # -- the money --------------------------------------------------------------------

    def _draft(self, pick: int) -> None:
        invoicing.invoice_draft(work_orders=[self._job(pick, "ready_for_invoicing")], by=self.cast.bram)

    def _deposit(self, pick: int) -> None:
        waits = Billable.objects.deposits_to_ask().values("work_order")
        order = self._one(WorkOrder.objects.filter(pk__in=waits), pick)
        invoicing.invoice_draft(work_orders=[order], by=self.cast.bram)

    def _skip_deposit(self, pick: int) -> None:
        invoicing.deposit_leave(work_order=self._job(pick), by=self.cast.bram)

    def _issue(self, pick: int) -> None:
        invoicing.invoice_issue(invoice=self._invoice(pick, "draft"), by=self.cast.bram)

    def _send(self, pick: int) -> None:
        invoice = invoicing.invoice_send(invoice=self._invoice(pick, "issued"), by=self.cast.bram)
        message_sent(message=Message.objects.about(invoice).under_way().get())

    def _paid(self, pick: int, part: D, too_much: bool = False) -> None:
        invoice = self._invoice(pick, "issued", "sent", "paid")
        left = open_amount(invoice)
        invoicing.payment_record(
            invoice=invoice, amount=(left * part).quantize(D("0.01")) + (D(10) if too_much else 0), method="bank",
            paid_on=clock.today(), by=self.cast.bram, too_much=too_much,
        )  # fmt: skip

    def _pay(self, pick: int) -> None:
        self._paid(pick, D(1))

    def _pay_part(self, pick: int) -> None:
        self._paid(pick, D("0.37"))

    def _pay_too_much(self, pick: int) -> None:
        self._paid(pick, D(1), too_much=True)

    def _refund(self, pick: int) -> None:
        invoice = self._invoice(pick, "issued", "sent", "paid", "credited")
        left = open_amount(invoice)
        if left >= 0:
            raise Refused("nothing owed")
        invoicing.payment_record(
            invoice=invoice, amount=left, method="bank", paid_on=clock.today(), by=self.cast.bram
        )

    def _set_off(self, pick: int) -> None:
        owed = self._invoice(pick, "sent", "paid", "credited")
        invoicing.payment_set_off(invoice=owed, against=self._invoice(pick + 1, "sent"), by=self.cast.bram)

    def _take_back_payment(self, pick: int) -> None:
        payment = self._one(Payment.objects.filter(amount__gt=0), pick)
        invoicing.payment_reverse(payment=payment, by=self.cast.bram, reason="Bounced")

    def _credit(self, pick: int) -> None:
        invoice = self._invoice(pick, "issued", "sent", "paid")
        invoicing.invoice_credit(invoice=invoice, by=self.cast.bram, reason="wrong")

    def _credit_part(self, pick: int) -> None:
        invoice = self._invoice(pick, "issued", "sent", "paid")
        line = self._one(invoice.lines.all(), pick)
        invoicing.invoice_credit(invoice=invoice, by=self.cast.bram, reason="wrong", lines=[line])

    def _cancel_draft(self, pick: int) -> None:
        invoicing.invoice_cancel(invoice=self._invoice(pick, "draft"), by=self.cast.bram, reason="no")

    def _package(self, pick: int) -> None:
        package_make(by=self.cast.bram)

    def _booked(self, pick: int) -> None:
        invoice = self._invoice(pick, "sent", "paid")
        if InvoiceFact.objects.filter(invoice=invoice, kind="booked").exists():
            raise Refused("booked")
        invoicing.fact_mark(invoice=invoice, kind="booked", by=self.cast.bram)

    # -- people, and time ---------------------------------------------------------------

    def _customer_leaves(self, pick: int) -> None:
        customer_deactivate(customer=self.shop.customer, by=self.cast.bram, reason="Moved")

    def _technician_leaves(self, pick: int) -> None:
        technician_deactivate(technician=self.shop.tim, by=self.cast.petra, reason="left", leave=True)

    def _days_pass(self, pick: int) -> None:
        self.now += timedelta(days=3 * pick + 1)
        quotes_expire(self.now)
