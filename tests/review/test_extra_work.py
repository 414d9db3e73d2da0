"""Extra work: priced, offered by a private link, answered once."""

import threading
from contextlib import nullcontext
from datetime import datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connections, transaction
from django.test import Client

from apps.core import clock
from apps.core.actors import Customer
from apps.core.database import OFFICE, PUBLIC, TECHNICIAN, as_role
from apps.core.refusals import Forbidden, Refused
from apps.core.tokens import token_for
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.messaging import links
from apps.messaging.models import Message, Notice
from apps.pricing.actions import policy_set
from apps.review import actions
from apps.review.actions import billables_catch_up
from apps.review.models import Billable, ExtraWorkOffer
from tests.browser import origin_sent
from tests.pages import submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def extra(shop):
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=2)
    return order.visits.get().extra_work.get()


def offered(extra, shop, by, **fields):
    return actions.extra_work_offer(
        **{
            "extra_work": extra, "by": by, "quantity": D(2), "unit": "HUR", "unit_price": D(65),
            "vat_code": shop.high,
        } | fields
    )  # fmt: skip


def address(offer):
    return f"/extra-work/{token_for('extra_work', offer.nonce)}/"


def test_an_offer_is_mailed_with_a_private_link_that_is_not_stored(extra, shop, cast):
    offer = offered(extra, shop, cast.bram)
    assert (offer.net, offer.vat, offer.total) == (D(130), D("27.30"), D("157.30"))
    message = Message.objects.get(kind="extra_work_offer")
    assert message.to_address == "peters@example.nl"
    assert token_for("extra_work", offer.nonce) not in message.body


def test_a_technician_may_not_price(extra, shop, cast):
    with pytest.raises(Forbidden):
        offered(extra, shop, cast.tim)


def test_a_price_of_nothing_is_refused(extra, shop, cast):
    with pytest.raises(Refused, match="Quantity and price must be above"):
        offered(extra, shop, cast.bram, unit_price=D(0))


def test_a_new_offer_withdraws_the_unanswered_one(extra, shop, cast):
    first = offered(extra, shop, cast.bram)
    offered(extra, shop, cast.bram, unit_price=D(50))
    first.refresh_from_db()
    assert first.status == "withdrawn"
    with pytest.raises(Refused, match="“Approve” is no longer possible"):
        actions.extra_work_answer(offer=first, approved=True, by=Customer("P"))


def test_approval_makes_it_billable_at_the_offered_price(extra, shop, cast):
    order = extra.visit.work_order
    actions.review_open(work_order=order, by=cast.bram)
    assert Billable.objects.get(extra_work=extra).proposal == "extra_unoffered"
    offer = offered(extra, shop, cast.bram)
    assert Billable.objects.get(extra_work=extra).proposal == "extra_waiting"
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P. Peters"), name="P. Peters")
    row = Billable.objects.get(extra_work=extra)
    assert (row.fate, row.net, row.proposal) == ("billable", D(130), "extra_approved")
    extra.refresh_from_db()
    assert extra.status == "approved"
    told = Notice.objects.get(user=cast.tim, text__startswith="Extra work")
    assert "130" not in told.text


def test_the_second_answer_is_the_first_ones(extra, shop, cast):
    offer = offered(extra, shop, cast.bram)
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    with pytest.raises(Refused, match="“Decline” is no longer possible"):
        actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    offer.refresh_from_db()
    assert offer.status == "approved"


def test_an_expired_offer_is_answered_to_the_office_only(extra, shop, cast, client_as):
    order = extra.visit.work_order
    actions.review_open(work_order=order, by=cast.bram)
    offer = offered(extra, shop, cast.bram, valid_days=3)
    page, office = f"/review/{order.pk}/", client_as(cast.bram)
    assert "Expired" not in office.get(page).content.decode()
    with clock.at(offer.sent_at + timedelta(days=4)):
        assert "Expired" in office.get(page).content.decode(), "nobody waits for an answer that cannot come"
        with pytest.raises(Refused, match="expired"):
            actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
        with pytest.raises(Refused, match="how"):
            actions.extra_work_answer(offer=offer, approved=True, by=cast.bram)
        actions.extra_work_answer(offer=offer, approved=True, by=cast.bram, reason="by telephone")
    offer.refresh_from_db()
    assert (offer.status, offer.answered_by) == ("approved", "Bram")


