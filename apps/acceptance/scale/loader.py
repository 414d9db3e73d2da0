"""The load: a few weeks told by the real actions, copied until there are as many orders as asked for, whole or not at all."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction

from apps.acceptance.cast import picture, signature
from apps.acceptance.copies.writer import Copies, Later, row_triggers_off, standing_refresh
from apps.acceptance.demo.build import statistics_refresh
from apps.acceptance.demo.calendar import on
from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.story import local_day, month_start
from apps.acceptance.fiction import fiction_allow
from apps.acceptance.scale.company import customers_ensure, firm_ensure, technicians_ensure
from apps.acceptance.scale.size import Size
from apps.acceptance.scale.telling import Told, weeks_tell
from apps.acceptance.scale.weeks import weeks_fill
from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import Package, PackageLine
from apps.bookkeeping.querysets import invoices_to_export
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.numbering import series_sync
from apps.finance.actions import sums_recount
from apps.invoicing.models import Invoice, Payment
from apps.leaks.actions import leaks_detect

PHOTOS = 12
# What of a month goes into its package: who measures opens none, and the rest is as long in the making as all that is loaded.
CONTENTS = frozenset({"payments"})
Report = Callable[[str], None]


def scale_load(
    orders: int,
    *,
    technicians: int | None = None,
    told: Told | None = None,
    report: Report = lambda _line: None,
) -> Told:
    """Add a company's history of `orders` work orders to this installation; gives what they are copies of.

    What an earlier load gave may be copied again. Raises RealCompany where the company is no demo, and NoBase when it lacks
    what the story needs.
    """
    fiction_allow()
    size, step = Size(orders, technicians), _Steps(report)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        series_sync()
        firm, passwords = firm_ensure(size.start)
        for email, password in passwords.items():
            report(f"{email}: {password}")
        hands = technicians_ensure(firm, size.technicians, size.start)
        step("company")
        if told is None:
            pictures = [picture(SYSTEM) for _ in range(PHOTOS)]
            told = weeks_tell(firm, size, pictures, signature(SYSTEM))
        step("weeks told")
        clients = customers_ensure(list(told.customers.values()), size.customers, Random(orders), size.start)
        copies = Copies(clock.now(), Random(f"{orders} {Invoice.objects.count()}"))
        weeks_fill(copies, told, hands, clients, size)
        step("weeks filled")
        _written(copies, firm, step)
        step("packages")
        statistics_refresh()
        leaks_detect()
        step("leaks")
    statistics_refresh()
    # After the rest: what a transaction itself writes over and over is in its own way.
    sums_recount()
    statistics_refresh()
    step("finance")
    return told


def _written(copies: Copies, firm: Firm, step: "_Steps") -> None:
    """The jobs, and as the money comes in what goes to the bookkeeper: every month on the third day of the next."""
    with row_triggers_off([Package, PackageLine]):
        later = copies.write(later=[Payment])
        step("jobs")
        statistics_refresh()
        first = min((one.moved(one.job.first) for one in copies.made), default=copies.until)
        month = month_start(local_day(first), 1)
        while (moment := on(month + timedelta(days=2), 10)) <= copies.until:
            with clock.at(moment):
                _package_make(firm, later, moment)
            month = month_start(month, 1)
        later.write(copies.until)
        standing_refresh()


def _package_make(firm: Firm, later: Later, moment: datetime) -> None:
    """The tables of the month, without its documents."""
    later.write(moment)
    wanted = invoices_to_export(firm.olga).filter(issue_date__lt=moment.date().replace(day=1))
    if wanted.exists():
        package_make(by=firm.olga, contents=CONTENTS, invoices=wanted)


class _Steps:
    """Says how long each step took."""

    def __init__(self, report: Report) -> None:
        self._report, self._since = report, time.monotonic()

    def __call__(self, name: str) -> None:
        now = time.monotonic()
        self._report(f"{name:14}{now - self._since:7.1f} s")
        self._since = now
