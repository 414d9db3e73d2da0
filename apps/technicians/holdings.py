"""Who leaves: a technician, or a user with the technician that they are. To whom their work can go."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.holdings import Subject, register_subject
from apps.technicians.actions import technicians_lock
from apps.technicians.models import Technician


def _technician_of(user: User) -> Iterable[Technician]:
    return [user.technician] if hasattr(user, "technician") else []


def _plans_lock(users: Collection[User]) -> None:
    """The plans of all of them: who is booking one of them waits, and is waited for."""
    technicians_lock(one.pk for user in users for one in _technician_of(user))


def _technicians() -> QuerySet:
    return User.objects.filter(technician__in=Technician.objects.active()).select_related("technician")


def _colleagues() -> QuerySet:
    """What an office user was told may hold amounts: it goes to who may open the office."""
    return User.objects.active().able("see_office")


register_subject(
    "technicians.technician",
    Subject(
        page="technicians:technician_hand_over",
        ability="manage_technicians",
        name="user__name",
        lock=lambda technician, receivers: _plans_lock([technician.user, *receivers]),
        receivers=_technicians,
    ),
)
register_subject(
    "accounts.user",
    Subject(
        page="accounts:user_hand_over",
        ability="manage_users",
        name="name",
        lock=lambda user, receivers: _plans_lock([user, *receivers]),
        receivers=_colleagues,
        also=_technician_of,
    ),
)
