"""Every write of the field. The phone writes through `event_record` only."""

from apps.field.actions.added_time import time_add
from apps.field.actions.copies import work_order_copy_send
from apps.field.actions.deviations import deviation_follow_up
from apps.field.actions.events import event_apply_after_all, event_record, event_set_aside
from apps.field.actions.holding import holdings_give_up, holdings_report, phone_settings_set
from apps.field.actions.leaving import running_clock_stop, visit_leave, visit_take_back
from apps.field.actions.mails import arrival_told, is_told, trip_minutes
from apps.field.actions.parts import usage_mark
from apps.field.actions.visits import (
    ReturnItem,
    is_still_planned,
    visit_for,
    visit_return,
    work_order_enough,
    work_order_settle,
)

__all__ = [
    "ReturnItem",
    "arrival_told",
    "deviation_follow_up",
    "event_apply_after_all",
    "event_record",
    "event_set_aside",
    "holdings_give_up",
    "holdings_report",
    "is_still_planned",
    "is_told",
    "phone_settings_set",
    "running_clock_stop",
    "time_add",
    "trip_minutes",
    "usage_mark",
    "visit_for",
    "visit_leave",
    "visit_return",
    "visit_take_back",
    "work_order_copy_send",
    "work_order_enough",
    "work_order_settle",
]
