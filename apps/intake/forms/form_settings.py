"""What the company chooses about its public form."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.handover import OutOfUseMixin
from apps.core.number_fields import CountField
from apps.intake import rules
from apps.intake.models import RequestFormSettings, RequestType


class FormSettingsForm(forms.ModelForm):
    fields: dict[str, Any]

    public_types = forms.ModelMultipleChoiceField(
        RequestType.objects.none(), label=gettext_lazy("Types that the form offers"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    embed_origins = forms.CharField(
        label=gettext_lazy("Websites that may show the form in a frame"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.example.nl"}),
        help_text=gettext_lazy("One address per line, beginning with https://. No other website can show it."),
    )  # fmt: skip

    max_photos = CountField(label=capfirst(gettext_lazy("most photos")), least=1, most=12, initial=6)

    class Meta:
        model = RequestFormSettings
        fields = [
            "enabled", "company_name", "phone", "window", "urgency", "photos", "max_photos",
            "intro_nl", "intro_en", "thanks_nl", "thanks_en",
        ]  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "maxlength": 1000})
            for name in ("intro_nl", "intro_en", "thanks_nl", "thanks_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_types"].queryset = RequestType.objects.active()

    def clean_embed_origins(self) -> str:
        try:
            return "\n".join(rules.origins(self.cleaned_data["embed_origins"]))
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(line)s” is not the address of a website, such as https://www.example.nl.")
                % {"line": str(error)[:80]}
            ) from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("enabled") and "public_types" in given and not given["public_types"]:
            self.add_error("public_types", _("An open form offers at least one type."))
        return given


class RequestTypeForm(OutOfUseMixin, forms.ModelForm):
    fields: dict[str, Any]

    class Meta:
        model = RequestType
        fields = ["name", "name_nl", "skill", "minutes", "public", "services", "active"]
        help_texts = {
            "services": gettext_lazy("The next service of a device is counted from a job of this type.")
        }

    minutes = CountField(
        label=capfirst(gettext_lazy("usual length of an intake visit (minutes)")), least=15, most=480, initial=60,
        error_messages=dict.fromkeys(("least", "most"), gettext_lazy("From 15 to 480 minutes.")),
    )  # fmt: skip
