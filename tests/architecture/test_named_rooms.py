"""Whoever opens an app finds rooms that they know; one of its own is named here, and in no other app."""

from pathlib import Path

APPS = Path(__file__).parents[2] / "apps"
# core is a shelf of tools and acceptance a workshop: neither has rooms.
WITHOUT_ROOMS = {"core", "acceptance"}
ROOMS = {
    "urls": "addresses", "public_urls": "addresses without login", "office_urls": "addresses of the office",
    "phone_urls": "addresses of the phone", "views": "parse, call one action, render",
    "pages": "what several views show", "forms": "what is typed", "lists": "pages of rows",
    "jobs": "work in the background", "actions": "every write", "models": "fields and constraints",
    "querysets": "the only doors to rows", "states": "choices, labels and steps", "rules": "pure functions, no Django",
    "chain": "links of the path of a whole job", "holdings": "what hangs on a person or a record",
    "documents": "what is made to be printed or sent", "letters": "mails, in words",
    "remarks": "what is said on pages of lower apps", "evidence": "what was recorded, gathered to be looked at", "board": "a page of many records, ready to be drawn",
    "figures": "sums that pages, leaks and checks read", "checks": "whether the sums are what the records say",
    "signs": "what is known of records beside their rows", "ui": "tags and globals of templates",
    "apps": "what registers itself", "middleware": "around each request", "management": "commands",
    "migrations": "the tables", "sql": "what Postgres does by itself",
}  # fmt: skip
OWN = {
    "accounts": {"account_urls", "adapter", "backends", "devices", "factors", "first_admin", "guesses", "places", "roles",
                 "sessions", "stages"},
    "bookkeeping": {"content", "writer"},
    "customers": {"positions"},
    "field": {"around", "events", "sides", "steps"},
    "documents": {"kept", "pdf_engine", "photos", "rendering", "storage", "web"},
    "intake": {"floods"},
    "invoicing": {"einvoice", "exports"},
    "maintenance": {"spread"},
    "messaging": {"folder", "kinds", "links", "mail_server", "private_links", "push_service", "record"},
    "office": {"components", "context_processors", "dashboard", "guide", "logic", "search", "shell", "sync", "today"},
    "planning": {"capacity", "crew", "daysoff", "facts", "fits", "illness", "oddities", "pulse", "queue", "quick", "roster", "routemap", "routes", "routesearch", "solver",
                 "waitlist", "ways", "week", "weekcells", "weekfilters", "windows"},
    "pricing": {"book", "catalogue_urls", "importing", "lookup", "sheets"},
    "quotes": {"conflicts"},
    "review": {"agreement_urls", "agreements", "estimates", "excess", "looks", "points", "sources"},
    "tasks": {"few", "keys", "planned", "waiting"},
}  # fmt: skip


def rooms() -> set[tuple[str, str]]:
    return {
        (app.name, room.stem)
        for app in APPS.iterdir()
        if app.is_dir() and app.name not in WITHOUT_ROOMS
        for room in app.iterdir()
        if not room.name.startswith(("__", "."))
    }


def test_every_room_has_a_name() -> None:
    own = {(app, room) for app, named in OWN.items() for room in named}
    assert {(app, room) for app, room in rooms() if room not in ROOMS} == own


def test_a_name_means_one_thing() -> None:
    everyone = [room for named in OWN.values() for room in named]
    assert sorted(set(everyone)) == sorted(everyone)
    assert not set(everyone) & set(ROOMS)


def test_no_name_is_kept_of_a_room_that_is_gone() -> None:
    assert set(ROOMS) <= {room for _app, room in rooms()}
