import io
from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from PIL import Image

from apps.company.actions import company_set, series_prefix_set
from apps.company.models import Company, Holiday, OpeningHours
from apps.core import clock, numbering
from apps.core.actors import SYSTEM
from apps.core.models import AuditEvent, Series
from apps.core.numbering import number_take
from apps.core.refusals import Refused
from apps.documents import photos
from tests.pages import submit
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Mark & Zonen", "street": "Dorpsstraat", "house_number": "1", "postal_code": "3811 AB", "city": "Amersfoort",
    "country": "NL", "email": "info@markenzonen.example", "phone": "033 1234567", "website": "", "kvk_number": "12345678",
    "vat_number": "NL 0044.95.445 B01", "iban": "NL91 ABNA 0417 1643 00", "bic": "", "colour": "#0b5f66", "language": "nl",
    "payment_term_days": "14", "quote_valid_days": "30", "quote_terms": "", "quote_terms_nl": "",
}  # fmt: skip


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (1600, 400), (11, 95, 102, 0)).save(out, "PNG")
    return out.getvalue()


def test_the_index_shows_what_one_may_set(cast, client_as):
    office = client_as(cast.bram).get("/settings/").content.decode()
    owner = client_as(cast.olga).get("/settings/").content.decode()
    assert "/settings/numbering/" not in office
    assert "/settings/numbering/" in owner
    assert client_as(cast.tim).get("/settings/").status_code == 403


@pytest.mark.parametrize("address", ["company/", "numbering/", "opening-hours/", "holidays/"])
def test_the_back_office_changes_no_company(cast, client_as, address):
    assert client_as(cast.bram).get(f"/settings/{address}").status_code == 403
    assert client_as(cast.olga).get(f"/settings/{address}").status_code == 200


def test_the_company_is_kept_with_its_numbers_in_one_form(cast, client_as):
    typed = GIVEN | {"postal_code": "3811ab"}
    assert submit("/settings/company/", client=client_as(cast.ada), **typed).status_code == 302
    company = Company.objects.get()
    assert company.postal_code == "3811 AB"
    assert (company.iban, company.vat_number) == ("NL91ABNA0417164300", "NL004495445B01")


