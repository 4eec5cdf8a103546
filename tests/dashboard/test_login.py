"""Signing in and out at the desk."""

import pytest
from flask.testing import FlaskClient

from moderation.dashboard.throttle import TRIES
from moderation.service import Service
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor
from tests.proofs import Line, proves


def test_a_moderator_signs_in_and_out(client: FlaskClient) -> None:
    """The right password leads to the desk; after signing out the old cookie is worth nothing."""
    visitor = Visitor(client)

    assert visitor.sign_in().headers["Location"] == "/desk"
    page = visitor.get("/desk")
    kept = client.get_cookie("desk_session", path="/desk")
    assert kept is not None
    assert visitor.send(page.form("/logout"), {}).headers["Location"] == "/desk/login"

    client.set_cookie("desk_session", kept.value, path="/desk")
    assert client.get("/desk").status_code == 303


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("lee@news.example", PASSWORD)])
def test_nobody_else_signs_in(client: FlaskClient, email: str, password: str) -> None:
    """A wrong password and an unknown address get the same answer, which keeps what was typed."""
    answer = Visitor(client).sign_in(email, password)

    assert answer.status_code == 403
    assert "That address and password do not belong together" in answer.text
    assert f'value="{email}"' in answer.text
    assert client.get_cookie("desk_session", path="/desk") is None


def test_who_is_not_signed_in_is_sent_to_the_login(client: FlaskClient) -> None:
    """A page of the desk leads to the login, and from there back to that page."""
    sent = client.get("/desk?status=rejected&thread=a%26b")
    assert sent.status_code == 303

    back = Visitor(client).sign_in(path=sent.headers["Location"])

    assert back.headers["Location"] == "/desk?status=rejected&thread=a%26b"


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    "path", ["https://evil.example/desk", "//evil.example", "/deskevil", "/desk\\evil", "/v1/comments", "/desk\r\nX: y"]
)
def test_a_login_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    """A link to the login page cannot send a moderator to another site after it."""
    visitor = Visitor(client)
    form = visitor.get("/desk/login").form("/login")

    answer = visitor.send(form, {"email": EMAIL, "password": PASSWORD, "next": path})

    assert answer.headers["Location"] in {"/desk", "/desk%5Cevil"}


def test_who_is_signed_in_needs_no_login(visitor: Visitor) -> None:
    """The login page leads a signed-in moderator to the desk."""
    assert visitor.client.get("/desk/login").headers["Location"] == "/desk"


@proves(Line.MODERATORS)
def test_a_login_from_another_site_is_refused(client: FlaskClient) -> None:
    """A form without this browser's own token signs nobody in, so that nobody is signed in as somebody else."""
    values = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/desk/login", data=values).status_code == 403

    client.get("/desk/login")
    for token in ("", "0" * 32, "é"):
        assert client.post("/desk/login", data={**values, "form_token": token}).status_code == 403
    assert client.get_cookie("desk_session", path="/desk") is None


def test_two_login_pages_can_be_open(client: FlaskClient) -> None:
    """A login page opened later does not spoil the one opened before."""
    visitor = Visitor(client)
    form = visitor.get("/desk/login").form("/login")
    visitor.get("/desk/login")

    assert visitor.send(form, {"email": EMAIL, "password": PASSWORD}).status_code == 303


@proves(Line.MODERATORS)
def test_guessing_is_slowed_down(client: FlaskClient, engine: Service) -> None:
    """After ten failures within 15 minutes even the right password has to wait, and the page says how long."""
    visitor = Visitor(client)
    for _ in range(TRIES):
        assert visitor.sign_in(password="wrong").status_code == 403

    answer = visitor.sign_in()

    assert answer.status_code == 429
    assert 840 < int(answer.headers["Retry-After"]) <= 900
    assert "Too many failed sign-ins. Try again in 15 min." in answer.text
    assert visitor.sign_in("lee@news.example").status_code == 403
    engine.parts.queue.redis.flushall()
    assert visitor.sign_in().status_code == 303


def test_success_starts_the_count_anew(client: FlaskClient) -> None:
    """Failures before a success no longer count."""
    visitor = Visitor(client)
    for _ in range(2):
        for _ in range(TRIES - 1):
            visitor.sign_in(password="wrong")
        assert visitor.sign_in().status_code == 303
        client.delete_cookie("desk_session", path="/desk")


def test_no_address_is_kept_where_tries_are_counted(client: FlaskClient, engine: Service) -> None:
    """Tries are counted under a keyed hash, which tells neither the e-mail address nor the network address."""
    Visitor(client).sign_in(password="wrong")

    keys = list(engine.parts.queue.redis.scan_iter())

    assert len(keys) == 1
    assert EMAIL not in keys[0]
    assert "127.0.0.1" not in keys[0]


@pytest.mark.parametrize("settings", ["redis is away"], indirect=True)
def test_signing_in_works_without_redis(client: FlaskClient) -> None:
    """While Redis is away moderators still sign in, unthrottled."""
    assert Visitor(client).sign_in().status_code == 303


@pytest.mark.parametrize("settings", ["cookies over https only", "https"], indirect=True)
def test_cookies_can_be_kept_to_https(client: FlaskClient) -> None:
    """With secure_cookies, or a certificate of its own, no cookie is sent over plain http."""
    answer = client.get("/desk/login")

    assert "; Secure;" in answer.headers["Set-Cookie"]


@proves(Line.MODERATORS)
def test_cookies_are_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    """Both cookies are HttpOnly and SameSite=Lax and belong to the desk alone."""
    visitor = Visitor(client)

    for answer in (client.get("/desk/login"), visitor.sign_in()):
        cookie = answer.headers.getlist("Set-Cookie")[0]
        assert {"HttpOnly", "SameSite=Lax", "Path=/desk"} <= set(cookie.split("; "))
        assert "; Secure" not in cookie
