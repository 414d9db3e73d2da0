"""The forms about quotes."""

from apps.quotes.forms.answers import (
    AcceptForm,
    DeclineForm,
    ReasonForm,
    RecordForm,
    ResendForm,
    ReviseForm,
    SendForm,
    WithdrawForm,
)
from apps.quotes.forms.builder import BuilderForm, CreateForm, LineForm, VersionForm
from apps.quotes.forms.templates import TemplateForm, TemplateLineForm, TemplateLines, TemplateNameForm

__all__ = [
    "AcceptForm",
    "BuilderForm",
    "CreateForm",
    "DeclineForm",
    "LineForm",
    "ReasonForm",
    "RecordForm",
    "ResendForm",
    "ReviseForm",
    "SendForm",
    "TemplateForm",
    "TemplateLineForm",
    "TemplateLines",
    "TemplateNameForm",
    "VersionForm",
    "WithdrawForm",
]
