"""The order that a reader expects where the database's own differs: `order_by("number__in_order")`."""

from django.db.models import CharField, TextField, Transform


@TextField.register_lookup
@CharField.register_lookup
class InOrder(Transform):
    """The numbers in a text sort as numbers: F26-9999 before F26-10000. An index of it serves a list: sql/order.sql."""

    lookup_name = "in_order"
    function = "wt_in_order"
