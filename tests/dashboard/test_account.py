"""A moderator's own password at the desk, and those that must be changed."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from moderation import accounts, clock
from moderation.audit_entry import CLI
from moderation.dashboard.throttle import TRIES
from moderation.model import Status
from moderation.records import Site
from moderation.service import Service
from moderation.storage.moderators import find_moderator
from tests.build import comment
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor, hold
from tests.logbook import added
from tests.proofs import Line, proves

NEW, LEE = "tram tea kettle", "lee@news.example"
BANNER = "Your password was made for you"


def filled(visitor: Visitor, current: str, new: str, again: str | None = None) -> int:
    """Fill in the form that changes the password and return the status of the answer."""
    form = visitor.get("/desk/account").form("/account/password")
    values = {"current": current, "new": new, "again": new if again is None else again}
    return visitor.send(form, values).status_code


def given(app: APIFlask, engine: Service, age: timedelta = timedelta(0)) -> tuple[Visitor, str]:
    """Return a browser that is signed in with a password that was made for somebody, and that password."""
    password = accounts.add_moderator(engine.parts.database, "news", LEE, "Lee", clock.now() - age)
    visitor = Visitor(app.test_client())
    visitor.sign_in(LEE, password)
    return visitor, password


def test_a_password_is_changed(visitor: Visitor, second_client: FlaskClient, engine: Service) -> None:
    """The new one opens the desk, the old one does not; other browsers are signed out, and the log knows."""
    other = Visitor(second_client)
    other.sign_in()

    with added(engine.parts.database) as found:
        assert filled(visitor, PASSWORD, NEW) == 303

    assert visitor.client.get("/desk").status_code == 200
    assert second_client.get("/desk").status_code == 303
    assert [(one.action, one.details) for one in found] == [("password.changed", {"sessions": 1})]
    assert Visitor(second_client).sign_in().status_code == 403
    assert Visitor(second_client).sign_in(password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again"),
    [("wrong", NEW, NEW), (PASSWORD, NEW, "tram tea"), (PASSWORD, "short", "short"), (PASSWORD, PASSWORD, PASSWORD)],
)
def test_a_password_stays_unless_all_is_right(visitor: Visitor, current: str, new: str, again: str) -> None:
    """The old one must be told, the new one twice; it must be another, and no weak one."""
    assert filled(visitor, current, new, again) == 422

    assert visitor.client.get("/desk").status_code == 200
    assert filled(visitor, PASSWORD, NEW) == 303


def test_guessing_the_old_password_is_slowed_down(visitor: Visitor) -> None:
    """Whoever finds an open browser cannot try passwords without end; it is the throttle of the sign-in."""
    tries = [filled(visitor, "wrong", NEW) for _ in range(TRIES + 1)]

    assert tries == [422] * TRIES + [429]


def test_a_password_that_was_made_works_under_a_banner(app: APIFlask, engine: Service, site: Site) -> None:
    """From this machine, on its first day, comments can be decided; every page says that it must be changed."""
    stored = hold(engine, site, comment())
    visitor, password = given(app, engine)

    assert all(BANNER in visitor.get(path).text for path in ("/desk", "/desk/overview", "/desk/account"))
    visitor.send(visitor.get("/desk").form("/decision"), {"action": "approve"})
    assert engine.get(site.id, stored.id).status is Status.APPROVED

    assert filled(visitor, password, NEW) == 303
    assert BANNER not in visitor.get("/desk").text


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    ("environ", "age"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, timedelta(0)),
        ({"REMOTE_ADDR": "::ffff:192.0.2.7"}, timedelta(0)),
        ({"REMOTE_ADDR": ""}, timedelta(0)),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, timedelta(0)),
        ({"HTTP_FORWARDED": "for=192.0.2.7"}, timedelta(0)),
        ({}, timedelta(hours=24)),
    ],
)
def test_elsewhere_or_later_it_only_changes_itself(
    app: APIFlask, engine: Service, site: Site, environ: dict[str, str], age: timedelta
) -> None:
    """From other machines, through a proxy or after a day each page leads to the form, and no form is done."""
    stored = hold(engine, site, comment())
    visitor, password = given(app, engine, age)
    with visitor.client as client:
        client.environ_base = {**client.environ_base, **environ}
        form = visitor.get("/desk/account").form("/logout")
        decided = client.post(
            f"/desk/comments/{stored.id}/decision",
            data={**form.fields, "action": "approve", "expected_revision": "1", "expected_status": "held"},
        )

        assert client.get("/desk").headers["Location"] == decided.headers["Location"] == "/desk/account"
        assert engine.get(site.id, stored.id).status is Status.HELD
        assert filled(visitor, password, NEW) == 303
        assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_several_addresses(app: APIFlask, engine: Service, site: Site, address: str) -> None:
    """IPv4 and IPv6, also the one written as the other."""
    assert site.id == "news"
    visitor, _ = given(app, engine)

    assert visitor.client.get("/desk", environ_base={"REMOTE_ADDR": address}).status_code == 200


def test_a_lost_password_is_replaced(app: APIFlask, engine: Service, visitor: Visitor) -> None:
    """A new one is made, the old one and all sessions end, and it must be changed."""
    database, now = engine.parts.database, clock.now()
    with database.read() as connection:
        kim = find_moderator(connection, EMAIL)
    assert kim is not None

    password = accounts.give_password(database, kim, now, CLI)

    assert visitor.client.get("/desk").status_code == 303
    again = Visitor(app.test_client())
    assert again.sign_in().status_code == 403
    assert again.sign_in(password=password).status_code == 303
    assert BANNER in again.get("/desk").text
