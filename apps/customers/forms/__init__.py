"""What the office types about customers."""

from apps.customers.forms.equipment import EquipmentFileForm, EquipmentForm
from apps.customers.forms.merging import MergeForm
from apps.customers.forms.records import (
    AddressMixin,
    ContactForm,
    CustomerChoiceForm,
    CustomerForm,
    HouseNumberInput,
    SiteForm,
    customers_found,
    duplicates_of,
)

__all__ = [
    "AddressMixin", "ContactForm", "CustomerChoiceForm", "CustomerForm", "EquipmentFileForm", "EquipmentForm", "HouseNumberInput",
    "MergeForm", "SiteForm", "customers_found", "duplicates_of",
]  # fmt: skip
