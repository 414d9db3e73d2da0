"""An event about to be applied, with all that its handler needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.core.numbers import pk_read
from apps.core.transitions import move
from apps.field.models import EventState, FieldEvent, Visit, VisitPhoto
from apps.field.rules import Unfit
from apps.workorders.models import WorkOrder


@dataclass(frozen=True)
class Recording:
    """An event about to be applied. `forced`: the office has decided that it counts, whatever stands in its way."""

    event: FieldEvent
    visit: Visit
    work_order: WorkOrder
    at: datetime
    by: Actor
    forced: bool = False

    @property
    def payload(self) -> dict[str, Any]:
        return self.event.said

    @property
    def file_id(self) -> int | None:
        """The photo or signature; a file that is no picture was kept for the office to look at, and is neither."""
        file = self.event.file
        return file.pk if file and file.content_type.startswith("image/") else None

    def text(self, name: str, *, longest: int = 10_000) -> str:
        return str(self.payload.get(name) or "").replace("\x00", "").strip()[:longest]

    def pk(self, name: str) -> int:
        """An id from the payload; anything else finds nothing."""
        found = pk_read(self.payload.get(name))
        return -1 if found is None else found

    def is_overtaken(self, kinds: Iterable[str], **where: Any) -> bool:
        """Whether an event of these kinds happened later, and another phone's was heard of before this one."""
        if self.forced:
            return False
        said = FieldEvent.objects.filter(kind__in=kinds, state=EventState.APPLIED, **where)
        return any(one.happened_at > self.at for one in said.exclude(pk=self.event.pk))

    def step(self, name: str, *, reason: str = "") -> None:
        """Take a step of the visit. What the office forces is recorded also where the status no longer allows it."""
        if self.forced and self.visit.status not in Visit.steps[name].sources:
            return
        move(self.visit, name, by=self.by, reason=reason)

    def photo(self, kind: str) -> VisitPhoto:
        """Keep the photo that came along. Raises Unfit without one."""
        if not self.file_id:
            raise Unfit("bad_file", self.event.file.name) if self.event.file else Unfit("no_photo")
        return VisitPhoto.objects.create(visit=self.visit, kind=kind, file_id=self.file_id, at=self.at)


Recorder = Callable[[Recording], None]
RECORDERS: dict[str, Recorder] = {}


def records(kind: str) -> Callable[[Recorder], Recorder]:
    """Say of a function that it applies the events of this kind (`events.EVENTS`). It raises Unfit for one that does not fit."""

    def named(recorder: Recorder) -> Recorder:
        assert kind not in RECORDERS, kind
        RECORDERS[kind] = recorder
        return recorder

    return named
