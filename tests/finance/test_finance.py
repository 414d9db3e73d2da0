"""The owner's pages: each figure follows from the records that it opens."""

import csv
import io
import re
from datetime import time, timedelta
from decimal import Decimal as D
from html import unescape
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.acceptance.judging import concerns_judge
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.finance import checks, figures
from apps.finance.actions import sums_catch_up
from apps.finance.lists import WHATS
from apps.finance.models import Entry, Kind
from apps.finance.rules import Choice, Period, Scope, period_of
from apps.invoicing.actions import (
    invoice_credit,
    invoice_draft,
    invoice_issue,
    payment_record,
    payment_reverse,
)
from apps.planning.actions import job_cancel, job_hold
from apps.quotes.actions import quote_decline
from apps.quotes.models import Quote
from apps.review import actions as review
from apps.review.models import Billable
from apps.technicians.actions import hours_set
from tests.builders import BookingFactory, Phone
from tests.builders.shop import MORNING

pytestmark = pytest.mark.django_db


def this_month(**scope) -> Choice:
    """When an invoice of a test is issued, whenever the shop did its job."""
    of = next((Scope(kind, key) for kind, key in scope.items()), Scope())
    return Choice(period_of("month", clock.today()), of)


def all_days(**scope) -> Choice:
    """Long enough to hold whatever a test does, whenever its jobs are planned."""
    today = clock.today()
    start, end = min(today - timedelta(days=400), MORNING.date()), today + timedelta(days=1)
    of = next((Scope(kind, key) for kind, key in scope.items()), Scope())
    return Choice(Period(start, end, "custom"), of)


def counted(choice: Choice) -> figures.Totals:
    sums_catch_up()
    figures._kept.clear()
    found: figures.Totals = figures.figures(choice)["now"]
    return found


def invoiced(shop, cast, order=None, **job):
    order = order or shop.done(**job)
    found = review.review_open(work_order=order, by=cast.bram)
    review.proposals_accept(review=found, by=cast.bram)
    concerns_judge(review=found, by=cast.bram, reason="agreed with the customer", fate="billable")
    review.review_approve(review=found, by=cast.bram)
    return order, invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)


def test_revenue_is_what_was_issued_and_cost_what_it_took(shop, cast):
    invoiced(shop, cast, minutes=120)
    shop.done(minutes=600)  # not invoiced: no revenue, and no cost of revenue
    found = counted(this_month())
    assert (found["revenue"], found.cost, found.margin) == (120, 70, 50)
    assert round(found.margin_percentage or 0, 2) == D("41.67")
    assert (found.revenue_per_hour, found.cost_per_hour) == (60, 35)
    page = figures.figures(this_month())
    assert page["outstanding"] == D("145.20")
    assert (page["bars"][-1].amount, page["bars"][-1].cost) == (120, 70)


def test_a_credit_note_takes_revenue_back(shop, cast):
    _order, invoice = invoiced(shop, cast)
    invoice_credit(invoice=invoice, by=cast.bram, reason="wrong customer")
    assert counted(this_month())["revenue"] == 0


def test_what_has_nothing_to_invoice_costs_from_its_approval(shop, cast):
    order = shop.done()
    found = review.review_open(work_order=order, by=cast.bram)
    assert counted(this_month()).cost == 0
    for one in Billable.objects.filter(work_order=order):
        review.billable_decide(billable=one, fate="written_off", by=cast.olga, reason="warranty")
    assert counted(this_month()).cost == 0
    review.review_approve(review=found, by=cast.bram)
    sums = counted(this_month())
    assert (sums["revenue"], sums.cost, sums["written_off"]) == (0, 70, 120)


def test_what_a_cancelled_job_took_costs_from_its_cancellation(shop, cast):
    order = shop.order()
    shop.phone(order).work(60).tell("deviation", text="Asbestos", blocks=True)
    review.billables_catch_up()
    assert counted(this_month()).cost == 0
    order.refresh_from_db()
    job_hold(work_order=order, by=cast.bram, reason="waits")
    with clock.at(clock.now() + timedelta(days=1)):
        job_cancel(work_order=order, by=cast.bram, reason="the customer will not have it")
    day = clock.today() + timedelta(days=1)
    sums_catch_up()
    spent = dict(Entry.objects.exclude(labour=0).values_list("day", "labour"))
    assert spent == {day: 35}
    assert checks.faults() == []
    # a review afterwards, and its invoice, move no cost to another period
    order.refresh_from_db()
    with clock.at(clock.now() + timedelta(days=40)):
        invoiced(shop, cast, order)
    sums_catch_up()
    assert dict(Entry.objects.exclude(labour=0).values_list("day", "labour")) == {day: 35}
    assert checks.faults() == []


