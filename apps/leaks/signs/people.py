"""Work of somebody who is no longer there to do it."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.core.holdings import left_questions, left_told
from apps.core.together import together
from apps.leaks.signs.base import Found, Moment, Sign, register


@register
class LeftBehind(Sign):
    """A sign, without an amount: what the work is worth stands with the job itself."""

    name = "left_behind"
    label = _("Open work of somebody who left")
    cause = _("A technician is no longer in service, and nobody goes on with what they held.")
    action = _("Hand it over")
    subject = "technicians.technician"
    url_name = "technicians:technician_hand_over"

    def find(self, moment: Moment) -> list[Found]:
        """What `core.holdings` knows; one statement."""
        asked = left_questions(self.subject)
        together(*asked)
        return [
            Found(one.subject_id, one.subject_id, f"{one.name} · {one.count}"[:160], Decimal(0), one.since)
            for one in left_told(self.subject, asked)
        ]
