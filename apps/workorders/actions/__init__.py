"""Every write to work orders, their documents, and job forms."""

from apps.workorders.actions.forms import (
    FieldDraft,
    job_form_change,
    job_form_create,
    job_form_publish,
    starters_load,
)
from apps.workorders.actions.orders import (
    TermsAgreed,
    form_version_newest,
    work_order_cancel,
    work_order_change,
    work_order_create,
    work_order_follow_up,
    work_order_hold,
    work_order_left,
    work_order_resume,
)

__all__ = [
    "FieldDraft",
    "TermsAgreed",
    "form_version_newest",
    "job_form_change",
    "job_form_create",
    "job_form_publish",
    "starters_load",
    "work_order_cancel",
    "work_order_change",
    "work_order_create",
    "work_order_follow_up",
    "work_order_hold",
    "work_order_left",
    "work_order_resume",
]