def test_what_the_customer_took_back_was_won_until_then_and_is_lost_with_its_reason(shop, cast, client_as):
    order = shop.sold({"unit_price": 300})
    assert (counted(all_days())["quotes_won"], counted(all_days()).quotes_lost) == (1, 0)
    with clock.at(clock.now() + timedelta(days=1)):
        order.refresh_from_db()
        job_cancel(work_order=order, by=cast.bram, reason="not now")
        review.agreement_cancel(quote=Quote.objects.get(), by=cast.olga, reason="They moved house")
        found = counted(all_days())
        assert (found["quotes_won"], found.quotes_lost, found.win_percentage) == (0, 1, 0)
        assert found["quotes_answered"] == 1, "the customer did answer, and in so many days"
        page = client_as(cast.olga).get(f"/finance/records/quotes/?{urlencode(all_days().query)}")
        assert "They moved house" in page.content.decode()
    ended = Entry.objects.exclude(quotes_closed=0).get()
    assert (ended.day, ended.quotes_won) == (clock.today() + timedelta(days=1), 0)
    assert checks.faults() == []


def test_a_scope_narrows_every_figure_of_the_period(shop, cast):
    invoiced(shop, cast)
    assert counted(this_month(technician=shop.tim.pk))["revenue"] == 120
    assert counted(this_month(technician=cast.tessa.technician.pk))["revenue"] == 0
    assert counted(this_month(type=shop.type.pk)).cost == 70
    assert counted(this_month(customer=shop.customer.pk))["revenue"] == 120
    assert counted(this_month(customer=shop.customer.pk + 1)).cost == 0


def test_what_was_charged_is_shared_out_by_hours_to_the_cent(shop, cast):
    order = shop.order()
    tessa = cast.tessa.technician
    first = shop.phone(order)
    start = first.assignment.period.lower
    second = Phone(
        cast.tessa, BookingFactory(by=cast.petra, technician=tessa, work_order=order, start=start, hours=8)
    )
    first.work(100).finish()
    second.work(50).finish()
    order.refresh_from_db()
    invoiced(shop, cast, order=order)
    whole = counted(all_days())["revenue"]
    tims, hers = (counted(all_days(technician=one.pk))["revenue"] for one in (shop.tim, tessa))
    assert whole == tims + hers
    assert tims == round(whole * 2 / 3, 2)


def test_parts_are_shared_out_as_what_was_charged_for_them(shop, cast):
    """Else who fitted the boiler makes a loss on it, and who held the lamp the profit."""
    order = shop.order()
    tessa = cast.tessa.technician
    first = shop.phone(order)
    second = Phone(cast.tessa, BookingFactory(
        by=cast.petra, technician=tessa, work_order=order, start=first.assignment.period.lower, hours=8,
    ))  # fmt: skip
    first.work(60).use(shop.valve, 10).finish()
    second.work(120).finish()
    order.refresh_from_db()
    invoiced(shop, cast, order=order)
    whole = counted(all_days())
    tims, hers = (counted(all_days(technician=one.pk)) for one in (shop.tim, tessa))
    assert (whole["parts"], tims["parts"], hers["parts"]) == (120, 40, 80)
    assert (whole["revenue"], tims["revenue"], hers["revenue"]) == (
        430,
        round(D(430) / 3, 2),
        round(D(860) / 3, 2),
    )
    assert checks.faults() == []


def test_a_job_to_which_somebody_only_travelled_is_theirs(shop, cast):
    order = shop.order()
    shop.phone(order).travel(60).work(0).finish()
    order.refresh_from_db()
    invoiced(shop, cast, order=order)
    whole, tims = counted(all_days()), counted(all_days(technician=shop.tim.pk))
    assert tims["revenue"] == whole["revenue"] > 0
    assert (tims["labour"], tims["hours"], tims["cost_hours"]) == (35, 0, 1)


