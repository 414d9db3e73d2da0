import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.core import clock, formats
from apps.invoicing.actions import fact_mark, invoice_credit, invoice_draft, invoice_issue, payment_record
from apps.invoicing.models import Invoice, InvoiceLine, Payment
from apps.messaging.models import Message
from tests.conftest import Cast
from tests.inputs import PageError
from tests.money import MoneyWorld
from tests.pages import post_by_hand, submit
from tests.statements import statements
from tests.tampering import submit_tampered

ClientAs = Callable[[User], Client]
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "=1+1",
    "‮evil",
    "'\"><img src=x onerror=alert(1)>",
    "🔥" * 40,
]


@pytest.fixture
def office(client_as: ClientAs, bram: User) -> Client:
    return client_as(bram)


def test_who_may_open_what(client_as: ClientAs, cast: Cast, issued: Invoice) -> None:
    pages = ["invoicing:invoice_list", "invoicing:ready_list"]
    details = ["invoicing:invoice_detail", "invoicing:invoice_pdf", "invoicing:invoice_send"]
    urls = [reverse(name) for name in pages] + [reverse(name, args=[issued.pk]) for name in details]
    for url in urls:
        assert client_as(cast.tim).get(url).status_code == 403, url
        assert client_as(cast.bram).get(url).status_code == 200, url
        assert Client().get(url).status_code == 302, url


def test_actions_are_for_those_who_may_and_only_by_post(
    client_as: ClientAs, cast: Cast, draft: Invoice
) -> None:
    url = reverse("invoicing:invoice_issue", args=[draft.pk])
    assert post_by_hand(client_as(cast.tim), url).status_code == 403
    assert post_by_hand(client_as(cast.ada), url).status_code == 403
    assert client_as(cast.bram).get(url).status_code == 302
    nothing = reverse("invoicing:invoice_issue", args=[0])
    assert post_by_hand(client_as(cast.bram), nothing).status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_from_the_queue_to_paid_by_hand(office: Client, world: MoneyWorld) -> None:
    customer, other = world.customer(), world.customer(name="Bakker")
    orders = [world.job(customer=customer), world.job(customer=customer), world.job(customer=other)]
    page = office.get(reverse("invoicing:ready_list"))
    assert all(order.number in page.content.decode() for order in orders)
    make = "Make one draft per customer of what is ticked"
    answer = submit(page, client=office, press=make, work_orders=orders)
    assert answer.status_code == 302
    assert Invoice.objects.count() == 2
    invoice = Invoice.objects.get(customer=customer)
    detail = reverse("invoicing:invoice_detail", args=[invoice.pk])
    assert submit(detail, client=office, press="Issue the invoice").status_code == 302
    page = reverse("invoicing:invoice_send", args=[invoice.pk])
    sent = submit(page, client=office, to_address="x@klant.example")
    assert sent.status_code == 302
    assert Message.objects.about(invoice).get().to_address == "x@klant.example"
    page = reverse("invoicing:payment_record", args=[invoice.pk])
    paid = submit(page, client=office, amount="314.60", method="pin", paid_on=clock.today())
    assert paid.status_code == 302
    for kind in ("delivered", "booked"):
        submit(detail, client=office, form=reverse(f"invoicing:{kind}_mark", args=[invoice.pk]))
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert Invoice.objects.complete().get() == invoice
    assert "Case complete" in office.get(detail).content.decode()


def test_pressing_issue_twice_gives_the_first_answer(office: Client, draft: Invoice) -> None:
    page = office.get(reverse("invoicing:invoice_detail", args=[draft.pk]))
    first, second = (submit(page, client=office, press="Issue the invoice") for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Invoice.objects.issued().count() == 1


def test_a_refused_move_says_why_and_changes_nothing(office: Client, issued: Invoice) -> None:
    answer = post_by_hand(office, reverse("invoicing:invoice_issue", args=[issued.pk]))
    assert answer.status_code == 409
    assert "no longer a draft" in answer.content.decode()


def test_a_wrong_payment_keeps_what_was_typed(office: Client, sent: Invoice) -> None:
    url = reverse("invoicing:payment_record", args=[sent.pk])
    answer = submit(url, client=office, amount="9999", method="bank", reference="afschrift 7")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "afschrift 7" in text
    assert "435" in text
    assert submit(answer, client=office, amount="abc", past_browser=True).status_code == 422
    assert not Payment.objects.exists()


def change_page(office: Client, draft: Invoice) -> HttpResponse:
    return office.get(reverse("invoicing:invoice_change", args=[draft.pk]))


def named(draft: Invoice, name: str) -> list[str]:
    """What the field is called at each line of the draft."""
    return [f"line-{pk}-{name}" for pk in draft.lines.values_list("pk", flat=True)]


def test_changing_a_draft(office: Client, draft: Invoice) -> None:
    descriptions = {name: f"Regel {n}" for n, name in enumerate(named(draft, "description"))}
    typed = {"reference": "PO 9", "payment_term_days": 30, "note": "Met dank", **descriptions}
    answer = submit(change_page(office, draft), client=office, press="Save", **typed)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.reference, draft.payment_term_days, draft.net) == ("PO 9", 30, Decimal("379.99"))
    assert [line.description for line in draft.lines.all()] == ["Regel 0", "Regel 1", "Regel 2"]


