"""Choosing what goes in a package."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bookkeeping.rules import CONTENTS
from apps.invoicing.models import Invoice

LABELS = {
    "work_orders": _("Reviewed work orders"),
    "lines": _("Invoice lines"),
    "materials": _("Used materials with prices"),
    "extra_work": _("Extra work"),
    "customers": _("Customer details"),
    "payments": _("Payments and what is outstanding"),
    "overview": _("Overview as PDF and workbook"),
    "pdf": _("Invoices as PDF"),
    "ubl": _("E-invoices (UBL)"),
}


class PackageForm(forms.Form):
    contents = forms.MultipleChoiceField(
        label=_("What goes in"),
        choices=[(name, LABELS[name]) for name in CONTENTS],
        widget=forms.CheckboxSelectMultiple,
        initial=list(CONTENTS),
        error_messages={"required": _("Choose at least one part.")},
    )
    invoices = forms.ModelMultipleChoiceField(
        label=_("Invoices"),
        queryset=Invoice.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "One of these invoices is a draft, or was exported already. Look again at what is ticked."
            ),
        },
    )
    all = forms.BooleanField(label=_("All"), required=False)

    def __init__(self, *args: object, invoices: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["invoices"].queryset = invoices  # type: ignore[attr-defined]
