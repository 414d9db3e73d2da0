"""The office's pages: who may open them, what they answer, how many queries they take."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from apps.core import formats
from apps.core.actors import Customer
from apps.quotes import actions
from apps.quotes.models import Acceptance, Quote, QuoteLine, QuoteTemplate
from tests.pages import Page, PageForm, post_by_hand, submit
from tests.statements import statements

PAGES = ["quote_list", "quote_create", "template_list", "template_create"]
OF_ONE = ["quote_detail", "quote_edit", "quote_pdf", "quote_send", "material_pick"]
POSTS = ["quote_save", "line_add", "quote_send", "quote_resend", "quote_withdraw", "quote_revise", "quote_accept",
         "quote_copy", "template_from_quote"]  # fmt: skip


def url(name: str, *args: Any) -> str:
    return reverse(f"quotes:{name}", args=args)


@pytest.fixture
def bram(cast, client_as) -> Client:
    return client_as(cast.bram)


def draft_form(page: Any, client: Client) -> PageForm:
    """The form of the builder, as it stands on its page."""
    return Page.fetched(page, client).find(form="draft", press="", typed=[])[0]


def saved_by_script(page: Any, client: Client, **typed: str) -> Any:
    """What the builder does by itself after a change."""
    form = draft_form(page, client)
    for name, value in typed.items():
        form.type(name, value)
    return form.send(client, None)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_the_office(name, cast, client_as, company, client) -> None:
    assert client.get(url(name)).status_code == 302
    assert client_as(cast.tim).get(url(name)).status_code == 403
    assert client_as(cast.bram).get(url(name)).status_code == 200


@pytest.mark.parametrize("name", OF_ONE)
def test_pages_of_a_quote_are_for_the_office(name, cast, client_as, draft, bram) -> None:
    assert client_as(cast.tim).get(url(name, draft.pk)).status_code == 403
    assert bram.get(url(name, draft.pk)).status_code == 200
    assert bram.get(url(name, 999999)).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_actions_refuse_who_may_not_make_quotes(name, cast, client_as, draft, bram) -> None:
    for user in (cast.tim, cast.ada):
        assert post_by_hand(client_as(user), url(name, draft.pk)).status_code == 403
    assert post_by_hand(bram, url(name, 999999)).status_code == 404


@pytest.mark.parametrize("name", [one for one in POSTS if one != "quote_send"])
def test_actions_refuse_get(name, draft, bram) -> None:
    assert bram.get(url(name, draft.pk)).status_code == 302


def test_an_accepted_quote_is_worth_what_was_accepted(cast, sent, bram) -> None:
    """Its row and its total said what was offered, without the option that the customer took."""
    option = sent.current.lines.get(optional=True)
    actions.quote_accept(version=sent.current, name="A", by=Customer("A"), options=[option.pk])
    accepted = Acceptance.objects.get().total
    assert sent.current.total < accepted
    with translation.override("en"):
        total = formats.money(accepted)
    assert total in bram.get(url("quote_list")).content.decode()
    page = bram.get(url("quote_detail", sent.pk), headers={"HX-Request": "true"}).content.decode()
    assert total in page[page.index('<dd class="sum">') :][:80]


def test_the_list_filters_searches_and_exports(cast, draft, sent, bram, customer, work_type) -> None:
    other = actions.quote_create(by=cast.bram, customer=customer, type=work_type, title="=cmd|' /C calc'!A0")
    page = bram.get(url("quote_list"), {"status": "draft"}).content.decode()
    assert other.number in page
    assert sent.number not in page
    found = bram.get(url("quote_list"), {"q": "new boil"}).content.decode()
    assert sent.number in found
    assert other.number not in found
    csv = bram.get(url("quote_list"), {"export": "csv"}).content.decode("utf-8-sig")
    assert "1319.00" in csv
    assert "'=cmd" in csv
    xlsx = bram.get(url("quote_list"), {"export": "xlsx"})
    import io

    cells = [cell.value for row in load_workbook(io.BytesIO(xlsx.content)).active for cell in row]
    assert 1319 in cells


def test_the_list_asks_the_same_however_long(cast, bram, company, customer, work_type) -> None:
    def make() -> None:
        actions.quote_create(by=cast.bram, customer=customer, type=work_type, title="Job")

    make()
    few = statements(bram, url("quote_list"))
    for _number in range(15):
        make()
    assert statements(bram, url("quote_list")) == few


def test_a_quote_is_made_from_an_intake(received, rates, company, bram) -> None:
    answer = submit(url("quote_create"), client=bram, press="Make the draft", request=received)
    quote = Quote.objects.get()
    assert answer.url == url("quote_edit", quote.pk)
    assert "Boiler HR 28 kW" in bram.get(answer.url).content.decode()


def test_a_quote_for_nobody_is_refused_at_the_field(bram, company) -> None:
    create = url("quote_create")
    answer = submit(create, client=bram, press="Make the draft", past_browser=True, title="Kept as typed")
    assert answer.status_code == 422
    assert "Kept as typed" in answer.content.decode()
    assert not Quote.objects.exists()


def test_saving_without_script_redirects_and_keeps_everything(draft, bram) -> None:
    first = draft.current.lines.first()
    typed = {f"line-{first.pk}-quantity": "3", "scope": "All of it"}
    answer = submit(url("quote_edit", draft.pk), client=bram, press="Save", **typed)
    assert answer.url == url("quote_edit", draft.pk)
    draft.refresh_from_db()
    assert draft.current.scope == "All of it"
    assert draft.current.net == Decimal(3100)


def test_saving_by_script_answers_with_the_new_sums(draft, bram) -> None:
    first = draft.current.lines.first()
    answer = saved_by_script(url("quote_edit", draft.pk), bram, **{f"line-{first.pk}-quantity": "3"})
    page = answer.content.decode()
    assert "€3,100.00" in page
    assert f'value="{draft.current.revision + 1}"' in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "many"),
        ("unit_price", "-1"),
        ("discount", "101"),
        ("description", ""),
        ("unit_price", "1e30"),
    ],
)
def test_a_fault_in_a_line_is_shown_at_it_and_nothing_is_saved(draft, bram, field: str, value: str) -> None:
    first = draft.current.lines.first()
    typed = {f"line-{first.pk}-{field}": value, "scope": "typed but not saved"}
    page = bram.get(url("quote_edit", draft.pk))
    by_script = saved_by_script(page, bram, **typed)
    by_button = submit(page, client=bram, form="draft", press="Save", past_browser=True, **typed)
    for answer in (by_script, by_button):
        assert answer.status_code == 422
        assert f'id="faults-{first.pk}"' in answer.content.decode()
    assert "typed but not saved" in by_button.content.decode()
    draft.refresh_from_db()
    assert draft.current.scope == ""


@pytest.mark.parametrize(("field", "value"), [("unit", "XXX"), ("vat_code", "999")])
def test_a_made_up_choice_in_a_line_is_a_fault_too(draft, bram, field: str, value: str) -> None:
    first = draft.current.lines.first()
    held = dict(draft_form(url("quote_edit", draft.pk), bram).pairs(None))
    held |= {"line": str(first.pk), f"line-{first.pk}-{field}": value}
    answer = post_by_hand(bram, url("quote_save", draft.pk), held)
    assert answer.status_code == 422
    assert f'id="faults-{first.pk}"' in answer.content.decode()
    assert draft.current.lines.count() == 3


def test_two_tabs_conflict_kindly_and_nothing_is_lost(cast, client_as, draft, bram) -> None:
    edit = url("quote_edit", draft.pk)
    mine, petra = bram.get(edit), client_as(cast.petra)
    assert submit(edit, client=petra, press="Save", scope="Hers").status_code == 302
    answer = submit(mine, client=bram, press="Save", scope="Mine, an hour of typing")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mine, an hour of typing" in page
    assert "Petra changed this while you had it open" in page
    draft.current.refresh_from_db()
    assert draft.current.scope == "Hers"
    over = submit(answer, client=bram, press="Save as chosen")
    assert over.status_code == 302
    draft.current.refresh_from_db()
    assert draft.current.scope == "Mine, an hour of typing"


def test_two_people_at_one_draft_choose_per_field_and_per_line(cast, client_as, draft, bram) -> None:
    """What only one of the two changed is chosen beforehand, lines that came or went included."""
    older = bram.get(url("quote_edit", draft.pk))
    petra = client_as(cast.petra)
    first, second = draft.current.lines.order_by("position")[:2]
    edit, remove = url("quote_edit", draft.pk), url("line_remove", draft.pk, first.pk)
    hers = {"scope": "Hers", "notes": "Hers too", f"line-{second.pk}-quantity": "7"}
    assert submit(edit, client=petra, form=remove, **hers).status_code == 302
    labour = f"{url('line_add', draft.pk)}?kind=labour&rate=normal"
    assert submit(edit, client=petra, form=labour).status_code == 200
    refused = submit(older, client=bram, form="draft", press="Save", scope="Mine", terms="Mine too")
    assert refused.status_code == 409
    said = refused.content.decode()
    for words in ("Hers", "Mine", "A line that was removed", "Line 1"):
        assert words in said
    saved = submit(refused, client=bram, form="draft", press="Save as chosen", **{"take-scope": "theirs"})
    assert saved.status_code == 302
    version = Quote.objects.get(pk=draft.pk).current
    assert (version.scope, version.notes, version.terms) == ("Hers", "Hers too", "Mine too")
    lines = list(version.lines.order_by("position"))
    assert first.pk not in [one.pk for one in lines]
    assert next(one for one in lines if one.pk == second.pk).quantity == 7
    assert lines[-1].kind == "labour", "and the line that she added stays"


def test_a_double_press_of_save_is_no_conflict(draft, bram) -> None:
    page = bram.get(url("quote_edit", draft.pk))
    for _press in (1, 2):
        assert submit(page, client=bram, press="Save", scope="Once").status_code == 302


def test_buttons_save_what_was_typed_first(draft, bram, rates, material) -> None:
    edit, add = url("quote_edit", draft.pk), url("line_add", draft.pk)
    submit(edit, client=bram, form=f"{add}?kind=labour&rate=normal", scope="Typed")
    draft.current.refresh_from_db()
    assert draft.current.scope == "Typed"
    added = draft.current.lines.last()
    assert (added.kind, added.unit_price) == ("labour", Decimal("72.50"))
    submit(edit, client=bram, form=f"{url('line_move', draft.pk, added.pk)}?to=up")
    assert [one.kind for one in draft.current.lines.all()] == ["text", "text", "labour", "text"]
    submit(edit, client=bram, form=url("line_remove", draft.pk, added.pk))
    assert draft.current.lines.count() == 3
    found = bram.get(url("material_pick", draft.pk), {"q": "hr28"})
    submit(found, client=bram, form=f"{add}?material={material.pk}")
    assert draft.current.lines.last().material == material


def test_a_new_line_by_script_is_answered_as_a_row(draft, bram, rates) -> None:
    answer = submit(url("quote_edit", draft.pk), client=bram, press="Call-out").content.decode()
    line = draft.current.lines.last()
    assert f'<li class="quote-line" id="line-{line.pk}"' in answer
    assert answer.count('<li class="quote-line') == 1


def test_a_line_is_added_once_however_often_its_answer_is_lost(draft, bram, rates) -> None:
    page = bram.get(url("quote_edit", draft.pk))
    first, second = (submit(page, client=bram, press="Call-out") for _time in (1, 2))
    assert first.content == second.content
    assert draft.current.lines.filter(kind="call_out").count() == 1


def test_materials_are_searched_with_prices(draft, bram, material) -> None:
    found = bram.get(url("material_pick", draft.pk), {"q": "hr28"}).content.decode()
    assert "€1,349.95" in found


def test_costs_are_shown_only_to_whom_may_see_margins(cast, draft, bram, client_as) -> None:
    assert "€600.00" in bram.get(url("quote_detail", draft.pk)).content.decode()
    assert "€600.00" not in client_as(cast.ada).get(url("quote_detail", draft.pk)).content.decode()


def test_sending_says_to_whom_and_sends(draft, bram) -> None:
    page = bram.get(url("quote_send", draft.pk)).content.decode()
    assert "a.dewit@mail.example" in page
    assert "€1,319.00" in page
    send = url("quote_send", draft.pk)
    answer = submit(send, client=bram, press="Send the quote", to_address="other@mail.example")
    assert answer.url == url("quote_detail", draft.pk)
    assert draft.current.links.get().to_address == "other@mail.example"
    assert "/quote/" in bram.get(answer.url).content.decode()


def test_sending_to_no_address_at_all_is_refused_at_the_field(draft, bram) -> None:
    send = url("quote_send", draft.pk)
    answer = submit(send, client=bram, past_browser=True, to_address="not an address")
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_sending_twice_is_refused_with_a_sentence(sent, bram) -> None:
    again = post_by_hand(bram, url("quote_send", sent.pk), {"to_address": "", "revision": 1})
    assert again.status_code == 409
    assert bram.get(url("quote_send", sent.pk)).status_code == 302


def test_withdraw_resend_revise_revoke_and_record(sent, link, bram) -> None:
    def press(action: str, pk: int = sent.pk, /, **typed: str) -> Any:
        return submit(
            url("quote_detail", sent.pk), client=bram, form=url(action, pk), past_browser=True, **typed
        )

    assert press("quote_withdraw", reason="").status_code == 422
    assert press("quote_resend", to_address="x").status_code == 422
    press("quote_resend", to_address="new@mail.example")
    assert sent.current.links.count() == 2
    press("link_revoke", link.pk)
    link.refresh_from_db()
    assert link.revoked_at
    press("quote_withdraw", reason="Wrong")
    assert press("quote_revise", reason="Another boiler").url == url("quote_edit", sent.pk)
    submit(url("quote_send", sent.pk), client=bram, press="Send the quote", to_address="")
    assert press("quote_accept", name="").status_code == 422
    press("quote_accept", name="A. de Wit, by telephone")
    sent.refresh_from_db()
    assert sent.status == "accepted"
    assert "by telephone" in bram.get(url("quote_detail", sent.pk)).content.decode()


def test_the_pdf_of_each_version_is_kept(sent, bram, cast) -> None:
    actions.quote_revise(quote=sent, by=cast.bram)
    for version in ("", "?version=1", "?version=2"):
        answer = bram.get(url("quote_pdf", sent.pk) + version)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert bram.get(url("quote_pdf", sent.pk) + "?version=7").status_code == 404


def test_templates_are_made_changed_and_used(draft, bram, vat) -> None:
    keep = {"client": bram, "form": url("template_from_quote", draft.pk), "name": "Boiler"}
    submit(url("quote_detail", draft.pk), **keep)
    assert submit(url("quote_detail", draft.pk), **keep).status_code == 422
    template = QuoteTemplate.objects.get()
    change = url("template_change", template.pk)
    assert "Insulation" in bram.get(change).content.decode()
    fields = {
        "name": "Boiler 2",
        "title": "T",
        "active": True,
        "billing_basis": "actuals",
        "sold_hours": "4",
        "deposit_percentage": "0",
    }
    lines = {"lines-0-kind": "text", "lines-0-description": "B", "lines-0-quantity": "2", "lines-0-unit": "C62", "lines-0-vat_code": vat["high"],
             "lines-0-ORDER": "2", "lines-1-kind": "labour", "lines-1-rate_kind": "normal", "lines-1-description": "A", "lines-1-quantity": "1.5",
             "lines-1-unit": "HUR", "lines-1-vat_code": vat["high"], "lines-1-ORDER": "1"}  # fmt: skip
    given = fields | lines | {"lines-2-DELETE": True}
    assert submit(change, client=bram, **given | {"lines-1-quantity": "x"}).status_code == 422
    assert submit(change, client=bram, **given).status_code == 302
    assert [one.description for one in template.lines.all()] == ["A", "B"]
    given = fields | {name: value for name, value in lines.items() if name.startswith("lines-0")}
    create = url("template_create")
    assert submit(create, client=bram, **given | {"name": "Third"}).status_code == 302
    again = submit(create, client=bram, past_browser=True, **given | {"name": "third", "title": ""})
    assert again.status_code == 422


def test_in_dutch_numbers_are_typed_and_shown_in_dutch(cast, client_as, draft) -> None:
    cast.bram.language = "nl"
    cast.bram.save()
    bram = client_as(cast.bram)
    first = draft.current.lines.first()
    price, quantity = f"line-{first.pk}-unit_price", f"line-{first.pk}-quantity"
    typed = {price: "1.234,56", quantity: "2,5", "sold_hours": "3,5"}
    submit(url("quote_edit", draft.pk), client=bram, form="draft", press="Bewaren", **typed)
    first.refresh_from_db()
    draft.current.refresh_from_db()
    assert (first.unit_price, first.quantity, draft.current.sold_hours) == (
        Decimal("1234.56"),
        Decimal("2.5"),
        Decimal("3.5"),
    )
    page = bram.get(url("quote_edit", draft.pk)).content.decode()
    assert 'value="1234,56"' in page or 'value="1.234,56"' in page
    assert 'value="2,5"' in page


def test_what_the_builder_shows_reads_like_a_person_wrote_it(received, rates, company, bram, cast) -> None:
    """No date of a database, no cost to a hundredth of a cent, no row of dashes; and saving does not round a cost."""
    quote = actions.quote_create(by=cast.bram, request=received)
    labour = quote.current.lines.get(kind="labour")
    QuoteLine.objects.filter(pk=labour.pk).update(unit_cost=Decimal("38.4375"))
    html = bram.get(url("quote_edit", quote.pk)).content.decode()
    assert "2020-01-01" not in html.replace('value="', "")
    assert "Wed\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2020" in html
    assert "38.44" in html
    assert "38.4375" not in html
    assert "---------" not in html
    edit = url("quote_edit", quote.pk)
    submit(edit, client=bram, press="Save", **{f"line-{labour.pk}-unit_cost": "38.44"})
    labour.refresh_from_db()
    assert labour.unit_cost == Decimal("38.4375")


@pytest.mark.parametrize(
    "path", ["/quotes/templates/new/", "/quotes/new/", "/requests/new/", "/requests/types/new/"]
)
def test_no_choice_is_a_row_of_dashes(bram, company, work_type, path) -> None:
    assert "---------" not in bram.get(path).content.decode()
