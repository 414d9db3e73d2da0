"""Whatever happened to a job, it can be finished, and until then its money is in sight."""

from decimal import Decimal as D

import pytest

from apps.core.actors import Customer
from apps.core.refusals import Refused
from apps.field.actions import work_order_enough
from apps.invoicing.actions import (
    invoice_cancel,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    work_order_close,
)
from apps.invoicing.models import Invoice, LedgerRow
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.planning.actions import job_hold
from apps.review import actions
from apps.review.models import Billable, Concern, Review
from tests.builders import photo_stored
from tests.pages import submit
from tests.review.test_review_open import rows

pytestmark = pytest.mark.django_db


def held():
    return {(one.place, one.net) for one in PipelineRow.objects.all()}


def approved(order, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    return actions.review_approve(review=review, by=cast.bram)


@pytest.fixture
def drafted(shop, cast):
    """A job of two hours and a pipe, approved and on a draft, that is reviewed again."""
    order = shop.done(parts=[(shop.pipe, 2)])
    review = approved(order, cast)
    invoice = invoice_draft(work_orders=[order], by=cast.bram)
    order.refresh_from_db()
    return actions.review_reopen(review=review, by=cast.bram, reason="something is missing"), invoice


class TestReopenedWithADraft:
    def test_its_money_stands_on_the_draft_and_what_comes_in_stands_in_review(self, drafted, shop, cast):
        review, _invoice = drafted
        shop.late_part(review.work_order, shop.valve, 1)
        actions.review_open(work_order=review.work_order, by=cast.bram)
        assert held() == {("drafted", 135), ("in_review", 25)}
        assert faults() == []

    @pytest.mark.parametrize("order_of", [("issue", "approve"), ("approve", "issue")])
    def test_it_ends_invoiced_whichever_comes_first(self, drafted, cast, order_of):
        review, invoice = drafted
        for step in order_of:
            if step == "issue":
                invoice_issue(invoice=invoice, by=cast.bram)
            else:
                actions.review_approve(review=review, by=cast.bram)
        order = review.work_order
        order.refresh_from_db()
        if order.status == "ready_for_invoicing":
            work_order_close(work_order=order, by=cast.bram)
            order.refresh_from_db()
        assert order.status == "invoiced"
        assert held() == {("unsent", 135)}

    def test_what_stands_on_the_draft_is_refused_in_a_sentence(self, drafted, cast):
        review, _invoice = drafted
        time = Billable.objects.get(kind="time")
        entry = time.time_entry
        with pytest.raises(Refused, match="draft"):
            actions.billable_decide(billable=time, fate="included", by=cast.olga, reason="no")
        with pytest.raises(Refused, match="draft"):
            actions.finding_add(
                review=review, subject=entry, decision="corrected", by=cast.olga, reason="no", quantity=D(1)
            )
        actions.finding_add(
            review=review, subject=entry, decision="returned", by=cast.olga, reason="look again"
        )
        with pytest.raises(Refused, match="draft"):
            actions.review_return(review=review, by=cast.olga, reason="look again")

    def test_once_it_is_off_the_draft_it_can_be_corrected_and_invoiced(self, drafted, cast):
        review, invoice = drafted
        invoice_cancel(invoice=invoice, by=cast.bram, reason="begin anew")
        time = Billable.objects.get(kind="time")
        actions.finding_add(
            review=review,
            subject=time.time_entry,
            decision="corrected",
            by=cast.olga,
            reason="left early",
            quantity=D(1),
        )
        actions.review_approve(review=review, by=cast.bram)
        invoice_issue(invoice=invoice_draft(work_orders=[review.work_order], by=cast.bram), by=cast.bram)
        assert held() == {("unsent", 75)}


class TestCorrectedToNothing:
    @pytest.fixture
    def nothing(self, shop, cast):
        order = shop.done(parts=[(shop.pipe, 2)])
        review = actions.review_open(work_order=order, by=cast.bram)
        for row in rows(order):
            subject = row.time_entry or row.material_usage
            actions.finding_add(
                review=review,
                subject=subject,
                decision="corrected",
                by=cast.olga,
                reason="not ours",
                quantity=D(0),
            )
        return review

    def test_it_is_closed_and_its_evidence_stays_recorded(self, nothing, cast):
        order = nothing.work_order
        actions.review_approve(review=nothing, by=cast.bram)
        order.refresh_from_db()
        assert held() == {("approved", 0)}, "it waits to be closed"
        work_order_close(work_order=order, by=cast.bram)
        order.refresh_from_db()
        assert order.status == "closed"
        ledger = LedgerRow.objects.get(work_order=order)
        assert (ledger.recorded, ledger.corrected, ledger.open) == (135, 135, 0)
        assert held() == set()

    def test_nothing_is_no_line_of_an_invoice(self, nothing, shop, cast):
        order = nothing.work_order
        actions.review_approve(review=nothing, by=cast.bram)
        with pytest.raises(Refused, match="left to invoice"):
            invoice_draft(work_orders=[order], by=cast.bram)
        assert not Invoice.objects.exists()

    def test_beside_other_work_it_stays_off_the_invoice(self, shop, cast):
        order = shop.done(parts=[(shop.pipe, 2)])
        review = actions.review_open(work_order=order, by=cast.bram)
        actions.finding_add(
            review=review,
            subject=rows(order)[0].time_entry,
            decision="corrected",
            by=cast.olga,
            reason="no",
            quantity=D(0),
        )
        actions.review_approve(review=review, by=cast.bram)
        invoice = invoice_draft(work_orders=[order], by=cast.bram)
        assert [line.net for line in invoice.lines.all()] == [15]
        invoice_issue(invoice=invoice, by=cast.bram)
        order.refresh_from_db()
        assert order.status == "invoiced"
        assert held() == {("unsent", 15)}


class TestCreditedFreeLine:
    @pytest.fixture
    def credited(self, shop, cast):
        order = shop.done()
        approved(order, cast)
        invoice = invoice_draft(work_orders=[order], by=cast.bram)
        free = line_add(
            invoice=invoice,
            by=cast.bram,
            description="Parking",
            quantity=D(1),
            unit="C62",
            unit_price=D(30),
            vat_code=shop.high,
        )
        invoice_issue(invoice=invoice, by=cast.bram)
        invoice_credit(invoice=invoice, by=cast.bram, reason="wrong", lines=[free])
        return order

    def test_what_it_asked_is_open_again_with_the_job(self, credited, shop, cast):
        assert {one for one in held() if one[0] not in ("paid", "unsent")} == {("approved", 30)}
        assert faults() == []
        again = invoice_draft(work_orders=[credited], by=cast.bram)
        assert [(line.description, line.net) for line in again.lines.all()] == [("Parking", 30)]
        invoice_issue(invoice=again, by=cast.bram)
        credited.refresh_from_db()
        assert credited.status == "invoiced"

    def test_it_can_be_given_up_with_a_reason(self, credited, cast):
        review = actions.review_reopen(
            review=Review.objects.get(work_order=credited), by=cast.bram, reason="the free line"
        )
        free = Billable.objects.get(description="Parking")
        actions.billable_decide(billable=free, fate="written_off", by=cast.olga, reason="it was our mistake")
        actions.review_approve(review=review, by=cast.bram)
        assert not [one for one in held() if one[0] == "approved" and one[1]]


def an_hour_offered(extra, price, shop, cast):
    return actions.extra_work_offer(
        extra_work=extra.extra_work,
        by=cast.bram,
        quantity=D(1),
        unit="HUR",
        unit_price=D(price),
        vat_code=shop.high,
    )


class TestAnAnswerThatComesLate:
    """After a write-off, an approval or an invoice the customer's yes puts the item before somebody again."""

    @pytest.fixture
    def offered(self, shop, cast):
        order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=1)
        review = actions.review_open(work_order=order, by=cast.bram)
        extra = Billable.objects.get(work_order=order, kind="extra_work")
        offer = an_hour_offered(extra, 70, shop, cast)
        extra.refresh_from_db()
        actions.billable_decide(billable=extra, fate="written_off", by=cast.olga, reason="no answer")
        return review, offer

    def test_after_the_write_off(self, offered, cast):
        _review, offer = offered
        actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
        extra = Billable.objects.get(kind="extra_work")
        assert (extra.fate, extra.net, extra.decided_at) == ("billable", 70, None)
        assert held() == {("in_review", 570)}

    @pytest.mark.parametrize("invoiced", [False, True])
    def test_after_the_approval_and_after_the_invoice(self, offered, cast, invoiced):
        review, offer = offered
        actions.review_approve(review=review, by=cast.bram)
        if invoiced:
            invoice_issue(invoice=invoice_draft(work_orders=[review.work_order], by=cast.bram), by=cast.bram)
        actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
        assert held() == {("unreviewed", 70), ("unsent" if invoiced else "approved", 500)}
        again = actions.review_reopen(review=review, by=cast.bram, reason="the customer said yes")
        late = Billable.objects.get(work_order=again.work_order, fate="pending")
        actions.billable_decide(billable=late, fate="billable", by=cast.bram)
        actions.review_approve(review=again, by=cast.bram)
        invoice_issue(invoice=invoice_draft(work_orders=[again.work_order], by=cast.bram), by=cast.bram)
        assert sum(net for place, net in held() if place == "unsent") == 570


