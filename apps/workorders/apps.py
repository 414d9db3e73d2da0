from django.apps import AppConfig

from apps.core import chain


class WorkordersConfig(AppConfig):
    name = "apps.workorders"

    def ready(self) -> None:
        from apps.workorders import links

        chain.register(30, links.ask, links.tell)
