"""The leak that only bookkeeping can see."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.leaks.detectors import Detector


class NotInPackage(Detector):
    name = "not_in_package"
    label = _("Invoice not in any package")
    cause = _("The invoice was issued over a month ago, and the bookkeeper never got it.")
    action = _("Make a package")
    subject = "invoicing.invoice"
    url_name = "bookkeeping:package_list"
    url_needs_id = False
    after = timedelta(days=31)
    query = """
        SELECT i.id, i.id, i.number || ' · ' || c.name, i.net, i.issued_at
          FROM invoicing_invoice i JOIN customers_customer c ON c.id = i.customer_id
         WHERE i.number IS NOT NULL AND i.issued_at < %(limit)s
           AND NOT EXISTS (SELECT 1 FROM bookkeeping_packageline p WHERE p.invoice_id = i.id)
    """
