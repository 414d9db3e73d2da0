from django.apps import AppConfig

from apps.core import chain


class WorkordersConfig(AppConfig):
    name = "apps.workorders"

    def ready(self) -> None:
        from apps.workorders import chain as own
        from apps.workorders import holdings  # noqa: F401  (what is held registers itself)

        chain.register(30, own.ask, own.tell)
