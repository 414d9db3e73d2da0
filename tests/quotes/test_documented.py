"""The worked example of docs/algorithms/quotes.md."""

from pathlib import Path

from django.conf import settings

from apps.quotes import rules

LINE = {"discount": "0", "vat_category": "S", "optional": False}
CONTENT = {
    "lines": [
        LINE | {"id": 1, "quantity": "1", "unit_price": "1000", "vat_rate": "21"},
        LINE | {"id": 2, "quantity": "2", "unit_price": "50", "vat_rate": "9"},
        LINE | {"id": 3, "quantity": "1", "unit_price": "200", "vat_rate": "21", "optional": True},
    ]
}


def test_the_example_adds_up_as_it_says() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "algorithms" / "quotes.md").read_text()
    offer, agreed = rules.content_totals(CONTENT), rules.content_totals(CONTENT, [3])
    assert f"Offer: {offer.net} net, VAT 210.00 + 9.00, total **{offer.total}**" in page
    assert f"ticked: {agreed.net} net, VAT 252.00 + 9.00, total **{agreed.total}**" in page
    assert [str(one.vat) for one in agreed.vat_sums] == ["252.00", "9.00"]
