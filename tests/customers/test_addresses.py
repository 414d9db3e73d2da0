"""Addresses as people write them: kept as they are, with a suggestion where one is plain, and in full on paper."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from apps.core import countries
from apps.customers.models import Customer
from tests.conftest import Cast
from tests.pages import submit

As = Callable[..., Client]
HERE = {
    "name": "Anna",
    "street": "Ginnekenweg",
    "house_number": "12",
    "postal_code": "4811 AA",
    "city": "Breda",
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"house_number": "t/o 12½ (achter)"}, ("Ginnekenweg", "t/o 12½ (achter)", "4811 AA", "NL")),
        ({"street": "Postbus 123", "house_number": ""}, ("Postbus", "123", "4811 AA", "NL")),
        ({"street": "Ginnekenweg 12 bis", "house_number": ""}, ("Ginnekenweg", "12 bis", "4811 AA", "NL")),
        ({"country": "BE", "postal_code": "BE2000"}, ("Ginnekenweg", "12", "2000", "BE")),
        ({"country": "FR", "postal_code": "75008", "city": "Paris"}, ("Ginnekenweg", "12", "75008", "FR")),
        (
            {"country": "GB", "postal_code": "sw1a 1aa", "city": "London"},
            ("Ginnekenweg", "12", "SW1A 1AA", "GB"),
        ),
    ],
)
def test_an_address_is_kept_as_people_write_it(
    cast: Cast, client_as: As, typed: dict[str, str], kept: tuple[str, ...]
) -> None:
    answer = submit("/customers/new/", client=client_as(cast.bram), press="Save", **HERE | typed)
    assert answer.status_code == 302
    made = Customer.objects.get()
    assert (made.street, made.house_number, made.postal_code, made.country) == kept
    again = submit(f"/customers/{made.pk}/change/", client=client_as(cast.bram), press="Save")
    assert again.status_code == 302
    assert Customer.objects.get().version == made.version, "what was kept is read as it was kept"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"postal_code": "BE2000"}, "a postal code of another country (Belgium). Choose that country."),
        ({"postal_code": "2000"}, "Enter a postal code that exists, such as 4811 AA."),
        ({"country": "BE"}, "a postal code of another country (Netherlands). Choose that country."),
        ({"country": "DE", "postal_code": "47"}, "Enter a postal code that exists, such as 47574."),
        ({"house_number": "?"}, "Enter a house number, such as 12, 12a or t/o 12."),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    cast: Cast, client_as: As, typed: dict[str, str], sentence: str
) -> None:
    answer = submit("/customers/new/", client=client_as(cast.bram), press="Save", **HERE | typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Customer.objects.exists()


def test_countries_are_named_in_full_in_the_language_of_the_reader() -> None:
    for language, belgium, abroad in (("nl", "België", "Oostenrijk"), ("en", "Belgium", "Austria")):
        with translation.override(language):
            assert countries.country_name("BE") == belgium
            assert [code for code, _name in countries.choices()][:4] == ["NL", "BE", "DE", "LU"]
            assert ("AT", abroad) in [(code, str(name)) for code, name in countries.choices()]
            assert str(Customer(country="AT").get_country_display()) == abroad
    assert countries.country_name("Belgique") == "Belgique"
