from datetime import UTC, date, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import User
from apps.core import clock
from apps.core.refusals import Refused
from apps.core.tokens import token_for, token_hash
from apps.invoicing.actions import (
    documents_make,
    fact_mark,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    invoice_resend,
    invoice_send,
    reminder_send,
)
from apps.invoicing.actions.sending import invoice_mail
from apps.invoicing.models import Invoice, InvoiceFact, PayLink, Reminder
from apps.messaging.links import placeholder
from apps.messaging.models import Message
from tests.money import MoneyWorld


def test_it_mails_pdf_and_ubl_with_the_private_address(issued: Invoice, bram: User) -> None:
    documents_make(invoice=issued)
    invoice_send(invoice=issued, by=bram)
    message = Message.objects.about(issued).get()
    assert (message.to_address, message.language, message.kind) == ("devries@klant.example", "nl", "invoice")
    assert sorted(one.file.name for one in message.attachments.all()) == ["F26-0001.pdf", "F26-0001.xml"]
    link = PayLink.objects.get(invoice=issued)
    assert placeholder("pay", link.nonce) in message.body
    assert link.token_hash == token_hash(token_for("pay", link.nonce))
    assert token_for("pay", link.nonce) not in message.body
    assert issued.status == "sent"
    assert InvoiceFact.objects.get(invoice=issued, kind="sent").by == bram


def test_without_documents_the_worker_makes_them_and_the_mail(issued: Invoice, bram: User) -> None:
    invoice_send(invoice=issued, by=bram, to_address="boekhouding@klant.example")
    assert not Message.objects.filter(kind__startswith="invoice").exists()
    job = ProcrastinateJob.objects.get(task_name="invoicing.mail")
    assert job.args == {"invoice_id": issued.pk, "address": "boekhouding@klant.example", "step": 0}
    invoice_mail(invoice=issued, address=job.args["address"], step=0)
    assert Message.objects.about(issued).get().attachments.count() == 2


def test_without_an_address_it_says_so_and_by_post_is_possible(world: MoneyWorld, bram: User) -> None:
    order = world.job(customer=world.customer(email=""))
    quiet = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    with pytest.raises(Refused, match="no e-mail"):
        invoice_send(invoice=quiet, by=bram)
    fact_mark(invoice=quiet, kind="sent", by=bram, note="Per post")
    assert quiet.status == "sent"


def test_a_draft_cannot_be_sent(draft: Invoice, bram: User) -> None:
    with pytest.raises(Refused):
        invoice_send(invoice=draft, by=bram, to_address="a@b.example")
    assert not Message.objects.filter(kind__startswith="invoice").exists()


def test_it_can_be_sent_again_to_another_address_with_the_same_link(sent: Invoice, bram: User) -> None:
    documents_make(invoice=sent)
    nonce = PayLink.objects.get(invoice=sent).nonce
    invoice_resend(invoice=sent, by=bram, to_address="ander@klant.example")
    message = Message.objects.about(sent).get()
    assert message.to_address == "ander@klant.example"
    assert str(nonce) in message.body
    assert InvoiceFact.objects.filter(invoice=sent, kind="sent").count() == 1


def test_reminders_go_out_in_steps_and_never_early(issued: Invoice, bram: User) -> None:
    documents_make(invoice=issued)
    invoice_send(invoice=issued, by=bram)
    due = issued.due_date
    assert isinstance(due, date)

    def on_day(days: int) -> datetime:
        return datetime(due.year, due.month, due.day, 10, tzinfo=UTC) + timedelta(days=days)

    for days, step in [(7, 1), (14, 2), (28, 3)]:
        with clock.at(on_day(days - 1)), pytest.raises(Refused, match="No reminder"):
            reminder_send(invoice=issued, by=bram)
        with clock.at(on_day(days)):
            assert reminder_send(invoice=issued, by=bram).step == step
    with clock.at(on_day(90)), pytest.raises(Refused):
        reminder_send(invoice=issued, by=bram)
    assert Reminder.objects.count() == 3
    subjects = Message.objects.filter(kind="reminder").values_list("subject", flat=True)
    assert len(set(subjects)) == 1
    assert len(set(Message.objects.filter(kind="reminder").values_list("body", flat=True))) == 3


def test_a_credit_note_is_mailed_as_one(sent: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=sent, by=bram, reason="Fout")
    documents_make(invoice=note)
    invoice_send(invoice=note, by=bram)
    message = Message.objects.about(note).get()
    assert message.kind == "credit_note"
    assert note.number in message.subject
    assert note.status == "sent"
