"""A few weeks of work, told by the real actions and taken back again: as they stand now, and how they ended."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from apps.acceptance.copies import tables
from apps.acceptance.copies.jobs import Job, ids_now, jobs_read
from apps.acceptance.copies.writer import Client
from apps.acceptance.demo.build import RUN_UP, statistics_refresh
from apps.acceptance.demo.calendar import Calendar
from apps.acceptance.demo.chapters import Chapters
from apps.acceptance.demo.company import Firm
from apps.acceptance.demo.history import TakenBack
from apps.acceptance.demo.opening import customer_add
from apps.acceptance.demo.story import Props, Story, local_day
from apps.acceptance.scale.company import understudies
from apps.acceptance.scale.size import Size
from apps.core import clock
from apps.documents.models import StoredFile
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.planning.models import Assignment
from apps.review.actions import billables_catch_up
from apps.technicians.models import Technician

# By then everything is invoiced, paid, and in the books.
ENDED = timedelta(days=75)


@dataclass(frozen=True)
class Told:
    """Jobs to copy, and who was in them."""

    standing: list[Job]
    finished: list[Job]
    customers: dict[int, Client]
    technicians: list[Technician]


def weeks_tell(firm: Firm, size: Size, pictures: list[StoredFile], signature: StoredFile) -> Told:
    """The database is left as it was."""
    told: Told | None = None
    try:
        with transaction.atomic():
            told = _told(firm, size, pictures, signature)
            raise TakenBack
    except TakenBack:
        assert told is not None
        return told


def _told(firm: Firm, size: Size, pictures: list[StoredFile], signature: StoredFile) -> Told:
    now, random = clock.now(), Random(size.orders)
    today = local_day(now)
    first = today - timedelta(weeks=size.weeks_told)
    first -= timedelta(days=first.weekday())
    if Assignment.objects.filter(period__endswith__gt=clock.day_bounds(first)[0]).exists():
        firm = understudies(firm, size.start)
    # Associations, businesses, builders and people: opening.customer_add goes by the number.
    numbers = [round(one * 59 / (size.story.customers - 1)) for one in range(size.story.customers)]
    customers = [customer_add(random, number) for number in numbers]
    since = ids_now()
    story = Story(
        firm, Props(customers, pictures, signature), Calendar(firm.technicians), random, now, size.story
    )
    story.use(Chapters(story))
    _fill(story, first, today)
    statistics_refresh()
    standing = _tell(story, now, since)
    story.careful = True
    finished = [one for one in _tell(story, now + ENDED, since) if one.finished]
    return Told(
        standing, _in_order(finished, now + ENDED), {one.pk: (one, site) for one, site in customers}, firm.technicians
    )  # fmt: skip


def _fill(story: Story, first: date, today: date) -> None:
    story.weeks_fill(first - RUN_UP, today)
    monday = today - timedelta(days=today.weekday())
    story.rounds_fill([monday + timedelta(weeks=week) for week in range((first - monday).days // 7, 3)])
    if today.isoweekday() > 5:
        story.at(story.now - timedelta(days=2), story.later.on_call, story.now)


def _tell(story: Story, until: datetime, since: dict) -> list[Job]:  # type: ignore[type-arg]
    story.now = until
    story.tell(lambda _moment: None)
    with clock.at(until):
        while billables_catch_up():
            pass
    return jobs_read(since)


def _in_order(jobs: list[Job], now: datetime) -> list[Job]:
    """Those that nobody has to look at again: what went wrong years ago was found and mended since."""
    with clock.at(now):
        leaks_detect(now)
    wrong = defaultdict(set)
    for kind, pk in Leak.objects.values_list("subject_type", "subject_id"):
        wrong[kind].add(pk)
    return [
        job
        for job in jobs
        if not any(row["id"] in wrong[model._meta.label_lower] for model in tables.job_models() for row in job.rows[model])
    ]  # fmt: skip
