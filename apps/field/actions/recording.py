"""An event is applied by the action that records its kind. Called by the receipt book only, under its locks and savepoint."""

from apps.field.actions import answer_events, clock_events, material_events
from apps.field.actions.reported import RECORDERS, Recording
from apps.field.actions.visits import signature_outdate
from apps.field.events import CHANGES_THE_WORK

__all__ = ["answer_events", "clock_events", "material_events", "record"]


def record(recording: Recording) -> None:
    """Apply the event. Raises Unfit when it does not fit."""
    RECORDERS[recording.event.kind](recording)
    if recording.event.kind in CHANGES_THE_WORK:
        signature_outdate(recording.visit, recording.at)
    elif recording.event.kind == "start":  # whatever was signed is not about this visit
        signature_outdate(recording.visit, recording.at, before=recording.at)
