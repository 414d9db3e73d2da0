"""The pages of the review: who may, what is shown, what bad input answers."""

from decimal import Decimal as D

import pytest

from apps.field.models import ReturnedItem
from apps.review import actions
from apps.review.models import Billable, Finding, Review

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop):
    return shop.done(
        "sold_hours", 2, 240, quoted=[{"quantity": 2, "unit": "HUR", "unit_price": 60}],
        parts=[(shop.pipe, 4)], extra=1, deviation="Rotten floor board",
    )  # fmt: skip


@pytest.fixture
def review(order, cast):
    return actions.review_open(work_order=order, by=cast.bram)


@pytest.mark.parametrize(("who", "status"), [("bram", 200), ("olga", 200), ("ada", 403), ("tim", 403)])
def test_reviewing_is_for_who_may_review(order, cast, client_as, who, status):
    client = client_as(getattr(cast, who))
    assert client.get("/review/").status_code == status
    assert client.get(f"/review/{order.pk}/").status_code == status


def test_an_unknown_job_is_not_found(cast, client_as):
    assert client_as(cast.bram).get("/review/999/").status_code == 404
    assert client_as(cast.bram).post("/review/999/approve/").status_code == 404


def test_the_queue_counts_filters_and_names_the_risk(order, shop, cast, client_as):
    client = client_as(cast.bram)
    quiet = shop.done()
    page = client.get("/review/").content.decode()
    for word in (order.number, quiet.number, "High", "Over sold hours", "Deviation", "Extra work open"):
        assert word in page
    over = client.get("/review/?risk=over_sold").content.decode()
    assert order.number in over
    assert quiet.number not in over
    assert quiet.number not in client.get("/review/?status=in_review").content.decode()
    for risk in ("no_photo", "open_extra", "deviation", "unsigned", "no_price", "was_returned"):
        assert client.get(f"/review/?risk={risk}").status_code == 200
    assert client.get("/review/?sort=-amount&q=leak").status_code == 200
    assert order.number in client.get("/review/?export=csv").content.decode("utf-8-sig")


def test_the_page_puts_evidence_beside_expectation(order, review, cast, client_as):
    page = client_as(cast.bram).get(f"/review/{order.pk}/").content.decode()
    for words in (
        "Work, against sold hours", "Above the sold hours", "Pipe 15 mm", "Second tap replaced",
        "Rotten floor board", "Replaced the pump.", "Nobody at home", "€60.00",
    ):  # fmt: skip
        assert words in page


def test_it_opens_from_the_queue(order, cast, client_as):
    client = client_as(cast.bram)
    assert client.get(f"/review/{order.pk}/open/").status_code == 302
    assert client.post(f"/review/{order.pk}/open/").status_code == 303
    assert Review.objects.get(work_order=order).status == "open"


def test_an_item_is_accepted_corrected_and_marked_to_return(order, review, cast, client_as):
    client = client_as(cast.bram)
    entry = order.visits.get().time_entries.get()
    url = f"/review/{order.pk}/items/time/{entry.pk}/"
    assert client.post(url, {"decision": "accepted"}).status_code == 303
    assert client.post(url, {"decision": "corrected", "quantity": "1.5"}).status_code == 422
    assert client.post(url, {"decision": "corrected", "reason": "lunch"}).status_code == 422
    assert (
        client.post(url, {"decision": "corrected", "quantity": "1.5", "reason": "lunch"}).status_code == 303
    )
    assert Billable.objects.get(time_entry=entry).quantity == D("1.5")
    assert client.post(url, {"decision": "returned", "reason": ""}).status_code == 422
    assert client.post(f"/review/{order.pk}/items/nothing/1/", {"decision": "accepted"}).status_code == 404
    assert Finding.objects.count() == 2


def test_marked_items_go_back_to_the_technician(order, review, cast, client_as):
    client = client_as(cast.bram)
    visit = order.visits.get()
    assert client.post(f"/review/{order.pk}/return/", {"reason": "x"}).status_code == 409
    mark = {"decision": "returned", "reason": "The tap is not on it", "part": "photos"}
    assert client.post(f"/review/{order.pk}/items/visit/{visit.pk}/", mark).status_code == 303
    assert client.post(f"/review/{order.pk}/approve/").status_code == 409
    assert client.post(f"/review/{order.pk}/return/", {"reason": "One photo please"}).status_code == 303
    order.refresh_from_db()
    review.refresh_from_db()
    assert (order.status, review.status) == ("returned", "returned")
    assert ReturnedItem.objects.get(visit=visit).text == "The tap is not on it"


