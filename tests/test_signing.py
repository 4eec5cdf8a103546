"""Signatures of webhooks."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from moderation.signing import new_secret, public_key, signatures, signing_of
from tests.build import NOW

BODY = '{"note": "héllo"}'.encode()


def test_each_secret_signs() -> None:
    """While a secret is rolled, whoever has either verifies; the library takes the header as it is."""
    old, new = new_secret("hmac"), new_secret("hmac")
    headers = {
        "webhook-id": "e-1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signatures([new, old], "e-1", NOW, BODY),
    }

    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        expected = Webhook(secret).sign("e-1", NOW, BODY.decode())
        assert expected in headers["webhook-signature"].split()


def test_an_ed25519_signature_is_verified_with_the_public_key() -> None:
    """`v1a` signs the same content as `v1`; the public key does not sign."""
    secret = new_secret("ed25519")
    public = public_key(secret)
    assert public is not None
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))

    version, _, signature = signatures([secret], "e-1", NOW, BODY).partition(",")

    assert version == "v1a"
    key.verify(base64.b64decode(signature), f"e-1.{int(NOW.timestamp())}.".encode() + BODY)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), b"something else")


def test_secrets_say_what_they_are_for() -> None:
    """By their prefix; no two are the same, and only ed25519 has a public half."""
    hmac, ed25519 = new_secret("hmac"), new_secret("ed25519")

    assert (hmac[:6], ed25519[:5]) == ("whsec_", "whsk_")
    assert (signing_of(hmac), signing_of(ed25519)) == ("hmac", "ed25519")
    assert public_key(hmac) is None
    assert new_secret("hmac") != hmac
