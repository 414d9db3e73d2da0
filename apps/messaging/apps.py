from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "apps.messaging"

    def ready(self) -> None:
        from apps.messaging import holdings  # noqa: F401  (what is held registers itself)
