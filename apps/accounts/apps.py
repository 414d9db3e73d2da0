from django.apps import AppConfig

from apps.messaging import links


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        links.register("invitation", "join:invitation_accept")
