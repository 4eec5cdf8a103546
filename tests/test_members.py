"""Roles of moderators, the end of their sessions, and their removal."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation import accounts, members
from moderation.audit_entry import CLI
from moderation.errors import LastOwnerError, NotFoundError
from moderation.model import Role
from moderation.storage.database import Database
from tests.build import NOW, make_site
from tests.logbook import added

KIM, LEE = "kim@news.example", "lee@news.example"


def join(database: Database, email: str, role: Role) -> str:
    """Add a moderator and return the id."""
    accounts.add_moderator(database, "news", email, email, NOW, "correct horse battery", role=role)
    return next(one.id for one in members.list_members(database, "news") if one.email == email)


def roles(database: Database) -> dict[str, Role]:
    """Return who has which role."""
    return {one.email: one.role for one in members.list_members(database, "news")}


def test_a_role_is_changed_and_logged(database: Database) -> None:
    """The log says what the role was and is; a role that stays leaves nothing."""
    make_site(database)
    join(database, KIM, Role.OWNER)
    lee = join(database, LEE, Role.VIEWER)

    with added(database) as found:
        members.change_role(database, "news", lee, Role.MODERATOR, NOW, CLI)
        members.change_role(database, "news", lee, Role.MODERATOR, NOW, CLI)

    assert roles(database)[LEE] is Role.MODERATOR
    assert [(one.action, one.subject, one.details) for one in found] == [
        ("moderator.changed", lee, {"role": "moderator", "role_before": "viewer"})
    ]


def test_the_last_owner_stays_one(database: Database) -> None:
    """The only owner can be neither demoted nor removed; with a second one, either can."""
    make_site(database)
    kim, lee = join(database, KIM, Role.OWNER), join(database, LEE, Role.MODERATOR)

    with pytest.raises(LastOwnerError):
        members.change_role(database, "news", kim, Role.VIEWER, NOW, CLI)
    with pytest.raises(LastOwnerError):
        members.remove(database, "news", kim, NOW, CLI)
    members.change_role(database, "news", kim, Role.OWNER, NOW, CLI)
    members.change_role(database, "news", lee, Role.OWNER, NOW, CLI)
    members.remove(database, "news", kim, NOW, CLI)

    assert roles(database) == {LEE: Role.OWNER}


def test_two_owners_cannot_demote_each_other(database: Database) -> None:
    """Of two that are demoted at the same moment one stays owner."""
    make_site(database)
    both = [join(database, KIM, Role.OWNER), join(database, LEE, Role.OWNER)]

    def demote(one: str) -> bool:
        try:
            members.change_role(database, "news", one, Role.VIEWER, NOW, CLI)
        except LastOwnerError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(demote, both))

    assert sorted(done) == [False, True]
    assert sorted(roles(database).values()) == [Role.OWNER, Role.VIEWER]


def test_who_is_removed_is_signed_out(database: Database) -> None:
    """Sessions end at once with the removal, and by themselves; the log counts them."""
    make_site(database)
    join(database, KIM, Role.OWNER)
    lee = join(database, LEE, Role.MODERATOR)
    first, second = (accounts.sign_in(database, LEE, "correct horse battery", NOW) for _ in range(2))
    assert first
    assert second

    with added(database) as found:
        assert members.end_sessions(database, "news", lee, NOW, CLI) == 2
        third = accounts.sign_in(database, LEE, "correct horse battery", NOW)
        assert third
        members.remove(database, "news", lee, NOW, CLI)

    assert [accounts.signed_in(database, one, NOW) for one in (first, second, third)] == [None] * 3
    assert [one.action for one in found] == ["sessions.ended", "session.opened", "moderator.removed"]


def test_moderators_of_other_sites_are_not_there(database: Database) -> None:
    """Roles, sessions and removal know only the moderators of the site."""
    make_site(database)
    make_site(database, "other")
    kim = join(database, KIM, Role.OWNER)

    with pytest.raises(NotFoundError):
        members.change_role(database, "other", kim, Role.VIEWER, NOW, CLI)
    with pytest.raises(NotFoundError):
        members.remove(database, "other", kim, NOW, CLI)
    with pytest.raises(NotFoundError):
        members.end_sessions(database, "other", kim, NOW, CLI)
