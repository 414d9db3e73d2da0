"""The four roles and what each may do: the one declared matrix. An admin may change it per role afterwards."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

TECHNICIAN, OFFICE, OWNER, ADMIN = "technician", "office", "owner", "admin"

ROLE_LABELS = {
    TECHNICIAN: _("Technician"),
    OFFICE: _("Back office"),
    OWNER: _("Owner / finance"),
    ADMIN: _("Admin"),
}

# ability: (what it lets someone do, the roles that have it in a new installation)
ABILITIES = {
    "record_work": (_("record work on the phone"), {TECHNICIAN}),
    "see_office": (_("open the office pages"), {OFFICE, OWNER, ADMIN}),
    "see_prices": (_("see prices and amounts"), {OFFICE, OWNER, ADMIN}),
    "see_margin": (_("see costs and margins"), {OFFICE, OWNER}),
    "see_finance": (_("see revenue, cost and KPIs of the company"), {OWNER}),
    "export_lists": (_("export lists"), {OFFICE, OWNER, ADMIN}),
    "manage_customers": (_("add and change customers"), {OFFICE, OWNER}),
    "handle_requests": (_("accept, decline and prepare requests"), {OFFICE, OWNER}),
    "make_quotes": (_("make, send and revise quotes"), {OFFICE, OWNER}),
    "manage_work_orders": (_("make and change work orders"), {OFFICE, OWNER}),
    "plan_work": (_("plan technicians"), {OFFICE, OWNER}),
    "share_jobs": (_("share a job with a colleague"), {OFFICE, OWNER}),
    "approve_hours": (_("approve the hours of technicians"), {OFFICE, OWNER}),
    "review_work": (_("review recorded work"), {OFFICE, OWNER}),
    "price_extra_work": (_("price extra work and offer it to the customer"), {OFFICE, OWNER}),
    "write_off": (_("write off work with a reason"), {OFFICE, OWNER}),
    "issue_invoice": (_("make, issue, send and credit invoices"), {OFFICE, OWNER}),
    "record_payment": (_("record payments"), {OFFICE, OWNER}),
    "export_package": (_("make packages for the bookkeeper"), {OFFICE, OWNER}),
    "send_messages": (_("send and resend messages"), {OFFICE, OWNER}),
    "manage_materials": (_("change the material catalogue"), {OFFICE, OWNER, ADMIN}),
    "manage_technicians": (_("add and change technicians"), {OFFICE, OWNER, ADMIN}),
    "manage_forms": (_("change job forms, request types and mail texts"), {OFFICE, OWNER, ADMIN}),
    "manage_rates": (_("change rates, prices and VAT codes"), {OWNER, ADMIN}),
    "manage_company": (_("change the company's settings"), {OWNER, ADMIN}),
    "manage_users": (_("invite users and change their roles"), {ADMIN}),
    "run_acceptance": (_("run the end-to-end test"), {OWNER, ADMIN}),
}

# All that the technician's role may ever hold: anything more would take the phone's pages past the price wall.
FIELD_ABILITIES = {"record_work"}


def is_possible(role: str, ability: str) -> bool:
    """Whether an admin may give this ability to this role."""
    return ability in ABILITIES and (role != TECHNICIAN or ability in FIELD_ABILITIES)


def labels(names: Collection[str]) -> list[Any]:
    """The roles of these names in words, in the order of the matrix."""
    return [label for name, label in ROLE_LABELS.items() if name in names]
