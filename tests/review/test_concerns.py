"""Nothing is approved before a person looked at what is wrong with it, and said why it is all right."""

from decimal import Decimal as D

import lxml.html
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction

from apps.acceptance.judging import concerns_judge
from apps.core.refusals import Refused
from apps.field.models import Deviation
from apps.review import actions
from apps.review.models import Billable, Concern, Finding, Review
from tests.pages import Page, submit

pytestmark = pytest.mark.django_db
AGREED = {"quantity": 2, "unit": "HUR", "unit_price": 60}


def open_of(order):
    return {one.kind: one for one in Concern.objects.of_work_order(order).open()}


def unsigned(shop):
    order = shop.order()
    shop.phone(order).work(60).finish()
    order.refresh_from_db()
    return order


def opened(order, cast):
    return actions.review_open(work_order=order, by=cast.bram)


def judge(review, subject, cast, **more):
    given = {"decision": "accepted", "by": cast.bram, "reason": "looked at"} | more
    return actions.finding_add(review=review, subject=subject, **given)


class TestApproving:
    def test_a_deviation_must_be_judged_with_a_reason(self, shop, cast):
        order = shop.done(deviation="Rotten floor board")
        review = opened(order, cast)
        with pytest.raises(actions.Unjudged, match="Judge first: Deviation: Rotten floor board"):
            actions.review_approve(review=review, by=cast.bram)
        with pytest.raises(Refused, match="Say why"):
            judge(review, Deviation.objects.get(), cast, reason=" ")
        found = judge(review, Deviation.objects.get(), cast)
        assert (found.by, found.reason, found.worth) == (cast.bram, "looked at", D(120))
        actions.review_approve(review=review, by=cast.bram)

    def test_a_missing_signature_tells_the_technicians_reason_and_what_it_is_worth(self, shop, cast):
        order = unsigned(shop)
        review = opened(order, cast)
        concern = open_of(order)["signature"]
        assert (concern.words, concern.worth) == ("Nobody at home", D(60))
        with pytest.raises(actions.Unjudged, match="No signature: Nobody at home"):
            actions.review_approve(review=review, by=cast.bram)
        judge(review, order.visits.get(), cast, part="signature")
        actions.review_approve(review=review, by=cast.bram)

    def test_what_was_changed_after_signing_must_be_judged(self, shop, cast):
        order = shop.done()
        review = opened(order, cast)
        assert open_of(order) == {}
        shop.late_part(order, shop.valve, 1)
        assert set(open_of(order)) == {"outdated"}
        judge(review, order.visits.get(), cast, part="signature")
        assert open_of(order) == {}

    def test_a_missing_photo_must_be_judged(self, shop, cast):
        order = shop.done()
        review = opened(order, cast)
        order.visits.get().photos.filter(kind="after").delete()
        assert open_of(order)["photos"].words == "after"
        with pytest.raises(actions.Unjudged, match="Photo missing: after the work"):
            actions.review_approve(review=review, by=cast.bram)
        judge(review, order.visits.get(), cast, part="photos")
        actions.review_approve(review=review, by=cast.bram)

    def test_a_job_without_anything_wrong_needs_no_judgement(self, shop, cast):
        actions.review_approve(review=opened(shop.done(), cast), by=cast.bram)

    def test_more_than_a_fixed_price_reckons_with_is_a_decision(self, shop, cast):
        part = {"kind": "material", "material": shop.pipe, "quantity": 4, "unit": "MTR", "unit_price": "7.50"}
        order = shop.done(
            "fixed_price", 2, 180, quoted=[AGREED, part], parts=[(shop.pipe, 6), (shop.valve, 1)]
        )
        review = opened(order, cast)
        over = Billable.objects.filter(work_order=order, fate="pending")
        assert [(one.quantity, one.proposal, one.net) for one in over] == [
            (1, "above_agreed", 25), (1, "above_sold", 60), (2, "above_agreed", 15),
        ]  # fmt: skip
        with pytest.raises(actions.Unjudged, match="3 still pending"):
            actions.review_approve(review=review, by=cast.bram)
        for fate, one in zip(("included", "written_off", "billable"), list(over), strict=True):
            with pytest.raises(Refused, match="reason"):
                actions.billable_decide(billable=one, fate="included", by=cast.bram)
            actions.billable_decide(billable=one, fate=fate, by=cast.bram, reason="our risk")
        actions.review_approve(review=review, by=cast.bram)

    def test_hours_beyond_a_fixed_price_can_be_offered_as_extra_work(self, shop, cast):
        order = shop.done("fixed_price", 2, 180, quoted=[AGREED])
        review = opened(order, cast)
        prices = {"price-normal-60": D(70)}
        (offer,) = actions.excess_offer(review=review, by=cast.bram, prices=prices, vat_code=shop.high)
        actions.extra_work_answer(offer=offer, approved=True, by=cast.bram, reason="by telephone")
        assert open_of(order) == {}
        actions.review_approve(review=review, by=cast.bram)
        billed = Billable.objects.filter(work_order=order, fate="billable")
        assert sorted(one.net for one in billed) == [70, 120]

    def test_a_price_that_nobody_gave_a_reason_for_must_be_judged(self, shop, cast):
        order = shop.done(parts=[(shop.valve, 2)])
        review = opened(order, cast)
        part = Billable.objects.get(work_order=order, kind="material")
        Billable.objects.filter(pk=part.pk).update(unit_price=20)
        assert open_of(order)["price"].worth == 10
        actions.proposals_accept(review=review, by=cast.bram)
        with pytest.raises(actions.Unjudged, match="Other price than the list asks: Valve"):
            actions.review_approve(review=review, by=cast.bram)
        actions.billable_decide(billable=part, fate="billable", by=cast.bram, reason="as agreed")
        actions.review_approve(review=review, by=cast.bram)


