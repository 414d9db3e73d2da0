"""What the company chooses about its public form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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


class RequestTypeForm(forms.ModelForm):
    fields: dict[str, Any]

    class Meta:
        model = RequestType
        fields = ["name", "name_nl", "skill", "minutes", "public", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].min_value = 15
        self.fields["minutes"].widget.attrs |= {"min": 15, "max": 480, "step": 15}

    def clean_minutes(self) -> int:
        minutes = self.cleaned_data["minutes"]
        if not 15 <= minutes <= 480:
            raise forms.ValidationError(_("From 15 to 480 minutes."))
        return minutes
