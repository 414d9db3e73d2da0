"""Finding who is mentioned in a note, and which addresses are public. No Django here."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

LONGEST_ADDRESS = 1000
# A name of the world's, written plainly: no bare number, however it is spelt, ends in letters.
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])", re.IGNORECASE)
_PRIVATE_NAMES = {
    "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost",
    "onion", "private", "test",
}  # fmt: skip
# Addresses that carry another one, which may be anybody's: NAT64 and 6to4.
_CARRIERS = [ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16")]

_MENTION = re.compile(r"(?<![\w.])@([\w.-]+)")


def mentioned(text: str, people: Iterable[tuple[int, str, str]]) -> set[int]:
    """The ids of those of `people` (id, name, initials) whom `text` names: @BV, @bram or @bram.visser."""
    words = {found.lower().rstrip(".-") for found in _MENTION.findall(text)}
    return {
        pk
        for pk, name, initials in people
        if words & {initials.lower(), name.lower().replace(" ", "."), name.lower().split(" ")[0]}
    }


def is_public_https(address: str) -> bool:
    """Whether it is an https address of a host that has a name in the world, and nothing else."""
    if len(address) > LONGEST_ADDRESS or not re.fullmatch(r"[!-~]+", address) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username is not None or port not in (None, 443) or parts.fragment:
        return False
    host = parts.hostname or ""
    return bool(_NAME.fullmatch(host)) and host.rsplit(".", 1)[1] not in _PRIVATE_NAMES


def is_public_address(text: str) -> bool:
    """Whether this IP address is one that anybody may be sent to."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return is_public_address(str(found.ipv4_mapped))
        if any(found in one for one in _CARRIERS):
            return False
    return found.is_global and not found.is_multicast
