"""Putting the demo together."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.db import connection

from apps.acceptance.demo.calendar import ZONE
from apps.acceptance.demo.chapters import Chapters
from apps.acceptance.demo.company import firm_make
from apps.acceptance.demo.story import FULL, Size, Story
from apps.core import clock
from apps.finance.actions import sums_catch_up
from apps.leaks.actions import leaks_detect
from apps.messaging.actions import message_sent
from apps.messaging.models import LATE, Message

# Mails of the last minutes stay queued, so that a fresh installation shows mail being sent, and none that is late.
QUEUED = LATE / 2


def demo_build(
    random: Random, passwords: dict[str, str], say: Callable[[str], None], size: Size = FULL
) -> None:
    """Build the company and tell its story up to now, inside the transaction of the caller."""
    now = clock.now()
    start = now.astimezone(ZONE).date() - timedelta(days=size.days + 2)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    firm = firm_make(random, start, passwords)
    say(f"  the company, {len(firm.technicians)} technicians, {len(firm.materials)} materials")
    story = Story(firm, random, now, size)
    story.use(Chapters(story))
    story.begin()
    say(f"  {len(story.customers)} customers")
    story.tell(say, each_month=statistics_refresh)
    mails_settle()
    statistics_refresh()
    leaks_detect(now)
    sums_catch_up()
    say(f"  {story.told} events told")


def statistics_refresh() -> None:
    """Tell Postgres how large the tables became: in one long transaction nobody else does, and plans go wrong."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def mails_settle() -> None:
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
            message_sent(message=message)
