from django.apps import AppConfig


class TimesheetsConfig(AppConfig):
    name = "apps.timesheets"

    def ready(self) -> None:
        from apps.timesheets import holdings  # noqa: F401  (what is held registers itself)
