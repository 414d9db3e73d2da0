"""Hundreds of hostile texts, always the same, and what harmless means on a page, in a PDF, a mail and a table."""

import csv
import io
import random
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_bytes, policy
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from openpyxl import load_workbook
from pypdf import PdfReader

from apps.core.idempotency import FIELD
from apps.core.text import visible
from tests.pages import key_given, post_by_hand

MARKUP = [
    "<script>alert(1)</script>", "</script><script>alert(1)//", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)", "\" autofocus onfocus=\"alert(1)", "</textarea><evil-tag>bold</evil-tag>", "</title><evil-tag>bold</evil-tag>",
    "<!--", "-->", "]]>", "<![CDATA[", "<a href=javascript:alert(1)>x</a>", "<iframe src=//evil.example></iframe>",
    "<base href=//evil.example/>", "<link rel=attachment href=file:///etc/passwd>", "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0>", "<form action=//evil.example>", "<div hx-get=/logout/ hx-trigger=load>", "&lt;b&gt;",
    "&#60;b&#62;", "&amp;", "\\u003cb\\u003e", "javascript:alert(1)", "url(file:///etc/passwd)", "@import 'x'",
]  # fmt: skip
TEMPLATES = [
    "{{ 7|add:7 }}", "{% now 'Y' %}", "{% include 'base.html' %}", "{{ settings.SECRET_KEY }}", "{# gone #}", "{% endblock %}",
    "${7*7}", "#{7*7}", "%(name)s", "%(number)s %s %n %d %", "{0.__class__}", "{name}", "[[link:quote:00000000-0000-0000-0000-000000000000]]",
    "[[link:nope:00000000-0000-0000-0000-000000000000]]", "[[link:quote:------------------------------------]]",
]  # fmt: skip
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "\u00a0=1+1", "\uff1d1+1", "\u200b=1+1", "\u202e=1+1", "\x07=1+1", "#REF!", "#N/A", "#DIV/0!", "'=1+1", "\"=1+1", ";=1+1", "a;b\"c,d",
    "1E400", "00012", "2026-01-01", "TRUE",
]  # fmt: skip
SCRIPTS = [
    "\u202eright to left", "\u202dleft\u202c", "\u2066isolate", "\u2069", "\u061c", "مرحبا بالعالم", "שלום עולם", "\u200bzero width",
    "\ufeffbom", "a\u0301\u0301\u0301", "Z̷a̷l̷g̷o̷", "😀👩‍👩‍👧🏳️‍🌈", "👩‍🔧🚰💧", "\ud7ff", "\ue000", "\ufdd0", "\uffff", "\ufffe", "𝕬𝖇𝖈",
    "İıſß", "日本語テキスト", "\u2028line", "\u2029paragraph", "\u0085next",
]  # fmt: skip
CONTROLS = [
    "nul\x00byte", "bell\x07", "\x1b[31mred", "back\x08space", "\x0bvertical", "\x0cform feed", "\x7fdelete", "\x80\x9fc1", "tab\tbed",
    "line\nbreak", "line\r\nbreak", "Subject: x\r\nBcc: y@example.com", "x\nContent-Type: text/html\n\n<b>", "\rBcc: y@example.com",
    "lone \ud800", "\udc00 lone",
]  # fmt: skip
DATABASE = [
    "'; DROP TABLE intake_request;--",
    "\\",
    "\\'",
    "%' OR '1'='1",
    "_%",
    "NULL",
    "undefined",
    "$$",
    "E'\\x00'",
]
LONG = ["x" * 10_000, "😀" * 5_000, "<evil-tag>" * 1_000, "\u202e" * 10_000, "wide word " * 1_000]
SEEDS = [*MARKUP, *TEMPLATES, *FORMULAS, *SCRIPTS, *CONTROLS, *DATABASE, *LONG]


@cache
def odd_texts() -> tuple[str, ...]:
    """The seeds, and combinations of them. A thousand found no more than these."""
    chance = random.Random(20261121)
    found = dict.fromkeys(SEEDS)
    short = [one for one in SEEDS if len(one) < 100]
    while len(found) < 300:
        found["".join(chance.choice(short) for _part in range(chance.randint(2, 4)))] = None
    return tuple(found)


def packed(texts: Iterable[str], room: int) -> Iterator[str]:
    """The texts, one per line, in as few fields of `room` characters as they need; one that is longer stays out."""
    field = ""
    for text in texts:
        if len(text) > room - 2:
            continue
        if len(field) + len(text) + 1 > room:
            yield field
            field = ""
        field += f"{text}\n"
    if field:
        yield field


