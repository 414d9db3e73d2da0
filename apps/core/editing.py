"""Two people, or two tabs, at one form: what was shown travels along, and an older form is refused with both versions.

A view that changes what exists is marked with `edits` and makes an `Edit` of the record and of its forms as they
would be shown now. An older form is answered with the page “Changed meanwhile”, which holds all that was typed and
sends it to the same address again, with the choices that were made. See docs/adr/0015-changed-meanwhile.md.
"""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from apps.core import idempotency
from apps.core.meanwhile import TAKE, Meanwhile, first_said
from apps.core.models import Edition, Versioned
from apps.core.numbers import pk_read
from apps.core.parts import (
    GonePart,
    TypedValues,
    Upload,
    Words,
    parts_gone,
    parts_of,
    shown_by,
    uploads_of,
)
from apps.core.versions import NEW, Stale, changes_since, last_change, stale_sentence, version_seen

SEEN, VERSION = "seen", "version"
NOT_TYPED = {SEEN, VERSION, idempotency.FIELD, "csrfmiddlewaretoken"}
TRIES = 3

View = Callable[..., HttpResponseBase]


class ChangedMeanwhile(Stale):
    """An older form; `edit` knows what is different."""

    def __init__(self, edit: "Edit") -> None:
        self.edit = edit
        super().__init__(stale_sentence(edit.record))


def edits(view: View) -> View:
    """The view changes what exists. An older form gets the page with both versions; nothing of it was saved."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        for turn in range(TRIES):
            try:
                with transaction.atomic():
                    return view(request, *args, **kwargs)
            except ChangedMeanwhile as changed:
                return changed.edit.refusal()
            except Stale:  # changed between our look and the lock: look again
                if turn == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    guarded.edits = True  # type: ignore[attr-defined]
    return guarded


class Edit:
    """What one page shows of a record, and what was sent back of it.

        edit = Edit(request, customer, CustomerForm(instance=customer))
        form = CustomerForm(edit.data, instance=customer)
        if edit.saves and form.is_valid():
            actions.customer_change(customer=customer, by=request.user, version=edit.version, …)

    `forms` are the page's forms without data: their initial values are what is stored now.
    """

    def __init__(
        self,
        request: HttpRequest,
        record: Versioned | Edition,
        *forms: BaseForm | BaseFormSet,
        about: Words = "",
        uploads: Iterable[Upload] = (),
        posted: bool = True,
    ) -> None:
        """`uploads` are fields for files outside the forms; `posted` is False for what is only shown again."""
        self.request, self.record, self.about = request, record, about or str(record)
        self.version = version_seen(record)
        self.shown = shown_by(forms)
        self.parts = parts_of(forms)
        self.uploads = [*uploads, *uploads_of(forms)]
        self.data: QueryDict | None = None
        self.saves = False
        if posted and request.method == "POST":
            self._receive()

    @property
    def files(self) -> Any:
        return self.request.FILES if self.data is not None else None

    @property
    def goes_on(self) -> bool:
        """Whether the form is shown again with what was chosen, and nothing of it is saved yet."""
        return self.data is not None and not self.saves

    @property
    def seen(self) -> str:
        """What the page shows, as it comes back with the form."""
        return seen_written(self.shown)

    def _receive(self) -> None:
        given = self.request.POST.copy()
        is_same = isinstance(self.record, Edition) and given.get(VERSION) == str(self.version)
        before = self.shown if is_same or self.version == NEW else seen_read(given)
        self.data = given
        parts = [*self.parts, *parts_gone(before, self.shown, self.parts)]
        self.meanwhile = Meanwhile(parts, before, self.shown, given)
        self.meanwhile.choose()
        self.saves = given.get(TAKE) != "again"
        if self.meanwhile.is_open:
            raise ChangedMeanwhile(self)

    def refusal(self) -> HttpResponse:
        """The page with both versions."""
        assert self.data is not None
        change, version = last_change(self.record), pk_read(self.request.POST.get(VERSION))
        is_known = isinstance(self.record, Versioned) and version is not None
        since = changes_since(self.record, version or 0) if is_known else {}
        sentence, theirs = first_said(change, self.request.user.pk)
        gone = {name for part in self.meanwhile.parts if isinstance(part, GonePart) for name in part.names}
        context = {
            "edit": self,
            "rows": self.meanwhile.rows(since=since, newest=change),
            "sentence": sentence,
            "theirs": theirs,
            "address": self.request.get_full_path(),
            "key": self._key(),
            "typed": [
                (name, value)
                for name, values in self.data.lists()
                for value in values
                if name not in NOT_TYPED and not name.startswith(TAKE) and name not in gone
            ],
            "uploads": [one for one in self.uploads if one.name in self.request.FILES],
        }
        return render(self.request, "changed_meanwhile.html", context, status=409)

    def _key(self) -> str:
        """The key of the form that came back, so that the browser knows when what it keeps of it is saved."""
        try:
            key = idempotency.key_read(self.request.POST.get(idempotency.FIELD, ""))
        except idempotency.Unknown:
            return ""
        return idempotency.key_again(key) if key.kind == idempotency.EACH else ""


def seen_written(shown: TypedValues) -> str:
    return json.dumps(dict(shown.lists()), ensure_ascii=False, separators=(",", ":"))


def seen_read(given: QueryDict) -> TypedValues:
    """What the form showed when it was filled in. Unreadable is nothing: then every difference is asked about."""
    try:
        values = json.loads(given.get(SEEN, ""))
        return MultiValueDict({str(name): [str(one) for one in found] for name, found in values.items()})
    except (ValueError, AttributeError, TypeError):
        return MultiValueDict()
