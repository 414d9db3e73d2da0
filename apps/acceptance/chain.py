"""The whole chain, run for real against this installation and rolled back: nothing is left behind.

Everything that the run makes, its users and its customer too, lives in one transaction that is undone at the end;
files that were written are removed. No mail leaves: the queue is part of the same transaction.
"""

import hashlib
import time
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from apps.acceptance.asking import Asking
from apps.acceptance.cast import cast_make, picture, signature
from apps.acceptance.checks import Report
from apps.acceptance.judging import concerns_judge
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import PackageLine
from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.core.canonical import fingerprint
from apps.core.database import OFFICE, as_role
from apps.core.models import AuditEvent, Counter, RowChange
from apps.core.money import ZERO
from apps.documents.storage import files_taken_back
from apps.field.models import ExtraWork, FieldEvent, SignOff, TimeEntry, Visit
from apps.intake import actions as intake
from apps.intake.models import Advice, Execution, Request
from apps.invoicing import actions as invoicing
from apps.invoicing.models import Invoice, LedgerRow
from apps.messaging.actions import message_compose, message_sent
from apps.messaging.models import Message
from apps.planning.actions import DoubleBooking, assignment_place
from apps.planning.models import Assignment, Overbooking
from apps.quotes import actions as quotes
from apps.quotes.models import Acceptance, Quote, QuoteLine
from apps.review import actions as review
from apps.review.models import Billable
from apps.workorders.models import WorkOrder


class Undo(Exception):
    """Raised at the end of a run, so that everything is rolled back."""


def acceptance_run() -> Report:
    """Run the chain and return what was found. Nothing is left behind, whatever happens inside."""
    report, started = Report(), time.monotonic()
    with files_taken_back(cast(FileSystemStorage, default_storage)):
        try:
            with transaction.atomic(), as_role(OFFICE):
                Chain(report).run()
                raise Undo
        except Undo:
            pass
        except Exception as error:  # a step that breaks is a failed check, not a broken page
            report.expect(
                _("runs to its end (%(error)s)") % {"error": f"{type(error).__name__}: {error}"}, found=False
            )
    report.seconds = round(time.monotonic() - started, 1)
    return report


