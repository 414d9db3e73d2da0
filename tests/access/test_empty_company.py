"""A company that has nothing yet: every page opens, leads nowhere that is closed, and says what to do first."""

from collections.abc import Callable, Iterator
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement

from apps.accounts.models import User
from apps.accounts.roles import ADMIN, OFFICE, OWNER, TECHNICIAN
from apps.core.web import may_open
from tests.access.table import table_read
from tests.access.test_access import address
from tests.conftest import user_make
from tests.world import routes

pytestmark = pytest.mark.django_db
ROLES = [TECHNICIAN, OFFICE, OWNER, ADMIN]
Login = Callable[..., Client]

# What can be done first, where a list is empty. None: it fills by itself, and says how.
FIRST = {
    "intake:request_list": "intake:request_create",
    "quotes:quote_list": "quotes:quote_create",
    "quotes:template_list": "quotes:template_create",
    "workorders:work_order_list": "workorders:work_order_create",
    "workorders:job_form_list": "workorders:job_form_create",
    "planning:week": "technicians:technician_create",
    "planning:day": "technicians:technician_create",
    "planning:capacity": "technicians:technician_create",
    "planning:absence_list": "planning:absence_add",
    "customers:customer_list": "customers:customer_create",
    "maintenance:contract_list": "maintenance:contract_create",
    "maintenance:equipment_list": "customers:customer_list",
    "maintenance:visit_list": "maintenance:contract_list",
    "materials:material_list": "materials:catalogue_import",
    "technicians:technician_list": "technicians:technician_create",
    "technicians:certificate_kind_list": "technicians:certificate_kind_create",
    "accounts:invitation_list": "accounts:invitation_send",
    "pricing:vat_code_list": "pricing:vat_code_create",
    "office:dashboard": "intake:request_create",
    "invoicing:invoice_list": "invoicing:ready_list",
    "invoicing:ready_list": "review:review_list",
    "review:review_list": None,
    "leaks:leak_list": None,
    "pipeline:row_list": None,
    "finance:unpaid_list": None,
    "finance:available_list": None,
    "bookkeeping:package_list": None,
    "field:event_list": None,
    "messaging:notice_list": None,
    "timesheets:week_list": None,
    "timesheets:day_list": "timesheets:week_list",
    "company:holiday_list": None,  # the form stands beside it
}  # fmt: skip
# Who of the access table has the role, where there is a company.
LIKE = {"": "nobody", TECHNICIAN: "zeno", OFFICE: "bram", OWNER: "olga", ADMIN: "ada"}
# What must be there before the page can do anything: it says what, and leads there.
LACKS_SOMETHING = {"pricing:rate_set"}
# Made up for who builds with them: they are there without a company.
SPECIMENS = {"office:components_detail"}
# It looks the record up, and leads to its page.
LEADS_ON = {"maintenance:equipment_by_code"}
# A label says the same to every stranger, whether there is such a device or not.
TO_STRANGERS = {"phone:equipment"}
# Never empty: they show what there is by itself, or whoever looks.
NEVER_EMPTY = {
    "phone:push_list",  # what can be done first stands on it: turn them on for this phone
    "phone:absence_request_list",  # the form to ask stands on it
    "phone:calendar",  # make the address
    "office:components_list",
    "accounts:user_list",
    "company:series_list",
    "pricing:rate_list",
    "pricing:rate_hours",
    "messaging:mail_text_list",
}


@pytest.fixture
def asked(client_as: Login) -> Callable[[str], tuple[User, Client]]:
    """Somebody with a role in a company of one, whom the guide need not be shown first."""

    def make(role: str) -> tuple[User, Client]:
        user = user_make("New", role)
        return user, client_as(user, raise_request_exception=False)

    return make


