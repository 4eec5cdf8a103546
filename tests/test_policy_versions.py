"""The versions of a policy, on SQLite and PostgreSQL."""

import threading

import pytest

from moderation import policy_versions
from moderation.errors import NotFoundError, StaleError
from moderation.pipeline import Parts
from moderation.policy_document import LengthPolicy, Mode, Policy
from moderation.storage.database import Database
from tests.build import FREE, NOW, make_parts, make_site

SHORT = Policy(length=LengthPolicy(max=7))


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the parts, with two sites of which one changed its policy twice."""
    parts = make_parts(database, redis_url)
    make_site(database, "other")
    make_site(database)
    policy_versions.put(parts, "news", SHORT, "kim", None, NOW)
    policy_versions.put(parts, "news", Policy(mode=Mode.PRE), "lee", 2, NOW)
    return parts


def test_versions_are_listed_newest_first(parts: Parts) -> None:
    """Each with who put it in force and when, a page at a time."""
    first, following = policy_versions.page(parts, "news", 2, None)
    last, end = policy_versions.page(parts, "news", 2, following)

    assert [(one.version, one.by, one.at) for one in (*first, *last)] == [
        (3, "lee", NOW), (2, "kim", NOW), (1, "set-up", NOW),
    ]  # fmt: skip
    assert (following, end) == (2, None)
    assert [one.version for one in policy_versions.page(parts, "other", 5, None)[0]] == [1]


def test_a_version_is_read_as_it_was(parts: Parts) -> None:
    """Its policy is the one that was put in force then."""
    version, policy = policy_versions.find(parts, "news", 2)

    assert (version.by, policy) == ("kim", SHORT)


@pytest.mark.parametrize(("site", "version"), [("other", 2), ("news", 4), ("news", 0), ("news", 10**30)])
def test_what_is_no_version_is_not_found(parts: Parts, site: str, version: int) -> None:
    """Neither another site's versions nor numbers that no version has."""
    with pytest.raises(NotFoundError):
        policy_versions.find(parts, site, version)
    with pytest.raises(NotFoundError):
        policy_versions.compare(parts, site, 1, version)


def test_a_version_is_compared_with_the_one_before_or_any_other(parts: Parts) -> None:
    """Differences lead from the base to the version; the first is compared with a new site's policy."""
    before = policy_versions.compare(parts, "news", 3, None)
    first = policy_versions.compare(parts, "news", 1, None)
    backwards = policy_versions.compare(parts, "news", 2, 3)

    assert before.base == 2
    assert [(one.path, one.before, one.after) for one in before.differences] == [
        ("mode", "smart", "pre"), ("length.max", 7, 300),
    ]  # fmt: skip
    assert [(one.path, one.before, one.after) for one in backwards.differences] == [
        ("mode", "pre", "smart"), ("length.max", 300, 7),
    ]  # fmt: skip
    assert (first.base, {one.path for one in first.differences}) == (None, {"limits"})
    assert FREE.limits == ()


def test_an_outdated_change_is_refused(parts: Parts) -> None:
    """Whoever expects another version is told which one is in force."""
    with pytest.raises(StaleError) as refused:
        policy_versions.put(parts, "news", SHORT, "kim", 2, NOW)

    assert refused.value.fields == {"version_now": 3}


def test_of_changes_at_the_same_moment_one_is_taken(parts: Parts) -> None:
    """All expect the version that they saw, and no change is lost unseen."""
    together, taken = threading.Barrier(6), []

    def change(number: int) -> None:
        together.wait(timeout=30)
        try:
            policy_versions.put(parts, "news", SHORT, str(number), 3, NOW)
        except StaleError:
            return
        taken.append(number)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(taken) == 1
    assert policy_versions.page(parts, "news", 1, None)[0][0].version == 4
