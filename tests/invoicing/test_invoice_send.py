import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.invoicing.actions import (
    fact_mark,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    invoice_resend,
    invoice_send,
    payment_record,
    reminder_due,
    reminder_send,
)
from apps.invoicing.lists import InvoiceList, invoice_rows
from apps.invoicing.models import Invoice, InvoiceFact, PayLink, Reminder
from apps.invoicing.rules import collection_costs
from apps.messaging.actions import message_deliver, message_resend
from apps.messaging.links import placeholder
from apps.messaging.models import Message
from tests.conftest import Cast
from tests.invoicing.conftest import gone_out
from tests.messaging.conftest import Box
from tests.messaging.conftest import mailbox as mailbox
from tests.money import MoneyWorld
from tests.pages import submit


def test_it_mails_pdf_and_ubl_with_the_private_address(issued: Invoice, bram: User, mailbox: Box) -> None:
    invoice_send(invoice=issued, by=bram)
    message = Message.objects.about(issued).get()
    assert (message.to_address, message.language, message.kind) == ("devries@klant.example", "nl", "invoice")
    link = PayLink.objects.get(invoice=issued)
    assert placeholder("pay", link.nonce) in message.body
    assert link.token_hash == token_hash(token_for("pay", link.nonce))
    assert token_for("pay", link.nonce) not in message.body
    assert message_deliver(message=message)
    assert sorted(one.file.name for one in message.attachments.all()) == [
        f"{issued.number}.pdf",
        f"{issued.number}.xml",
    ]
    (mail,) = mailbox.mails
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == [
        f"{issued.number}.pdf",
        f"{issued.number}.xml",
    ]


def test_its_mail_is_plain_text_with_a_paragraph_for_each_thing(
    world: MoneyWorld, bram: User, mailbox: Box
) -> None:
    """No mark of HTML gets into it, whatever the names hold."""
    customer = world.customer(name="O'Brien & Zn. <Breda>")
    issued = invoice_issue(
        invoice=invoice_draft(work_orders=[world.job(customer=customer)], by=bram), by=bram
    )
    invoice_send(invoice=issued, by=bram)
    message = Message.objects.about(issued).get()
    assert message.subject == f"Factuur {issued.number} van {issued.seller['name']}"
    paragraphs = message.body.split("\n\n")
    assert paragraphs[0] == "Beste O'Brien & Zn. <Breda>,"
    assert [part.split()[0] for part in paragraphs[1:]] == ["Bedankt", "Betaal", "Online", "De", "Met"]
    message_deliver(message=message)
    (mail,) = mailbox.mails
    plain, html = (
        next(part for part in mail.walk() if part.get_content_type() == kind)
        .get_payload(decode=True)
        .decode()
        for kind in ("text/plain", "text/html")
    )
    assert plain.startswith("Beste O'Brien & Zn. <Breda>,")
    assert re.search(r"<p>Beste O&#(x27|39);Brien &amp; Zn. &lt;Breda&gt;,</p>", html)


def test_it_is_sent_when_the_mail_has_left_and_not_before(issued: Invoice, bram: User, mailbox: Box) -> None:
    invoice_send(invoice=issued, by=bram)
    issued.refresh_from_db()
    assert issued.status == "issued"
    assert not InvoiceFact.objects.exists()
    message_deliver(message=Message.objects.about(issued).get())
    issued.refresh_from_db()
    assert issued.status == "sent"
    assert InvoiceFact.objects.get(invoice=issued, kind="sent").note == "devries@klant.example"


def test_while_its_mail_is_on_its_way_it_is_not_sent_again(issued: Invoice, bram: User) -> None:
    invoice_send(invoice=issued, by=bram)
    with pytest.raises(Refused, match="on its way already"):
        invoice_send(invoice=issued, by=bram)
    assert Message.objects.about(issued).count() == 1


def test_a_mail_that_is_refused_leaves_it_issued_and_to_be_sent(
    issued: Invoice, bram: User, mailbox: Box
) -> None:
    mailbox.refused = "550 no such user"
    invoice_send(invoice=issued, by=bram)
    message_deliver(message=Message.objects.about(issued).get())
    issued.refresh_from_db()
    assert issued.status == "issued"
    mailbox.refused = ""
    invoice_send(invoice=issued, by=bram, to_address="ander@klant.example")
    message_deliver(message=Message.objects.about(issued).latest("pk"))
    issued.refresh_from_db()
    assert issued.status == "sent"


