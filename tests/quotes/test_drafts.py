"""Making and changing drafts."""

from datetime import date
from decimal import Decimal

import pytest

from apps.core.actors import SYSTEM
from apps.core.refusals import Forbidden, Refused
from apps.pricing.actions import material_price_set
from apps.pricing.models import MaterialPrice
from apps.quotes import actions
from apps.quotes.actions.lines import NO_PRICE
from apps.quotes.models import LineKind, Quote, QuoteTemplate


def fields_of(line, **changes) -> actions.LineFields:
    given = {
        "id": line.pk, "kind": line.kind, "description": line.description, "quantity": line.quantity,
        "unit": line.unit, "unit_price": line.unit_price, "vat_code": line.vat_code, "section": line.section,
        "discount": line.discount, "optional": line.optional,
    }  # fmt: skip
    return actions.LineFields(**(given | changes))


def test_a_draft_from_an_intake_has_its_estimates_with_prices(cast, company, received, rates) -> None:
    quote = actions.quote_create(by=cast.bram, request=received)
    labour, boiler = quote.current.lines.all()
    assert (labour.kind, labour.quantity, labour.unit_price, labour.unit_cost) == (
        "labour",
        Decimal("6.5"),
        Decimal("72.5"),
        Decimal(38),
    )
    assert (boiler.kind, boiler.unit_price, boiler.unit_cost) == (
        "material",
        Decimal("1349.95"),
        Decimal(910),
    )
    assert boiler.price_source == "catalogue:2020-01-01"
    assert quote.current.sold_hours == Decimal("6.5")
    assert quote.current.scope == "The boiler is old and noisy."
    assert quote.current.notes == "Flue must be moved."
    assert quote.current.total == Decimal("2203.65")  # (471.25 + 1349.95) × 1.21
    received.refresh_from_db()
    assert received.status == "quoted"


def test_a_material_without_a_price_is_marked(cast, company, received, rates) -> None:
    MaterialPrice.objects.all().delete()
    quote = actions.quote_create(by=cast.bram, request=received)
    line = quote.current.lines.get(kind="material")
    assert (line.unit_price, line.price_source) == (0, NO_PRICE)


def test_a_request_that_was_declined_cannot_be_quoted(cast, company, received, rates) -> None:
    type(received).objects.filter(pk=received.pk).update(status="declined")
    with pytest.raises(Refused, match="“Make a quote” is no longer possible"):
        actions.quote_create(by=cast.bram, request=received)
    assert not Quote.objects.exists()


def test_a_technician_may_not_make_quotes(cast, customer, work_type) -> None:
    with pytest.raises(Forbidden):
        actions.quote_create(by=cast.tim, customer=customer, type=work_type)


def test_lines_of_each_kind_are_priced(cast, company, draft, rates, material) -> None:
    add = {"version": draft.current, "by": cast.bram}
    labour = actions.line_add(**add, kind=LineKind.LABOUR, quantity=Decimal(2))
    call_out = actions.line_add(**add, kind=LineKind.CALL_OUT)
    part = actions.line_add(**add, kind=LineKind.MATERIAL, material=material)
    assert (labour.unit_price, labour.unit, labour.description) == (Decimal("72.5"), "HUR", "Labour")
    assert (call_out.unit_price, call_out.unit) == (Decimal(45), "C62")
    assert (part.unit_price, part.description) == (Decimal("1349.95"), "Boiler HR 28 kW")


def test_a_later_price_changes_no_draft(cast, draft, material, vat) -> None:
    line = actions.line_add(version=draft.current, by=cast.bram, kind=LineKind.MATERIAL, material=material)
    priced = {"vat_code": vat["high"], "valid_from": date(2021, 1, 1)}
    material_price_set(by=SYSTEM, material=material, cost=Decimal(1), price=Decimal(2), **priced)
    line.refresh_from_db()
    assert line.unit_price == Decimal("1349.95")


def test_totals_leave_options_out(draft) -> None:
    assert (draft.current.net, draft.current.vat, draft.current.total) == (
        Decimal(1100),
        Decimal(219),
        Decimal(1319),
    )


def test_saving_changes_lines_order_and_totals(cast, draft) -> None:
    boiler, insulation, thermostat = draft.current.lines.all()
    actions.version_change(
        version=draft.current, by=cast.bram, revision=draft.current.revision, texts={"title": "Better boiler"},
        lines=[fields_of(thermostat, optional=False), fields_of(boiler, discount=Decimal(10))],
    )  # fmt: skip
    draft.refresh_from_db()
    assert [line.description for line in draft.current.lines.all()] == ["Thermostat", "Boiler"]
    assert draft.current.net == Decimal(1100)
    assert draft.current.title == "Better boiler"
    assert list(Quote.objects.search("better boiler")) == [draft]
    assert not draft.current.lines.filter(pk=insulation.pk).exists()