class TestAgain:
    def test_what_became_something_else_is_judged_again(self, shop, cast):
        order = shop.done(deviation="Rotten floor board")
        review = opened(order, cast)
        judge(review, Deviation.objects.get(), cast)
        assert open_of(order) == {}
        Deviation.objects.update(text="The whole floor is rotten")
        assert set(open_of(order)) == {"deviation"}
        judge(review, Deviation.objects.get(), cast)
        assert open_of(order) == {}

    def test_what_went_back_is_judged_again_and_the_rest_is_not(self, shop, cast):
        order = shop.order()
        shop.phone(order).work(60).deviate().finish()
        order.refresh_from_db()
        review = opened(order, cast)
        judge(review, Deviation.objects.get(), cast)
        judge(review, order.visits.get(), cast, part="signature", decision="returned")
        with pytest.raises(actions.Unjudged):
            actions.review_approve(review=review, by=cast.bram)
        assert set(open_of(order)) == {"signature"}

    def test_who_changes_their_mind_adds_a_finding(self, shop, cast):
        order = shop.done(deviation="Rotten floor board")
        review = opened(order, cast)
        for decision in ("accepted", "returned", "accepted"):
            judge(review, Deviation.objects.get(), cast, decision=decision)
        assert [one.standing for one in Finding.objects.order_by("id")] == [False, False, True]
        actions.review_approve(review=review, by=cast.bram)

    def test_a_judgement_of_what_was_not_shown_is_refused(self, shop, cast, client_as):
        order = shop.done(deviation="Rotten floor board")
        opened(order, cast)
        client, deviation = client_as(cast.bram), Deviation.objects.get()
        page = client.get(f"/review/{order.pk}/")
        Deviation.objects.update(text="The whole floor is rotten")
        assert press(page, client, "Discussed with the customer").status_code == 409
        assert not Finding.objects.filter(subject_id=deviation.pk).exists()


