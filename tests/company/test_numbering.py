"""Where the numbers of a series go on: only forward, and between invoices without a gap."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.company.actions import series_next_set
from apps.core import clock, numbering
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, PUBLIC, TECHNICIAN, as_role
from apps.core.models import AuditEvent, Counter, Series
from apps.core.numbering import number_next_set, number_take
from apps.core.refusals import Refused
from tests.conftest import Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db


def series(name: str) -> Series:
    return Series.objects.get(name=name)


def go_on(name: str, number: int) -> None:
    series_next_set(series=series(name), number=number, by=SYSTEM)


def year() -> str:
    return f"{clock.today().year % 100:02d}"


def test_the_first_number_goes_on_where_the_old_software_ended() -> None:
    go_on(numbering.INVOICE, 141)
    assert [number_take(numbering.INVOICE), number_take(numbering.INVOICE)] == [
        f"F{year()}-0141",
        f"F{year()}-0142",
    ]
    assert AuditEvent.objects.get(verb="series.next").reason == "1 → 141"


def test_a_slip_is_set_right_as_long_as_nothing_has_the_number() -> None:
    go_on(numbering.INVOICE, 1410)
    go_on(numbering.INVOICE, 141)
    assert number_take(numbering.INVOICE) == f"F{year()}-0141"


def test_between_invoices_there_can_be_no_gap() -> None:
    number_take(numbering.INVOICE)
    with pytest.raises(Refused, match="no gap"):
        go_on(numbering.INVOICE, 10)
    go_on(numbering.INVOICE, 2)  # that is the next one anyway


def test_quotes_may_leave_a_gap_and_never_go_back() -> None:
    number_take(numbering.QUOTE)
    go_on(numbering.QUOTE, 10)
    assert number_take(numbering.QUOTE) == f"Q{year()}-0010"
    for given in (1, 9, 10):
        with pytest.raises(Refused, match="at least 11"):
            go_on(numbering.QUOTE, given)


@pytest.mark.parametrize(
    ("name", "number"), [(numbering.QUOTE, 1), (numbering.INVOICE, 1), (numbering.INVOICE, 9), ("none", 9)]
)
def test_the_database_refuses_by_itself(name: str, number: int) -> None:
    number_take(numbering.QUOTE)
    number_take(numbering.INVOICE)
    with pytest.raises(DatabaseError), transaction.atomic():
        number_next_set(name, number)


def test_only_the_office_may_ask_for_it() -> None:
    for role in (TECHNICIAN, PUBLIC):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_role(role):
            number_next_set(numbering.QUOTE, 50)
    with as_role(OFFICE):
        number_next_set(numbering.QUOTE, 50)
    assert number_take(numbering.QUOTE) == f"Q{year()}-0050"


def test_the_count_that_was_given_is_never_ahead() -> None:
    number_take(numbering.QUOTE)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_counter SET given = last + 1")
    assert Counter.objects.get(series=numbering.QUOTE).given == 1


def test_it_is_chosen_on_the_page(cast: Cast, client_as: Callable[..., Client]) -> None:
    client, page = client_as(cast.ada), reverse("company:series_list")
    where = reverse("company:series_next_set", args=[series(numbering.INVOICE).pk])
    assert submit(page, client=client, form=where, **{"invoice-next-number": "1.200"}).status_code == 302
    assert f"F{year()}-1200" in client.get(page).content.decode()
    answer = submit(page, client=client, form=where, **{"invoice-next-number": "0"})
    assert answer.status_code == 422
    number_take(numbering.INVOICE)
    assert "Fixed: there can be no gap" in client.get(page).content.decode()


def test_an_older_page_cannot_go_back(cast: Cast, client_as: Callable[..., Client]) -> None:
    client = client_as(cast.ada)
    page = client.get(reverse("company:series_list"))
    for _each in range(3):
        number_take(numbering.QUOTE)
    where = reverse("company:series_next_set", args=[series(numbering.QUOTE).pk])
    answer = submit(page, client=client, form=where, **{"quote-next-number": "2"})
    assert answer.status_code == 422
    assert "at least 4" in answer.content.decode()
