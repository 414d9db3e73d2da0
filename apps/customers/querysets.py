"""The doors to customers and their sites."""

from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Coalesce

from apps.core.querysets import InUseQuerySet
from apps.core.search import SearchedRows

# More than so many share the telephone or the address of a building, or a name that many have.
FEW = 6


def same_address(*, country: str, postal_code: str, street: str, house_number: str) -> Func:
    """What two addresses that are the same have in common, as `sql/same.sql` writes it."""
    parts = (Value(one) for one in (country, postal_code, street, house_number))
    return Func(*parts, function="wt_same_address", output_field=TextField())


class CustomerQuerySet(SearchedRows, InUseQuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone, for the office. A technician meets customers only through a job."""
        return self if user.may("see_office") else self.none()

    def unmerged(self) -> Self:
        """Without those that became another one: what hung on them hangs there."""
        return self.filter(merged_into=None)

    def possible_duplicates(
        self, *, name: str = "", email: str = "", phone: str = "", address: Mapping[str, str] | None = None
    ) -> Self:
        """Customers that may be the same one, in use or not: same e-mail, telephone, address (or that of a site), or name.

        One that was merged away stands for the one that it became.
        """
        same = Q()
        if email:
            same |= Q(email=email)
        if phone:
            same |= Q(phone=phone)
        if address and address.get("house_number"):
            said = same_address(**address)
            sites = self.model.sites.rel.related_model._base_manager  # type: ignore[attr-defined]
            same |= Q(same_address=said)
            same |= Q(pk__in=sites.filter(same_address=said).values("customer"))
        if name:
            same |= Q(same_name=Func(Value(name), function="wt_same_name", output_field=TextField()))
        if not same:
            return self.none()
        found = self.model._base_manager.filter(same).annotate(now=Coalesce("merged_into", "pk"))
        return self.filter(pk__in=found.values("now"))

    def suspected_of(self, customer: Any) -> Self:
        """Up to so many that may be this customer, by the same marks as the view `customers_suspect`, and of whom nobody
        said that they are two."""
        name = Q(same_name=customer.same_name)
        same = name & Q(city__iexact=customer.city) if customer.kind == "person" else name
        for column in ("phone", "email", "same_address"):
            if said := getattr(customer, column):
                same |= Q(**{column: said})
        apart = self.model._meta.apps.get_model("customers.apart").objects
        return (
            self.unmerged()
            .filter(same)
            .exclude(pk=customer.pk)
            .exclude(pk__in=apart.filter(first=customer.pk).values("second"))
            .exclude(pk__in=apart.filter(second=customer.pk).values("first"))
            .order_by("-active", "sort_name", "pk")[:FEW]
        )


class OfficeQuerySet(models.QuerySet):
    """What belongs to a customer: for the office; a technician meets it only through a job."""

    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.none()


class SiteQuerySet(OfficeQuerySet):
    def at_address(self, **address: str) -> Self:
        """Those at one address, however its number was typed."""
        return self.filter(same_address=same_address(**address)).exclude(same_address="")


class ContactQuerySet(OfficeQuerySet):
    pass


class EquipmentQuerySet(SearchedRows, InUseQuerySet):
    in_use = Q(gone_on=None)

    def for_user(self, user: Any) -> Self:
        """All for the office; a technician meets a device through a job, or through its label."""
        return self if user.may("see_office") else self.none()


class SuspectQuerySet(OfficeQuerySet):
    pass
