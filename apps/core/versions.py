"""Nobody overwrites what they have not seen: the lock that says so, and who was first.

A `Versioned` record counts its changes by a trigger, so that no write can forget it; rows that are edited as one page
are counted per table (`Edition`). An action takes the version that the page was made from.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.actors import SYSTEM
from apps.core.models import Edition, RowChange, Versioned
from apps.core.refusals import Refused

Record = TypeVar("Record", bound=models.Model)
NEW = -1


class Stale(Refused):
    """It is another by now than the one that was seen."""


@dataclass(frozen=True)
class Change:
    """Who changed something, and when."""

    by: str
    by_id: int | None
    at: datetime

    def __str__(self) -> str:
        return _("%(name)s, %(at)s") % {"name": self.by, "at": formats.moment(self.at)}


def version_seen(record: Versioned | Edition) -> int:
    """The version of a record as it was read; that of one that is only to be made is NEW."""
    return NEW if isinstance(record, Versioned) and record._state.adding else record.version


def version_lock(record: Record, version: int | None) -> Record:
    """The record as it is now, locked until the transaction ends. Raises Stale when it is not `version` any more.

    Without a version nothing was shown to anybody: an import, a job, a first load. The one row of a table of one
    row is given back as it came when it is still to be made; nobody else makes it meanwhile.
    """
    rows: Any = type(record)._base_manager.select_for_update(of=("self",))
    locked = rows.filter(pk=record.pk).first()
    if locked is None and version in (None, NEW):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('new:' || %s))", [record._meta.db_table])
        locked = rows.filter(pk=record.pk).first()
        if locked is None:
            return record
    if locked is None:
        raise Refused(_("This is no longer there."))
    if version is not None and locked.version != version:
        raise Stale(stale_sentence(locked))
    return locked


def edition(model: type[models.Model]) -> Edition:
    """How often the rows of this table were changed."""
    name = model._meta.db_table
    return Edition.objects.filter(name=name).first() or Edition(name=name)


def edition_lock(model: type[models.Model], version: int | None) -> None:
    """Nobody else writes these rows until the transaction ends. Raises Stale when they are not `version` any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('edition:' || %s))", [model._meta.db_table])
    now = edition(model)
    if version is not None and now.version != version:
        raise Stale(stale_sentence(now))


def stale_sentence(record: Versioned | Edition | models.Model) -> str:
    change = last_change(record)
    if change is None:
        return _("This was changed meanwhile. Look again before you save.")
    return _("This was changed meanwhile: %(who)s. Look again before you save.") % {"who": change}


def last_change(record: Versioned | Edition | models.Model) -> Change | None:
    """The newest change of a record, as the log of rows knows."""
    if isinstance(record, Edition):
        return change_of(record.user_id, record.at) if record.at else None
    row = _rows(record).order_by("-pk").first()
    return change_of(row.user_id, row.at) if row else None


def changes_since(record: models.Model, version: int) -> dict[str, Change]:
    """Of each column that was changed after `version`: its newest change."""
    rows = _rows(record).filter(operation="U", new__version__gt=version).order_by("pk")
    return {column: change_of(row.user_id, row.at) for row in rows for column in row.new or ()}


def _rows(record: models.Model) -> models.QuerySet[RowChange]:
    return RowChange.objects.filter(table_name=record._meta.db_table, row_id=str(record.pk))


def change_of(user_id: int | None, at: datetime) -> Change:
    user = get_user_model()._base_manager.filter(pk=user_id).first() if user_id else None
    return Change(str(user or SYSTEM.actor_label), user_id, at)
