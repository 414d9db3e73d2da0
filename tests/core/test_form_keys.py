"""Every form of every template holds a key, or goes where none is asked for."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import resolve, reverse

from apps.core.keyless import KEYLESS
from tests.access.keys import keyless
from tests.pages import Page

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FORM = re.compile(r"""<form\b[^>]*method="post".*?</form>""", re.DOTALL | re.IGNORECASE)
KEY = re.compile(r"""{% idempotency_key|{{ once }}|name="idempotency_key\"""")
ADDRESS = re.compile(r"""(?:action|hx-post)="{% url ["']([\w:-]+)["']""")
# Forms whose address the template does not name: where they go, or what they hold.
NAMED_ELSEWHERE = {
    "{{ shell.theme_url }}": "office:theme",
    "{{ shell.language_url }}": "office:language",
    "{{ logout_url }}": "account_logout",
}


def forms() -> list[tuple[str, str]]:
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text()
        name = str(path.relative_to(TEMPLATES))
        found += [
            (f"{name}:{text[: one.start()].count(chr(10)) + 1}", one.group()) for one in FORM.finditer(text)
        ]
    return found


def test_each_form_of_a_template_holds_a_key_or_goes_where_none_is_asked_for() -> None:
    wrong = []
    for where, form in forms():
        targets = ADDRESS.findall(form) + [name for said, name in NAMED_ELSEWHERE.items() if said in form]
        sent_again = "in sent %}" in form  # what was sent holds the key that it came with
        if not KEY.search(form) and not sent_again and not (targets and KEYLESS.keys() >= set(targets)):
            wrong.append(where)
    assert wrong == []
    assert len(forms()) > 100, "the forms were looked for"


def test_each_address_that_asks_for_no_key_is_one_and_says_why() -> None:
    kwargs: dict[str, dict[str, Any]] = {
        "quote:totals": {"token": "x" * 43},
        "quotes:quote_save": {"pk": 1},
        "messaging:notice_open": {"pk": 1},
    }
    for name, why in KEYLESS.items():
        assert resolve(reverse(name, kwargs=kwargs.get(name, {}))).view_name == name
        assert why


PAGE = """<main>
  <form method="post" action="/customers/new/"><input name="name"><button>Save</button></form>
  <form method="post" action="/customers/new/"><input type="hidden" name="idempotency_key" value="k"><button>Save</button>
    <button name="choose" value="1" formaction="/customers/1/change/">Choose</button></form>
  <form method="post" action="/account/logout/"><button formaction="/quotes/new/">Log out, they say</button></form>
  <form method="post" action="/account/logout/"><button>Log out</button></form>
  <form id="draft" method="post" action="/quotes/1/save/"><button>Save</button>
    <button hx-post="/quotes/1/lines/add/">Add</button></form>
  <form id="keyed" method="post" action="/quotes/new/"><input type="hidden" name="idempotency_key" value="k"><button>New</button></form>
  <button hx-post="/quotes/1/lines/add/">Outside</button>
  <button hx-post="/quotes/1/lines/add/" hx-include="#keyed">Included</button>
</main>"""


def test_the_walk_over_the_forms_would_find_each_that_lacks_one() -> None:
    found = [one.partition("goes to ")[2] for one in keyless(Page(PAGE, "/quotes/"))]
    assert found == [
        "customers:customer_create",
        "quotes:quote_create",
        "quotes:line_add",  # as the form's button, and as htmx sends it
        "quotes:line_add",
        "quotes:line_add",
    ]
