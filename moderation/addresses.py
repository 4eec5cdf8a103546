"""Where callbacks may go: rules for addresses and URLs, without resolving or connecting.

A site gives the URL and the service calls it from inside its own network, so a URL must not lead back in
(server-side request forgery). `check_url` is asked when an endpoint is made; `workers/safe_http.py` asks it
again, and `may_reach` of every address that the name then has, before it connects.

Allowed is what is known to be public. `ipaddress.is_global` is no guard: it is true of multicast, of
64:ff9b::a9fe:a9fe (NAT64 of 169.254.169.254), of 2002:7f00:1:: (6to4 of 127.0.0.1), and differs between
versions of Python. The blocks are those of the IANA special-purpose address registries (RFC 6890 and later).
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from moderation.errors import BlockedTargetError
from moderation.settings import Network

Address = IPv4Address | IPv6Address

CLOSED_IPV4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network; 0.0.0.0 connects to this machine
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private (RFC 1918)
        "100.64.0.0/10",  # behind a carrier's NAT (RFC 6598)
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # Azure's own services for its machines, at an address that looks public
        "169.254.0.0/16",  # link-local; clouds keep credentials at 169.254.169.254
        "192.0.0.0/24", "192.88.99.0/24",  # protocols, 6to4 relays
        "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24",  # AS112, AMT
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation (RFC 5737)
        "198.18.0.0/15",  # measuring (RFC 2544)
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)  # fmt: skip
OPEN_IPV6: Final = IPv6Network("2000::/3")
"""The only unicast space that IANA has given out; inside it, `CLOSED_IPV6` is closed."""
CLOSED_IPV6: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocols, Teredo and ORCHID among them
        "2001:db8::/32", "3fff::/20",  # documentation (RFC 3849, RFC 9637)
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
    )
)  # fmt: skip
CARRIES_IPV4: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4 inside IPv6 that still leads somewhere: mapped (RFC 4291) and NAT64 (RFC 6052). The others (compatible,
6to4, Teredo, NAT64 for local use) lie outside the open space, whatever they carry."""

LOOPBACK: Final = IPv4Address("127.0.0.1")
"""Where `localhost` and the names below it lead (RFC 6761), to be said before anything is resolved."""

PORTS: Final = (80, 443, 8443)
FIRST_FREE_PORT: Final = 1024
"""Web ports and those that anybody may use; below 1024 are mail, DNS and other servers to which a request says harm."""
LONGEST_URL: Final = 2000
LONGEST_HOST: Final = 253
URL_CHARACTERS: Final = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
"""Printable ASCII without the backslash, which browsers read as a slash."""
BRACKETED: Final = re.compile(r"\[([0-9a-f:.]+)\](:[0-9]*)?", re.IGNORECASE)
LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label like this makes the whole host an IPv4 address (WHATWG URL, "ends in a number")."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; `address` is set if the host is one, and the path, which may hold secrets, has the query."""

    https: bool
    host: str
    port: int
    path: str = field(repr=False)
    address: Address | None


def is_public(address: Address) -> bool:
    """Tell whether `address` is public unicast, and so is the IPv4 address that it carries."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in CLOSED_IPV4)
    if any(address in block for block in CARRIES_IPV4):
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in OPEN_IPV6 and not any(address in block for block in CLOSED_IPV6)


def may_reach(address: Address, networks: tuple[Network, ...]) -> bool:
    """Tell whether callbacks may go to `address`: it is public, or in a network that the operator allows."""
    return is_public(address) or any(address in network for network in networks)


def check_url(url: str, *, allow_http: bool, networks: tuple[Network, ...]) -> Target:
    """Return `url` taken apart; names are not resolved, so an address they lead to is still to be checked.

    Raises:
        BlockedTargetError: callbacks may not go there; its detail says why and repeats nothing of the URL.
    """
    if not URL_CHARACTERS.fullmatch(url) or len(url) > LONGEST_URL:
        raise BlockedTargetError(
            f"A URL has 1 to {LONGEST_URL} ASCII characters, without spaces and backslashes;"
            " write other letters as xn--… in the name and as %… behind it"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BlockedTargetError("The URL cannot be understood") from None
    https = parts.scheme == "https"
    if not https and not (allow_http and parts.scheme == "http"):
        raise BlockedTargetError("The URL must begin with https://" + (" or http://" if allow_http else ""))
    if "@" in parts.netloc:
        raise BlockedTargetError("The URL must not hold a user name or a password")
    port = port if port is not None else 443 if https else 80
    if port not in PORTS and port < FIRST_FREE_PORT:
        raise BlockedTargetError(f"Only the ports 80, 443, 8443 and those from {FIRST_FREE_PORT} on are called")
    host, address = _host(parts)
    leads_to = LOOPBACK if host == "localhost" or host.endswith(".localhost") else address
    if leads_to is not None and not may_reach(leads_to, networks):
        raise not_public()
    return Target(https, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), address)


def not_public() -> BlockedTargetError:
    """Return the refusal of an address, which it does not name: who asks shall not map the network by it."""
    return BlockedTargetError(
        "The URL leads to an address that is not public; whoever runs the service can allow networks"
        " with MODERATION_WEBHOOK_NETWORKS"
    )


def _host(parts: SplitResult) -> tuple[str, Address | None]:
    """Return the host in lower case, and the address if it is one."""
    host = (parts.hostname or "").lower()
    with suppress(AddressValueError):
        if bracketed := BRACKETED.fullmatch(parts.netloc):
            inner = IPv6Address(bracketed[1])
            return str(inner), inner
        if NUMBER.fullmatch(host.rpartition(".")[2]):
            return host, IPv4Address(host)
        if len(host) <= LONGEST_HOST and all(LABEL.fullmatch(label) for label in host.split(".")):
            return host, None
    raise BlockedTargetError("The URL has no valid host: a name, or an address written in the usual way")
