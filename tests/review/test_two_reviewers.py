"""Two people review one job, or issue one draft: nobody undoes, approves or issues what they have not seen."""

from decimal import Decimal as D

import lxml.html
import pytest

from apps.invoicing import actions as invoicing
from apps.invoicing.models import Invoice
from apps.review import actions
from apps.review.models import Billable, Finding
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


def test_each_form_of_the_review_says_what_it_showed(order, review, cast, client_as):
    root = lxml.html.document_fromstring(page_of(client_as(cast.petra), order).content.decode())
    forms = [one for one in root.iter("form") if (one.get("action") or "").startswith("/review/")]
    assert len(forms) > 6, "the control"
    assert [one.get("action") for one in forms if one.find(".//*[@name='shown']") is None] == []


def test_a_draft_that_changed_is_not_issued_unseen(order, review, cast, client_as):
    actions.review_approve(review=review, by=cast.bram)
    draft = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
    draft = draft if isinstance(draft, Invoice) else draft[0]
    petra = client_as(cast.petra)
    older = petra.get(f"/invoicing/{draft.pk}/")
    invoicing.line_remove(line=draft.lines.order_by("pk")[0], by=cast.bram)
    refused = submit(older, client=petra, form=f"/invoicing/{draft.pk}/issue/")
    assert refused.status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert (
        submit(f"/invoicing/{draft.pk}/", client=petra, form=f"/invoicing/{draft.pk}/issue/").status_code
        == 302
    )
