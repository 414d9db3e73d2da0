"""What a technician types. A field that is wrong is said at once, here; what fits the visit is decided by the receipt book."""

from apps.field.forms.checklist import ChecklistForm, is_as_shown
from apps.field.forms.office import FollowUpForm, GiveUpForm, PhoneSettingsForm, SetAsideForm, TakeForm
from apps.field.forms.steps import (
    ExtraWorkForm,
    GoesOnForm,
    IssueForm,
    MaterialForm,
    NoAccessForm,
    OtherMaterialForm,
    PhotoForm,
    ReasonForm,
    SignOffForm,
    TimeProposalForm,
    WorkDoneForm,
)

__all__ = [
    "ChecklistForm",
    "ExtraWorkForm",
    "FollowUpForm",
    "GiveUpForm",
    "GoesOnForm",
    "IssueForm",
    "MaterialForm",
    "NoAccessForm",
    "OtherMaterialForm",
    "PhoneSettingsForm",
    "PhotoForm",
    "ReasonForm",
    "SetAsideForm",
    "SignOffForm",
    "TakeForm",
    "TimeProposalForm",
    "WorkDoneForm",
    "is_as_shown",
]
