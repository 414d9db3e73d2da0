"""What was typed and could not be taken is given back on its page: after logging in again, or after a refusal.

It is held in the session, for one page and one person, and put back into the page's form by `refill`.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import render_to_string

from apps.core import clock, idempotency, origin

SESSION_KEY: Final = "returned_form"
HELD: Final = timedelta(days=1)
MOST: Final = 700_000  # a drawn signature may be 500,000
# Where people log in they type passwords and codes: nothing of that is kept.
SECRET_PAGES: Final = ("/account/", "/join/")
NEVER = {idempotency.FIELD, "csrfmiddlewaretoken"}


def holds_secret(request: HttpRequest) -> bool:
    """Whether what was posted must not stand on a page, not even the sender's own."""
    names = set(request.POST)
    return any("password" in name for name in names) or (
        "code" in names and request.path.startswith(SECRET_PAGES)
    )


def hold(request: HttpRequest, sentence: str, *, press: bool = False) -> bool:
    """Keep what this request typed for the page that it came from. False when there is nothing to keep, or no right.

    Only for whoever the form was made for, as its signed key says: nobody can have somebody else's session hold things.
    `press`: say so too where nothing was typed, as the button has to be pressed once more.
    """
    if request.path.startswith(SECRET_PAGES):
        return False
    page, owner = origin.page_of(request), _owner(request)
    values = {
        name: values for name, values in request.POST.lists() if name not in NEVER and "password" not in name
    }
    if not page or not owner or not origin.from_own_page(request):
        return False
    if not press and not any(any(given) for given in values.values()) and not request.FILES:
        return False
    if sum(len(value) for given in values.values() for value in given) > MOST:
        return False
    held = {
        "page": page,
        "action": request.get_full_path(),
        "owner": owner,
        "values": values,
        "files": {},
        "sentence": sentence,
        "press": press,
        "until": (clock.now() + HELD).isoformat(),
    }
    request.session[SESSION_KEY] = held
    request.held = held  # type: ignore[attr-defined]
    return True


def _owner(request: HttpRequest) -> str:
    try:
        key = idempotency.key_read(request.POST.get(idempotency.FIELD, ""))
    except idempotency.Unknown:
        return ""
    here = idempotency.owner_of(request)
    return key.owner if key.owner != idempotency.NOBODY and here in (key.owner, idempotency.NOBODY) else ""


def take(request: HttpRequest) -> dict[str, Any] | None:
    """What is held for this page and this person; it is given once."""
    held = request.session.get(SESSION_KEY)
    if not held or not request.user.is_authenticated:
        return None
    mine = held["owner"] == idempotency.owner_of(request)
    if mine and held["page"] != request.get_full_path():
        return None
    del request.session[SESSION_KEY]
    return held if mine and datetime.fromisoformat(held["until"]) > clock.now() else None


def note(held: dict[str, Any], *, typed: bool = True) -> str:
    """The sentence that stands above what was given back."""
    return render_to_string("components/returned.html", {"sentence": held["sentence"], "typed": typed})
