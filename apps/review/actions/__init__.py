"""Every write of the review, split by behaviour."""

from apps.review.actions.added_time import time_add
from apps.review.actions.agreements import agreement_cancel, agreement_order
from apps.review.actions.catching_up import billables_catch_up
from apps.review.actions.corrections import billable_correct
from apps.review.actions.extra_work import (
    excess_offer,
    extra_work_answer,
    extra_work_offer,
    offer_expired,
    offer_withdraw,
    part_mark,
    parts_worth,
)
from apps.review.actions.findings import finding_add
from apps.review.actions.returning import review_return
from apps.review.actions.verdict import (
    Unjudged,
    billable_decide,
    on_verdict,
    proposals_accept,
    returned_items,
    review_approve,
    review_open,
    review_reopen,
)

__all__ = [
    "Unjudged",
    "agreement_cancel",
    "agreement_order",
    "billable_correct",
    "billable_decide",
    "billables_catch_up",
    "excess_offer",
    "extra_work_answer",
    "extra_work_offer",
    "finding_add",
    "offer_expired",
    "offer_withdraw",
    "on_verdict",
    "part_mark",
    "parts_worth",
    "proposals_accept",
    "returned_items",
    "review_approve",
    "review_open",
    "review_reopen",
    "review_return",
    "time_add",
]
