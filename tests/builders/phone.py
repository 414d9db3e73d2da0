"""A technician's phone."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import Actor
from apps.core.database import TECHNICIAN, as_role
from apps.documents.models import StoredFile
from apps.field import actions
from apps.field.models import FieldEvent, Visit
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.workorders.models import JobFormField

ANSWERS = {"tick": True, "number": "2", "choice": "Good", "text": "ok", "reading": "100"}
RUNNING = ("travel", "start", "resume", "pause")


def photo_stored() -> StoredFile:
    """A photo whose picture nobody looks at."""
    return StoredFile.objects.create(
        sha256="0" * 64, size=3, content_type="image/jpeg", name="photo.jpg", path="00/photo.jpg"
    )


@dataclass
class Phone:
    """A technician's phone at one assignment: sends events as the database role of a technician.

    `send` and `done` report at this moment. The others (`travel`, `work`, `use`, …) tell a day: each happens where
    the one before it ended, the first at the beginning of the booking.
    """

    user: User
    assignment: Assignment
    moment: datetime | None = None
    sent: list[str] = field(default_factory=list)

    def send(
        self, kind: str, *, file: StoredFile | None = None, id: Any = None, **payload: Any
    ) -> FieldEvent:
        options = {
            name: payload.pop(name)
            for name in ("occurred_at", "skew_seconds", "time_zone")
            if name in payload
        }
        with as_role(TECHNICIAN, user_id=self.user.pk):
            return actions.event_record(
                user=self.user,
                id=id or uuid.uuid4(),
                kind=kind,
                assignment=self.assignment,
                payload=payload,
                file=file,
                **options,
            )

    def done(self, kind: str, **payload: Any) -> FieldEvent:
        event = self.send(kind, **payload)
        assert event.state == "applied", event.why
        return event

    @property
    def visit(self) -> Visit:
        return Visit.objects.get(assignment=self.assignment, technician=self.user.technician)

    def begin(self) -> None:
        self.done("before_photo", file=photo_stored())
        self.done("start")

    def complete(self, *, signed: str = "") -> None:
        """Everything between start and finish that was not reported yet; `signed` by the customer, or nobody at home."""
        for question in JobFormField.objects.filter(version=self.assignment.work_order.job_form_version_id):
            photo = photo_stored() if question.kind == "photo" else None
            self.done("answer", field=question.pk, value=ANSWERS.get(question.kind), file=photo)
        self.done("work_done", text="Replaced the pump.")
        for kind, instead in (
            ("no_materials", "material"), ("no_extra_work", "extra_work"), ("no_deviation", "deviation"),
        ):  # fmt: skip
            if instead not in self.sent:
                self.done(kind)
        self.done("after_photo", file=photo_stored())
        if signed:
            self.done("sign_off", name=signed, file=photo_stored())
        else:
            self.done("sign_off", reason="Nobody at home")

    # -- a day, told in order ------------------------------------------------------

    def tell(self, kind: str, *, minutes: int = 0, **payload: Any) -> Self:
        """It happened where the one before it ended, and lasted `minutes`."""
        self.moment = self.moment or self.assignment.starts_at
        with clock.at(self.moment):
            self.done(kind, occurred_at=self.moment, **payload)
        self.sent.append(kind)
        self.moment += timedelta(minutes=minutes)
        return self

    def travel(self, minutes: int) -> Self:
        return self.tell("travel", minutes=minutes)

    def work(self, minutes: int) -> Self:
        """Another stretch of work, from this moment."""
        running = next((kind for kind in reversed(self.sent) if kind in (*RUNNING, "stop")), "")
        if running in ("", "travel"):
            self.tell("before_photo", file=photo_stored())
            return self.tell("start", minutes=minutes)
        if running in ("start", "resume"):
            self.tell("stop")
        return self.tell("resume", minutes=minutes)

    def pause(self, minutes: int) -> Self:
        return self.tell("pause", minutes=minutes)

    def use(self, material: Material, quantity: Any) -> Self:
        return self.tell("material", material=material.pk, quantity=str(quantity))

    def describe(self, description: str, quantity: Any = 1, unit: str = "C62", **more: Any) -> Self:
        """A part that is not in the catalogue."""
        self.sent.append("material")
        return self.tell("material_other", description=description, quantity=str(quantity), unit=unit, **more)

    def extra(self, hours: Any = 1, description: str = "Second tap replaced") -> Self:
        return self.tell("extra_work", description=description, hours=str(hours))

    def deviate(self, text: str = "Rotten floor board", *, blocks: bool = False) -> Self:
        return self.tell("deviation", text=text, blocks=blocks)

    def propose(self, ended_at: datetime, reason: str) -> Self:
        """The last stretch of work ended then, by the technician's own word."""
        entry = self.visit.time_entries.exclude(kind="pause").latest("started_at")
        self.done("time_proposal", entry=entry.pk, ended_at=ended_at.isoformat(), reason=reason)
        return self

    def finish(self, *, signed: str = "") -> Self:
        """Complete what is missing and hand the visit in, where the last stretch of time ended."""
        moment = self.moment = self.moment or self.assignment.starts_at
        with clock.at(moment):
            self.complete(signed=signed)
        return self.tell("finish")

    def late(self, kind: str, *, by: Actor, **payload: Any) -> FieldEvent:
        """It was sent when it may no longer fit; then `by`, in the office, lets it count all the same."""
        event = self.send(kind, **payload)
        return event if event.state == "applied" else actions.event_apply_after_all(event=event, by=by)
