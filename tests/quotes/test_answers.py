"""Sending, answering, and everything that ends an offer."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, models

from apps.core import clock
from apps.core.canonical import canonical, fingerprint
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.messaging.links import placeholder
from apps.messaging.models import Message, Notice
from apps.quotes import actions
from apps.quotes.actions.sending import ACCEPTED
from apps.quotes.models import Acceptance, LineKind, Quote
from apps.workorders.models import WorkOrder


def test_sending_freezes_and_hashes_the_content(sent, link) -> None:
    version = sent.current
    assert (sent.status, version.is_frozen) == ("sent", True)
    assert version.content_hash == fingerprint(version.content)
    assert version.content["totals"]["total"] == "1319.00"
    assert link.to_address == "a.dewit@mail.example"
    version.refresh_from_db()  # as jsonb gives it back
    assert version.content_hash == fingerprint(version.content)


def test_the_content_holds_no_cost_and_no_note_for_the_technician(cast, draft) -> None:
    actions.version_change(version=draft.current, by=cast.bram, texts={"notes": "Beware of the dog"})
    actions.quote_send(quote=draft, by=cast.bram)
    text = canonical(draft.current.content)
    assert "Beware of the dog" not in text
    assert "600" not in text


def test_the_mail_carries_the_pdf_and_a_placeholder_of_the_link(sent, link, mailed) -> None:
    (mail,) = mailed(sent)
    assert mail.to_address == "a.dewit@mail.example"
    assert placeholder("quote", link.nonce) in mail.body
    assert mail.attachments.get().file.name == f"{sent.number}-v1.pdf"


def test_an_incomplete_draft_is_not_sent(cast, company, customer, work_type, vat) -> None:
    quote = actions.quote_create(by=cast.bram, customer=customer, type=work_type)
    with pytest.raises(Refused, match="at least one line"):
        actions.quote_send(quote=quote, by=cast.bram)
    quote.refresh_from_db()
    assert quote.status == "draft"
    assert not quote.current.is_frozen


def test_sending_another_revision_than_was_seen_is_a_conflict(cast, draft) -> None:
    with pytest.raises(actions.Conflict):
        actions.quote_send(quote=draft, by=cast.bram, revision=0)


def test_a_technician_cannot_send(cast, draft) -> None:
    with pytest.raises(Forbidden):
        actions.quote_send(quote=draft, by=cast.tim)


def test_without_an_address_nothing_is_mailed(cast, draft) -> None:
    link = actions.quote_send(quote=draft, by=cast.bram, to_address="")
    assert link.to_address == ""


def test_accepting_makes_a_work_order_without_any_amount(cast, company, received, rates, she) -> None:
    quote = actions.quote_create(by=cast.bram, request=received)
    quote.refresh_from_db()
    actions.version_change(version=quote.current, by=cast.bram, texts={"deposit_percentage": Decimal(30)})
    extra = actions.line_add(
        version=quote.current,
        by=cast.bram,
        kind=LineKind.TEXT,
        description="Thermostat",
        optional=True,
        unit_price=Decimal(200),
    )
    actions.quote_send(quote=quote, by=cast.bram)
    order = actions.quote_accept(version=quote.current, name=" A. de Wit ", by=she, options=[extra.pk])
    assert (order.sold_hours, order.people, order.status) == (Decimal("6.5"), 2, "to_plan")
    assert "The boiler is old and noisy." in order.scope
    assert "Thermostat" in order.scope
    assert order.notes == "Flue must be moved."
    assert [(one.description, one.quantity) for one in order.to_bring.all()] == [("Boiler HR 28 kW", 1)]
    received.refresh_from_db()
    quote.refresh_from_db()
    assert (received.status, quote.status, quote.work_order) == ("ordered", "accepted", order)
    acceptance = Acceptance.objects.get()
    assert acceptance.name == "A. de Wit"
    assert acceptance.total == Decimal("2445.65")
    assert acceptance.shown["content"]["deposit_percentage"] == "30"
    written = " ".join(
        str(getattr(order, f.attname))
        for f in order._meta.concrete_fields
        if isinstance(f, models.TextField | models.CharField)
    )
    for amount in ("1349", "72.5", "2203", "2445", "200.00"):
        assert amount not in written
    assert Notice.objects.filter(user=cast.bram, text__contains=order.number).exists()


def test_options_that_are_not_offered_are_left_out(sent, she) -> None:
    actions.quote_accept(version=sent.current, name="A", by=she, options=[999999])
    assert Acceptance.objects.get().options == []


def test_options_that_were_ticked_are_in_the_total(sent, option, she) -> None:
    actions.quote_accept(version=sent.current, name="A", by=she, options=[option])
    acceptance = Acceptance.objects.get()
    assert (acceptance.options, acceptance.total) == ([option], Decimal("1561.00"))


def test_second_acceptance_changes_nothing(sent, option, she) -> None:
    first = actions.quote_accept(version=sent.current, name="A", by=she)
    with pytest.raises(actions.AlreadyAnswered):
        actions.quote_accept(version=sent.current, name="B", by=she, options=[option])
    assert (WorkOrder.objects.get(), Acceptance.objects.get().name) == (first, "A")


def test_a_withdrawn_quote_cannot_be_accepted(cast, sent, she, mailed) -> None:
    actions.quote_withdraw(quote=sent, by=cast.bram, reason="Wrong boiler")
    with pytest.raises(actions.AlreadyAnswered):
        actions.quote_accept(version=sent.current, name="A", by=she)
    mail = Message.objects.about(sent).get(kind="quote_withdrawn")
    assert "Wrong boiler" not in mail.body


def test_withdrawing_needs_a_reason(cast, sent) -> None:
    with pytest.raises(Refused, match="reason"):
        actions.quote_withdraw(quote=sent, by=cast.bram, reason=" ")


def test_an_expired_quote_cannot_be_accepted_even_before_the_job_ran(sent, she) -> None:
    with (
        clock.at(clock.now() + timedelta(days=40)),
        pytest.raises(actions.AlreadyAnswered, match="no longer valid"),
    ):
        actions.quote_accept(version=sent.current, name="A", by=she)


def test_a_quote_can_be_accepted_on_its_last_day(sent, she) -> None:
    with clock.at(clock.now() + timedelta(days=30)):
        actions.quote_accept(version=sent.current, name="A", by=she)


def test_declining_keeps_the_reason(cast, sent, she) -> None:
    actions.quote_decline(version=sent.current, by=she, reason="Too expensive")
    sent.refresh_from_db()
    assert sent.status == "declined"
    assert AuditEvent.objects.about(sent).get(verb="quote.decline").reason == "Too expensive"
    assert Notice.objects.filter(user=cast.bram, text__contains="Too expensive").exists()
    with pytest.raises(actions.AlreadyAnswered):
        actions.quote_accept(version=sent.current, name="A", by=she)


def test_a_revision_is_a_new_version_and_the_old_one_stays(cast, sent, she) -> None:
    old = sent.current
    new = actions.quote_revise(quote=sent, by=cast.bram)
    assert (new.number, sent.status, sent.current) == (2, "draft", new)
    assert new.lines.count() == old.lines.count()
    old.refresh_from_db()
    assert old.is_frozen
    with pytest.raises(actions.AlreadyAnswered, match="newer"):
        actions.quote_accept(version=old, name="A", by=she)


def test_a_changed_version_never_carries_an_older_signature(cast, sent, she) -> None:
    """The old version, the new draft, and the new version once sent: none can be given the other's acceptance."""
    old_hash = sent.current.content_hash
    new = actions.quote_revise(quote=sent, by=cast.bram)
    line = new.lines.first()
    actions.version_change(version=new, by=cast.bram, texts={"scope": "Other"})
    actions.quote_send(quote=sent, by=cast.bram)
    sent.current.refresh_from_db()
    assert line is not None
    assert sent.current.content_hash != old_hash
    actions.quote_accept(version=sent.current, name="A", by=she)
    acceptance = Acceptance.objects.get()
    assert acceptance.version_id == new.pk
    assert acceptance.shown["content_hash"] == sent.current.content_hash