def addresses() -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether it names a record) of each page."""
    for name, _route, pattern in routes():
        url = address(name, pattern, 1) if name else None
        if url and not url.startswith("/health"):
            yield name, url, bool(pattern.pattern.converters)


def page(answer: Any) -> HtmlElement | None:
    is_page = answer.get("Content-Type", "").startswith("text/html") and answer.content.strip()
    return lxml.html.document_fromstring(answer.content.decode()) if is_page else None


def links_of(found: HtmlElement, url: str) -> Iterator[str]:
    for link in found.iter("a"):
        target = link.get("href", "").partition("#")[0]
        target = url + target if target.startswith("?") else target
        if target.startswith("/") and not target.startswith(("/static/", "/account/")):
            yield target


def opens(name: str) -> bool:
    """The pages of components show links that lead nowhere, and the account's are not ours."""
    return not name.startswith(("office:components", "account_", "mfa_"))


def expected(name: str, said: str, *, of_record: bool) -> int:
    """As the table says; but no record is there, and some pages lack what comes before them."""
    if said == "200" and name in LACKS_SOMETHING:
        return 409
    if said == "200" and of_record and name not in SPECIMENS:
        return 404
    if said == "302" and name in LEADS_ON:
        return 404
    return 302 if said == "login" else int(said)


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_page_opens_and_leads_to_open_pages(role: str, asked: Callable, client: Client) -> None:
    user, who = asked(role) if role else (AnonymousUser(), client)
    who.raise_request_exception = False
    wrong, codes, linked = set(), dict[str, int](), dict[str, str]()
    table = {row.name: row.codes["GET"][LIKE[role]] for row in table_read()}
    for name, url, of_record in addresses():
        of_record = of_record and bool(role or name not in TO_STRANGERS)
        answer = who.get(url)
        codes[url] = answer.status_code
        if answer.status_code != (said := expected(name, table[name], of_record=of_record)):
            wrong.add(f"{name} {url}: {answer.status_code}, not {said}")
        if answer.status_code == 409 and not any(
            may_open(user, one) for one in links_of(page(answer), url) if one != "/"
        ):
            wrong.add(f"{name} {url} does not say what comes first")
        if (
            role
            and answer.status_code == 200
            and not of_record
            and opens(name)
            and (found := page(answer)) is not None
        ):
            linked |= dict.fromkeys(links_of(found, url), name)
    for target, name in linked.items():
        code = codes[target] if target in codes else who.get(target).status_code
        if code >= 400:
            wrong.add(f"{name} leads to {target}: {code}")
    assert sorted(wrong) == []


def empties(answer: Any) -> list[HtmlElement]:
    return [one for one in page(answer).iter("div") if "empty" in (one.get("class") or "").split()]


@pytest.mark.parametrize("role", [OFFICE, OWNER, ADMIN])
def test_an_empty_list_says_what_to_do_first(role: str, asked: Callable) -> None:
    user, client = asked(role)
    for name, first_name in FIRST.items():
        url, first = reverse(name), first_name and reverse(first_name)
        if not may_open(user, url):
            continue
        shown = empties(client.get(url))
        assert shown, f"{name}: an empty table says nothing"
        buttons = [link.get("href") for one in shown for link in one.iter("a")]
        if first and name != "office:dashboard":
            assert (first in buttons) == may_open(user, first), name
        assert all(may_open(user, button) for button in buttons), name
        assert all(one.findtext("p") for one in shown), name


def test_each_list_is_in_the_table() -> None:
    lists = {name for name, _url, of_record in addresses() if name.endswith("_list") and not of_record}
    assert lists - FIRST.keys() - NEVER_EMPTY == set()


@pytest.mark.parametrize("role", [OWNER, ADMIN])
def test_the_dashboard_leads_to_the_first_steps(role: str, asked: Callable) -> None:
    _user, client = asked(role)
    assert reverse("office:guide") in client.get(reverse("office:dashboard")).content.decode()


@pytest.mark.parametrize("name", ["intake:request_create", "quotes:quote_create"])
def test_a_form_without_kinds_of_work_says_where_they_are_made(name: str, asked: Callable) -> None:
    _user, client = asked(OWNER)
    assert reverse("intake:request_type_create") in client.get(reverse(name)).content.decode()


def test_a_rate_without_a_vat_code_leads_to_one(asked: Callable) -> None:
    _user, client = asked(OWNER)
    answer = client.get(reverse("pricing:rate_set"))
    assert answer.status_code == 409
    assert "There is no VAT code yet" in answer.content.decode()
    assert reverse("pricing:vat_code_create") in answer.content.decode()
