"""Bad input where a package is made: the message at the field, the ticks as they were, no package and no number."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import Package, PackageRun
from apps.bookkeeping.rules import CONTENTS
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.invoicing.models import Invoice
from tests.conftest import Cast
from tests.kept import kept
from tests.money import money_world
from tests.pages import flat, submit
from tests.tampering import submit_tampered

PAGE, MAKE = "/bookkeeping/", "/bookkeeping/make/"


@pytest.fixture
def office(client_as: Callable[[User], Client], cast: Cast) -> Client:
    return client_as(cast.bram)


@kept
def invoices(cast: Cast) -> list[Invoice]:
    world = money_world()
    drafts = [invoice_draft(work_orders=[world.job()], by=cast.bram) for _n in range(3)]
    return [invoice_issue(invoice=draft, by=cast.bram) for draft in drafts]


def message_at(answer: Any, name: str) -> str:
    assert answer.status_code == 422, answer.status_code
    found = re.search(
        rf'id="id_{name}_error".*?</svg><span>(.*?)</span>', flat(answer.content.decode()), re.S
    )
    assert found, f"nothing stands beside {name}"
    return found[1]


def ticked(answer: Any, name: str) -> list[str]:
    boxes = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', flat(answer.content.decode()))
    return [re.search(r'value="(\w+)"', box)[1] for box in boxes if " checked" in box]  # type: ignore[index]


def test_everything_is_ticked_to_begin_with(office: Client, invoices: list[Invoice]) -> None:
    page = office.get(reverse("bookkeeping:package_list"))
    assert sorted(ticked(page, "invoices")) == sorted(str(one.pk) for one in invoices)
    assert ticked(page, "contents") == list(CONTENTS)


def test_a_package_of_no_part(office: Client, invoices: list[Invoice]) -> None:
    answer = submit(PAGE, client=office, form=MAKE, contents=[], invoices=[invoices[1]])
    assert "at least one part" in message_at(answer, "contents")
    assert ticked(answer, "invoices") == [str(invoices[1].pk)]
    assert ticked(answer, "contents") == []
    assert not Package.objects.exists()


def test_a_part_that_is_not_offered(office: Client, invoices: list[Invoice]) -> None:
    given = {"contents": ["lines", "period"], "invoices": [invoices[1].pk]}
    answer = submit_tampered(PAGE, given, client=office, form=MAKE)
    assert "period is not one of" in message_at(answer, "contents")
    assert ticked(answer, "invoices") == [str(invoices[1].pk)]
    assert ticked(answer, "contents") == ["lines"]
    assert not Package.objects.exists()


def test_no_invoice_ticked(office: Client, invoices: list[Invoice]) -> None:
    answer = submit(PAGE, client=office, form=MAKE, contents=["lines"], invoices=[])
    assert message_at(answer, "invoices") == "Tick at least one invoice."
    assert ticked(answer, "invoices") == []
    assert ticked(answer, "contents") == ["lines"]
    assert not Package.objects.exists()


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "9" * 30])
def test_an_invoice_that_is_not_there(office: Client, invoices: list[Invoice], wrong: str) -> None:
    given = {"contents": ["lines"], "invoices": [invoices[0].pk, wrong]}
    answer = submit_tampered(PAGE, given, client=office, form=MAKE)
    assert message_at(answer, "invoices")
    assert ticked(answer, "invoices") == [str(invoices[0].pk)]
    assert not Package.objects.exists()


def test_an_invoice_that_a_colleague_exported_meanwhile(
    office: Client, invoices: list[Invoice], cast: Cast
) -> None:
    page = office.get(PAGE)
    package_make(by=cast.petra, contents={"lines"}, invoices=invoices[:1])
    answer = submit(page, client=office, form=MAKE, contents=["lines"])
    assert "was exported already" in message_at(answer, "invoices")
    assert sorted(ticked(answer, "invoices")) == sorted(str(one.pk) for one in invoices[1:])
    assert Package.objects.count() == 1


def test_a_refused_package_takes_no_number(office: Client, invoices: list[Invoice]) -> None:
    refused = submit(PAGE, client=office, form=MAKE, contents=["lines"], invoices=[])
    submit(refused, client=office, form=MAKE, invoices=invoices)
    assert Package.objects.get().number.endswith("-0001")


def test_what_does_not_fit_on_the_page_goes_in_without_what_was_unticked(
    office: Client, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.bookkeeping.views.PREVIEWED", 2)
    page = office.get(reverse("bookkeeping:package_list"))
    shown = ticked(page, "invoices")
    assert len(shown) == 2
    assert re.search(r'<input type="checkbox" name="all"[^>]* checked', page.content.decode())
    submit(page, client=office, form=MAKE, contents=["lines"], invoices=shown[:1])
    held = Package.objects.get().lines.values_list("invoice", flat=True)
    assert sorted(held) == sorted(one.pk for one in invoices if str(one.pk) != shown[1])


def test_a_package_that_the_worker_would_make_needs_a_fit_form_too(
    office: Client, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.bookkeeping.views.AT_ONCE", 0)
    answer = submit_tampered(PAGE, {"contents": ["pdf"], "invoices": ["0"]}, client=office, form=MAKE)
    assert answer.status_code == 422
    assert not PackageRun.objects.exists()
