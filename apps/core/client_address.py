"""From where a request comes: the one place that reads the connection and the headers of proxies."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """The client's IP address, or `unknown` when nobody trustworthy says it."""
    return address_of(request.META)


def address_of(environ: Mapping[str, Any]) -> str:
    """The same of a WSGI environment.

    Each trusted proxy adds the address that it sees to the right of X-Forwarded-For. What stands further left was
    written by the client itself. With fewer entries than proxies the request came past one of them.
    """
    peer = _parsed(environ.get("REMOTE_ADDR", ""))  # empty on a Unix socket
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        told = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= proxies and (address := _parsed(told[-proxies])):
            return address
    return peer or UNKNOWN


def known_address(request: HttpRequest) -> str | None:
    """The client's address for a record; None when it is not known."""
    address = client_address(request)
    return None if address == UNKNOWN else address


def neighbourhood(address: str) -> str:
    """What one household or office shares: an IPv4 address, or the /64 that an IPv6 address is one of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address


def _parsed(text: str) -> str:
    """An address in its one spelling; empty for anything else. Some proxies add the port."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(found)
