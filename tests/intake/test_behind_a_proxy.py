"""The public form behind the proxy of docs/deployment.md, as it is written there."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.core.validators import MaxValueValidator

from apps.core import clock
from apps.core.idempotency import FIELD, NOBODY, key_new
from apps.core.limits import Limit
from apps.documents.photos import MAX_BYTES
from apps.intake import floods
from apps.intake.forms.public import SALT
from apps.intake.models import Request, RequestFormSettings
from tests.proxy import Visitor, configuration, environment, proxy_before

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


def test_the_documented_proxy_lets_the_largest_form_through(settings) -> None:
    """Its own answer keeps nothing of what was typed."""
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", configuration())
    largest = RequestFormSettings._meta.get_field("max_photos").validators
    most = min(one.limit_value for one in largest if isinstance(one, MaxValueValidator))
    assert int(megabytes) * 1024**2 > most * MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
