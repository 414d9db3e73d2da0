from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InstallationConfig(AppConfig):
    """Last in INSTALLED_APPS: what it does after a migrate finds every table and permission there."""

    name = "config"
    label = "installation"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="config.after_migrate")


def _after_migrate(using: str, **kwargs: Any) -> None:
    from apps.accounts.actions import groups_sync
    from apps.core.numbering import series_sync
    from config.database_roles import database_sync

    database_sync(using)
    series_sync()
    groups_sync()
