"""What the office types about customers."""

from apps.customers.forms.equipment import EquipmentForm
from apps.customers.forms.merging import MergeForm
from apps.customers.forms.places import PositionForm
from apps.customers.forms.records import (
    AddressMixin,
    ContactForm,
    CustomerChoiceForm,
    CustomerForm,
    HouseNumberInput,
    MailField,
    SiteForm,
    customers_found,
    duplicates_of,
)

__all__ = [
    "AddressMixin", "ContactForm", "CustomerChoiceForm", "CustomerForm", "EquipmentForm", "HouseNumberInput", "MailField",
    "MergeForm", "PositionForm", "SiteForm", "customers_found", "duplicates_of",
]  # fmt: skip
