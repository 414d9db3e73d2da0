"""What is made to be printed: the label of a device."""

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from apps.company.models import Company
from apps.customers.models import Equipment
from apps.documents.rendering import pdf_render


def equipment_label(equipment: Equipment) -> bytes:
    """A label of 62 × 29 mm, as label printers have it: what the device is, who services it, and a code that opens its page."""
    address = settings.PUBLIC_ADDRESS + reverse("phone:equipment", args=[equipment.code])
    language = equipment.site.customer.language
    with translation.override(language):
        context = {
            "device": equipment,
            "company": Company.objects.row(),
            "code": segno.make(address, error="m", micro=False).svg_data_uri(border=0),
        }
    return pdf_render("documents/equipment_label.html", context, language=language)
