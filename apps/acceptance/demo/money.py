"""From the review to the money: what the office makes of work that is done."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from apps.acceptance.demo import jobs
from apps.acceptance.demo.calendar import on
from apps.acceptance.demo.story import Story
from apps.acceptance.judging import concerns_judge
from apps.core import clock
from apps.core.actors import Customer
from apps.field.models import ExtraWork
from apps.invoicing import actions as invoicing
from apps.invoicing.actions.common import open_amount
from apps.invoicing.models import Invoice
from apps.messaging.actions import message_sent
from apps.messaging.models import Message
from apps.review import actions as review
from apps.review.models import Billable, Review
from apps.workorders.models import WorkOrder


class Money:
    """Review, invoice, payment, and what goes wrong in them."""

    def __init__(self, story: Story) -> None:
        self.story = story
        # How many there were: a key would differ from one telling to the next.
        self.quoted, self.deposits = count(1), count(1)
        self.random = story.random
        self.firm = story.firm

    def review(self, order: WorkOrder) -> None:
        order.refresh_from_db()
        if order.status != "ready_for_review":
            return
        clerk = self.story.clerk()
        found = review.review_open(work_order=order, by=clerk)
        extras = ExtraWork.objects.filter(visit__work_order=order, status="waiting")
        for extra in extras:
            if self.story.chance(0.75):
                offer = review.extra_work_offer(
                    extra_work=extra, by=clerk, quantity=max(extra.hours, Decimal("0.25")), unit="HUR",
                    unit_price=self.firm.hour, vat_code=self.firm.vat_high,
                )  # fmt: skip
                review.extra_work_answer(
                    offer=offer, by=Customer(order.customer.name), approved=self.story.chance(0.85),
                    name=order.customer.name,
                )  # fmt: skip
        for billable in Billable.objects.filter(work_order=order, fate="pending"):
            off = self.story.chance(0.3)
            why = "Toch nodig gebleken, achteraf met de klant besproken." if billable.extra_work_id else ""
            review.billable_decide(
                billable=billable,
                fate="written_off" if off else "billable",
                by=self.firm.olga if off else clerk,
                reason="Coulance, in overleg met de klant." if off else why,
            )
        if self.story.slips("returned"):
            self.review_returns(found, order)
            return
        if self.story.slips("review_not_finished"):
            return  # somebody began and was called away
        kept = self.review_slips(order)
        self.review_finish(found, clerk)
        if not kept and not self.story.slips("not_invoiced"):
            self.story.at(self.story.invoice_day(), self.invoice_make, order)

    def review_finish(self, found: Review, clerk: Any) -> None:
        """The one place that approves: what is wrong was looked at, and judged."""
        concerns_judge(review=found, by=clerk, reason=self.random.choice(jobs.JUDGED))
        review.review_approve(review=found, by=clerk)

    def review_returns(self, found: Review, order: WorkOrder) -> None:
        visit = order.visits.order_by("pk")[0]
        review.finding_add(
            review=found, subject=visit, part="photos", decision="returned", by=self.firm.bram,
            reason="Op de foto na afloop is de aansluiting niet te zien.",
        )  # fmt: skip
        review.review_return(review=found, by=self.firm.bram, reason="Graag een nieuwe foto na afloop.")

    def review_slips(self, order: WorkOrder) -> bool:
        """What a reviewer decides that makes one look twice. Such a job is not invoiced yet."""
        items = Billable.objects.filter(work_order=order, fate="billable").order_by("-net")
        part = items.filter(kind="material", net__gt=20).last()
        if part is not None and self.story.slips("price_near_nothing"):
            review.billable_decide(
                billable=part, fate="billable", by=self.firm.olga, unit_price=Decimal("0.50"),
                reason="Was beloofd bij de vorige klus.",
            )  # fmt: skip
            return True
        hours = items.filter(proposal__in=("above_sold", "above_agreed")).last()
        if hours is not None and self.story.slips("hours_included"):
            review.billable_decide(
                billable=hours,
                fate="included",
                by=self.firm.olga,
                reason="Valt binnen de afspraak met de klant.",
            )
            return True
        return False

    def invoice_make(self, order: WorkOrder) -> None:
        order.refresh_from_db()
        if order.status != "ready_for_invoicing":
            return
        clerk = self.story.clerk()
        invoice = invoicing.invoice_draft(work_orders=[order], by=clerk)
        if self.story.slips("not_issued"):
            return
        if self.story.slips("free_line_credited"):
            invoicing.line_add(
                invoice=invoice, by=clerk, description="Parkeerkosten", quantity=Decimal(1), unit="C62",
                unit_price=Decimal("14.50"), vat_code=self.firm.vat_high,
            )  # fmt: skip
            self.story.at(self.story.soon(2, 2), self.line_credit, invoice)
        invoicing.invoice_issue(invoice=invoice, by=clerk)
        if not self.story.slips("not_sent"):
            self.story.at(clock.now() + timedelta(minutes=3), self.invoice_send, invoice)

    def deposit_ask(self, order: WorkOrder) -> None:
        order.refresh_from_db()
        review.billables_catch_up()
        if not Billable.objects.filter(work_order=order).deposits_to_ask().exists():
            return
        invoice = invoicing.invoice_draft(work_orders=[order], by=self.story.clerk())
        invoicing.invoice_issue(invoice=invoice, by=self.firm.bram)
        self.story.at(clock.now() + timedelta(minutes=3), self.invoice_send, invoice)

    def invoice_send(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        invoicing.invoice_send(invoice=invoice, by=self.firm.bram)
        self.story.at(clock.now() + timedelta(minutes=1), self.invoice_mail_leaves, invoice)
        if self.story.chance(0.015):
            self.story.at(self.story.soon(2, 6), self.invoice_credit, invoice)
            return
        late = self.random.choices([-9, -4, 0, 6, 19], weights=[25, 30, 27, 13, 5])[0]
        day = clock.today() + timedelta(days=max(1, 14 + late + self.random.randint(-3, 3)))
        self.story.at(on(day, 9, self.random.randint(0, 59)), self.payment, invoice)

    def invoice_mail_leaves(self, invoice: Invoice) -> None:
        message_sent(message=Message.objects.about(invoice).under_way().get())

    def payment(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        if invoice.status not in ("issued", "sent"):
            return
        amount, more = open_amount(invoice), False
        if self.story.slips("paid_in_part"):
            amount = (amount / 2).quantize(Decimal("0.01"))
        elif self.story.slips("paid_too_much"):
            amount, more = amount + Decimal("125.00"), True
        if amount <= 0:
            return
        invoicing.payment_record(
            invoice=invoice,
            amount=amount,
            method=self.random.choices(["bank", "pin", "cash"], weights=[90, 8, 2])[0],
            paid_on=clock.today(),
            by=self.firm.bram,
            reference=invoice.number or "",
            too_much=more,
        )
        issued = invoice.issue_date or clock.today()
        # The bookkeeper has it in the package of its month, and books what is paid.
        day = max(clock.today(), issued + timedelta(days=34)) + timedelta(days=self.random.randint(1, 6))
        self.story.at(self.story.office_hour(day), self.invoice_booked, invoice)

    def invoice_booked(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        if invoice.status == "paid":
            for kind in ("delivered", "booked"):
                invoicing.fact_mark(invoice=invoice, kind=kind, by=self.firm.olga)

    def invoice_credit(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        invoicing.invoice_credit(invoice=invoice, by=self.firm.olga, reason="Verkeerd tarief gerekend.")
        line = invoice.lines.exclude(work_order=None).select_related("work_order")[0]
        self.story.at(self.story.soon(0, 1), self.invoice_make, line.work_order)

    def line_credit(self, invoice: Invoice) -> None:
        """A line that somebody had typed, taken off again, and never asked for on a later invoice."""
        lines = list(invoice.lines.filter(billable=None))
        invoicing.invoice_credit(
            invoice=invoice, by=self.firm.olga, reason="Parkeerkosten horen op de volgende factuur.", lines=lines
        )  # fmt: skip
