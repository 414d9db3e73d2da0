"""The page of leaks: who may see it, what it says of each, writing one off."""

import csv
import io
from datetime import timedelta

import pytest

from apps.acceptance.judging import concerns_judge
from apps.core import clock
from apps.core.formats import money
from apps.invoicing import actions as invoicing
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.review import actions as review
from apps.workorders.models import WorkOrder
from tests.leaks.test_leaks_detect import NOW
from tests.pages import post_by_hand, submit
from tests.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def leak(shop):
    shop.done(minutes=120)
    leaks_detect(NOW)
    return Leak.objects.get(detector="unreviewed")


def test_each_leak_says_its_cause_amount_age_and_next_action(leak, cast, client_as):
    page = client_as(cast.bram).get("/leaks/").content.decode()
    assert "Done, not reviewed" in page
    assert "nobody reviewed it" in page
    assert "€120.00" in page
    assert f'href="/review/{leak.target_id}/"' in page


def test_receivables_stand_beside_what_is_at_risk_with_their_vat(leak, shop, cast, client_as):
    order = shop.done(minutes=60)
    found = review.review_open(work_order=order, by=cast.bram)
    concerns_judge(review=found, by=cast.bram, reason="seen")
    review.review_approve(review=found, by=cast.bram)
    invoice = invoicing.invoice_issue(
        invoice=invoicing.invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram
    )
    leaks_detect(clock.now() + timedelta(days=60))
    page = client_as(cast.bram).get("/leaks/?kind=receivable").context["page"]
    counters = {str(one["label"]): one["value"] for one in page.counters}
    assert [row.subject_id for row in page.rows] == [invoice.pk]
    assert counters["Receivable of it, incl. VAT"] == money(invoice.payable)
    assert counters["At risk, excl. VAT"] == money(Leak.objects.at_risk().total())


@pytest.mark.parametrize(("who", "status"), [("bram", 200), ("olga", 200), ("ada", 200), ("tim", 403)])
def test_amounts_are_for_who_may_see_them(leak, cast, client_as, who, status):
    client = client_as(getattr(cast, who))
    assert client.get("/leaks/").status_code == status
    assert client.get(f"/leaks/{leak.pk}/").status_code == status


def test_an_unknown_leak_is_not_found(cast, client_as):
    assert client_as(cast.bram).get("/leaks/999/").status_code == 404


def test_a_write_off_needs_a_reason_and_the_right(leak, cast, client_as):
    page, url = f"/leaks/{leak.pk}/", f"/leaks/{leak.pk}/write-off/"
    bram = client_as(cast.bram)
    assert post_by_hand(client_as(cast.ada), url, {"reason": "gift"}).status_code == 403
    assert bram.get(url).status_code == 302
    opened = bram.get(page)
    assert submit(opened, client=bram, form=url, reason="", past_browser=True).status_code == 422
    leak.refresh_from_db()
    assert leak.status == "open"
    assert submit(page, client=bram, form=url, reason="gift").status_code == 302
    leak.refresh_from_db()
    assert leak.status == "written_off"
    assert post_by_hand(bram, url, {"reason": "again"}).status_code == 409


def test_nobody_writes_off_more_than_they_have_seen(leak, shop, cast, client_as):
    bram, url = client_as(cast.bram), f"/leaks/{leak.pk}/write-off/"
    opened = bram.get(f"/leaks/{leak.pk}/")
    shop.late_time(WorkOrder.objects.get(pk=leak.subject_id), 60)
    leaks_detect(NOW)
    refused = submit(opened, client=bram, form=url, reason="gift")
    assert (refused.status_code, "€180.00" in refused.content.decode()) == (409, True)
    leak.refresh_from_db()
    assert leak.status == "open"
    assert submit(f"/leaks/{leak.pk}/", client=bram, form=url, reason="gift").status_code == 302


def test_it_checks_on_demand(shop, cast, client_as):
    shop.done()
    answer = submit("/leaks/", client=client_as(cast.bram), form="/leaks/detect/", follow=True)
    assert answer.status_code == 200
    assert Leak.objects.filter(detector="material_unpriced").exists()


def test_filters_and_search_narrow_the_list(leak, cast, client_as):
    client = client_as(cast.bram)
    assert "Odd thing" in client.get("/leaks/").content.decode()
    for query in ("type=unreviewed", "kind=leak", "q=peters"):
        page = client.get(f"/leaks/?{query}").content.decode()
        assert "Familie Peters" in page
        assert "Odd thing" not in page
    assert "Familie Peters" not in client.get("/leaks/?status=written_off").content.decode()


def test_it_exports(leak, cast, client_as):
    answer = client_as(cast.bram).get("/leaks/?export=csv&kind=leak")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == "Done, not reviewed"


def test_the_list_asks_the_same_however_long(leak, shop, cast, client_as):
    client = client_as(cast.bram)
    few = statements(client, "/leaks/")
    for _number in range(5):
        shop.done()
    leaks_detect(NOW)
    assert statements(client, "/leaks/") == few
