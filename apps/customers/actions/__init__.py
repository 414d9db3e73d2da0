"""Every write to a customer, its sites, contacts and equipment."""

from apps.customers.actions.equipment import (
    equipment_change,
    equipment_create,
)
from apps.customers.actions.merging import customer_apart, customer_merge, customer_merge_undo
from apps.customers.actions.records import (
    ADDRESS,
    contact_change,
    contact_create,
    customer_change,
    customer_create,
    customer_deactivate,
    site_change,
    site_create,
    site_for,
    site_place,
    site_unplace,
)

__all__ = [
    "ADDRESS", "contact_change", "contact_create", "customer_apart", "customer_change", "customer_create",
    "customer_deactivate", "customer_merge", "customer_merge_undo", "equipment_change", "equipment_create",
    "site_change", "site_create", "site_for", "site_place", "site_unplace",
]  # fmt: skip
