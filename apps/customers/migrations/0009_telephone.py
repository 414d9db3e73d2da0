from django.db import migrations

from apps.core.telephone_kept import numbers_kept

OF_CUSTOMER = "(SELECT country FROM customers_customer WHERE id = row.customer_id)"


class Migration(migrations.Migration):
    """Numbers are kept with their country. What they are found by stays: it holds their digits as they were."""

    dependencies = [("customers", "0008_searched"), ("company", "0006_telephone")]

    operations = [
        numbers_kept("customer", "customers_customer", "row.country"),
        numbers_kept("contact", "customers_contact", OF_CUSTOMER),
    ]
