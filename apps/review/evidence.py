"""The review page's material: each item of evidence beside what was expected, with its findings and billables."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property

from apps.core import clock
from apps.core.formats import as_shown
from apps.core.together import Question, together
from apps.field.evidence import EvidenceRows, answer_text, evidence_for
from apps.field.models import FormAnswer
from apps.pricing import lookup
from apps.pricing.models import VatCode
from apps.pricing.rules import hours_of
from apps.review import rules
from apps.review.estimates import Estimate, estimate_of
from apps.review.excess import Excess, excess_of
from apps.review.looks import item_look, review_look
from apps.review.models import Billable, Concern, Decision, ExtraWorkOffer, Finding, Review
from apps.review.sources import FIELD_OF
from apps.review.states import Proposal
from apps.workorders.models import JobFormField, WorkOrder

ZERO = Decimal(0)


@dataclass
class Row:
    """One item to judge."""

    kind: str
    subject: Any
    key: str
    billables: list[Billable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    part: str = ""
    missing: bool = False
    concern: Concern | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def finding(self) -> Finding | None:
        return self.findings[-1] if self.findings else None

    @property
    def recorded(self) -> Decimal:
        return sum((one.recorded_quantity for one in self.billables), ZERO)

    @property
    def look(self) -> str:
        """What the page shows of it, for whoever judges it."""
        return item_look(self.findings, self.billables, self.concern.facts if self.concern else "")

    @property
    def charged(self) -> Decimal:
        return sum((one.quantity for one in self.billables), ZERO)

    @property
    def corrected(self) -> bool:
        return any(one.decision == Decision.CORRECTED for one in self.findings)

    @property
    def tone(self) -> str:
        if self.finding is None:
            return ""
        return {"accepted": "green", "corrected": "blue", "returned": "amber"}[self.finding.decision]


class Evidence:
    """Everything that a review looks at, and what `also` is asked, in one statement."""

    def __init__(self, order: WorkOrder, review: Review | None, *also: Question) -> None:
        self.order, self.review = order, review
        self.now = clock.now()
        findings = review.findings.select_related("by").order_by("at", "id") if review else None
        billables = Billable.objects.filter(work_order=order)
        billables = billables.select_related("quote_line", "decided_by", "time_entry").order_by("id")
        recorded = EvidenceRows(order)
        self.to_bring = order.to_bring.select_related("material")
        self._offers = ExtraWorkOffer.objects.filter(extra_work__visit__work_order=order).order_by("sent_at")
        concerns = Concern.objects.of_work_order(order) if review else None
        together(findings, billables, concerns, self.to_bring, self._offers, *recorded.all(), *also)
        self._findings: dict[tuple[str, int], list[Finding]] = defaultdict(list)
        for finding in findings or ():
            self._findings[(finding.subject_type, finding.subject_id)].append(finding)
        self._billables: dict[tuple[str, int], list[Billable]] = defaultdict(list)
        self.concerns = list(concerns or ())
        self._concerns = {(one.subject_type, one.subject_id): one for one in self.concerns}
        self.corrections: list[Billable] = []
        self.billables = list(billables)
        for row in self.billables:
            self._file(row)
        self.field = evidence_for(order, recorded)
        self.visits = self.field.visits

    def _file(self, row: Billable) -> None:
        for name in FIELD_OF.values():
            if (pk := getattr(row, f"{name}_id")) is not None and row.kind != "correction":
                self._billables[(name, pk)].append(row)
                return
        if row.kind == "correction":
            self.corrections.append(row)

    def _row(self, kind: str, subject: Any, part: str = "", **extra: Any) -> Row:
        label = subject._meta.label_lower
        name = f"{label}.{part}" if part else label
        billables = self._billables.get((FIELD_OF.get(label, ""), subject.pk), []) if not part else []
        anchor = f"{kind}-{subject.pk}"
        findings = self._findings.get((name, subject.pk), [])
        concern = self._concerns.get((name, subject.pk))
        return Row(kind, subject, anchor, billables, findings, part, concern=concern, extra=extra)

    # Hours

    @cached_property
    def times(self) -> list[Row]:
        rows = []
        for visit in self.visits:
            for entry in visit.times:
                lasted = entry.duration(self.now)
                exact = hours_of(lasted)
                rows.append(
                    self._row("time", entry, technician=visit.technician.user, lasted=lasted, exact=exact)
                )
        return rows

    @property
    def is_handed_in(self) -> bool:
        """Whether a technician is done with at least one visit."""
        return any(one.visit.status == "finished" for one in self.visits)

    @property
    def is_worked(self) -> bool:
        """Whether there is anything to review but a mere agreement: `BillableQuerySet.worked`, or what becomes one."""
        times = [row for row in self.times if row.subject.kind != "pause"]
        priced = (
            row.claimed or (row.quote_line_id is None and row.proposal != Proposal.TAKEN_BACK)
            for row in self.billables
            if row.kind != "deposit"
        )
        return bool(times or self.materials or self.extras) or any(priced)

    def _hours(self, kind: str) -> Decimal:
        return sum((row.extra["exact"] for row in self.times if row.subject.kind == kind), ZERO)

    @property
    def worked(self) -> Decimal:
        return self._hours("work")

    @property
    def travelled(self) -> Decimal:
        return self._hours("travel")

    @property
    def planned(self) -> Decimal:
        spans = [visit.visit.assignment.period for visit in self.visits]
        return sum((hours_of(span.upper - span.lower) for span in spans), ZERO)

    @property
    def against_plan(self) -> Decimal | None:
        """Hours worked beyond what was planned, negative when there were fewer; None when nothing was planned."""
        return as_shown(self.worked) - as_shown(self.planned) if self.planned else None

    @property
    def against_plan_tone(self) -> str:
        """A difference of less than the policy's rounding step changes no charge, and no plan."""
        step = Decimal(lookup.policy().round_minutes) / 60
        if self.against_plan is None or abs(self.against_plan) < step:
            return "same"
        return "up" if self.against_plan > 0 else "down"

    @property
    def over_sold(self) -> Decimal:
        return max(as_shown(self.worked) - self.order.sold_hours, ZERO) if self.order.sold_hours else ZERO

    @cached_property
    def excess(self) -> list[Excess]:
        """What can be offered of the hours above the sold ones."""
        return excess_of(self.billables)

    @property
    def excess_pending(self) -> Decimal:
        return sum((one.hours for one in self.excess), ZERO)

    # Materials

    @cached_property
    def materials(self) -> list[Row]:
        return [self._row("material", usage) for usage in self.field.materials]

    @property
    def material_comparison(self) -> list[dict[str, Any]]:
        """What was to be brought beside what was used, by material."""
        lines: dict[Any, dict[str, Any]] = {}
        for wanted in self.to_bring:
            key = wanted.material_id or wanted.description
            line = lines.setdefault(key, {"name": wanted.description, "unit": wanted.get_unit_display(), "used": ZERO, "expected": ZERO})  # fmt: skip
            line["expected"] += wanted.quantity
        for row in self.materials:
            used = row.subject
            line = lines.setdefault(used.material_id or used.description, {"name": used.name, "unit": used.unit_label, "used": ZERO, "expected": ZERO})  # fmt: skip
            line["used"] += row.subject.quantity
        for line in lines.values():
            line["difference"] = line["used"] - line["expected"]
        return list(lines.values())

    # The rest

    @cached_property
    def vat_codes(self) -> list[VatCode]:
        """What may be chosen where no list says it."""
        return list(VatCode.objects.offered(*{one.vat_code_id for one in self.billables}))

    @property
    def agreed(self) -> list[Billable]:
        agreed = (
            one for one in self.billables if one.quote_line_id is not None or one.job_price_id is not None
        )
        found = [one for one in agreed if one.kind != "correction"]
        return found + [one for one in self.billables if one.kind == "free"]

    @property
    def estimate(self) -> Estimate | None:
        """Of a job on actuals: the accepted estimate beside what is asked."""
        if self.order.billing_basis != rules.ACTUALS:
            return None
        return estimate_of(self.agreed, self.times, self.materials)

    @cached_property
    def job(self) -> Row:
        """The job itself, where all of it together is judged."""
        return self._row("job", self.order)

    @property
    def others(self) -> list[Billable]:
        return [one for one in self.billables if one.kind == "deposit"]

    @property
    def extras(self) -> list[Row]:
        found = self.field.extra_work
        if not found:
            return []
        offers: dict[int, list[ExtraWorkOffer]] = defaultdict(list)
        for offer in self._offers:
            offers[offer.extra_work_id].append(offer)
        rows = []
        for one in found:
            mine = offers.get(one.pk, [])
            live = next((offer for offer in mine if offer.status in ("sent", "approved")), None)
            rows.append(self._row("extra", one, offers=mine, live=live))
        return rows

    @property
    def deviations(self) -> list[Row]:
        return [self._row("deviation", one) for one in self.field.deviations]

    @property
    def site_visits(self) -> list[dict[str, Any]]:
        """Per visit what was shown and said: photos and work done; at the one that ends the job also what all of them
        share: the checklist and the signature."""
        found = []
        kinds = {photo.kind for photo in self.field.photos}
        for one in self.visits:
            visit, is_ending = one.visit, one is self.field.ending
            photos = self._row("photos", visit, "photos")
            photos.missing = is_ending and visit.status == "finished" and not {"before", "after"} <= kinds
            lines = self._checklist() if is_ending else []
            checklist = self._row("checklist", visit, "checklist")
            checklist.missing = any(line["question"].required and not line["answer"] for line in lines)
            work_done = self._row("work_done", visit, "work_done")
            work_done.missing = not visit.work_done
            signed = self.field.signed
            signature = self._row("signature", visit, "signature")
            signature.missing = signed is None or signed.sign_off.signature_id is None  # type: ignore[union-attr]
            found.append(
                {
                    "evidence": one, "visit": visit, "photos": photos, "checklist": checklist, "lines": lines,
                    "work_done": work_done, "signature": signature, "is_ending": is_ending, "signed": signed,
                }
            )  # fmt: skip
        return found

    def _checklist(self) -> list[dict[str, Any]]:
        """Each question with the answer that stands for the job, who gave it, and what else was answered to it."""
        answers = self.field.standing
        return [
            {
                "question": question,
                "answer": answers.get(question.pk),
                "text": _text(question, answers),
                "before": self.field.answered_before(question),
            }
            for question in self.field.questions
        ]

    @property
    def unjudged(self) -> list[Concern]:
        return [one for one in self.concerns if one.open]

    @property
    def look(self) -> str:
        """What the page shows, for whoever approves it."""
        return review_look([one for found in self._findings.values() for one in found], self.billables)

    # Sums

    @property
    def fates(self) -> list[dict[str, Any]]:
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for one in self.billables:
            sums[one.fate] += one.net
        return [
            {"label": label, "value": sums[fate], "tone": tone, "fate": fate}
            for fate, label, tone in (
                ("billable", _label("billable"), "b"), ("included", _label("included"), "n"),
                ("written_off", _label("written_off"), "r"), ("pending", _label("pending"), "a"),
            )
        ]  # fmt: skip

    @property
    def pending(self) -> list[Billable]:
        return [one for one in self.billables if one.fate == "pending"]

    @property
    def to_invoice(self) -> Decimal:
        return sum((one.net for one in self.billables if one.fate == "billable"), ZERO)

    @property
    def cost(self) -> Decimal:
        counted = [one for one in self.billables if one.kind in ("time", "material")]
        return sum((one.recorded_quantity * one.unit_cost for one in counted), ZERO)

    @property
    def undecided(self) -> int:
        return sum(1 for one in self.billables if one.decided_at is None and one.fate != "pending")


def _label(fate: str) -> Any:
    return dict(Billable._meta.get_field("fate").choices)[fate]  # type: ignore[arg-type]


def _text(question: JobFormField, answers: dict[int, FormAnswer]) -> str:
    answer = answers.get(question.pk)
    return answer_text(question, answer.value) if answer else ""