def test_hours_above_the_sold_ones_are_offered_as_extra_work(shop, cast):
    order = shop.done("sold_hours", 2, 180, quoted=[{"quantity": 2, "unit": "HUR", "unit_price": 60}])
    review = actions.review_open(work_order=order, by=cast.bram)
    (offer,) = actions.excess_offer(review=review, by=cast.bram, vat_code=shop.high)
    assert offer.quantity == 1
    # those hours are asked for once: by the offer, no longer by the recorded time
    assert [row.kind for row in Billable.objects.filter(work_order=order).pending()] == ["extra_work"]
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    (declined,) = Billable.objects.filter(work_order=order).pending()
    assert (declined.proposal, declined.quantity) == ("extra_declined", 1)
    with pytest.raises(Refused, match="customer declined this"):
        actions.billable_decide(billable=declined, fate="billable", by=cast.bram)
    by_the_clock = Billable.objects.get(work_order=order, proposal="extra_covers")
    with pytest.raises(Refused, match="asks for this"):
        actions.billable_decide(billable=by_the_clock, fate="billable", by=cast.bram)
    kept = actions.billable_decide(
        billable=declined, fate="billable", by=cast.bram, reason="it had to be done"
    )
    assert (kept.fate, kept.quantity) == ("billable", 1)
    with pytest.raises(Refused, match="no hours above"):
        actions.excess_offer(review=review, by=cast.bram, vat_code=shop.high)


def test_the_excess_is_offered_at_the_rates_of_the_hours_that_were_worked(shop, cast, client_as):
    """One hour was sold; of four on a Monday from four o'clock the last three are an hour of the day and two of the evening."""
    quoted = [{"quantity": 1, "unit": "HUR", "unit_price": 60}]
    order = shop.sold(*quoted, basis="sold_hours", hours=1)
    start = datetime(2026, 11, 16, 16, tzinfo=ZoneInfo("Europe/Amsterdam"))
    shop.phone(order, start=start, hours=8).work(240).finish(signed="Mrs Peters")
    order.refresh_from_db()
    actions.review_open(work_order=order, by=cast.bram)
    client = client_as(cast.bram)
    submit(f"/review/{order.pk}/", client=client, press="Mail the offer")
    offers = ExtraWorkOffer.objects.filter(extra_work__visit__work_order=order).order_by("pk")
    assert [(one.quantity, one.unit_price, one.net) for one in offers] == [(1, 60, 60), (2, 90, 180)]
    assert "evening" in offers[1].description
    mail = Message.objects.get(kind="extra_work_offer")
    assert [links.placeholder("extra_work", one.nonce) in mail.body for one in offers] == [True, True]
    assert all(amount in mail.body for amount in ("72.60", "217.80", "290.40")), "each, and together"
    assert {row.kind for row in Billable.objects.filter(work_order=order).pending()} == {"extra_work"}
    for one in offers:
        actions.extra_work_answer(offer=one, approved=True, by=Customer("P"))
    billed = Billable.objects.filter(work_order=order, fate="billable").order_by("id")
    assert sorted(one.net for one in billed) == [60, 60, 180]


def test_offering_evening_hours_at_the_price_of_the_day_gives_something_up(shop, cast):
    order = shop.sold({"quantity": 1, "unit": "HUR", "unit_price": 60}, basis="sold_hours", hours=1)
    start = datetime(2026, 11, 16, 17, tzinfo=ZoneInfo("Europe/Amsterdam"))
    shop.phone(order, start=start, hours=8).work(240).finish(signed="Mrs Peters")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    bram = type(cast.bram).objects.get(pk=cast.bram.pk)
    with pytest.raises(Forbidden, match="90"):
        actions.excess_offer(review=review, by=bram, prices={"price-evening-90": D(60)}, vat_code=shop.high)


def test_so_does_extra_work_that_was_done_in_the_evening(shop, cast):
    """Its last two hours are of the evening: offered at the price of the day, € 60 of them is asked by nobody."""
    start = datetime(2026, 11, 16, 16, tzinfo=ZoneInfo("Europe/Amsterdam"))
    order = shop.order()
    shop.phone(order, start=start).work(240).extra(2).finish(signed="Mrs Peters")
    order.refresh_from_db()
    actions.review_open(work_order=order, by=cast.bram)
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    bram = type(cast.bram).objects.get(pk=cast.bram.pk)
    offer = {
        "extra_work": order.visits.get().extra_work.get(), "by": bram, "quantity": D(2), "unit": "HUR",
        "vat_code": shop.high,
    }  # fmt: skip
    with pytest.raises(Forbidden, match=r"60\.00"):
        actions.extra_work_offer(**offer, unit_price=D(60))
    assert not Billable.objects.filter(work_order=order, proposal="extra_covers").exists()
    actions.extra_work_offer(**offer, unit_price=D(65))
    assert Billable.objects.get(work_order=order, proposal="extra_covers").net == 180


