"""What hangs on a customer, and goes along when the customer is merged into another one."""

from django.utils.translation import gettext_lazy as _

from apps.core.merging import Part, register

CUSTOMER = "customers.customer"

register(
    Part(CUSTOMER, "customers.site", "customer", _("Sites"), 10),
    Part(CUSTOMER, "customers.equipment", "site__customer", _("Equipment"), 12),
    Part(CUSTOMER, "customers.contact", "customer", _("Contacts"), 14),
    Part(CUSTOMER, CUSTOMER, "merged_into", _("Customers that were merged into this one"), 16),
    Part(
        CUSTOMER, "customers.apart", "first", _("Customers who are two"),
        stays="nobody is asked about a customer that was merged away; undone, it holds again",
    ),
    Part(
        CUSTOMER, "customers.apart", "second", _("Customers who are two"),
        stays="nobody is asked about a customer that was merged away; undone, it holds again",
    ),
)  # fmt: skip
