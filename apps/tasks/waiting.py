"""Everything that waits for an action of the office, most urgent first, each with its one next action.

What has to be done is read from the records at every look: the stages of the pipeline in which the office acts, or in
which money stays too long, and what has no euro yet. Only who takes it, and when, is kept (`TaskMark`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.core.compiled import Given, compiled, reader_of
from apps.core.formats import day_short, money
from apps.core.together import Question, together
from apps.core.web import may_open
from apps.field.models import FieldEvent
from apps.intake.models import Request
from apps.intake.states import NEXT_ACTIONS as REQUEST_ACTIONS
from apps.intake.states import RequestStatus
from apps.invoicing.models import Invoice
from apps.invoicing.querysets import mails_under_way
from apps.messaging.models import LATE as MAIL_LATE
from apps.messaging.models import Message
from apps.pipeline.figures import catch_up, standing, terms
from apps.pipeline.states import STAGES, next_step, page_of
from apps.tasks import planned
from apps.tasks.few import Few, few_questions
from apps.tasks.keys import key_of, keyed, ranked
from apps.tasks.models import TaskMark
from apps.tasks.rules import AT_ONCE, BOOKS, IN_TIME, LATE, NOT_BEGUN, STOPPED, URGENT, Task
from apps.timesheets.models import Week

Text = str | Promise
PAGE_SIZE = 25
# What somebody decides one by one: `_events`.
EACH_A_TASK = "undecided"


@dataclass(frozen=True)
class Waiting:
    """A page of the tasks, with the marks on them."""

    tasks: list[Task]
    marks: dict[str, TaskMark]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        return self.total > self.page * PAGE_SIZE


# Which tasks are shown, by what was agreed about them.
WHOSE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "": lambda rows, user, now: rows.exclude(_marked(put_off_until__gt=now)),
    "mine": lambda rows, user, now: rows.filter(_marked(assignee=user)).exclude(
        _marked(put_off_until__gt=now)
    ),
    "nobody": lambda rows, user, now: rows.exclude(_marked(assignee__isnull=False)).exclude(
        _marked(put_off_until__gt=now)
    ),
    "put_off": lambda rows, user, now: rows.filter(_marked(put_off_until__gt=now)),
}


def _marked(**what: Any) -> Exists:
    return Exists(TaskMark.objects.filter(key=OuterRef("task_key"), **what))


def tasks(user: Any, now: datetime, *also: Question, whose: str = "", page: int = 1) -> Waiting:
    """A page of what waits. Two statements, of which the first may hold other questions of the page as well."""
    catch_up()
    held = terms(now)
    moment = Given("now", DateTimeField(), now)
    shape = ("tasks", reader_of(user), whose, page, held)
    found = compiled(shape, lambda: _questions(held.standing(moment), user, moment, whose, page), now=now)
    asked = [(name, found.pop(name)) for name in TELL if name in found]
    few = Few(found, user)
    together(*(rows for _name, rows in asked), *few.questions, *also)
    others = few.tasks()
    keys = {*(row.task_key for _name, rows in asked for row in rows), *(one.key for one in others)}
    marks = {one.key: one for one in TaskMark.objects.filter(key__in=keys).select_related("assignee")}
    others = [one for one in others if _is_shown(marks.get(one.key), user, now, whose)]
    total = sum(rows[0].of_all for _name, rows in asked if rows) + len(others)
    # Told are only those that are shown.
    told: list[tuple[Any, Callable[[], Task]]] = [
        ((row.rank, row.waits, row.task_key), partial(TELL[name], row, user))
        for name, rows in asked
        for row in rows
    ]
    told += [((one.rank, one.since, one.key), partial(_known, one)) for one in others]
    told.sort(key=itemgetter(0))
    first = (page - 1) * PAGE_SIZE
    return Waiting([tell() for _place, tell in told[first : first + PAGE_SIZE]], marks, total, page)


def _known(task: Task) -> Task:
    return task


def task_find(user: Any, now: datetime, key: str) -> Task | None:
    """The task of this key, or None when it is done meanwhile, or for somebody else."""
    standing_now = standing(now)
    for name, rows in _sources(standing_now, user, now).items():
        if row := rows.filter(task_key=key).first():
            return TELL[name](row, user)
    few = Few(few_questions(standing_now, user), user)
    return next((one for one in few.tasks() if one.key == key), None)


def _questions(standing_now: QuerySet, user: Any, now: Any, whose: str, page: int) -> dict[str, QuerySet]:
    sources = _sources(standing_now, user, now)
    shown = {name: _shown(rows, user, now, whose, page) for name, rows in sources.items()}
    return shown | few_questions(standing_now, user)


def _shown(rows: QuerySet, user: Any, now: Any, whose: str, page: int) -> QuerySet:
    """As many rows as this page may need of one source alone, each knowing how many there are."""
    rows = WHOSE.get(whose, WHOSE[""])(rows, user, now)
    return rows.annotate(of_all=Window(Count("*"))).order_by("rank", "waits", "task_key")[: page * PAGE_SIZE]


def _is_shown(mark: TaskMark | None, user: Any, now: datetime, whose: str) -> bool:
    """What `WHOSE` says, for a task that no query gave."""
    put_off = mark is not None and mark.is_put_off(now)
    assignee = mark.assignee_id if mark else None
    if whose == "put_off":
        return put_off
    return not put_off and (whose != "mine" or assignee == user.pk) and (whose != "nobody" or not assignee)


def _sources(standing_now: QuerySet, user: Any, now: Any) -> dict[str, QuerySet]:
    """Rows with `task_key`, `rank` and `waits`, by what `TELL` says of each as a task."""
    found = {
        "money": _money(standing_now, user, now),
        "requests": _requests(user),
        "events": _events(user),
        "mails": _mails(user, now),
    }
    if user.may("issue_invoice"):
        found["credit notes"] = _credit_notes(user)
    if user.may("approve_hours"):
        found["hours"] = _hours(user, now)
    if user.may("plan_work"):
        found |= planned.sources(user, now)
    if user.may("manage_technicians"):
        found["leavers"] = planned.leavers(now)
        found["certificates"] = planned.certificates(now)
    return found


# -- the stages of the pipeline -----------------------------------------------------


def _money(standing_now: QuerySet, user: Any, now: Any) -> QuerySet:
    stages = [name for name, stage in STAGES.items() if stage.about_record and user.may(stage.ability)]
    stages = [name for name in stages if name != EACH_A_TASK]
    at_once = [name for name in stages if name in AT_ONCE]
    rows = standing_now.filter(Q(stage__in=at_once) | Q(stage__in=stages, late=True))
    # Its mail is about to leave.
    rows = rows.exclude(stage="unsent", late=False, record_id__in=mails_under_way().values("about_id"))
    asked = Request.objects.filter(pk=OuterRef("record_id"), urgency="urgent")
    urgent = (
        Q(stage__in=STOPPED)
        | Q(work_order__urgency="urgent")
        | Q(work_order__complete_by__lt=now, stage__in=NOT_BEGUN)
        | Q(Exists(asked), record_type="intake.request")
    )
    books = Q(stage__in=[name for name in stages if STAGES[name].phase == "to_book"])
    soon = Case(When(books, then=Value(BOOKS)), When(late=True, then=Value(LATE)), default=Value(IN_TIME))
    rank = ranked(urgent, soon)
    return keyed(rows.select_related("customer", "work_order"), F("id"), F("stage"), "waits", rank)


def _of_money(row: Any, user: Any) -> Task:
    stage = STAGES[row.stage]
    step = next_step(stage, row.record_type, row.amount)
    url = page_of(step, row.record_id)
    title = row.work_order.title if row.work_order and row.record_type == "workorders.workorder" else ""
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.label or _("draft"),
        about=" · ".join(filter(None, (row.customer.name, title, _owed(row, user)))),
        status=stage.label,
        action=step.label,
        url=url if may_open(user, url) else "",
        amount=row.amount if user.may("see_prices") else None,
    )


def _owed(row: Any, user: Any) -> str:
    """What goes back to the customer is with VAT, and no part of what the stages add up to."""
    if row.stage != "owed" or not user.may("see_prices"):
        return ""
    return f"{money(-row.gross)} {_('incl. VAT')}"


# -- what holds no euro yet, or never will ------------------------------------------


def _requests(user: Any) -> QuerySet:
    rows = Request.objects.for_user(user).filter(status__in=["new", "accepted", "missed"])
    rank = ranked(Q(urgency="urgent") | Q(status="missed"), Value(IN_TIME))
    rows = rows.select_related("customer", "type").annotate(waits=F("created_at"))
    return keyed(rows, key_of("request"), F("status"), "waits", rank)


def _request(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.number,
        about=f"{row.customer.name} · {row.type}",
        status=row.get_status_display(),
        action=REQUEST_ACTIONS[RequestStatus(row.status)],
        url=reverse("intake:request_detail", args=[row.pk]),
    )


def _credit_notes(user: Any) -> QuerySet:
    """Issued and not sent: their euros stand with the invoice that they credit."""
    rows = Invoice.objects.for_user(user).unsent().filter(kind="credit_note")
    rows = rows.select_related("customer").annotate(waits=F("issued_at"))
    return keyed(rows, key_of("credit"), F("status"), "waits", Value(IN_TIME))


def _credit_note(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=str(row),
        about=row.customer.name,
        status=row.get_status_display(),
        action=STAGES["unsent"].action,
        url=reverse("invoicing:invoice_detail", args=[row.pk]),
        amount=-row.net,
    )


def _events(user: Any) -> QuerySet:
    rows = FieldEvent.objects.for_user(user).to_decide().annotate(waits=F("received_at"))
    rows = rows.select_related("user", "assignment__work_order", "assignment__request")
    return keyed(rows, key_of("event"), F("state"), "waits", Value(URGENT))


def _event(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=str(row.assignment.job) if row.assignment else "",
        about=row.user.name,
        status=_("From the phone, does not fit"),
        action=_("Decide"),
        url=reverse("field:event_detail", args=[row.pk]),
    )


def _mails(user: Any, now: Any) -> QuerySet:
    rows = Message.objects.for_user(user).not_arriving(now - MAIL_LATE).annotate(waits=F("queued_at"))
    return keyed(rows, key_of("mail"), F("status"), "waits", Value(LATE))


def _mail(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.to_address,
        about=row.subject,
        status=_("Not gone yet") if row.is_late else row.get_status_display(),
        action=_("Send again"),
        url=reverse("messaging:message_resend", args=[row.pk]),
    )


def _hours(user: Any, now: Any) -> QuerySet:
    rows = Week.objects.for_user(user).to_decide(now).annotate(waits=F("submission__at"))
    return keyed(rows.select_related("technician__user"), key_of("hours"), F("status"), "waits", Value(LATE))


def _week(row: Any, user: Any) -> Task:
    return Task(
        key=row.task_key,
        rank=row.rank,
        since=row.waits,
        record=row.technician.user.name,
        about=_("Hours of the week of %(day)s") % {"day": day_short(row.monday)},
        status=_("Changed after it was approved") if row.changed else row.get_status_display(),
        action=pgettext("hours", "Approve"),
        url=reverse("timesheets:week_detail", args=[row.pk]),
    )


# What a row of each of the sources says as a task, for a user.
TELL: dict[str, Callable[[Any, Any], Task]] = {
    "money": _of_money,
    "requests": _request,
    "credit notes": _credit_note,
    "events": _event,
    "mails": _mail,
    "hours": _week,
    **planned.TELL,
}
