"""The second factor at the desk: setting it up, the second page of the sign-in, switching it off."""

from datetime import datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation import accounts, clock, members, totp
from moderation.dashboard.throttle import TRIES
from moderation.model import Role
from moderation.service import Service
from tests.build import NOW
from tests.dashboard.test_account import filled
from tests.dashboard.visitor import EMAIL, PASSWORD, Page, Visitor
from tests.logbook import added

STEP = timedelta(seconds=30)


class Watch:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def code(self, secret: str) -> str:
        """Return what an app shows at this moment."""
        return totp.code(secret, totp.step_at(self.now))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Give the service's clock."""
    watch = Watch()
    monkeypatch.setattr(clock, "now", lambda: watch.now)
    return watch


def start(visitor: Visitor, password: str = PASSWORD) -> TestResponse:
    """Ask for a secret."""
    return visitor.send(visitor.get("/desk/account").form("/account/totp"), {"totp-password": password})


def secret_of(answer: TestResponse) -> str:
    """Return the secret that a page shows as text."""
    words = Page(answer.text).text
    return words.split("Secret: ")[1].split(" Open ")[0].replace(" ", "")


def turn_on(visitor: Visitor, watch: Watch) -> tuple[str, list[str]]:
    """Set a second factor up and return the secret and the recovery codes."""
    answer = start(visitor)
    secret = secret_of(answer)
    done = visitor.send(Page(answer.text).form("/totp/on"), {"totp-code": watch.code(secret)})
    assert done.status_code == 200, done.text
    watch.now += STEP
    return secret, [line.split("</code>")[0] for line in done.text.split('<li><code class="secret">')[1:]]


def give(visitor: Visitor, code: str, path: str = "/desk/login/code") -> TestResponse:
    """Fill in the second page of the sign-in."""
    return visitor.send(visitor.get(path).form("/login/code"), {"code": code})


def test_it_is_set_up_and_asked_for(visitor: Visitor, second_client: FlaskClient, watch: Watch) -> None:
    """A picture and the secret, the first code, ten codes shown once; then the password alone opens nothing."""
    answer = start(visitor)
    assert '<svg viewBox="0 0 ' in answer.text
    assert "style=" not in answer.text
    secret, codes = turn_on(visitor, watch)
    assert len(codes) == 10
    again = visitor.get("/desk/account")
    assert "10 recovery codes are left" in again.text
    assert [one for one in (*codes, secret) if one in again.html] == []

    other = Visitor(second_client)
    answer = other.sign_in(path="/desk/login?next=/desk/policy")

    assert answer.headers["Location"] == "/desk/login/code?next=/desk/policy"
    assert second_client.get_cookie("desk_session", path="/desk") is None
    assert second_client.get("/desk").status_code == 303
    assert give(other, watch.code(secret), answer.headers["Location"]).headers["Location"] == "/desk/policy"
    assert second_client.get("/desk/policy").status_code == 200
    assert second_client.get_cookie("desk_half", path="/desk") is None


def test_a_wrong_first_code_changes_nothing(visitor: Visitor, client: FlaskClient) -> None:
    """The page shows the same secret again, and the password alone still opens the desk."""
    answer = start(visitor)
    wrong = visitor.send(Page(answer.text).form("/totp/on"), {"totp-code": "000000"})

    assert wrong.status_code == 422
    assert secret_of(wrong) == secret_of(answer)
    assert "That code is not good" in wrong.text
    assert start(visitor, "wrong").status_code == 422
    client.delete_cookie("desk_session", path="/desk")
    assert Visitor(client).sign_in().headers["Location"] == "/desk"


def test_only_an_answer_to_the_password_shows_a_secret(visitor: Visitor) -> None:
    """Whoever finds the browser open sees none that its owner might switch on later."""
    secret = secret_of(start(visitor))

    assert secret[:4] not in visitor.get("/desk/account").text


def test_a_code_is_refused_the_second_time(
    visitor: Visitor, second_client: FlaskClient, app: APIFlask, watch: Watch
) -> None:
    """The same for who reads it over a shoulder: other browsers get in with the next one only."""
    secret, _ = turn_on(visitor, watch)
    first, second = Visitor(second_client), Visitor(app.test_client())
    for one in (first, second):
        one.sign_in()

    assert give(first, watch.code(secret)).status_code == 303
    again = give(second, watch.code(secret))
    assert (again.status_code, "That code is not good" in again.text) == (403, True)
    watch.now += STEP
    assert give(second, watch.code(secret)).status_code == 303


def test_a_recovery_code_lets_in_once(visitor: Visitor, second_client: FlaskClient, watch: Watch) -> None:
    """Then nine are left."""
    _, codes = turn_on(visitor, watch)
    other = Visitor(second_client)
    for status in (303, 403):
        other.sign_in()
        assert give(other, codes[0]).status_code == status
        second_client.delete_cookie("desk_session", path="/desk")

    assert "9 recovery codes are left" in visitor.get("/desk/account").text


def test_five_minutes_are_between_password_and_code(visitor: Visitor, second_client: FlaskClient, watch: Watch) -> None:
    """After them the sign-in begins anew, and says why."""
    secret, _ = turn_on(visitor, watch)
    other = Visitor(second_client)
    other.sign_in()
    form = other.get("/desk/login/code").form("/login/code")
    watch.now += timedelta(minutes=5)

    late = other.send(form, {"code": watch.code(secret)})

    assert (late.status_code, "five minutes" in late.text) == (403, True)
    assert second_client.get("/desk/login/code").headers["Location"] == "/desk/login"
    assert second_client.get_cookie("desk_session", path="/desk") is None


