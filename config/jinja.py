"""What every template can say: the parts of `core.ui`, texts, addresses, amounts and dates in words."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.template import defaultfilters
from django.templatetags.static import static
from django.utils import html, translation
from django.utils.timesince import timesince
from jinja2 import ChainableUndefined, Environment, Undefined

from apps.accounts.ui import nobody_manages
from apps.core import countries, formats, telephone_fields
from apps.core.ui import atoms, blocks, forms, lists, page, words
from apps.field.ui import photo_side
from apps.messaging.ui import mails, notes


def date(value: Any, form: str) -> str:
    """A moment where the company is, in Django's format letters."""
    return defaultfilters.date(formats.local_moment(value), form)


def time(value: Any, form: str) -> str:
    return defaultfilters.time(formats.local_moment(value), form)


def grouped(rows: Iterable[Any], name: str) -> list[tuple[Any, list[Any]]]:
    """Rows that follow each other with the same value of a field; Jinja's own `groupby` would sort them."""
    return [(value, list(found)) for value, found in groupby(rows, key=lambda one: getattr(one, name))]


FUNCTIONS = (
    atoms.icon, atoms.people, atoms.person, atoms.tag,
    blocks.callout, blocks.chain_ribbon, blocks.comes_first, blocks.dialog, blocks.empty_state, blocks.fate_bar,
    blocks.history, blocks.panel, blocks.progress, blocks.remarks, blocks.ribbon, blocks.section, blocks.timeline,
    forms.action_button, forms.confirm, forms.field, forms.form_errors, forms.idempotency_key, forms.number_input,
    forms.seen, forms.sure,
    lists.counter_strip, lists.filter_bar, lists.list_filters, lists.list_foot, lists.list_head, lists.list_table, lists.sort_header,
    page.here, page.htmx_config, page.may, page.open_to, page.part, page.query, page.said_first, page.theme, page.url,
    telephone_fields.tel_address, telephone_fields.tel_link,
    words.ngettext, words.pgettext,
    formats.period, mails, nobody_manages, notes, photo_side, static,
)  # fmt: skip
FILTERS = (
    countries.country_name, formats.day, formats.duration, formats.hours, formats.initials, formats.moment, formats.money, formats.month_short,
    formats.number, formats.percent, formats.price, formats.quantity, formats.rate, formats.since, formats.span,
    formats.stamp, formats.typed, telephone_fields.tel,
    defaultfilters.capfirst, defaultfilters.cut, defaultfilters.filesizeformat,
    defaultfilters.linebreaksbr, defaultfilters.truncatechars, defaultfilters.urlencode,
    defaultfilters.urlize, html.json_script, page.undo_address, timesince, date, time, grouped,
)  # fmt: skip


def environment(kind: type[Environment] = Environment, **options: Any) -> Environment:
    """For Django's setting TEMPLATES. What a page does not have is nothing, as deep as one asks."""
    made = kind(
        **options
        | {
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "autoescape": is_markup,
        }
    )
    made.globals |= {one.__name__: one for one in FUNCTIONS}
    made.globals |= {"_": words.gettext, "language_code": translation.get_language, "form_field": forms.field}
    made.filters |= {one.__name__: one for one in FILTERS}
    made.filters |= {"clock": formats.clock_time, "linebreaks": defaultfilters.linebreaks_filter}
    made.tests["given"] = given
    return made


def is_markup(name: str | None) -> bool:
    """A mail's plain text says `&` for &."""
    return not (name or "").endswith(".txt")


def given(value: Any) -> bool:
    """Whether there is a value, be it an empty one: neither unknown nor None."""
    return value is not None and not isinstance(value, Undefined)