class TestANoThatComesLate:
    """After an approval or an invoice the customer's no puts the item before somebody again."""

    def offered(self, shop, cast, basis, fate, **sold):
        order = shop.done(basis, extra=1, **sold)
        review = actions.review_open(work_order=order, by=cast.bram)
        extra = Billable.objects.get(work_order=order, kind="extra_work")
        offer = an_hour_offered(extra, 90, shop, cast)
        extra.refresh_from_db()
        actions.billable_decide(billable=extra, fate=fate, by=cast.olga, reason="no answer")
        return actions.review_approve(review=review, by=cast.bram), offer

    def no(self, offer):
        actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))

    def test_what_was_to_be_invoiced_is_reviewed_again(self, shop, cast):
        review, offer = self.offered(shop, cast, "fixed_price", "billable", quoted=[{"unit_price": 500}])
        assert held() == {("approved", 590)}
        self.no(offer)
        review.refresh_from_db()
        review.work_order.refresh_from_db()
        assert (review.status, review.work_order.status) == ("open", "in_review")
        (extra,) = Billable.objects.filter(work_order=review.work_order).pending()
        assert (extra.kind, extra.proposal) == ("extra_work", "extra_declined")
        with pytest.raises(actions.Unjudged):
            actions.review_approve(review=review, by=cast.bram)
        with pytest.raises(Refused, match="customer declined this"):
            actions.billable_decide(billable=extra, fate="billable", by=cast.bram)
        actions.billable_decide(billable=extra, fate="written_off", by=cast.olga, reason="they said no")
        actions.review_approve(review=review, by=cast.bram)
        assert held() == {("approved", 500)}
        assert faults() == []

    def test_hours_that_were_left_to_it_come_back_to_a_person(self, shop, cast):
        """The answer that was waited for covered an hour of the clock, which was then given up by nobody."""
        review, offer = self.offered(shop, cast, "actuals", "included")
        before = sum(net for _place, net in held())
        self.no(offer)
        assert sum(net for _place, net in held()) > before
        (extra,) = Billable.objects.filter(work_order=review.work_order).pending()
        assert (extra.kind, extra.proposal, extra.quantity) == ("extra_work", "extra_declined", 1)

    @pytest.mark.parametrize("draft_only", [True, False])
    def test_what_an_invoice_asks_for_waits_for_somebody(self, shop, cast, draft_only):
        review, offer = self.offered(shop, cast, "fixed_price", "billable", quoted=[{"unit_price": 500}])
        invoice = invoice_draft(work_orders=[review.work_order], by=cast.bram)
        if not draft_only:
            invoice_issue(invoice=invoice, by=cast.bram)
        self.no(offer)
        assert held() == {("unreviewed", 0), ("drafted" if draft_only else "unsent", 590)}
        assert faults() == []
        if draft_only:
            return
        line = invoice.lines.get(billable__kind="extra_work")
        invoice_credit(invoice=invoice, by=cast.bram, reason="they said no", lines=[line])
        again = actions.review_reopen(review=review, by=cast.bram, reason="the customer said no")
        for row in Billable.objects.filter(work_order=review.work_order, kind="extra_work"):
            with pytest.raises(Refused):
                actions.billable_decide(billable=row, fate="billable", by=cast.bram)
            actions.billable_decide(billable=row, fate="included", by=cast.olga, reason="they said no")
        actions.review_approve(review=again, by=cast.bram)
        assert sum(net for _place, net in held()) == 500
        assert faults() == []

    def test_hours_that_were_left_to_it_come_back_after_the_invoice(self, shop, cast):
        review, offer = self.offered(shop, cast, "actuals", "included")
        invoice_issue(invoice=invoice_draft(work_orders=[review.work_order], by=cast.bram), by=cast.bram)
        self.no(offer)
        (extra,) = Billable.objects.filter(work_order=review.work_order).pending()
        assert (extra.proposal, extra.quantity) == ("extra_declined", 1)
        assert faults() == []
        again = actions.review_reopen(review=review, by=cast.bram, reason="the customer said no")
        extra.refresh_from_db()
        actions.billable_decide(billable=extra, fate="billable", by=cast.bram, reason="it was done")
        actions.review_approve(review=again, by=cast.bram)
        assert faults() == []

    def test_it_can_be_offered_anew_beside_the_invoice(self, shop, cast):
        review, offer = self.offered(shop, cast, "fixed_price", "billable", quoted=[{"unit_price": 500}])
        invoice_issue(invoice=invoice_draft(work_orders=[review.work_order], by=cast.bram), by=cast.bram)
        self.no(offer)
        again = actions.review_reopen(review=review, by=cast.bram, reason="the customer said no")
        cheaper = actions.extra_work_offer(
            extra_work=offer.extra_work, by=cast.bram, quantity=D(1), unit="HUR", unit_price=D(80), vat_code=shop.high,
        )  # fmt: skip
        self.no(cheaper)
        (waits,) = Billable.objects.filter(work_order=review.work_order).pending()
        assert waits.net == 0
        actions.billable_decide(billable=waits, fate="included", by=cast.bram, reason="they pay after all")
        actions.review_approve(review=again, by=cast.bram)
        assert sum(net for _place, net in held()) == 590
        assert faults() == []

    def test_a_write_off_stays(self, shop, cast):
        review, offer = self.offered(shop, cast, "fixed_price", "written_off", quoted=[{"unit_price": 500}])
        self.no(offer)
        review.refresh_from_db()
        assert review.status == "approved"
        assert held() == {("approved", 500)}


