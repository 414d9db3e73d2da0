"""Whoever leaves, and whatever goes out of use: everything stays on the lists that it was on."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from apps.accounts.models import User
from apps.accounts.roles import OFFICE
from apps.core import clock
from apps.customers.models import Customer
from apps.intake.models import RequestType
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.pricing.models import VatCode
from apps.quotes.models import QuoteTemplate
from apps.technicians.models import Technician
from apps.workorders.models import JobForm
from tests.acceptance.loaded.conftest import Loaded

PAGES = 2
# On the lists of tasks and of leaks what is more urgent, or new, moves the rest down: they are read to their end.
TO_THE_END = {"office:dashboard": 100, "leaks:leak_list": 100}
LISTS = [
    "office:dashboard", "intake:request_list", "quotes:quote_list", "quotes:template_list", "workorders:work_order_list",
    "workorders:job_form_list", "planning:week", "planning:day", "planning:quick_plan", "planning:absence_list",
    "field:event_list", "review:review_list", "invoicing:invoice_list", "invoicing:ready_list", "leaks:leak_list",
    "bookkeeping:package_list", "customers:customer_list", "materials:material_list", "technicians:technician_list",
    "pricing:rate_list", "pricing:vat_code_list", "intake:form_settings",
]  # fmt: skip
PHONE = ["phone:today", "phone:agenda"]
RECORD = re.compile(r"/\d+/")
# Which customer, material or technician can be chosen anew is no record that is listed; nor is a verb on one.
NO_RECORD = re.compile(r"/(deactivate|activate|hand-over)/$|^/planning/ill/")


@pytest.fixture(scope="module")
def company(loaded: Loaded, django_db_blocker: Any) -> Iterator[None]:
    """The loaded company with its leaks, for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        leaks_detect()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(company: None, django_db_blocker: Any) -> dict[str, set[str]]:
    """What stands on the lists of the office as long as nobody left."""
    with django_db_blocker.unblock():
        return everything(browser_of(office()))


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="apps.accounts.backends.AccountBackend")
    return client


def office() -> User:
    return User.objects.active().with_role(OFFICE).order_by("pk")[0]


def busiest() -> Technician:
    """The technician with the most visits that are still to come."""
    coming = Assignment.objects.active().filter(period__endswith__gt=clock.now(), work_order__isnull=False)
    chosen = coming.values("technician").annotate(n=Count("pk")).order_by("-n", "technician")[0]
    return Technician.objects.get(pk=chosen["technician"])


def records_on(client: Client, address: str, pages: int = PAGES) -> set[str]:
    """The addresses of the records on a list and on the pages that follow it."""
    found: set[str] = set()
    for _page in range(pages):
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = html.fromstring(answer.content)
        for link in page.xpath("//main//a[@href]"):
            path = urlsplit(urljoin(address, link.get("href"))).path
            if RECORD.search(path) and not NO_RECORD.search(path):
                found.add(path)
        following = page.xpath("//main//a[@rel='next']/@href")
        if not following:
            break
        address = urljoin(address, following[0])
    return found


def days_of_work() -> list[str]:
    """Weeks and days on which something is planned, as addresses of the plan."""
    today = timezone.localdate(clock.now())
    days = [today + timedelta(days=n) for n in range(-2, 4)]
    weeks = sorted({"{}-W{:02}".format(*day.isocalendar()[:2]) for day in days})
    return [reverse("planning:week") + f"?week={week}" for week in weeks] + [
        reverse("planning:day") + f"?day={day}" for day in days
    ]


def everything(client: Client) -> dict[str, set[str]]:
    lists = {reverse(name): TO_THE_END.get(name, PAGES) for name in LISTS} | dict.fromkeys(
        days_of_work(), PAGES
    )
    return {address: records_on(client, address, pages) for address, pages in lists.items()}


def no_cause() -> set[str]:
    """That nobody knows what to ask for a part is no leak any more once nobody can use it."""
    gone = Leak.objects.filter(detector="material_unpriced", status="closed")
    return {reverse("leaks:leak_detail", args=[one.pk]) for one in gone} | {
        reverse("materials:material_detail", args=[one.target_id]) for one in gone
    }


LEAVING: dict[str, Any] = {
    "technicians": lambda: Technician.objects.update(active=False),
    "users": lambda: User.objects.exclude(pk=office().pk).update(is_active=False),
    "customers": lambda: Customer.objects.update(active=False),
    "materials": lambda: Material.objects.update(active=False),
    "types of work": lambda: RequestType.objects.update(active=False),
    "job forms": lambda: JobForm.objects.update(active=False),
    "VAT codes": lambda: VatCode.objects.update(active=False),
    "templates": lambda: QuoteTemplate.objects.update(active=False),
}


@pytest.mark.django_db
@pytest.mark.usefixtures("company")
class TestNothingVanishes:
    @pytest.mark.parametrize("what", LEAVING)
    def test_the_office_sees_what_it_saw(self, what: str, before: dict[str, set[str]]) -> None:
        assert sum(map(len, before.values())) > 200, "the control: there is something to lose"
        assert LEAVING[what]() > 0 or what == "templates"
        leaks_detect()
        after = everything(browser_of(office()))
        lost = {address: rows - after[address] - no_cause() for address, rows in before.items()}
        assert {address: rows for address, rows in lost.items() if rows} == {}

    @pytest.mark.parametrize("what", [one for one in LEAVING if one not in ("technicians", "users")])
    def test_the_phone_sees_what_it_saw(self, what: str) -> None:
        client = browser_of(busiest().user)
        before = {address: records_on(client, address) for address in map(reverse, PHONE)}
        assert sum(map(len, before.values())) > 2, "the control: there is something to lose"
        jobs = sorted({one for rows in before.values() for one in rows})[:4]
        LEAVING[what]()
        after = {address: records_on(client, address) for address in map(reverse, PHONE)}
        assert before == after
        assert [client.get(job).status_code for job in jobs] == [200] * len(jobs)
