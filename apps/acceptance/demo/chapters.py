"""What becomes of a request: intake, quote, order, visit, review, invoice, payment. Some things go wrong on purpose."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.acceptance.demo import jobs
from apps.acceptance.demo.calendar import ZONE, on
from apps.acceptance.demo.jobs import Work
from apps.acceptance.demo.phone import Phone
from apps.acceptance.demo.story import Story
from apps.acceptance.judging import concerns_judge
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.rules import ALL
from apps.core import clock
from apps.core.actors import Customer
from apps.core.refusals import Refused
from apps.customers.models import Customer as Client
from apps.customers.models import Site
from apps.field.models import ExtraWork
from apps.intake import actions as intake
from apps.intake.models import Advice, Execution, Request
from apps.invoicing import actions as invoicing
from apps.invoicing.models import Invoice
from apps.messaging.actions import message_sent
from apps.messaging.models import Message
from apps.planning.actions import assignment_place
from apps.planning.models import Assignment
from apps.quotes import actions as quotes
from apps.quotes.models import Quote
from apps.review import actions as review
from apps.review.models import Billable
from apps.technicians.models import Technician
from apps.workorders.actions import work_order_create, work_order_follow_up
from apps.workorders.models import BillingBasis, JobFormField, WorkOrder


class Chapters:
    """Each method is an event of the story; it runs at its moment and plans what follows."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.random = story.random
        self.firm = story.firm

    # -- intake and quote ------------------------------------------------------------

    def request_decline(self, request: Request) -> None:
        intake.request_decline(request=request, by=self.story.clerk(), reason="Valt buiten ons werkgebied.")

    def intake_plan(self, request: Request, work: Work) -> None:
        request.refresh_from_db()
        length = timedelta(minutes=request.type.minutes)
        for technician in self.story.able(work):
            slot = self.story.calendar.slot(
                technician, clock.today() + timedelta(days=1), length, within_days=8
            )
            if slot:
                self.story.calendar.take(technician, *slot)
                assignment = assignment_place(
                    technician=technician, start=slot[0], end=slot[1], by=self.firm.petra, request=request
                )
                self.story.at(slot[0] + length, self.intake_visit, assignment, work)
                return

    def intake_visit(self, assignment: Assignment, work: Work) -> None:
        request, technician = assignment.request, assignment.technician
        if request is None:
            return
        request.refresh_from_db()
        if self.story.chance(0.04):
            intake.request_miss(
                request=request, by=technician.user, reason=self.random.choice(jobs.NO_ACCESS)
            )
            return
        low, high = work.hours
        intake.report_save(
            request=request,
            by=technician.user,
            note=f"{work.scope} Situatie opgenomen, ruimte goed bereikbaar.",
            hours=Decimal(str(round((low + high) * 2) / 4)),
            execution=Execution.TWO if work.people > 1 else Execution.ONE,
            urgency=request.urgency,
            advice=Advice.QUOTE,
        )
        for material, quantity in self.story.used(work):
            intake.estimate_set(request=request, by=technician.user, material=material, quantity=quantity)
        intake.report_photo_add(
            request=request, by=technician.user, file=self.story.picture(), key=self.story.event_id().hex
        )
        intake.report_hand_in(request=request, by=technician.user)
        if not self.story.chance(0.03):  # some reports wait for the office: a leak
            self.story.at(self.story.soon(1, 3), self.quote_make, request, work)

    def quote_make(self, request: Request, work: Work) -> None:
        request.refresh_from_db()
        clerk = self.story.clerk()
        quote = quotes.quote_create(by=clerk, request=request)
        quotes.version_change(
            version=quote.current,
            by=clerk,
            texts={
                "title": work.title,
                "scope": work.scope,
                "sold_hours": request.report.hours,
                "billing_basis": BillingBasis.FIXED_PRICE
                if self.story.chance(0.7)
                else BillingBasis.SOLD_HOURS,
            },
        )
        if not self.story.chance(0.05):
            self.story.at(self.story.soon(0, 2), self.quote_send, quote, work)

    def quote_send(self, quote: Quote, work: Work) -> None:
        quote.refresh_from_db()
        quotes.quote_send(quote=quote, by=self.story.clerk())
        fate = self.random.random()
        days = self.random.randint(1, 14)
        moment = on(
            clock.today() + timedelta(days=days), self.random.randint(9, 21), self.random.randint(0, 59)
        )
        if fate < 0.66:
            self.story.at(moment, self.quote_accepted, quote, work)
        elif fate < 0.82:
            self.story.at(moment, self.quote_declined, quote)
        else:
            self.story.at(on(clock.today() + timedelta(days=31), 6), self.quote_expires)

    def quote_expires(self) -> None:
        quotes.quotes_expire(now=clock.now())

    def quote_declined(self, quote: Quote) -> None:
        quote.refresh_from_db()
        quotes.quote_decline(
            version=quote.current, by=Customer(quote.customer.name), reason=self.random.choice(jobs.DECLINES)
        )

    def quote_accepted(self, quote: Quote, work: Work) -> None:
        quote.refresh_from_db()
        name = quote.customer.name
        order = quotes.quote_accept(version=quote.current, name=name, by=Customer(name))
        self.story.at(self.story.soon(0, 3), self.order_plan, order, work)

    # -- order and plan ------------------------------------------------------------------

    def order_make(self, request: Request, work: Work) -> None:
        request.refresh_from_db()
        urgent = request.urgency == "urgent"
        order = work_order_create(
            by=self.story.clerk(),
            customer=request.customer,
            site=request.site,
            type=request.type,
            title=work.title,
            scope=work.scope,
            urgency=request.urgency,
            billing_basis=BillingBasis.ACTUALS,
            skill=request.type.skill,
            sla_class=self.firm.slas[0] if urgent else self.random.choice(self.firm.slas[1:]),
            request=request,
            preferred_part=request.preferred_part,
        )
        self.story.at(self.story.soon(0, 0 if urgent else 2), self.order_plan, order, work)

    def order_plan(self, order: WorkOrder, work: Work) -> None:
        order.refresh_from_db()
        if order.status not in ("to_plan", "missed", "on_hold", "action_required"):
            return
        low, high = work.hours
        length = timedelta(minutes=15 * round(min(8.0, (low + high) / 2 / work.people + 0.25) * 4))
        first = clock.today() + timedelta(days=0 if order.urgency == "urgent" else 1)
        if order.urgency == "normal":
            first += timedelta(days=self.random.choice([0, 0, 1, 2, 4, 6]))
        people = self.story.able(work)[: work.people]
        slots = [(one, self.story.calendar.slot(one, first, length)) for one in people]
        booked = [(one, slot) for one, slot in slots if slot is not None and slot[0] > clock.now()]
        for technician, slot in booked:
            self.book(order, work, technician, *slot)
        if not booked and not self.story.chance(0.1):  # nobody had time; some are then forgotten: a leak
            self.story.at(self.story.soon(1, 1), self.order_plan, order, work)

    def book(
        self, order: WorkOrder, work: Work, technician: Technician, start: datetime, end: datetime
    ) -> None:
        """Put the job on a technician's agenda; they will most likely come."""
        self.story.calendar.take(technician, start, end)
        assignment = assignment_place(
            technician=technician, start=start, end=end, by=self.firm.petra, work_order=order
        )
        if not self.story.chance(0.008):  # a visit that nobody made: a leak
            self.story.at(
                start + timedelta(minutes=self.random.randint(-10, 15)), self.visit, assignment, work
            )

    # -- what is planned ahead ---------------------------------------------------------

    def maintenance_round(self) -> None:
        """A week before now the office plans the yearly maintenance: it fills today and the week to come."""
        now = self.story.now.astimezone(ZONE)
        customers = self.random.sample(self.story.customers, self.story.size.maintenance)
        for customer, site in customers:
            work = self.random.choice(jobs.MAINTENANCE)
            order = self.order(customer, site, work)
            for technician in self.story.able(work):
                first = now.date() + timedelta(days=self.random.randint(0, 7))
                slot = self.story.calendar.slot(technician, first, timedelta(minutes=105))
                if slot:
                    self.book(order, work, technician, *slot)
                    break
        if now.date().isoweekday() > 5:
            self.on_call(now)

    def installations(self, monday: date) -> None:
        """Larger work of that week, agreed long before: two people, two whole days."""
        for _ in range(self.story.size.installations):
            customer, site = self.random.choice(self.story.customers[:40])
            work = self.random.choice(jobs.INSTALLATIONS)
            order = self.order(customer, site, work)
            first = monday + timedelta(days=self.random.randint(0, 3))
            for technician in self.story.able(work)[: work.people]:
                for day in (first, first + timedelta(days=1)):
                    slot = self.story.calendar.slot(technician, day, timedelta(hours=7), within_days=1)
                    if slot:
                        self.book(order, work, technician, *slot)

    def on_call(self, now: datetime) -> None:
        """At the weekend somebody is on call, so that there is a today to look at."""
        technicians = self.firm.technicians[:3]
        for number, hour in enumerate((9, 10, 11, 13, 14, 16)):
            technician = technicians[number % 3]
            customer, site = self.random.choice(self.story.customers)
            work = self.random.choice(jobs.REPAIRS)
            start = on(now.date(), hour)
            self.book(
                self.order(customer, site, work), work, technician, start, start + timedelta(minutes=90)
            )

    def order(self, customer: Client, site: Site, work: Work) -> WorkOrder:
        """A job that needs no request: the customer has a contract."""
        kind = self.firm.types[work.type]
        return work_order_create(
            by=self.firm.bram,
            customer=customer,
            site=site,
            type=kind,
            title=work.title,
            scope=work.scope,
            billing_basis=BillingBasis.ACTUALS,
            skill=kind.skill,
        )

    # -- on site -------------------------------------------------------------------------

    def visit(self, assignment: Assignment, work: Work) -> None:
        """A technician's visit, told by their phone: one event after the other, each at its moment."""
        phone = Phone(self.story, assignment)
        phone.send("travel")
        arrived = clock.now() + timedelta(minutes=self.random.randint(9, 34))
        self.story.at(arrived, self.visit_begun, phone, work)

    def visit_begun(self, phone: Phone, work: Work) -> None:
        phone.back(minutes=3)
        assignment = phone.assignment
        length = assignment.ends_at - assignment.starts_at
        # Where four visits hang together, one upset would upset them all.
        alone = work not in jobs.INSTALLATIONS
        if alone and self.story.chance(0.025):
            phone.send("no_access", {"reason": self.random.choice(jobs.NO_ACCESS)}, self.story.picture())
            order = assignment.work_order
            if self.story.chance(0.7):
                self.story.at(self.story.soon(1, 2), self.order_plan, order, work)
            return
        phone.send("before_photo", file=self.story.picture())
        phone.send("start")
        # The rest happens at its own moment, so that work of this very hour is seen as going on.
        share = self.random.choices([0.8, 0.95, 1.1, 1.35, 1.7], weights=[15, 40, 25, 14, 6])[0]
        worked = max(timedelta(minutes=20), length * share)
        self.story.at(clock.now() + worked, self.visit_done, phone, work)

    def visit_done(self, phone: Phone, work: Work) -> None:
        phone.back(minutes=15)
        order = phone.assignment.work_order
        if order is None:
            return
        version = order.job_form_version_id
        for field in JobFormField.objects.filter(version=version) if version else []:
            phone.send("answer", {"field": field.pk, "value": self.answer(field)})
        phone.send("work_done", {"text": work.done})
        parts = self.story.used(work)
        for material, quantity in parts:
            phone.send("material", {"material": material.pk, "quantity": str(quantity)})
        if not parts:
            phone.send("no_materials")
        if self.story.chance(0.12):
            text, hours = self.random.choice(jobs.EXTRAS)
            phone.send("extra_work", {"description": text, "hours": str(hours)})
        else:
            phone.send("no_extra_work")
        blocked = work not in jobs.INSTALLATIONS and self.story.chance(0.015)
        if blocked or self.story.chance(0.05):
            text = self.random.choice(jobs.DEVIATIONS)
            phone.send("deviation", {"text": text, "blocks": blocked}, self.story.picture())
            if blocked:
                if self.story.chance(0.6):
                    self.story.at(self.story.soon(1, 2), self.issue_follow_up, order, work)
                return
        else:
            phone.send("no_deviation")
        phone.send("after_photo", file=self.story.picture())
        if self.story.chance(0.85):
            name = order.customer.name if order.customer.kind == "person" else "H. Vermeer"
            phone.send("sign_off", {"name": name}, self.story.signature)
        else:
            phone.send("sign_off", {"reason": "Klant was niet thuis bij het afronden."})
        phone.send("finish")
        order.refresh_from_db()
        if order.status == "ready_for_review" and not self.story.chance(0.02):
            self.story.at(self.story.soon(0, 2), self.review, order)

    def answer(self, field: JobFormField) -> str:
        if field.kind == "tick":
            return "true"
        low = Decimal(field.minimum if field.minimum is not None else 1)
        high = Decimal(field.maximum if field.maximum is not None else low + 400)
        value = low + (high - low) * Decimal(self.random.randint(15, 85)) / 100
        if self.story.chance(0.03):
            value = high * Decimal("1.2")
        return str(value.quantize(Decimal("0.1")))

    def issue_follow_up(self, order: WorkOrder, work: Work) -> None:
        order.refresh_from_db()
        if order.status == "action_required":
            work_order_follow_up(
                work_order=order, by=self.story.clerk(), reason="Met de klant besproken; rest in overleg."
            )
            self.story.at(self.story.soon(0, 2), self.review, order)

    # -- review, invoice, payment ------------------------------------------------------------

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
                    unit_price=Decimal("62.50"), vat_code=self.firm.vat_high,
                )  # fmt: skip
                review.extra_work_answer(
                    offer=offer, by=Customer(order.customer.name), approved=self.story.chance(0.85),
                    name=order.customer.name,
                )  # fmt: skip
        for billable in Billable.objects.filter(work_order=order, fate="pending"):
            off = self.story.chance(0.5)
            review.billable_decide(
                billable=billable,
                fate="written_off" if off else "billable",
                by=clerk,
                reason="Coulance, in overleg met de klant." if off else "",
            )
        if self.story.chance(0.02):
            return  # somebody began and was called away
        concerns_judge(review=found, by=clerk, reason=jobs.JUDGED[order.pk % len(jobs.JUDGED)])
        review.review_approve(review=found, by=clerk)
        if not self.story.chance(0.03):
            self.story.at(self.story.soon(0, 3), self.invoice_make, order)

    def invoice_make(self, order: WorkOrder) -> None:
        order.refresh_from_db()
        if order.status != "ready_for_invoicing":
            return
        clerk = self.story.clerk()
        invoice = invoicing.invoice_draft(work_orders=[order], by=clerk)
        if self.story.chance(0.02):
            return
        invoicing.invoice_issue(invoice=invoice, by=clerk)
        if not self.story.chance(0.025):
            self.story.at(clock.now() + timedelta(minutes=3), self.invoice_send, invoice)

    def invoice_send(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        invoicing.invoice_send(invoice=invoice, by=self.firm.bram)
        self.story.at(clock.now() + timedelta(minutes=1), self.invoice_mail_leaves, invoice)
        fate = self.random.random()
        if fate < 0.93:
            late = self.random.choices([-9, -4, 0, 6, 19], weights=[25, 30, 25, 14, 6])[0]
            day = clock.today() + timedelta(days=max(1, 14 + late + self.random.randint(-3, 3)))
            self.story.at(on(day, 9, self.random.randint(0, 59)), self.payment, invoice)
        elif fate < 0.945:
            self.story.at(self.story.soon(2, 6), self.invoice_credit, invoice)

    def invoice_mail_leaves(self, invoice: Invoice) -> None:
        message_sent(message=Message.objects.about(invoice).under_way().get())

    def payment(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        if invoice.status not in ("issued", "sent"):
            return
        part = self.story.chance(0.02)
        amount = (invoice.payable / 2).quantize(Decimal("0.01")) if part else invoice.payable
        if amount <= 0:
            return
        invoicing.payment_record(
            invoice=invoice,
            amount=amount,
            method=self.random.choices(["bank", "pin", "cash"], weights=[90, 8, 2])[0],
            paid_on=clock.today(),
            by=self.firm.bram,
            reference=invoice.number or "",
        )

    def package_make(self) -> None:
        """The month goes to the bookkeeper; its documents are made when somebody opens them."""
        try:
            package_make(by=self.firm.olga, contents=ALL - {"overview", "pdf", "ubl"})
        except Refused:
            return  # nothing was invoiced yet

    def invoice_credit(self, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        invoicing.invoice_credit(invoice=invoice, by=self.firm.olga, reason="Verkeerd tarief gerekend.")
