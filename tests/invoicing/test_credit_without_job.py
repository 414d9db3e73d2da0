"""What was credited of an invoice without a job is asked for anew, or given up with a reason: it does not vanish."""

import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.core import clock
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import (
    common,
    drafts,
    invoice_cancel,
    invoice_credit,
    invoice_draft,
    invoice_issue,
    line_add,
    line_change,
    line_remove,
)
from apps.invoicing.actions.common import draft_like
from apps.invoicing.models import Invoice, InvoiceLine
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.pipeline.figures import standing
from apps.pricing.models import VatCode
from apps.review.actions.losses import loss_check
from tests.builders import PolicyFactory
from tests.conftest import Cast
from tests.invoicing.test_invoice_issue import in_parallel
from tests.money import MoneyWorld, money_world
from tests.pages import submit

ADVICE = D("100.00")


def restricted(user: User) -> User:
    """The same user, whose role no longer lets them write off."""
    user.user_permissions.clear()
    for role in user.groups.all():
        role.permissions.remove(*role.permissions.filter(codename="write_off"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def advice(world: MoneyWorld, bram: User) -> Invoice:
    """An invoice of € 100 for advice, and a discount of € 10 on it; the line of the job was taken off."""
    order = world.job()
    draft = invoice_draft(work_orders=[order], by=bram)
    vat = world.vat["21"]
    line_add(
        invoice=draft,
        by=bram,
        description="Advies",
        quantity=D(1),
        unit="C62",
        unit_price=ADVICE,
        vat_code=vat,
    )
    line_add(
        invoice=draft, by=bram, description="Korting", quantity=D(1), unit="C62", unit_price=D(-10), vat_code=vat,
        reason="Vaste klant",
    )  # fmt: skip
    line_remove(line=draft.lines.get(work_order=order), by=bram)
    return invoice_issue(invoice=draft, by=bram)


def stages() -> dict[str, D]:
    found: dict[str, D] = {}
    for row in standing(clock.now()).filter(record_type="invoicing.invoice"):
        found[row.stage] = found.get(row.stage, D(0)) + row.amount
    return found


def signs() -> list[D]:
    leaks_detect(clock.now() + timedelta(days=1))
    return list(Leak.objects.open().filter(detector="free_line_credited").values_list("amount", flat=True))


def test_it_stands_on_a_new_draft_that_can_be_issued(advice: Invoice, bram: User) -> None:
    assert stages() == {"unsent": D(90)}
    invoice_credit(invoice=advice, by=bram, reason="Verkeerde naam")
    assert stages() == {"drafted": D(90)}
    draft = Invoice.objects.get(status="draft")
    assert [(line.description, line.net, line.reason) for line in draft.lines.order_by("position")] == [
        ("Advies", ADVICE, ""), ("Korting", D(-10), "Vaste klant"),
    ]  # fmt: skip
    assert (draft.payable, draft.customer) == (advice.payable, advice.customer)
    assert signs() == []
    invoice_issue(invoice=draft, by=bram)
    assert stages() == {"unsent": D(90)}


def test_given_up_it_has_a_reason_and_above_the_limit_the_right(advice: Invoice, bram: User) -> None:
    with pytest.raises(Forbidden, match="right to write off"):
        invoice_credit(invoice=advice, by=restricted(bram), reason="Klacht", again=False)
    assert stages() == {"unsent": D(90)}


def test_who_may_gives_it_up(advice: Invoice, bram: User) -> None:
    note = invoice_credit(invoice=advice, by=bram, reason="Klacht", again=False)
    assert stages() == {}
    assert set(note.lines.values_list("reason", flat=True)) == {"Klacht"}
    assert signs() == []


def test_the_new_draft_is_not_emptied_by_who_may_not_give_up(advice: Invoice, bram: User) -> None:
    invoice_credit(invoice=advice, by=bram, reason="Verkeerde naam")
    draft = Invoice.objects.get(status="draft")
    line, clerk = draft.lines.get(net=ADVICE), restricted(bram)
    tries = (
        lambda: line_remove(line=line, by=clerk, reason="weg"),
        lambda: invoice_cancel(invoice=draft, by=clerk, reason="weg"),
    )
    for attempt in tries:
        with pytest.raises(Forbidden, match="right to write off"):
            attempt()
    assert stages() == {"drafted": D(90)}


@pytest.fixture
def visits(world: MoneyWorld, bram: User) -> Invoice:
    return three_visits(world, bram)


def three_visits(world: MoneyWorld, bram: User) -> Invoice:
    """An invoice of € 120 that names no job: three lines of € 40, each under what anybody may give up."""
    order = world.job()
    draft = invoice_draft(work_orders=[order], by=bram)
    for number in range(3):
        line_add(
            invoice=draft, by=bram, description=f"Bezoek {number}", quantity=D(1), unit="C62", unit_price=D(40),
            vat_code=world.vat["21"],
        )  # fmt: skip
    line_remove(line=draft.lines.get(work_order=order), by=bram)
    PolicyFactory(loss_limit=D(80))
    return invoice_issue(invoice=draft, by=bram)


def draft_lines() -> list[InvoiceLine]:
    return list(InvoiceLine.objects.filter(invoice__status="draft").order_by("position"))


def test_a_line_is_taken_off_only_with_a_reason(visits: Invoice, bram: User, client_as) -> None:
    invoice_credit(invoice=visits, by=bram, reason="Verkeerde naam")
    first, _second, _third = draft_lines()
    with pytest.raises(Refused, match="say why it is given up"):
        line_remove(line=first, by=bram)
    office, url = client_as(bram), reverse("invoicing:invoice_change", args=[first.invoice_id])
    asked = submit(url, client=office, form=reverse("invoicing:line_remove", args=[first.pk]))
    assert (asked.status_code, len(draft_lines())) == (422, 3)
    assert submit(asked, client=office, press="Give it up", reason="Niet geweest").status_code == 302
    assert [one.description for one in draft_lines()] == ["Bezoek 1", "Bezoek 2"]
    gone = Invoice.objects.get(status="cancelled")
    assert (gone.net, gone.customer, gone.lines.get().rebills.description) == (
        40,
        visits.customer,
        "Bezoek 0",
    )
    assert AuditEvent.objects.get(subject_id=gone.pk, verb="invoice.cancel").reason == "Niet geweest"
    assert (stages(), signs()) == ({"drafted": D(80)}, [])


def test_lines_taken_off_one_by_one_are_given_up_together(visits: Invoice, bram: User, client_as) -> None:
    invoice_credit(invoice=visits, by=bram, reason="Verkeerde naam")
    clerk = restricted(bram)
    for line in draft_lines()[:2]:
        line_remove(line=line, by=clerk, reason="Niet geweest")
    left = draft_lines()[0]
    tries = (
        lambda: line_remove(line=left, by=clerk, reason="Niet geweest"),
        lambda: invoice_cancel(invoice=left.invoice, by=clerk, reason="weg"),
        lambda: line_add(
            invoice=left.invoice, by=clerk, description="Coulance", quantity=D(1), unit="C62", unit_price=D(-1),
            vat_code=VatCode.objects.get(is_default=True), reason="Te laat",
        ),
    )  # fmt: skip
    for attempt in tries:
        with pytest.raises(Forbidden, match="right to write off"):
            attempt()
    refused = submit(
        submit(
            reverse("invoicing:invoice_change", args=[left.invoice_id]), client=client_as(clerk),
            form=reverse("invoicing:line_remove", args=[left.pk]),
        ),
        client=client_as(clerk), press="Give it up", reason="Niet geweest",
    )  # fmt: skip
    assert (refused.status_code, "right to write off" in refused.text) == (422, True)
    assert stages() == {"drafted": D(40)}


def test_an_invoice_credited_bit_by_bit_is_given_up_together(visits: Invoice, bram: User, client_as) -> None:
    clerk = restricted(bram)
    first, second, third = visits.lines.order_by("position")
    invoice_credit(invoice=visits, by=clerk, reason="Klacht", lines=[first], again=False)
    invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam", lines=[second])
    line_remove(line=draft_lines()[0], by=clerk, reason="Klacht")
    with pytest.raises(Forbidden, match="right to write off"):
        invoice_credit(invoice=visits, by=clerk, reason="Klacht", lines=[third], again=False)
    page = reverse("invoicing:invoice_credit", args=[visits.pk])
    refused = submit(page, client=client_as(clerk), reason="Klacht", again="no")
    assert (refused.status_code, "right to write off" in refused.text) == (422, True)
    invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam", lines=[third])
    assert stages() == {"drafted": D(40)}


def discount(draft: Invoice, by: User, euros: int) -> InvoiceLine:
    return line_add(
        invoice=draft, by=by, description="Coulance", quantity=D(1), unit="C62", unit_price=D(-euros),
        vat_code=VatCode.objects.get(is_default=True), reason="Te laat",
    )  # fmt: skip


def test_discounts_on_what_is_asked_anew_are_given_up_together(visits: Invoice, bram: User) -> None:
    """Also when the draft with the one before was issued."""
    clerk = restricted(bram)
    first, second, third = visits.lines.order_by("position")
    for line in (first, second):
        invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam", lines=[line])
        draft = Invoice.objects.get(status="draft")
        discount(draft, clerk, 39)
        invoice_issue(invoice=draft, by=clerk)
    invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam", lines=[third])
    draft = Invoice.objects.get(status="draft")
    with pytest.raises(Forbidden, match="right to write off"):
        discount(draft, clerk, 39)
    discount(draft, clerk, 2)


def test_what_is_credited_again_counts_with_what_was_given_up_before(visits: Invoice, bram: User) -> None:
    clerk = restricted(bram)
    invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam")
    for line in draft_lines()[:2]:
        line_remove(line=line, by=clerk, reason="Niet geweest")
    again = invoice_issue(invoice=Invoice.objects.get(status="draft"), by=clerk)
    with pytest.raises(Forbidden, match="gives up €120"):
        invoice_credit(invoice=again, by=clerk, reason="Klacht", again=False)
    invoice_credit(invoice=again, by=clerk, reason="Verkeerde naam")
    with pytest.raises(Forbidden, match="gives up €120"):
        line_remove(line=draft_lines()[0], by=clerk, reason="Klacht")


def test_what_is_not_given_up_is_lowered_by_anybody(visits: Invoice, bram: User, client_as) -> None:
    """However much somebody with the right gave up beside it: a price that was typed wrong is put right."""
    invoice_credit(invoice=visits, by=bram, reason="Verkeerde naam")
    for line in draft_lines()[:2]:
        line_remove(line=line, by=bram, reason="Niet geweest")
    draft = Invoice.objects.get(status="draft")
    off = discount(draft, bram, 5)
    clerk, asked = restricted(bram), draft_lines()[0]
    typed = line_add(
        invoice=draft, by=clerk, description="Rapport", quantity=D(1), unit="C62", unit_price=D(500),
        vat_code=VatCode.objects.get(is_default=True),
    )  # fmt: skip
    line_change(line=asked, by=clerk, description="Bezoek", unit_price=D(60))
    line_change(line=typed, by=clerk, description="Rapport", unit_price=D(50))
    line_change(line=asked, by=clerk, description="Bezoek", unit_price=D(40))
    with pytest.raises(Forbidden, match="right to write off"):
        line_change(line=off, by=clerk, description="Coulance", unit_price=D(-6))
    page = reverse("invoicing:invoice_change", args=[draft.pk])
    refused = submit(page, client=client_as(clerk), press="Save", **{f"line-{off.pk}-unit_price": "-6"})
    assert (refused.status_code, "right to write off" in refused.text) == (422, True)
    assert stages() == {"drafted": D(85)}


def test_what_is_lowered_in_one_save_is_given_up_together(visits: Invoice, bram: User, client_as) -> None:
    """Each discount by itself may be given; both at once are told at the field, and nothing is saved or lost."""
    clerk, draft = restricted(bram), draft_like(visits, bram)
    line = {"by": clerk, "quantity": D(1), "unit": "C62", "vat_code": VatCode.objects.get(is_default=True)}
    line_add(invoice=draft, description="Bezoek", unit_price=D(200), **line)
    off = [discount(draft, clerk, 20), discount(draft, clerk, 20)]
    page = reverse("invoicing:invoice_change", args=[draft.pk])
    typed = {f"line-{one.pk}-unit_price": "-45" for one in off} | {"reference": "PO 7"}
    refused = submit(page, client=client_as(clerk), press="Save", **typed)
    assert refused.status_code == 422
    assert "right to write off" in refused.text
    draft.refresh_from_db()
    assert (draft.reference, draft.net) == ("", 160)
    saved = submit(refused, client=client_as(clerk), press="Save", **{f"line-{off[1].pk}-unit_price": "-35"})
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert (draft.reference, draft.net) == ("PO 7", 120)


def test_a_line_that_a_colleague_took_off_is_no_longer_there(visits: Invoice, bram: User) -> None:
    invoice_credit(invoice=visits, by=bram, reason="Verkeerde naam")
    line = draft_lines()[0]
    seen = InvoiceLine.objects.get(pk=line.pk)
    line_remove(line=line, by=bram, reason="Niet geweest")
    for attempt in (
        lambda: line_remove(line=seen, by=bram, reason="Niet geweest"),
        lambda: line_change(line=seen, by=bram, description="Bezoek"),
    ):
        with pytest.raises(Refused, match="no longer there"):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_two_who_give_up_at_once_are_counted_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each on a draft of their own, of the same credited invoice."""
    world, clerk = money_world(), cast.bram
    monkeypatch.setattr(User, "may", lambda _user, ability: ability != "write_off")

    def race() -> list[object]:
        visits = three_visits(world, clerk)
        PolicyFactory(loss_limit=D(50))
        for line in visits.lines.order_by("position")[:2]:
            invoice_credit(invoice=visits, by=clerk, reason="Verkeerde naam", lines=[line])
        lines = list(InvoiceLine.objects.filter(rebills__invoice=visits).select_related("invoice"))
        both = threading.Barrier(2, timeout=1)

        def check(by: User, loss: D) -> None:
            loss_check(by, loss)
            with suppress(threading.BrokenBarrierError):
                both.wait()

        monkeypatch.setattr(drafts, "loss_check", check)
        return in_parallel(2, lambda n: line_remove(line=lines[n], by=clerk, reason="Niet geweest"))

    with monkeypatch.context() as unlocked:
        unlocked.setattr(common, "origin_lock", lambda _invoice: None)
        assert race() == [None, None], "each sees only what the other has not given up yet"
    assert {type(one) for one in race()} == {Forbidden, type(None)}


def test_it_is_asked_for_less_only_with_a_reason(advice: Invoice, bram: User, client_as) -> None:
    invoice_credit(invoice=advice, by=bram, reason="Verkeerde naam")
    draft = Invoice.objects.get(status="draft")
    line = draft.lines.get(net=ADVICE)
    with pytest.raises(Refused, match="line of its own"):
        line_change(line=line, by=bram, description="Advies", unit_price=D(80))
    office, url = client_as(bram), reverse("invoicing:invoice_change", args=[draft.pk])
    refused = submit(url, client=office, press="Save", **{f"line-{line.pk}-unit_price": "80"})
    assert (refused.status_code, "say why it is less in a line of its own" in refused.text) == (422, True)
    assert (
        submit(refused, client=office, press="Save", **{f"line-{line.pk}-unit_price": "120"}).status_code
        == 302
    )
    line_change(line=line, by=bram, description="Advies", unit_price=ADVICE)
    line_add(
        invoice=draft, by=bram, description="Coulance", quantity=D(1), unit="C62", unit_price=D(-20),
        vat_code=VatCode.objects.get(is_default=True), reason="Te laat gekomen",
    )  # fmt: skip
    assert stages() == {"drafted": D(70)}


def test_the_office_says_on_the_page_what_becomes_of_it(advice: Invoice, bram: User, client_as) -> None:
    office, url = client_as(bram), reverse("invoicing:invoice_credit", args=[advice.pk])
    untold = submit(url, client=office, reason="Verkeerde naam", past_browser=True)
    assert untold.status_code == 422
    assert "required" in untold.content.decode()
    assert submit(untold, client=office, again="yes").status_code == 302
    assert stages() == {"drafted": D(90)}


def test_an_invoice_of_a_job_asks_nothing_of_the_kind(sent: Invoice, bram: User, client_as) -> None:
    page = client_as(bram).get(reverse("invoicing:invoice_credit", args=[sent.pk])).content.decode()
    assert 'name="again"' not in page
