"""Passwords and sessions of moderators."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import extract_parameters

from moderation import accounts
from moderation.errors import AddressTakenError, UnavailableError
from moderation.storage.database import Database
from moderation.storage.moderators import find_moderator, hash_token
from moderation.storage.tables import moderators, sessions
from tests.build import NOW, make_site
from tests.proofs import Line, proves

EMAIL = "kim@news.example"


def join(database: Database, password: str | None = None) -> str:
    """Make a site with one moderator and return the password."""
    make_site(database)
    return accounts.add_moderator(database, "news", EMAIL, "Kim", NOW, password)


def test_a_moderator_signs_in_with_the_password_that_was_made(database: Database) -> None:
    """The generated password opens a session of that moderator, whatever the case of the address."""
    password = join(database)

    token = accounts.sign_in(database, " Kim@News.example ", password, NOW)

    assert token is not None
    moderator = accounts.signed_in(database, token, NOW)
    assert moderator is not None
    assert (moderator.email, moderator.name, moderator.site_id) == (EMAIL, "Kim", "news")


def test_a_password_can_be_chosen(database: Database) -> None:
    """A given password is the moderator's password."""
    assert join(database, "correct horse battery staple") == "correct horse battery staple"

    assert accounts.sign_in(database, EMAIL, "correct horse battery staple", NOW) is not None


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        ("lee@news.example", "right"),
        ("", "right"),
        ("a\0b", "right"),
        (EMAIL, "x" * 9999),
    ],
)
def test_nobody_else_signs_in(database: Database, email: str, password: str) -> None:
    """A wrong password or an unknown address opens no session."""
    join(database, "right")

    assert accounts.sign_in(database, email, password, NOW) is None


@proves(Line.MODERATORS)
def test_a_session_ends_by_itself(database: Database) -> None:
    """A token is worth nothing once its 12 hours are over."""
    token = accounts.sign_in(database, EMAIL, join(database), NOW)

    assert token is not None
    assert accounts.signed_in(database, token, NOW + timedelta(hours=12, seconds=-1)) is not None
    assert accounts.signed_in(database, token, NOW + timedelta(hours=12)) is None


@proves(Line.MODERATORS)
def test_a_session_ends_when_its_moderator_signs_out(database: Database) -> None:
    """Signing out ends that session at once, and no other."""
    password = join(database)
    first, second = (accounts.sign_in(database, EMAIL, password, NOW) for _ in range(2))
    assert first is not None
    assert second is not None

    accounts.sign_out(database, first)

    assert accounts.signed_in(database, first, NOW) is None
    assert accounts.signed_in(database, second, NOW) is not None


@proves(Line.MODERATORS)
def test_neither_password_nor_token_is_stored(database: Database) -> None:
    """The database holds an argon2id hash of the password and a SHA-256 of the token."""
    password = join(database)
    token = accounts.sign_in(database, EMAIL, password, NOW)

    with database.read() as connection:
        kept = str([connection.execute(table.select()).all() for table in (moderators, sessions)])

    assert token is not None
    assert token not in kept
    assert password not in kept
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert hash_token(token) in kept


@proves(Line.MODERATORS)
def test_an_unknown_address_costs_as_much_as_a_wrong_password(database: Database) -> None:
    """What nobody's password is compared with was hashed with the same parameters as everybody's."""
    join(database)
    with database.read() as connection:
        moderator = find_moderator(connection, EMAIL)

    assert moderator is not None
    assert extract_parameters(accounts.NOBODYS_HASH) == extract_parameters(moderator.password_hash)


@proves(Line.MODERATORS)
def test_few_hashes_are_made_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds every place taken is told to try again, so that sign-ins cannot fill the memory."""
    password = join(database)
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(accounts, "_slots", taken)

    with pytest.raises(UnavailableError) as refused:
        accounts.sign_in(database, EMAIL, password, NOW, patience=0.01)

    assert refused.value.retry_after == 5


@proves(Line.MODERATORS)
def test_an_address_that_is_given_twice_at_once_is_given_once(database: Database) -> None:
    """Whoever comes second is told so, whichever came first."""
    site, together = make_site(database), threading.Barrier(2)

    def add(email: str) -> bool:
        together.wait()
        try:
            accounts.add_moderator(database, site.id, email, "Kim", NOW, "correct horse battery staple")
        except AddressTakenError:
            return False
        return True

    with ThreadPoolExecutor(2) as callers:
        assert sorted(callers.map(add, ["kim@new.example", "KIM@new.example"])) == [False, True]
