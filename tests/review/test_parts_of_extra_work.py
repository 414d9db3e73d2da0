"""Extra work asks for its own parts: the recorded ones that belong to it are never billed beside it."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Group, Permission

from apps.core.actors import Customer
from apps.core.refusals import Forbidden, Refused
from apps.field.models import MaterialUsage
from apps.pipeline.checks import faults
from apps.pipeline.models import PipelineRow
from apps.review import actions
from apps.review.models import Billable
from tests.pages import submit

pytestmark = pytest.mark.django_db


def standing(order):
    assert faults() == []
    return sum((one.net for one in PipelineRow.objects.filter(record_id=order.pk)), D(0))


def asked(order):
    return sum(row.net for row in Billable.objects.filter(work_order=order, fate="billable"))


@pytest.fixture
def order(shop):
    """Two hours of € 60, of which one is extra; two valves of € 25, one of them for the extra work."""
    return shop.done("actuals", 0, 120, extra=1, parts=[(shop.valve, 1), (shop.valve, 1)])


def mark(order, cast, review):
    usage = MaterialUsage.objects.filter(visit__work_order=order).latest("pk")
    extra = order.visits.get().extra_work.get()
    actions.part_mark(review=review, usage=usage, extra_work=extra, by=cast.bram)
    return extra


def mark_first(order, by, review):
    usage = MaterialUsage.objects.filter(visit__work_order=order).earliest("pk")
    extra = order.visits.get().extra_work.get()
    actions.part_mark(review=review, usage=usage, extra_work=extra, by=by)
    return extra


def offered(extra, shop, cast, price=100):
    return actions.extra_work_offer(
        extra_work=extra, by=cast.bram, quantity=D(1), unit="C62", unit_price=D(price), vat_code=shop.high
    )


def test_parts_of_approved_extra_work_are_not_billed_beside_it(order, shop, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = mark(order, cast, review)
    assert asked(order) == 120 + 50, "nobody offered it yet: it is charged as recorded"
    offer = offered(extra, shop, cast)
    assert standing(order) == 60 + 25 + 100
    actions.extra_work_answer(offer=offer, approved=True, by=Customer("P"))
    assert asked(order) == 60 + 25 + 100
    covered = Billable.objects.get(work_order=order, kind="material", proposal="extra_covers")
    assert (covered.fate, covered.net) == ("included", 25)
    with pytest.raises(Refused, match="asks for"):
        actions.billable_decide(billable=covered, fate="billable", by=cast.bram)


@pytest.mark.parametrize("basis", ["sold_hours", "fixed_price"])
def test_on_other_bases_too(shop, cast, basis):
    quoted = [{"kind": "material", "material": shop.valve, "unit_price": 25}, {"unit_price": 500}]
    order = shop.done(basis, 1, 120, quoted=quoted, extra=1, parts=[(shop.valve, 1), (shop.valve, 1)])
    review = actions.review_open(work_order=order, by=cast.bram)
    assert Billable.objects.filter(work_order=order, proposal="above_agreed").exists()
    extra = mark(order, cast, review)
    actions.extra_work_answer(offer=offered(extra, shop, cast), approved=True, by=Customer("P"))
    assert not Billable.objects.filter(work_order=order).pending().exists()
    assert asked(order) == 525 + 100


def test_after_a_no_they_are_not_billed_by_themselves(order, shop, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = mark(order, cast, review)
    actions.extra_work_answer(offer=offered(extra, shop, cast), approved=False, by=Customer("P"))
    assert asked(order) == 60 + 25
    hour, valve = Billable.objects.filter(work_order=order).pending().order_by("-net")
    assert {hour.proposal, valve.proposal} == {"extra_declined"}
    assert (hour.net, valve.net) == (60, 25), "each once, for a person to decide"
    with pytest.raises(Refused, match="declined this"):
        actions.billable_decide(billable=valve, fate="billable", by=cast.bram)


def test_taken_out_of_the_extra_work_it_is_charged_again(order, shop, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = mark(order, cast, review)
    actions.extra_work_answer(offer=offered(extra, shop, cast), approved=True, by=Customer("P"))
    usage = MaterialUsage.objects.get(extra_work=extra)
    actions.part_mark(review=review, usage=usage, extra_work=None, by=cast.bram)
    assert asked(order) == 60 + 50 + 100


def test_offering_it_below_its_hours_and_parts_needs_the_right(order, shop, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = mark(order, cast, review)
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    bram = type(cast.bram).objects.get(pk=cast.bram.pk)
    with pytest.raises(Forbidden, match="84"):
        actions.extra_work_offer(
            extra_work=extra, by=bram, quantity=D(1), unit="C62", unit_price=D(1), vat_code=shop.high
        )


@pytest.fixture
def clerk(cast):
    """Bram without the right to write off; the limit is € 50."""
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="write_off"))
    return type(cast.bram).objects.get(pk=cast.bram.pk)


@pytest.mark.parametrize("basis", ["actuals", "sold_hours"])
def test_a_part_that_an_offer_did_not_reckon_with_is_put_before_somebody(shop, cast, clerk, basis):
    parts = [(shop.valve, 1), (shop.valve, 20)]
    quoted = [] if basis == "actuals" else [{"unit_price": 500}]
    order = shop.done(basis, 1, 120, extra=1, parts=parts, quoted=quoted)
    review = actions.review_open(work_order=order, by=clerk)
    extra = mark_first(order, clerk, review)
    actions.extra_work_answer(offer=offered(extra, shop, cast), approved=True, by=Customer("P"))
    before = standing(order)
    mark(order, cast, review)
    late = Billable.objects.get(work_order=order, proposal="above_offer")
    assert (late.fate, late.net) == ("pending", 500)
    assert standing(order) == before, "nobody gave it up"
    with pytest.raises(Refused, match="reason"):
        actions.billable_decide(billable=late, fate="included", by=cast.olga)
    with pytest.raises(Forbidden, match="500"):
        actions.billable_decide(billable=late, fate="included", by=clerk, reason="a friend")
    actions.billable_decide(billable=late, fate="billable", by=clerk, reason="told the customer")
    assert Billable.objects.get(work_order=order, proposal="extra_covers", kind="material").net == 25


def test_also_one_that_the_technician_says_was_used_for_it(shop, cast):
    order = shop.order()
    phone = shop.phone(order).work(60)
    phone.use(shop.valve, 20).extra(1)
    actions.billables_catch_up()
    usage, extra = phone.visit.materials.get(), phone.visit.extra_work.get()
    actions.extra_work_answer(offer=offered(extra, shop, cast), approved=True, by=Customer("P"))
    phone.done("material_extra", usage=usage.pk, extra_work=extra.pk)
    actions.billables_catch_up()
    late = Billable.objects.get(work_order=order, kind="material")
    assert (late.fate, late.proposal, late.net) == ("pending", "above_offer", 500)


def test_a_part_that_comes_after_the_yes_is_covered_as_far_as_the_offer_goes(order, shop, cast):
    """An hour and a valve were reckoned with: € 85 of the € 90; nobody had recorded the valve."""
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = order.visits.get().extra_work.get()
    actions.extra_work_answer(offer=offered(extra, shop, cast, price=90), approved=True, by=Customer("P"))
    mark(order, cast, review)
    mark_first(order, cast.bram, review)
    covered, late = Billable.objects.filter(work_order=order, kind="material").order_by("fate")
    assert (covered.fate, covered.proposal, late.fate, late.proposal) == (
        "included", "extra_covers", "pending", "above_offer"
    )  # fmt: skip


def test_offering_more_hours_than_were_recorded_covers_no_more_than_it_asks(shop, cast, clerk):
    """One hour of extra work was recorded of five: an offer of five hours at € 12 asks nothing else for the five."""
    order = shop.done("actuals", 0, 300, extra=1)
    actions.review_open(work_order=order, by=clerk)
    with pytest.raises(Forbidden, match="240"):
        actions.extra_work_offer(
            extra_work=order.visits.get().extra_work.get(), by=clerk, quantity=D(5), unit="HUR", unit_price=D(12),
            vat_code=shop.high,
        )  # fmt: skip
    assert asked(order) == 300


@pytest.mark.parametrize("said", [None, 5, 60])
def test_a_part_that_nobody_priced_is_covered_by_no_offer_unseen(shop, cast, said):
    """In words, or without a price in the catalogue. Once somebody says what it is worth, the offer covers it as far as it goes."""
    order = shop.order()
    shop.phone(order).work(60).extra("0.5").describe("Circulation pump").use(shop.nameless, 1).finish(
        signed="P"
    )
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=cast.bram)
    extra = order.visits.get().extra_work.get()
    actions.extra_work_answer(offer=offered(extra, shop, cast, price=40), approved=True, by=Customer("P"))
    parts = Billable.objects.filter(work_order=order, kind="material")
    for one in parts if said else ():
        actions.billable_decide(billable=one, fate="billable", by=cast.bram, unit_price=D(said))
    for usage in MaterialUsage.objects.filter(visit__work_order=order):
        actions.part_mark(review=review, usage=usage, extra_work=extra, by=cast.bram)
    found = {None: ("pending", "unpriced"), 5: ("included", "extra_covers"), 60: ("pending", "above_offer")}
    assert {(one.fate, one.proposal) for one in parts.all()} == {found[said]}


def test_who_prices_a_part_that_was_offered_charges_it_once(shop, cast, clerk):
    """A pump in words, reckoned with in an offer of € 400: it is in that, and nobody gives it up by saying so."""
    order = shop.order()
    shop.phone(order).work(60).extra("0.5").describe("Circulation pump").finish(signed="P")
    order.refresh_from_db()
    review = actions.review_open(work_order=order, by=clerk)
    extra = mark_first(order, clerk, review)
    actions.extra_work_answer(offer=offered(extra, shop, cast, price=400), approved=True, by=Customer("P"))
    pump = Billable.objects.get(work_order=order, kind="material")
    assert (pump.fate, pump.proposal) == ("pending", "unpriced")
    with pytest.raises(Refused, match="asks for this"):
        actions.billable_decide(billable=pump, fate="billable", by=clerk, unit_price=D(300))
    with pytest.raises(Forbidden, match="right to write off"):
        actions.billable_decide(
            billable=pump, fate="included", by=clerk, unit_price=D(371), reason="in the offer"
        )
    actions.billable_decide(
        billable=pump, fate="included", by=clerk, unit_price=D(370), reason="in the offer"
    )
    assert asked(order) == 30 + 400


def test_a_part_of_another_job_does_not_belong(order, shop, cast):
    review = actions.review_open(work_order=order, by=cast.bram)
    other = shop.done("actuals", 0, 60, extra=1)
    usage = MaterialUsage.objects.filter(visit__work_order=order).earliest("pk")
    with pytest.raises(Refused, match="does not belong"):
        actions.part_mark(
            review=review, usage=usage, extra_work=other.visits.get().extra_work.get(), by=cast.bram
        )


def test_it_is_marked_in_the_review_and_the_offer_says_what_it_covers(order, shop, cast, client_as):
    actions.review_open(work_order=order, by=cast.bram)
    client = client_as(cast.bram)
    usage = MaterialUsage.objects.filter(visit__work_order=order).latest("pk")
    extra = order.visits.get().extra_work.get()
    submit(
        f"/review/{order.pk}/",
        client=client,
        form=f"/review/{order.pk}/parts/{usage.pk}/",
        extra_work=str(extra.pk),
    )
    usage.refresh_from_db()
    assert usage.extra_work == extra
    page = client.get(f"/review/extra-work/{extra.pk}/offer/").content.decode()
    assert "Valve" in page
    assert 'value="85.00"' in page, "an hour and a valve"


def test_the_technician_says_so_on_the_phone(shop, cast, client_as):
    order = shop.order()
    phone = shop.phone(order).work(60)
    phone.use(shop.valve, 1).extra(1)
    usage, extra = phone.visit.materials.get(), phone.visit.extra_work.get()
    client = client_as(cast.tim)
    page = f"/phone/job/{phone.assignment.pk}/materials/"
    submit(page, client=client, form=f"{page}{usage.pk}/extra/", extra_work=str(extra.pk))
    usage.refresh_from_db()
    assert usage.extra_work == extra
    phone.done("extra_work_remove", extra_work=extra.pk)
    usage.refresh_from_db()
    assert usage.extra_work is None, "what it belonged to is gone; the part is not"