def test_an_accepted_quote_is_not_revised(cast, sent, she) -> None:
    actions.quote_accept(version=sent.current, name="A", by=she)
    with pytest.raises(Refused, match="“Revise: new version” is no longer possible"):
        actions.quote_revise(quote=sent, by=cast.bram)


def test_quotes_expire_the_day_after_their_last(sent) -> None:
    last = clock.now() + timedelta(days=30)
    assert actions.quotes_expire(last) == 0
    assert actions.quotes_expire(last + timedelta(days=1)) == 1
    sent.refresh_from_db()
    assert sent.status == "expired"


def test_one_reminder_goes_out_before_the_end(sent) -> None:
    now = clock.now()
    assert actions.quotes_remind(now + timedelta(days=10)) == 0
    assert actions.quotes_remind(now + timedelta(days=26)) == 1
    assert actions.quotes_remind(now + timedelta(days=27)) == 0
    assert Message.objects.about(sent).filter(kind="quote_reminder").count() == 1


def test_an_answered_quote_is_not_reminded(sent, she) -> None:
    actions.quote_accept(version=sent.current, name="A", by=she)
    assert actions.quotes_remind(clock.now() + timedelta(days=26)) == 0


def test_the_confirmation_carries_the_accepted_pdf(sent, she, mailed) -> None:
    actions.quote_accept(version=sent.current, name="A. de Wit", by=she)
    (mail,) = mailed(sent, ACCEPTED)
    assert mail.kind == "quote_accepted"
    assert mail.attachments.get().file.name.endswith("-accepted.pdf")