def test_a_mail_that_is_sent_again_from_its_own_page_counts_too(
    issued: Invoice, bram: User, mailbox: Box
) -> None:
    mailbox.refused = "550 no such user"
    invoice_send(invoice=issued, by=bram)
    message = Message.objects.about(issued).get()
    message_deliver(message=message)
    mailbox.refused = ""
    message.refresh_from_db()
    message_resend(message=message, by=bram, to_address="ander@klant.example")
    message_deliver(message=message)
    issued.refresh_from_db()
    assert issued.status == "sent"


def test_paid_before_the_mail_left_it_stays_paid(issued: Invoice, bram: User) -> None:
    invoice_send(invoice=issued, by=bram)
    payment_record(invoice=issued, amount=issued.payable, method="pin", paid_on=clock.today(), by=bram)
    gone_out(issued)
    assert issued.status == "paid"
    assert InvoiceFact.objects.filter(invoice=issued, kind="sent").count() == 1


def test_by_post_while_a_mail_is_on_its_way_is_sent_once(issued: Invoice, bram: User) -> None:
    invoice_send(invoice=issued, by=bram)
    fact_mark(invoice=issued, kind="sent", by=bram, note="Per post")
    gone_out(issued)
    assert issued.status == "sent"
    assert InvoiceFact.objects.filter(invoice=issued, kind="sent").count() == 1


def test_what_waits_for_somebody_is_not_what_is_on_its_way(issued: Invoice, bram: User) -> None:
    assert set(Invoice.objects.waiting()) == {issued}
    assert set(Invoice.objects.unsent()) == {issued}
    invoice_send(invoice=issued, by=bram)
    assert not Invoice.objects.waiting()
    assert not Invoice.objects.unsent()


def test_without_an_address_it_says_so_and_by_post_is_possible(world: MoneyWorld, bram: User) -> None:
    order = world.job(customer=world.customer(email=""))
    quiet = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    with pytest.raises(Refused, match="no e-mail"):
        invoice_send(invoice=quiet, by=bram)
    fact_mark(invoice=quiet, kind="sent", by=bram, note="Per post")
    assert quiet.status == "sent"


def test_a_draft_cannot_be_sent(draft: Invoice, bram: User) -> None:
    with pytest.raises(Refused, match="“Send” is no longer possible"):
        invoice_send(invoice=draft, by=bram, to_address="a@b.example")
    assert not Message.objects.filter(kind__startswith="invoice").exists()


def test_it_can_be_sent_again_to_another_address_with_the_same_link(sent: Invoice, bram: User) -> None:
    nonce = PayLink.objects.get(invoice=sent).nonce
    invoice_resend(invoice=sent, by=bram, to_address="ander@klant.example")
    message = Message.objects.about(sent).latest("pk")
    assert message.to_address == "ander@klant.example"
    assert str(nonce) in message.body
    assert InvoiceFact.objects.filter(invoice=sent, kind="sent").count() == 1


def test_reminders_go_out_in_steps_and_never_early(issued: Invoice, bram: User) -> None:
    gone_out(invoice_send(invoice=issued, by=bram))
    due = issued.due_date
    assert isinstance(due, date)

    def on_day(days: int) -> datetime:
        return datetime(due.year, due.month, due.day, 10, tzinfo=UTC) + timedelta(days=days)

    for days, step in [(7, 1), (14, 2), (28, 3)]:
        with clock.at(on_day(days - 1)), pytest.raises(Refused, match="No reminder"):
            reminder_send(invoice=issued, by=bram)
        with clock.at(on_day(days)):
            assert reminder_send(invoice=issued, by=bram).step == step
    with clock.at(on_day(90)), pytest.raises(Refused, match="No reminder is due yet for"):
        reminder_send(invoice=issued, by=bram)
    assert Reminder.objects.count() == 3
    subjects = Message.objects.filter(kind="reminder").values_list("subject", flat=True)
    assert len(set(subjects)) == 1
    assert len(set(Message.objects.filter(kind="reminder").values_list("body", flat=True))) == 3


def test_a_customer_who_was_reminded_late_has_the_days_in_between_all_the_same(
    issued: Invoice, bram: User
) -> None:
    """Ninety days late and never reminded: each of the three was due, and three mails could leave within a minute."""
    gone_out(invoice_send(invoice=issued, by=bram))
    assert isinstance(issued.due_date, date)
    first = datetime(issued.due_date.year, issued.due_date.month, issued.due_date.day, 10, tzinfo=UTC)
    first += timedelta(days=90)
    for days, step in [(0, 1), (7, 2), (21, 3)]:
        with clock.at(first + timedelta(days=days)):
            assert reminder_send(invoice=issued, by=bram).step == step
        for early in (timedelta(minutes=1), timedelta(days=6)):
            with clock.at(first + timedelta(days=days) + early), pytest.raises(Refused, match="No reminder"):
                reminder_send(invoice=issued, by=bram)


