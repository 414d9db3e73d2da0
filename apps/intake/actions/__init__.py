"""Every write to requests, intake reports and the public form's settings."""

from apps.intake.actions.form_settings import (
    form_settings_change,
    request_type_change,
    request_type_create,
    request_types_start,
    request_types_usual,
)
from apps.intake.actions.public import request_submit
from apps.intake.actions.reports import (
    estimate_remove,
    estimate_set,
    report_hand_in,
    report_photo_add,
    report_photo_remove,
    report_save,
    request_miss,
)
from apps.intake.actions.requests import (
    request_accept,
    request_cancel,
    request_change,
    request_close,
    request_create,
    request_customer_use,
    request_decline,
    request_photos_add,
)

__all__ = [
    "estimate_remove",
    "estimate_set",
    "form_settings_change",
    "report_hand_in",
    "report_photo_add",
    "report_photo_remove",
    "report_save",
    "request_accept",
    "request_cancel",
    "request_change",
    "request_close",
    "request_create",
    "request_customer_use",
    "request_decline",
    "request_miss",
    "request_photos_add",
    "request_submit",
    "request_type_change",
    "request_type_create",
    "request_types_start",
    "request_types_usual",
]