def verify(number: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_acceptance", number, stdout=out, stderr=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_stored_acceptance_verifies(sent, option, she) -> None:
    actions.quote_accept(version=sent.current, name="A. de Wit", by=she, options=[option])
    with clock.at(clock.now() + timedelta(days=3000)):
        status, said = verify(sent.number)
    assert status == 0, said
    assert "NOT" not in said
    assert verify(str(Acceptance.objects.get().pk))[0] == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE quotes_acceptance SET name = 'Somebody else'",
        "UPDATE quotes_acceptance SET total = total + 1",
        "UPDATE quotes_acceptance SET options = '[]'",
        "UPDATE quotes_acceptance SET shown = jsonb_set(shown, '{content,lines,0,unit_price}', '\"1\"')",
        "UPDATE quotes_acceptance SET shown = jsonb_set(shown, '{signature}', '\"ff\"')",
        "UPDATE quotes_quoteversion SET content = jsonb_set(content, '{scope}', '\"Other\"')",
        "UPDATE quotes_quoteversion SET content_hash = repeat('0', 64)",
    ],
)
def test_tampering_behind_the_triggers_is_found(sent, option, she, tampering: str) -> None:
    actions.quote_accept(version=sent.current, name="A. de Wit", by=she, options=[option])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(tampering)
        cursor.execute("SET session_replication_role = DEFAULT")
    status, said = verify(sent.number)
    assert status == 1
    assert "NOT OK" in said


def test_there_is_no_acceptance_to_verify(db) -> None:
    assert verify("77")[0] == 1


def test_the_history_is_written(cast, sent, she) -> None:
    actions.quote_accept(version=sent.current, name="A. de Wit", by=she)
    verbs = [(one.verb, one.actor_label) for one in AuditEvent.objects.about(sent)]
    assert verbs == [("quote.create", "Bram"), ("quote.send", "Bram"), ("quote.accept", "A. de Wit")]
    assert Quote.objects.get().status == "accepted"
