from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "apps.planning"

    def ready(self) -> None:
        from apps.planning import holdings  # noqa: F401  (what is held registers itself)
