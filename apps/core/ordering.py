"""The order that a reader expects where the database's own differs: `order_by("number__in_order")`."""

import re

from django.db.models import CharField, TextField, Transform


@TextField.register_lookup
@CharField.register_lookup
class InOrder(Transform):
    """The numbers in a text sort as numbers: F26-9999 before F26-10000. An index of it serves a list: sql/order.sql."""

    lookup_name = "in_order"
    function = "wt_in_order"


@TextField.register_lookup
@CharField.register_lookup
class ByName(Transform):
    """Names as people look them up: Éclair at E, `de Haan` beside `De Haan`, tap 9 before tap 10 (sql/names.sql)."""

    lookup_name = "by_name"
    function = "wt_by_name"


def in_order(text: str) -> str:
    """A key by which Python sorts as `InOrder` does in the database."""
    return re.sub(r"\d+", lambda found: found[0].zfill(10), text)
