"""A sent version, its lines and its acceptance change for nobody."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.database import OFFICE, as_role
from apps.core.refusals import Refused
from apps.quotes import actions
from apps.quotes.models import Acceptance, Quote, QuoteLine, QuoteVersion


def refused(work) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        work()
    return str(caught.value)


def raw(statement: str, *values):
    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return work


@pytest.fixture(params=["owner", "office"])
def role(request):
    """The same as the owner of the tables and in the role of the office."""
    if request.param == "owner":
        yield
    else:
        with as_role(OFFICE):
            yield


def test_a_draft_can_be_changed(draft: Quote) -> None:
    QuoteVersion.objects.filter(pk=draft.current_id).update(title="Other")
    draft.current.lines.update(discount=10)


def test_a_sent_version_refuses_every_update(sent: Quote, role) -> None:
    version = sent.current
    version.title = "Other"
    for work in (
        version.save,
        lambda: QuoteVersion.objects.filter(pk=version.pk).update(title="Other"),
        lambda: QuoteVersion.objects.bulk_update([version], ["title"]),
        raw("UPDATE quotes_quoteversion SET total = 1 WHERE id = %s", version.pk),
        raw("UPDATE quotes_quoteversion SET frozen_at = NULL WHERE id = %s", version.pk),
    ):
        assert "a sent version never changes" in refused(work)


def test_a_sent_version_refuses_delete(sent: Quote, role) -> None:
    assert "refused" in refused(raw("DELETE FROM quotes_quoteversion WHERE id = %s", sent.current_id))


def test_lines_of_a_sent_version_refuse_every_write(sent: Quote, role) -> None:
    line = sent.current.lines.first()
    assert line is not None
    copy = QuoteLine(version=sent.current, position=9, description="x", unit_price=Decimal(1), vat_code=line.vat_code,
                     vat_category="S", vat_rate=21)  # fmt: skip
    line.unit_price = Decimal(1)
    for work in (
        line.save,
        line.delete,
        copy.save,
        lambda: QuoteLine.objects.bulk_create([copy]),
        lambda: sent.current.lines.update(quantity=9),
        lambda: sent.current.lines.all().delete(),
        raw("UPDATE quotes_quoteline SET unit_price = 0 WHERE id = %s", line.pk),
        raw("DELETE FROM quotes_quoteline WHERE id = %s", line.pk),
        raw("INSERT INTO quotes_quoteline SELECT * FROM quotes_quoteline WHERE id = %s", line.pk),
    ):
        assert "the lines of a sent version never change" in refused(work)


def test_a_line_cannot_be_moved_into_or_out_of_a_sent_version(
    sent: Quote, cast, customer, work_type, vat
) -> None:
    other = actions.quote_create(by=cast.bram, customer=customer, type=work_type)
    stray = actions.line_add(
        version=other.current, by=cast.bram, description="x", unit_price=Decimal(1), vat_code=vat["high"]
    )
    assert "never change" in refused(
        lambda: QuoteLine.objects.filter(pk=stray.pk).update(version=sent.current)
    )
    assert "never change" in refused(lambda: sent.current.lines.update(version=other.current))


def test_an_acceptance_never_changes(sent: Quote, she, role) -> None:
    actions.quote_accept(version=sent.current, name="A. de Wit", by=she)
    acceptance = Acceptance.objects.get()
    acceptance.name = "Somebody else"
    for work in (
        acceptance.save,
        acceptance.delete,
        lambda: Acceptance.objects.update(name="x"),
        lambda: Acceptance.objects.all().delete(),
        raw("UPDATE quotes_acceptance SET total = 0 WHERE id = %s", acceptance.pk),
        raw("DELETE FROM quotes_acceptance WHERE id = %s", acceptance.pk),
    ):
        assert "an acceptance never changes" in refused(work)


def test_an_acceptance_of_other_content_is_refused(sent: Quote) -> None:
    shown = {"content_hash": "0" * 64}
    work = lambda: Acceptance.objects.create(  # noqa: E731
        version=sent.current, name="x", shown=shown, shown_hash="0" * 64, net=0, vat=0, total=0
    )
    assert "not what was sent" in refused(work)


def test_changing_a_sent_version_by_action_is_refused_with_a_sentence(sent: Quote, cast) -> None:
    with pytest.raises(Refused, match="Revise the quote"):
        actions.version_change(version=sent.current, by=cast.bram, texts={"title": "Other"})
    with pytest.raises(Refused, match="Revise the quote"):
        actions.line_add(version=sent.current, by=cast.bram, description="x", unit_price=Decimal(1))
