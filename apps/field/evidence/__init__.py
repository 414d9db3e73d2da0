"""What was recorded, gathered: for the phone's steps, for the customer's signature, for the office's review."""

from apps.field.evidence.answers import answer_text, answer_value, outside_said
from apps.field.evidence.facts import facts_of, with_facts
from apps.field.evidence.job import Evidence, EvidenceRows, VisitEvidence, evidence_for
from apps.field.evidence.shown import answers_of, duration_of, shown_durations, shown_of

__all__ = [
    "Evidence",
    "EvidenceRows",
    "VisitEvidence",
    "answer_text",
    "answer_value",
    "answers_of",
    "duration_of",
    "evidence_for",
    "facts_of",
    "outside_said",
    "shown_durations",
    "shown_of",
    "with_facts",
]
