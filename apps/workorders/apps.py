from django.apps import AppConfig

from apps.core import chain


class WorkordersConfig(AppConfig):
    name = "apps.workorders"

    def ready(self) -> None:
        from apps.workorders.links import chain_steps

        chain.register(30, chain_steps)
