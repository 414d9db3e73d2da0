"""What nobody typed on purpose does not come in, by whichever form; and no cell of an export starts a formula."""

import pytest

from apps.core.exports import harmless
from apps.core.text import cell, one_line, visible
from apps.customers.models import Customer
from apps.documents.pdf_engine import pdf_from_html
from tests.hostile import FORMULAS, UNSEEN, odd_texts, posted_raw

GIVEN = {
    "kind": "person", "language": "nl", "street": "Ginnekenweg", "house_number": "12", "postal_code": "4811 AA",
    "city": "Breda", "country": "NL",
}  # fmt: skip


@pytest.mark.parametrize("text", ["Zoë 👩‍🔧", "مرحبا", "a\tb", "two\r\nlines", "₂ → ×", "a\u0301"])
def test_what_people_type_stays(text):
    assert visible(text) == text


def test_what_nobody_sees_goes():
    assert visible("a\x07b\u202ec\ud800d\uffffe\u2066f\x85g") == "abcdefg"
    assert all(not UNSEEN.search(visible(one).replace("\x00", "")) for one in odd_texts())


def test_a_pasted_end_of_a_line_is_one():
    assert visible("one\u2028two\u2029three") == "one\ntwo\nthree"


def test_a_document_holds_any_text():
    """Also what came in by another way than a form, such as an import."""
    for text in ("para\u2029graph", "li\u2028ne", "be\x07ll", "half \ud800", "\uffff", "\u2066"):
        assert pdf_from_html(f"<p>{text}</p>").startswith(b"%PDF")


def test_a_name_in_a_header_is_one_line():
    assert one_line("Anna\r\nBcc: x@example.com\x00") == "Anna Bcc: x@example.com"


@pytest.mark.parametrize("text", [one for one in FORMULAS if one[:1] not in "'\";01T2a"])
def test_no_cell_is_a_formula_or_an_error(text):
    assert cell(text).startswith("'")
    assert harmless(text) == cell(text)


@pytest.mark.parametrize("text", ["Anna", "06-12345678", "a=b", "#12 bolts", ""])
def test_an_ordinary_cell_stays_as_it_is(text):
    assert cell(text) == text


@pytest.mark.django_db
def test_controls_and_turned_directions_do_not_come_in(cast, client_as):
    bram = client_as(cast.bram)
    name = "An\x07na\u202e de\x1b[31m Wit\uffff \ud800"
    assert posted_raw(bram, "/customers/new/", GIVEN | {"name": name}).status_code == 302
    assert Customer.objects.get().name == "Anna de[31m Wit \ufffd\ufffd\ufffd"
    refused = posted_raw(bram, "/customers/new/", GIVEN | {"name": "nul\x00byte", "house_number": "14"})
    assert refused.status_code == 422
    assert "Null characters are not allowed" in refused.content.decode()


@pytest.mark.django_db
def test_a_search_for_what_cannot_be_searched_finds_nothing(cast, client_as):
    bram = client_as(cast.bram)
    for path in ("/customers/", "/requests/", "/quotes/", "/work-orders/", "/invoicing/", "/materials/"):
        for text in ("\x00", "a\x00b", "\ud800", "\uffff", "x" * 5000):
            assert (
                bram.get(f"{path}?q={text.encode('utf-8', 'surrogatepass').decode('latin-1')}").status_code
                == 200
            )
