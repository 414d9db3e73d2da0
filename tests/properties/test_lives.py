"""Whatever happens to whole lives of jobs: each euro stands in one stage, and sixty days later what waits is a leak."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.field.models import FieldEvent
from apps.invoicing.models import LedgerRow
from apps.leaks.actions import WORTH_IS_KNOWN, leaks_detect
from apps.leaks.models import Leak
from apps.materials.models import Material
from apps.pipeline.checks import faults
from apps.pipeline.figures import ledger, standing
from apps.pipeline.states import STAGES
from apps.pricing.lookup import material_price
from tests.finance.ageing import ages_agree
from tests.properties.lives import VERBS, Lives
from tests.review.conftest import shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db

START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)  # a Monday
# A job that is sold, planned, done, reviewed, invoiced and paid, with anything in between.
ROAD = ("offer", "accept", "order", "plan", "work", "part", "finish", "review", "approve", "draft", "issue", "send", "pay", "package")  # fmt: skip
more = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5)), min_size=6, max_size=24)
where = st.lists(st.integers(0, len(ROAD)), min_size=24, max_size=24)


# An item that keeps the agreement of a cancelled job with the job: recorded and not given away, or on an invoice.
WORKED = """(EXISTS (SELECT 1 FROM invoicing_invoiceline l WHERE l.billable_id = b.id AND l.live)
             OR b.quote_line_id IS NULL AND b.fate IN ('pending', 'billable')) AND b.kind <> 'deposit'"""


def one(sql: str) -> D:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(({sql}), 0)")
        return D(cursor.fetchone()[0])


def promised() -> D:
    """Offers that nobody answered, and a yes that no job carries out or that is priced on none of its lines."""
    return one("""
        SELECT sum(v.net) FROM quotes_quote q JOIN quotes_quoteversion v ON v.id = q.current_id
         WHERE q.status IN ('draft', 'sent', 'expired')
    """) + one(f"""
        SELECT sum(a.net - CASE WHEN w.status = 'cancelled' THEN coalesce((
                 -- of a deposit that stands on an invoice the quote is that much less
                 SELECT sum(b.net) FROM review_billable b JOIN invoicing_invoiceline l ON l.billable_id = b.id AND l.live
                  WHERE b.work_order_id = w.id AND b.kind = 'deposit'), 0) ELSE 0 END)
          FROM quotes_quote q
          JOIN quotes_acceptance a ON a.version_id = q.current_id
          LEFT JOIN workorders_workorder w ON w.id = q.work_order_id
         WHERE q.status = 'accepted' AND (
           w.id IS NULL OR w.status = 'cancelled' AND NOT EXISTS (
             SELECT 1 FROM review_billable b WHERE b.work_order_id = w.id AND {WORKED}) OR NOT EXISTS (
             SELECT 1 FROM review_billable b JOIN quotes_quoteline l ON l.id = b.quote_line_id
              WHERE b.work_order_id = w.id AND l.version_id = q.current_id))
    """)


def recorded() -> D:
    """What was recorded or agreed per line, and stands on no invoice and no draft."""
    return one(f"""
        SELECT sum(b.net) FROM review_billable b JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.fate IN ('pending', 'billable')
           AND NOT EXISTS (SELECT 1 FROM invoicing_invoiceline l WHERE l.billable_id = b.id AND l.live)
           AND (w.status <> 'cancelled' OR b.quote_line_id IS NULL AND b.kind <> 'deposit' OR EXISTS (
             SELECT 1 FROM review_billable b WHERE b.work_order_id = w.id AND {WORKED}))
    """)


def drafted() -> D:
    return one("""
        SELECT sum(l.net) FROM invoicing_invoiceline l JOIN invoicing_invoice i ON i.id = l.invoice_id
         WHERE i.status = 'draft'
    """)


def invoiced() -> D:
    """Invoices less what was credited of them, until they are paid and in the books: only then are they done."""
    return one("""
        SELECT sum(i.net - coalesce(c.net, 0))
          FROM invoicing_invoice i
          LEFT JOIN (SELECT credits_id, sum(net) AS net, sum(payable) AS payable FROM invoicing_invoice
                      WHERE number IS NOT NULL AND credits_id IS NOT NULL GROUP BY 1) c ON c.credits_id = i.id
          LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM invoicing_payment GROUP BY 1) p ON p.invoice_id = i.id
         WHERE i.kind = 'invoice' AND i.number IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM invoicing_invoicefact f WHERE f.invoice_id = i.id AND f.kind = 'booked')
    """)


def booked_unpaid() -> D:
    """In the books, and not paid: its open part still has to come in. Excl. VAT, as the part of the whole that is open."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT i.net - coalesce(c.net, 0), i.payable - coalesce(c.payable, 0),
                   i.payable - coalesce(c.payable, 0) - coalesce(p.paid, 0)
              FROM invoicing_invoice i
              LEFT JOIN (SELECT credits_id, sum(net) AS net, sum(payable) AS payable FROM invoicing_invoice
                          WHERE number IS NOT NULL AND credits_id IS NOT NULL GROUP BY 1) c ON c.credits_id = i.id
              LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM invoicing_payment GROUP BY 1) p ON p.invoice_id = i.id
             WHERE i.kind = 'invoice' AND i.number IS NOT NULL
               AND EXISTS (SELECT 1 FROM invoicing_invoicefact f WHERE f.invoice_id = i.id AND f.kind = 'booked')
        """)
        rows = cursor.fetchall()
    cent = D("0.01")
    return sum(
        ((net * left / payable).quantize(cent) for net, payable, left in rows if payable and left > 0), D(0)
    )


def undecided() -> D:
    """Parts that a phone reported and nobody decided about, at their price; hours are priced by who looks."""
    found = D(0)
    for event in FieldEvent.objects.to_decide().filter(kind="material", assignment__work_order__isnull=False):
        price = material_price(Material.objects.get(pk=event.payload["material"]))
        found += D(event.payload["quantity"]) * (price.price if price else 0)
    return found


def everything_has_its_place(now: datetime) -> None:
    rows = standing(now)
    assert faults() == []
    places = list(rows.values_list("pk", "stage"))
    assert len(places) == len({pk for pk, _stage in places}), "each stands once"
    assert {stage for _pk, stage in places} <= set(STAGES)
    # Without promised hours, which are priced by who looks.
    total = rows.aggregate(total=Sum("net"))["total"] or D(0)
    assert total == promised() + undecided() + recorded() + drafted() + invoiced() + booked_unpaid()
    ages_agree(now)
    found = ledger()
    assert found["recorded"] == sum(value for name, value in found.items() if name != "recorded")


@given(todo=more, places=where)
@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_every_euro_has_its_place_through_whole_lives(shop, cast, todo, places):
    with transaction.atomic():  # each life begins in the same company
        with clock.at(START):
            lives = Lives(shop, cast, START)
        before: dict[int, D] = dict(LedgerRow.objects.values_list("work_order", "recorded"))
        steps = list(zip(places, todo, strict=False))
        for at in range(len(ROAD) + 1):
            for verb, pick in [one for place, one in steps if place == at] + [
                (name, 0) for name in ROAD[at : at + 1]
            ]:
                lives.take(verb, pick)
                everything_has_its_place(lives.now)
                after = dict(LedgerRow.objects.values_list("work_order", "recorded"))
                fell = {pk: (before[pk], after.get(pk)) for pk in before if after.get(pk, D(0)) < before[pk]}
                assert fell == {}, f"what was recorded never falls: {lives.done}"
                before = after
        sixty = lives.now + timedelta(days=60)
        with clock.at(sixty):
            leaks_detect(sixty)
            everything_has_its_place(sixty)
            late = standing(sixty).filter(late=True)
            assert sum((row.amount for row in late), D(0)) == Leak.objects.at_risk().total()
            late = late.exclude(amount=0, gross=0, stage__in=WORTH_IS_KNOWN)
            assert late.count() == Leak.objects.at_risk().count()
            assert not standing(sixty).filter(late=False).exclude(stage__in=["paid", "packed"]).exists(), (
                "nothing waits so long for anybody without being a leak"
            )
        transaction.set_rollback(True)
