"""The doors to packages."""

from typing import Any, Self

from django.db import models


class PackageQuerySet(models.QuerySet):
    def for_user(self, user: Any) -> Self:
        return self if user.may("export_package") else self.none()
