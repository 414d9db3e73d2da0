"""The pages of the review: who may, what is shown, what bad input answers."""

from decimal import Decimal as D

import pytest

from apps.acceptance.judging import concerns_judge
from apps.field.models import ReturnedItem
from apps.review import actions
from apps.review.models import Billable, Finding, Review
from tests.pages import BrowserRefuses, post_by_hand, submit
from tests.statements import statements

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
    assert post_by_hand(client_as(cast.bram), "/review/999/approve/").status_code == 404


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
        "Rotten floor board", "Replaced the pump.", "Signed by Mrs Peters", "€60.00",
    ):  # fmt: skip
        assert words in page


def test_it_opens_from_the_queue(order, cast, client_as):
    client = client_as(cast.bram)
    assert client.get(f"/review/{order.pk}/open/").status_code == 302
    page = f"/review/{order.pk}/"
    assert submit(page, client=client, press="Start the review").status_code == 303
    assert Review.objects.get(work_order=order).status == "open"


def test_an_item_is_accepted_corrected_and_marked_to_return(order, review, cast, client_as):
    client = client_as(cast.bram)
    entry = order.visits.get().time_entries.get()
    page, item = f"/review/{order.pk}/", f"/review/{order.pk}/items/time/{entry.pk}/"

    def judge(**given):
        return submit(page, client=client, form=item, **given).status_code

    assert judge(press="Accept") == 303
    with pytest.raises(BrowserRefuses):
        judge(press="Correct", quantity="1.5")
    assert judge(press="Correct", quantity="1.5", past_browser=True) == 422
    assert judge(press="Correct", quantity="", reason="lunch", past_browser=True) == 422
    assert judge(press="Correct", quantity="1.5", reason="lunch") == 303
    assert Billable.objects.get(time_entry=entry).quantity == D("1.5")
    assert judge(press="Mark to return", reason="", past_browser=True) == 422
    nothing = f"/review/{order.pk}/items/nothing/1/"
    assert post_by_hand(client, nothing, {"decision": "accepted"}).status_code == 404
    assert Finding.objects.count() == 2


def test_marked_items_go_back_to_the_technician(order, review, cast, client_as):
    client = client_as(cast.bram)
    visit = order.visits.get()
    page, item = f"/review/{order.pk}/", f"/review/{order.pk}/items/visit/{visit.pk}/"
    unmarked = post_by_hand(client, f"/review/{order.pk}/return/", {"reason": "x"})
    assert unmarked.status_code == 409
    marked = submit(page, client=client, form=item, press="Mark to return", reason="The tap is not on it")
    assert marked.status_code == 303
    concerns_judge(review=review, by=cast.bram, reason="seen", fate="billable")
    assert submit(page, client=client, form=f"/review/{order.pk}/approve/").status_code == 409
    returned = submit(page, client=client, form=f"/review/{order.pk}/return/", reason="One photo please")
    assert returned.status_code == 303
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
    page, url = f"/review/{order.pk}/", f"/review/billables/{above.pk}/decide/"
    answer = submit(page, client=client, form=url, fate="written_off")
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode()
    assert submit(answer, client=client, form=url, reason="our mistake").status_code == 303
    above.refresh_from_db()
    assert above.fate == "written_off"
    assert post_by_hand(client_as(cast.tim), url, {"fate": "billable"}).status_code == 403


def test_accepting_everything_then_approving_makes_it_ready_for_invoicing(shop, cast, client_as):
    order = shop.done()
    client = client_as(cast.bram)
    address = f"/review/{order.pk}/"
    submit(address, client=client, press="Start the review")
    submit(address, client=client, press="Accept 1 proposal")
    assert submit(address, client=client, press="Approve").status_code == 303
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    page = client.get(address)
    assert "Approved by Bram" in page.content.decode()
    row = Billable.objects.get(work_order=order)
    correct = f"/review/billables/{row.pk}/correct/"
    wrong = submit(page, client=client, form=correct, quantity="x", reason="half")
    assert wrong.status_code == 422
    assert submit(wrong, client=client, form=correct, quantity="1.5").status_code == 303
    assert Billable.objects.get(corrects=row).net == D("-30.00")


def test_the_office_prices_extra_work_and_records_the_answer(order, review, shop, cast, client_as):
    client = client_as(cast.bram)
    extra = order.visits.get().extra_work.get()
    url = f"/review/extra-work/{extra.pk}/offer/"
    refused = submit(url, client=client, description="Tap", quantity="1", unit_price="0", vat_code=shop.high)
    assert refused.status_code == 422
    assert submit(refused, client=client, press="Mail the offer", unit_price="80").status_code == 303
    made = extra.visit.extra_work.get()
    page, answer = f"/review/{order.pk}/", f"/review/offers/{review_offer(made).pk}/answer/"
    silent = submit(
        page,
        client=client,
        form=answer,
        press="Record the answer",
        answer="approve",
        name="P",
        past_browser=True,
    )
    assert silent.status_code == 422
    given = {"answer": "approve", "name": "P", "reason": "called"}
    assert submit(page, client=client, form=answer, **given).status_code == 303
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


def test_the_queue_asks_the_same_however_long(shop, cast, client_as):
    client = client_as(cast.bram)
    shop.done()
    few = statements(client, "/review/")
    for _number in range(5):
        shop.done()
    assert statements(client, "/review/") == few
