"""Keyed hashes that let the service find the same author, address or text again without keeping them readable."""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from moderation.model import Author

IPV4_PREFIX, IPV6_PREFIX = 24, 48
HEX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class AddressKeys:
    """What networks are hashed with beside the secret: random and changed from time to time; empty is nothing."""

    current: str = ""
    before: str | None = None
    """What limits and counts still look back to."""


class Hasher:
    """Hashes with the service's own secret (HMAC-SHA256, first 128 bits, as hexadecimal digits)."""

    def __init__(self, secret: str, address_keys: Callable[[datetime], AddressKeys] = lambda _: AddressKeys()) -> None:
        """Take the secret, another gives other hashes for everything; `address_keys` tells which ones hold when."""
        self._secret = secret.encode()
        self._address_keys = address_keys

    def hash(self, kind: str, value: str) -> str:
        """Return the hash of `value`; the same value of another `kind` has another hash."""
        message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:HEX_DIGITS]

    def derive(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose, from which neither the secret nor another key can be told."""
        return hmac.new(self._secret, f"key\0{purpose}".encode(), hashlib.sha256).digest()

    def akismet_key(self, key: str) -> str:
        """Return what is stored of an Akismet key: of so short a key, another hash could be undone by trying all."""
        return self.hash("akismet-key", key)

    def author(self, author: Author) -> str | None:
        """Return the key of an author: by the site's id, else by the e-mail address, else None."""
        if author.id:
            return self.author_id(author.id)
        if author.email:
            return self.email(author.email)
        return None

    def email(self, email: str) -> str:
        """Return the key of an author of whom the site tells an e-mail address and no id."""
        return self.hash("email", email.strip().lower())

    def author_id(self, author_id: str) -> str:
        """Return the key of the author that the site calls `author_id`."""
        return self.hash("author", author_id)

    def addresses(self, ip: str | None, now: datetime) -> tuple[str | None, str | None]:
        """Return the hash of the network of `ip`, and what it was under the key before; None is unknown, or no key."""
        if not ip:
            return None, None
        keys = self._address_keys(now)
        network = _network(ip)
        before = None if keys.before is None else self._hash_network(network, keys.before)
        return self._hash_network(network, keys.current), before

    def _hash_network(self, network: str, key: str) -> str:
        return self.hash(f"address {key}" if key else "address", network)


def _network(ip: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) that `ip` lies in."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX  # noqa: PLR2004 - IP version
    return str(ipaddress.ip_network((address, prefix), strict=False))
