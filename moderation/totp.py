"""Codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes; pure.

SHA-1, six digits and 30 seconds are what every app knows; some ignore that an address asks for anything else.
"""

import base64
import hashlib
import hmac
import re
import struct
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""Steps that a clock may be early or late."""
CODE = re.compile(rf"[0-9]{{{DIGITS}}}")
LOOK_ALIKE = str.maketrans("ilo", "110")
"""Letters that no recovery code has, and what was meant by them."""


def code(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step, counted from 1970 (RFC 4226, 5.3); `secret` is in base 32."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0xF
    number: int = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).rjust(digits, "0")


def step_at(now: datetime) -> int:
    """Return the number of the step that `now` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Return of which step near `now` a code is, or None; all are compared, so that the time tells nothing."""
    if not is_code(typed):
        return None
    near = range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1)
    found = [step for step in near if hmac.compare_digest(code(secret, step), _bare(typed))]
    return found[-1] if found else None


def is_code(typed: str) -> bool:
    """Tell whether what was typed has the shape of an app's code; apps show it in two groups."""
    return CODE.fullmatch(_bare(typed)) is not None


def address(secret: str, issuer: str, email: str) -> str:
    """Return what an app reads from the picture: the secret, and under which name the app lists it."""
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?secret={secret}&issuer={quote(issuer)}"


def recovery_hash(typed: str) -> str:
    """Return SHA-256 of a recovery code, however it was typed; 100 random bits need no slower hash."""
    return hashlib.sha256(_bare(typed).lower().translate(LOOK_ALIKE).encode("utf-8", "replace")).hexdigest()


def _bare(typed: str) -> str:
    return typed.replace(" ", "").replace("-", "")
