"""Who does the work, and what they are certified for."""

from apps.technicians.models.certificates import Certificate, CertificateKind
from apps.technicians.models.technicians import (
    ASKED_KINDS,
    Absence,
    AbsenceKind,
    AbsenceRequest,
    CalendarFeed,
    Home,
    Skill,
    Technician,
    TechnicianKind,
    WorkingHours,
    WorkingPattern,
    Works,
)

__all__ = [
    "ASKED_KINDS",
    "Absence",
    "AbsenceKind",
    "AbsenceRequest",
    "CalendarFeed",
    "Certificate",
    "CertificateKind",
    "Home",
    "Skill",
    "Technician",
    "TechnicianKind",
    "WorkingHours",
    "WorkingPattern",
    "Works",
]
