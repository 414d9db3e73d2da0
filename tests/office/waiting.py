"""Everything on somebody's list of tasks, whatever page it is on."""

from typing import Any

from apps.core import clock
from apps.tasks.waiting import Task, tasks


def waiting_for(user: Any, whose: str = "") -> list[Task]:
    found: list[Task] = []
    page = 1
    while True:
        waiting = tasks(user, clock.now(), whose=whose, page=page)
        found += waiting.tasks
        if not waiting.has_next:
            assert len(found) == waiting.total
            return found
        page += 1
