"""What a real server writes while every kind of link, password and code is used: who and from where, and no secret."""

import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.core import signing
from django.db import connection

from apps.accounts.actions import address_ask, invitation_send, password_link_send
from apps.accounts.first_admin import first_admin_path
from apps.accounts.models import PasswordHash, Session
from apps.accounts.places import Place
from apps.core.masking import MASK, masked
from apps.core.tokens import token_for
from apps.intake.views.public import SENT_SALT
from apps.invoicing.models import PayLink
from apps.messaging.links import links_fill
from apps.messaging.models import Message
from apps.quotes.models import QuoteLink
from apps.review.models import ExtraWorkOffer
from tests.accounts.people import SECRET, code, with_app
from tests.conftest import PASSWORD
from tests.world import routes, world_make

BASE_DIR = Path(__file__).resolve().parents[2]
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


@contextmanager
def gunicorn(log: Path) -> Iterator[int]:
    """The production server over the tests' database, as the blind login; its port."""
    known = connection.settings_dict
    url = f"postgresql:///{known['NAME']}?" + urlencode(
        {"host": known["HOST"], "port": known["PORT"] or 5432}
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": url, "WATERTIGHT_LOGIN": "web", "WATERTIGHT_BIND": f"127.0.0.1:{port}",
        "WATERTIGHT_WORKERS": "1", "WATERTIGHT_TRUSTED_PROXIES": "1", "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "WATERTIGHT_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 120
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait(30)


class Visitor:
    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = AGENT | {
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"http://127.0.0.1:{self.port}{path}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        wire.request(method, path, urlencode(fields) if method == "POST" else None, headers)
        answer = wire.getresponse()
        text = answer.read().decode(errors="replace")
        for one in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        wire.close()
        return answer.status, text

    def fill(self, path: str, **typed: str) -> int:
        """Send the first form of the page with what is typed."""
        _status, page = self.ask("GET", path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return self.ask("POST", path, **hidden | typed)[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_log_lets_anybody_in(tmp_path):
    world = world_make()
    bram = world.users["bram"]
    with_app(bram)
    ada = world.users["ada"]
    invitation_send(by=ada, email="noor@x.example", name="Noor", user_roles=["office"])
    password_link_send(email=world.users["olga"].email)
    address_ask(user=world.users["zeno"], email="zeno@x.example", place=Place())
    mailed = [
        re.search(r"https?://[^/\s]+(/\S+)", links_fill(message.body))[1]  # type: ignore[index]
        for message in Message.objects.filter(kind__in=["invitation", "account_link"])
    ]
    links = [
        *mailed,
        first_admin_path(),
        *(f"/quote/{token_for('quote', link.nonce)}/" for link in QuoteLink.objects.all()),
        *(f"/extra-work/{token_for('extra_work', one.nonce)}/" for one in ExtraWorkOffer.objects.all()),
        *(f"/pay/{token_for('pay', link.nonce)}/" for link in PayLink.objects.all()),
        f"/request/sent/{signing.dumps('A26-0001', salt=SENT_SALT)}/",
        f"/request/embed/sent/{signing.dumps('A26-0001', salt=SENT_SALT)}/",
    ]
    kinds = {link.split("/")[1] for link in links}
    assert kinds == {"join", "account", "quote", "extra-work", "pay", "request"}
    for name, route, pattern in routes():  # the link that is made tomorrow, and one that is wrong
        if {"token", "handle"} & set(pattern.pattern.converters):
            made_up = secrets.token_urlsafe(32)
            links.append("/" + re.sub(r"<[^>]*>", made_up, route))
            assert made_up not in masked(links[-1]), name
    wrong = "wrong password 4 this"
    log = tmp_path / "server.log"
    with gunicorn(log) as port:
        stranger = Visitor(port, "203.0.113.7")
        answers = {link: stranger.ask("GET", link)[0] for link in links}
        assert {200, 404} <= set(answers.values()), answers
        for link in links[:3]:
            stranger.ask("GET", f"/account/login/?next={link}")
            stranger.ask("POST", link, password=wrong)  # refused for want of a token
        stranger.fill("/account/login/", login=bram.email, password=wrong)
        stranger.fill("/account/login/", login=wrong, password=PASSWORD)
        stranger.fill("/account/login/", login=bram.email, password=PASSWORD)
        shown = code()
        assert stranger.fill("/account/2fa/authenticate/", code="000000") == 422
        assert stranger.fill("/account/2fa/authenticate/", code=shown) == 302
        assert stranger.ask("GET", "/account/2fa/")[0] == 200
        chosen = "a brand new phrase 7"
        assert (
            stranger.fill("/account/password/change/", oldpassword=PASSWORD, password=chosen, again=chosen)
            == 302
        )
    written = log.read_text()
    secret = {part for link in links for part in link.split("/") if len(part) >= 20}
    secret |= {PASSWORD, wrong, chosen, SECRET, shown, settings.SECRET_KEY, "scrypt$", "md5$"}
    secret |= set(Session.objects.values_list("session_key", flat=True)) | set(stranger.cookies.values())
    secret |= set(PasswordHash.objects.values_list("value", flat=True))
    assert [one for one in secret if one and one in written] == []
    for line in (
        f"login.failed user={bram.pk} address=203.0.113.7",
        f"code.failed user={bram.pk} address=203.0.113.7",
        f"login user={bram.pk} address=203.0.113.7",
        f"password_change user={bram.pk} address=203.0.113.7",
        f"access user={bram.pk} address=203.0.113.7 GET /account/2fa/ 200",
        f"access user=- address=203.0.113.7 GET /quote/{MASK}/ ",
        f"access user=- address=203.0.113.7 GET /pay/{MASK}/ ",
    ):
        assert line in written, f"{line} is missing in:\n{written[-6000:]}"


@pytest.mark.django_db(transaction=True)
def test_the_database_writes_down_no_statement_that_failed():
    """A statement holds what was typed. The embedded server's own log is read."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("that server is not ours to configure; docs/deployment.md says how")
    typed = secrets.token_urlsafe(24)
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], dbname=known["NAME"], user=known["USER"], autocommit=True
    ) as wire:
        with pytest.raises(psycopg.errors.UndefinedTable):
            wire.execute(f"SELECT '{typed}' FROM no_such_table_{typed[:4].lower().replace('-', '_')}")
        with pytest.raises(psycopg.errors.NotNullViolation):
            wire.execute("INSERT INTO accounts_passwordhash (value) VALUES (%s)", [typed])
    for log in Path(settings.VAR_DIR).glob("*.log"):
        assert typed not in log.read_text(errors="replace")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Gone: /quote/abcDEF1234567890abcdefghijABCDEFGHIJ123456789012/accept/",
            f"Gone: /quote/{MASK}/accept/",
        ),
        ("/account/password/forgotten/ 200", "/account/password/forgotten/ 200"),
        ("/join/first-admin/eyJ1bnRpbCI6MTc2NDI0NzAzN30:AbC_def-123/", f"/join/first-admin/{MASK}/"),
        ('File "/srv/site-packages/django/contrib/auth/password_validation.py", line 3',) * 2,
        ("value scrypt$16384$abc$8$1$xyz= here", f"value scrypt {MASK} here"),
        ("/work-orders/?search=smit", "/work-orders/?search=smit"),
    ],
)
def test_what_is_masked(text, expected):
    assert masked(text) == expected