@pytest.mark.parametrize(
    "given",
    [
        {"kvk_number": "123"}, {"postal_code": "3811"}, {"vat_number": "NL123"}, {"iban": "NL00ABNA0417164300"}, {"colour": "red"},
        {"email": "nope"}, {"payment_term_days": "0"}, {"quote_valid_days": "9999"}, {"name": ""},
    ],
)  # fmt: skip
def test_a_bad_number_stands_at_its_field(cast, client_as, given):
    answer = submit("/settings/company/", client=client_as(cast.ada), past_browser=True, **GIVEN | given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(given)
    assert not Company.objects.exists()


def test_a_country_that_is_not_offered_stands_at_its_field(cast, client_as):
    answer = submit_tampered(
        "/settings/company/", GIVEN | {"country": "US"}, client=client_as(cast.ada), press="Save"
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"country"}
    assert not Company.objects.exists()


def test_a_logo_stays_transparent_and_everyone_may_see_it(cast, client_as):
    client = client_as(cast.ada)
    submit("/settings/company/", client=client, **GIVEN, logo_file=SimpleUploadedFile("l.png", png()))
    answer = Client().get("/settings/logo/")
    image = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (image.mode, image.width) == ("RGBA", 1000)
    assert image.getpixel((5, 5))[3] == 0
    submit("/settings/company/", client=client, logo_remove=True)
    assert Client().get("/settings/logo/").status_code == 404


def test_a_logo_that_is_none_is_refused_at_the_field(cast, client_as):
    given = GIVEN | {"logo_file": SimpleUploadedFile("l.png", b"<svg onload=alert(1)>")}
    answer = submit("/settings/company/", client=client_as(cast.ada), **given)
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["logo_file"]
    assert said == "This file is not a picture that we can read: save the logo as a PNG or JPEG."


@pytest.mark.parametrize("words", [photos.LOGO_WORDS, photos.SIGNATURE_WORDS], ids=["logo", "signature"])
def test_what_is_no_photo_is_not_called_one(words):
    with override("en"):
        assert set(words) == set(photos.Fault)
        assert [one for one in words.values() if "photo" in str(one) or "camera" in str(one)] == []


@pytest.mark.parametrize("fault", list(photos.Fault))
def test_each_fault_of_a_logo_is_told_of_a_logo(fault, monkeypatch, cast):
    def refuse(raw):
        raise photos.NoPicture(fault)

    monkeypatch.setattr(photos, "_open", refuse)
    with pytest.raises(photos.NoPicture, match="logo"):
        photos.logo_store(raw=b"", name="l.png", by=cast.ada)
    assert not Company.objects.exists()


def test_a_prefix_holds_from_the_next_number_on_and_is_audited(cast, client_as):
    series = Series.objects.get(name=numbering.INVOICE)
    before = number_take(numbering.INVOICE)
    client = client_as(cast.ada)
    form = f"/settings/numbering/{series.pk}/prefix/"
    answer = submit("/settings/numbering/", client=client, form=form, **{"invoice-prefix": "inv"})
    assert answer.status_code == 302
    row = next(one for one in client.get("/settings/numbering/").context["rows"] if one["series"] == series)
    after = number_take(numbering.INVOICE)
    assert before.startswith("F")
    assert row["next"] == after == f"INV{clock.today().year % 100}-0002"
    assert AuditEvent.objects.about(series).get(verb="series.prefix").reason == "F → INV"


@pytest.mark.parametrize("prefix", ["", "F1", "É", "TOOLONG", "C"])
def test_a_prefix_that_cannot_be_stands_at_its_field(cast, client_as, prefix):
    series = Series.objects.get(name=numbering.INVOICE)
    answer = submit(
        "/settings/numbering/", client=client_as(cast.ada), form=f"/settings/numbering/{series.pk}/prefix/",
        past_browser=True, **{"invoice-prefix": prefix},
    )  # fmt: skip
    assert answer.status_code == 422
    assert Series.objects.get(pk=series.pk).prefix == "F"


def test_a_prefix_that_other_documents_had_is_refused(cast):
    invoice, credit = (Series.objects.get(name=name) for name in (numbering.INVOICE, numbering.CREDIT_NOTE))
    series_prefix_set(series=invoice, prefix="INV", by=cast.ada)
    with pytest.raises(Refused, match="is or was the prefix of"):
        series_prefix_set(series=credit, prefix="F", by=cast.ada)
    series_prefix_set(series=invoice, prefix="F", by=cast.ada)


def test_opening_hours_replace_those_that_were(cast, client_as):
    client = client_as(cast.ada)
    given = {"day1_from1": "08:00", "day1_until1": "17:00", "day6_from1": "09:00", "day6_until1": "12:00"}
    assert submit("/settings/opening-hours/", client=client, **given).status_code == 302
    assert list(OpeningHours.objects.values_list("weekday", "opens")) == [(1, time(8)), (6, time(9))]
    backwards = {"day1_from1": "18:00", "day1_until1": "17:00"}
    assert submit("/settings/opening-hours/", client=client, **backwards).status_code == 422
    assert OpeningHours.objects.count() == 2


def test_holidays_are_added_once_and_removed(cast, client_as):
    client = client_as(cast.ada)
    year = clock.today().year + 1
    for _time in range(2):
        submit("/settings/holidays/", client=client, form="/settings/holidays/add-year/", year=year)
    days = Holiday.objects.count()
    assert 8 <= days <= 12

    def add(name):
        form = "/settings/holidays/add/"
        return submit("/settings/holidays/", client=client, form=form, day=f"{year}-08-03", name=name)

    assert add("Summer party").status_code == 302
    assert add("Twice").status_code == 422
    party = Holiday.objects.get(name="Summer party")
    remove = f"/settings/holidays/{party.pk}/remove/"
    assert submit("/settings/holidays/", client=client, form=remove).status_code == 302
    assert Holiday.objects.count() == days


def test_the_about_page_names_its_sources(cast, client_as):
    assert "GeoNames" in client_as(cast.bram).get("/settings/about/").content.decode()


def test_the_company_keeps_its_history(cast, client_as):
    company_set(
        by=SYSTEM,
        **{name: GIVEN[name] for name in ("name", "street", "house_number", "postal_code", "city", "email")},
    )
    assert "Watertight" in client_as(cast.ada).get("/settings/company/").content.decode()
