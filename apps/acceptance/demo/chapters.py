"""What becomes of a request: intake, quote, order, visit, review, invoice, payment. Some things go wrong on purpose."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.acceptance.demo import jobs
from apps.acceptance.demo.calendar import on
from apps.acceptance.demo.jobs import Work
from apps.acceptance.demo.onsite import OnSite
from apps.core import clock
from apps.core.actors import Customer
from apps.customers.models import Customer as Client
from apps.customers.models import Site
from apps.intake import actions as intake
from apps.intake.models import Advice, Execution, Request
from apps.planning.actions import assignment_place
from apps.planning.models import Assignment
from apps.quotes import actions as quotes
from apps.quotes.models import Quote
from apps.technicians.models import Technician
from apps.workorders.actions import work_order_create
from apps.workorders.models import BillingBasis, WorkOrder

# What the company's own terms say, for who reads no Dutch.
ENGLISH_TERMS = "The General Terms and Conditions of Techniek Nederland apply to all our work."
# Which of the company's promises goes with which urgency.
PROMISED = {"urgent": 0, "high": 1, "normal": 2}


class Chapters(OnSite):
    """Each method is an event of the story; it runs at its moment and plans what follows."""

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
                if not self.story.slips("intake_not_made"):
                    self.story.at(slot[0] + length, self.intake_visit, assignment, work)
                return
        self.story.at(self.story.soon(2, 4), self.intake_plan, request, work)

    def intake_visit(self, assignment: Assignment, work: Work) -> None:
        request, technician = assignment.request, assignment.technician
        if request is None:
            return
        request.refresh_from_db()
        if not self.story.careful and self.story.chance(0.02):
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
        if not self.story.slips("report_waits"):
            self.story.at(self.story.soon(1, 2), self.quote_make, request, work)

    def quote_make(self, request: Request, work: Work) -> None:
        request.refresh_from_db()
        clerk = self.story.clerk()
        quote = quotes.quote_create(by=clerk, request=request)
        is_fixed = self.story.chance(0.7)
        english = {"terms": ENGLISH_TERMS} if request.customer.language == "en" else {}
        quotes.version_change(
            version=quote.current,
            by=clerk,
            texts={
                "title": work.title,
                "scope": work.scope,
                "sold_hours": request.report.hours,
                "billing_basis": BillingBasis.FIXED_PRICE if is_fixed else BillingBasis.SOLD_HOURS,
                # Of some of the larger ones a part is asked beforehand.
                "deposit_percentage": 30 if is_fixed and next(self.quoted) % 5 == 0 else 0,
                **english,
            },
        )
        if not self.story.slips("quote_not_sent"):
            self.story.at(self.story.soon(0, 1), self.quote_send, quote, work)

    def quote_send(self, quote: Quote, work: Work) -> None:
        quote.refresh_from_db()
        quotes.quote_send(quote=quote, by=self.story.clerk())
        days = self.random.choice([1, 1, 2, 3, 4, 6, 8, 11])
        moment = on(
            clock.today() + timedelta(days=days), self.random.randint(9, 21), self.random.randint(0, 59)
        )
        if self.story.slips("quote_unanswered"):
            return
        if self.story.chance(0.7):
            self.story.at(moment, self.quote_accepted, quote, work)
        else:
            self.story.at(moment, self.quote_declined, quote)

    def quote_declined(self, quote: Quote) -> None:
        quote.refresh_from_db()
        quotes.quote_decline(
            version=quote.current, by=Customer(quote.customer.name), reason=self.random.choice(jobs.DECLINES)
        )

    def quote_accepted(self, quote: Quote, work: Work) -> None:
        quote.refresh_from_db()
        name = quote.customer.name
        order = quotes.quote_accept(version=quote.current, name=name, by=Customer(name))
        if quote.current.deposit_percentage and next(self.deposits) % 3:  # now and then somebody forgets it
            self.story.at(self.story.invoice_day(), self.deposit_ask, order)
        if not self.story.slips("job_not_planned"):
            self.story.at(self.story.soon(0, 2), self.order_plan, order, work)

    # -- order and plan ------------------------------------------------------------------

    def order_make(self, request: Request, work: Work) -> None:
        request.refresh_from_db()
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
            sold_hours=work.sold,
            sla_class=self.firm.slas[PROMISED[request.urgency]],
            request=request,
            preferred_part=request.preferred_part,
        )
        when = self.story.soon(0, 2) if request.urgency == "normal" else self.story.at_once()
        self.story.at(when, self.order_plan, order, work)

    def order_plan(self, order: WorkOrder, work: Work) -> None:
        order.refresh_from_db()
        if order.status not in ("to_plan", "missed", "on_hold", "action_required"):
            return
        low, high = work.hours
        length = timedelta(minutes=15 * round(min(8.0, (low + high) / 2 / work.people + 0.25) * 4))
        first = clock.today() + timedelta(days=0 if order.urgency == "urgent" else 1)
        if order.urgency == "normal":
            first += timedelta(days=self.random.choice([0, 0, 1, 2, 4, 6]))
        soonest = clock.now() + timedelta(minutes=20)
        slots = [
            (one, self.story.calendar.slot(one, first, length, after=soonest))
            for one in self.story.able(work)
        ]
        booked = [(one, slot) for one, slot in slots if slot is not None]
        if order.urgency != "normal":  # who can be there first
            booked.sort(key=lambda one: one[1][0])
        booked = booked[: work.people]
        for technician, slot in booked:
            self.book(order, work, technician, *slot)
        if not booked:  # nobody has time
            self.story.at(self.story.soon(1, 1), self.order_plan, order, work)

    def book(
        self, order: WorkOrder, work: Work, technician: Technician, start: datetime, end: datetime
    ) -> None:
        """Put the job on a technician's agenda; they will most likely come."""
        self.story.calendar.take(technician, start, end)
        assignment = assignment_place(
            technician=technician, start=start, end=end, by=self.firm.petra, work_order=order
        )
        self.story.at(start + timedelta(minutes=self.random.randint(-28, -5)), self.visit, assignment, work)

    # -- what is planned ahead ---------------------------------------------------------

    def maintenance_round(self, monday: date, many: int) -> None:
        """The yearly maintenance of that week: the plan of the coming days is filled with it."""
        for customer, site in self.random.sample(self.story.customers, many):
            work = self.random.choice(jobs.MAINTENANCE)
            order = self.order(customer, site, work)
            for technician in self.story.able(work):
                first = monday + timedelta(days=self.random.randint(0, 4))
                slot = self.story.calendar.slot(technician, first, timedelta(minutes=105))
                if slot:
                    self.book(order, work, technician, *slot)
                    break
            else:
                self.story.at(self.story.soon(1, 1), self.order_plan, order, work)

    def installations(self, monday: date) -> None:
        """Larger work of that week, agreed long before: two people, two whole days."""
        for _ in range(self.story.size.installations):
            customer, site = self.random.choice(self.story.customers[:40])
            work = self.random.choice(jobs.INSTALLATIONS)
            people = self.story.able(work)[: work.people]
            first = monday + timedelta(days=self.random.randint(0, 3))
            slots = [
                (
                    one,
                    self.story.calendar.slot(
                        one, first + timedelta(days=later), timedelta(hours=7), within_days=1
                    ),
                )
                for one in people
                for later in (0, 1)
            ]
            if all(slot is None for _one, slot in slots):
                continue
            order = self.order(customer, site, work)
            for technician, slot in slots:
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
            sold_hours=work.sold * (4 if work in jobs.INSTALLATIONS else 1),
        )
