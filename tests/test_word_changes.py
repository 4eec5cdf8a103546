"""Changing lists of words in the database: versions, the audit log, and two changes at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation import word_changes, word_lists
from moderation.audit_entry import Actor, ActorKind, AuditAction
from moderation.errors import NotFoundError, StaleError
from moderation.policy_document import Policy
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.word_changes import Edit, Place, Who
from moderation.word_lists import Entry
from tests.build import NOW, make_parts, make_site
from tests.logbook import added

KIM = Actor(ActorKind.API_KEY, "abc")
WHO = Who("kim", KIM)
NEWS = Place("news")


def policy(database: Database) -> Policy:
    """Return the policy in force."""
    with database.read() as connection:
        site = sites.get_site(connection, "news")
    assert site is not None
    return site.policy


def test_each_change_is_a_version_with_an_entry(database: Database, redis_url: str) -> None:
    """Of which the log says only that the words differ; what changes nothing leaves nothing."""
    parts = make_parts(database, redis_url)
    make_site(database)
    one = Entry("banned", "canary")
    with added(database) as found:
        word_changes.add(parts, NEWS, [one], WHO, NOW)
        word_changes.add(parts, NEWS, [one], WHO, NOW)
        version, changed = word_changes.change(parts, NEWS, one.id, Edit("suspect"), WHO, NOW)
        word_changes.remove(parts, NEWS, [changed.id], WHO, NOW)
        with pytest.raises(NotFoundError):
            word_changes.remove(parts, NEWS, [changed.id], WHO, NOW)
        with pytest.raises(StaleError):
            word_changes.add(parts, NEWS, [one], Who("kim", KIM, 1), NOW)

    assert version == 3
    assert [(entry.action, entry.actor, dict(entry.details)) for entry in found] == [
        (AuditAction.POLICY_CHANGED, KIM, {"version": number, "parts": ["words"]}) for number in (2, 3, 4)
    ]
    assert policy(database) == make_site(database, "same").policy


def test_of_changes_at_the_same_moment_none_is_lost(database: Database, redis_url: str) -> None:
    """Each is made of the lists as the one before it left them."""
    parts = make_parts(database, redis_url)
    make_site(database)

    def put(number: int) -> None:
        word_changes.add(parts, NEWS, [Entry("banned", f"word{number}")], WHO, NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(16)))

    assert len(word_lists.entries(policy(database).words)) == 16


def test_what_is_no_site_has_no_words(database: Database, redis_url: str) -> None:
    """Nothing is made of it."""
    parts = make_parts(database, redis_url)

    with pytest.raises(NotFoundError):
        word_changes.add(parts, NEWS, [Entry("banned", "x")], WHO, NOW)
