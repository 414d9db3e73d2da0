"""Two people review one job, or issue one draft: nobody undoes, approves or issues what they have not seen."""

from decimal import Decimal as D

import lxml.html
import pytest

from apps.field.models import ExtraWork
from apps.invoicing import actions as invoicing
from apps.invoicing.models import Invoice
from apps.messaging.models import Message
from apps.review import actions
from apps.review.models import Billable, ExtraWorkOffer, Finding, Review
from tests.pages import Page, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop):
    return shop.done("actuals", 0, 120, parts=[(shop.pipe, 4)])


@pytest.fixture
def review(order, cast):
    return actions.review_open(work_order=order, by=cast.bram)


def page_of(client, order):
    return client.get(f"/review/{order.pk}/")


def text(answer):
    return " ".join(
        lxml.html.document_fromstring(answer.content.decode()).find(".//main").text_content().split()
    )


def test_a_decision_from_an_older_page_does_not_undo_a_colleagues(order, review, cast, client_as):
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    older = page_of(petra, order)
    actions.billable_decide(billable=hours, fate="written_off", by=cast.bram, reason="Promised by telephone")
    form = f"/review/billables/{hours.pk}/decide/"
    refused = submit(older, client=petra, form=form, fate="billable", reason="As recorded")
    assert refused.status_code == 409
    assert "Bram" in text(refused)
    hours.refresh_from_db()
    assert (hours.fate, hours.reason) == ("written_off", "Promised by telephone")
    # whoever has seen it may decide otherwise
    assert submit(page_of(petra, order), client=petra, form=form, fate="billable").status_code == 303


def test_a_judgement_from_an_older_page_does_not_undo_a_colleagues(order, review, cast, client_as):
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    older, entry = page_of(petra, order), hours.time_entry
    actions.finding_add(
        review=review, subject=entry, decision="corrected", by=cast.bram, reason="lunch", quantity=D("1.5")
    )
    for number, typed in enumerate(({}, {"quantity": "3", "reason": "The customer says three"})):
        answer = send(older, petra, f"/review/{order.pk}/items/time/{entry.pk}/", number, typed)
        assert answer.status_code == 409, typed
    assert Finding.objects.count() == 1
    assert Billable.objects.get(time_entry=entry).quantity == D("1.5")


def send(page, client, address, number, fields):
    """The form of that number among those that go to one address: to accept, to correct, to return."""
    form = [one for one in Page.fetched(page, client).forms if one.path() == address][number]
    for name, value in fields.items():
        form.type(name, value)
    return form.send(client, form.buttons[0])


@pytest.mark.parametrize("verb", ["approve", "accept"])
def test_nobody_approves_what_they_have_not_seen(order, review, cast, client_as, verb):
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    older = page_of(petra, order)
    actions.billable_decide(billable=hours, fate="written_off", by=cast.bram, reason="Promised by telephone")
    refused = submit(older, client=petra, form=f"/review/{order.pk}/{verb}/")
    assert refused.status_code == 409
    review.refresh_from_db()
    assert (review.status, Billable.objects.undecided().count()) == ("open", 1)
    assert submit(page_of(petra, order), client=petra, form=f"/review/{order.pk}/{verb}/").status_code == 303


def test_what_a_colleague_decides_about_another_item_stands_in_nobodys_way(order, review, cast, client_as):
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    older = page_of(petra, order)
    part = Billable.objects.get(work_order=order, kind="material")
    actions.billable_decide(billable=part, fate="written_off", by=cast.bram, reason="Our mistake")
    form = f"/review/billables/{hours.pk}/decide/"
    assert submit(older, client=petra, form=form, fate="billable").status_code == 303


def test_a_question_about_what_was_typed_remembers_what_was_shown(order, review, cast, client_as):
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    form = f"/review/billables/{hours.pk}/decide/"
    asked = submit(page_of(petra, order), client=petra, form=form, fate="written_off", reason="")
    assert asked.status_code == 422
    actions.billable_decide(billable=hours, fate="billable", by=cast.bram)
    assert submit(asked, client=petra, form=form, reason="Promised").status_code == 409


# A step of a status, which `move` refuses by itself, and what is answered or followed up once.
STEPS = {"open", "reopen", "answer", "withdraw"}


@pytest.fixture
def everything(shop):
    """A job on which a review has all there is to decide."""
    quoted = [{"quantity": 1, "unit": "HUR", "unit_price": 60}]
    return shop.done(
        "sold_hours", 1, 180, quoted=quoted, parts=[(shop.pipe, 4)], extra=1, deviation="The wall is wet"
    )


def forms_without_a_look(client, order):
    root = lxml.html.document_fromstring(page_of(client, order).content.decode())
    forms = [one for one in root.iter("form") if (one.get("action") or "").startswith("/review/")]
    blind = {one.get("action") for one in forms if one.find(".//*[@name='shown']") is None}
    return len(forms), {one for one in blind if one.rstrip("/").rpartition("/")[2] not in STEPS}


def test_each_form_of_the_review_says_what_it_showed(everything, shop, cast, client_as):
    petra, order = client_as(cast.petra), everything
    review = actions.review_open(work_order=order, by=cast.bram)
    part = Billable.objects.get(work_order=order, kind="material")
    actions.finding_add(
        review=review, subject=part.material_usage, decision="returned", by=cast.bram, reason="Which pipe?"
    )
    deviation = {f"/review/deviations/{order.visits.get().deviations.get().pk}/"}  # is followed up once
    count, blind = forms_without_a_look(petra, order)
    assert count > 12, "the control"
    assert blind == deviation
    for address in ("return", "excess-offer", f"parts/{part.material_usage_id}"):
        assert f"/review/{order.pk}/{address}/" in page_of(petra, order).content.decode()


