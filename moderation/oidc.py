"""Sign-in through an OpenID Connect provider: what is asked of it, and what it must have signed.

The authorization code flow of OpenID Connect Core 1.0 with `state`, `nonce` and PKCE (RFC 7636). Who runs the service
sets the provider, so its address is trusted; how long it takes and how much it says is bounded all the same.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from moderation import clock, ids

SCOPE = "openid email"
DISCOVERY = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures with a key pair: none that is no signature, and none that our own secret could make."""
LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""
STEP_SECONDS, TOTAL_SECONDS = 5.0, 8.0
BYTES_AT_MOST = 500_000
KNOWN_SECONDS = 3600.0
FRESH_SECONDS = 30.0
"""Keys that are no older are not asked for again, whatever key a token names."""


class ProviderAwayError(Exception):
    """The provider does not answer, or not as a provider does."""


class NotShownError(Exception):
    """The provider did not say who somebody is, or not so that it can be believed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-in sends along and must find again: one for the way back, one in the token, one for the code."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says somebody is; `email` is None unless it says that it is theirs."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a provider publishes of itself."""

    at: float
    metadata: Mapping[str, Any]
    keys: KeySet


def begin() -> Attempt:
    """Return a new attempt, whose parts nobody can guess."""
    return Attempt(ids.new_secret(), ids.new_secret(), ids.new_secret())


class Provider:
    """One provider, as this process knows it; threads share it."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, *, trusts_email: bool = False) -> None:
        """Ask nothing yet; with `trusts_email` an address counts that the provider does not say it checked."""
        self.issuer = issuer
        self._client = client_id, client_secret
        self._trusts_email = trusts_email
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def sign_in_url(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where the browser goes; raises `ProviderAwayError`."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "scope": SCOPE, "client_id": self._client[0], "redirect_uri": redirect_uri,
            "state": attempt.state, "nonce": attempt.nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        address = str(self.known().metadata["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def identity(self, code: str, attempt: Attempt, redirect_uri: str, now: datetime) -> Identity:
        """Return who gave the code that came back.

        Raises:
            ProviderAwayError: it does not answer.
            NotShownError: it does not know the code, or its token is not good.
        """
        known = self.known()
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }  # fmt: skip
        methods = known.metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = httpx.BasicAuth(*self._client) if "client_secret_basic" in methods else None
        if auth is None:
            asked |= {"client_id": self._client[0], "client_secret": self._client[1]}
        answer = _ask("POST", known.metadata["token_endpoint"], data=asked, auth=auth)
        claims = self._claims(answer.get("id_token"), attempt.nonce, now)
        email, verified = claims.get("email"), claims.get("email_verified") is True or self._trusts_email
        return Identity(self.issuer, str(claims["sub"]), email if verified and isinstance(email, str) else None)

    def known(self, fresher_than: float = KNOWN_SECONDS) -> _Known:
        """Return what the provider publishes, asked for anew when it is older than so many seconds.

        While another thread asks, what was known before is good enough.

        Raises:
            ProviderAwayError: it does not answer, or nothing is known yet and another thread is asking at this moment.
        """
        known = self._known
        if known is not None and clock.monotonic() - known.at < fresher_than:
            return known
        if not self._lock.acquire(blocking=False):
            if known is not None:
                return known
            raise ProviderAwayError("it is being asked")
        try:
            metadata = _ask("GET", self.issuer.rstrip("/") + DISCOVERY)
            needed = [str(metadata.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
            safe = self.issuer.startswith("http://") or all(one.startswith("https://") for one in needed)
            if metadata.get("issuer") != self.issuer or not safe:
                raise ProviderAwayError("what it publishes is of another issuer, or not encrypted")
            try:
                keys = KeySet.import_key_set(_ask("GET", needed[2]))  # type: ignore[arg-type]  # its shape is checked there
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderAwayError("its keys are no keys") from error
            self._known = _Known(clock.monotonic(), metadata, keys)
            return self._known
        finally:
            self._lock.release()

    def _claims(self, token: object, nonce: str, now: datetime) -> Mapping[str, Any]:
        """Return what a token says, if the provider signed it, for us, just now, for this attempt."""
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer}, aud={"essential": True, "value": self._client[0]},
            nonce={"essential": True, "value": nonce}, sub={"essential": True}, exp={"essential": True},
            iat={"essential": True},
        )  # fmt: skip
        for fresher_than in (KNOWN_SECONDS, FRESH_SECONDS):  # a provider changes its keys
            try:
                claims = jwt.decode(str(token), self.known(fresher_than).keys, algorithms=ALGORITHMS).claims
                registry.validate(claims)
            except (JoseError, ValueError) as error:
                refused = type(error).__name__
            else:
                if claims.get("azp", self._client[0]) == self._client[0]:
                    return claims
                refused = "it is for another client"
        raise NotShownError(refused)


def _ask(method: str, url: str, **sent: Any) -> dict[str, Any]:
    """Return the JSON object that a provider answers with; no redirect is followed, no proxy used."""
    until = clock.monotonic() + TOTAL_SECONDS
    body = b""
    try:
        with (
            httpx.Client(timeout=STEP_SECONDS, trust_env=False, headers={"Accept": "application/json"}) as client,
            client.stream(method, url, **sent) as answer,
        ):
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > BYTES_AT_MOST or clock.monotonic() > until:
                    raise ProviderAwayError("it says too much, or takes too long")
        document = json.loads(body) if answer.is_success or answer.is_client_error else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise ProviderAwayError(type(error).__name__) from error
    if answer.is_client_error and method == "POST":
        raise NotShownError("the code is not known")
    if not isinstance(document, dict) or not answer.is_success:
        raise ProviderAwayError(f"status {answer.status_code}")
    return document