def test_hours_that_are_no_hundredth_are_asked_once_and_whole_after_a_no(shop, cast):
    """A third of an hour above the sold ones: what is recorded of extra work knows hundredths."""
    policy_set(by=cast.ada, round_minutes=20)
    order = shop.done("sold_hours", 2, 140, quoted=[{"quantity": 2, "unit": "HUR", "unit_price": 60}])
    review = actions.review_open(work_order=order, by=cast.bram)
    (offer,) = actions.excess_offer(review=review, by=cast.bram, vat_code=shop.high)
    assert (offer.quantity, offer.net) == (D("0.333"), D("19.98"))
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    (left,) = Billable.objects.filter(work_order=order).pending()
    assert (left.proposal, left.net) == ("extra_declined", D("19.98"))


def charged_a_third(shop, cast, *, asked=False):
    """A third of an hour of extra work on an invoice, as the hundredths that were recorded; `asked` for an hour before."""
    policy_set(by=cast.ada, round_minutes=20)
    order = shop.done("sold_hours", 2, 140, extra="0.33")
    extra = order.visits.get().extra_work.get()
    review = actions.review_open(work_order=order, by=cast.bram)
    offer = offered(extra, shop, cast.bram, quantity=D(1)) if asked else None
    actions.proposals_accept(review=review, by=cast.bram)
    for row in Billable.objects.filter(work_order=order).pending():
        actions.billable_decide(billable=row, fate="billable", by=cast.bram, reason="They asked for it")
    actions.review_approve(review=review, by=cast.bram)
    invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    return order, review, extra, offer


def test_what_an_invoice_asks_for_is_offered_to_nobody(shop, cast):
    _order, _review, extra, _offer = charged_a_third(shop, cast)
    with pytest.raises(Refused, match="stands on an invoice"):
        offered(extra, shop, cast.bram, quantity=D("0.333"))


def test_what_was_offered_anew_beside_an_invoice_can_be_reviewed_again(shop, cast):
    """To the thousandth, where the invoice knows the hundredth. A part came in after it."""
    order, review, extra, offer = charged_a_third(shop, cast, asked=True)
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    offered(extra, shop, cast.bram, quantity=D("0.333"))
    shop.late_part(order, shop.pipe, 2)
    billables_catch_up()
    actions.review_reopen(review=review, by=cast.bram, reason="A pipe came in")
    asked = Billable.objects.get(extra_work=extra, claimed=True)
    assert (asked.quantity, asked.recorded_quantity, asked.fate) == (1, D("0.33"), "billable")


def test_a_yes_after_all_asks_what_was_offered_last(shop, cast):
    """It was given away and invoiced; then a no came in, and a yes to a lower offer."""
    order = shop.done("fixed_price", quoted=[{"unit_price": 500}], extra=2)
    extra = order.visits.get().extra_work.get()
    review = actions.review_open(work_order=order, by=cast.bram)
    offer = offered(extra, shop, cast.bram)
    row = Billable.objects.get(work_order=order, extra_work=extra)
    actions.billable_decide(billable=row, fate="included", by=cast.olga, reason="until they answer")
    actions.review_approve(review=review, by=cast.bram)
    invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    actions.extra_work_answer(offer=offer, approved=False, by=Customer("P"))
    again = offered(extra, shop, cast.bram, unit_price=D(50))
    actions.extra_work_answer(offer=again, approved=True, by=Customer("P"))
    actions.review_reopen(review=review, by=cast.bram, reason="they said yes")
    asked = Billable.objects.filter(work_order=order, extra_work=extra).exclude(fate="included")
    assert [(one.fate, one.net) for one in asked] == [("billable", 100)]


def test_without_excess_there_is_nothing_to_offer(shop, cast):
    order = shop.done("sold_hours", 3, 180)
    review = actions.review_open(work_order=order, by=cast.bram)
    with pytest.raises(Refused, match="no hours above"):
        actions.excess_offer(review=review, by=cast.bram, vat_code=shop.high)


