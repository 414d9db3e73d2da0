"""Beside the finished job of `tests.world`: one record in every other place of its path, made by the real actions.

What stands open (a draft, a sent quote, a visit under way, an unanswered offer) is where the product has its forms.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.acceptance.cast import picture, signature
from apps.acceptance.judging import concerns_judge
from apps.accounts.actions import invitation_send, user_deactivate
from apps.accounts.models import Invitation
from apps.bookkeeping.actions import package_make
from apps.company.actions import holiday_add, saved_view_add
from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.core.database import OFFICE, as_role
from apps.core.outbox import Held
from apps.core.tokens import token_for
from apps.customers.actions import (
    contact_create,
    customer_change,
    customer_create,
    customer_merge,
    equipment_create,
    site_create,
    site_place,
)
from apps.documents.actions import attached_add
from apps.field.actions import event_record, holdings_report, visit_return
from apps.field.models import ExtraWork, Visit
from apps.intake import actions as intake
from apps.intake.models import Advice, Execution, Request
from apps.invoicing import actions as invoicing
from apps.invoicing.actions.sending import pay_link_get
from apps.invoicing.models import Invoice, PayLink
from apps.leaks.actions import leak_write_off, leaks_detect
from apps.leaks.models import Leak
from apps.maintenance.actions import contract_create, visit_skip
from apps.maintenance.models import ContractVisit
from apps.materials.actions import category_get, material_create, material_deactivate
from apps.messaging.actions import note_add, notice_send
from apps.messaging.models import Message
from apps.planning.actions import (
    absence_add,
    absence_request_add,
    assignment_place,
    change_request_add,
    job_share,
)
from apps.planning.models import Assignment
from apps.planning.states import ChangeKind
from apps.pricing.actions import material_price_set, rate_set
from apps.quotes import actions as quotes
from apps.quotes.models import Quote, QuoteLink
from apps.review import actions as review
from apps.review.actions import billables_catch_up
from apps.review.models import Billable, Review
from apps.technicians.actions import (
    calendar_feed_open,
    certificate_add,
    certificate_kind_create,
    hours_set,
    technician_create,
    technician_deactivate,
)
from apps.timesheets.actions import time_add, week_submit
from apps.timesheets.figures import sheet_of
from apps.timesheets.rules import monday_of
from apps.workorders.actions import (
    job_form_create,
    work_order_cancel,
    work_order_create,
    work_order_hold,
)
from apps.workorders.actions.forms import FieldDraft
from apps.workorders.models import WorkOrder
from tests.conftest import user_make
from tests.world import World

LONG_AGO = date(2020, 1, 1)
KINDS = ("tick", "number", "choice", "text", "photo", "reading")


class Stages:
    """Makes them. Each job of the field gets an hour of its own, from yesterday on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cast = world.chain.cast
        self.office: Any = world.users["olga"]
        self.office_may_all()
        self.hours = 0
        self.tim = self.cast.technician
        self.photo = picture(self.tim.user)

    def office_may_all(self) -> None:
        """One who owns, plans and reviews: what the stages need of the office."""
        self.office = self.cast.office

    def make(self) -> None:
        with as_role(OFFICE):
            self.company()
            self.customers()
            self.contracts()
            self.requests()
            self.quotes()
            self.orders()
            self.on_site()
            self.reviews()
            self.invoices()
            self.around()
            self.week_of_hours()

    # -- the office's own ------------------------------------------------------------

    def company(self) -> None:
        by = self.office
        for kind in ("normal", "travel"):
            rate_set(
                by=by, kind=kind, price=Decimal(60), vat_code=self.cast.vat, unit="HUR", valid_from=LONG_AGO
            )
        material_price_set(
            by=by, material=self.cast.boiler, cost=Decimal(1120), price=Decimal(1400), vat_code=self.cast.vat,
            valid_from=LONG_AGO,
        )  # fmt: skip
        holiday_add(by=by, day=clock.today() + timedelta(days=30), name="Kermis")
        self.form = job_form_create(
            name="Onderhoud", request_type=None, by=by,
            fields=[FieldDraft(label=kind, kind=kind, options=["Goed", "Slecht"] if kind == "choice" else [],
                               required=kind not in ("photo", "text")) for kind in KINDS],
        )  # fmt: skip
        old = material_create(by=by, code="OUD", name="Oud spul", category=category_get(name="Verwarming"))
        material_deactivate(material=old, by=by)
        gone = technician_create(by=by, user=user_make("Weg", "technician"))
        technician_deactivate(technician=gone, by=by, reason="Uit dienst")
        user_deactivate(user=user_make("Vertrokken", "office"), by=by, reason="Uit dienst")
        invitation_send(by=by, email="nieuw@watertight.example", name="Nieuw", user_roles=["office"])

    def customers(self) -> None:
        by = self.office
        device = equipment_create(by=by, site=self.cast.site, kind="Cv-ketel")
        attached_add(
            files=device.files, content=b"%PDF-1.4 manual", name="handleiding.pdf", content_type="application/pdf", by=by,
            for_technician=True,
        )  # fmt: skip
        contact_create(by=by, customer=self.cast.customer, name="J. Vermeer", email="j@klant.example")
        address = {"street": "Dijk", "house_number": "3", "postal_code": "4811 AC", "city": "Breda"}
        self.gone = customer_create(
            by=by, name="Weg B.V.", kind="company", email="weg@klant.example", **address
        )
        customer_change(customer=self.gone, by=by, active=False)
        self.other = customer_create(
            by=by, name="Bakker B.V.", kind="company", email="b@klant.example", **address
        )
        site_create(by=by, customer=self.other, **address)
        twice = customer_create(
            by=by, name="Bakkerij Bakker", kind="company", email="bb@klant.example", **address
        )
        self.merge = customer_merge(kept=self.other, gone=twice, by=by, choices={})

    def contracts(self) -> None:
        """Each month somebody comes; the last of the visits that are made is skipped."""
        self.contract = contract_create(
            by=self.office, customer=self.other, places={self.other.sites.get(): []}, title="Filters vervangen",
            type=self.cast.type, interval_months=1, hours=Decimal(1), price=Decimal(85), vat_code=self.cast.vat,
        )  # fmt: skip
        *_others, last = ContractVisit.objects.filter(place__contract=self.contract).order_by("due")
        self.skipped = visit_skip(visit=last, by=self.office, reason="Op reis")

    # -- intake ------------------------------------------------------------

    def request(self, **more: Any) -> Request:
        given = {"customer": self.cast.customer, "site": self.cast.site, "type": self.cast.type}
        return intake.request_create(by=self.office, description="Het lekt", **given | more)

    def requests(self) -> None:
        self.request()
        intake.request_decline(request=self.request(), by=self.office, reason="Te ver")
        with as_role(OFFICE):
            intake.request_submit(
                name="H. Vermeer", email=self.cast.customer.email, street="Parkstraat", house_number="12",
                postal_code="4811 AB", city="Breda", type=self.cast.type, description="Lekkage", language="nl",
            )  # fmt: skip
        begun = self.request()
        self.visit_to(begun)
        self.report_begin(begun)
        self.received = self.request()
        self.visit_to(self.received)
        self.report(self.received)
        missed = self.request()
        self.visit_to(missed)
        intake.request_miss(request=missed, by=self.tim.user, reason="Niemand thuis")

    def visit_to(self, request: Request) -> Assignment:
        start = self.free(ahead=True)
        placed = assignment_place(
            technician=self.tim,
            start=start,
            end=start + timedelta(minutes=30),
            by=self.office,
            request=request,
        )
        request.refresh_from_db()
        return placed

    def report_begin(self, request: Request) -> None:
        by = self.tim.user
        intake.report_save(
            request=request, by=by, note="Ketel op zolder", hours=Decimal(2), execution=Execution.ONE,
            urgency="normal", advice=Advice.QUOTE,
        )  # fmt: skip
        intake.report_photo_add(request=request, by=by, file=self.photo, key=uuid4().hex)
        intake.estimate_set(request=request, by=by, material=self.cast.boiler, quantity=Decimal(1))

    def report(self, request: Request) -> None:
        self.report_begin(request)
        intake.report_hand_in(request=request, by=self.tim.user)
        request.refresh_from_db()

    # -- quotes ------------------------------------------------------------

    def quote(self, title: str, **more: Any) -> Quote:
        given = more or {"customer": self.cast.customer, "type": self.cast.type}
        quote = quotes.quote_create(by=self.office, title=title, **given)
        for description, optional in (("Werk", False), ("Extra", True)):
            quotes.line_add(
                version=quote.current, by=self.office, kind="text", description=description, optional=optional,
                quantity=Decimal(1), unit="C62", unit_price=Decimal(300), vat_code=self.cast.vat,
            )  # fmt: skip
        quote.current.refresh_from_db()
        return quote

    def sent(self, title: str, **texts: Any) -> Quote:
        quote = self.quote(title)
        if texts:
            quotes.version_change(version=quote.current, by=self.office, texts=texts)
        quotes.quote_send(quote=quote, by=self.office)
        quote.refresh_from_db()
        return quote

    def quotes(self) -> None:
        self.quote("Concept", request=self.received)
        self.open_quote = self.sent("Verstuurd")
        declined = self.sent("Afgewezen")
        quotes.quote_decline(version=declined.current, by=CustomerActor("Vermeer"), reason="Te duur")
        withdrawn = self.sent("Ingetrokken")
        quotes.quote_withdraw(quote=withdrawn, by=self.office, reason="Fout", tell=False)
        given_back = self.sent("Geaccepteerd, werkbon geannuleerd")
        order = quotes.quote_accept(version=given_back.current, name="Vermeer", by=CustomerActor("Vermeer"))
        work_order_cancel(work_order=order, by=self.office, reason="Vergissing")
        given_back.refresh_from_db()
        self.given_back = given_back
        beforehand = self.sent("Met aanbetaling", deposit_percentage=Decimal(30))
        self.beforehand = quotes.quote_accept(
            version=beforehand.current, name="Vermeer", by=CustomerActor("Vermeer")
        )
        billables_catch_up()
        quotes.template_from_quote(quote=self.open_quote, by=self.office, name="Sjabloon")

    # -- work orders ------------------------------------------------------------

    def order(self, title: str, **more: Any) -> WorkOrder:
        given = {"customer": self.cast.customer, "site": self.cast.site, "type": self.cast.type}
        return work_order_create(by=self.office, title=title, job_form=self.form, **given | more)

    def free(self, *, ahead: bool = False) -> datetime:
        """The next hour that nobody has taken."""
        self.hours += 1
        first = clock.now().replace(minute=0, second=0, microsecond=0)
        return first + (timedelta(days=5) if ahead else -timedelta(days=2)) + timedelta(hours=self.hours)

    def planned(self, title: str, *, ahead: bool = False, **more: Any) -> "Phone":
        start = self.free(ahead=ahead)
        order = self.order(title, **more)
        with clock.at(min(start, clock.now()) - timedelta(days=1)):
            assignment = assignment_place(
                technician=self.tim,
                start=start,
                end=start + timedelta(minutes=50),
                by=self.office,
                work_order=order,
            )
        return Phone(assignment, self.photo)

    def orders(self) -> None:
        self.to_plan = to_plan = self.order("Nog te plannen")
        job_share(work_order=to_plan, user=self.world.users["tessa"], by=self.office)
        attached_add(
            files=to_plan.files,
            content=b"%PDF-1.4",
            name="tekening.pdf",
            content_type="application/pdf",
            by=self.office,
            for_technician=True,
        )
        self.held = self.order("Wacht")
        work_order_hold(work_order=self.held, by=self.office, reason="Onderdeel besteld")
        self.upcoming = self.planned("Komt nog", ahead=True)
        visit = self.upcoming.assignment
        change_request_add(
            appointment=visit.appointment, kind=ChangeKind.CANCEL, seen=visit.starts_at, words="Het lekt niet meer",
            by=CustomerActor("J. Vermeer"),
        )  # fmt: skip

    # -- the field ------------------------------------------------------------

    def on_site(self) -> None:
        self.planned("Onderweg").send("travel")
        self.planned("Klaar om te beginnen").send("before_photo", file=self.photo)
        self.planned("Klok staat stil").begin("pause")
        busy = self.planned("Bezig").begin()
        busy.send("material", material=self.cast.boiler.pk, quantity="1")
        busy.send("extra_work", description="Kraan erbij", hours="1")
        busy.send("deviation", text="Vloer rot", blocks=False)
        self.planned("Kan klaar").begin().complete("sign_off")
        self.planned("Moet nog tekenen").begin().complete()
        self.planned("Niet thuis").send("no_access", file=self.photo, reason="Niemand thuis")
        stopped = self.planned("Staat stil").begin()
        stopped.send("deviation", text="Asbest", blocks=True)
        self.stopped = stopped.assignment.work_order
        self.planned("Te vroeg").send("start")
        held = [Held(stopped.assignment.pk, 2, 1, clock.now() - timedelta(minutes=5))]
        holdings_report(user=stopped.assignment.technician.user, phone=uuid4(), held=held)

    # -- review ------------------------------------------------------------

    def done(self, title: str, *reported: tuple[str, str], extra: str = "1", **more: Any) -> WorkOrder:
        phone = self.planned(title, **more).begin()
        for kind, text in reported:
            phone.send(kind, text=text, blocks=False)
        phone.send("material", material=self.cast.boiler.pk, quantity="1")
        phone.send("extra_work", description="Kraan erbij", hours=extra)
        phone.moment += timedelta(minutes=30)
        phone.complete("sign_off", "finish")
        phone.assignment.work_order.refresh_from_db()
        return phone.assignment.work_order

    def reviews(self) -> None:
        by = self.office
        self.done("Te controleren")
        self.in_review = opened = self.done(
            "In controle",
            ("deviation", "Vloer rot"),
            extra="0.25",
            sold_hours=Decimal("0.25"),
            billing_basis="sold_hours",
        )
        review.review_open(work_order=opened, by=by)
        offered = self.done("Meerwerk aangeboden")
        review.review_open(work_order=offered, by=by)
        self.offer = review.extra_work_offer(
            extra_work=ExtraWork.objects.get(visit__work_order=offered), by=by, quantity=Decimal(1), unit="HUR",
            unit_price=Decimal(60), vat_code=self.cast.vat,
        )  # fmt: skip
        back = self.done("Terug")
        review.review_open(work_order=back, by=by)
        visit = Visit.objects.get(work_order=back)
        self.decided("Alles beslist")
        marked = self.done("Deels terug")
        review.finding_add(
            review=review.review_open(work_order=marked, by=by), subject=Visit.objects.get(work_order=marked),
            part="photos", decision="returned", reason="Onscherp", by=by,
        )  # fmt: skip
        visit_return(visit=visit, items=["Foto ontbreekt"], by=by, reason="Foto ontbreekt")

    def decided(self, title: str, fate: str = "billable") -> Review:
        """A review in which nothing is left to decide."""
        order = self.done(title)
        opened = review.review_open(work_order=order, by=self.office)
        for one in Billable.objects.filter(work_order=order):
            given = {"unit_price": Decimal(50)} if fate == "billable" and not one.price_source else {}
            review.billable_decide(billable=one, fate=fate, by=self.office, reason="Afgesproken", **given)
        concerns_judge(review=opened, by=self.office, reason="Besproken met de klant")
        return opened

    def reviewed(self, title: str, fate: str = "billable") -> WorkOrder:
        found = self.decided(title, fate)
        review.review_approve(review=found, by=self.office)
        found.work_order.refresh_from_db()
        return found.work_order

    # -- invoices ------------------------------------------------------------

    def invoice(self, title: str, *steps: Callable[..., Any]) -> Invoice:
        made = invoicing.invoice_draft(work_orders=[self.reviewed(title)], by=self.office)
        for step in steps:
            step(invoice=made, by=self.office)
        made.refresh_from_db()
        return made

    def invoices(self) -> None:
        self.to_invoice = self.reviewed("Te factureren")
        self.reviewed("Niets te factureren", "included")
        self.draft = self.invoice("Concept")
        invoicing.line_add(
            invoice=self.draft, by=self.office, description="Parkeren", quantity=Decimal(1), unit="C62",
            unit_price=Decimal(5), vat_code=self.cast.vat,
        )  # fmt: skip
        self.invoice("Uitgegeven", invoicing.invoice_issue)
        self.open_invoice = self.invoice("Verstuurd", invoicing.invoice_issue, invoicing.invoice_send)
        part = {"amount": Decimal(10), "method": "bank", "paid_on": clock.today(), "by": self.office}
        invoicing.payment_record(invoice=self.open_invoice, **part)
        pay_link_get(self.open_invoice)
        self.owed = self.invoice("Te verrekenen", invoicing.invoice_issue)
        whole = part | {"amount": self.owed.payable}
        invoicing.payment_record(invoice=self.owed, **whole)
        invoicing.invoice_credit(invoice=self.owed, by=self.office, reason="Dubbel gefactureerd")
        line = self.invoice("Te hoog gefactureerd", invoicing.invoice_issue).lines.order_by("net").last()
        review.billable_correct(
            billable=line.billable, by=self.office, reason="Was korter", quantity=line.quantity / 2
        )
        with clock.at(clock.now() - timedelta(days=60)):
            self.invoice("Te laat", invoicing.invoice_issue, invoicing.invoice_send)

    # -- around it ------------------------------------------------------------

    def around(self) -> None:
        by = self.office
        leaks_detect()
        leak = Leak.objects.filter(status="open").first()
        assert leak is not None
        self.leak = leak
        leak_write_off(leak=leak, by=by, reason="Afgesproken")
        for name in ("olga", "bram", "ada"):
            user = self.world.users[name]
            notice_send(
                user=user, text="Kijk even", url=f"/work-orders/{self.draft.lines.first().work_order_id}/"
            )
            for name in ("invoices", "requests", "quotes", "work-orders", "leaks", "customers"):
                saved_view_add(by=user, list_name=name, name="Concepten", query="status=draft")
        note_add(about=self.draft, text="Let op", by=by, url="/")
        start = timezone.make_aware(datetime.combine(clock.today() + timedelta(days=40), time(8)))
        absence_add(technician=self.cast.other, start=start, end=start + timedelta(hours=8), by=by)
        later = start + timedelta(days=5)
        absence_request_add(
            technician=self.tim, start=later, end=later + timedelta(hours=8), by=self.tim.user
        )
        mornings = [(weekday, time(8), time(12)) for weekday in range(1, 6)]
        hours_set(technician=self.cast.other, by=by, weeks=[mornings], first=start.date())
        kind = certificate_kind_create(by=by, name="Gas certificate")
        certificate_kind_create(by=by, name="Cooling certificate")
        for technician in (self.cast.other, self.tim):
            certificate = certificate_add(
                technician=technician, kind=kind, by=by, number="G-1",
                issued_on=clock.today() - timedelta(days=700), expires_on=clock.today() + timedelta(days=20),
                document=SimpleUploadedFile("gas.pdf", b"%PDF-1.4", content_type="application/pdf"),
            )  # fmt: skip
        self.certificate = certificate
        site_place(site=self.cast.site, by=by, position=(51.59, 4.78))
        self.feed = calendar_feed_open(technician=self.tim, by=self.tim.user)
        Message.objects.filter(pk=Message.objects.latest("pk").pk).update(status="failed")
        package_make(by=by, contents={"overview"}, invoices=list(Invoice.objects.filter(status="issued")))

    def week_of_hours(self) -> None:
        """Tim's week of a month ago lies at the office; of this one he entered a day off."""
        this = monday_of(clock.today())
        before = this - timedelta(days=28)
        for monday in (before, this):
            time_add(
                technician=self.tim, monday=monday, weekday=4, kind="leave", hours=Decimal(8), reason="Vrij",
                by=self.tim.user,
            )  # fmt: skip
        seen = sheet_of(self.tim, before, clock.now()).seen
        week_submit(technician=self.tim, monday=before, seen=seen, by=self.tim.user)

    def behind_filters(self) -> list[str]:
        """Pages that a person finds by a filter of a list only."""
        return [
            reverse("customers:customer_detail", args=[self.gone.pk]),
            reverse("customers:customer_detail", args=[self.other.pk]),
            reverse("workorders:work_order_detail", args=[self.to_plan.pk]),
            reverse("workorders:work_order_detail", args=[self.held.pk]),
            reverse("workorders:work_order_detail", args=[self.stopped.pk]),
            reverse("quotes:quote_detail", args=[self.given_back.pk]),
            reverse("leaks:leak_detail", args=[self.leak.pk]),
            reverse("review:review_detail", args=[self.in_review.pk]),
            reverse("review:review_detail", args=[self.to_invoice.pk]),
            reverse("invoicing:invoice_detail", args=[self.owed.pk]),
        ]

    def links(self) -> dict[str, str]:
        """The private addresses that customers and newcomers have: what each is for, and its token."""
        quote = QuoteLink.objects.filter(version=self.open_quote.current).latest("pk")
        pay = PayLink.objects.filter(invoice=self.open_invoice).latest("pk")
        join = Invitation.objects.latest("pk")
        return {
            "quote:show": token_for("quote", quote.nonce),
            "pay:invoice_pay": token_for("pay", pay.nonce),
            "extra-work:show": token_for("extra_work", self.offer.nonce),
            "join:invitation_accept": token_for("invitation", join.nonce),
            "appointment:show": token_for("appointment", self.upcoming.assignment.appointment.nonce),
            "appointment:calendar_feed": token_for("calendar", self.feed.nonce),
        }


