"""Somebody with a browser, who presses again until there is an answer: the same form, with the same key."""

import http.client
import time
import urllib.parse
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages import Page

AGAIN = {502, 503, 504}


class Broken(AssertionError):
    """An answer that nobody should get."""


class Visitor:
    def __init__(self, address: str, session: str, seconds: float = 120) -> None:
        self.host = urllib.parse.urlsplit(address).netloc
        self.cookies = {"sessionid": session}
        self.seconds = seconds
        self.tries = self.presses = 0

    def page(self, path: str) -> Page:
        status, _location, body = self.ask("GET", path)
        if status != 200:
            raise Broken(f"GET {path}: {status} {_words(body)}")
        return Page(body, path)

    def send(self, page: Page, *, form: str = "", press: str = "", **typed: Any) -> str:
        """Fill in and send a form of the page; where its success leads."""
        # Of several forms with such fields, the one in which a person can fill them in.
        page.forms = [
            one
            for one in page.forms
            if all(any(each.reachable for each in one.of_name(name)) for name in typed)
        ]
        chosen, button = page.find(form=form, press=press, typed=list(typed))
        for name, value in typed.items():
            chosen.type(name, value)
        chosen.check(button)
        content_type, body = _encoded(chosen.pairs(button))
        self.presses += 1
        path = chosen.path(button)
        status, location, text = self.ask("POST", path, body, content_type)
        if status not in (302, 303):
            raise Broken(f"POST {path}: {status} {_words(text)}")
        return location

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        """The answer, however often it takes."""
        deadline = time.monotonic() + self.seconds
        while True:
            self.tries += 1
            try:
                status, location, text = self._once(method, path, body, kind)
            except (OSError, http.client.HTTPException) as error:
                status, location, text = 503, "", repr(error)
            if status not in AGAIN:
                return status, location, text
            if time.monotonic() > deadline:
                raise Broken(f"{method} {path}: no answer in {self.seconds} s, at last {_words(text)}")
            time.sleep(0.2)

    def _once(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for given in answer.msg.get_all("Set-Cookie", []):
                name, _equals, value = given.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.getheader("Location", ""), text
        finally:
            connection.close()


def _encoded(pairs: list[tuple[str, Any]]) -> tuple[str, bytes]:
    if not any(isinstance(value, SimpleUploadedFile) for _name, value in pairs):
        return "application/x-www-form-urlencoded", urllib.parse.urlencode(pairs).encode()
    boundary, parts = uuid.uuid4().hex, []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'
        content = str(value).encode()
        if isinstance(value, SimpleUploadedFile):
            head += f'; filename="{value.name}"\r\nContent-Type: {value.content_type}'
            content = value.read()
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def _words(text: str) -> str:
    from lxml.html import document_fromstring

    return " ".join(document_fromstring(text or "-").text_content().split())[:600]
