"""Two people, or two tabs, at every page that changes what exists: the second is refused with both versions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import lxml.html
from django.test import Client, TestCase
from django.urls import reverse
from django.utils.translation import override

from apps.acceptance.cast import cast_make
from apps.accounts.models import User
from apps.company.actions import opening_hours_set
from apps.company.models import Company
from apps.core import clock, formats
from apps.core.actors import SYSTEM
from apps.core.models import Series
from apps.customers.actions import contact_create, equipment_create
from apps.intake.actions import request_create
from apps.intake.models import RequestFormSettings
from apps.invoicing.actions import invoice_draft
from apps.maintenance.actions import contract_create
from apps.maintenance.models import ContractVisit
from apps.pricing.actions import policy_set
from apps.pricing.models import MaterialPrice, Rate, TechnicianRate
from apps.quotes.actions import template_create
from apps.technicians.actions import certificate_kind_create
from apps.technicians.models import WorkingPattern
from apps.workorders.actions import FieldDraft, job_form_create, work_order_create
from tests.conftest import PASSWORD, user_make
from tests.money import money_world
from tests.pages import submit
from tests.world import routes


def later(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def said(days: int) -> str:
    """The same day, as a page in English shows it."""
    with override("en"):
        return " ".join(formats.day(clock.today() + timedelta(days=days)).split())


@dataclass
class Page:
    """A page that changes `of`, what the first and the second type there, and how both show it."""

    first: dict[str, Any]
    second: dict[str, Any]
    of: str = ""
    shows: tuple[str, str] | None = None
    save: str = "Save"
    form: str = ""
    query: str = ""
    take: str = ""  # the part of which both versions are asked about; the field itself when left out
    proof: bool = False  # the second gives more rights than the first left: the password is asked
    kept: Callable[[], Any] | None = None  # what is stored in the end, where the page does not show it

    @property
    def words(self) -> tuple[str, str]:
        return self.shows or (str(next(iter(self.first.values()))), str(next(iter(self.second.values()))))

    @property
    def part(self) -> str:
        return self.take or next(iter(self.first))


def newest(model: Any, name: str) -> Callable[[], str]:
    """What the newest of these prices is."""
    return lambda: f"{getattr(model.objects.order_by('-valid_from')[0], name):.2f}"


def same_field(name: str, first: Any = "First words", second: Any = "Second words", **more: Any) -> Page:
    return Page({name: first}, {name: second}, **more)


PAGES: dict[str, Page] = {
    "customers:customer_change": same_field("remarks", of="customer"),
    "customers:site_change": same_field("access_notes", of="site"),
    "customers:site_place": same_field("coordinates", "51.58000, 4.77000", "51.59000, 4.78000", of="site"),
    "customers:contact_change": same_field("role", of="contact"),
    "customers:equipment_change": same_field("make", of="equipment"),
    "company:company_change": same_field("quote_terms"),
    "company:opening_hours_set": same_field(
        "day1_until1", "16:15", "17:45", shows=("08:00 – 16:15", "08:00 – 17:45"), take="day1_from1"
    ),
    "company:series_prefix_set": same_field("quote-prefix", "QA", "QB", of="series", save="Change"),
    "materials:material_change": same_field("name", of="material"),
    "materials:material_price_set": Page(
        {"price": "1411.25", "valid_from": later(40)},
        {"price": "1422.35", "valid_from": later(40)},
        of="material",
        save="Set the price",
        kept=newest(MaterialPrice, "price"),
    ),
    "technicians:technician_change": same_field("region", of="technician"),
    "technicians:certificate_kind_change": same_field("name", of="certificate_kind"),
    "technicians:hours_set": Page(
        {"day1_until1": "16:15", "first": later(40)},
        {"day1_until1": "17:45", "first": later(40)},
        of="technician",
        shows=("00:00 – 16:15", "00:00 – 17:45"),
        take="day1_from1",
        kept=lambda: f"{WorkingPattern.objects.filter(weekday=1).order_by('-hours__valid')[0].ends:%H:%M}",
    ),
    "pricing:rate_set": Page(
        {"price": "71.25", "valid_from": later(40)},
        {"price": "72.35", "valid_from": later(40)},
        save="Set the rate",
        kept=newest(Rate, "price"),
    ),
    "pricing:technician_rate_set": Page(
        {"cost": "41.25", "valid_from": later(40)},
        {"cost": "42.35", "valid_from": later(40)},
        of="technician",
        save="Set the rate",
        kept=newest(TechnicianRate, "cost"),
    ),
    "pricing:vat_code_change": same_field("name", of="vat"),
    "pipeline:limits_set": same_field("drafted", "3", "4", save="Set the limits"),
    "field:phone_settings": same_field("holds_hours", "3", "5"),
    "pricing:policy_set": same_field("round_minutes", "10", "20"),
    "accounts:user_change": same_field("name", of="user"),
    "accounts:role_abilities": Page(
        {"owner": ["see_prices", "see_office"]},
        {"owner": ["see_prices", "see_office", "plan_work"]},
        shows=("No", "Yes"),
        proof=True,
        take="owner-plan_work",
        save="Save the matrix",
    ),
    "intake:form_settings": same_field("thanks_en"),
    "intake:request_type_change": same_field("name", of="type"),
    "intake:request_change": same_field("description", of="request"),
    "workorders:work_order_change": same_field("scope", of="order"),
    "maintenance:contract_change": same_field("scope", of="contract"),
    "maintenance:visit_move": same_field(
        "window_until", later(400), later(500), of="contract_visit", save="Move", shows=(said(400), said(500))
    ),
    "workorders:job_form_change": same_field("name", of="job_form"),
    "workorders:job_form_publish": same_field("fields-0-label", of="job_form", save="Publish", take="fields"),
    "quotes:template_change": same_field("title", of="template"),
    "invoicing:invoice_change": same_field("note", of="invoice", form="change-form"),
}


def text(answer: Any) -> str:
    main = lxml.html.document_fromstring(answer.content.decode()).find(".//main")
    return " ".join(main.text_content().split())


def kept(answer: Any, page: Page) -> Any:
    """What a fresh page shows in the field that both changed."""
    name, typed = next(iter(page.second.items()))
    shown = [
        json.loads(one.get("value"))
        for one in lxml.html.document_fromstring(answer.content.decode()).iter("input")
        if one.get("name") == "seen"
    ]
    values = next(one[name] for one in shown if name in one)
    return [one for one in typed if one in values] if isinstance(typed, list) else values[0]


class EditPagesTest(TestCase):
    records: dict[str, Any]
    anna: User
    piet: User

    @classmethod
    def setUpTestData(cls) -> None:
        cast, money = cast_make(), money_world()
        roles = ("owner", "office", "admin")
        cls.anna, cls.piet = user_make("Anna", *roles), user_make("Piet", *roles)
        Company.objects.update(vat_number="")
        opening_hours_set(by=SYSTEM, hours=[(1, time(8), time(17))])
        policy_set(by=SYSTEM, round_minutes=15, charge_travel=True)
        RequestFormSettings.objects.get_or_create(pk=1)
        made = contract_create(
            by=cls.anna, customer=cast.customer, places={cast.site: []}, title="Boiler", type=cast.type,
            price=Decimal(119), vat_code=cast.vat,
        )  # fmt: skip
        where = {"customer": cast.customer, "site": cast.site, "type": cast.type}
        cls.records = {
            "customer": cast.customer,
            "site": cast.site,
            "contact": contact_create(by=SYSTEM, customer=cast.customer, name="Mevr. Vermeer"),
            "equipment": equipment_create(by=SYSTEM, site=cast.site, kind="Boiler"),
            "company": Company.objects.get(),
            "series": Series.objects.get(name="quote"),
            "material": cast.boiler,
            "technician": cast.technician,
            "certificate_kind": certificate_kind_create(by=SYSTEM, name="Gas"),
            "vat": cast.vat,
            "user": cast.office,
            "type": cast.type,
            "request": request_create(by=cls.anna, description="It drips", **where),
            "order": work_order_create(by=cls.anna, title="Boiler", **where),
            "job_form": job_form_create(
                by=SYSTEM, name="Check", request_type=None, fields=[FieldDraft(label="Pressure")]
            ),
            "contract": made,
            "contract_visit": ContractVisit.objects.get(place__contract=made),
            "template": template_create(
                by=cls.anna, fields={"name": "Boiler", "title": "A boiler"}, lines=[]
            ),
            "invoice": invoice_draft(work_orders=[money.job(("2", "65.00", "21"))], by=cls.anna),
        }

    def client_of(self, user: User) -> Client:
        client = Client()
        client.force_login(user, backend="apps.accounts.backends.AccountBackend")
        return client

    def check(self, name: str) -> None:
        page = PAGES[name]
        address = reverse(name, args=[self.records[page.of].pk] if page.of else [])
        shown = reverse("company:series_list") if name == "company:series_prefix_set" else address
        anna, piet = self.client_of(self.anna), self.client_of(self.piet)
        sends: dict[str, Any] = {
            "press": page.save,
            "form": page.form or (address if shown != address else ""),
        }
        older, newer = anna.get(shown), piet.get(shown)

        saved = submit(newer, client=piet, **sends, **page.first)
        assert saved.status_code == 302, text(saved) if saved.status_code != 302 else ""
        refused = submit(older, client=anna, **sends, **page.second)
        assert refused.status_code == 409
        said = text(refused)
        assert "Piet changed this while you had it open" in said
        for words in page.words:
            assert words in said

        settled = submit(refused, client=anna, press="Save as chosen", **{f"take-{page.part}": "mine"})
        if page.proof:
            assert settled.status_code == 422
            settled = submit(settled, client=anna, press=page.save, password=PASSWORD)
        assert settled.status_code == 302, text(settled) if settled.status_code != 302 else ""
        stored = page.kept() if page.kept else kept(piet.get(shown), page)
        assert stored == next(iter(page.second.values()))

    def test_every_page_that_changes_what_exists_is_here(self) -> None:
        marked = {name for name, _route, pattern in routes() if getattr(pattern.callback, "edits", False)}
        assert marked == set(PAGES)


def _test_of(name: str) -> Callable[[EditPagesTest], None]:
    return lambda self: self.check(name)


for one in PAGES:
    setattr(EditPagesTest, f"test_{one.replace(':', '_')}", _test_of(one))
