from django.apps import AppConfig


class TechniciansConfig(AppConfig):
    name = "apps.technicians"

    def ready(self) -> None:
        from apps.technicians import holdings  # noqa: F401  (who leaves registers itself)
