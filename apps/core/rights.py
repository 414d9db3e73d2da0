"""Rights on single rows: what is planned on a technician, or shared with them, is theirs to carry out."""

from typing import Any, TypeVar, cast

from django.db import models
from guardian.shortcuts import get_objects_for_user

Rows = TypeVar("Rows", bound=models.QuerySet)


def granted(rows: Rows, user: Any, permission: str) -> Rows:
    """Those of `rows` on which `user` was given `permission`, row by row."""
    return cast(
        Rows,
        get_objects_for_user(
            user, permission, klass=cast(Any, rows), use_groups=False, with_superuser=False,
            accept_global_perms=False,
        ),
    )  # fmt: skip
