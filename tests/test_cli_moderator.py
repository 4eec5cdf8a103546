"""`moderation moderator`, on a real database."""

from moderation import accounts, clock, ids, members, second_factor, totp
from moderation.cli_admin import site
from moderation.cli_moderator import moderator
from moderation.hashing import Hasher
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.shell import run
from tests.test_cli_admin import told


def test_a_new_moderator_can_sign_in(settings: Settings) -> None:
    """`moderator add` prints a password that opens the desk, and the list shows the person without it."""
    run(site, settings, "add", "news")

    password = told(moderator, settings, "add", "news", "kim@news.example", "--name", "Kim")["password"]

    database = Database(settings.database)
    assert accounts.sign_in(database, "kim@news.example", password, clock.now()) is not None
    database.close()
    (listed,) = told(moderator, settings, "list", "news")
    assert ids.is_id(listed.pop("id"))
    assert listed.pop("signed_in") is not None
    assert listed == {"email": "kim@news.example", "name": "Kim", "role": "owner", "two_factor": False}


def test_roles_are_given_and_taken(settings: Settings) -> None:
    """The first moderator of a site owns it, the next decides; a role can be chosen, changed, and ends with removal."""
    run(site, settings, "add", "news")
    made = [told(moderator, settings, "add", "news", f"{name}@news.example")["role"] for name in ("kim", "lee")]
    run(moderator, settings, "add", "news", "vic@news.example", "--role", "viewer")

    assert "only owner" in run(moderator, settings, "role", "kim@news.example", "viewer", code=1).stderr
    run(moderator, settings, "role", "lee@news.example", "owner")
    run(moderator, settings, "sign-out", "lee@news.example")
    run(moderator, settings, "remove", "kim@news.example")

    assert made == ["owner", "moderator"]
    listed = told(moderator, settings, "list", "news")
    assert [(one["email"], one["role"]) for one in listed] == [
        ("lee@news.example", "owner"),
        ("vic@news.example", "viewer"),
    ]
    assert "There is no moderator" in run(moderator, settings, "remove", "kim@news.example", code=1).stderr


def test_an_address_belongs_to_one_moderator(settings: Settings) -> None:
    """A second moderator of the same address is refused, whatever its case."""
    run(site, settings, "add", "news")
    run(moderator, settings, "add", "news", "kim@news.example")

    refused = run(moderator, settings, "add", "news", "Kim@News.example", code=1)

    assert "There is a moderator Kim@News.example already" in refused.stderr


def test_a_lost_password_is_replaced(settings: Settings) -> None:
    """`moderator password` prints a new one once, and the old one opens nothing any more."""
    run(site, settings, "add", "news")
    first = told(moderator, settings, "add", "news", "kim@news.example")["password"]

    second = told(moderator, settings, "password", "kim@news.example")["password"]

    database = Database(settings.database)
    assert accounts.sign_in(database, "kim@news.example", first, clock.now()) is None
    assert accounts.sign_in(database, "kim@news.example", second, clock.now()) is not None
    database.close()


def test_a_lost_second_factor_is_switched_off(settings: Settings) -> None:
    """`moderator totp-off` lets the password be enough again; the list says who has one."""
    run(site, settings, "add", "news")
    password = told(moderator, settings, "add", "news", "kim@news.example")["password"]
    hasher, database = Hasher("a secret"), Database(settings.database)
    secret = second_factor.start(database, hasher, members.list_members(database, "news")[0])
    (kim,) = members.list_members(database, "news")
    code = totp.code(secret, totp.step_at(clock.now()))
    assert second_factor.turn_on(database, hasher, kim, code, "", clock.now())
    assert told(moderator, settings, "list", "news")[0]["two_factor"] is True

    run(moderator, settings, "totp-off", "kim@news.example")

    assert accounts.sign_in(database, "kim@news.example", password, clock.now()) is not None
    assert "no second factor" in run(moderator, settings, "totp-off", "kim@news.example", code=1).stderr
    database.close()
