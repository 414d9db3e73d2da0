"""The first-run guide: from an empty installation to the first invoice, by its own pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.first_admin import first_admin_path
from apps.accounts.models import Invitation, User
from apps.company.actions import setup_step_leave
from apps.company.models import Company, SetupMark
from apps.core import clock, numbering
from apps.core.numbering import number_take
from apps.intake.models import RequestType
from apps.invoicing.models import Invoice
from apps.messaging.actions import message_deliver
from apps.messaging.models import Message
from apps.office.guide import NAMES, Guide
from apps.pricing.models import Rate, VatCode
from apps.technicians.actions import technician_invite
from apps.workorders.models import JobForm, SlaClass
from tests.builders import BookingFactory, CustomerFactory, Phone, VatCodeFactory, WorkOrderFactory
from tests.conftest import PASSWORD, Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db

ANN = {
    "name": "Ann Prins",
    "email": "ann@prins.example",
    "password": PASSWORD,
    "again": PASSWORD,
    "language": "en",
}
COMPANY = {
    "name": "Prins Installatie", "street": "Haven", "house_number": "3", "postal_code": "4811 WL", "city": "Breda",
    "email": "info@prins.example", "vat_number": "NL812345678B01", "kvk_number": "68750110",
    "iban": "NL91 ABNA 0417 1643 00", "payment_term_days": "14",
}  # fmt: skip


@pytest.fixture
def ann(client: Client) -> User:
    """The first admin, in `client`."""
    submit(first_admin_path(), client=client, **ANN)
    return User.objects.get()


def step(name: str) -> str:
    return reverse("office:guide_step", args=[name])


def states(user: User) -> dict[str, str]:
    return {one["name"]: one["state"] for one in Guide(User.objects.get(pk=user.pk)).steps}


def do(client: Client, step_name: str, /, **typed: Any) -> Any:
    return submit(step(step_name), client=client, form="step", **typed)


def test_the_first_admin_is_led_to_it_and_it_asks_step_by_step(ann: User, client: Client) -> None:
    assert client.get("/").headers["Location"] == reverse("office:guide")
    assert set(states(ann).values()) == {"open"}
    order = []
    url = Guide(ann).next_url()
    for _each in NAMES:
        order.append(url)
        answer = submit(url, client=client, press="Skip this step")
        url = answer["Location"]
    assert order == [step(name) for name in NAMES]
    assert url == reverse("office:guide")
    assert set(states(ann).values()) == {"left"}
    assert client.get("/").headers["Location"] == reverse("office:dashboard")


def test_a_step_that_was_left_can_be_done_all_the_same(ann: User, client: Client) -> None:
    submit(step("company"), client=client, press="Skip this step")
    assert do(client, "company", **COMPANY)["Location"] == step("vat")
    assert states(ann)["company"] == "done"


def test_it_can_be_put_away_and_stays_under_settings(ann: User, client: Client) -> None:
    answer = submit(reverse("office:guide"), client=client, press="Do not show this by itself")
    assert answer["Location"] == reverse("office:dashboard")
    assert client.get("/").headers["Location"] == reverse("office:dashboard")
    assert SetupMark.objects.get().by == ann
    assert reverse("office:guide") in client.get(reverse("company:settings")).content.decode()
    assert client.get(reverse("office:guide")).status_code == 200


def test_a_company_that_works_is_not_asked(cast: Cast) -> None:
    """Without a step of the guide: the demo, or an installation of before there was one."""
    setup_step_leave(step=SetupMark.ALL, by=cast.ada)
    assert Guide(cast.ada).is_over


def test_a_company_that_is_there_is_changed_under_settings(ann: User, client: Client) -> None:
    first, second = client.get(step("company")), client.get(step("company"))
    submit(first, client=client, form="step", **COMPANY)
    answer = submit(second, client=client, form="step", **(COMPANY | {"name": "Another"}))
    assert answer.status_code == 422
    assert "change it under Settings" in answer.content.decode()
    assert Company.objects.get().name == "Prins Installatie"


def test_each_step_saves_what_was_typed(ann: User, client: Client) -> None:
    do(client, "company", **COMPANY)
    assert Company.objects.get().iban == "NL91ABNA0417164300"
    do(client, "vat", codes=["21", "9", "0"], default="21")
    assert set(VatCode.objects.values_list("code", "is_default")) == {
        ("21", True),
        ("9", False),
        ("0", False),
    }
    do(client, "rates", normal="64,95", call_out="39.50")
    assert dict(Rate.objects.values_list("kind", "price")) == {
        "normal": Decimal("64.95"), "call_out": Decimal("39.50"),
    }  # fmt: skip
    do(client, "numbering", **{"invoice-next-number": "141", "quote-next-start": "off"})
    year = clock.today().year % 100
    assert number_take(numbering.INVOICE) == f"F{year}-0141"
    assert number_take(numbering.QUOTE) == f"OFF{year}-0001"
    do(client, "work", types=["Leak", "Boiler replacement"], own="Gutters\n\n Zinc  work ")
    assert set(RequestType.objects.values_list("name", flat=True)) == {
        "Leak", "Boiler replacement", "Gutters", "Zinc work",
    }  # fmt: skip
    assert set(JobForm.objects.values_list("name", flat=True)) == {"Lekkage", "Cv-ketel vervangen"}
    assert SlaClass.objects.count() == 3
    do(client, "people", name="Bram Visser", email="bram@prins.example", user_roles=["office"])
    assert Invitation.objects.get().email == "bram@prins.example"
    assert states(ann)["people"] == "open", "nobody yet whom a job could be planned for"
    technician_invite(by=ann, email="tim@prins.example", name="Tim", language="nl")
    do(client, "mail")
    test = Message.objects.get(kind="test")
    assert states(ann)["mail"] == "open"
    message_deliver(message=test)
    assert set(states(ann).values()) == {"done"}
    assert client.get("/").headers["Location"] == reverse("office:dashboard")


def test_a_step_says_what_is_wrong_and_keeps_what_was_typed(ann: User, client: Client) -> None:
    answer = do(client, "company", **(COMPANY | {"iban": "NL00ABNA0417164300"}))
    assert answer.status_code == 422
    assert "This IBAN is not valid." in answer.content.decode()
    assert "NL00ABNA0417164300" in answer.content.decode()
    answer = do(client, "vat", codes=["9"], default="21")
    assert "Choose one of the codes that you use." in answer.content.decode()
    answer = do(client, "work")
    assert "name your own below" in answer.content.decode()


def test_rates_wait_for_a_vat_code(ann: User, client: Client) -> None:
    assert step("vat") in client.get(step("rates")).content.decode()


def test_a_vat_code_that_is_there_stays_as_it_is(ann: User, client: Client) -> None:
    VatCodeFactory(code="21", name="Hoog", is_default=True)
    do(client, "vat", codes=["21", "9"], default="9")
    assert VatCode.objects.get(code="21").name == "Hoog"
    assert set(VatCode.objects.values_list("code", "is_default")) == {("21", False), ("9", True)}


def test_the_codes_are_those_of_the_country(ann: User, client: Client) -> None:
    do(client, "company", **(COMPANY | {"country": "BE", "postal_code": "2000", "vat_number": ""}))
    assert [one for one, _name in client.get(step("vat")).context["form"].fields["codes"].choices][:3] == [
        "21",
        "12",
        "6",
    ]


def test_an_owner_does_what_they_may(cast: Cast, client_as: Any) -> None:
    User.objects.exclude(pk=cast.olga.pk).update(is_active=False)  # or there would be technicians
    client = client_as(cast.olga)
    assert client.get(step("company")).status_code == 200
    assert client.get(step("people")).status_code == 403
    assert "Somebody else does this" in client.get(reverse("office:guide")).content.decode()
    assert client.get("/start/no-such-step/").status_code == 404


def first_draft(ann: User, client: Client) -> Invoice:
    """Of a job with a quarter of an hour of travel and an hour of work."""
    tim = technician_invite(by=ann, email="tim@prins.example", name="Tim", language="nl")
    order = WorkOrderFactory(
        by=ann, customer=CustomerFactory(), type=RequestType.objects.get(), billing_basis="actuals"
    )
    start = (timezone.localtime(clock.now()) - timedelta(days=1)).replace(hour=10, minute=0)
    phone = Phone(tim.user, BookingFactory(by=ann, technician=tim, work_order=order, start=start))
    phone.travel(15).work(60).finish()
    submit(reverse("review:review_list"), client=client, press="Review")
    page = reverse("review:review_detail", args=[order.pk])
    submit(page, client=client, press="The reason will do")  # why nobody signed
    answer = submit(page, client=client, press="Approve")
    assert answer.status_code == 303
    submit(reverse("invoicing:ready_list"), client=client, press="Make draft")
    return Invoice.objects.get()


@pytest.mark.parametrize("missing", ["vat_number", "iban"])
def test_a_company_that_cannot_invoice_yet_is_not_done_and_reads_why(
    ann: User, client: Client, missing: str
) -> None:
    do(client, "company", **(COMPANY | {missing: ""}))
    assert states(ann)["company"] == "open"
    assert "must stand on an invoice: fill them in first" in client.get(step("company")).content.decode()
    submit(reverse("company:company_change"), client=client, **{missing: COMPANY[missing]})
    assert states(ann)["company"] == "done"


def test_a_refused_invoice_leads_to_what_the_company_lacks(ann: User, client: Client) -> None:
    do(client, "company", **(COMPANY | {"vat_number": ""}))
    do(client, "vat")
    do(client, "rates", normal="62,50")
    do(client, "work", types=["Ventilation"])
    draft = first_draft(ann, client)
    answer = submit(
        reverse("invoicing:invoice_detail", args=[draft.pk]), client=client, press="Issue the invoice"
    )
    assert answer.status_code == 409
    assert f'href="{reverse("company:company_change")}"' in answer.content.decode()


def test_the_result_is_enough_for_the_first_invoice(ann: User, client: Client) -> None:
    """What follows uses nothing but what the guide made, and what comes with a first job."""
    do(client, "company", **COMPANY)
    do(client, "vat")
    do(client, "rates", normal="62,50", travel="48")
    do(client, "numbering", **{"invoice-next-number": "141"})
    do(client, "work", types=["Ventilation"])
    draft = first_draft(ann, client)
    submit(reverse("invoicing:invoice_detail", args=[draft.pk]), client=client, press="Issue the invoice")
    draft.refresh_from_db()
    assert draft.number == f"F{clock.today().year % 100}-0141"
    assert draft.net == Decimal("62.50") + Decimal("12.00")
    assert draft.vat == Decimal("15.65")
    assert client.get(reverse("invoicing:invoice_pdf", args=[draft.pk])).status_code == 200
    assert client.get(reverse("invoicing:invoice_ubl", args=[draft.pk])).status_code == 200