def test_a_returned_job_is_reviewed_again_with_what_was_corrected(order, review, cast):
    visit = order.visits.get()
    entry = visit.time_entries.get()
    actions.finding_add(
        review=review, subject=entry, decision="corrected", by=cast.bram, quantity=D("1.5"), reason="lunch"
    )
    actions.finding_add(
        review=review, subject=visit, part="photos", decision="returned", by=cast.bram, reason="blurred"
    )
    actions.review_return(review=review, by=cast.bram, reason="one photo")
    type(order).objects.filter(pk=order.pk).update(status="ready_for_review")
    order.refresh_from_db()
    again = actions.review_open(work_order=order, by=cast.petra)
    assert (again.pk, again.status) == (review.pk, "open")
    assert Billable.objects.get(time_entry=entry).quantity == D("1.5")
    assert actions.returned_items(again) == []


def test_a_fate_is_decided_and_bad_input_stays_on_the_form(order, review, cast, client_as):
    client = client_as(cast.bram)
    above = Billable.objects.get(work_order=order, proposal="above_sold")
    url = f"/review/billables/{above.pk}/decide/"
    answer = client.post(url, {"fate": "written_off", "reason": ""})
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode()
    assert client.post(url, {"fate": "written_off", "reason": "our mistake"}).status_code == 303
    above.refresh_from_db()
    assert above.fate == "written_off"
    assert client_as(cast.tim).post(url, {"fate": "billable"}).status_code == 403


def test_accepting_everything_then_approving_makes_it_ready_for_invoicing(shop, cast, client_as):
    order = shop.done()
    client = client_as(cast.bram)
    client.post(f"/review/{order.pk}/open/")
    client.post(f"/review/{order.pk}/accept/")
    assert client.post(f"/review/{order.pk}/approve/").status_code == 303
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    page = client.get(f"/review/{order.pk}/").content.decode()
    assert "Approved by Bram" in page
    row = Billable.objects.get(work_order=order)
    wrong = {"quantity": "x", "unit_price": "60", "reason": "half"}
    assert client.post(f"/review/billables/{row.pk}/correct/", wrong).status_code == 422
    right = wrong | {"quantity": "1.5"}
    assert client.post(f"/review/billables/{row.pk}/correct/", right).status_code == 303
    assert Billable.objects.get(corrects=row).net == D("-30.00")


def test_the_office_prices_extra_work_and_records_the_answer(order, review, shop, cast, client_as):
    client = client_as(cast.bram)
    extra = order.visits.get().extra_work.get()
    url = f"/review/extra-work/{extra.pk}/offer/"
    assert client.get(url).status_code == 200
    offer = {
        "description": "Tap",
        "quantity": "1",
        "unit": "HUR",
        "unit_price": "0",
        "vat_code": shop.high.pk,
    }
    assert client.post(url, offer).status_code == 422
    assert client.post(url, offer | {"unit_price": "80"}).status_code == 303
    made = extra.visit.extra_work.get()
    answer = f"/review/offers/{review_offer(made).pk}/answer/"
    assert client.post(answer, {"answer": "approve", "name": "P", "reason": ""}).status_code == 422
    assert client.post(answer, {"answer": "approve", "name": "P", "reason": "called"}).status_code == 303
    made.refresh_from_db()
    assert made.status == "approved"
    assert client_as(cast.tim).get(url).status_code == 403


def review_offer(extra):
    return actions.extra_work.ExtraWorkOffer.objects.get(extra_work=extra, status="sent")


def test_the_work_orders_page_shows_the_evidence_without_buttons(order, review, cast, client_as):
    page = client_as(cast.bram).get(f"/review/{order.pk}/evidence/").content.decode()
    assert "Pipe 15 mm" in page
    assert "€60.00" in page
    assert "/items/" not in page
    assert client_as(cast.tim).get(f"/review/{order.pk}/evidence/").status_code == 403


def test_the_queue_needs_few_queries_however_long(shop, cast, client_as, django_assert_max_num_queries):
    for _number in range(5):
        shop.done()
    client = client_as(cast.bram)
    client.get("/review/")
    with django_assert_max_num_queries(22):
        client.get("/review/")
