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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats, idempotency
from apps.core.models import Edition, Versioned
from apps.core.numbers import pk_read
from apps.core.parts import GonePart, Part, TypedValues, Words, parts_gone, parts_of, shown_by, uploads_of
from apps.core.versions import Stale, changes_since, last_change, stale_sentence, version_seen

SEEN, VERSION, TAKE, THEIRS, MINE = "seen", "version", "take", "theirs", "mine"
NOT_TYPED = {SEEN, VERSION, idempotency.FIELD, "csrfmiddlewaretoken"}
TRIES = 3
# Per field: whether the other changed it, and whether you did.
NOTES = {
    (True, True): gettext_lazy("You both changed this."),
    (True, False): gettext_lazy("You did not touch this."),
    (False, True): gettext_lazy("Only you changed this."),
    (False, False): "",
}

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
        uploads: Iterable[tuple[str, Words]] = (),
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
    def seen(self) -> str:
        """What the page shows, as it comes back with the form."""
        return json.dumps(dict(self.shown.lists()), ensure_ascii=False, separators=(",", ":"))

    def _receive(self) -> None:
        given = self.request.POST.copy()
        is_same = given.get(VERSION, str(self.version)) == str(self.version)
        known = is_same and (isinstance(self.record, Edition) or SEEN not in given)
        self.before = self.shown if known else _seen(given)
        self.data = given
        self.parts += parts_gone(self.before, self.shown, self.parts)
        self._choose(given)
        self.saves = given.get(TAKE) != "again"
        if any(self._is_open(part) for part in self.parts):
            raise ChangedMeanwhile(self)

    def _choose(self, given: QueryDict) -> None:
        """Put what was chosen on the page “Changed meanwhile” in the place of what was typed."""
        every = given.get(TAKE)
        added = {part.name for part in self.parts if part.is_unknown(self.before, given)}
        for part in self.parts:
            wanted = every if every in (THEIRS, MINE) else given.get(f"{TAKE}-{part.name}")
            if wanted == THEIRS or part.name in added:
                part.put(given, self.shown)

    def _is_open(self, part: Part) -> bool:
        """Somebody else changed it, and what was typed says otherwise."""
        return not part.same(self.shown, self.before) and self._differs(part)

    def _differs(self, part: Part) -> bool:
        return not part.same(self.shown, self.data or MultiValueDict())

    def refusal(self) -> HttpResponse:
        """The page with both versions."""
        assert self.data is not None
        sentence, theirs = self._first()
        gone = {name for part in self.parts if isinstance(part, GonePart) for name in part.names}
        context = {
            "edit": self,
            "rows": self.rows,
            "sentence": sentence,
            "theirs": theirs,
            "address": self.request.get_full_path(),
            "typed": [
                (name, value)
                for name, values in self.data.lists()
                for value in values
                if name not in NOT_TYPED and not name.startswith(TAKE) and name not in gone
            ],
            "lost_files": [(name, label) for name, label in self.uploads if name in self.request.FILES],
        }
        return render(self.request, "changed_meanwhile.html", context, status=409)

    def _first(self) -> tuple[str, str]:
        """Who was first, as a sentence and as the heading of that version. Two tabs of one person count too."""
        change = last_change(self.record)
        if change is None:
            return _("This was changed while you had it open."), _("What is saved now")
        at = {"name": change.by, "at": formats.moment(change.at)}
        if change.by_id == self.request.user.pk:
            return _("You changed this yourself, in another tab: %(at)s.") % at, _("What you saved there")
        return _("%(name)s changed this while you had it open: %(at)s.") % at, _("What %(name)s saved") % at

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each field in which the two versions differ. What only one of the two changed is chosen beforehand."""
        version = pk_read(self.request.POST.get(VERSION))
        is_known = isinstance(self.record, Versioned) and version is not None
        since = changes_since(self.record, version or 0) if is_known else {}
        mine: TypedValues = self.data or MultiValueDict()
        found = []
        for part in self.parts:
            if not self._differs(part):
                continue
            by_them, by_me = not part.same(self.shown, self.before), not part.same(mine, self.before)
            found.append(
                {
                    "name": f"{TAKE}-{part.name}",
                    "label": part.label,
                    "theirs": part.said(self.shown),
                    "mine": part.said(mine),
                    "who": next((since[one] for one in part.columns if one in since), None),
                    "note": NOTES[by_them, by_me],
                    "chosen": "" if by_them and by_me else THEIRS if by_them else MINE,
                    "is_gone": isinstance(part, GonePart),
                }
            )
        return found


def _seen(given: QueryDict) -> TypedValues:
    """What the form showed when it was filled in. Unreadable is nothing: then every difference is asked about."""
    try:
        values = json.loads(given.get(SEEN, ""))
        return MultiValueDict({str(name): [str(one) for one in found] for name, found in values.items()})
    except (ValueError, AttributeError, TypeError):
        return MultiValueDict()
