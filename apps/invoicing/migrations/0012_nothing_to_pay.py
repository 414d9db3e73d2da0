from django.db import migrations

# Invoices of nothing stood as sent for ever: no payment and no booking could end them.
SETTLED = """
    UPDATE invoicing_invoice SET status = 'paid', version = version + 1
     WHERE kind = 'invoice' AND payable = 0 AND status IN ('issued', 'sent')
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0011_discount_reason")]

    operations = [migrations.RunSQL(SETTLED, migrations.RunSQL.noop)]
