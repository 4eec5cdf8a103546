"""Keyed hashes that let the service find the same author, address or text again without keeping them readable."""

import hashlib
import hmac
import ipaddress

from moderation.model import Author

IPV4_PREFIX, IPV6_PREFIX = 24, 48
HEX_DIGITS = 32


class Hasher:
    """Hashes with the service's own secret (HMAC-SHA256, first 128 bits, as hexadecimal digits)."""

    def __init__(self, secret: str) -> None:
        """Take the secret; another secret gives other hashes for everything."""
        self._secret = secret.encode()

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

    def address(self, ip: str | None) -> str | None:
        """Return the key of the /24 (IPv4) or /48 (IPv6) that `ip` lies in, or None."""
        if not ip:
            return None
        address = ipaddress.ip_address(ip)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX  # noqa: PLR2004 - IP version
        return self.hash("address", str(ipaddress.ip_network((address, prefix), strict=False)))
