from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "apps.intake"

    def ready(self) -> None:
        from apps.core import chain
        from apps.intake import chain as own
        from apps.intake import holdings  # noqa: F401  (what is held registers itself)

        chain.register(10, own.ask, own.tell)
