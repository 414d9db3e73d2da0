"""A technician's visits in a calendar of their own: what programs fetch."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.database import TECHNICIAN
from apps.core.web import made_file
from apps.messaging.private_links import Door
from apps.planning.documents import technician_calendar
from apps.technicians.models import CalendarFeed

by_link = Door(
    rows=lambda: CalendarFeed.objects.select_related("technician__user"),
    live=lambda rows: rows.open(),
    language=lambda feed: feed.technician.user.language,
    role=TECHNICIAN,
)


@require_safe
@by_link
def calendar_feed(request: HttpRequest, feed: CalendarFeed) -> HttpResponse:
    """What a calendar program asks for, without login: the address is the secret."""
    return made_file(technician_calendar(feed.technician).encode(), _("visits") + ".ics", "text/calendar")
