"""The public form behind the proxy of docs/deployment.md, as it is written there."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import signing

from apps.core import clock
from apps.core.idempotency import FIELD, NOBODY, key_new
from apps.core.limits import Limit
from apps.intake.forms.public import SALT
from apps.intake.models import Request
from apps.intake.views import floods
from tests.proxy import Visitor, environment, proxy_before

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(live_server, settings, tmp_path):
    told = environment()
    settings.TRUSTED_PROXIES = int(told["WATERTIGHT_TRUSTED_PROXIES"])
    settings.ALLOWED_HOSTS = told["WATERTIGHT_HOSTS"].split()
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with proxy_before(live_server.thread.port, tmp_path) as port:
        yield port


def test_each_customer_has_limits_of_their_own(port, typed, monkeypatch):
    monkeypatch.setattr(floods, "PER_ADDRESS", Limit(2, 3600))
    shown = int((clock.now() - timedelta(seconds=60)).timestamp())

    def ask(address: str, number: int, **headers: str) -> int:
        given = typed | {
            "email": f"a{number}@example.com",
            "language": "nl",
            "stamp": signing.dumps(shown, salt=SALT),
        }
        given[FIELD] = key_new(NOBODY)
        return Visitor(port, address).post("/request/", urlencode(given), **headers)[0]

    assert [ask("127.0.0.2", number) for number in (1, 2, 3)] == [302, 302, 429]
    assert ask("127.0.0.3", 4) == 302
    # The header is the proxy's: what a client writes in it changes nothing.
    assert ask("127.0.0.2", 5, **{"X-Forwarded-For": "127.0.0.9"}) == 429
    assert Request.objects.count() == 3