# -- a page ----------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "base", "object", "embed", "frame", "evil-tag"):
            self.faults.append(f"<{tag}>")
        if (
            tag == "script"
            and not given.get("src", "").startswith("/")
            and given.get("type") != "application/json"
        ):
            self.faults.append(f"<script {given}>")
        if tag == "meta" and "http-equiv" in given:
            self.faults.append(f"<meta {given}>")
        if tag == "link" and "attachment" in given.get("rel", ""):
            self.faults.append(f"<link {given}>")
        for name, value in given.items():
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}={value!r}>")
            if name in ("href", "src", "action", "formaction") or name.startswith("hx-"):
                script = re.match(r"\s*(javascript|vbscript|file|data):", value, re.IGNORECASE)
                if script or re.match(r"\s*(https?:)?//evil", value):
                    self.faults.append(f"<{tag} {name}={value!r}>")
        if tag in ("input", "option", "img", "a", "button"):
            self.text += [given.get("value", ""), given.get("placeholder", ""), given.get("alt", "")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def squashed(text: str) -> str:
    return "".join(text.split())


def page_harmless(html: str, *shown: str) -> None:
    """No element, handler or address came from a text; and each of `shown` stands there to the letter."""
    page = _Page()
    page.feed(html)
    page.close()
    assert not page.faults, page.faults[:5]
    text = squashed("\n".join(page.text))
    for one in shown:
        for line in one.splitlines():
            assert squashed(line) in text, (line, "is not on the page")


def plain(response: Any, *shown: str) -> None:
    """A page of the product that must be there and be harmless."""
    assert response.status_code == 200, response.status_code
    page_harmless(response.content.decode(), *shown)


# -- a PDF ------------------------------------------------------------------------------------------


def pdf_text(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    ).stdout.decode()


def pdf_harmless(pdf: bytes, *shown: str) -> None:
    """Nothing is attached, started or fetched, and the words of `shown` can be read."""
    read = PdfReader(io.BytesIO(pdf))
    assert not read.attachments
    for key in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/SubmitForm"):
        assert key not in pdf
    for page in read.pages:
        for note in page.get("/Annots") or ():
            address = str(note.get_object().get("/A", {}).get("/URI", "https:"))
            assert address.startswith(("https:", "http:", "mailto:", "tel:"))
    text = squashed(pdf_text(pdf))
    assert "root:x:" not in text
    for one in shown:
        for word in re.findall(r"[!-~]{3,24}", one):
            assert word in text, (word, "cannot be read in the PDF")


# -- a mail -----------------------------------------------------------------------------------------

HEADERS = {
    "subject", "from", "to", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip


def mail_harmless(mail: Any, *shown: str) -> None:
    """No header was added, and the text is in both parts as words."""
    read = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    assert {name.lower() for name in read} <= HEADERS, list(read)
    assert len(read.get_all("subject")) == len(read.get_all("to")) == 1
    assert read["to"].addresses[0].addr_spec.endswith("example.com"), read["to"]
    assert len(read["to"].addresses) == 1
    text, html = (read.get_body(preferencelist=(kind,)).get_content() for kind in ("plain", "html"))
    page_harmless(html, *shown)
    for one in shown:
        assert squashed(one) in squashed(text), (one, "is not in the mail")


# -- a table -----------------------------------------------------------------------------------------


def csv_harmless(content: bytes, *, columns: int | None = None) -> list[list[str]]:
    """No cell starts a formula, in whichever spreadsheet; the rows."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    width = len(rows[0])
    for row in rows:
        assert len(row) == width, row
        for cell in row:
            start = cell.lstrip(" \t\r\n\u00a0\u200b\ufeff\u202e")[:1]
            assert start not in ("=", "+", "@", "\uff1d") or cell.startswith("'"), cell
            assert start != "-" or cell.startswith("'") or re.fullmatch(r"-?\d+([.,]\d+)?", cell), cell
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", cell), cell
    return rows


def xlsx_harmless(content: bytes) -> Sequence[Sequence[Any]]:
    """Every text is a cell of text: no formula, no error value. The rows."""
    sheet = load_workbook(io.BytesIO(content)).active
    found = []
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            assert cell.data_type in ("s", "inlineStr", "n", "d", "b"), (cell.data_type, cell.value)
            if isinstance(cell.value, str):
                assert cell.data_type in ("s", "inlineStr")
                assert cell.value.lstrip()[:1] not in ("=", "+", "-", "@")
        found.append([cell.value for cell in row])
    return found


# -- a form ------------------------------------------------------------------------------------------


def arrived(text: str) -> str:
    """What of a text reaches a form: half a pair is no UTF-8, and what nobody can see goes at the door."""
    return visible(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def form_takes(make: Any, given: dict[str, Any], fields: Sequence[str]) -> int:
    """Each text in all of `fields` at once: refused at its field, or taken in a way that fits. How many were taken."""
    taken = 0
    for text in odd_texts():
        form = make(given | dict.fromkeys(fields, arrived(text)))
        if hasattr(form, "instance"):  # the constraints are about choices, and cost a query each
            form.instance.validate_constraints = lambda exclude=None: None
        if form.is_valid():
            taken += 1
        assert set(form.errors) <= {*fields, "__all__"}, (text[:80], form.errors)
        for name in fields:
            value = form.cleaned_data.get(name)
            if name in form.errors or value is None:
                continue
            field = form.fields[name]
            assert "\x00" not in str(value)
            assert len(str(value)) <= (field.max_length or 10_000), (name, len(value))
            assert not UNSEEN.search(str(value)), (name, value[:80])
    return taken


UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


def posted_raw(client: Any, path: str, data: dict[str, Any]) -> Any:
    """Post as a hand-made program would: bytes that are no text included."""
    body = urlencode({FIELD: key_given(client)} | data, doseq=True, errors="surrogatepass")
    return post_by_hand(client, path, body, content_type="application/x-www-form-urlencoded")
