"""The quote's link of the chain."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.chain import ChainKey, ChainStep
from apps.quotes.models import Quote
from apps.quotes.states import QuoteStatus

STATES = {
    QuoteStatus.DRAFT: "current",
    QuoteStatus.SENT: "current",
    QuoteStatus.ACCEPTED: "done",
}


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    """The quotes of the job."""
    if not user.may("see_prices") or not (key.request_id or key.work_order_ids):
        return None
    same = Q(request_id=key.request_id) if key.request_id else Q(pk__in=[])
    if key.work_order_ids:
        same |= Q(work_order__pk__in=key.work_order_ids)
    return Quote.objects.for_user(user).filter(same).only("number", "status").order_by("created_at", "pk")


def tell(rows: Sequence[Quote], key: ChainKey, user: Any) -> list[ChainStep]:
    """Without a quote a step that is to come, or was passed over when there is a work order."""
    if not user.may("see_prices"):
        return []
    if not rows:
        return [ChainStep(_("Quote"), "", "skipped" if key.work_order_ids else "todo")]
    return [
        ChainStep(
            _("Quote"),
            reverse("quotes:quote_detail", args=[one.pk]),
            STATES.get(QuoteStatus(one.status), "skipped"),  # type: ignore[arg-type]
            f"{one.number} · {one.get_status_display()}",
        )
        for one in rows
    ]
