"""Every form of every template holds a key, or goes where none is asked for; and a post without one is not taken."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse

from apps.core.idempotency import FIELD
from apps.core.keyless import KEYLESS
from apps.customers.models import Customer
from tests.access.keys import keyless
from tests.conftest import Cast
from tests.pages import Page, post_by_hand, submit

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FORM = re.compile(r"""<form\b[^>]*method="post".*?</form>""", re.DOTALL | re.IGNORECASE)
KEY = re.compile(r"""\bidempotency_key\(|{{ once }}|name="idempotency_key\"""")
ADDRESS = re.compile(r"""(?:action|hx-post)="{{ url\(["']([\w:-]+)["']""")
# Forms whose address the template does not name: where they go, or what they hold.
NAMED_ELSEWHERE = {
    "{{ shell.theme_url }}": "office:theme",
    "{{ shell.language_url }}": "office:language",
    "{{ logout_url }}": "account_logout",
}
TYPED = {
    "name": "Bakker Dak",
    "street": "Havenstraat",
    "postal_code": "4811 AB",
    "house_number": "7",
    "city": "Breda",
    "kind": "person",
    "country": "NL",
    "language": "nl",
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
        "messaging:notice_mark": {"pk": 1},
        "phone:push_remove": {"pk": 1},
        "phone:act_keep": {"pk": 1, "verb": "materials"},
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


# -- the rule ----------------------------------------------------------------------------


@pytest.fixture
def bram(cast: Cast, client_as: Any) -> Client:
    return client_as(cast.bram)


@pytest.mark.parametrize("key", ["", "made.up.key"])
def test_a_post_without_a_key_does_nothing_and_is_ready_to_be_sent_with_one(bram: Client, key: str) -> None:
    data = TYPED | ({FIELD: key} if key else {})
    answer = post_by_hand(bram, "/customers/new/", data, key="")
    assert answer.status_code == 409
    assert "Nothing was done yet" in answer.content.decode()
    assert not Customer.objects.exists()
    assert submit(answer, client=bram, press="Send it now").status_code == 302
    assert Customer.objects.get().name == "Bakker Dak"


def test_without_a_login_too(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    forgotten, lost = "/account/password/forgotten/", {FIELD: ""}
    answer = submit(forgotten, client=client, by_script=lost, email="a@example.com")
    assert answer.status_code == 409
    assert "a@example.com" in answer.content.decode()
    again = submit(answer, client=client, press="Send it now")
    assert again["Location"] == "/account/password/sent/"


def test_a_customer_is_given_no_cookie_with_it(client: Client, db: None) -> None:
    answer = post_by_hand(client, "/request/", {"name": "Karin Smit"}, key="")
    assert answer.status_code == 409
    assert "Karin Smit" in answer.content.decode()
    assert not answer.cookies


def test_a_script_hears_the_same_words(bram: Client) -> None:
    answer = post_by_hand(bram, "/customers/new/", TYPED, key="", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "data-message" in answer.content.decode()
    assert not Customer.objects.exists()


def test_a_password_is_not_put_on_the_page_to_be_sent_again(bram: Client) -> None:
    secret = {"oldpassword": "correct horse", "password1": "other horse 12", "password2": "other horse 12"}
    answer = post_by_hand(bram, "/account/password/change/", secret, key="")
    assert answer.status_code == 409
    assert "horse" not in answer.content.decode()
    assert not Page.fetched(answer, bram).forms


def test_where_none_is_asked_for_one_is_not_needed(bram: Client) -> None:
    for name, data in (("office:theme", {"theme": "dark"}), ("account_logout", {})):
        assert post_by_hand(bram, reverse(name), data, key="").status_code == 302
