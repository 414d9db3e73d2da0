"""What the office does about what a technician reported."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.refusals import Forbidden, Refused
from apps.field.models import Deviation


def deviation_follow_up(*, deviation: Deviation, by: Actor, text: str) -> Deviation:
    """Note what was done about a deviation. Raises Refused without a word, or when somebody did so before."""
    if not by.may("manage_work_orders"):
        raise Forbidden(_("You may not follow up what was reported."))
    if not text.strip():
        raise Refused(_("Say what was done about it."))
    with transaction.atomic():
        deviation = Deviation.objects.select_for_update().get(pk=deviation.pk)
        if deviation.followed_up_at:
            raise Refused(_("Somebody has already followed this up."))
        deviation.followed_up_at = clock.now()
        deviation.followed_up_by_id = by.pk
        deviation.follow_up = text.strip()
        deviation.save(update_fields=["followed_up_at", "followed_up_by", "follow_up"])
        audit_record(deviation, verb="deviation.follow_up", by=by, reason=deviation.follow_up)
    return deviation
