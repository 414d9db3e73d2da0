"""Forms of users and invitations."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import guesses, roles
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

    @property
    def raises(self) -> bool:
        """Whether it gives a role that the user does not have."""
        return not set(self.cleaned_data.get("user_roles", [])) <= set(self.fields["user_roles"].initial)


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
        known = User.objects.filter(email=email).first()
        if known and not known.is_awaited:
            raise ValidationError(_("There is a user with this e-mail address already."))
        return email


class LoginForm(AllauthLoginForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("E-mail")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        self.fields["password"].help_text = format_html(
            '<a class="link" href="{}">{}</a>', reverse("account_reset_password"), _("Forgot your password?")
        )


class NewPasswordForm(forms.Form):
    """A password that is chosen, twice. The user is whom it must not resemble; it need not be saved."""

    fields: dict[str, Any]

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


class NewAccountForm(NewPasswordForm):
    """A password, and the language of who chooses it."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class ChangePasswordForm(NewPasswordForm):
    """A wrong present password is a guess, and counts as one at the login does."""

    field_order = ["oldpassword", "password", "again"]

    oldpassword = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_oldpassword(self) -> str:
        password = self.cleaned_data["oldpassword"]
        if not get_account_adapter().reauthenticate(self.user, password):
            raise ValidationError(_("This is not your present password."))
        return password

    def save(self) -> None:
        get_account_adapter().set_password(self.user, self.cleaned_data["password"])


class PasswordLinkForm(forms.Form):
    """Who forgot a password. An address that nobody has is treated as one that somebody has."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        guesses.mails_count(self.request, email)
        return email


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email == self.user.email:
            raise ValidationError(_("You log in with this address already."))
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("There is a user with this e-mail address already."))
        return email


class OwnPasswordForm(forms.Form):
    """That it is really them: who found an open session is not to raise somebody's rights."""

    password = forms.CharField(
        label=gettext_lazy("Your own password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_password(self) -> str:
        if not get_account_adapter().reauthenticate(self.by, self.cleaned_data["password"]):
            raise ValidationError(_("This is not your password."))
        return ""


class ReasonForm(OwnPasswordForm):
    """Something an admin does to the login of somebody else: why, and that it is really them."""

    field_order = ["reason", "password"]

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class RaiseForm(OwnPasswordForm):
    """Beside a form that may give somebody more rights; when it does not, there is nothing to prove."""

    def __init__(self, *args: Any, raises: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.raises = raises
        self.fields["password"].required = False
        self.fields["password"].help_text = _("Only needed when you give more rights than there were.")

    def clean_password(self) -> str:
        if not self.raises:
            return ""
        if not self.cleaned_data["password"]:
            raise ValidationError(_("Type your own password: this gives somebody more rights."))
        return super().clean_password()


class ProofForm(AllauthReauthenticateForm):
    """allauth's, in our words: the password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["password"].help_text = _("Password"), ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class AppForm(ActivateTOTPForm):
    """allauth's, in our words: that the new app shows the right codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code that the app shows")
        self.fields["code"].widget.attrs.pop("placeholder", None)


class CodeForm(AuthenticateForm):
    """The second factor. Each code opens once, for as long as a clock that is off would still take it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        guess = guesses.code_guess(context.request, self.user)
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

    def raises(self, held: Mapping[str, Collection[str]]) -> bool:
        """Whether it gives a role an ability that is not among those it holds."""
        return any(not names <= set(held[role]) for role, names in self.allowed.items())


def possible(role: str) -> Iterable[str]:
    return [ability for ability in roles.ABILITIES if roles.is_possible(role, ability)]
