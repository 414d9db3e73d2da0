"""The package's link of the chain from request to package."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.bookkeeping.models import PackageLine
from apps.core.chain import ChainKey, ChainStep


def ask(key: ChainKey, user: Any) -> QuerySet | None:
    if not key.work_order_ids or not user.may("export_package"):
        return None
    return (
        PackageLine.objects.filter(payment=None, invoice__lines__work_order__pk__in=key.work_order_ids)
        .order_by("-pk")
        .values_list("package_id", "package__number")[:1]
    )


def tell(rows: Sequence[tuple[int, str]], key: ChainKey, user: Any) -> list[ChainStep]:
    if not rows:
        return [ChainStep(_("Package"), "", "todo")]
    pk, number = rows[0]
    return [ChainStep(_("Package"), reverse("bookkeeping:package_detail", args=[pk]), "done", number)]
