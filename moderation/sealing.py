"""Keeps what must be sent out as it is, such as a site's Akismet key, so that the database alone does not give it away.

Fernet (AES-128-CBC with HMAC-SHA256) of the package `cryptography`, under a key that is derived from the service's
secret; see `Hasher.derive`.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken

__all__ = ["AKISMET", "CORAL", "HALFWAY", "PROVIDER", "TOTP", "InvalidToken", "seal", "unseal"]
AKISMET, CORAL = "akismet-keys", "coral-secrets"
"""The purposes of the keys under which Akismet keys and Coral's secrets are sealed; see `Hasher.derive`."""
TOTP, HALFWAY, PROVIDER = "totp-secrets", "halfway-cookies", "provider-cookies"
"""The same for the secrets of second factors, for what a browser keeps between the password and the code, and on its
way to a provider and back."""


def seal(key: bytes, text: str) -> str:
    """Return `text` sealed under a key of 32 bytes; twice the same is sealed differently."""
    return Fernet(base64.urlsafe_b64encode(key)).encrypt(text.encode()).decode()


def unseal(key: bytes, sealed: str) -> str:
    """Return what was sealed.

    Raises:
        InvalidToken: it was sealed under another key, or changed.
    """
    return Fernet(base64.urlsafe_b64encode(key)).decrypt(sealed.encode()).decode()