class TestTheCustomersPage:
    def test_it_shows_the_work_and_the_price_and_is_kept_by_nobody(self, extra, shop, cast, client):
        offer = offered(extra, shop, cast.bram)
        answer = client.get(address(offer))
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "Second tap replaced" in page
        assert "157.30" in page
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]

    def test_a_browser_without_cookies_may_answer(self, extra, shop, cast):
        offer = offered(extra, shop, cast.bram)
        page = Client().get(address(offer))
        client = Client(enforce_csrf_checks=True, headers={"Origin": origin_sent(page)})
        answer = submit(page, client=client, press="Approve", name="P. Peters")
        assert answer.status_code == 303
        offer.refresh_from_db()
        assert offer.status == "approved"

    def test_an_unknown_address_is_not_found(self, client, db):
        assert client.get("/extra-work/nonsense/").status_code == 404

    def test_it_approves_with_a_name(self, extra, shop, cast, client):
        offer = offered(extra, shop, cast.bram)
        nameless = submit(address(offer), client=client, press="Approve", past_browser=True)
        assert nameless.status_code == 422
        assert submit(nameless, client=client, press="Approve", name="P. Peters").status_code == 303
        offer.refresh_from_db()
        assert (offer.status, offer.answered_by) == ("approved", "P. Peters")
        assert "approved" in client.get(address(offer)).content.decode().lower()

    def test_it_declines(self, extra, shop, cast, client):
        offer = offered(extra, shop, cast.bram)
        submit(address(offer), client=client, press="Decline", name="P. Peters", reason="too dear")
        offer.refresh_from_db()
        extra.refresh_from_db()
        assert (offer.status, extra.status) == ("declined", "declined")

    def test_a_no_after_the_approval_opens_the_review_again(self, extra, shop, cast, client):
        order = extra.visit.work_order
        review = actions.review_open(work_order=order, by=cast.bram)
        offer = offered(extra, shop, cast.bram)
        row = Billable.objects.get(extra_work=extra)
        actions.billable_decide(billable=row, fate="billable", by=cast.bram, reason="they will say yes")
        actions.review_approve(review=review, by=cast.bram)
        answer = submit(address(offer), client=client, press="Decline", name="P. Peters", reason="too dear")
        assert answer.status_code == 303
        review.refresh_from_db()
        order.refresh_from_db()
        row.refresh_from_db()
        assert (review.status, order.status, row.fate) == ("open", "in_review", "pending")

    def test_an_expired_or_withdrawn_offer_says_so(self, extra, shop, cast, client):
        offer = offered(extra, shop, cast.bram)
        page = client.get(address(offer))
        with clock.at(offer.expires_at + timedelta(minutes=1)):
            assert "expired" in client.get(address(offer)).content.decode()
            late = submit(page, client=client, press="Approve", name="P")
            assert late.status_code == 409
        actions.offer_withdraw(offer=offer, by=cast.bram, reason="too early")
        assert "withdrawn" in client.get(address(offer)).content.decode().lower()


@pytest.mark.django_db(transaction=True)
def test_sixteen_answers_at_once_have_one_outcome(shop, cast):
    order = shop.done("fixed_price", extra=1)
    offer = offered(order.visits.get().extra_work.get(), shop, cast.bram)
    start, outcomes = threading.Barrier(16), []

    def answer(number: int) -> None:
        try:
            start.wait()
            mine = ExtraWorkOffer.objects.get(pk=offer.pk)
            now = actions.extra_work_answer(offer=mine, approved=bool(number % 2), by=Customer(f"P{number}"))
            outcomes.append(now.status)
        except Refused:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(outcomes)) == 1
    assert len(outcomes) == 8


@pytest.mark.parametrize("role", [None, OFFICE, TECHNICIAN, PUBLIC])
@pytest.mark.parametrize("approved", [True, False])
def test_an_answer_never_changes_whoever_asks(extra, shop, cast, role, approved):
    offer = offered(extra, shop, cast.bram)
    actions.extra_work_answer(offer=offer, approved=approved, by=Customer("F. Peters"))
    mine = ExtraWorkOffer.objects.filter(pk=offer.pk)
    before = mine.values().get()
    for attempt in (
        lambda: mine.update(status="sent"),
        lambda: mine.update(status="declined" if approved else "approved"),
        lambda: mine.update(answered_by="Somebody else"),
        lambda: mine.update(total=D(1)),
        lambda: mine._raw_delete("default"),
    ):
        with (
            pytest.raises(DatabaseError, match=r"never changes|permission denied"),
            transaction.atomic(),
            as_role(role) if role else nullcontext(),
        ):
            attempt()
    assert mine.values().get() == before


@pytest.mark.parametrize("role", [None, OFFICE])
def test_what_was_put_to_the_customer_does_not_change_before_the_answer(extra, shop, cast, role):
    mine = ExtraWorkOffer.objects.filter(pk=offered(extra, shop, cast.bram).pk)
    for attempt in (lambda: mine.update(unit_price=D(1)), lambda: mine.update(description="x"), mine.delete):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            as_role(role) if role else nullcontext(),
        ):
            attempt()


def test_an_offer_far_below_its_hours_needs_the_right_to_write_off(shop, cast):
    order = shop.done("actuals", 0, 180, extra=2)
    extra = order.visits.get().extra_work.get()
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    bram = type(cast.bram).objects.get(pk=cast.bram.pk)
    low = {"extra_work": extra, "quantity": D(1), "unit": "C62", "unit_price": D(1), "vat_code": shop.high}
    with pytest.raises(Forbidden, match="right to write off"):
        actions.extra_work_offer(by=bram, **low)
    assert actions.extra_work_offer(by=bram, **low | {"unit_price": D(80)}).net == 80
    assert actions.extra_work_offer(by=cast.olga, **low).net == 1