def test_a_draft_with_a_line_that_says_nothing_keeps_what_was_typed(office: Client, draft: Invoice) -> None:
    first, second, _third = named(draft, "description")
    typed = {first: "Regel 1", second: ""}
    answer = submit(change_page(office, draft), client=office, press="Save", past_browser=True, **typed)
    assert answer.status_code == 422
    assert "Regel 1" in answer.content.decode()
    again = submit(answer, client=office, press="Save", **{second: "Regel 2"})
    assert again.status_code == 302
    assert [line.description for line in draft.lines.all()][:2] == ["Regel 1", "Regel 2"]


def test_quantity_and_price_of_a_reviewed_line_are_nobody_s_to_type(office: Client, draft: Invoice) -> None:
    page = change_page(office, draft)
    for name in ("quantity", "unit_price"):
        with pytest.raises(PageError):
            submit(page, client=office, press="Save", **{named(draft, name)[0]: "99"})
    given = {named(draft, "description")[0]: "x", named(draft, "unit_price")[0]: "0.01"}
    answer = submit_tampered(page, given, client=office, press="Save")
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.net == Decimal("379.99")


def test_a_line_that_a_colleague_adds_or_takes_off_moves_no_other(office: Client, draft: Invoice) -> None:
    """The page of another tab is older: what was typed belongs to the line beside which it was typed."""
    page, names = change_page(office, draft), named(draft, "description")
    submit(change_page(office, draft), client=office, description="Parkeren", quantity=2, unit_price=5)
    answer = submit(page, client=office, press="Save", **{names[2]: "Derde"})
    assert answer.status_code == 302
    assert [line.description for line in draft.lines.all()][2:] == ["Derde", "Parkeren"]
    page = change_page(office, draft)
    first = draft.lines.all()[0]
    assert submit(change_page(office, draft), client=office, form=f"remove-{first.pk}").status_code == 302
    answer = submit(page, client=office, press="Save", **{names[1]: "Tweede"})
    assert answer.status_code == 409
    assert "A line that was removed" in answer.content.decode()
    assert submit(answer, client=office, press="Save as chosen").status_code == 302
    assert [line.description for line in draft.lines.all()] == ["Tweede", "Derde", "Parkeren"]


def test_adding_and_removing_a_free_line(office: Client, draft: Invoice) -> None:
    free = {"description": "Parkeren", "unit": "piece", "unit_price": 5}
    wrong = submit(change_page(office, draft), client=office, press="Add line", quantity=0, **free)
    assert wrong.status_code == 422
    assert submit(wrong, client=office, press="Add line", quantity=2).status_code == 302
    line = InvoiceLine.objects.get(description="Parkeren")
    typed = {f"line-{line.pk}-quantity": 3, f"line-{line.pk}-unit_price": 6}
    assert submit(change_page(office, draft), client=office, press="Save", **typed).status_code == 302
    line.refresh_from_db()
    assert line.net == 18
    removed = submit(change_page(office, draft), client=office, press="Take “Parkeren” off")
    assert removed.status_code == 302
    assert not InvoiceLine.objects.filter(pk=line.pk).exists()


def test_a_wrong_free_line_leaves_the_draft_s_own_form_where_it_was(office: Client, draft: Invoice) -> None:
    """The page came from another address then: its other form still goes to its own."""
    wrong = submit(change_page(office, draft), client=office, description="P", quantity=0, unit_price=1)
    assert submit(wrong, client=office, press="Save", reference="PO 10").status_code == 302
    draft.refresh_from_db()
    assert draft.reference == "PO 10"


