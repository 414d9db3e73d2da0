from django.apps import AppConfig

from apps.messaging import links


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        links.register("invitation", "join:invitation_accept", personal=True)
        links.register("account_password", "account_reset_password_from_key", personal=True)
        links.register("account_address", "account_confirm_email", personal=True)