def test_a_forgotten_clock_costs_what_is_paid(shop, cast):
    """The week for payroll pays until the technician says that it ended; so does finance, and so it stays to the cent."""
    order = shop.order(sold=2)
    phone = shop.phone(order).work(62 * 60)
    ended = phone.visit.time_entries.get(kind="work").started_at + timedelta(hours=3)
    phone.finish()
    order.refresh_from_db()
    invoiced(shop, cast, order=order)
    assert (counted(all_days())["hours"], counted(all_days()).cost) == (62, 62 * 35)
    phone.propose(ended, "Forgot to stop on Friday")
    now = counted(all_days())
    assert (now["hours"], now["cost_hours"], now.cost, now["spent_hours"]) == (3, 3, 3 * 35, 3)
    assert checks.faults() == []
    phone.propose(ended + timedelta(hours=1), "One hour more")
    assert (counted(all_days())["hours"], counted(all_days()).cost) == (4, 4 * 35)


def test_a_forgotten_clock_above_the_sold_hours_costs_once(shop, cast):
    """An entry that is shared out at the sold hours is one stretch of time: the end that was said cuts it once."""
    order = shop.order("sold_hours", 2)
    phone = shop.phone(order).work(62 * 60)
    began = phone.visit.time_entries.get(kind="work").started_at
    phone.finish()
    phone.propose(began + timedelta(hours=3), "Forgot to stop on Friday")
    order.refresh_from_db()
    invoiced(shop, cast, order=order)
    now = counted(all_days())
    assert (now["hours"], now["cost_hours"], now.cost) == (3, 3, 3 * 35)
    phone.propose(began + timedelta(hours=1), "Sooner still")
    now = counted(all_days())
    assert (now["cost_hours"], now.cost) == (1, 35)
    assert checks.faults() == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE finance_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE finance_entry SET labour = 70 WHERE labour = 35")
        cursor.execute("ALTER TABLE finance_entry ENABLE TRIGGER USER")
    assert checks.JOB in {one.kind for one in checks.faults()}


def test_an_invoice_took_the_days_until_it_was_settled(shop, cast):
    """Neither what was paid twice, nor its refund, nor a payment on the spot before the invoice, takes longer or less."""
    start = clock.now()
    invoice = invoiced(shop, cast)[1]

    def pay(days: int, amount: D, **more: bool) -> None:
        with clock.at(start + timedelta(days=days)):
            payment_record(
                invoice=invoice, amount=amount, method="bank", by=cast.bram, paid_on=clock.today(), **more
            )

    def days_to_pay() -> D | None:
        with clock.at(start + timedelta(days=200)):
            return counted(all_days()).days_to_pay

    pay(10, invoice.payable - 1)
    pay(14, D(1))
    assert days_to_pay() == 14
    pay(40, D(50), too_much=True)
    pay(90, D(-50))
    assert days_to_pay() == 14
    assert Entry.objects.get(paid_invoices=1).day == invoice.issue_date + timedelta(days=14)


def test_a_payment_that_was_reversed_settled_nothing(shop, cast):
    """A day that was typed wrong is reversed and recorded anew: the invoice was settled on the right one."""
    start = clock.now()
    invoice = invoiced(shop, cast)[1]
    issued = invoice.issue_date
    with clock.at(start + timedelta(days=40)):
        typed = {"invoice": invoice, "amount": invoice.payable, "method": "bank", "by": cast.bram}
        wrong = payment_record(**typed, paid_on=issued + timedelta(days=5))
        payment_reverse(payment=wrong, by=cast.bram, reason="The wrong month")
        payment_record(**typed, paid_on=issued + timedelta(days=36))
        assert counted(all_days()).days_to_pay == 36


def test_what_was_paid_on_the_spot_settled_the_invoice_when_it_was_issued(shop, cast):
    invoice = invoiced(shop, cast)[1]
    early = invoice.issue_date - timedelta(days=5)
    payment_record(invoice=invoice, amount=invoice.payable, method="pin", by=cast.bram, paid_on=early)
    found = counted(this_month())
    assert (found["paid_invoices"], found.days_to_pay) == (1, 0)


def test_hours_jobs_quotes_and_days_have_figures(shop, cast):
    order = shop.done("sold_hours", 1, 180)
    _order, invoice = invoiced(shop, cast, order=order)
    quote_decline(version=shop.quote().current, by=cast.bram, reason="too dear")
    found = counted(all_days())
    assert (found["hours"], found["spent_hours"], found["sold_hours"], found["jobs_done"]) == (3, 3, 1, 1)
    assert (found["quotes_closed"], found["quotes_won"], found.days_to_answer) == (1, 0, 0)
    assert found["billed_jobs"] == 1
    assert invoice.number