def test_crediting_chosen_lines(office: Client, sent: Invoice) -> None:
    url = reverse("invoicing:invoice_credit", args=[sent.pk])
    line = sent.lines.all()[0]
    unexplained = submit(url, client=office, lines=[line], reason="", past_browser=True)
    assert unexplained.status_code == 422
    not_there = submit_tampered(url, {"lines": [0], "reason": "x"}, client=office, form=url)
    assert not_there.status_code == 422
    assert submit(unexplained, client=office, reason="Niet geleverd").status_code == 302
    assert Invoice.objects.get(kind="credit_note").net == line.net


def test_the_list_filters_by_status_and_possible_action(
    office: Client, world: MoneyWorld, bram: User
) -> None:
    invoices = {}
    for name in ("draft", "issued", "paid"):
        order = world.job(customer=world.customer(name=f"Klant {name}"))
        invoices[name] = invoice_draft(work_orders=[order], by=bram)
        if name != "draft":
            invoice_issue(invoice=invoices[name], by=bram)
    payment_record(
        invoice=invoices["paid"], amount=Decimal("157.30"), method="pin", paid_on=clock.today(), by=bram
    )

    def shown(query: str) -> set[str]:
        text = office.get(reverse("invoicing:invoice_list") + query).content.decode()
        return {name for name in invoices if f"Klant {name}" in text}

    assert shown("") == {"draft", "issued", "paid"}
    assert shown("?status=paid") == {"paid"}
    assert shown("?possible=book") == {"paid"}
    assert shown("?possible=send") == {"issued"}
    assert shown("?possible=issue") == {"draft"}
    assert shown("?q=klant+dra") == {"draft"}
    assert shown("?show=overdue") == set()
    assert shown("?sort=-amount") == {"draft", "issued", "paid"}
    with clock.at(clock.now() + timedelta(days=60)):
        assert shown("?show=overdue") == set()  # nobody asked for it yet
        fact_mark(invoice=invoices["issued"], kind="sent", by=bram)
        assert shown("?show=overdue") == shown("?possible=remind") == {"issued"}
    for url in ("?export=csv", "?export=xlsx"):
        assert office.get(reverse("invoicing:invoice_list") + url).status_code == 200
    fact_mark(invoice=invoices["paid"], kind="booked", by=bram)
    assert shown("?possible=book") == set()


def test_a_spreadsheet_of_the_list_counts_credit_notes_against(
    office: Client, sent: Invoice, bram: User
) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="Niet geleverd", lines=[sent.lines.all()[1]])
    page = office.get(reverse("invoicing:invoice_list"))
    assert formats.money(-note.total) in page.content.decode()
    file = office.get(reverse("invoicing:invoice_list") + "?export=xlsx")
    heading, *rows = load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True)
    amounts = [Decimal(str(row[heading.index("Amount")])) for row in rows]
    assert sorted(amounts) == [-note.total, sent.total]


def test_a_list_takes_as_many_queries_for_one_row_as_for_many(
    office: Client, world: MoneyWorld, bram: User
) -> None:
    pages = [reverse("invoicing:invoice_list"), reverse("invoicing:ready_list")]

    def add(count: int) -> None:
        for _n in range(count):
            invoice_draft(work_orders=[world.job()], by=bram)
            world.job()

    add(1)
    few = [statements(office, page) for page in pages]
    add(4)  # still one page: a second one adds the count
    assert [statements(office, page) for page in pages] == few


def test_the_detail_asks_the_same_for_one_line_as_for_many(
    office: Client, world: MoneyWorld, bram: User
) -> None:
    asked = []
    for count in (1, 6):
        order = world.job(*[("1", "50.00", "21")] * count)
        invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
        asked.append(statements(office, reverse("invoicing:invoice_detail", args=[invoice.pk])))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_harmlessly(office: Client, world: MoneyWorld, bram: User, text: str) -> None:
    order = world.job({"description": text[:300]}, customer=world.customer(name=text[:120]))
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    for url in (
        reverse("invoicing:invoice_list"),
        reverse("invoicing:invoice_detail", args=[invoice.pk]),
        reverse("invoicing:invoice_credit", args=[invoice.pk]),
    ):
        page = office.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in page or "{{ 7*7 }}" not in text or "{{ 7*7 }}" in page
    assert office.get(reverse("invoicing:invoice_pdf", args=[invoice.pk])).status_code == 200
    export = office.get(reverse("invoicing:invoice_list") + "?export=csv").content.decode()
    assert "\n=1+1" not in export
    assert ";=1+1" not in export
