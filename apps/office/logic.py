"""The shared flow, drawn from the tables that the product itself runs on, so that it cannot be out of date."""

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.roles import ABILITIES
from apps.field import states as field
from apps.intake import states as intake
from apps.invoicing import states as invoicing
from apps.quotes import states as quotes
from apps.review import states as review
from apps.workorders import states as workorders


def entries() -> list[dict[str, Any]]:
    """What the technician enters and what the office uses it for."""
    return [
        {"enters": _("Travel and work, with start, pause and stop"), "use": _("hours beside the sold hours; cost; invoice")},
        {"enters": _("Photos before and after"), "use": _("evidence in the review, and in a dispute")},
        {"enters": _("Answers on the job form"), "use": _("proof of the work; a value outside its limits becomes a deviation")},
        {"enters": _("The work done, in words"), "use": _("text of the invoice")},
        {"enters": _("Materials from the catalogue"), "use": _("priced by the office; invoice; stock to bring next time")},
        {"enters": _("Extra work, without a price"), "use": _("priced and offered to the customer")},
        {"enters": _("A deviation or an issue"), "use": _("a task for the office with an owner")},
        {"enters": _("No access, with a photo and the reason"), "use": _("a new appointment")},
        {"enters": _("The customer's signature, or why not"), "use": _("proof of delivery; the customer gets a copy without prices")},
    ]  # fmt: skip


def mapping() -> list[dict[str, Any]]:
    """One status, two vocabularies, and the office's next action."""
    rows = []
    for states, statuses in ((intake, intake.RequestStatus), (workorders, workorders.WorkOrderStatus)):
        for status in statuses:
            words = states.TECHNICIAN_LABELS.get(status)
            if words is None:
                continue
            rows.append(
                {
                    "technician": words,
                    "office": status.label,
                    "action": states.NEXT_ACTIONS.get(status, ""),
                    "tone": states.TONES.get(status, ""),
                }
            )
    return rows


def flows() -> list[dict[str, Any]]:
    """Each record's statuses with the steps that lead from one to the next, and who may take them."""
    tables = [
        (_("Request"), intake.RequestStatus, intake.STEPS),
        (_("Quote"), quotes.QuoteStatus, quotes.STEPS),
        (_("Work order"), workorders.WorkOrderStatus, workorders.STEPS),
        (_("Visit"), field.VisitStatus, field.STEPS),
        (_("Review"), review.ReviewStatus, review.STEPS),
        (_("Invoice"), invoicing.InvoiceStatus, invoicing.STEPS),
    ]
    return [
        {
            "label": label,
            "steps": [
                {
                    "label": step.label,
                    "sources": [statuses(source).label for source in step.sources],
                    "target": statuses(step.target).label,
                    "who": ABILITIES[step.permission][0] if step.permission in ABILITIES else "",
                    "reason": step.needs_reason,
                    "customer": step.by_customer,
                }
                for step in steps.values()
            ],
        }
        for label, statuses, steps in tables
    ]