def next_action(invoice: Invoice) -> str:
    """What the list of invoices says of it."""
    (row,) = invoice_rows(invoice.created_by).filter(pk=invoice.pk)
    (column,) = (one for one in InvoiceList.columns if one.name == "next")
    return str(column.value(row))


def test_the_list_of_whom_to_remind_holds_what_can_be_reminded_now(issued: Invoice, bram: User) -> None:
    """Each day for ten weeks, with a reminder a day too late each time: the list and the button say the same."""
    gone_out(invoice_send(invoice=issued, by=bram))
    assert isinstance(issued.due_date, date)
    first = datetime(issued.due_date.year, issued.due_date.month, issued.due_date.day, 22, 30, tzinfo=UTC)
    found, waited = [], False
    for days in range(70):
        with clock.at(first + timedelta(days=days)):
            sent = list(issued.reminders.order_by("step"))
            listed = Invoice.objects.remindable(clock.today()).filter(pk=issued.pk).exists()
            assert listed == bool(reminder_due(issued, sent)), days
            assert listed == (next_action(issued) == "Send reminder"), days
            if listed and waited:
                reminder_send(invoice=issued, by=bram)
                found.append(days)
            waited = listed and not waited
    assert len(found) == 3, "the control"


def test_an_older_page_sends_no_other_reminder_than_it_said(
    sent: Invoice, cast: Cast, client_as: Callable[[User], Client]
) -> None:
    """Two clerks had the invoice open; the older page said “Reminder 1 of 3”, and it would have been the second."""
    assert isinstance(sent.due_date, date)
    late = datetime(sent.due_date.year, sent.due_date.month, sent.due_date.day, 10, tzinfo=UTC) + timedelta(
        days=9
    )
    address = reverse("invoicing:invoice_detail", args=[sent.pk])
    with clock.at(late):
        older = client_as(cast.petra).get(address)
        assert "Reminder 1 of 3" in older.content.decode()
        bram = client_as(cast.bram)
        assert submit(bram.get(address), client=bram, press="Send the reminder").status_code == 302
    for wait in (timedelta(minutes=1), timedelta(days=6, hours=20)):
        with clock.at(late + wait):
            answer = submit(older, client=client_as(cast.petra), press="Send the reminder")
            assert answer.status_code == 409
            assert "Bram sent reminder 1 of" in answer.content.decode()
    assert Reminder.objects.get().step == 1


@pytest.mark.parametrize(
    ("claim", "costs"),
    [
        ("0.01", "40"), ("266.66", "40"), ("266.70", "40.01"), ("1000", "150"), ("2500", "375"),
        ("2500.10", "375.01"), ("5000", "625"), ("10000", "875"), ("200000", "2775"), ("1000000", "6775"),
        ("9999999", "6775"),
    ],
)  # fmt: skip
def test_collection_costs_are_those_of_the_law(claim: str, costs: str) -> None:
    assert collection_costs(Decimal(claim)) == Decimal(costs)


@pytest.mark.parametrize(
    ("kind", "names_them"),
    [("person", True), ("company", False)],
)
def test_the_last_reminder_names_to_a_consumer_what_collection_costs(
    world: MoneyWorld, bram: User, kind: str, names_them: bool
) -> None:
    """Fourteen days that begin on the day after it was received, and the amount: article 6:96 of the Dutch Civil Code."""
    customer = world.customer(kind=kind)
    draft = invoice_draft(work_orders=[world.job(("10", "100.00", "21"), customer=customer)], by=bram)
    invoice = gone_out(invoice_send(invoice=invoice_issue(invoice=draft, by=bram), by=bram))
    assert invoice.due_date is not None
    payment_record(invoice=invoice, amount=Decimal(210), method="bank", paid_on=clock.today(), by=bram)
    for days in (7, 14, 28):
        day = datetime(invoice.due_date.year, invoice.due_date.month, invoice.due_date.day, 10, tzinfo=UTC)
        with clock.at(day + timedelta(days=days)):
            reminder_send(invoice=invoice, by=bram)
    *others, last = Message.objects.filter(kind="reminder").order_by("pk").values_list("body", flat=True)
    assert "1.000,00" in last
    assert ("150,00" in last) is names_them
    assert ("die beginnen op de dag nadat u deze mail hebt ontvangen" in last) is names_them
    assert not any("incassokosten" in one for one in others)


def test_a_credit_note_is_mailed_as_one(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="Fout")
    gone_out(invoice_send(invoice=note, by=bram))
    note.refresh_from_db()
    message = Message.objects.about(note).get()
    assert message.kind == "credit_note"
    assert note.number in message.subject
    assert note.status == "sent"
