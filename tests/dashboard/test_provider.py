"""Signing in through an OpenID Connect provider: the whole way, against one that others wrote, over real sockets.

Long because the way there and back has many places to go wrong.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from moderation import accounts, members, sign_on
from moderation.audit_entry import SERVICE
from moderation.dashboard import provider as module
from moderation.model import Role
from moderation.oidc import Identity
from moderation.records import Site
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import moderators
from tests.build import make_site
from tests.dashboard.visitor import EMAIL, PASSWORD, Page, Visitor
from tests.logbook import added
from tests.proofs import Line, proves
from tests.whole.service import free_port, wait_until

DOOR = "/desk/login/provider"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Run a provider that knows Kim, and lets anybody be anybody."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: answers(issuer), seconds=30, what="the provider")
        know(issuer, "kim-1", EMAIL)
        yield issuer
        process.terminate()


def answers(issuer: str) -> bool:
    """Tell whether the provider is there."""
    try:
        return httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def changes(request: pytest.FixtureRequest) -> dict[str, object]:
    """Give what a test sets otherwise."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def settings(settings: Settings, issuer: str, changes: dict[str, object]) -> Settings:
    """Give settings in which that provider is set."""
    ours = {"oidc_issuer": issuer, "oidc_client_id": "us", "oidc_client_secret": SecretStr("ours"), "oidc_label": "Id"}
    return settings.model_copy(update={**ours, **changes})


def know(issuer: str, subject: str, email: str, *, verified: bool = True) -> None:
    """Have the provider know somebody."""
    said = {"email": email, "email_verified": verified}
    httpx.put(f"{issuer}/users/{subject}", json=said, trust_env=False).raise_for_status()


def allowed(client: FlaskClient, subject: str = "kim-1", start: str = DOOR) -> str:
    """Go to the provider, sign in there, and return where it sends the browser."""
    there = client.get(start)
    assert there.status_code == 303, there.text
    back = httpx.post(there.location, data={"sub": subject}, trust_env=False)
    assert back.status_code == 302, back.text
    return back.headers["location"]


def back_from(client: FlaskClient, address: str) -> TestResponse:
    """Follow the provider's redirect."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


@proves(Line.MODERATORS)
def test_the_provider_opens_the_desk(client: FlaskClient, engine: Service, site: Site) -> None:
    """Who has a moderator's address there is signed in here, where they wanted to go, and the log says so."""
    page = Visitor(client).get("/desk/login?next=/desk/overview")
    begun = page.links["Sign in with Id"]
    with added(engine.parts.database, site.id) as log:
        answer = back_from(client, allowed(client, start=begun))

    assert (answer.status_code, answer.location) == (303, "/desk/overview")
    assert client.get("/desk/overview").status_code == 200
    assert [one.action for one in log] == ["moderator.identity_linked", "session.opened"]
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(one.startswith("desk_session=") and "HttpOnly" in one and "SameSite=Lax" in one for one in cookies)
    assert any(one.startswith("desk_provider=;") for one in cookies)


@proves(Line.MODERATORS)
def test_who_came_once_is_known_by_what_the_provider_calls_them(
    client: FlaskClient, second_client: FlaskClient, issuer: str
) -> None:
    """An address that is given to somebody else there opens nothing here; its first owner still comes in."""
    know(issuer, "kim-1", EMAIL)
    assert back_from(client, allowed(client)).status_code == 303
    know(issuer, "other-2", EMAIL)
    refused = back_from(second_client, allowed(second_client, "other-2"))

    assert refused.status_code == 403
    assert "no moderator here has your address" in Page(refused.text).text
    know(issuer, "kim-1", "kim@married.example")
    assert back_from(second_client, allowed(second_client)).status_code == 303
    know(issuer, "kim-1", EMAIL)


@proves(Line.MODERATORS)
@pytest.mark.parametrize(("email", "verified"), [("nobody@news.example", True), (EMAIL, False)])
def test_who_is_nobody_here_is_told_what_to_do(
    client: FlaskClient, engine: Service, issuer: str, email: str, *, verified: bool
) -> None:
    """Nobody is added by signing in, and an address that the provider did not check is nobody's."""
    know(issuer, "x", email, verified=verified)
    with added(engine.parts.database, "") as log:
        answer = back_from(client, allowed(client, "x"))

    assert answer.status_code == 403
    assert "Ask an owner of the site to add it" in Page(answer.text).text
    assert "desk_session" not in str(answer.headers)
    assert [one.action for one in log] == ["session.refused"]


@pytest.mark.parametrize("changes", [{"oidc_trust_email": True}], indirect=True)
def test_addresses_can_be_believed(client: FlaskClient, issuer: str) -> None:
    """Some providers know that their addresses are true, and do not say so."""
    know(issuer, "y", EMAIL, verified=False)

    assert back_from(client, allowed(client, "y")).status_code == 303


@proves(Line.MODERATORS)
def test_an_answer_opens_only_the_browser_that_asked(
    app: APIFlask, client: FlaskClient, second_client: FlaskClient
) -> None:
    """Whoever gets somebody to open their answer signs nobody in: another browser, another try, or too late."""
    answer = allowed(client)
    allowed(second_client)
    assert back_from(second_client, answer).status_code == 403
    assert back_from(app.test_client(), answer).status_code == 403
    changed = answer.replace("state=", "state=x")
    assert back_from(client, changed).status_code == 403
    assert back_from(client, f"{answer}&iss=https://other.example").status_code == 403
    assert back_from(client, answer).status_code == 303
    again = back_from(client, answer)
    assert "not begun here" in Page(again.text).text


