import pytest

from apps.core import postal_codes
from apps.customers import positions, rules


@pytest.mark.parametrize(
    ("country", "typed", "written"),
    [
        ("NL", "4811aa", "4811 AA"),
        ("NL", " 1012 ab ", "1012 AB"),
        ("BE", "B-2000", "2000"),
        ("BE", "BE-2000", "2000"),
        ("BE", "2000", "2000"),
        ("DE", "47574", "47574"),
        ("LU", "L-1234", "1234"),
        ("BE", "BE2000", "2000"),
        ("BE", "B 2000", "2000"),
        ("BE", "b2000", "2000"),
        ("DE", "D-47574", "47574"),
        ("LU", "L1234", "1234"),
        ("NL", "NL-4811 AA", "4811 AA"),
        ("FR", "75008", "75008"),
        ("GB", "sw1a  1aa", "SW1A 1AA"),
        ("NL", "0811 AA", None),
        ("NL", "4811 SS", None),
        ("NL", "4811", None),
        ("DE", "4757", None),
    ],
)
def test_postal_codes(country, typed, written):
    if written is None:
        with pytest.raises(ValueError):
            postal_codes.postal_code_clean(country, typed)
    else:
        assert postal_codes.postal_code_clean(country, typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "12", "12a", "12-3", "12 bis", "1 hs", "12 III", "12½", "t/o 12", "12 (achter)", "12+14", "12-14", "12 t/m 16", "12 & 14",
        "71 A", "A 7", "a12", "ong.", "z.n.", "bij 12", "12-3/4", "½", "12, 2e verdieping", "12 zwart",
    ],
)  # fmt: skip
def test_whatever_stands_at_a_door_is_a_house_number(typed):
    assert rules.house_number_clean("NL", typed) == typed


@pytest.mark.parametrize("typed", ["bis", "12;3", "123456", "?", "-", "4811=1"])
def test_what_is_no_dutch_house_number(typed):
    with pytest.raises(ValueError):
        rules.house_number_clean("NL", typed)


@pytest.mark.parametrize(
    ("street", "apart"),
    [
        ("Postbus 123", ("Postbus", "123")),
        ("Kerkstraat 12a", ("Kerkstraat", "12a")),
        ("Kerkstraat, nr. 12 bis", ("Kerkstraat", "12 bis")),
        ("Rue de la Loi 16", ("Rue de la Loi", "16")),
        ("Kerkstraat", None),
        ("1e Jan Steenstraat", None),
        ("Plein 1944", None),
        ("Plein 1944 12a", ("Plein 1944", "12a")),
        ("Laan 1940-1945, 7", ("Laan 1940-1945", "7")),
        ("Amstelveenseweg 1944", ("Amstelveenseweg", "1944")),
        ("12", None),
    ],
)
def test_a_number_behind_the_street_is_set_apart(street, apart):
    assert rules.number_apart(street) == apart


@pytest.mark.parametrize(
    ("typed", "but", "where"),
    [
        ("BE2000", "NL", "BE"),
        ("B-2000", "NL", "BE"),
        ("D-47574", "NL", "DE"),
        ("4811 AA", "BE", "NL"),
        ("4811 AA", "NL", ""),
        ("x", "NL", ""),
    ],
)
def test_a_neighbours_postal_code_says_whose_it_is(typed, but, where):
    assert postal_codes.postal_code_of(typed, but=but) == where


def test_vat_and_chamber_of_commerce_numbers():
    assert rules.vat_number_clean("NL", "nl 0044.95.445.b01") == "NL004495445B01"
    assert rules.vat_number_clean("BE", "BE 0428.759.497") == "BE0428759497"
    with pytest.raises(ValueError):
        rules.vat_number_clean("NL", "NL004495446B01")
    assert rules.kvk_number_clean("1234 5678") == "12345678"
    with pytest.raises(ValueError):
        rules.kvk_number_clean("1234567")


def test_a_postal_code_lies_somewhere():
    name, latitude, longitude = positions.place("NL", "4811 AA")
    assert name == "Breda"
    assert 51 < latitude < 52
    assert 4 < longitude < 5
    assert positions.place("NL", "0000 AA") is None
