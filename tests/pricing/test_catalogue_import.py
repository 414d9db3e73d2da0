import io
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from apps.core.actors import SYSTEM
from apps.materials.actions import material_change
from apps.materials.models import Material
from apps.pricing.lookup import material_price
from apps.pricing.models import MaterialPrice
from tests.pages import submit
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
CONFIRM = "/materials/import/confirm/"
HEAD = "Code;Material;Category;Unit;Cost price;Sales price;VAT\n"


def upload(client, content: bytes | str, name: str = "list.csv"):
    raw = content.encode() if isinstance(content, str) else content
    return submit("/materials/import/", client=client, file=SimpleUploadedFile(name, raw))


def confirm(client, preview):
    return submit(preview, client=client, form=CONFIRM)


def errors(preview) -> list[str]:
    return [error for row in preview.context["plan"].of_kind("error") for error in row.errors]


def test_nothing_is_written_until_it_is_confirmed(cast, client_as, tap):
    client = client_as(cast.olga)
    preview = upload(client, HEAD + "T1;Tap chrome;Taps;piece;20;36,00;21\nN1;New;Fresh;m;1,5;2,75;9\n")
    assert preview.status_code == 200
    assert preview.context["counts"] == {"new": 1, "change": 1, "same": 0, "error": 0}
    assert Material.objects.get().name == "Tap"
    assert confirm(client, preview).status_code == 302
    tap.refresh_from_db()
    assert tap.name == "Tap chrome"
    assert material_price(tap).price == Decimal(36)
    new = Material.objects.get(code="N1")
    assert (new.unit, new.category.name) == ("MTR", "Fresh")
    assert material_price(new).vat_code.code == "9"


def test_an_export_comes_back_as_no_change(cast, client_as, tap):
    client = client_as(cast.olga)
    for kind in ("csv", "xlsx"):
        exported = client.get("/materials/", {"export": kind}).content
        preview = upload(client, exported, f"m.{kind}")
        assert [row.changes or row.errors for row in preview.context["plan"].rows] == [[]]


def test_dutch_headings_and_words_are_read(cast, client_as, tap):
    cast.olga.language = "nl"
    cast.olga.save()
    client = client_as(cast.olga)
    exported = client.get("/materials/", {"export": "csv"}).content
    assert upload(client, exported).context["counts"]["same"] == 1


def test_formulas_go_out_harmless_and_come_back_as_they_were(cast, client_as, tap):
    material_change(material=tap, by=SYSTEM, name="=1+1")
    client = client_as(cast.olga)
    sheet = load_workbook(io.BytesIO(client.get("/materials/", {"export": "xlsx"}).content)).active
    assert sheet["A2"].value == "'=1+1"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (";No code;Taps;piece;;;", "There is no code."),
        ("N1;;Taps;piece;;;", "A new material needs: Material."),
        ("N1;A;;piece;;;", "A new material needs: Category."),
        ("N1;A;Taps;furlong;;;", "The unit “furlong” is not known."),
        (
            "N1;A;Taps;piece;1.234;2;21",
            "Cost price: “1.234” can be €1,234.00 or €1.234. Type 1234.00 or 1.2340.",
        ),
        ("N1;A;Taps;piece;abc;2;21", "Cost price: Type a number, such as 12.50."),
        ("N1;A;Taps;piece;-5;2;21", "Cost price: Type at least €0.00; this is −€5.00."),
        ("N1;A;Taps;piece;;2;21", "A price needs both the cost price and the sales price."),
        ("N1;A;Taps;piece;1;2;77", "The VAT code “77” is not known or not in use."),
        (f"N1;{'x' * 121};Taps;piece;;;", "Material is longer than 120 characters."),
        ("N1;=HYPERLINK(1);Taps;piece;;;", "Material is a formula."),
    ],
)
def test_a_row_in_error_says_why_and_is_left_out(cast, client_as, tap, row, sentence):
    client = client_as(cast.olga)
    preview = upload(client, f"{HEAD}{row}\nOK1;Fine;Taps;piece;;;\n")
    assert errors(preview) == [sentence]
    confirm(client, preview)
    assert set(Material.objects.values_list("code", flat=True)) == {"T1", "OK1"}


def test_the_same_code_twice_is_an_error(cast, client_as, tap):
    preview = upload(client_as(cast.olga), HEAD + "N1;A;Taps;;;;\nN1;B;Taps;;;;\n")
    assert errors(preview) == ["This code stands in the file before."]


def test_whoever_may_not_set_prices_cannot_import_them(cast, client_as, tap):
    preview = upload(client_as(cast.bram), HEAD + "T1;Tap;Taps;piece;1;99;21\n")
    assert errors(preview) == ["You may not change prices."]


def test_a_change_in_between_is_noticed(cast, client_as, tap):
    client = client_as(cast.olga)
    preview = upload(client, HEAD + "T1;Tap two;Taps;piece;;;\n")
    material_change(material=tap, by=SYSTEM, name="Tap three")
    assert confirm(client, preview).status_code == 409
    assert Material.objects.get().name == "Tap three"


def test_rows_that_were_tampered_with_are_refused(cast, client_as, tap):
    client = client_as(cast.olga)
    preview = upload(client, HEAD + "N1;A;Taps;piece;;;\n")
    made_up = {"signed": preview.context["signed"][:-2] + "xx"}
    answer = submit_tampered(preview, made_up, client=client, form=CONFIRM)
    assert answer.status_code == 409


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\1\2\3 binary",
        b"PK\x03\x04 not a zip",
        b"Name;Price\nA;1\n",
        b"Code\n",
        b"Code;Code\nA;B\n",
        b'Code;Material\n"A;B\n',
        b"Code\n" + b"A\n" * 5_100,
        b"Code;" + b";" * 90 + b"\nA\n",
        b"x" * 2_100_000,
        _bomb(),
    ],
)
def test_a_hostile_or_broken_file_is_refused_at_the_field(cast, client_as, tap, content):
    answer = upload(client_as(cast.olga), content)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert Material.objects.count() == 1


def test_a_formula_in_a_workbook_is_not_run(cast, client_as, tap):
    book = Workbook()
    book.active.append(["Code", "Material", "Category"])
    book.active.append(["N1", '=CONCAT("a","b")', "Taps"])
    out = io.BytesIO()
    book.save(out)
    assert errors(upload(client_as(cast.olga), out.getvalue(), "m.xlsx")) == ["Material is a formula."]


def test_prices_of_the_same_day_are_replaced_by_a_second_import(cast, client_as, tap):
    client = client_as(cast.olga)
    for price in ("40", "41"):
        confirm(client, upload(client, HEAD + f"T1;Tap;Taps;piece;20;{price};21\n"))
    assert MaterialPrice.objects.get(material=tap).price == Decimal(41)
