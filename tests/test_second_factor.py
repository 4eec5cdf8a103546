"""Second factors of moderators, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from moderation import accounts, members, second_factor, totp
from moderation.audit_entry import CLI, Actor, ActorKind
from moderation.auditing import verify
from moderation.errors import NotFoundError
from moderation.hashing import Hasher
from moderation.storage import moderators
from moderation.storage.database import Database
from moderation.storage.moderators import Moderator
from moderation.storage.tables import moderators as table
from moderation.storage.tables import recovery_codes
from tests.build import NOW, make_site
from tests.logbook import added, dumped

HASHER, STEP = Hasher("a secret of the service"), timedelta(seconds=30)
EMAIL, PASSWORD = "kim@news.example", "correct horse battery"


def kim(database: Database) -> Moderator:
    """Return the moderator as they are now."""
    with database.read() as connection:
        found = moderators.find_moderator(connection, EMAIL)
    assert found is not None
    return found


def join(database: Database) -> tuple[str, list[str]]:
    """Make a site whose moderator has a second factor; return the secret and the recovery codes."""
    make_site(database)
    accounts.add_moderator(database, "news", EMAIL, "Kim", NOW, PASSWORD)
    secret = second_factor.start(database, HASHER, kim(database))
    codes = second_factor.turn_on(database, HASHER, kim(database), code(secret, NOW), "", NOW)
    assert codes is not None
    return secret, codes


def code(secret: str, at: datetime) -> str:
    """Return what an app shows at a moment."""
    return totp.code(secret, totp.step_at(at))


def enter(database: Database, typed: str, at: datetime) -> bool:
    """Tell whether a code lets in whoever knew the password."""
    with pytest.raises(accounts.CodeNeededError) as needed:
        accounts.sign_in(database, EMAIL, PASSWORD, at)
    token = second_factor.sign_in(database, HASHER, needed.value.moderator, typed, at)
    return token is not None and accounts.signed_in(database, token, at) is not None


def test_nothing_is_asked_before_the_first_right_code(database: Database) -> None:
    """A secret that was only shown changes nothing; the last one that was shown is the one that counts."""
    make_site(database)
    accounts.add_moderator(database, "news", EMAIL, "Kim", NOW, PASSWORD)
    first, second = (second_factor.start(database, HASHER, kim(database)) for _ in range(2))

    for typed in ("", "000000", code(first, NOW), code(second, NOW + 2 * STEP)):
        assert second_factor.turn_on(database, HASHER, kim(database), typed, "", NOW) is None
    assert accounts.sign_in(database, EMAIL, PASSWORD, NOW) is not None

    assert second_factor.turn_on(database, HASHER, kim(database), code(second, NOW), "", NOW) is not None
    with pytest.raises(accounts.CodeNeededError):
        accounts.sign_in(database, EMAIL, PASSWORD, NOW)


def test_a_second_setup_does_not_replace_one_that_is_on(database: Database) -> None:
    """It is switched off first; two requests at once switch on once."""
    secret, _ = join(database)

    other = second_factor.start(database, HASHER, kim(database))

    assert second_factor.turn_on(database, HASHER, kim(database), code(other, NOW), "", NOW) is None
    assert enter(database, code(secret, NOW + STEP), NOW + STEP)


def test_a_code_is_good_once(database: Database) -> None:
    """Not the one that switched it on, none twice, and none of an earlier step than the last."""
    secret, _ = join(database)
    later = NOW + 10 * STEP

    assert not enter(database, code(secret, NOW), NOW)
    assert enter(database, code(secret, later), later)
    assert not enter(database, code(secret, later), later)
    assert not enter(database, code(secret, later - STEP), later)
    assert enter(database, code(secret, later + STEP), later)
    assert not enter(database, code(secret, later + STEP), later + STEP)


def test_of_two_at_once_with_one_code_one_gets_in(database: Database) -> None:
    """A code that is read over a shoulder is worth nothing, however fast it is sent; a recovery code neither."""
    secret, recovery = join(database)
    later = NOW + STEP
    for typed in (code(secret, later), recovery[0]):
        one = kim(database)
        with ThreadPoolExecutor(4) as pool:
            tokens = list(pool.map(lambda _, t=typed, m=one: enter_as(database, m, t, later), range(4)))

        assert sorted(tokens) == [False, False, False, True]


def enter_as(database: Database, moderator: Moderator, typed: str, at: datetime) -> bool:
    """Tell whether a code lets in somebody who was read before."""
    return second_factor.sign_in(database, HASHER, moderator, typed, at) is not None


def test_each_recovery_code_lets_in_once(database: Database) -> None:
    """Ten of them, each audited with how many are left; a wrong one is refused."""
    _, codes = join(database)
    assert len(set(codes)) == second_factor.codes_left(database, kim(database)) == 10

    with added(database) as found:
        assert enter(database, codes[3].upper().replace("-", " "), NOW)
        assert not enter(database, codes[3], NOW)
        assert not enter(database, "", NOW)

    me = Actor(ActorKind.MODERATOR, kim(database).id)
    assert [(one.action, one.actor, one.details) for one in found] == [
        ("moderator.recovery_used", me, {"left": 9}),
        ("session.opened", me, {}),
        ("session.refused", Actor(ActorKind.NOBODY), {}),
        ("session.refused", Actor(ActorKind.NOBODY), {}),
    ]
    assert verify(database, "news").broken is None


def test_it_is_switched_off_with_a_code(database: Database) -> None:
    """Not with a wrong one; then the password is enough, and the old recovery codes open nothing later."""
    secret, codes = join(database)
    later = NOW + STEP

    with added(database) as found:
        assert not second_factor.turn_off(database, HASHER, kim(database), code(secret, NOW), later)
        assert second_factor.turn_off(database, HASHER, kim(database), code(secret, later), later)
        assert not second_factor.turn_off(database, HASHER, kim(database), codes[0], later)

    assert accounts.sign_in(database, EMAIL, PASSWORD, later) is not None
    assert [one.action for one in found] == ["moderator.totp_off"]
    assert second_factor.codes_left(database, kim(database)) == 0


def test_switching_on_ends_other_sessions(database: Database) -> None:
    """Whoever was in with the password alone is out, but for the session that switched it on."""
    make_site(database)
    accounts.add_moderator(database, "news", EMAIL, "Kim", NOW, PASSWORD)
    mine, other = (str(accounts.sign_in(database, EMAIL, PASSWORD, NOW)) for _ in range(2))
    secret = second_factor.start(database, HASHER, kim(database))

    with added(database) as found:
        second_factor.turn_on(database, HASHER, kim(database), code(secret, NOW), mine, NOW)

    assert accounts.signed_in(database, mine, NOW) is not None
    assert accounts.signed_in(database, other, NOW) is None
    assert [(one.action, one.details) for one in found] == [("moderator.totp_on", {"sessions": 1})]


def test_who_lost_all_is_helped(database: Database) -> None:
    """From a shell or by an owner of the same site, never by another site; it is told who did."""
    join(database)
    make_site(database, "other")
    with pytest.raises(NotFoundError):
        second_factor.turn_off_for(database, "other", kim(database).id, NOW, CLI)

    with added(database) as found:
        assert [second_factor.turn_off_for(database, "news", kim(database).id, NOW, CLI) for _ in range(2)] == [
            True,
            False,
        ]

    assert [(one.action, one.actor, one.subject) for one in found] == [("moderator.totp_off", CLI, kim(database).id)]
    assert accounts.sign_in(database, EMAIL, PASSWORD, NOW) is not None


def test_who_is_removed_leaves_no_codes(database: Database) -> None:
    """They go with the moderator."""
    join(database)
    with database.write() as connection:
        moderators.remove_moderator(connection, "news", kim(database).id)

    with database.read() as connection:
        assert connection.execute(recovery_codes.select()).all() == []


def test_the_database_alone_gives_no_code(database: Database) -> None:
    """The secret is sealed, recovery codes are hashes, and the audit log has neither."""
    secret, codes = join(database)
    with database.read() as connection:
        kept = str([connection.execute(one.select()).all() for one in (table, recovery_codes)]) + dumped(database)

    assert [one for one in (secret, *codes, *(one.replace("-", "") for one in codes)) if one in kept] == []


def test_under_another_secret_of_the_service_recovery_codes_still_work(database: Database) -> None:
    """A sealed secret that cannot be read refuses every code, and nothing breaks."""
    secret, codes = join(database)
    other, later = Hasher("another"), NOW + STEP

    assert second_factor.sign_in(database, other, kim(database), code(secret, later), later) is None
    assert second_factor.sign_in(database, other, kim(database), codes[0], later) is not None


def test_a_new_password_leaves_it_on(database: Database) -> None:
    """A new password made by a shell does not take the second factor away."""
    join(database)

    password = accounts.give_password(database, kim(database), NOW, CLI)

    with pytest.raises(accounts.CodeNeededError):
        accounts.sign_in(database, EMAIL, password, NOW)
    assert [one.totp_on_at for one in members.list_members(database, "news")] == [NOW]
