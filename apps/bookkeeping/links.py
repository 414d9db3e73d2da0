"""The package's link of the chain from request to package."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.bookkeeping.models import PackageLine
from apps.core.chain import ChainKey, ChainStep


def package_step(key: ChainKey, user: Any) -> list[ChainStep]:
    line = None
    if key.work_order_ids and user.may("export_package"):
        line = (
            PackageLine.objects.filter(payment=None, invoice__lines__work_order__in=key.work_order_ids)
            .select_related("package")
            .order_by("-pk")
            .first()
        )
    if line is None:
        return [ChainStep(_("Package"), "", "todo")]
    url = reverse("bookkeeping:package_detail", args=[line.package_id])
    return [ChainStep(_("Package"), url, "done", line.package.number)]
