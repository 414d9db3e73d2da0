"""Forms of rows, as the questions of a checklist: one empty row to begin with, and a button for the next.

    rows = rows_of(FieldFormSet, request, edit.data, prefix="fields", initial=composed)
    if rows.is_growing: …show the page again, with status 200

The button sends what was typed to the same address with one row more in it; nothing of that is judged or saved. As
the number stands in the address, the page has a place for all that was typed whenever it is shown again.
"""

from typing import Any, Final

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, QueryDict

from apps.core.numbers import pk_read

MORE: Final = "more_rows"
EMPTY: Final = "rows"


class GrowingRows(BaseFormSet):
    is_growing = False
    more_address = ""


def rows_of(kind: Any, request: HttpRequest, data: QueryDict | None, *, prefix: str, **given: Any) -> Any:
    """The rows as stored, or as sent in `data`; with one more where that was asked for."""
    grows = data is not None and MORE in data
    rows = kind(_grown(kind(data, prefix=prefix, **given)) if grows else data, prefix=prefix, **given)
    rows.extra = min(pk_read(request.GET.get(EMPTY)) or rows.extra, rows.max_num)
    rows.is_growing = grows
    if grows:
        rows._errors, rows._non_form_errors = [], ErrorList()  # type: ignore[attr-defined]
        for row in rows.forms:
            not_judged(row)
    empty = rows.total_form_count() - rows.initial_form_count()
    query = request.GET.copy()
    query[EMPTY] = str(empty + 1)
    rows.more_address = "" if rows.total_form_count() >= rows.max_num else f"?{query.urlencode()}"
    return rows


def _grown(sent: Any) -> QueryDict:
    """What was sent, with the values of one more row as it is first shown."""
    data: QueryDict = sent.data.copy()
    number, row = sent.total_form_count(), sent.empty_form
    for name, field in row.fields.items():
        value = row.get_initial_for_field(field, name)
        if value not in (None, False, ""):
            data[f"{sent.prefix}-{number}-{name}"] = "on" if value is True else str(value)
    data[sent.management_form.add_prefix("TOTAL_FORMS")] = str(number + 1)
    return data


def not_judged(form: BaseForm) -> None:
    """The form as it was sent: whoever asks for another row is not done, and nothing is said of it yet."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