def test_ten_minutes_are_enough(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cookie that is older opens nothing."""
    answer = allowed(client)
    monkeypatch.setattr(module, "LIFE", timedelta(0))
    late = allowed(client)

    assert "more than ten minutes ago" in Page(back_from(client, late).text).text
    assert back_from(client, answer).status_code == 403


def test_who_says_no_at_the_provider_is_back_at_the_login(client: FlaskClient) -> None:
    """So is whoever comes back with a code that the provider does not know."""
    state = parse_qs(urlsplit(client.get(DOOR).location).query)["state"][0]

    for query in ("error=access_denied", "code=unknown"):
        answer = client.get(f"{DOOR}/back?state={state}&{query}")
        assert (answer.status_code, "Id did not say who you are" in answer.text) == (403, True)


@pytest.mark.parametrize("changes", [{"oidc_issuer": "http://127.0.0.1:1"}], indirect=True)
def test_a_provider_that_is_away_leaves_the_password(client: FlaskClient) -> None:
    """The login page says so, and its form works."""
    answer = client.get(DOOR)

    assert answer.status_code == 503
    assert "Id does not answer just now" in Page(answer.text).text
    assert Visitor(client).sign_in().status_code == 303


@pytest.mark.parametrize("changes", [{"password_sign_in": False}], indirect=True)
def test_passwords_can_be_switched_off(client: FlaskClient, engine: Service) -> None:
    """The page has no fields for one, and whoever sends one anyway is refused."""
    page = Visitor(client).get("/desk/login")
    assert "password" not in page.forms[0].fields
    assert page.links["Sign in with Id"].startswith(DOOR)
    cookie = client.get_cookie("desk_login", path="/desk")
    assert cookie is not None
    sent = {"form_token": engine.parts.hasher.hash("form", cookie.value), "email": EMAIL, "password": PASSWORD}
    answer = client.post("/desk/login", data=sent)
    assert (answer.status_code, "Nobody signs in with a password" in answer.text) == (403, True)


@pytest.mark.parametrize("changes", [{"oidc_issuer": None, "oidc_client_id": None}], indirect=True)
def test_without_a_provider_there_is_no_such_page(client: FlaskClient) -> None:
    """Nor a button that leads there."""
    assert client.get(DOOR).status_code == 404
    assert client.get(f"{DOOR}/back?state=x&code=y").status_code == 404
    assert "Sign in with" not in client.get("/desk/login").text


@proves(Line.MODERATORS)
def test_wrong_answers_are_throttled(client: FlaskClient) -> None:
    """After a hundred of one address the provider is not asked any more for a while."""
    state = parse_qs(urlsplit(client.get(DOOR).location).query)["state"][0]
    statuses = [client.get(f"{DOOR}/back?state={state}&error=no").status_code for _ in range(module.TRIES + 1)]

    assert statuses == [403] * module.TRIES + [429]


@proves(Line.MODERATORS)
def test_a_given_password_is_worth_nothing_after_that(engine: Service, site: Site) -> None:
    """Who signs in through the provider need not change a password that others have seen: nobody has it any more."""
    database, now = engine.parts.database, engine.now()
    given = accounts.add_moderator(database, site.id, "new@news.example", "New", now, role=Role.VIEWER)
    who = Identity("https://id.example", "new-1", "NEW@news.example")
    token = sign_on.sign_in(database, who, now)

    assert token is not None
    found = accounts.signed_in(database, token, now)
    assert found is not None
    assert found.password_due is None
    assert accounts.sign_in(database, "new@news.example", given, now) is None


def test_sites_have_moderators_of_their_own(engine: Service, site: Site) -> None:
    """The moderator says which site it is; who was removed comes in no more."""
    database, now = engine.parts.database, engine.now()
    other = make_site(database, "other")
    accounts.add_moderator(database, other.id, "lee@news.example", "Lee", now, PASSWORD)
    accounts.add_moderator(database, other.id, "max@news.example", "Max", now, PASSWORD)
    who = Identity("https://id.example", "lee-1", "lee@news.example")
    token = sign_on.sign_in(database, who, now)
    assert token is not None
    found = accounts.signed_in(database, token, now)
    assert found is not None
    assert found.site_id == "other"
    with database.read() as connection:
        assert moderators.find_identity(connection, "https://other.example", "lee-1") is None
    members.remove(database, other.id, found.id, now, SERVICE)
    assert sign_on.sign_in(database, who, now) is None
    assert sign_on.sign_in(database, Identity("https://id.example", "\0", "max@news.example"), now) is None
    del site


def test_links_name_the_public_address(app: APIFlask, settings: Settings, site: Site) -> None:
    """Behind a proxy the way back is what `public_url` says."""
    del site
    engine: Service = app.extensions["moderation"]
    engine.settings = settings.model_copy(update={"public_url": "https://m.news.example/"})
    asked = parse_qs(urlsplit(app.test_client().get(DOOR).location).query)

    assert asked["redirect_uri"] == ["https://m.news.example/desk/login/provider/back"]
