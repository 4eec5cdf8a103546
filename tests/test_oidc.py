"""What is believed of a sign-in provider: a real client against a provider that can be told to lie.

Long because each way of lying has its own short test.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr, ValidationError

from moderation import clock, oidc
from moderation.settings import Settings
from tests.proofs import Line, proves

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SECRET = "known-to-the-provider-and-to-nobody-else"
BACK = "https://m.news.example/desk/login/provider/back"
KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})
ATTEMPT = oidc.Attempt("state", "nonce", "verifier")


@dataclass
class Liar:
    """What the provider answers; tests change it."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    """In place of one that is signed."""
    metadata: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    body: bytes | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: KEY)
    hangs: threading.Event = field(default_factory=threading.Event)

    def document(self, path: str) -> dict[str, Any]:
        """Return the answer to a request."""
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/token":
            times = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300}
            said = {"iss": self.issuer, "aud": "us", "sub": "kim-1", "nonce": "nonce", **times, **self.claims}
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, {k: v for k, v in said.items() if v is not None}, KEY)
            return {"id_token": self.token or signed, "access_token": "unused"}
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys", **self.metadata,
        }  # fmt: skip


@pytest.fixture
def liar() -> Iterator[Liar]:
    """Serve a provider on a real socket."""
    liar = Liar()
    liar.hangs.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length).decode()
            liar.asked.append((f"{self.path} {sent}".strip(), self.headers.get("Authorization")))
            liar.hangs.wait(10)
            answer = liar.body if liar.body is not None else json.dumps(liar.document(self.path)).encode()
            self.send_response(liar.status)
            self.send_header("Location", f"{liar.issuer}/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield liar
    liar.hangs.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def provider(liar: Liar) -> oidc.Provider:
    """Give the provider as the service knows it."""
    return oidc.Provider(liar.issuer, "us", SECRET)


@proves(Line.MODERATORS)
def test_a_browser_takes_along_what_binds_the_answer_to_it(provider: oidc.Provider, liar: Liar) -> None:
    """The address names us, where to come back to, state, nonce, and a challenge whose answer only we know."""
    first, second = oidc.begin(), oidc.begin()
    address = urlsplit(provider.sign_in_url(first, BACK))
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}

    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{liar.issuer}/authorize"
    assert (asked["client_id"], asked["redirect_uri"], asked["response_type"]) == ("us", BACK, "code")
    assert (asked["state"], asked["nonce"], asked["code_challenge_method"]) == (first.state, first.nonce, "S256")
    assert asked["scope"] == "openid email"
    assert first.verifier not in address.query
    assert len({*vars_of(first), *vars_of(second)}) == 6
    liar.metadata = {"authorization_endpoint": f"{liar.issuer}/authorize?tenant=1"}
    assert "/authorize?tenant=1&response_type=" in oidc.Provider(liar.issuer, "us", "s").sign_in_url(first, BACK)


def vars_of(attempt: oidc.Attempt) -> tuple[str, str, str]:
    """Return the parts of an attempt."""
    return attempt.state, attempt.nonce, attempt.verifier


@proves(Line.MODERATORS)
def test_a_signed_token_says_who_somebody_is(provider: oidc.Provider, liar: Liar) -> None:
    """An address counts if the provider says that it is theirs, or if whoever runs the service believes it anyway."""
    liar.claims = {"email": "kim@news.example", "email_verified": True, "azp": "us", "aud": ["us", "others"]}
    assert provider.identity("c", ATTEMPT, BACK, NOW) == oidc.Identity(liar.issuer, "kim-1", "kim@news.example")

    liar.claims = {"email": "kim@news.example"}
    assert provider.identity("c", ATTEMPT, BACK, NOW).email is None
    liar.claims = {"email": "kim@news.example", "email_verified": "true"}
    assert provider.identity("c", ATTEMPT, BACK, NOW).email is None
    trusting = oidc.Provider(liar.issuer, "us", SECRET, trusts_email=True)
    assert trusting.identity("c", ATTEMPT, BACK, NOW).email == "kim@news.example"


def test_the_code_is_changed_for_a_token_with_our_secret(provider: oidc.Provider, liar: Liar) -> None:
    """The secret goes in a header, or in the form where the provider wants it there; the verifier goes along."""
    provider.identity("the code", ATTEMPT, BACK, NOW)
    sent, header = liar.asked[-1]
    assert "code=the+code" in sent
    assert "code_verifier=verifier" in sent
    assert "secret" not in sent
    assert header is not None
    assert header.startswith("Basic ")

    liar.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    oidc.Provider(liar.issuer, "us", SECRET).identity("c", ATTEMPT, BACK, NOW)
    sent, header = liar.asked[-1]
    assert f"client_secret={SECRET}" in sent
    assert header is None


SECONDS = int(NOW.timestamp())


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "others"}, {"aud": None}, {"iss": "https://other.example"},
        {"iss": None}, {"sub": None}, {"sub": ""}, {"exp": SECONDS - 61}, {"exp": None}, {"iat": SECONDS + 61},
        {"iat": None}, {"nbf": SECONDS + 61}, {"azp": "others"}, {"azp": "others", "aud": ["us", "others"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_for_another_place_time_or_attempt_is_refused(
    provider: oidc.Provider, liar: Liar, claims: dict[str, Any]
) -> None:
    """Each claim that must be there must say what it should; clocks may differ by a minute."""
    liar.claims = claims

    with pytest.raises(oidc.NotShownError):
        provider.identity("c", ATTEMPT, BACK, NOW)


def forged(how: str, liar: Liar) -> str:
    """Return a token that is right but for its signature."""
    good = liar.document("/token")["id_token"]
    payload = json.dumps(jwt.decode(good, KEY, algorithms=["RS256"]).claims).encode()
    head, body, signature = good.split(".")
    if how == "another key's":
        return jws.serialize_compact({"alg": "RS256", "kid": "1"}, payload, OTHER_KEY)
    if how == "our own secret's":
        return jws.serialize_compact({"alg": "HS256", "kid": "1"}, payload, OctKey.import_key(SECRET))
    return {"cut": f"{head}.{body}", "changed": f"{head}.{body[:-4]}AAAA.{signature}", "empty": "x"}[how]


@proves(Line.MODERATORS)
@pytest.mark.parametrize("how", ["another key's", "our own secret's", "cut", "changed", "empty"])
def test_a_token_that_the_provider_did_not_sign_is_refused(provider: oidc.Provider, liar: Liar, how: str) -> None:
    """Neither another key nor the secret that we share with it signs for the provider."""
    liar.token = forged(how, liar)

    with pytest.raises(oidc.NotShownError):
        provider.identity("c", ATTEMPT, BACK, NOW)


def test_a_provider_may_change_its_keys(provider: oidc.Provider, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are asked for again when a token is signed by none that is known, but not for each such token."""
    liar.key = OTHER_KEY
    with pytest.raises(oidc.NotShownError):
        provider.identity("c", ATTEMPT, BACK, NOW)
    assert [path for path, _ in liar.asked].count("/keys") == 1

    liar.key = KEY
    monkeypatch.setattr(oidc, "FRESH_SECONDS", 0.0)
    assert provider.identity("c", ATTEMPT, BACK, NOW).subject == "kim-1"
    assert [path for path, _ in liar.asked].count("/keys") == 2


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    ("changes", "raises"),
    [
        ({"status": 500}, oidc.ProviderAwayError),
        ({"status": 302}, oidc.ProviderAwayError),
        ({"body": b"<html>"}, oidc.ProviderAwayError),
        ({"body": b"[" * 100_000}, oidc.ProviderAwayError),
        ({"body": b"[]"}, oidc.ProviderAwayError),
        ({"body": b" " * (oidc.BYTES_AT_MOST + 1)}, oidc.ProviderAwayError),
        ({"metadata": {"issuer": "https://other.example"}}, oidc.ProviderAwayError),
        ({"metadata": {"jwks_uri": None}}, oidc.ProviderAwayError),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_provider_that_is_none_is_told_from_one_that_is_away(
    provider: oidc.Provider, liar: Liar, changes: dict[str, Any], raises: type[Exception]
) -> None:
    """Whatever answers, it is said that nobody can sign in just now; a redirect is not followed."""
    for name, value in changes.items():
        setattr(liar, name, value)

    with pytest.raises(raises):
        provider.identity("c", ATTEMPT, BACK, NOW)
    assert all("elsewhere" not in path for path, _ in liar.asked)


def test_an_unknown_code_is_no_outage(provider: oidc.Provider, liar: Liar) -> None:
    """The token endpoint refuses with a status of its own."""
    provider.known()
    liar.status, liar.body = 400, b'{"error": "invalid_grant"}'

    with pytest.raises(oidc.NotShownError):
        provider.identity("c", ATTEMPT, BACK, NOW)


@proves(Line.MODERATORS)
def test_a_provider_that_hangs_keeps_one_thread_for_a_moment(
    provider: oidc.Provider, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up after a few seconds, and who comes meanwhile is told at once."""
    monkeypatch.setattr(oidc, "STEP_SECONDS", 0.3)
    liar.hangs.clear()
    failed: list[str] = []

    def ask() -> None:
        try:
            provider.sign_in_url(ATTEMPT, BACK)
        except oidc.ProviderAwayError as error:
            failed.append(str(error))

    first = threading.Thread(target=ask)
    first.start()
    while not liar.asked:
        first.join(0.01)
    ask()
    assert failed == ["it is being asked"]
    first.join(10)
    assert failed == ["it is being asked", "ReadTimeout"]


@pytest.mark.parametrize("issuer", ["http://id.news.example", "ftp://id.news.example", "id.news.example", "https:"])
def test_an_issuer_must_be_encrypted(issuer: str) -> None:
    """Plain http is for a provider on this machine."""
    with pytest.raises(ValidationError, match="oidc_issuer"):
        Settings(oidc_issuer=issuer, oidc_client_id="us", oidc_client_secret=SecretStr("s"))


def test_settings_of_a_provider_belong_together() -> None:
    """Half of them is a mistake, and so is switching passwords off where there is nothing else."""
    with pytest.raises(ValidationError, match="belong together"):
        Settings(oidc_issuer="https://id.news.example")
    with pytest.raises(ValidationError, match="nobody could sign in"):
        Settings(password_sign_in=False)
    whole = Settings(oidc_issuer="http://localhost:8080", oidc_client_id="us", oidc_client_secret=SecretStr("s"))
    assert "s" not in repr(whole.oidc_client_secret).replace("SecretStr", "")


def test_an_hour_is_how_long_a_provider_is_known(
    provider: oidc.Provider, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it publishes is asked for once, and again later."""
    provider.known()
    provider.known()
    assert len(liar.asked) == 2
    monkeypatch.setattr(clock, "monotonic", lambda: 1e9)
    provider.known()
    assert len(liar.asked) == 4
    assert timedelta(seconds=oidc.KNOWN_SECONDS) == timedelta(hours=1)


def test_what_was_known_serves_while_it_is_asked_again(
    provider: oidc.Provider, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that is slow once an hour keeps nobody out."""
    known = provider.known()
    monkeypatch.setattr(clock, "monotonic", lambda: 1e9)
    liar.hangs.clear()
    first = threading.Thread(target=provider.known)
    first.start()
    while len(liar.asked) < 3:
        first.join(0.01)
    assert provider.known() is known
    liar.hangs.set()
    first.join(10)
    assert provider.known() is not known
