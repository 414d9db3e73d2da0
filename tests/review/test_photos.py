"""Photos before the work beside those after it."""

import lxml.html
import pytest

from tests.builders import photo_stored

pytestmark = pytest.mark.django_db


def shown(client, address):
    root = lxml.html.document_fromstring(client.get(address).content)
    figures = root.xpath("//figure")
    found = [(one.xpath(".//img/@alt") or ["none"])[0].split(",")[0] for one in figures]
    return found, {one.get("data-key"): one.get("href") for one in root.xpath("//*[@data-key]")}


@pytest.fixture
def order(shop):
    """One photo before, two after."""
    order = shop.order()
    phone = shop.phone(order).work(60)
    phone.tell("after_photo", file=photo_stored())
    phone.finish()
    return order


def test_each_pair_is_labelled_and_the_arrows_lead_to_the_next(order, cast, client_as):
    client, page = client_as(cast.bram), f"/review/{order.pk}/photos/"
    assert shown(client, page) == (["Before", "After"], {"arrowright": "?pair=2"})
    assert shown(client, f"{page}?pair=2") == (["Before", "After"], {"arrowleft": "?pair=1"})
    for odd in ("?pair=99", "?pair=x", f"?visit={order.visits.get().pk}", "?visit=0"):
        assert shown(client, page + odd)[0] == ["Before", "After"]


def test_what_was_not_taken_is_said(order, cast, client_as):
    order.visits.get().photos.filter(kind="after").delete()
    assert shown(client_as(cast.bram), f"/review/{order.pk}/photos/")[0] == ["Before", "none"]


def test_a_job_without_photos_says_so(shop, cast, client_as):
    assert shown(client_as(cast.bram), f"/review/{shop.order().pk}/photos/") == ([], {})


def test_the_review_leads_there(order, cast, client_as):
    page = client_as(cast.bram).get(f"/review/{order.pk}/").content.decode()
    assert f"/review/{order.pk}/photos/?visit={order.visits.get().pk}" in page


def test_it_is_for_the_office(order, cast, client_as):
    assert client_as(cast.tim).get(f"/review/{order.pk}/photos/").status_code == 403
