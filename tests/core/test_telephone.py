"""A table of what people write as a telephone number: what is kept of it, how it is shown here, what is dialled."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from apps.core import telephone
from apps.core.database import home_country
from apps.core.telephone_fields import TelephoneField
from tests.builders import CompanyFactory

MOBILE = ("+31612345678", "06 12345678", "+31612345678")
FIXED = ("+31301234567", "030 123 4567", "+31301234567")
BELGIAN = ("+32470123456", "+32 470 12 34 56", "+32470123456")
# country of the customer, as it was written, (kept, shown in the Netherlands, dialled)
WRITTEN = [
    *(("NL", text, MOBILE) for text in (
        "0612345678", "06-12345678", "06 1234 5678", "06.12.34.56.78", "06–12345678", "06 - 12 34 56 78", "06/12345678",
        "(06) 12345678", "+31 6 12345678", "+31 (0)6 1234 5678", "0031612345678", "0031 (0)6-12345678", "tel. 06-12345678",
    )),
    *(("NL", text, FIXED) for text in ("0301234567", "030/1234567", "(030) 123 45 67", "030 - 123 45 67", "0031 (0)30-1234567")),
    *(("BE", text, BELGIAN) for text in ("0470 12 34 56", "0470/12.34.56", "0470123456", "+32 470 12 34 56", "0032 470123456")),
    ("NL", "+32 (0)470 12 34 56", BELGIAN),
    ("BE", "06-12345678", MOBILE),  # over the border with a number of ours
    ("BE", "03 231 22 22", ("+3232312222", "+32 3 231 22 22", "+3232312222")),
    ("DE", "02151 1234567", ("+4921511234567", "+49 2151 1234567", "+4921511234567")),
    ("LU", "27 12 34 1", ("+3522712341", "+352 27 12 34 1", "+3522712341")),
    ("NL", "088-1234567", ("+31881234567", "088 123 4567", "+31881234567")),
    ("NL", "0970 1234 5678", ("+3197012345678", "0970 123 45678", "+3197012345678")),
    ("NL", "0900 1234", ("+319001234", "0900 1234", "09001234")),
    ("NL", "0900-8844", ("+319008844", "0900 8844", "09008844")),
    ("NL", "0800 1234", ("+318001234", "0800 1234", "08001234")),
    ("NL", "14 076", ("+3114076", "14 076", "14076")),
    ("NL", "14076", ("+3114076", "14 076", "14076")),
    ("NL", "112", ("112", "112", "112")),
    ("NL", "116 123", ("116123", "116123", "116123")),
    ("NL", "214", ("214", "214", "214")),  # of a colleague, within the house
    ("NL", "214 (Jan)", ("214 (Jan)", "214 (Jan)", "214")),
    ("NL", "06 12345678 (na 17u)", ("+31612345678 (na 17u)", "06 12345678 (na 17u)", "+31612345678")),
    ("NL", "06 12345678 na 17:00", ("+31612345678 na 17:00", "06 12345678 na 17:00", "+31612345678")),
    ("NL", "06 12345678 17:00-18:00", ("+31612345678 / 17:00-18:00", "06 12345678 / 17:00-18:00", "+31612345678")),
    ("NL", "Jan: 06-12345678", ("+31612345678 Jan", "06 12345678 Jan", "+31612345678")),
    ("NL", "06-12345678 / 030-1234567", ("+31612345678 / 030-1234567", "06 12345678 / 030-1234567", "+31612345678")),
    ("NL", "030-1234567 tst. 12", ("+31301234567;ext=12", "030 123 4567 ext. 12", "+31301234567;ext=12")),
    ("NL", "030-1234567 toestel 12", ("+31301234567;ext=12", "030 123 4567 ext. 12", "+31301234567;ext=12")),
    ("NL", "030-1234567 x12", ("+31301234567;ext=12", "030 123 4567 ext. 12", "+31301234567;ext=12")),
    ("NL", "030-1234567 ext 12 (balie)", ("+31301234567;ext=12 (balie)", "030 123 4567 ext. 12 (balie)", "+31301234567;ext=12")),
    ("NL", "+32 2 123 45 67", ("+3221234567", "+32 2 123 45 67", "+3221234567")),  # no list knows it, and it is long enough
    ("NL", "+1 (212) 555-0100", ("+12125550100", "+1 212-555-0100", "+12125550100")),
    ("NL", "", ("", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("country", "typed", "expected"), WRITTEN)
def test_a_number_is_kept_shown_and_dialled(country: str, typed: str, expected: tuple[str, str, str]) -> None:
    kept = telephone.read(typed, country, "NL")
    assert (kept, telephone.shown(kept, "NL"), telephone.dialled(kept)) == expected


@pytest.mark.parametrize(("country", "typed", "expected"), WRITTEN)
def test_what_is_shown_is_read_as_it_was_kept(
    country: str, typed: str, expected: tuple[str, str, str]
) -> None:
    kept = expected[0]
    assert telephone.read(kept, "NL") == kept
    assert telephone.read(telephone.shown(kept, "NL"), "NL") == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("bel mij", "none"), ("?", "none"), ("+3", "none"), ("=1+1", "none"), ("06", "none"), ("061234567", "unknown"),
        ("06123456789", "unknown"), ("1234567", "unknown"), ("0470 12 34 56", "unknown"), ("+31 6 1234", "unknown"),
        ("0" * 80, "unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_refused_with_its_reason(typed: str, why: str) -> None:
    with pytest.raises(telephone.Unreadable) as refused:
        telephone.read(typed, "NL")
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("before", "digits"),
    [("06-91234567", "0691234567"), ("+31 (0)30 12 (zie mail 4)", "+313012"), ("geen", ""), ("1", "1")],
)
def test_what_was_written_before_there_were_rules_is_shown_as_it_stands(before: str, digits: str) -> None:
    assert (telephone.shown(before, "NL"), telephone.dialled(before)) == (before, digits)


@given(st.text("0123456789+-()/. xtn#=;é", max_size=80))
def test_whatever_is_typed_is_kept_in_one_way_or_refused(typed: str) -> None:
    try:
        kept = telephone.read(typed, "NL")
    except telephone.Unreadable:
        return
    assert telephone.read(kept, "NL") == kept
    assert telephone.read(telephone.shown(kept, "NL"), "NL") == kept
    assert len(kept) <= 100
    assert set(telephone.dialled(kept)) <= set("+0123456789;ext=")


class NumberForm(forms.Form):
    country = forms.CharField()
    phone = TelephoneField(required=False)


@pytest.mark.django_db
def test_a_field_reads_a_number_in_the_country_of_its_form() -> None:
    assert _read("BE", "0470 12 34 56").cleaned_data["phone"] == "+32470123456"
    assert _read("NL", "0470 12 34 56").errors["phone"] == [
        "There is no such number. Look at its digits; one from abroad begins with + and the number of its country."
    ]
    assert _read("NL", "bel mij").errors["phone"] == [
        "Enter a telephone number, such as 06 12345678 or +32 2 123 45 67."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("kept", ["06-91234567", "geen", "+31612345678 (na 17u)"])
def test_what_stands_in_a_field_is_not_refused(kept: str) -> None:
    shown = str(NumberForm(initial={"phone": kept})["phone"].value())
    form = NumberForm({"country": "NL", "phone": shown}, initial={"phone": kept})
    assert form.is_valid()
    assert form.cleaned_data["phone"] == kept
    assert "phone" not in form.changed_data


@pytest.mark.django_db
def test_a_number_is_written_as_where_the_company_is() -> None:
    assert home_country() == "NL"
    CompanyFactory(country="BE")
    assert NumberForm(initial={"phone": "+32470123456"})["phone"].value() == "0470 12 34 56"
    assert NumberForm(initial={"phone": "+31612345678"})["phone"].value() == "+31 6 12345678"


def _read(country: str, text: str) -> NumberForm:
    form = NumberForm({"country": country, "phone": text})
    form.is_valid()
    return form
