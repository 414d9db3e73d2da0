"""Forms of users and invitations."""

from collections.abc import Iterable
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import roles
from apps.accounts.guesses import code_guess
from apps.accounts.models import User

CODE_SECONDS = 120


class RolesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Roles"),
            choices=list(roles.ROLE_LABELS.items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": gettext_lazy("Choose at least one role.")},
            **kwargs,
        )


class UserForm(forms.ModelForm):
    user_roles = RolesField()

    class Meta:
        model = User
        fields = ["name", "initials"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_roles"].initial = sorted(self.instance.role_names)
        self.fields["initials"].help_text = _(
            "Up to four letters; they stand beside everything this user does."
        )

    def clean_initials(self) -> str:
        return self.cleaned_data["initials"].strip().upper()


class InvitationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        initial="nl",
        help_text=gettext_lazy("Of the invitation; everyone chooses their own language later."),
    )
    user_roles = RolesField()

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("There is a user with this e-mail address already."))
        return email


class NewAccountForm(forms.Form):
    """A password, typed twice, and the language of who chooses it."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least eight characters, not only digits, and no common word."),
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """`user` is whom the password must not resemble; it need not be saved."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given


class CodeForm(AuthenticateForm):
    """The second factor. Each code opens once, for as long as a clock that is off would still take it."""

    def clean_code(self) -> str:
        guess = code_guess(context.request, self.user)
        guess.check()
        try:
            code = super().clean_code()
            if not cache.add(f"accounts.code:{self.user.pk}:{code}", True, CODE_SECONDS):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            guess.wrong()
            raise
        return code


class JoinForm(NewAccountForm):
    """What someone who was invited says of themselves."""

    initials = forms.CharField(
        label=gettext_lazy("Initials"),
        max_length=4,
        help_text=gettext_lazy("Up to four letters; colleagues see them beside what you did."),
    )

    def clean_initials(self) -> str:
        return self.cleaned_data["initials"].strip().upper()


class AdminForm(NewAccountForm):
    """Somebody who makes themselves an admin, on the page of the first link or at the command line."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    more_roles = forms.MultipleChoiceField(
        label=gettext_lazy("What else you do"),
        choices=[(role, roles.ROLE_LABELS[role]) for role in (roles.OWNER, roles.OFFICE)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "An admin sets up; an owner or the back office also makes quotes and invoices."
        ),
    )
    field_order = ["name", "email", "password", "again", "language", "more_roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=User(), **kwargs)

    def clean_name(self) -> str:
        self.user.name = self.cleaned_data["name"]
        return self.user.name

    def clean_email(self) -> str:
        self.user.email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=self.user.email).exists():
            raise ValidationError(_("There is a user with this e-mail address already."))
        return self.user.email


class MatrixForm(forms.Form):
    """The whole matrix: one field of ticks per role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, label in roles.ROLE_LABELS.items():
            self.fields[role] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[(name, roles.ABILITIES[name][0]) for name in possible(role)],
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def allowed(self) -> dict[str, set[str]]:
        return {role: set(names) for role, names in self.cleaned_data.items()}


def possible(role: str) -> Iterable[str]:
    return [ability for ability in roles.ABILITIES if roles.is_possible(role, ability)]