def test_figures_are_kept_for_a_minute_and_no_longer(shop, cast):
    start = clock.now()
    with clock.at(start):
        assert figures.figures(this_month())["now"]["revenue"] == 0
    invoiced(shop, cast)
    sums_catch_up()
    with clock.at(start + timedelta(seconds=59)):
        assert figures.figures(this_month())["now"]["revenue"] == 0
    with clock.at(start + timedelta(seconds=60)):
        assert figures.figures(this_month())["now"]["revenue"] == 120


def test_only_the_owner_sees_the_companys_figures(shop, cast, client_as):
    for who, status in (("olga", 200), ("bram", 403), ("ada", 403), ("tim", 403)):
        client = client_as(getattr(cast, who))
        for page in ("", "per/customer/", "per/month/", "records/revenue/", "unpaid/", "available/"):
            assert client.get(f"/finance/{page}").status_code == status


def test_an_address_that_makes_no_sense_is_answered(shop, cast, client_as):
    client = client_as(cast.olga)
    assert client.get("/finance/?period=custom&since=2026-02-02&until=2026-01-01").status_code == 422
    assert client.get("/finance/?period=custom&since=nonsense").status_code == 422
    assert client.get("/finance/?period=fortnight&on=never&customer=many").status_code == 200
    assert client.get("/finance/per/colour/").status_code == 404
    assert client.get("/finance/records/luck/").status_code == 404


def a_busy_month(shop, cast) -> None:
    invoiced(shop, cast, parts=[(shop.valve, 2)])
    invoiced(shop, cast, basis="sold_hours", sold=1, minutes=200)
    _order, wrong = invoiced(shop, cast, minutes=60)
    invoice_credit(invoice=wrong, by=cast.bram, reason="wrong customer")
    quote_decline(version=shop.quote().current, by=cast.bram, reason="too dear")
    sums_catch_up()


LINK = re.compile(r'<a[^>]* href="(/finance/records/[^"]+)"[^>]*>(.*?)</a>', re.S)


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(text)).split())


def test_every_number_of_a_table_opens_records_that_add_up_to_it(shop, cast, client_as):
    a_busy_month(shop, cast)
    client = client_as(cast.olga)
    days = urlencode(all_days().query)
    followed = 0
    for kind in ("customer", "type", "technician", "month"):
        html = client.get(f"/finance/per/{kind}/?{days}").content.decode()
        for url, text in LINK.findall(html[html.index("<tbody") :]):
            page = client.get(unescape(url)).context["page"]
            cells = [plain(str(one.cell.html(one.value(page.foot), page.foot, page))) for one in page.columns]
            assert plain(text) in cells, (kind, url)
            followed += 1
    assert followed > 20


def test_every_figure_of_the_board_opens_records(shop, cast, client_as):
    a_busy_month(shop, cast)
    client = client_as(cast.olga)
    html = client.get(f"/finance/?{urlencode(all_days().query)}").content.decode()
    found = {unescape(url) for url, _text in LINK.findall(html)}
    assert {re.split(r"[/?]", url)[3] for url in found} == set(WHATS)
    for url in found:
        assert client.get(url).status_code == 200


def test_a_scope_shows_what_can_be_told_of_it(shop, cast, client_as):
    a_busy_month(shop, cast)
    client = client_as(cast.olga)
    shown = {
        of: [tile.url.split("/")[3] for tile in client.get(f"/finance/?period=year&{of}").context["runs"]]
        for of in ("", f"customer={shop.customer.pk}", f"technician={shop.tim.pk}")
    }
    whole, customers, technicians = shown.values()
    assert len(whole) == len(customers) + 1
    assert set(technicians) == {"hours", "cost"}
    page = client.get(f"/finance/?period=year&technician={shop.tim.pk}").content.decode()
    assert shop.tim.user.name in page
    assert "Where the money stands" not in page  # that is the company's


def test_the_rows_of_a_list_add_up_to_its_foot_and_so_does_its_export(shop, cast, client_as):
    a_busy_month(shop, cast)
    client = client_as(cast.olga)
    for what in WHATS:
        address = f"/finance/records/{what}/?{urlencode(all_days().query)}"
        page = client.get(address).context["page"]
        rows = list(page.ordered)
        summed = [one for one in page.columns if one.numeric and one.name in page.foot]
        for column in summed:
            assert sum(row[column.name] for row in rows) == page.foot[column.name], what
        export = client.get(f"{address}&export=csv").content.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(export), delimiter=";"))) == len(rows) + 1
        assert client.get(f"{address}&export=xlsx").content.startswith(b"PK")
        for sort in ("number", "-name", page.columns[-1].name):
            assert client.get(f"{address}&sort={sort}").status_code == 200


