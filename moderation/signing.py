"""Signatures of webhooks, as Standard Webhooks 1.0 has them: HMAC-SHA256 (`v1`) and ed25519 (`v1a`).

A secret says by its prefix which it is for: `whsec_` for HMAC, `whsk_` for ed25519, whose public half is `whpk_…`.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

Signing = Literal["hmac", "ed25519"]
HMAC, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
BYTES = 32


def new_secret(signing: Signing) -> str:
    """Return a new secret of 32 random bytes, in base64 behind its prefix."""
    return (HMAC if signing == "hmac" else PRIVATE) + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signing_of(secret: str) -> Signing:
    """Return what a secret is for."""
    return "ed25519" if secret.startswith(PRIVATE) else "hmac"


def public_key(secret: str) -> str | None:
    """Return the half of a secret that may be shown: ed25519 has one, HMAC none."""
    if not secret.startswith(PRIVATE):
        return None
    return PUBLIC + base64.b64encode(_private(secret).public_key().public_bytes_raw()).decode()


def signatures(made_with: Sequence[str], message_id: str, moment: datetime, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret, separated by spaces."""
    return " ".join(_signature(secret, message_id, moment.astimezone(UTC), body) for secret in made_with)


def _signature(secret: str, message_id: str, moment: datetime, body: bytes) -> str:
    if not secret.startswith(PRIVATE):
        return Webhook(secret).sign(message_id, moment, body.decode())
    signed = f"{message_id}.{int(moment.timestamp())}.".encode() + body
    return f"v1a,{base64.b64encode(_private(secret).sign(signed)).decode()}"


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(PRIVATE)))
