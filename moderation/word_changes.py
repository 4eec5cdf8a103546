"""Changing the lists of words of a site's policy: each change is a new version, or none if nothing differs.

The lists are read and written in one transaction that keeps others from changing the policy, so that of two changes at
the same moment none is lost.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from moderation import word_lists
from moderation.audit_entry import Actor
from moderation.errors import NotFoundError, StaleError
from moderation.pipeline import Parts
from moderation.policy_changes import put_policy
from moderation.policy_document import ListName, WordsPolicy
from moderation.preview import Preview, preview
from moderation.records import Site
from moderation.storage import policies, sites
from moderation.word_lists import Entry

OUTDATED = "The policy was changed since you read the words; read them again"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose lists: of a site, or of a section of it that has, or shall have, its own."""

    site_id: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Who changes something, by name for people and by id for the audit log, and which version they saw."""

    name: str
    actor: Actor
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """How an entry is to be; what is None stays."""

    list: ListName | None = None
    term: str | None = None
    deobfuscate: bool | None = None


def add(parts: Parts, place: Place, new: Sequence[Entry], who: Who, now: datetime) -> tuple[int, list[Entry]]:
    """Add what the lists lack; return the version of the policy in force then, and what was added.

    Raises:
        InvalidInputError: a term has nothing that could be found.
        StaleError: another version than the expected one is in force.
        WordsFullError: a list would be too long.
    """
    word_lists.check_terms(new)
    return _edit(parts, place, lambda words: word_lists.added(words, new), who, now)


def remove(parts: Parts, place: Place, names: Collection[str], who: Who, now: datetime) -> tuple[int, int]:
    """Remove entries by name; return the version in force then, and how many were there.

    Raises:
        NotFoundError: the lists have none of them.
        StaleError: as `add`.
    """

    def taken_out(words: WordsPolicy) -> tuple[WordsPolicy, int]:
        found = {one.id for one in word_lists.entries(words)} & set(names)
        if not found:
            raise NotFoundError(word_lists.MISSING)
        return word_lists.without(words, found), len(found)

    return _edit(parts, place, taken_out, who, now)


def change(parts: Parts, place: Place, name: str, edit: Edit, who: Who, now: datetime) -> tuple[int, Entry]:
    """Change one entry; return the version in force then, and the entry as it is.

    Raises:
        NotFoundError: the lists have no such entry.
        InvalidInputError, StaleError, WordsFullError: as `add`.
    """
    if edit.term is not None:
        word_lists.check_term(edit.term)
    return _edit(
        parts, place, lambda words: word_lists.changed(words, name, edit.list, edit.term, edit.deobfuscate), who, now
    )


def would_do(
    parts: Parts,
    site: Site,
    section: str | None,
    new: Sequence[Entry],
    gone: Collection[str],
    *,
    days: int,
    samples: int,
    now: datetime,
) -> Preview:
    """Return what the last days' comments would have met with these words, and without those."""
    word_lists.check_terms(new, "add")
    words = word_lists.without(word_lists.of_section(site.policy, section), gone)
    policy = word_lists.with_words(site.policy, section, word_lists.added(words, new)[0])
    return preview(parts, site, policy, days=days, samples=samples, now=now)


def _edit(
    parts: Parts, place: Place, edit: Callable[[WordsPolicy], tuple[WordsPolicy, Result]], who: Who, now: datetime
) -> tuple[int, Result]:
    """Put the policy with edited lists in force, if they differ; return the version in force then."""
    with parts.database.write() as connection:
        version = policies.lock_version(connection, place.site_id)
        site = sites.get_site(connection, place.site_id)
        if site is None or version is None:
            raise NotFoundError
        if who.expected_version not in {None, version}:
            raise StaleError(OUTDATED, version_now=version)
        before = word_lists.of_section(site.policy, place.section)
        after, result = edit(before)
        if after == before:
            return version, result
        policy = word_lists.with_words(site.policy, place.section, after)
        return put_policy(connection, place.site_id, policy, who.name, who.actor, now), result
