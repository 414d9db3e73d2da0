"""What the office sees and does of maintenance contracts."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.refusals import Refused
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.maintenance.actions import visit_skip
from apps.maintenance.models import Contract, ContractVisit
from apps.planning.models import Assignment
from apps.technicians.actions import hours_set
from tests.builders import BookingFactory, SiteFactory
from tests.builders.contracts import boiler, contract, visits
from tests.builders.shop import MORNING
from tests.pages import submit

pytestmark = pytest.mark.django_db


def test_a_visit_is_not_agreed_at_nothing(shop, calendar):
    with pytest.raises(Refused, match="above zero"):
        contract(shop, shop.site, price=Decimal(0))


def test_a_contract_is_made_changed_and_ended(shop, cast, client_as, calendar):
    device = boiler(shop)
    client = client_as(cast.bram)
    choose = client.get(reverse("maintenance:contract_create"))
    assert str(shop.customer) in choose.text
    page = client.get(reverse("maintenance:contract_create"), {"customer": shop.customer.pk})
    wrong = submit(
        page,
        client=client,
        press="Make the contract",
        title="Boiler",
        hours="0",
        type=shop.type.pk,
        price="119",
    )
    assert (wrong.status_code, "A visit takes some time." in wrong.text) == (422, True)
    made = submit(
        wrong, client=client, press="Make the contract", hours="1.5", equipment=[str(device.pk)],
        season=["11", "12"], ends_on="2028-12-31",
    )  # fmt: skip
    assert made.status_code == 302
    one = Contract.objects.get()
    assert (one.season, one.prices.price, one.interval_months) == ([11, 12], 119, 12)
    assert [(one.due, list(one.work_order.serviced.all())) for one in visits(one)] == [
        (date(2026, 11, 1), [device])
    ]
    detail = client.get(made.url)
    assert "every 12 months, nov–dec" in detail.text.lower()
    assert "119" in detail.text
    page = client.get(reverse("maintenance:contract_change", args=[one.pk]))
    free = submit(page, client=client, press="Save", price="0")
    assert (free.status_code, "0.01; this is" in free.text) == (422, True)
    assert submit(free, client=client, press="Save", price="125").status_code == 302
    one.refresh_from_db()
    assert one.prices.price == 125
    page = client.get(reverse("maintenance:contract_end", args=[one.pk]))
    assert submit(page, client=client, press="End the contract", reason="House sold").status_code == 302
    assert visits(one) == []
    assert "House sold" in client.get(reverse("maintenance:contract_detail", args=[one.pk])).text


def test_the_lists_are_searched_filtered_and_exported(shop, cast, client_as, calendar):
    made = contract(shop, equipment=[boiler(shop)])
    client = client_as(cast.bram)
    for name, words in (("contract_list", "cv-ketel"), ("visit_list", "Familie Peters")):
        address = reverse(f"maintenance:{name}")
        assert words in client.get(address, {"q": "peters", "sort": "-title"}).text
        assert words not in client.get(address, {"q": "nobody"}).text.split("</form>", 1)[1]
        assert client.get(address, {"export": "csv"}).status_code == 200
    due = reverse("maintenance:visit_list")
    assert made.title in client.get(due, {"month": "11", "region": "50", "state": "to_plan"}).text
    assert made.title not in client.get(due, {"state": "overdue"}).text


def test_a_visit_is_moved_skipped_and_made_again(shop, cast, client_as, calendar):
    [visit] = visits(contract(shop))
    client = client_as(cast.bram)
    page = client.get(reverse("maintenance:visit_move", args=[visit.pk]))
    wrong = submit(page, client=client, press="Move", window_until="2026-11-01")
    assert (wrong.status_code, "The window ends before it starts." in wrong.text) == (422, True)
    submit(wrong, client=client, press="Move", window_from="2026-12-01", window_until="2026-12-31")
    visit.refresh_from_db()
    assert visit.window_from == date(2026, 12, 1)
    page = client.get(reverse("maintenance:visit_skip", args=[visit.pk]))
    submit(page, client=client, press="Skip", reason="New boiler")
    assert ContractVisit.objects.owed().count() == 0
    page = client.get(reverse("maintenance:visit_detail", args=[visit.pk]))
    submit(page, client=client, press="Make it again")
    assert ContractVisit.objects.owed().count() == 1


def test_a_visit_that_was_planned_meanwhile_asks_on_its_page(shop, cast, client_as, calendar):
    [visit] = visits(contract(shop))
    client = client_as(cast.bram)
    page = client.get(reverse("maintenance:visit_skip", args=[visit.pk]))
    BookingFactory(
        by=cast.petra,
        technician=shop.tim,
        work_order=visit.work_order,
        start=MORNING.replace(day=18),
        hours=2,
    )
    asked = submit(page, client=client, press="Skip", reason="New boiler")
    assert asked.status_code == 422
    assert "Take the visit off the plan" in asked.text
    assert submit(asked, client=client, press="Skip", off_plan=True).status_code == 302
    visit.work_order.refresh_from_db()
    assert visit.work_order.status == "cancelled"


def test_a_month_is_spread_over_the_technicians_and_planned_once(shop, cast, client_as, calendar):
    """Two sites of one region stand on one day; what a colleague planned meanwhile is left out and told."""
    hours = [(day, time(8), time(16, 30)) for day in range(1, 6)]
    hours_set(technician=shop.tim, by=cast.bram, weeks=[hours])
    other = SiteFactory(customer=shop.customer, house_number="8")
    made = contract(shop, shop.site, other, hours="2")
    client = client_as(cast.petra)
    address = reverse("maintenance:planning_run")
    page = client.get(address, {"month": "2026-11", "region": "50"})
    first, second = (visit.work_order for visit in visits(made))
    assert page.text.count('name="take"') == 2
    assert not Assignment.objects.exists()
    start = MORNING.replace(day=26)
    BookingFactory(by=cast.petra, technician=shop.tim, work_order=first, start=start, hours=2)
    said = client.get(submit(page, client=client, press="Plan what is ticked of 2 visits").url).text
    assert "1 visit is planned." in said
    assert "It was planned, moved or skipped meanwhile." in said
    assert Assignment.objects.filter(active=True, work_order__in=[first, second]).count() == 2
    booked = Assignment.objects.get(work_order=second)
    assert booked.starts_at.date() <= date(2026, 11, 30)
    assert "Nothing to propose" in client.get(address, {"month": "2026-11"}).text
    assert client.get(address, {"month": "nonsense"}).status_code == 200
    asked = client.get(address, {"month": "2026-12"})
    assert 'name="take"' not in asked.text  # its window is November


def test_an_overdue_visit_is_a_sign_until_it_is_dealt_with(shop, cast, calendar):
    [visit] = visits(contract(shop))
    calendar.be(date(2026, 12, 2))
    leaks_detect(clock.now())
    sign = Leak.objects.get(detector="maintenance_overdue")
    assert (sign.amount, sign.status) == (119, "open")
    visit_skip(visit=visit, by=cast.bram, reason="Moved house")
    leaks_detect(clock.now())
    sign.refresh_from_db()
    assert sign.status == "closed"