def test_a_table_is_sorted_paged_and_exported_from_its_address(shop, cast, client_as):
    a_busy_month(shop, cast)
    client = client_as(cast.olga)
    for kind in ("customer", "type", "technician", "month"):
        address = f"/finance/per/{kind}/?period=year"
        for sort in ("revenue", "-margin", "cost", "name", "month"):
            assert client.get(f"{address}&sort={sort}").status_code == 200
        assert client.get(f"{address}&page=2").status_code == 200
        assert "Revenue" in client.get(f"{address}&export=csv").content.decode()


def test_the_company_is_the_sum_of_each_of_its_tables(shop, cast):
    a_busy_month(shop, cast)
    days = all_days().period
    company = figures.totals(days)
    for kind in (Kind.CUSTOMER, Kind.TYPE, Kind.TECHNICIAN):
        rows = list(figures.by_key(kind, days, days.shifted(-1)))
        for name in company:
            assert sum(row[name] for row in rows) == company[name], (kind, name)


def test_unpaid_invoices_by_age_are_what_is_outstanding(shop, cast, client_as):
    _order, invoice = invoiced(shop, cast)
    client = client_as(cast.olga)
    page = client.get("/finance/unpaid/").context["page"]
    assert page.open == invoice.payable
    by_age = [
        client.get(f"/finance/unpaid/?bucket={name}").context["page"].open
        for name in ("not_due", "30", "60", "90", "older")
    ]
    assert sum(by_age) == invoice.payable
    assert client.get("/finance/unpaid/?bucket=late").context["page"].open == 0


def with_patterns(*technicians) -> None:
    """Eight hours on each weekday."""
    for technician in technicians:
        hours_set(technician=technician, by=SYSTEM, weeks=[[(day, time(8), time(16)) for day in range(1, 6)]])


def test_available_hours_leave_out_holidays_and_absences(shop, cast, client_as):
    with_patterns(shop.tim)
    page = client_as(cast.olga).get("/finance/available/").context["page"]
    rows = list(page.everything)
    assert sum(row.available for row in rows) == page.sums["available"] > 0


def test_worked_of_available_hours_is_of_those_who_had_hours(shop, cast, client_as):
    """Who left, or works without a pattern, has hours worked and none available: the others are no busier by that."""
    with_patterns(shop.tim, cast.tessa.technician)
    first, second = shop.phone(shop.order()), Phone(cast.tessa, BookingFactory(
        by=cast.petra, technician=cast.tessa.technician, work_order=shop.order(), start=MORNING, hours=8,
    ))  # fmt: skip
    first.work(120).finish()
    second.work(60).finish()
    week = Choice(Period(MORNING.date(), MORNING.date() + timedelta(days=1), "custom"))
    with clock.at(MORNING + timedelta(days=3)):
        assert counted(week)["hours"] == 3
        of_both = figures.figures(week)["capacity"]
        hours_set(technician=cast.tessa.technician, by=SYSTEM, weeks=[[]])
        figures._kept.clear()
        of_one = figures.figures(week)["capacity"]
        query = urlencode(week.query)
        page = client_as(cast.olga).get(f"/finance/available/?{query}").context["page"]
    assert page.sums["worked"] == 2
    assert of_one == page.sums["worked"] * 100 / page.sums["available"]
    assert of_both == D(3) * 100 / (page.sums["available"] * 2)


def test_the_pages_ask_the_same_however_much_was_invoiced(shop, cast, client_as):
    def asked(path: str) -> int:
        figures._kept.clear()
        with CaptureQueriesContext(connection) as caught:
            client.get(path)
        return len(caught)

    client = client_as(cast.olga)
    paths = ("/finance/", "/finance/per/customer/", "/finance/records/margin/")
    invoiced(shop, cast)
    sums_catch_up()
    for path in paths:
        client.get(path)
    few = [asked(path) for path in paths]
    for _number in range(3):
        invoiced(shop, cast)
    sums_catch_up()
    assert [asked(path) for path in paths] == few
    assert all(a <= b + 20 for a, b in pairwise(few))


def test_the_hours_available_are_exported(shop, cast, client_as):
    client = client_as(cast.olga)
    for kind in ("csv", "xlsx"):
        assert client.get(f"/finance/available/?export={kind}").status_code == 200
