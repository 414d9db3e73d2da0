from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "apps.field"

    def ready(self) -> None:
        from apps.core import chain
        from apps.field import holdings, links  # noqa: F401  (what is held registers itself)

        chain.register(links.POSITION, links.ask, links.tell)
