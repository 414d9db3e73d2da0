"""The first-run guide: what a new company must settle before its first invoice, and what of it is settled.

Nothing here is a flag that could be wrong: a step is done when the data say so. Only that a step was left as it is, or
the whole guide, is kept (`company.SetupMark`).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.company.models import Company, SetupMark
from apps.core.models import AuditEvent, Counter, Series
from apps.intake.models import RequestType
from apps.messaging.models import Message
from apps.pricing.models import Rate, RateKind, VatCode
from apps.technicians.models import Technician


@dataclass(frozen=True)
class Step:
    name: str
    title: str | Promise
    why: str | Promise
    ability: str
    icon: str
    # A row of this says that the step is done.
    done: QuerySet


STEPS = (
    Step("company", _("Your company"), _("Name, address and numbers: they stand on every quote and invoice."),
         "manage_company", "building", Company.objects.exclude(vat_number="").exclude(iban="")),
    Step("vat", _("VAT codes"), _("Every line of an invoice needs one."),
         "manage_rates", "chart", VatCode.objects.filter(active=True, is_default=True)),
    Step("rates", _("Rates"), _("What you ask for an hour, for travel and for the call-out."),
         "manage_rates", "euro", Rate.objects.filter(kind=RateKind.NORMAL)),
    Step("numbering", _("Numbering"), _("What your numbers start with, and where they go on."),
         "manage_company", "list",
         AuditEvent.objects.filter(subject_type=Series._meta.label_lower).order_by()),
    Step("work", _("Kinds of work"), _("What customers can ask you for; each request and work order has one."),
         "manage_forms", "wrench", RequestType.objects.filter(active=True)),
    Step("mail", _("Mail"), _("Quotes and invoices go out by mail: see that one arrives."),
         "manage_company", "mail", Message.objects.filter(status="sent")),
    Step("people", _("Colleagues"), _("Who works with you: in the office and on the road."),
         "manage_users", "users", Technician.objects.active()),
)  # fmt: skip
NAMES = {one.name: one for one in STEPS}


class Guide:
    """The steps as `user` sees them, in one statement."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def _found(self) -> dict[str, bool]:
        """Which steps are done. A company that works has given numbers, however it came by them."""
        questions = {one.name: Exists(one.done) for one in STEPS}
        questions["numbering"] = Exists(NAMES["numbering"].done) | Q(
            Exists(Counter.objects.filter(given__gt=0))
        )  # type: ignore[assignment]
        return User.objects.filter(pk=self.user.pk).values(**questions).get()

    @cached_property
    def _left(self) -> set[str]:
        return set(SetupMark.objects.values_list("step", flat=True))

    @cached_property
    def steps(self) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "title": one.title,
                "why": one.why,
                "icon": one.icon,
                "may": self.user.may(one.ability),
                "url": reverse("office:guide_step", args=[one.name]),
                "state": "done" if self._found[one.name] else "left" if one.name in self._left else "open",
            }
            for one in STEPS
        ]

    @property
    def settled(self) -> int:
        return sum(one["state"] != "open" for one in self.steps)

    @property
    def is_over(self) -> bool:
        """Whether it need not be shown by itself any more."""
        return SetupMark.ALL in self._left or self.settled == len(STEPS)

    def next_url(self, after: str = "") -> str:
        """The first open step that the user may do, looking on from `after`; the overview when there is none."""
        names = list(NAMES)
        start = names.index(after) + 1 if after else 0
        for one in [*self.steps[start:], *self.steps[:start]]:
            if one["state"] == "open" and one["may"]:
                return one["url"]
        return reverse("office:guide")


def guide_waits(user: Any) -> bool:
    """Whether the guide is what this user should see first."""
    return user.may("manage_company") and not Guide(user).is_over
