"""Bad input at each form of invoicing: the message at the field, what was typed stays, nothing is half-written."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.core.idempotency import key_for, key_read
from apps.invoicing.actions import invoice_credit, payment_record
from apps.invoicing.models import Invoice, InvoiceLine, Payment
from apps.messaging.models import Message
from tests.conftest import Cast
from tests.money import MoneyWorld
from tests.pages import Page, flat, post_by_hand, submit
from tests.tampering import submit_tampered

Post = Callable[..., HttpResponse]


@pytest.fixture
def office(client_as: Callable[[User], Client], bram: User) -> Client:
    return client_as(bram)


def message_at(answer: Any, name: str) -> str:
    """What stands beside the field; an invalid form answers 422 with itself."""
    assert answer.status_code == 422, answer.status_code
    found = re.search(
        rf'id="id_{name}_error".*?</svg><span>(.*?)</span>', flat(answer.content.decode()), re.S
    )
    assert found, f"nothing stands beside {name}"
    return found[1]


def typed(answer: Any, name: str) -> str:
    """What stands in the field."""
    text = answer.content.decode()
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)
    if found:
        value = re.search(r'value="([^"]*)"', found[0])
        return value[1] if value else ""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', text, re.S)
    assert area, f"no field {name}"
    return area[1]


# -- a payment ---------------------------------------------------------------------------------


def payment(**more: str) -> dict[str, str]:
    given = {
        "amount": "100.00",
        "method": "bank",
        "paid_on": clock.today().isoformat(),
        "reference": "afschrift 7",
    }
    return given | more


def detail(invoice: Invoice) -> str:
    return reverse("invoicing:invoice_detail", args=[invoice.pk])


def pay_page(invoice: Invoice) -> str:
    return reverse("invoicing:payment_record", args=[invoice.pk])


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("amount", "0", "Give an amount."),
        ("amount", "", "This field is required."),
        ("amount", "veel", "Type a number, such as 12.50."),
        ("amount", "10.0055", "At most 2 decimals fit here."),
        ("amount", "99999999999", "Type at most €9,999,999,999.99"),
        ("amount", "-5", "At most €0.00 is owed to the customer."),
        ("amount", "435.80", "€435.80 is €0.01 more than is open"),
        ("paid_on", "", "This field is required."),
        ("paid_on", "31-31-2026", "Enter a valid date."),
        ("reference", "x" * 141, "at most 140 characters"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be(
    office: Client, sent: Invoice, field: str, value: str, message: str
) -> None:
    given = payment(**{field: value})
    answer = submit(pay_page(sent), client=office, past_browser=True, **given)
    assert message in message_at(answer, field)
    assert typed(answer, field) == value
    if field != "reference":
        assert typed(answer, "reference") == "afschrift 7"
    assert not Payment.objects.exists()
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_a_payment_before_the_invoice_is_asked_about_once(office: Client, sent: Invoice) -> None:
    """Paid on the spot, before there was an invoice, happens; more is a typing error."""
    early, asked = day(-3), "was not there yet"
    answer = submit(pay_page(sent), client=office, **payment(paid_on=early))
    assert asked in message_at(answer, "paid_on")
    other = submit(answer, client=office, paid_on=day(-4), sure_paid_on=early)
    assert asked in message_at(other, "paid_on")
    assert submit(other, client=office, paid_on=day(-4), sure_paid_on=day(-4)).status_code == 302
    assert Payment.objects.get().paid_on.isoformat() == day(-4)


def test_a_payment_long_before_the_invoice_is_refused(office: Client, sent: Invoice) -> None:
    for gone in ("1926-11-28", day(-367)):
        answer = submit(pay_page(sent), client=office, **payment(paid_on=gone))
        assert "more than a year before" in message_at(answer, "paid_on")
        assert typed(answer, "paid_on") == gone
    assert not Payment.objects.exists()


def test_a_sure_day_is_no_word_about_the_amount(office: Client, sent: Invoice) -> None:
    given = payment(paid_on=day(-3), amount="500.00")
    answer = submit(pay_page(sent), client=office, **given)
    again = submit(answer, client=office, sure_paid_on=day(-3))
    assert "more than is open" in message_at(again, "amount")
    assert not Payment.objects.exists()


def test_a_payment_by_a_method_that_is_not_offered(office: Client, sent: Invoice) -> None:
    answer = submit_tampered(pay_page(sent), payment(method="shells"), client=office, form=pay_page(sent))
    assert "shells is not one of the available choices" in message_at(answer, "method")
    assert typed(answer, "reference") == "afschrift 7"
    assert not Payment.objects.exists()


def test_a_payment_of_tomorrow(office: Client, sent: Invoice) -> None:
    answer = submit(pay_page(sent), client=office, past_browser=True, **payment(paid_on=day(1)))
    assert message_at(answer, "paid_on") == "A payment cannot lie in the future."
    assert (typed(answer, "amount"), typed(answer, "paid_on")) == ("100.00", day(1))
    assert not Payment.objects.exists()


def test_a_payment_of_a_draft_and_of_a_credit_note(office: Client, draft: Invoice) -> None:
    answer = post_by_hand(office, pay_page(draft), payment())
    assert "issue it first" in message_at(answer, "amount")
    assert not Payment.objects.exists()


def test_the_same_payment_from_two_tabs_counts_once_and_an_equal_one_later_counts(
    office: Client, sent: Invoice
) -> None:
    tabs = [office.get(pay_page(sent)) for _tab in range(2)]
    answers = [submit(tab, client=office, **payment()) for tab in tabs]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "already done" in office.get(answers[1]["Location"]).content.decode()
    assert Payment.objects.count() == 1
    assert submit(pay_page(sent), client=office, **payment()).status_code == 302
    assert [one.amount for one in Payment.objects.all()] == [100, 100]


def test_another_payment_from_a_tab_that_missed_the_first_is_asked_about(
    office: Client, sent: Invoice
) -> None:
    """The same key with something else typed is no second press: it is not swallowed, nor booked unseen."""
    stale = office.get(pay_page(sent))
    assert submit(stale, client=office, **payment()).status_code == 302
    answer = submit(stale, client=office, **payment(amount="35.79"))
    assert "€335.79 is open now. Is this another payment?" in message_at(answer, "amount")
    assert Payment.objects.count() == 1
    assert typed(answer, "amount") == "35.79"
    assert submit(answer, client=office, form=pay_page(sent)).status_code == 302
    assert Payment.objects.count() == 2


def test_a_colleague_who_records_the_same_payment_is_asked(
    client_as: Callable[[User], Client], cast: Cast, sent: Invoice
) -> None:
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    pages = {who: who.get(pay_page(sent)) for who in (bram, petra)}
    assert submit(pages[bram], client=bram, **payment()).status_code == 302
    again = submit(pages[petra], client=petra, **payment())
    assert "Is this another payment?" in message_at(again, "amount")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("reason", "message"), [(" ", "required"), ("x" * 141, "at most 140 characters")])
def test_a_reversal_without_a_fit_reason(
    office: Client, sent: Invoice, bram: User, reason: str, message: str
) -> None:
    paid = payment_record(invoice=sent, amount=sent.total, method="bank", paid_on=clock.today(), by=bram)
    reverse_it = reverse("invoicing:payment_reverse", args=[paid.pk])
    answer = submit(detail(sent), client=office, form=reverse_it, past_browser=True, reason=reason)
    assert message in message_at(answer, "reason")
    assert typed(answer, "reason") == reason
    assert Payment.objects.count() == 1
    sent.refresh_from_db()
    assert sent.status == "paid"


# -- a draft -----------------------------------------------------------------------------------


def change_page(draft: Invoice) -> str:
    return reverse("invoicing:invoice_change", args=[draft.pk])


def parking(world: MoneyWorld, **more: str) -> dict[str, Any]:
    given = {"description": "Parkeren", "quantity": "1", "unit": "C62", "unit_price": "5"}
    return given | {"vat_code": world.vat["21"]} | more


def change(office: Client, draft: Invoice, **more: str) -> Any:
    """Save the draft's page with that much changed; `line0` is the first line's own id."""
    ids = {f"line{n}": f"line-{pk}" for n, pk in enumerate(draft.lines.values_list("pk", flat=True))}
    typed = {re.sub(r"line\d", lambda found: ids[found[0]], name): value for name, value in more.items()}
    return submit(change_page(draft), client=office, press="Save", past_browser=True, **typed)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("payment_term_days", "121", "Type at most 120; this is 121."),
        ("payment_term_days", "-1", "Type at least 0; this is −1."),
        ("payment_term_days", "maand", "whole number"),
        ("note", "x" * 2001, "at most 2000 characters"),
        ("reference", "x" * 500, "at most"),
        ("line1-description", "", "This field is required."),
        ("line1-description", "x" * 301, "at most 300 characters"),
    ],
)  # fmt: skip
def test_a_draft_that_cannot_be(office: Client, draft: Invoice, field: str, value: str, message: str) -> None:
    answer = change(office, draft, **{"line0-description": "Anders"} | {field: value})
    lines = draft.lines.all()
    field = field.replace("line1", f"line-{lines[1].pk}")
    assert message in message_at(answer, field)
    assert typed(answer, field) == value
    assert typed(answer, f"line-{lines[0].pk}-description") == "Anders"
    draft.refresh_from_db()
    assert draft.reference == ""
    assert not draft.lines.filter(description="Anders").exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("description", "", "This field is required."),
        ("quantity", "0", "Give a quantity."),
        ("quantity", "één", "Type a number, such as 12.5."),
        ("unit_price", "", "This field is required."),
        ("unit_price", "1.23456", "At most 4 decimals fit here."),
        ("unit_price", "999999", "more than an invoice can hold"),
    ],
)  # fmt: skip
def test_a_free_line_that_cannot_be(
    office: Client, draft: Invoice, world: MoneyWorld, field: str, value: str, message: str
) -> None:
    given = parking(world, quantity="9999") | {field: value}
    answer = submit(change_page(draft), client=office, press="Add line", past_browser=True, **given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="free-{field}_error".*?<span>[^<]*{message}', text, re.S)
    assert f'value="{value}"' in text or not value
    if field != "description":
        assert 'value="Parkeren"' in text
    assert draft.lines.count() == 3


@pytest.mark.parametrize(("field", "value"), [("unit", "XXX"), ("vat_code", "0")])
def test_a_free_line_of_what_is_not_offered(
    office: Client, draft: Invoice, world: MoneyWorld, field: str, value: str
) -> None:
    given = parking(world) | {field: value}
    answer = submit_tampered(change_page(draft), given, client=office, press="Add line")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'id="free-{field}_error".*?<span>[^<]*not one of the available choices', text, re.S)
    assert 'value="Parkeren"' in text
    assert draft.lines.count() == 3


def test_a_free_line_that_is_changed_into_too_much(office: Client, draft: Invoice, world: MoneyWorld) -> None:
    added = submit(change_page(draft), client=office, press="Add line", **parking(world))
    assert added.status_code == 302
    answer = change(office, draft, **{"line3-quantity": "9999999", "line3-unit_price": "9999999"})
    line = InvoiceLine.objects.get(description="Parkeren")
    assert "more than an invoice can hold" in message_at(answer, f"line-{line.pk}-unit_price")
    assert line.net == 5


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_draft_is_not_cancelled_without_a_reason(office: Client, draft: Invoice, reason: str) -> None:
    cancel = reverse("invoicing:invoice_cancel", args=[draft.pk])
    answer = submit(detail(draft), client=office, form=cancel, past_browser=True, reason=reason)
    assert message_at(answer, "reason") == "This field is required."
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert draft.lines.filter(live=True).count() == 3


@pytest.mark.parametrize("chosen", [[], ["0"], ["9" * 30], ["x"]])
def test_a_draft_of_nothing_is_refused(office: Client, world: MoneyWorld, chosen: list[str]) -> None:
    world.job()
    page = Page.fetched(reverse("invoicing:ready_list"), office)
    press = "Make one draft per customer of what is ticked"
    if chosen:
        answer = submit_tampered(page, {"work_orders": chosen}, client=office, press=press)
    else:
        answer = submit(page, client=office, press=press)
    assert answer.status_code == 409
    assert "Choose at least one work order." in answer.content.decode()
    assert not Invoice.objects.exists()


# -- sending and crediting -----------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["invoice_send", "invoice_resend"])
@pytest.mark.parametrize("address", ["", "devries", "a@b", "a@klant.example, b@klant.example"])
def test_an_invoice_is_not_sent_to_what_is_no_address(
    office: Client, request: pytest.FixtureRequest, verb: str, address: str
) -> None:
    invoice = request.getfixturevalue("issued" if verb == "invoice_send" else "sent")
    before = Message.objects.count()
    page = reverse(f"invoicing:{verb}", args=[invoice.pk])
    answer = submit(page, client=office, past_browser=True, to_address=address)
    assert message_at(answer, "to_address")
    assert typed(answer, "to_address") == address
    status = invoice.status
    invoice.refresh_from_db()
    assert (invoice.status, Message.objects.count()) == (status, before)


def ticked(answer: Any) -> list[int]:
    boxes = re.findall(
        r'<input type="checkbox" name="(?:lines|invoices)"[^>]*>', flat(answer.content.decode())
    )
    return [int(re.search(r'value="(\d+)"', box)[1]) for box in boxes if " checked" in box]  # type: ignore[index]


@pytest.mark.parametrize(
    ("reason", "message"), [("", "required"), (" ", "required"), ("x" * 501, "at most 500")]
)
def test_a_credit_note_without_a_fit_reason(office: Client, sent: Invoice, reason: str, message: str) -> None:
    line = sent.lines.all()[1]
    url = reverse("invoicing:invoice_credit", args=[sent.pk])
    answer = submit(url, client=office, past_browser=True, lines=[line], reason=reason)
    assert message in message_at(answer, "reason")
    assert typed(answer, "reason").strip() == reason.strip()
    assert ticked(answer) == [line.pk]
    assert not Invoice.objects.filter(kind="credit_note").exists()


def test_a_credit_note_of_no_line_or_of_one_that_is_credited_already(
    office: Client, sent: Invoice, bram: User
) -> None:
    url = reverse("invoicing:invoice_credit", args=[sent.pk])
    opened = office.get(url)
    answer = submit(opened, client=office, lines=[], reason="Niet geleverd")
    assert message_at(answer, "lines") == "Tick at least one line."
    assert typed(answer, "reason") == "Niet geleverd"
    line = sent.lines.all()[0]
    invoice_credit(invoice=sent, by=bram, reason="Fout", lines=[line])
    answer = submit(opened, client=office, lines=[line], reason="Niet geleverd")
    assert "credited already" in message_at(answer, "lines")
    assert Invoice.objects.filter(kind="credit_note").count() == 1


def test_a_key_of_a_button_changes_with_each_thing_that_happens(sent: Invoice, bram: User) -> None:
    before = key_read(key_for("u1", "pay", sent)).name
    payment_record(invoice=sent, amount=sent.total / 2, method="bank", paid_on=clock.today(), by=bram)
    sent.refresh_from_db()
    assert key_read(key_for("u1", "pay", sent)).name != before
