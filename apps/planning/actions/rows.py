"""How the week is shown: to one reader, and in which order to everybody."""

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.refusals import Forbidden
from apps.planning.models import Density, WeekRow, WeekView
from apps.technicians.models import Technician

# The first half of the advisory lock's key: "the order of the rows"; technicians' plans are 7.
ROWS = 8


def week_view_set(*, by: User, density: Density | None = None, weekend: bool | None = None) -> WeekView:
    """Keep what the reader chose; None leaves it as it is."""
    view, _made = WeekView.objects.get_or_create(user=by)
    if density is not None:
        WeekView.objects.filter(pk=view.pk).update(density=density)
    if weekend is not None:
        WeekView.objects.filter(pk=view.pk).update(weekend=weekend)
    view.refresh_from_db()
    return view


def row_move(*, technician: Technician, by: User, up: bool) -> None:
    """Change places with the row before or after it; the first and the last stay where they are."""
    if not by.may("plan_work"):
        raise Forbidden(_("You may not plan."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ROWS])
        order = F("week_row__place").asc(nulls_last=True), "user__name__by_name", "pk"
        pks = list(Technician.objects.active().order_by(*order).values_list("pk", flat=True))
        if technician.pk not in pks:
            return
        at = pks.index(technician.pk)
        to = max(0, at - 1) if up else min(len(pks) - 1, at + 1)
        pks[at], pks[to] = pks[to], pks[at]
        WeekRow.objects.all().delete()
        WeekRow.objects.bulk_create(WeekRow(technician_id=pk, place=n) for n, pk in enumerate(pks, 1))
