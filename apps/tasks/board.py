"""What the list of tasks shows: its rows with the marks on them, whose they are, and the pages."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.tasks.models import TaskMark
from apps.tasks.rules import Task
from apps.tasks.waiting import Waiting


class Row:
    """A task as it stands in the list."""

    def __init__(self, task: Task, mark: TaskMark | None, now: datetime) -> None:
        self.task = task
        self.assignee = mark.assignee if mark else None
        put_off = mark if mark and mark.is_put_off(now) else None
        self.put_off_until = put_off.put_off_until if put_off else None
        self.reason = put_off.reason if put_off else ""


class Board:
    def __init__(self, request: HttpRequest, waiting: Waiting, whose: str, now: datetime) -> None:
        self.path, self.whose, self.waiting = request.path, whose, waiting
        self.rows = [Row(task, waiting.marks.get(task.key), now) for task in waiting.tasks]
        self.page, self.total = waiting.page, waiting.total

    def _url(self, **state: Any) -> str:
        kept = {key: value for key, value in state.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def here(self) -> str:
        page = self.waiting.page
        return self._url(whose=self.whose, page=page if page > 1 else None)

    @cached_property
    def tabs(self) -> list[dict[str, Any]]:
        labels = {"": _("All"), "mine": _("Mine"), "nobody": _("Nobody's"), "put_off": _("Put off")}
        return [
            {"label": label, "url": self._url(whose=name), "current": name == self.whose}
            for name, label in labels.items()
        ]

    @property
    def next_url(self) -> str:
        return self._url(whose=self.whose, page=self.waiting.page + 1) if self.waiting.has_next else ""

    @property
    def previous_url(self) -> str:
        page = self.waiting.page
        return self._url(whose=self.whose, page=page - 1 if page > 2 else None) if page > 1 else ""
