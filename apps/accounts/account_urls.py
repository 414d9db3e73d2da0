"""The pages on which people log in: of allauth's only those that this product offers, under the names it looks for."""

from allauth.account import views as allauth
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from apps.accounts.views import links, security

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="mfa_index"), name="account"),
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", allauth.signup, name="account_signup"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("email/", security.address_change, name="account_email"),
    path("email/withdraw/", security.address_withdraw, name="account_email_withdraw"),
    path("email/<str:token>/", links.address_confirm, name="account_confirm_email"),
    path("password/change/", security.PasswordChange.as_view(), name="account_change_password"),
    path("password/forgotten/", links.password_forgotten, name="account_reset_password"),
    path("password/sent/", links.password_link_sent, name="account_reset_password_done"),
    path("password/<str:token>/", links.password_choose, name="account_reset_password_from_key"),
    path("sessions/", security.session_list, name="account_sessions"),
    path("sessions/end/", security.sessions_end, name="account_sessions_end"),
    path("sessions/<str:handle>/end/", security.session_end, name="account_session_end"),
    path("2fa/", factor.index, name="mfa_index"),
    path("2fa/authenticate/", factor.authenticate, name="mfa_authenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]
