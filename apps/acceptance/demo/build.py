"""Putting the demo together."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection

from apps.acceptance.copies.writer import Later
from apps.acceptance.demo import history
from apps.acceptance.demo.calendar import Calendar, on
from apps.acceptance.demo.certificates import certificates_make
from apps.acceptance.demo.chapters import Chapters
from apps.acceptance.demo.company import Firm, firm_make, hours_change
from apps.acceptance.demo.contracts import contracts_make
from apps.acceptance.demo.history import History
from apps.acceptance.demo.hours import weeks_settle
from apps.acceptance.demo.opening import Away, absences_add, customer_add, pictures_draw, signature_store
from apps.acceptance.demo.story import FULL, Props, Size, Story, local_day, month_start
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.transitions import move
from apps.finance.actions import sums_recount
from apps.leaks.actions import leaks_detect
from apps.messaging.actions import message_sent
from apps.messaging.models import LATE, Message

# Mails of the last minutes stay queued, so that a fresh installation shows mail being sent, and none that is late.
QUEUED = LATE / 2
# How long before now the real actions take over from history, and how long before that their first requests come.
TOLD, RUN_UP = timedelta(days=28), timedelta(days=9)
# So long is both history and told: the first requests are no jobs yet.
OVERLAP = timedelta(days=8)
Say = Callable[[str], None]


def demo_build(random: Random, passwords: dict[str, str], say: Say, size: Size = FULL) -> None:
    """Build the company and tell its story up to now, inside the transaction of the caller."""
    now = clock.now()
    today = local_day(now)
    told = today - TOLD
    told -= timedelta(days=told.weekday())
    # The first month needs a few weeks before it, in which its work is asked for.
    start = (month_start(today, -size.months) if size.months else told) - timedelta(days=35)
    start -= timedelta(days=start.weekday())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    with clock.at(on(start, 7)):
        firm = firm_make(random, start - timedelta(days=history.CYCLE), passwords)
        props = Props(
            [customer_add(random, number) for number in range(size.customers)],
            pictures_draw(random),
            signature_store(),
        )
        away = absences_add(firm, random, start, today + timedelta(days=40))
    say(
        f"  the company, {len(firm.technicians)} technicians, {len(firm.materials)} materials, {size.customers} customers"
    )
    past = (
        _history(firm, props, away, random, start, told, now, size, say)
        if size.months
        else History(firm, set(), Later([]))
    )
    story = _story(firm, props, away, random, told, now, size)
    history.packages_plan(story, past, start)
    story.tell(lambda moment: _told(moment, say))
    past.payments.write(now)
    hours_change(firm, local_day(now))
    certificates_make(firm, today)
    contracts_make(firm, props.customers, size.customers // 3)
    mails_settle(story)
    statistics_refresh()
    leaks_detect(now)
    sums_recount()
    say(f"  {story.told} events told")


def _history(
    firm: Firm,
    props: Props,
    away: Away,
    random: Random,
    start: date,
    told: date,
    now: datetime,
    size: Size,
    say: Say,
) -> History:
    story = history.weeks_told(firm, props, random, start, now, size)
    story.use(Chapters(story))
    history.weeks_fill(story, start)
    jobs = history.rehearse(lambda story: story.tell(lambda _moment: statistics_refresh()), story)
    say(f"  {len(jobs)} jobs to copy, {story.told} events told")
    past = history.history_write(
        jobs, firm=firm, props=props, away=away, random=random, first=start, until=told + OVERLAP,
        invoiced_until=on(told + OVERLAP + timedelta(days=3), 18), now=now,
    )  # fmt: skip
    statistics_refresh()
    say("  history")
    return past


def _story(
    firm: Firm, props: Props, away: Away, random: Random, told: date, now: datetime, size: Size
) -> Story:
    """The last weeks, and what is planned in the coming ones."""
    calendar = Calendar(firm.technicians)
    calendar.away.update(away)
    calendar.take_booked()
    story = Story(firm, props, calendar, random, now, size)
    story.use(Chapters(story))
    story.books_open = on(told + OVERLAP + timedelta(days=4), 8)
    today = local_day(now)
    story.weeks_fill(told - RUN_UP, today)
    monday = today - timedelta(days=today.weekday())
    weeks = range((told - monday).days // 7, 3)
    story.rounds_fill([monday + timedelta(weeks=week) for week in weeks])
    weeks_settle(story, [monday + timedelta(weeks=week) for week in weeks])
    if today.isoweekday() > 5:
        story.at(now - timedelta(days=2), story.later.on_call, now)
    return story


def _told(moment: datetime, say: Say) -> None:
    say(f"  {moment:%-d %B %Y}")
    statistics_refresh()


def statistics_refresh() -> None:
    """Tell Postgres how large the tables became: in one long transaction nobody else does, and plans go wrong.

    Table by table: without names it takes in the catalogues that all databases of a server share, and keeps others who do
    the same waiting until this transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()"
        )
        (tables,) = cursor.fetchone()
        cursor.execute(f"ANALYZE {tables}")


def mails_settle(story: Story) -> None:
    """In the story the mails of the past went out when they were queued: no example address is ever written to."""
    old = clock.now() - QUEUED
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'messaging.deliver' AND (args->>'message_id')::bigint"
            " IN (SELECT id FROM messaging_message WHERE queued_at < %s)",
            [old],
        )
        # Documents of the past are made when somebody opens them.
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'messaging.deliver'")
    for message in Message.objects.filter(status="queued", queued_at__lt=old).order_by("queued_at"):
        with clock.at(message.queued_at):
            if message.kind == "appointment_placed" and story.slips("mail_bounced"):
                move(message, "fail", by=SYSTEM)
            else:
                message_sent(message=message)