def test_saving_an_older_revision_is_a_conflict_and_changes_nothing(cast, draft) -> None:
    seen = draft.current.revision
    actions.version_change(version=draft.current, by=cast.petra, revision=seen, texts={"scope": "Hers"})
    with pytest.raises(actions.Conflict):
        actions.version_change(version=draft.current, by=cast.bram, revision=seen, texts={"scope": "His"})
    draft.current.refresh_from_db()
    assert (draft.current.scope, draft.current.revision) == ("Hers", seen + 1)


def test_a_line_that_was_removed_elsewhere_comes_back_when_saved_over(cast, draft) -> None:
    lines = [fields_of(one) for one in draft.current.lines.all()]
    actions.line_remove(version=draft.current, by=cast.petra, line=lines[0].id)
    actions.version_change(version=draft.current, by=cast.bram, lines=lines)
    assert [one.description for one in draft.current.lines.all()] == ["Boiler", "Insulation", "Thermostat"]


def test_a_line_of_another_quote_cannot_be_taken_over(cast, draft, customer, work_type, vat) -> None:
    other = actions.quote_create(by=cast.bram, customer=customer, type=work_type)
    theirs = actions.line_add(
        version=other.current, by=cast.bram, description="Theirs", unit_price=Decimal(5), vat_code=vat["high"]
    )
    actions.version_change(version=draft.current, by=cast.bram, lines=[fields_of(theirs, description="Mine")])
    theirs.refresh_from_db()
    assert (theirs.description, theirs.version_id) == ("Theirs", other.current_id)
    assert draft.current.lines.get().description == "Mine"


def test_lines_move_up_and_down_and_stop_at_the_ends(cast, draft) -> None:
    last = draft.current.lines.last()
    actions.line_move(version=draft.current, by=cast.bram, line=last.pk, places=-1)
    assert [one.description for one in draft.current.lines.all()] == ["Boiler", "Thermostat", "Insulation"]
    actions.line_move(version=draft.current, by=cast.bram, line=last.pk, places=-9)
    actions.line_move(version=draft.current, by=cast.bram, line=last.pk, places=-1)
    assert [one.description for one in draft.current.lines.all()] == ["Thermostat", "Boiler", "Insulation"]


def test_reverse_charge_shifts_the_vat(cast, company, business, work_type, vat) -> None:
    quote = actions.quote_create(by=cast.bram, customer=business, type=work_type)
    actions.line_add(
        version=quote.current, by=cast.bram, description="x", unit_price=Decimal(100), vat_code=vat["high"]
    )
    line = quote.current.lines.get()
    assert (line.vat_category, line.vat_rate) == ("AE", 0)
    quote.current.refresh_from_db()
    assert (quote.current.vat, quote.current.total) == (0, 100)
    business.reverse_charge = False
    business.save()
    actions.quote_send(quote=quote, by=cast.bram)
    quote.current.refresh_from_db()
    assert quote.current.content["totals"]["total"] == "121.00"


def test_amounts_beyond_reason_are_refused(cast, draft, vat) -> None:
    with pytest.raises(Refused, match="too large"):
        actions.line_add(
            version=draft.current,
            by=cast.bram,
            description="x",
            quantity=Decimal(9999999),
            unit_price=Decimal(9999999),
            vat_code=vat["high"],
        )


def test_a_template_from_a_quote_takes_the_prices_of_the_day(
    cast, draft, rates, customer, work_type, vat, material
) -> None:
    actions.line_add(
        version=draft.current, by=cast.bram, kind=LineKind.MATERIAL, material=material, section="Parts"
    )
    template = actions.template_from_quote(quote=draft, by=cast.bram, name="Boiler, standard")
    priced = {"vat_code": vat["high"], "valid_from": date(2021, 1, 1)}
    material_price_set(by=SYSTEM, material=material, cost=Decimal(1000), price=Decimal(1500), **priced)
    quote = actions.quote_create(by=cast.bram, customer=customer, template=template)
    lines = list(quote.current.lines.all())
    assert [one.description for one in lines] == ["Boiler", "Insulation", "Thermostat", "Boiler HR 28 kW"]
    assert (lines[3].unit_price, lines[3].unit_cost, lines[3].section) == (1500, 1000, "Parts")
    assert (lines[0].unit_price, lines[2].optional) == (1000, True)
    assert quote.current.title == "New boiler"


def test_two_templates_cannot_have_one_name(cast, draft) -> None:
    actions.template_from_quote(quote=draft, by=cast.bram, name="Boiler")
    with pytest.raises(Refused, match="already"):
        actions.template_from_quote(quote=draft, by=cast.bram, name="Boiler")
    assert QuoteTemplate.objects.count() == 1


def test_a_copy_of_an_older_quote_is_a_new_draft(cast, sent) -> None:
    quote = actions.quote_create(by=cast.bram, copy_of=sent)
    assert quote.number != sent.number
    assert quote.status == "draft"
    assert quote.customer == sent.customer
    assert [one.unit_price for one in quote.current.lines.all()] == [1000, 50, 200]
