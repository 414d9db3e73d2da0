"""What is recorded on site, and what phones report."""

from apps.field.models.phones import (
    CORRECTED,
    EventState,
    FieldEvent,
    PhoneHolding,
    PhoneSettings,
    holding_said,
)
from apps.field.models.visits import (
    Deviation,
    ExtraWork,
    FormAnswer,
    MaterialUsage,
    PhotoKind,
    ReturnedItem,
    SignOff,
    TimeEntry,
    TimeKind,
    TimeProposal,
    Visit,
    VisitPhoto,
)

__all__ = [
    "CORRECTED",
    "Deviation",
    "EventState",
    "ExtraWork",
    "FieldEvent",
    "FormAnswer",
    "MaterialUsage",
    "PhoneHolding",
    "PhoneSettings",
    "PhotoKind",
    "ReturnedItem",
    "SignOff",
    "TimeEntry",
    "TimeKind",
    "TimeProposal",
    "Visit",
    "VisitPhoto",
    "holding_said",
]
