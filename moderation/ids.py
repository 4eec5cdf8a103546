"""The only place where identifiers and secrets are made."""

import base64
import os
import secrets
import uuid
import zlib
from datetime import UTC, datetime, timedelta

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
READABLE = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: no letter looks like a digit."""
CRC_LENGTH = 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970, exactly: by way of a float some moments would lose one."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def new_id(now: datetime) -> str:
    """Return a UUID of version 7 (RFC 9562): its text sorts by the time it was made."""
    value = (milliseconds(now) << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Tell whether `text` has the shape that `new_id` makes."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def base62(number: int, length: int) -> str:
    """Return `number` in base 62, padded with zeros to `length` characters."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits.rjust(length, "0")


def crc(text: str) -> str:
    """Return CRC-32 of `text` as six characters: it lets a scanner tell a key from other text offline."""
    return base62(zlib.crc32(text.encode()), CRC_LENGTH)


def new_api_key() -> tuple[str, str]:
    """Return (public prefix, whole key) of a new API key `mod_<prefix>_<secret><crc>`."""
    prefix = base62(secrets.randbits(47), 8)
    body = f"mod_{prefix}_{base62(secrets.randbits(178), 30)}"
    return prefix, body + crc(body)


def api_key_prefix(key: str) -> str | None:
    """Return the public prefix of `key`, or None if it cannot be an API key."""
    parts = key.split("_")
    if len(parts) != 3 or parts[0] != "mod" or crc(key[:-CRC_LENGTH]) != key[-CRC_LENGTH:]:  # noqa: PLR2004 - mod, prefix, secret
        return None
    return parts[1]


def new_akismet_key() -> str:
    """Return 12 hexadecimal digits, the only shape that WordPress accepts."""
    return secrets.token_hex(6)


def new_secret() -> str:
    """Return 43 URL-safe characters that nobody can guess."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Return four groups of five letters and digits that are easy to read and type; 100 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(5)) for _ in range(4))


def new_totp_secret() -> str:
    """Return 160 random bits in base 32, as authenticator apps take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def floor(moment: datetime) -> str:
    """Return the smallest id that `new_id` could have made at `moment`; before 1970 it made none."""
    return str(uuid.UUID(int=(max(0, milliseconds(moment)) << 80) | (0x7 << 76) | (0x2 << 62)))


def made_at(identifier: str) -> datetime:
    """Return when `new_id` made an id, in whole milliseconds."""
    return EPOCH + timedelta(milliseconds=uuid.UUID(identifier).int >> 80)