class Chain(Asking):
    """One job from a telephone call to a package for the bookkeeper."""

    request: Request
    quote: Quote
    order: WorkOrder
    invoice: Invoice

    def run(self) -> None:
        for name, step in (
            (_("Request by telephone"), self.request_by_telephone),
            (_("Intake report"), self.intake_report),
            (_("Quote"), self.quote_made_and_sent),
            (_("Acceptance"), self.quote_accepted),
            (_("Planning"), self.planned),
            (_("On site"), self.done_on_site),
            (_("The price wall"), self.price_wall),
            (_("Review"), self.reviewed),
            (_("Invoice"), self.invoiced),
            (_("Payment"), self.paid),
            (_("Package"), self.packaged),
            (_("Audit"), self.audited),
        ):
            self.report.step = name
            step()

    # -- the steps --------------------------------------------------------------------

    def request_by_telephone(self) -> None:
        self.cast = cast_make()
        cast = self.cast
        year = clock.today().year
        counters = Counter.objects.filter(series="request", year=year).values_list("last", flat=True)
        before = counters.first() or 0
        self.request = intake.request_create(
            by=cast.office, customer=cast.customer, site=cast.site, type=cast.type,
            description="Nieuwe cv-ketel gewenst", source="phone", urgency="normal",
        )  # fmt: skip
        after = counters.get()
        self.expect(
            _("a request typed in by the office is accepted at once"), self.request.status, "accepted"
        )
        self.expect(_("it has a number of its year"), self.request.number[1:3], f"{year % 100:02d}")
        self.expect(_("the number series moved on by one"), after == before + 1)
        self.refused(
            _("it cannot be accepted twice"),
            lambda: intake.request_accept(request=self.request, by=cast.office),
        )

    def intake_report(self) -> None:
        cast = self.cast
        start = self.hour(1, 9)
        assignment_place(
            technician=cast.technician, start=start, end=start + timedelta(hours=1), by=cast.office,
            request=self.request,
        )  # fmt: skip
        self.request.refresh_from_db()
        self.expect(_("the intake visit is planned"), self.request.status, "planned")
        with self.technicians_role():
            seen = Request.objects.for_user(cast.technician.user)
            self.expect(_("the technician sees the request"), self.request in seen)
            others = Request.objects.for_user(cast.other.user)
            self.expect(_("another technician does not"), self.request in others, expected=False)
            intake.report_save(
                request=self.request, by=cast.technician.user, note="Ketel op zolder, ruimte voldoende",
                hours=Decimal(6), execution=Execution.ONE, urgency="normal", advice=Advice.QUOTE,
            )  # fmt: skip
            self.refused(
                _("a report without a photo is not taken"),
                lambda: intake.report_hand_in(request=self.request, by=cast.technician.user),
            )
            intake.report_photo_add(
                request=self.request,
                by=cast.technician.user,
                file=picture(cast.technician.user),
                key=uuid4().hex,
            )
            intake.estimate_set(
                request=self.request, by=cast.technician.user, material=cast.boiler, quantity=Decimal(1)
            )
            intake.report_hand_in(request=self.request, by=cast.technician.user)
        self.request.refresh_from_db()
        self.expect(_("the office has received the intake"), self.request.status, "received")
        self.expect(_("with one photo"), self.request.report.photos.count(), 1)

    def quote_made_and_sent(self) -> None:
        cast = self.cast
        self.quote = quotes.quote_create(by=cast.office, request=self.request)
        version = self.quote.current
        for line in list(QuoteLine.objects.filter(version=version)):
            quotes.line_remove(version=version, by=cast.office, line=line.pk)
        priced: tuple[dict[str, Any], ...] = (
            {"kind": "material", "description": "HR-combiketel 28 kW", "material": cast.boiler, "quantity": Decimal(1),
             "unit": "C62", "unit_price": Decimal("1433.60")},
            {"kind": "labour", "description": "Montage", "quantity": Decimal(6), "unit": "HUR",
             "unit_price": Decimal("62.50")},
            {"kind": "text", "description": "Slimme thermostaat", "quantity": Decimal(1), "unit": "C62",
             "unit_price": Decimal("202.00"), "optional": True},
        )  # fmt: skip
        for fields in priced:
            quotes.line_add(version=version, by=cast.office, vat_code=cast.vat, **fields)
        version.refresh_from_db()
        quotes.version_change(
            version=version, by=cast.office,
            texts={"title": "Cv-ketel vervangen", "scope": "Ketel leveren en monteren.", "sold_hours": Decimal(6),
                   "billing_basis": "fixed_price"},
        )  # fmt: skip
        quotes.quote_send(quote=self.quote, by=cast.office)
        self.quote.refresh_from_db()
        version.refresh_from_db()
        self.expect(_("the quote is sent"), self.quote.status, "sent")
        self.expect(_("net without the option"), version.net, Decimal("1808.60"))
        self.expect(_("VAT over the sum, rounded once"), version.vat, Decimal("379.81"))
        self.expect(_("total"), version.total, Decimal("2188.41"))
        self.expect(_("the version carries a hash of its content"), len(version.content_hash), 64)
        mails = Message.objects.filter(to_address=cast.customer.email, kind__startswith="quote")
        self.expect(_("a mail to the customer is queued"), mails.count(), 1)
        self.expect(_("no private address is stored in it"), "/quote/" in mails[0].body, expected=False)
        mail = message_compose(mails[0])
        self.expect(_("the mail that goes out has the private link"), "/quote/" in str(mail.body))
        self.database_refuses(
            _("a sent version cannot be changed"),
            f"UPDATE quotes_quoteversion SET total = 1 WHERE id = {version.pk}",
        )
        self.database_refuses(
            _("its lines neither"),
            f"UPDATE quotes_quoteline SET unit_price = 1 WHERE version_id = {version.pk}",
        )

    def quote_accepted(self) -> None:
        cast, customer = self.cast, CustomerActor(self.cast.customer.name)
        version = self.quote.current
        option = QuoteLine.objects.get(version=version, optional=True)
        self.order = quotes.quote_accept(
            version=version, name=cast.customer.name, by=customer, options=[option.pk],
            signature=signature(customer),
        )  # fmt: skip
        acceptance = Acceptance.objects.get(version=version)
        self.quote.refresh_from_db()
        self.request.refresh_from_db()
        self.report.work_order = self.order.number
        self.expect(_("the quote is accepted"), self.quote.status, "accepted")
        self.expect(_("the option counts in what was agreed"), acceptance.net, Decimal("2010.60"))
        digest = fingerprint(acceptance.shown)
        self.expect(_("the signature's hash can be computed again"), acceptance.shown_hash, digest)
        self.refused(
            _("a second acceptance is refused"),
            lambda: quotes.quote_accept(version=version, name="Iemand anders", by=customer),
        )
        self.expect(_("one work order came of it"), WorkOrder.objects.filter(request=self.request).count(), 1)
        self.expect(_("it waits to be planned"), self.order.status, "to_plan")
        self.expect(_("with the sold hours"), self.order.sold_hours, Decimal(6))
        self.expect(_("and what to bring"), self.order.to_bring.filter(material=cast.boiler).exists())
        self.expect(_("the request is ordered"), self.request.status, "ordered")

    def planned(self) -> None:
        cast, start = self.cast, self.hour(2, 8)
        self.assignment = assignment_place(
            technician=cast.technician, start=start, end=start + timedelta(hours=6), by=cast.office,
            work_order=self.order,
        )  # fmt: skip
        self.order.refresh_from_db()
        self.expect(_("the work order is planned"), self.order.status, "planned")

        def book(**extra: Any) -> Assignment:
            return assignment_place(
                technician=cast.technician, start=start + timedelta(hours=2), end=start + timedelta(hours=3),
                by=cast.office, work_order=self.order, **extra,
            )  # fmt: skip

        try:
            with transaction.atomic():
                book()
            self.expect(_("a double booking is refused"), found=False)
        except DoubleBooking as clash:
            self.expect(_("a double booking is refused and names the clash"), self.assignment.pk in
                        {one.pk for one in clash.clashes})  # fmt: skip
        with transaction.atomic():
            point = transaction.savepoint()
            book(seen=[self.assignment.pk], reason="Twee klussen op hetzelfde adres")
            self.expect(
                _("with a reason it may be done"), Overbooking.objects.filter(over=self.assignment).count(), 1
            )
            transaction.savepoint_rollback(point)
        sees = WorkOrder.objects.for_user(cast.technician.user).filter(pk=self.order.pk)
        self.expect(_("the technician may execute the job"), sees.exists())
        others = WorkOrder.objects.for_user(cast.other.user).filter(pk=self.order.pk)
        self.expect(_("a colleague who is not planned may not"), others.exists(), expected=False)

    def done_on_site(self) -> None:
        user, moment = self.cast.technician.user, self.assignment.starts_at
        photo, signed = picture(user), signature(user)
        first = uuid4()
        send = self.phone(user)
        with self.technicians_role():
            send("travel", moment - timedelta(minutes=20))
            early = send("start", moment, event=first)
            self.expect(_("a start without a before photo waits for a decision"), early.state, "to_decide")
            send("before_photo", moment, file=photo)
            send("start", moment)
            send("pause", moment + timedelta(hours=2))
            send("resume", moment + timedelta(hours=2, minutes=30))
            material = {"material": self.cast.boiler.pk, "quantity": "1"}
            used = uuid4()
            for _twice in range(2):
                send("material", moment + timedelta(hours=3), material, event=used)
            send(
                "extra_work",
                moment + timedelta(hours=5),
                {"description": "Afsluiter vervangen", "hours": "1"},
            )
            send("no_deviation", moment + timedelta(hours=5))
            send("work_done", moment + timedelta(hours=5), {"text": "Ketel vervangen en ingeregeld"})
            send("after_photo", moment + timedelta(hours=6), file=photo)
            send("sign_off", moment + timedelta(hours=6), {"name": "H. Vermeer"}, file=signed)
            send("finish", moment + timedelta(hours=6, minutes=30))
        self.order.refresh_from_db()
        visit = Visit.objects.get(assignment=self.assignment)
        self.expect(_("the visit is done"), visit.status, "finished")
        self.expect(_("the work order is ready for review"), self.order.status, "ready_for_review")
        self.expect(_("the part that was sent twice is there once"), visit.materials.count(), 1)
        worked = sum(
            (one.duration(self.now) for one in TimeEntry.objects.filter(visit=visit, kind="work")),
            timedelta(),
        )
        self.expect(_("worked time without the pause"), worked, timedelta(hours=6))
        self.expect(_("no clock was left running"), visit.time_entries.filter(ended_at=None).count(), 0)
        sign_off = SignOff.objects.get(visit=visit)
        self.expect(
            _("the customer's signature carries a hash of what was shown"), len(sign_off.shown_hash), 64
        )

    def price_wall(self) -> None:
        with self.technicians_role():
            for table in ("quotes_quoteline", "pricing_rate", "review_billable", "invoicing_invoice"):
                refused = False
                try:
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
                except DatabaseError as error:
                    refused = "permission denied" in str(error)
                self.expect(_("the technician's role cannot read %(table)s") % {"table": table}, refused)

    def reviewed(self) -> None:
        cast = self.cast
        found = review.review_open(work_order=self.order, by=cast.office)
        self.expect(
            _("each piece of evidence has a billable"),
            Billable.objects.filter(work_order=self.order).count() >= 6,
        )
        extra = ExtraWork.objects.get(visit__work_order=self.order)
        offer = review.extra_work_offer(
            extra_work=extra, by=cast.office, quantity=Decimal(1), unit="HUR", unit_price=Decimal("62.50"),
            vat_code=cast.vat,
        )  # fmt: skip
        review.extra_work_answer(
            offer=offer, approved=True, by=CustomerActor(cast.customer.name), name=cast.customer.name
        )
        extra.refresh_from_db()
        self.expect(_("the technician sees the extra work approved"), extra.status, "approved")
        pending = Billable.objects.filter(work_order=self.order).pending()
        if pending.exists():
            self.refused(
                _("nothing is approved while something is pending"),
                lambda: review.review_approve(review=found, by=cast.office),
            )
        concerns_judge(review=found, by=cast.office, reason="In de vaste prijs", fate="included")
        review.review_approve(review=found, by=cast.office)
        self.order.refresh_from_db()
        self.expect(_("the job is ready for invoicing"), self.order.status, "ready_for_invoicing")
        fates = set(Billable.objects.filter(work_order=self.order).values_list("fate", flat=True))
        self.expect(_("every piece of evidence has its fate"), "pending" in fates, expected=False)

    def invoiced(self) -> None:
        cast = self.cast
        self.invoice = invoicing.invoice_draft(work_orders=[self.order], by=cast.office)
        self.expect(_("a draft has no number"), self.invoice.number, None)
        invoicing.invoice_issue(invoice=self.invoice, by=cast.office)
        self.invoice.refresh_from_db()
        self.report.invoice = self.invoice.number or ""
        self.expect(_("an issued invoice has a number"), bool(self.invoice.number))
        self.expect(_("net is what was agreed and the extra work"), self.invoice.net, Decimal("2073.10"))
        self.expect(_("VAT is rounded once"), self.invoice.vat, Decimal("435.35"))
        self.expect(_("total"), self.invoice.total, Decimal("2508.45"))
        pk = self.invoice.pk
        self.database_refuses(
            _("an issued invoice cannot be changed"),
            f"UPDATE invoicing_invoice SET total = 1 WHERE id = {pk}",
        )
        self.database_refuses(_("nor deleted"), f"DELETE FROM invoicing_invoice WHERE id = {pk}")
        self.database_refuses(
            _("its lines neither"), f"UPDATE invoicing_invoiceline SET quantity = 1 WHERE invoice_id = {pk}"
        )
        self.refused(
            _("it is issued once"), lambda: invoicing.invoice_issue(invoice=self.invoice, by=cast.office)
        )
        invoicing.invoice_send(invoice=self.invoice, by=cast.office)
        document = invoicing.documents_make(invoice=self.invoice)
        with default_storage.open(document.pdf.path) as pdf:
            self.expect(_("the PDF is one"), pdf.read(5), b"%PDF-")
        with default_storage.open(document.ubl.path) as ubl:
            text = ubl.read().decode()
        self.expect(_("the e-invoice names the same total"), ">2508.45</cbc:PayableAmount>" in text)
        self.invoice.refresh_from_db()
        self.expect(_("an invoice whose mail is still here is not sent"), self.invoice.status, "issued")
        message_sent(
            message=Message.objects.about(self.invoice).get()
        )  # what the worker does once it has left
        self.invoice.refresh_from_db()
        self.expect(_("the invoice is sent"), self.invoice.status, "sent")
        row = LedgerRow.objects.get(pk=self.order.pk)
        parts = row.invoiced + row.included + row.written_off + row.corrected + row.open
        self.expect(_("recorded = invoiced + included + written off + corrected + open"), parts, row.recorded)
        self.expect(_("nothing is left open"), row.open, ZERO)

    def paid(self) -> None:
        invoicing.payment_record(
            invoice=self.invoice,
            amount=Decimal("1000.00"),
            method="bank",
            paid_on=clock.today(),
            by=self.cast.office,
        )
        self.invoice.refresh_from_db()
        self.expect(_("a part is not all"), self.invoice.status, "sent")
        invoicing.payment_record(
            invoice=self.invoice,
            amount=Decimal("1508.45"),
            method="bank",
            paid_on=clock.today(),
            by=self.cast.office,
        )
        self.invoice.refresh_from_db()
        self.report.payment_status = self.invoice.get_status_display()
        self.expect(_("paid in full, the invoice is paid"), self.invoice.status, "paid")
        self.database_refuses(
            _("a payment cannot be changed"),
            f"UPDATE invoicing_payment SET amount = 1 WHERE invoice_id = {self.invoice.pk}",
        )

    def packaged(self) -> None:
        package = package_make(by=self.cast.office, invoices=[self.invoice])
        lines = PackageLine.objects.filter(package=package, invoice=self.invoice, payment=None)
        self.expect(_("the invoice is in the package"), lines.count(), 1)
        with default_storage.open(package.file.path) as file:
            content = file.read()
            self.expect(
                _("the package's hash is that of its file"),
                hashlib.sha256(content).hexdigest(),
                package.sha256,
            )
            file.seek(0)
            names = zipfile.ZipFile(file).namelist()
        self.expect(_("it holds an index"), any(name.startswith("index") for name in names))
        number = self.invoice.number or "-"
        for ending in (".pdf", ".xml"):
            held = any(number in name and name.endswith(ending) for name in names)
            self.expect(_("and the invoice as %(ending)s") % {"ending": ending}, held)
        self.expect(_("its total is the invoice's"), package.total, self.invoice.total)

    def audited(self) -> None:
        events = AuditEvent.objects.about(self.order).values_list("verb", flat=True)
        for verb in (
            "workorder.plan",
            "workorder.start",
            "workorder.finish",
            "workorder.approve",
            "workorder.invoice",
        ):
            self.expect(_("the history says %(verb)s") % {"verb": verb}, verb in events)
        changes = RowChange.objects.filter(table_name="workorders_workorder", row_id=str(self.order.pk))
        self.expect(_("every change of the row is recorded"), changes.count() >= 6)
        self.database_refuses(
            _("the audit cannot be changed"),
            f"UPDATE core_auditevent SET reason = 'x' WHERE subject_id = {self.order.pk}",
        )
        waiting = FieldEvent.objects.filter(assignment=self.assignment).to_decide()
        self.expect(_("what did not fit waits for the office"), waiting.count(), 1)