class TestTheDatabase:
    def test_it_refuses_an_approval_of_what_nobody_judged(self, shop, cast):
        review = opened(unsigned(shop), cast)
        with pytest.raises(IntegrityError, match="nobody judged"), transaction.atomic():
            by_hand("UPDATE review_review SET status = 'approved' WHERE id = %s", review.pk)

    def test_it_keeps_one_standing_finding_per_item_and_changes_none(self, shop, cast):
        order = shop.done(deviation="Rotten floor board")
        found = judge(opened(order, cast), Deviation.objects.get(), cast)
        for statement in (
            "UPDATE review_finding SET reason = 'other' WHERE id = %s",
            "UPDATE review_finding SET facts = '' WHERE id = %s",
            "DELETE FROM review_finding WHERE id = %s",
            "INSERT INTO review_finding (review_id, subject_type, subject_id, decision, before, after, reason, facts, standing, by_id, at)"
            " SELECT review_id, subject_type, subject_id, decision, '', '', reason, facts, true, by_id, at FROM review_finding WHERE id = %s",
            "INSERT INTO review_finding (review_id, subject_type, subject_id, decision, before, after, reason, facts, standing, by_id, at)"
            " SELECT review_id, subject_type, subject_id + 1, decision, '', '', '', 'x', true, by_id, at FROM review_finding WHERE id = %s",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                by_hand(statement, found.pk)


def by_hand(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def press(page, client, words):
    """The button with these words."""
    for form in Page.fetched(page, client).forms:
        for button in form.buttons:
            if words in button.text_content():
                return form.send(client, button)
    raise AssertionError(words)


class TestThePage:
    @pytest.fixture
    def order(self, shop, cast):
        order = shop.order()
        shop.phone(order).work(60).deviate().finish()
        order.refresh_from_db()
        opened(order, cast)
        return order

    def test_the_button_says_what_is_in_the_way_and_leads_there(self, order, cast, client_as):
        root = lxml.html.document_fromstring(client_as(cast.bram).get(f"/review/{order.pk}/").content)
        (button,) = root.xpath("//*[@data-key='a']")
        assert "Approve: 2 to judge first" in " ".join(button.text_content().split())
        assert root.get_element_by_id(button.get("href")[1:]).xpath(".//*[@data-key='1']")

    def test_an_approval_from_an_older_page_is_refused_and_opens_at_what_is_to_be_judged(
        self, order, cast, client_as
    ):
        client, page = client_as(cast.bram), f"/review/{order.pk}/"
        concerns_judge(review=Review.objects.get(), by=cast.bram, reason="seen")
        older = client.get(page)
        Deviation.objects.update(text="The whole floor is rotten")
        refused = submit(older, client=client, press="Approve")
        assert refused.status_code == 409
        root = lxml.html.document_fromstring(refused.content)
        assert "Judge first: Deviation: The whole floor is rotten." in root.text_content()
        (focused,) = root.xpath("//*[@autofocus and ancestor::*[@id='to-judge']]")
        assert focused.get("data-key") == "1"

    def test_each_is_one_press_and_shows_what_it_is_worth(self, order, cast, client_as):
        client, page = client_as(cast.bram), f"/review/{order.pk}/"
        for words in ("No consequences for the price", "The reason will do"):
            shown = client.get(page)
            assert (
                "€60.00"
                in lxml.html.document_fromstring(shown.content).get_element_by_id("to-judge").text_content()
            )
            assert press(shown, client, words)["Location"] == f"/review/{order.pk}/#to-judge"
        assert [(one.reason, one.by) for one in Finding.objects.order_by("id")] == [
            ("No consequences for the price", cast.bram), ("The reason will do", cast.bram),
        ]  # fmt: skip
        assert submit(page, client=client, press="Approve").status_code == 303

    def test_who_may_not_see_prices_sees_no_worth(self, order, cast, client_as):
        Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="see_prices"))
        shown = client_as(cast.bram).get(f"/review/{order.pk}/").content
        text = lxml.html.document_fromstring(shown).get_element_by_id("to-judge").text_content()
        assert "Rotten floor board" in text
        assert "€" not in text

    def test_ones_own_words(self, order, cast, client_as):
        client, visit = client_as(cast.bram), order.visits.get()
        form = f"/review/{order.pk}/items/visit/{visit.pk}/?at=to-judge"
        answer = submit(
            f"/review/{order.pk}/", client=client, form=form, press="Accept", reason="Called, it is fine"
        )
        assert answer.status_code == 303
        assert Finding.objects.get().reason == "Called, it is fine"