class TestNobodyHasToComeAgain:
    """Of a job that goes on a part was done; the customer does without the rest."""

    @pytest.fixture
    def goes_on(self, shop):
        order = shop.order()
        phone = shop.phone(order).work(120).use(shop.pipe, 2)
        phone.tell("work_done", text="First half").tell("no_extra_work").tell("no_deviation")
        phone.tell("goes_on", left_over="Hang the radiator", hours_left="3")
        order.refresh_from_db()
        return order

    @pytest.fixture(params=["to_plan", "missed", "on_hold"])
    def stuck(self, goes_on, shop, cast, request):
        if request.param == "missed":
            shop.phone(goes_on).tell("no_access", reason="Nobody there", file=photo_stored())
        elif request.param == "on_hold":
            job_hold(work_order=goes_on, by=cast.bram, reason="no radiator to be had")
        goes_on.refresh_from_db()
        assert goes_on.status == request.param
        return goes_on

    def test_what_was_done_is_reviewed_and_billed_once(self, stuck, cast, client_as):
        bram, page = client_as(cast.bram), f"/review/{stuck.pk}/evidence/"
        shown = bram.get(f"/work-orders/{stuck.pk}/").content.decode()
        assert page in shown, "what was recorded stands on the page of the job, whatever its status"
        submit(page, client=bram, press="Send to review", reason="They hang it themselves")
        stuck.refresh_from_db()
        assert (stuck.status, stuck.left_over) == ("ready_for_review", "")
        assert "No further visit needed" not in bram.get(page).content.decode()
        review = actions.review_open(work_order=stuck, by=cast.bram)
        visit = stuck.visits.get(status="finished")
        for one in Concern.objects.filter(work_order=stuck, open=True):
            part = one.subject_type.removeprefix("field.visit.")
            given = {"decision": "accepted", "by": cast.bram, "reason": "it ended here"}
            actions.finding_add(review=review, subject=visit, part=part, **given)
        actions.review_approve(review=review, by=cast.bram)
        lines = invoice_draft(work_orders=[stuck], by=cast.bram).lines
        assert sorted(lines.values_list("quantity", flat=True)) == [D(2), D(2)], "two hours and two pipes"

    def test_a_reason_is_asked(self, goes_on, cast, client_as):
        bram = client_as(cast.bram)
        refused = submit(f"/review/{goes_on.pk}/evidence/", client=bram, press="Send to review", reason=" ")
        assert refused.status_code == 422
        assert submit(refused, client=bram, press="Send to review", reason="Enough").status_code == 302

    def test_where_nobody_handed_in_anything_it_is_cancelled(self, shop, cast, client_as):
        order = shop.order()
        page = client_as(cast.bram).get(f"/review/{order.pk}/evidence/").content.decode()
        assert "No further visit needed" not in page
        with pytest.raises(Refused, match="Cancel it"):
            work_order_enough(work_order=order, by=cast.bram, reason="x")
