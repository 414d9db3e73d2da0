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
from tests.money import money_world

MAKE = "bookkeeping:package_make"


@pytest.fixture
def office(client_as: Callable[[User], Client], cast: Cast) -> Client:
    return client_as(cast.bram)


@pytest.fixture
def invoices(cast: Cast) -> list[Invoice]:
    world = money_world()
    drafts = [invoice_draft(work_orders=[world.job()], by=cast.bram) for _n in range(3)]
    return [invoice_issue(invoice=draft, by=cast.bram) for draft in drafts]


def message_at(answer: Any, name: str) -> str:
    assert answer.status_code == 422, answer.status_code
    found = re.search(rf'id="id_{name}_error".*?</svg><span>(.*?)</span>', answer.content.decode(), re.S)
    assert found, f"nothing stands beside {name}"
    return found[1]


def ticked(answer: Any, name: str) -> list[str]:
    boxes = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', answer.content.decode())
    return [re.search(r'value="(\w+)"', box)[1] for box in boxes if " checked" in box]  # type: ignore[index]


def test_everything_is_ticked_to_begin_with(office: Client, invoices: list[Invoice]) -> None:
    page = office.get(reverse("bookkeeping:package_list"))
    assert sorted(ticked(page, "invoices")) == sorted(str(one.pk) for one in invoices)
    assert ticked(page, "contents") == list(CONTENTS)


@pytest.mark.parametrize(
    ("contents", "message"), [([], "at least one part"), (["lines", "period"], "period is not one of")]
)
def test_contents_that_cannot_be(
    office: Client, invoices: list[Invoice], contents: list[str], message: str
) -> None:
    data = {"contents": contents, "invoices": [invoices[1].pk]}
    answer = office.post(reverse(MAKE), data)
    assert message in message_at(answer, "contents")
    assert ticked(answer, "invoices") == [str(invoices[1].pk)]
    assert ticked(answer, "contents") == [one for one in contents if one in CONTENTS]
    assert not Package.objects.exists()


def test_no_invoice_ticked(office: Client, invoices: list[Invoice]) -> None:
    answer = office.post(reverse(MAKE), {"contents": ["lines"]})
    assert message_at(answer, "invoices") == "Tick at least one invoice."
    assert ticked(answer, "invoices") == []
    assert ticked(answer, "contents") == ["lines"]
    assert not Package.objects.exists()


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "9" * 30])
def test_an_invoice_that_is_not_there(office: Client, invoices: list[Invoice], wrong: str) -> None:
    answer = office.post(reverse(MAKE), {"contents": ["lines"], "invoices": [invoices[0].pk, wrong]})
    assert message_at(answer, "invoices")
    assert ticked(answer, "invoices") == [str(invoices[0].pk)]
    assert not Package.objects.exists()


def test_an_invoice_that_a_colleague_exported_meanwhile(
    office: Client, invoices: list[Invoice], cast: Cast
) -> None:
    package_make(by=cast.petra, contents={"lines"}, invoices=invoices[:1])
    answer = office.post(reverse(MAKE), {"contents": ["lines"], "invoices": [one.pk for one in invoices]})
    assert "was exported already" in message_at(answer, "invoices")
    assert sorted(ticked(answer, "invoices")) == sorted(str(one.pk) for one in invoices[1:])
    assert Package.objects.count() == 1


def test_a_refused_package_takes_no_number(office: Client, invoices: list[Invoice]) -> None:
    office.post(reverse(MAKE), {"contents": ["lines"]})
    office.post(reverse(MAKE), {"contents": ["lines"], "invoices": [one.pk for one in invoices]})
    assert Package.objects.get().number.endswith("-0001")


def test_what_does_not_fit_on_the_page_goes_in_without_what_was_unticked(
    office: Client, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.bookkeeping.views.PREVIEWED", 2)
    page = office.get(reverse("bookkeeping:package_list"))
    shown = ticked(page, "invoices")
    assert len(shown) == 2
    assert re.search(r'<input type="checkbox" name="all"[^>]* checked', page.content.decode())
    office.post(reverse(MAKE), {"contents": ["lines"], "invoices": shown[:1], "all": "on"})
    held = Package.objects.get().lines.values_list("invoice", flat=True)
    assert sorted(held) == sorted(one.pk for one in invoices if str(one.pk) != shown[1])


def test_a_package_that_the_worker_would_make_needs_a_fit_form_too(
    office: Client, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.bookkeeping.views.AT_ONCE", 0)
    assert office.post(reverse(MAKE), {"contents": ["pdf"], "invoices": ["0"]}).status_code == 422
    assert not PackageRun.objects.exists()
