"""Where an euro can stand, from the first offer to the books: each stage with its limit and its one next action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    """One place. `limit` is how long money may stand there; None where only time or the customer can move it on.

    `url_name` is the page of the next action, about the record or, without `about_record`, about many; `ability` is
    what whoever takes it must be able to do.
    """

    name: str
    phase: str
    label: Text
    cause: Text
    action: Text
    url_name: str
    ability: str
    limit: timedelta | None
    about_record: bool = True


PHASES: dict[str, Text] = {
    "promised": _("Promised"),
    "to_do": pgettext_lazy("phase", "To do"),
    "doing": _("Being done"),
    "to_bill": _("To bill"),
    "to_collect": _("To collect"),
    "to_book": _("To book"),
}

_STAGES = (
    Stage(
        "quote_unsent", "promised", _("Quote not sent"),
        _("The customer waits for an offer: the intake is in, or the quote is being written."),
        _("Finish and send"), "quotes:quote_detail", "make_quotes", 3 * DAY,
    ),
    Stage(
        "quote_unanswered", "promised", _("Sent, no answer"),
        _("The customer has the quote, and said neither yes nor no."),
        _("Call the customer"), "quotes:quote_detail", "make_quotes", 14 * DAY,
    ),
    Stage(
        "unplanned", "promised", _("Accepted, not planned"),
        _("The work was agreed, and stands on nobody's plan."),
        _("Plan"), "workorders:work_order_detail", "plan_work", 3 * DAY,
    ),
    Stage(
        "planned", "to_do", _("Planned"),
        _("A visit is planned."),
        _("Wait for the visit"), "workorders:work_order_detail", "plan_work", None,
    ),
    Stage(
        "visit_past", "to_do", _("Visit past, not started"),
        _("The appointment is past and the technician never started."),
        _("Ask the technician, or plan again"), "workorders:work_order_detail", "plan_work", timedelta(hours=12),
    ),
    Stage(
        "missed", "to_do", _("No access"),
        _("The technician could not get in, and no new appointment was made."),
        _("Plan a new appointment"), "workorders:work_order_detail", "plan_work", DAY,
    ),
    Stage(
        "in_progress", "doing", _("In progress"),
        _("Work was begun and not handed in."),
        _("Ask the technician to finish"), "workorders:work_order_detail", "manage_work_orders", 3 * DAY,
    ),
    Stage(
        "on_hold", "doing", _("On hold"),
        _("The work waits for a part, the customer or the office."),
        _("Decide when to go on"), "workorders:work_order_detail", "manage_work_orders", 14 * DAY,
    ),
    Stage(
        "action_required", "doing", _("Action required"),
        _("The technician reported something that stops the work."),
        _("Follow up"), "workorders:work_order_detail", "manage_work_orders", DAY,
    ),
    Stage(
        "returned", "doing", _("Returned to technician"),
        _("The review sent the job back, and it did not come in again."),
        _("Ask the technician, or take it back"), "review:review_detail", "review_work", 3 * DAY,
    ),
    Stage(
        "deposit", "to_bill", _("Deposit, not asked"),
        _("The customer agreed to pay a part beforehand, and no invoice asks for it."),
        _("Make the deposit invoice"), "invoicing:ready_list", "issue_invoice", 2 * DAY, about_record=False,
    ),
    Stage(
        "undecided", "to_bill", _("From the phone, not decided"),
        _("A phone reported it and it did not fit: until somebody decides it stands in no record."),
        _("Decide"), "field:event_of_visit", "manage_work_orders", DAY,
    ),
    Stage(
        "unreviewed", "to_bill", _("Done, not reviewed"),
        _("Work was handed in, or came in later, and nobody reviewed it: it cannot be invoiced."),
        pgettext_lazy("verb", "Review"), "review:review_detail", "review_work", DAY,
    ),
    Stage(
        "in_review", "to_bill", _("In review"),
        _("The review was begun and not finished."),
        _("Finish the review"), "review:review_detail", "review_work", 2 * DAY,
    ),
    Stage(
        "approved", "to_bill", _("Approved, not drafted"),
        _("The review is done, and what it says is to be invoiced stands on no draft."),
        _("Make the invoice"), "workorders:work_order_detail", "issue_invoice", 2 * DAY,
    ),
    Stage(
        "drafted", "to_bill", _("Draft, not issued"),
        _("The invoice is made up, and has no number yet."),
        _("Check and issue"), "invoicing:invoice_detail", "issue_invoice", 2 * DAY,
    ),
    Stage(
        "unsent", "to_collect", _("Issued, not sent"),
        _("The invoice has its number and the customer never got it."),
        _("Send"), "invoicing:invoice_detail", "issue_invoice", DAY,
    ),
    Stage(
        "sent", "to_collect", _("Sent, not due"),
        _("The customer has the invoice and has time to pay it."),
        _("Wait for payment"), "invoicing:invoice_detail", "record_payment", None,
    ),
    Stage(
        "overdue", "to_collect", _("Overdue"),
        _("The customer should have paid by now."),
        _("Remind or call"), "invoicing:invoice_detail", "record_payment", timedelta(0),
    ),
    Stage(
        "owed", "to_collect", _("To refund"),
        _("The customer paid more than the invoice asks: the rest is theirs."),
        _("Refund it, or set it against another invoice"), "invoicing:invoice_detail", "record_payment", 7 * DAY,
    ),
    Stage(
        "paid", "to_book", _("Paid, in no package"),
        _("The money is in, and the bookkeeper never got the invoice."),
        _("Make a package"), "bookkeeping:package_list", "export_package", 31 * DAY, about_record=False,
    ),
    Stage(
        "packed", "to_book", _("In a package, not booked"),
        _("The bookkeeper has the invoice, and nobody said that it is booked."),
        _("Mark as booked"), "invoicing:invoice_detail", "export_package", 31 * DAY,
    ),
)  # fmt: skip

# Where another record than a stage's usual one stands there, its own next action.
_OTHERWISE: dict[tuple[str, str], tuple[Text, str]] = {
    ("quote_unsent", "intake.request"): (_("Make a quote or a work order"), "intake:request_detail"),
    ("unplanned", "quotes.quote"): (_("Make the work order"), "quotes:quote_detail"),
}
# Approved, and there is nothing to ask for, or a correction took off more than is left.
_NOTHING_LEFT, _LESS_THAN_NOTHING = _("Close the work order"), _("Credit what was corrected")


@dataclass(frozen=True)
class NextStep:
    """What moves an amount on, and the page where that is done."""

    label: Text
    url_name: str
    about_record: bool


def next_step(stage: Stage, record_type: str, amount: Decimal | None = None) -> NextStep:
    label, url_name = _OTHERWISE.get((stage.name, record_type), (stage.action, stage.url_name))
    if stage.name == "approved" and amount is not None and amount <= 0:
        label = _NOTHING_LEFT if amount == 0 else _LESS_THAN_NOTHING
    return NextStep(label, url_name, stage.about_record)


def page_of(step: NextStep, record_id: int) -> str:
    """Where the next action is taken."""
    return reverse(step.url_name, args=[record_id] if step.about_record else [])


STAGES: dict[str, Stage] = {one.name: one for one in _STAGES}
# By the passing of time alone, and by nothing that anybody writes.
BY_TIME = {"planned": "visit_past", "in_progress": "visit_past", "sent": "overdue"}


def stages_of(phase: str) -> Iterable[Stage]:
    return (one for one in _STAGES if one.phase == phase)


# Where the money of each status stands: docs/algorithms/pipeline.md shows this table, `sql/rows.sql` does it.
# A stage, or in words why no euro of it stands in any.
NOTHING_YET = _("nothing is estimated yet")
LOST = _("nobody will pay it")
STANDS: dict[tuple[str, str], Text] = {
    **{("request", one): NOTHING_YET for one in ("new", "accepted", "planned", "missed")},
    ("request", "received"): "quote_unsent",
    **{("request", one): _("its quote or work order has it") for one in ("quoted", "ordered", "closed")},
    **{("request", one): LOST for one in ("declined", "cancelled")},
    ("quote", "draft"): "quote_unsent",
    ("quote", "sent"): "quote_unanswered",
    ("quote", "expired"): "quote_unanswered",
    # Its work order has it; without one, or with one that was cancelled, it stands here.
    ("quote", "accepted"): "unplanned",
    ("quote", "declined"): LOST,
    ("quote", "withdrawn"): LOST,
    ("quote", "cancelled"): _("the customer took it back: what was agreed is written off"),
    ("work order", "to_plan"): "unplanned",
    ("work order", "planned"): "planned",
    ("work order", "in_progress"): "in_progress",
    ("work order", "action_required"): "action_required",
    ("work order", "missed"): "missed",
    ("work order", "on_hold"): "on_hold",
    ("work order", "returned"): "returned",
    ("work order", "ready_for_review"): "unreviewed",
    ("work order", "in_review"): "in_review",
    # What was approved stands in its own stage, or on an invoice; what came in later has to be reviewed.
    ("work order", "ready_for_invoicing"): "unreviewed",
    ("work order", "invoiced"): "unreviewed",
    ("work order", "closed"): "unreviewed",
    ("work order", "cancelled"): "unreviewed",
    ("invoice", "draft"): "drafted",
    ("invoice", "issued"): "unsent",
    ("invoice", "sent"): "sent",
    ("invoice", "paid"): "paid",
    ("invoice", "credited"): _("what it charged is open again; what was paid is to refund"),
    ("invoice", "cancelled"): _("what it charged is open again"),
}
