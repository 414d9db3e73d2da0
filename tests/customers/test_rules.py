import pytest

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
        ("NL", "0811 AA", None),
        ("NL", "4811 SS", None),
        ("NL", "4811", None),
        ("DE", "4757", None),
    ],
)
def test_postal_codes(country, typed, written):
    if written is None:
        with pytest.raises(ValueError):
            rules.postal_code_clean(country, typed)
    else:
        assert rules.postal_code_clean(country, typed) == written


@pytest.mark.parametrize("typed", ["12", "12a", "12-3", "12 bis", "1 hs", "12 III"])
def test_dutch_house_numbers_begin_with_a_number(typed):
    assert rules.house_number_clean("NL", typed) == typed


@pytest.mark.parametrize("typed", ["a12", "bis", "12;3", "123456"])
def test_what_is_no_dutch_house_number(typed):
    with pytest.raises(ValueError):
        rules.house_number_clean("NL", typed)


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
