from django.apps import AppConfig

from apps.core import chain


class PlanningConfig(AppConfig):
    name = "apps.planning"

    def ready(self) -> None:
        from apps.planning.links import chain_steps

        chain.register(40, chain_steps)
