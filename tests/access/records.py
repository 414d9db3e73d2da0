"""What stands in an address of the access table: each word of its column `record`, as values of the address."""

from typing import Any

from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from apps.accounts.models import Invitation, User
from apps.bookkeeping.models import Package
from apps.company.models import Holiday, SavedView
from apps.core.models import Series
from apps.customers.models import Contact, Equipment
from apps.field.models import (
    Deviation,
    ExtraWork,
    FieldEvent,
    MaterialUsage,
    ReturnedItem,
    SignOff,
    VisitPhoto,
)
from apps.intake.models import IntakePhoto, Request
from apps.invoicing.models import Invoice, Payment
from apps.leaks.models import Leak
from apps.maintenance.models import ContractVisit
from apps.materials.models import Material
from apps.messaging.actions import device_add
from apps.messaging.models import Message, Notice
from apps.messaging.push_service import Subscription
from apps.planning.models import Assignment, ChangeRequest
from apps.quotes.models import Quote, QuoteLink, QuoteTemplate
from apps.review.models import Billable
from apps.technicians.models import Absence, AbsenceRequest, Technician
from apps.timesheets.models import HandTime, Week
from apps.workorders.models import WorkOrder
from tests.stages import Stages
from tests.world import World

MADE_UP = {
    "pk": 0, "other": 0, "token": "x" * 43, "handle": "x", "photo": 0, "line": 0, "number": "W26-1190", "series": "quote",
    "name": "nothing", "verb": "nothing",
}  # fmt: skip


def mail_task(mail: Message) -> str:
    """The key of the task that a mail which did not arrive is."""
    return f"mail-{mail.pk}.{mail.status}.{int(mail.queued_at.timestamp())}"


