"""What a colleague was told and has not read."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.holdings import Choice, Kind, Leaving, Line, register
from apps.messaging.actions import notice_read, notice_send
from apps.messaging.models import Notice


@register
class UnreadNotices(Kind):
    name = "messaging.notices"
    subject = "accounts.user"
    holder = "user"
    label = _("Notices they have not read")
    stays = _("Nobody reads them.")
    order = 70
    since = "at"
    ways = {"read": _("Mark as read")}
    to_colleague = True

    def rows(self) -> QuerySet:
        return Notice.objects.filter(read_at__isnull=True).order_by("at")

    def line(self, row: Notice) -> Line:
        return Line(row.text, formats.moment(row.at), row.url)

    def hand_over(self, row: Notice, choice: Choice, leaving: Leaving) -> None:
        if choice.to:
            notice_send(user=choice.to, text=row.text, url=row.url)
        notice_read(notice=row)
