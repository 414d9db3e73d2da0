"""A part that is not in the catalogue: the technician describes it, the review prices it."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction

from apps.core.refusals import Forbidden, Refused
from apps.field.models import MaterialUsage, VisitPhoto
from apps.invoicing.actions import invoice_draft
from apps.invoicing.models import LedgerRow
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.pipeline.checks import faults
from apps.review import actions as review
from apps.review.models import Billable, Review
from tests.builders import photo_stored
from tests.pages import submit
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
WORDS = "Knelset 22 mm, Viega"


def told(shop, basis="actuals", **sold):
    order = shop.sold(sold, basis=basis, hours=2) if sold else shop.order(basis)
    shop.phone(order).work(60).describe(WORDS, 2, file=photo_stored()).finish(signed="Mrs Peters")
    order.refresh_from_db()
    return order


class TestOnThePhone:
    def test_it_is_recorded_in_words_quantity_unit_and_photo(self, shop, cast, client_as):
        phone = shop.phone(shop.order())
        phone.begin()
        client, page = client_as(cast.tim), f"/phone/job/{phone.assignment.pk}/materials/other/"
        assert page in client.get(f"/phone/job/{phone.assignment.pk}/materials/?q=knelset").content.decode()
        sent = submit(f"{page}?q={WORDS}", client=client, press="Add", quantity="2", unit="MTR")
        assert sent.status_code == 302
        usage = MaterialUsage.objects.get()
        assert (usage.name, usage.quantity, usage.unit, usage.material) == (WORDS, 2, "MTR", None)
        listed = client.get(f"/phone/job/{phone.assignment.pk}/materials/").content.decode()
        assert WORDS in listed
        assert "€" not in listed
        taken_off = submit(
            f"/phone/job/{phone.assignment.pk}/materials/", client=client, press=f"Take {WORDS} off"
        )
        assert taken_off.status_code == 302
        assert not MaterialUsage.objects.exists()

    def test_what_is_missing_is_said(self, shop, cast, client_as):
        phone = shop.phone(shop.order())
        phone.begin()
        page = f"/phone/job/{phone.assignment.pk}/materials/other/"
        for typed in ({"quantity": "2"}, {"description": WORDS, "quantity": "0"}):
            answer = submit(page, client=client_as(cast.tim), press="Add", past_browser=True, **typed)
            assert answer.status_code == 422
        assert phone.send("material_other", description=" ", quantity="1", unit="C62").why == "no_text"
        assert phone.send("material_other", description="x", quantity="1", unit="?").why.startswith(
            "not_a_choice"
        )
        assert phone.send("material_other", description="x", quantity="a", unit="C62").why.startswith(
            "not_a_number"
        )

    def test_the_customer_signs_for_it_and_the_photo_is_kept(self, shop):
        order = told(shop)
        (shown,) = order.visits.get().sign_off.shown["materials"]
        assert shown == {"name": WORDS, "quantity": "2", "unit": "piece"}
        assert VisitPhoto.objects.get(kind="part") == MaterialUsage.objects.get().photo


class TestInReview:
    @pytest.mark.parametrize(("basis", "sold"), [("actuals", {}), ("fixed_price", {"unit_price": 500})])
    def test_it_must_be_priced_before_the_approval(self, shop, cast, basis, sold):
        order = told(shop, basis, **sold)
        found = review.review_open(work_order=order, by=cast.bram)
        part = Billable.objects.get(work_order=order, kind="material")
        assert (part.description, part.quantity, part.proposal, part.net) == (WORDS, 2, "unpriced", 0)
        with pytest.raises(review.Unjudged, match="1 still pending"):
            review.review_approve(review=found, by=cast.bram)
        for fate in ("billable", "included", "written_off"):
            with pytest.raises(Refused):
                review.billable_decide(billable=part, fate=fate, by=cast.bram, reason="small")
        priced = review.billable_decide(
            billable=part, fate="included", by=cast.bram, reason="small", unit_price=D("4.50")
        )
        assert (priced.list_price, priced.recorded_net) == (D("4.50"), 9)
        review.review_approve(review=found, by=cast.bram)
        assert LedgerRow.objects.get(work_order=order).included >= 9

    def test_a_price_near_nothing_is_asked_with_a_reason_and_takes_nothing_off(self, shop, cast):
        Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
        order = told(shop)
        review.review_open(work_order=order, by=cast.bram)
        part = Billable.objects.get(work_order=order, kind="material")
        bram = type(cast.bram).objects.get(pk=cast.bram.pk)

        def price(unit_price, reason=""):
            return review.billable_decide(
                billable=part, fate="billable", by=bram, unit_price=D(unit_price), reason=reason
            )

        with pytest.raises(Refused, match="next to nothing"):
            price("0.01")
        assert price("0.01", "a washer").list_price == D("0.01")
        assert price("400", "it was a pump").list_price == 400
        with pytest.raises(Forbidden, match="needs the right to write off"):
            price("0.01", "cheap")
        assert price("390", "a bit less").list_price == 400

    def test_it_stands_in_the_ledger_and_is_a_sign_until_it_is_priced(self, shop, cast):
        order = told(shop)
        assert LedgerRow.objects.get(work_order=order).open_parts == 2
        review.billables_catch_up()
        row = LedgerRow.objects.get(work_order=order)
        assert (row.recorded_parts, row.open_parts) == (2, 2)
        assert faults() == []
        leaks_detect()
        sign = Leak.objects.open().get(detector="part_without_price")
        assert (sign.sign, sign.target_id) == (True, order.pk)
        review.review_open(work_order=order, by=cast.bram)
        part = Billable.objects.get(work_order=order, kind="material")
        review.billable_decide(billable=part, fate="billable", by=cast.bram, unit_price=D(4))
        leaks_detect()
        assert not Leak.objects.open().filter(detector="part_without_price").exists()

    def test_the_review_shows_words_and_photo(self, shop, cast, client_as):
        order = told(shop)
        review.review_open(work_order=order, by=cast.bram)
        page = client_as(cast.bram).get(f"/review/{order.pk}/").content.decode()
        assert WORDS in page
        assert f"/review/photos/{MaterialUsage.objects.get().photo_id}/" in page

    def test_its_price_and_its_vat_are_typed_where_no_list_says_them(self, shop, cast, client_as):
        order = told(shop)
        review.review_open(work_order=order, by=cast.bram)
        bram, part = client_as(cast.bram), Billable.objects.get(kind="material")
        decide = f"/review/billables/{part.pk}/decide/"
        time = Billable.objects.get(kind="time")
        page = bram.get(f"/review/{order.pk}/")
        assert f'id="v-{time.pk}"' not in page.content.decode()  # a list says it
        typed = {"fate": "billable", "unit_price": "12,50", "vat_code": str(shop.low.pk)}
        assert submit(page, client=bram, form=decide, **typed).status_code == 303
        part.refresh_from_db()
        assert (part.net, part.vat_code, part.vat_category, part.vat_rate) == (25, shop.low, "S", 9)
        review.review_approve(review=Review.objects.get(), by=cast.bram)
        draft = invoice_draft(work_orders=[order], by=cast.bram)
        assert sorted(draft.lines.values_list("net", "vat_rate")) == [(25, 9), (60, 21)]

    def test_what_it_was_corrected_by_has_its_vat(self, shop, cast):
        order = told(shop)
        opened = review.review_open(work_order=order, by=cast.bram)
        part = Billable.objects.get(kind="material")
        review.billable_decide(billable=part, fate="billable", by=cast.bram, unit_price=D(50))
        review.review_approve(review=opened, by=cast.bram)
        review.billable_correct(billable=part, by=cast.bram, reason="One went back", quantity=D(1))
        review.review_reopen(review=opened, by=cast.bram, reason="The rate")
        review.billable_decide(billable=part, fate="billable", by=cast.bram, vat_code=shop.low)
        of_part = Billable.objects.filter(kind__in=["material", "correction"])
        assert sorted(of_part.values_list("net", "vat_rate")) == [(-50, 9), (100, 9)]

    def test_a_code_that_went_out_of_use_stays_where_it_stands(self, shop, cast, client_as):
        order = told(shop)
        review.review_open(work_order=order, by=cast.bram)
        part = Billable.objects.get(kind="material")
        review.billable_decide(
            billable=part, fate="billable", by=cast.bram, unit_price=D(50), vat_code=shop.low
        )
        type(shop.low).objects.filter(pk=shop.low.pk).update(active=False)
        bram, decide = client_as(cast.bram), f"/review/billables/{part.pk}/decide/"
        typed = {"fate": "included", "reason": "Promised by telephone"}
        assert submit(f"/review/{order.pk}/", client=bram, form=decide, **typed).status_code == 303
        part.refresh_from_db()
        assert (part.fate, part.vat_code) == ("included", shop.low)

    def test_nobody_changes_the_vat_of_what_a_list_prices(self, shop, cast):
        order = told(shop)
        review.review_open(work_order=order, by=cast.bram)
        time = Billable.objects.get(kind="time")
        review.billable_decide(billable=time, fate="billable", by=cast.bram, vat_code=shop.low)
        time.refresh_from_db()
        assert time.vat_code == shop.high


def test_the_database_takes_a_part_that_is_in_the_catalogue_or_described(shop):
    told(shop)
    for change in ("description = ''", "own_unit = ''", f"material_id = {shop.valve.pk}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE field_materialusage SET {change}")