class Records:
    """The records of the world, by the words of the table."""

    def __init__(self, world: World, stages: Stages) -> None:
        self.world, self.stages = world, stages
        self.words = {"-": {}, "made-up": MADE_UP | {"uuid": "7d3c1c8e-0d5c-4b7a-9c54-2f3c1f0a9d11"}}
        for some in (self.office(), self.jobs(), self.field(), self.review(), self.money(), self.links()):
            self.words |= some

    def values(self, word: str) -> dict[str, Any]:
        found = self.words[word]
        return found if isinstance(found, dict) else {"pk": found.pk}

    def address(self, name: str, word: str, pattern: Any) -> str:
        """The address of a route with the record in it."""
        given = self.values(word)
        kwargs = {}
        for parameter, converter in pattern.pattern.converters.items():
            uuid = type(converter).__name__ == "UUIDConverter" and word == "made-up"
            kwargs[parameter] = given["uuid" if uuid else parameter]
        for parameter in pattern.pattern.regex.groupindex:
            kwargs.setdefault(parameter, given[parameter])
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch as fault:
            raise AssertionError(f"{word} does not fit into {name}") from fault

    def office(self) -> dict[str, Any]:
        world, cast = self.world, self.world.chain.cast
        device = Equipment.objects.get(kind="Cv-ketel")
        return {
            "guide-step": {"name": "company"},
            "component": {"number": "W26-1190"},
            "finance-table": {"kind": "month"},
            "finance-figure": {"what": "revenue"},
            "customer": cast.customer,
            "gone-customer": self.stages.gone,
            "two-customers": {"pk": self.stages.other.pk, "other": self.stages.gone.pk},
            "merge": self.stages.merge,
            "contract": self.stages.contract,
            "contract-visit": ContractVisit.objects.filter(skipped_at=None).earliest("due"),
            "skipped-visit": self.stages.skipped,
            "site": cast.site,
            "contact": Contact.objects.get(name="J. Vermeer"),
            "equipment": {
                "pk": device.pk,
                "code": device.code,
                "file_pk": (kept := device.files.get().pk),
                "file": kept,
            },
            "material": cast.boiler,
            "old-material": Material.objects.get(code="OUD"),
            "technician": cast.other,
            "coming-hours": cast.other.hours.get(valid__lower_inf=False),
            "certificate": self.stages.certificate,
            "certificate-kind": self.stages.certificate.kind,
            "gone-technician": Technician.objects.get(user__name="Weg"),
            "vat-code": cast.vat,
            "user": world.users["bram"],
            "gone-user": User.objects.get(name="Vertrokken"),
            "invitation": Invitation.objects.get(),
            "notice-of-bram": Notice.objects.filter(user=world.users["bram"]).latest("pk"),
            "failed-mail": Message.objects.get(status="failed"),
            "note-on-invoice": {"about": "invoicing.invoice", "pk": self.stages.draft.pk},
            "series": Series.objects.get(name="invoice"),
            "holiday": Holiday.objects.get(name="Kermis"),
            "task-of-mail": {"key": mail_task(Message.objects.get(status="failed"))},
            "view-of-bram": SavedView.objects.filter(user=world.users["bram"]).latest("pk"),
        }

    def jobs(self) -> dict[str, Any]:
        chain, cast = self.world.chain, self.world.chain.cast
        order = WorkOrder.objects.get(title="Nog te plannen")
        draft = Quote.objects.get(status="draft")
        return {
            "request": self.of_report(chain.request) | {"customer": cast.customer.pk},
            "intake": self.of_report(Request.objects.get(status="planned", report__isnull=False)),
            "new-request": Request.objects.get(status="new"),
            "request-type": cast.type,
            "quote": self.stages.open_quote,
            "accepted-quote": chain.quote,
            "given-back-quote": self.stages.given_back,
            "draft-quote": {"pk": draft.pk, "line": draft.current.lines.first().pk},
            "quote-link": QuoteLink.objects.get(version=self.stages.open_quote.current),
            "template": QuoteTemplate.objects.get(),
            "shared-order": {"pk": order.pk, "file_pk": order.files.get().pk},
            "job-order": WorkOrder.objects.get(title="Bezig"),
            "held-order": WorkOrder.objects.get(title="Wacht"),
            "stuck-order": WorkOrder.objects.get(title="Staat stil"),
            "job-form": self.stages.form,
            "visit": self.stages.upcoming.assignment,
            "absence": Absence.objects.get(),
            "days-off-of-tim": AbsenceRequest.objects.get(),
            "change-request": ChangeRequest.objects.get(),
        }

    def of_report(self, request: Request) -> dict[str, Any]:
        photo = IntakePhoto.objects.get(report__request=request)
        return {"pk": request.pk, "photo": photo.pk, "material": self.world.chain.cast.boiler.pk}

    def field(self) -> dict[str, Any]:
        job = Assignment.objects.get(work_order__title="Bezig")
        back = Assignment.objects.get(work_order__title="Terug")
        at_job = {"visit__assignment": job}
        browser = Subscription("https://push.example.org/a", public_key="", secret="")
        device = device_add(user=self.world.users["tim"], to=browser, browser="x", session="", agent="")
        return {
            "device-of-tim": device,
            "job": {
                "pk": job.pk,
                "photo": VisitPhoto.objects.filter(**at_job).earliest("pk").pk,
                "usage": MaterialUsage.objects.get(**at_job).pk,
                "extra_work": ExtraWork.objects.get(**at_job).pk,
                "file": 0,
            },
            "returned-job": {"pk": back.pk, "item": ReturnedItem.objects.get(visit__assignment=back).pk},
            "visit-of-event": FieldEvent.objects.get(assignment__work_order__title="Te vroeg").assignment,
            "event": FieldEvent.objects.get(assignment__work_order__title="Te vroeg"),
            "event-with-photo": FieldEvent.objects.filter(assignment=job, kind="before_photo").latest(
                "occurred_at"
            ),
            "week": Week.objects.get(status="submitted"),
            "hand-time": HandTime.objects.get(week__status="open"),
            "deviation": Deviation.objects.get(visit__work_order__title="Staat stil"),
            "photo": VisitPhoto.objects.filter(**at_job).earliest("pk"),
            "signature": SignOff.objects.filter(visit__work_order__title="Te controleren").latest("pk"),
        }

    def review(self) -> dict[str, Any]:
        order = self.stages.in_review
        visit = order.visits.get()
        open_ones = Billable.objects.filter(work_order=order, decided_at=None)
        return {
            "to-review": WorkOrder.objects.get(title="Te controleren"),
            "in-review": {
                "pk": order.pk,
                "kind": "time",
                "subject": visit.time_entries.earliest("pk").pk,
                "usage": visit.materials.earliest("pk").pk,
            },
            "decided": WorkOrder.objects.get(title="Alles beslist"),
            "reviewed": WorkOrder.objects.get(title="Te factureren"),
            "charged-too-much": WorkOrder.objects.get(title="Te hoog gefactureerd"),
            "deposit-to-ask": self.stages.beforehand,
            "nothing-to-bill": WorkOrder.objects.get(title="Niets te factureren"),
            "billable": open_ones.earliest("pk"),
            "agreed-billable": Billable.objects.filter(work_order__title="Te factureren").earliest("pk"),
            "extra-work": visit.extra_work.get(),
            "offer": self.stages.offer,
            "known-deviation": Deviation.objects.get(visit=visit),
        }

    def money(self) -> dict[str, Any]:
        sent = self.stages.open_invoice
        return {
            "draft-invoice": self.stages.draft,
            "free-line": self.stages.draft.lines.get(description="Parkeren"),
            "issued-invoice": Invoice.objects.filter(status="issued").earliest("pk"),
            "sent-invoice": {"pk": sent.pk, "kind": "booked"},
            "payment": Payment.objects.get(invoice=sent),
            "leak": Leak.objects.filter(status="open").earliest("pk"),
            "written-off-leak": self.stages.leak,
            "package": Package.objects.latest("pk"),
        }

    def links(self) -> dict[str, Any]:
        words = {"quote:show": "quote-address", "pay:invoice_pay": "pay-address",
                 "extra-work:show": "offer-address", "join:invitation_accept": "join-address",
                 "appointment:show": "visit-address", "appointment:calendar_feed": "feed-address"}  # fmt: skip
        return {words[name]: {"token": token} for name, token in self.stages.links().items()}
