"""From where a request comes: behind as many proxies as are trusted, and no further."""

import pytest
from django.test import RequestFactory

from apps.core.client_address import UNKNOWN, client_address, known_address, neighbourhood

PEER = "10.0.0.9"


def seen(settings, proxies: int, forwarded: str | None = None, peer: str = PEER) -> str:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PEER),
        (0, "203.0.113.5", PEER),  # anybody can write a header
        (1, None, PEER),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "1.1.1.1, 203.0.113.5", "203.0.113.5"),  # the left one is the client's own invention
        (2, "203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "1.1.1.1, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", PEER),  # came past one of the two
        (1, "nonsense", PEER),
        (1, "", PEER),
        (1, "203.0.113.5, ", PEER),
        (1, "203.0.113.5:4711", "203.0.113.5"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:DB8:0:0::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "unknown", PEER),
        (1, '"203.0.113.5"', "203.0.113.5"),
        (1, "203.0.113.5' OR 1=1", PEER),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(settings, proxies, forwarded, expected):
    assert seen(settings, proxies, forwarded) == expected


def test_over_a_unix_socket_only_the_proxy_knows(settings):
    assert seen(settings, 1, "203.0.113.5", peer="") == "203.0.113.5"
    assert seen(settings, 0, "203.0.113.5", peer="") == UNKNOWN
    request = RequestFactory().get("/", REMOTE_ADDR="")
    assert known_address(request) is None
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == UNKNOWN


def test_a_home_shares_an_address_of_one_kind_or_the_other():
    assert neighbourhood("203.0.113.5") == "203.0.113.5"
    assert (
        neighbourhood("2001:db8:1:2:aaaa::1") == neighbourhood("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    )
    assert neighbourhood(UNKNOWN) == UNKNOWN
