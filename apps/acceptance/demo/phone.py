"""What a technician's phone sends."""

from datetime import datetime, timedelta
from typing import Any

from apps.acceptance.demo.story import Story
from apps.core import clock
from apps.field.actions import event_record
from apps.planning.models import Assignment


class Phone:
    """A technician's phone: sends what happened, each with an id and a moment of its own."""

    def __init__(self, story: Story, assignment: Assignment) -> None:
        self.story, self.assignment = story, assignment
        self.moment: datetime = clock.now() - timedelta(minutes=1)

    def back(self, minutes: int) -> None:
        """What is sent next took so long until now: nothing is told before it happened."""
        self.moment = max(self.moment, clock.now() - timedelta(minutes=minutes))

    def send(self, kind: str, payload: dict[str, Any] | None = None, file: Any = None) -> None:
        self.moment += timedelta(seconds=self.story.random.randint(5, 40))
        assert self.moment <= clock.now(), f"{kind} would be told before it happened"
        with clock.at(self.moment):
            event_record(
                user=self.assignment.technician.user,
                id=self.story.event_id(),
                kind=kind,
                assignment=self.assignment,
                payload=payload or {},
                file=file,
                occurred_at=self.moment,
            )
