from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "apps.maintenance"

    def ready(self) -> None:
        from apps.maintenance import holdings  # noqa: F401  (what is held registers itself)
