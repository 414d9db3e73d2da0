"""The doors to requests."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from apps.core.querysets import InUseQuerySet
from apps.core.rights import granted
from apps.core.search import SearchedRows


class RequestQuerySet(SearchedRows, models.QuerySet):
    def for_user(self, user: Any) -> Self:
        """All for the office; for a technician the requests whose intake visit is theirs."""
        if user.may("see_office"):
            return self
        return granted(self, user, "intake.execute_request")

    def for_list(self) -> Self:
        """With everything that a row of the list shows."""
        return self.select_related("customer", "site", "type", "technician__user")

    def open(self) -> Self:
        return self.filter(status__in=["new", "accepted", "planned", "received", "missed"])

    def new(self) -> Self:
        return self.filter(status="new")

    def to_plan(self) -> Self:
        return self.filter(status__in=["accepted", "missed"])

    def ready_for_quote(self) -> Self:
        """Received, and the technician does not advise to skip the quote."""
        return self.filter(status="received").exclude(report__advice="work_order")

    def ready_for_work_order(self) -> Self:
        return self.filter(status="received", report__advice="work_order")


class RequestTypeQuerySet(InUseQuerySet):
    def named(self) -> Any:
        """Each with its name in the language of the page, for the choices of a filter."""
        dutch = (get_language() or "").startswith("nl")
        named = Coalesce(NullIf("name_nl", Value("")), "name") if dutch else F("name")
        return self.annotate(label=named).order_by("label").values_list("pk", "label")

    def public(self) -> Self:
        """What the public form offers."""
        return self.filter(active=True, public=True)


class FormSettingsQuerySet(models.QuerySet):
    def current(self) -> Any:
        """The company's choice, or what counts until it makes one."""
        return self.filter(pk=1).first() or self.model(pk=1)