def test_a_password_that_changes_meanwhile_ends_the_sign_in(
    visitor: Visitor, second_client: FlaskClient, watch: Watch
) -> None:
    """Who is half in with the old one must begin with the new one."""
    secret, _ = turn_on(visitor, watch)
    other = Visitor(second_client)
    other.sign_in()
    form = other.get("/desk/login/code").form("/login/code")

    assert filled(visitor, PASSWORD, "tram tea kettle") == 303

    assert other.send(form, {"code": watch.code(secret)}).status_code == 403


def test_a_half_signed_in_browser_opens_nothing(visitor: Visitor, second_client: FlaskClient, watch: Watch) -> None:
    """Its cookie is no session, a made-up one is none either, and a form without the cookie's hash is refused."""
    secret, _ = turn_on(visitor, watch)
    Visitor(second_client).sign_in()
    half = second_client.get_cookie("desk_half", path="/desk")
    assert half is not None
    second_client.set_cookie("desk_session", half.value, path="/desk")
    assert second_client.get("/desk").status_code == 303
    code = watch.code(secret)
    assert second_client.post("/desk/login/code", data={"code": code}).status_code == 403

    for value in ("", "x", half.value[:-4] + "AAA=", "é"):
        second_client.set_cookie("desk_half", value, path="/desk")
        assert second_client.get("/desk/login/code").status_code == 303
        assert second_client.post("/desk/login/code", data={"code": code, "form_token": "0"}).status_code == 403


def test_wrong_codes_are_slowed_down(visitor: Visitor, second_client: FlaskClient, app: APIFlask, watch: Watch) -> None:
    """With the passwords, which a right password does not begin anew; and for all addresses together."""
    secret, codes = turn_on(visitor, watch)
    other = Visitor(second_client)
    for _ in range(TRIES // 2):
        other.sign_in()
        assert give(other, "000000").status_code == 403
    assert other.sign_in().status_code == 429
    assert give(other, watch.code(secret)).status_code == 429

    elsewhere = app.test_client()
    elsewhere.environ_base = {**elsewhere.environ_base, "REMOTE_ADDR": "192.0.2.7"}
    far = Visitor(elsewhere)
    far.sign_in()
    for _ in range(TRIES - TRIES // 2 - 1):
        assert give(far, "000000").status_code == 403
    stopped = give(far, watch.code(secret))
    assert (stopped.status_code, "Too many failed sign-ins" in stopped.text) == (429, True)
    assert give(far, codes[0]).status_code == 303


def test_it_is_switched_off_with_password_and_code(visitor: Visitor, watch: Watch, app: APIFlask) -> None:
    """Both must be right."""
    secret, codes = turn_on(visitor, watch)
    form = visitor.get("/desk/account").form("/totp/off")
    for password, code in (("wrong", watch.code(secret)), (PASSWORD, "000000"), (PASSWORD, "")):
        assert visitor.send(form, {"totp-password": password, "totp-code": code}).status_code == 422

    done = visitor.send(form, {"totp-password": PASSWORD, "totp-code": codes[9]})

    assert "asked for no code any more" in visitor.get(done.headers["Location"]).text
    assert Visitor(app.test_client()).sign_in().headers["Location"] == "/desk"


def test_guessing_codes_at_an_open_browser_is_slowed_down(visitor: Visitor, watch: Watch) -> None:
    """A right password does not begin the count anew."""
    turn_on(visitor, watch)
    form = visitor.get("/desk/account").form("/totp/off")

    tries = [
        visitor.send(form, {"totp-password": PASSWORD, "totp-code": "000000"}).status_code for _ in range(TRIES + 1)
    ]

    assert tries == [422] * TRIES + [429]


def test_an_owner_helps_who_lost_it(visitor: Visitor, app: APIFlask, engine: Service, watch: Watch) -> None:
    """The list says who has it; an owner switches it off for others, and not for themselves without a code."""
    accounts.add_moderator(engine.parts.database, "news", "lee@news.example", "Lee", NOW, PASSWORD, role=Role.VIEWER)
    lee = Visitor(app.test_client())
    lee.sign_in("lee@news.example")
    turn_on(lee, watch)
    page = visitor.get("/desk/moderators")
    assert "Two-factor: off" in page.text
    assert "Two-factor: on" in page.text

    with added(engine.parts.database) as found:
        answer = visitor.send(page.form("/totp-off"), {})
        turn_on(visitor, watch)
        kim = next(one.id for one in members.list_members(engine.parts.database, "news") if one.email == EMAIL)
        token = page.form("/totp-off").fields["form_token"]
        own = visitor.client.post(f"/desk/moderators/{kim}/totp-off", data={"form_token": token})

    assert "asked for no code" in visitor.get(answer.headers["Location"]).text
    assert own.headers["Location"] == "/desk/account"
    assert [one.action for one in found] == ["moderator.totp_off", "moderator.totp_on"]
    assert Visitor(app.test_client()).sign_in("lee@news.example").headers["Location"] == "/desk"
    assert "/login/code" in Visitor(app.test_client()).sign_in().headers["Location"]
