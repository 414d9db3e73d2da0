"""Logging in behind the proxy of docs/deployment.md, as it is written there, over what looks like HTTPS."""

import re
from urllib.parse import urlencode

import pytest

from tests.conftest import PASSWORD
from tests.proxy import Visitor, environment, proxy_before

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = "/account/login/"


@pytest.fixture
def port(live_server, settings, tmp_path):
    told = environment()
    settings.TRUSTED_PROXIES = int(told["WATERTIGHT_TRUSTED_PROXIES"])
    settings.ALLOWED_HOSTS = told["WATERTIGHT_HOSTS"].split()
    settings.CSRF_TRUSTED_ORIGINS = [told["WATERTIGHT_ADDRESS"]]
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with proxy_before(live_server.thread.port, tmp_path) as port:
        yield port


def log_in(visitor: Visitor, email: str, password: str) -> int:
    status, _headers, page = visitor.get(LOGIN)
    assert status == 200
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    status, _headers, _page = visitor.post(LOGIN, urlencode(fields | {"login": email, "password": password}))
    return status


def test_wrong_passwords_lock_nobody_else_out(port, transactional_cast, caplog):
    """Ten of them did, everybody: to the server all came from the proxy."""
    cast = transactional_cast
    caplog.set_level("INFO", "watertight")
    for number in range(12):
        assert log_in(Visitor(port, "127.0.0.2"), cast.bram.email, f"wrong {number}") == 422
    assert log_in(Visitor(port, "127.0.0.3"), cast.ada.email, PASSWORD) == 302
    assert log_in(Visitor(port, "127.0.0.2"), cast.petra.email, PASSWORD) == 302
    lines = [record.getMessage() for record in caplog.records if record.name == "watertight.security"]
    assert lines.count(f"login.failed user={cast.bram.pk} address=127.0.0.2") == 10
    assert sum(line.startswith(f"login.refused user={cast.bram.pk} address=127.0.0.2") for line in lines) == 2
    assert f"login user={cast.ada.pk} address=127.0.0.3" in lines
