"""What goes wrong in the last weeks, on purpose: each stage has something that waits too long in it, and most signs show.

History is told without: what went wrong a year ago was found and mended since. Nor is there what would be a fault of the
records (a clock that has run since yesterday, what a phone sent and nobody decided about): the demo's sync check is clean.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """So many of it, between so many days ago: older would be absurd, younger is no leak yet."""

    count: int
    oldest: float
    youngest: float


SLIPS = {
    # promised
    "report_waits": Slip(1, 16, 4),
    "quote_not_sent": Slip(2, 16, 4),
    "quote_unanswered": Slip(3, 29, 15),
    "job_not_planned": Slip(2, 14, 4),
    # to do, being done
    "intake_not_made": Slip(1, 12, 1),
    "visit_not_made": Slip(1, 12, 1),
    "no_access": Slip(1, 12, 2),
    "put_on_hold": Slip(1, 26, 15),
    "not_finished": Slip(1, 14, 4),
    "clock_stopped_late": Slip(1, 12, 2),
    "blocked": Slip(1, 12, 2),
    # to bill
    "returned": Slip(1, 18, 4),
    "ran_over": Slip(1, 9, 2),
    "not_reviewed": Slip(3, 10, 2),
    "review_not_finished": Slip(1, 16, 3),
    "part_below_cost": Slip(1, 12, 2),
    "hours_included": Slip(1, 20, 3),
    "price_near_nothing": Slip(1, 16, 3),
    "not_invoiced": Slip(2, 20, 3),
    "not_issued": Slip(1, 18, 3),
    # to collect
    "not_sent": Slip(2, 16, 2),
    "paid_too_much": Slip(1, 25, 8),
    "paid_in_part": Slip(2, 25, 2),
    "free_line_credited": Slip(1, 16, 4),
    # beside the money
    "deviation_forgotten": Slip(2, 16, 2),
    "mail_bounced": Slip(2, 9, 1),
}
