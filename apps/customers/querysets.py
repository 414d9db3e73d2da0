"""The doors to customers and their sites."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from apps.core.querysets import InUseQuerySet
from apps.core.search import SearchedRows


class CustomerQuerySet(SearchedRows, InUseQuerySet):
    def for_user(self, user: Any) -> Self:
        """Everyone, for the office. A technician meets customers only through a job."""
        return self if user.may("see_office") else self.none()

    def possible_duplicates(
        self,
        *,
        name: str = "",
        email: str = "",
        phone: str = "",
        postal_code: str = "",
        house_number: str = "",
    ) -> Self:
        """Customers that may be the same one: same e-mail, telephone, address (or that of a site), or name.

        The parts must be written as `customers.rules` writes them.
        """
        same = Q()
        if email:
            same |= Q(email=email)
        if phone:
            same |= Q(phone=phone)
        if postal_code and house_number:
            same |= Q(postal_code=postal_code, house_number__iexact=house_number)
            sites = self.model.sites.rel.related_model._base_manager  # type: ignore[attr-defined]
            there = sites.filter(postal_code=postal_code, house_number__iexact=house_number)
            same |= Q(pk__in=there.values("customer"))
        if name:
            same |= Q(name__iexact=name)
        return self.filter(same) if same else self.none()


class OfficeQuerySet(models.QuerySet):
    """What belongs to a customer: for the office; a technician meets it only through a job."""

    def for_user(self, user: Any) -> Self:
        return self if user.may("see_office") else self.none()


class SiteQuerySet(OfficeQuerySet):
    pass


class ContactQuerySet(OfficeQuerySet):
    pass


class EquipmentQuerySet(OfficeQuerySet):
    pass
