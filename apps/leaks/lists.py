"""The leaks as a list, the dearest first."""

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock, formats
from apps.core.compiled import ThisMoment
from apps.core.lists import Column, Count, Filter, ListPage
from apps.core.together import sum_of
from apps.core.ui.atoms import tag
from apps.core.ui.cells import cut, lead, link, made, status
from apps.core.web import may_open
from apps.leaks.signs import page_of, signs
from apps.leaks.states import LeakStatus
from apps.pipeline.states import STAGES, next_step

AGES = [("7", _("Older than a week")), ("30", _("Older than a month")), ("90", _("Older than 90 days"))]

KINDS = {"leak": _("Leaks"), "receivable": _("Receivables"), "sign": _("Signs")}
_OF_KIND: dict[str, Callable[[Any], Any]] = {
    "leak": lambda rows: rows.filter(sign=False),
    "receivable": lambda rows: rows.filter(sign=False).receivable(),
    "sign": lambda rows: rows.filter(sign=True),
}


def _types() -> list[tuple[str, Any]]:
    stages = [(one.name, one.label) for one in STAGES.values()]
    return stages + [(one.name, one.label) for one in signs().values()]


def _older(rows: Any, days: str) -> QuerySet:
    return rows.filter(since__lt=ThisMoment() - timedelta(days=int(days)))


def type_label(leak: Any) -> Any:
    """The words for a leak's stage or sign, also of one that no longer exists."""
    found = STAGES.get(leak.detector) or signs().get(leak.detector)
    return found.label if found else leak.detector


def _subject(leak: Any) -> str:
    return link(leak.subject_label, leak.url, "link cut") if leak.url else cut(leak.subject_label)


def _amount(leak: Any) -> str:
    if leak.amount or not leak.receivable:
        return formats.money(leak.amount) if leak.amount else "—"
    return format_html(
        '{} <span class="faint">{}</span>', formats.money(leak.receivable), gettext("incl. VAT")
    )


def _age(leak: Any) -> str:
    return tag(ngettext("%(n)s day", "%(n)s days", leak.days) % {"n": leak.days}, leak.risk_tone)


class LeakList(ListPage):
    name = "leaks"
    default_order = ("-amount", "since", "pk")
    search_hint = _("Record or customer")
    columns = (
        Column("type", _("Type"), lambda leak: str(type_label(leak)), ("detector",),
               cell=lead("leaks:leak_detail", show=cut, under=attrgetter("cause"), css="")),
        Column("link", _("Link"), lambda leak: leak.subject_label, ("subject_label",), cell=made(_subject)),
        Column("amount", _("Amount, excl. VAT"), lambda leak: leak.amount, ("amount",), numeric=True, cell=made(_amount)),
        Column("age", _("Risk, age"), lambda leak: (clock.now() - leak.since).days, ("since",), css="opt-2",
               cell=made(_age, "day")),
        Column("status", _("Status"), lambda leak: leak.get_status_display(), ("status",), css="opt-0", cell=status()),
    )  # fmt: skip
    filters = (
        Filter("status", _("Open"), [(one.value, one.label) for one in LeakStatus if one != LeakStatus.OPEN],
               lambda rows, value: rows.filter(status=value)),
        Filter("type", _("Any type"), _types, lambda rows, value: rows.filter(detector=value)),
        Filter("age", _("Any age"), AGES, _older),
        Filter("kind", _("Leaks and signs"), list(KINDS.items()), lambda rows, value: _OF_KIND[value](rows)),
    )  # fmt: skip
    counts = (
        Count(
            _("At risk, excl. VAT"),
            lambda rows: sum_of(rows.at_risk(), "amount"),
            {"kind": "leak"},
            "red",
            show=formats.money,
        ),
        Count(
            _("Receivable of it, incl. VAT"),
            lambda rows: sum_of(rows.at_risk().receivable(), "receivable"),
            {"kind": "receivable"},
            show=formats.money,
        ),
        Count(_("Leaks"), lambda rows: rows.at_risk(), {"kind": "leak"}, "red"),
        Count(_("Signs to look at"), lambda rows: rows.signs(), {"kind": "sign"}, "amber"),
        Count(
            _("Written off"),
            lambda rows: sum_of(rows.filter(status="written_off"), "amount"),
            {"status": "written_off"},
            show=formats.money,
        ),
    )

    def __init__(self, request: HttpRequest, source: Callable[[Any], QuerySet], *, path: str = "") -> None:
        super().__init__(request, source, path=path)
        self.now = clock.now()

    @cached_property
    def filtered(self) -> QuerySet:
        rows = super().filtered
        return rows if self.query.get("status") else rows.open()  # type: ignore[attr-defined]

    @cached_property
    def rows(self) -> list[Any]:  # type: ignore[override]
        """The rows of this page with what their detector says about them."""
        found = super().rows
        for leak in found:
            explain(leak, self.now, self.request.user)
        return found


def explain(leak: Any, now: Any, user: Any) -> Any:
    """Put words on a leak: its stage or sign, cause, next action, link, and how long it lasts."""
    leak.type_label = type_label(leak)
    leak.cause = leak.action = url = ""
    if stage := STAGES.get(leak.detector):
        step = next_step(stage, leak.subject_type)
        leak.cause, leak.action = stage.cause, step.label
        url = page_of(step.url_name, leak.target_id, about_record=step.about_record)
    elif sign := signs().get(leak.detector):
        leak.cause, leak.action = sign.cause, sign.action
        url = page_of(sign.url_name, leak.target_id, about_record=sign.url_needs_id)
    leak.url = url if url and may_open(user, url) else ""
    leak.days = max((now - leak.since).days, 0)
    leak.risk_tone = "red" if leak.days >= 30 else "amber" if leak.days >= 7 else "blue"
    return leak
