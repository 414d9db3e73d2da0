"""The amounts behind a stage, those that wait longest first."""

from operator import attrgetter
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.lists import Column, Filter, ListPage
from apps.core.ui.atoms import tag
from apps.core.ui.cells import link, made, two
from apps.core.web import may_open
from apps.pipeline.querysets import PipelineQuerySet
from apps.pipeline.states import PHASES, STAGES, next_step, page_of

_PHASES = {phase: [one.name for one in STAGES.values() if one.phase == phase] for phase in PHASES}


def _record(row: Any) -> str:
    label = row.label or gettext("draft")
    return link(label, row.url, "row") if row.url else escape(label)


def _amount(row: Any) -> str:
    if row.stage != "owed":
        return formats.money(row.amount)
    return format_html('{} <span class="faint">{}</span>', formats.money(row.gross), gettext("incl. VAT"))


def _age(row: Any) -> str:
    age = ngettext("%(n)s day", "%(n)s days", row.days) % {"n": row.days}
    return tag(age, "red") if row.late else age


class PipelineList(ListPage):
    name = "pipeline"
    default_order = ("-late", "waits", "pk")
    search_hint = _("Record or customer")
    columns = (
        Column("record", _("Record"), lambda row: row.label, ("label",), cell=made(_record)),
        Column("customer", _("Customer"), lambda row: row.customer.name, ("customer__sort_name",),
               cell=two(attrgetter("cause"))),
        Column("stage", _("Stage"), lambda row: str(STAGES[row.stage].label), ("stage",), css="opt-2"),
        Column("amount", _("Amount, excl. VAT"), lambda row: row.amount, ("amount",), numeric=True, cell=made(_amount)),
        Column("waits", _("Waits"), lambda row: (clock.now() - row.waits).days, ("waits",), cell=made(_age, "day")),
    )  # fmt: skip
    filters = (
        Filter("phase", _("Any phase"), list(PHASES.items()), lambda rows, value: rows.filter(stage__in=_PHASES[value])),
        Filter("stage", _("Any stage"), [(one.name, one.label) for one in STAGES.values()],
               lambda rows, value: rows.filter(stage=value)),
        Filter("late", _("Past its limit or not"), [("yes", _("Past its limit"))],
               lambda rows, value: rows.filter(late=True)),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, queryset: PipelineQuerySet) -> None:
        super().__init__(request, queryset.select_related("customer"))
        self.now = clock.now()

    @cached_property
    def rows(self) -> list[Any]:  # type: ignore[override]
        """The rows of this page, each with its one next action."""
        found = super().rows
        for row in found:
            stage = STAGES[row.stage]
            step = next_step(stage, row.record_type, row.amount)
            row.cause, row.action = stage.cause, step.label
            url = page_of(step, row.record_id)
            row.url = url if url and may_open(self.request.user, url) else ""
            row.days = max((self.now - row.waits).days, 0)
        return found
