"""The invoice of an address."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from apps.invoicing.models import Invoice


def invoice_get(request: HttpRequest, pk: int) -> Invoice:
    """The invoice, if the user may see it; 404 otherwise."""
    return get_object_or_404(Invoice.objects.for_user(request.user).select_related("customer"), pk=pk)