def test_each_form_after_the_approval_says_what_it_showed(order, review, cast, client_as):
    actions.review_approve(review=review, by=cast.bram)
    count, blind = forms_without_a_look(client_as(cast.petra), order)
    assert count > 2, "the control"
    assert blind == set()


@pytest.fixture
def extra(everything, cast) -> ExtraWork:
    actions.review_open(work_order=everything, by=cast.bram)
    return everything.visits.get().extra_work.get()


def offer(extra, shop, by, price):
    return actions.extra_work_offer(
        extra_work=extra, by=by, quantity=D(1), unit="HUR", unit_price=D(price), vat_code=shop.high
    )


def test_an_older_page_replaces_no_offer_that_it_did_not_show(extra, shop, cast, client_as):
    petra, address = client_as(cast.petra), f"/review/extra-work/{extra.pk}/offer/"
    older = petra.get(address)
    first = offer(extra, shop, cast.bram, 70)
    refused = submit(older, client=petra, press="Mail the offer", unit_price="65", description="Mine")
    assert refused.status_code == 409
    said = text(refused)
    assert "Offered meanwhile" in said
    assert "Bram" in said
    assert "70.00 excl. VAT" in said
    form = Page.fetched(refused, petra).find(form="", press="Mail the offer", typed=["unit_price"])[0]
    assert dict(form.pairs(None))["unit_price"] == "65"
    assert dict(form.pairs(None))["description"] == "Mine"
    first.refresh_from_db()
    assert (first.status, ExtraWorkOffer.objects.count()) == ("sent", 1)
    assert Message.objects.filter(kind="extra_work_offer").count() == 1
    # whoever has seen both may send the other
    assert submit(refused, client=petra, press="Mail the offer").status_code == 303
    first.refresh_from_db()
    assert first.status == "withdrawn"
    assert ExtraWorkOffer.objects.get(status="sent").unit_price == 65


def test_an_error_beside_an_offer_of_a_colleague_does_not_hide_it(extra, shop, cast, client_as):
    petra, address = client_as(cast.petra), f"/review/extra-work/{extra.pk}/offer/"
    older = petra.get(address)
    offer(extra, shop, cast.bram, 70)
    wrong = submit(older, client=petra, press="Mail the offer", unit_price="0", past_browser=True)
    assert wrong.status_code == 422
    assert submit(wrong, client=petra, press="Mail the offer", unit_price="65").status_code == 409


def test_a_page_that_shows_the_offer_may_replace_it(extra, shop, cast, client_as):
    first = offer(extra, shop, cast.bram, 70)
    petra, address = client_as(cast.petra), f"/review/extra-work/{extra.pk}/offer/"
    page = petra.get(address)
    assert "What the customer was offered" in text(page)
    assert submit(page, client=petra, press="Mail the offer", unit_price="65").status_code == 303
    first.refresh_from_db()
    assert first.status == "withdrawn"


def test_a_part_is_not_marked_over_a_colleagues_mark(extra, cast, client_as):
    petra, order = client_as(cast.petra), extra.visit.work_order
    usage = Billable.objects.get(work_order=order, kind="material").material_usage
    older = page_of(petra, order)
    review = Review.objects.get(work_order=order)
    actions.part_mark(review=review, usage=usage, extra_work=extra, by=cast.bram)
    form = f"/review/{order.pk}/parts/{usage.pk}/"
    assert submit(older, client=petra, form=form, extra_work="").status_code == 409
    usage.refresh_from_db()
    assert usage.extra_work_id == extra.pk
    assert submit(page_of(petra, order), client=petra, form=form, extra_work="").status_code == 303


def test_the_excess_is_not_offered_from_a_page_on_which_it_was_another(extra, cast, client_as):
    petra, order = client_as(cast.petra), extra.visit.work_order
    older = page_of(petra, order)
    above = Billable.objects.filter(work_order=order, proposal="above_sold").latest("pk")
    actions.billable_decide(billable=above, fate="written_off", by=cast.bram, reason="Promised")
    refused = submit(older, client=petra, form=f"/review/{order.pk}/excess-offer/")
    assert refused.status_code == 409
    assert ExtraWorkOffer.objects.count() == 0


def test_a_correction_from_an_older_page_does_not_undo_a_colleagues(order, review, cast, client_as):
    actions.review_approve(review=review, by=cast.bram)
    petra, hours = client_as(cast.petra), Billable.objects.get(work_order=order, kind="time")
    older, form = page_of(petra, order), f"/review/billables/{hours.pk}/correct/"
    actions.billable_correct(billable=hours, by=cast.bram, reason="Lunch", quantity=D("1.5"))
    refused = submit(older, client=petra, form=form, quantity="3", reason="The customer says three")
    assert refused.status_code == 409
    assert Billable.objects.filter(corrects=hours).count() == 1


def test_a_draft_that_changed_is_neither_issued_nor_cancelled_unseen(order, review, cast, client_as):
    actions.review_approve(review=review, by=cast.bram)
    draft = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
    draft = draft if isinstance(draft, Invoice) else draft[0]
    petra = client_as(cast.petra)
    older = petra.get(f"/invoicing/{draft.pk}/")
    invoicing.line_remove(line=draft.lines.order_by("pk")[0], by=cast.bram)
    refused = submit(older, client=petra, form=f"/invoicing/{draft.pk}/issue/")
    assert refused.status_code == 409
    refused = submit(older, client=petra, form=f"/invoicing/{draft.pk}/cancel/", reason="begin anew")
    assert refused.status_code == 409, "nor cancelled with what a colleague typed on it since"
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert (
        submit(f"/invoicing/{draft.pk}/", client=petra, form=f"/invoicing/{draft.pk}/issue/").status_code
        == 302
    )