class Phone:
    """A technician's phone at one visit: each event a minute after the one before."""

    def __init__(self, assignment: Assignment, photo: Any) -> None:
        self.assignment, self.photo = assignment, photo
        self.moment = min(assignment.starts_at, clock.now() - timedelta(minutes=30))

    def send(self, kind: str, file: Any = None, **payload: Any) -> "Phone":
        self.moment += timedelta(minutes=1)
        user = self.assignment.technician.user
        with clock.at(self.moment):
            event_record(
                user=user, id=uuid4(), kind=kind, assignment=self.assignment, payload=payload, file=file,
                occurred_at=self.moment,
            )  # fmt: skip
        return self

    def begin(self, *more: str) -> "Phone":
        self.send("before_photo", file=self.photo).send("start")
        for kind in more:
            self.send(kind)
        return self

    def complete(self, *more: str) -> "Phone":
        """All that stands between start and finish, and then what is asked for."""
        values = {"tick": True, "number": "2", "choice": "Goed", "text": "ok", "reading": "100", "photo": ""}
        order = self.assignment.work_order
        for field in order.job_form_version.fields.all():
            file = self.photo if field.kind == "photo" else None
            self.send("answer", field=field.pk, value=values[field.kind], file=file)
        visit = Visit.objects.get(assignment=self.assignment)
        if not visit.materials.exists():
            self.send("no_materials")
        if not visit.extra_work.exists():
            self.send("no_extra_work")
        self.send("work_done", text="Ketel vervangen")
        if not visit.deviations.exists():
            self.send("no_deviation")
        self.send("after_photo", file=self.photo)
        for kind in more:
            payload = {"name": "Vermeer"} if kind == "sign_off" else {}
            self.send(kind, file=signature(self.assignment.technician.user) if payload else None, **payload)
        return self
