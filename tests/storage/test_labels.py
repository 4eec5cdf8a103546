"""Labels, and which sites have something to learn, on both databases."""

from datetime import timedelta

import pytest

from moderation import changes
from moderation.model import Action, DecidedBy, Decision, Reason
from moderation.pipeline import Parts, overrule
from moderation.records import Site, StoredComment, Suggested
from moderation.storage import labels, sites
from moderation.storage.database import Database
from moderation.storage.labels import Due
from tests.build import HARMLESS, NOW, comment, make_parts, make_site, post, settle_all

LATER = NOW + timedelta(seconds=60)
LEASE = timedelta(seconds=300)


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Join the parts on an empty Redis and a database with two sites."""
    joined = make_parts(database, redis_url)
    make_site(database, "blog")
    make_site(database)
    return joined


def decide(parts: Parts, text: str, action: Action = Action.REJECT, by: str = "kim") -> StoredComment:
    """Post a comment, approve it by policy and have a person decide it."""
    site = news(parts)
    one = post(parts, site, comment(text))
    settle_all(parts, site, HARMLESS)
    decision = Decision(action, DecidedBy.MODERATOR, NOW, 1, (Reason("decided", "spam"),), actor=by)
    return overrule(parts, "news", one.id, decision)


def news(parts: Parts) -> Site:
    """Return the site `news`."""
    with parts.database.read() as connection:
        site = sites.get_site(connection, "news")
    assert site
    return site


def taught(parts: Parts) -> list[tuple[str, dict[str, bool]]]:
    """Return what the site `news` was taught: texts and what they have."""
    with parts.database.read() as connection:
        return [(one.text, dict(label.attributes)) for one, label in labels.taught(connection, "news", 10)]


def claim(parts: Parts) -> Due | None:
    """Take a site to learn from, at a time when all are due."""
    with parts.database.write() as connection:
        return labels.claim(connection, LATER, LEASE, LATER)


def test_a_decision_is_a_label_and_the_last_one_counts(parts: Parts) -> None:
    """Deciding again says something else of the same text."""
    one = decide(parts, "Buy my shoes")
    assert taught(parts) == [("Buy my shoes", {"spam": True})]

    overrule(parts, "news", one.id, Decision(Action.APPROVE, DecidedBy.API, NOW, 1, actor="site"))
    assert taught(parts)[0][1]["spam"] is False
    with parts.database.read() as connection:
        assert labels.counts(connection, "news") == {"api": 1}
        assert labels.taught(connection, "blog", 10) == []


def test_a_label_is_about_one_text(parts: Parts) -> None:
    """After an edit nobody has said anything of the new text."""
    one = decide(parts, "Buy my shoes")
    changes.edit(parts, news(parts), one.id, "Read my book", NOW)

    assert taught(parts) == []


def test_erasing_a_comment_erases_what_it_taught(parts: Parts) -> None:
    """The label is gone, and the site is due for forgetting."""
    one = decide(parts, "Buy my shoes")
    first = claim(parts)
    assert first
    with parts.database.write() as connection:
        labels.done(connection, first)
    assert claim(parts) is None

    changes.erase(parts, "news", one.id, NOW)
    assert taught(parts) == []
    due = claim(parts)
    assert due
    assert due.erased


def test_erasing_what_taught_nothing_makes_nothing_due(parts: Parts) -> None:
    """A site without labels and models has nothing to forget."""
    site = news(parts)
    one = post(parts, site, comment())
    changes.erase(parts, "news", one.id, NOW)

    assert claim(parts) is None


def test_a_site_is_learnt_from_once_and_again_after_a_change(parts: Parts) -> None:
    """Who claims it has it until the lease ends; what changed meanwhile is due again."""
    decide(parts, "Buy my shoes")
    with parts.database.read() as connection:
        assert labels.any_due(connection, LATER, LATER)
        assert not labels.any_due(connection, NOW - LEASE, LATER), "it waits for more decisions first"
    due = claim(parts)
    assert due == Due("news", NOW, NOW, erased=False)
    assert claim(parts) is None

    with parts.database.write() as connection:
        labels._note(connection, "news", LATER, erased=False)  # noqa: SLF001 - as a later label does
        labels.done(connection, due)
    again = claim(parts)
    assert again == Due("news", LATER, LATER, erased=False)
    with parts.database.write() as connection:
        labels.done(connection, again)
        assert not labels.is_due(connection, "news")


def test_a_site_whose_learning_fails_again_and_again_is_left(parts: Parts) -> None:
    """After three tries it waits for its next label."""
    decide(parts, "Buy my shoes")
    now = LATER
    for _ in range(3):
        with parts.database.write() as connection:
            assert labels.give_up(connection, 3, now) == []
            assert labels.claim(connection, now, LEASE, now)
        now += LEASE + timedelta(seconds=1)
    with parts.database.write() as connection:
        assert [due.site_id for due in labels.give_up(connection, 3, now)] == ["news"]
        assert labels.claim(connection, now, LEASE, now) is None


def test_ordinary_comments_are_those_that_only_the_policy_approved(parts: Parts) -> None:
    """What a person decided is a label, and what is held may be anything."""
    decide(parts, "Buy my shoes", Action.APPROVE)
    site = news(parts)
    post(parts, site, comment("A fine article"))
    settle_all(parts, site, HARMLESS)
    post(parts, site, comment("One that still waits"))

    with parts.database.read() as connection:
        assert [one.text for one in labels.ordinary(connection, "news", 10)] == ["A fine article"]
        assert labels.ordinary(connection, "blog", 10) == []


def test_the_newest_suggestions_are_kept(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that suggests for ever fills no disk; what it says is counted as an API's, and makes its site due."""
    monkeypatch.setattr(labels, "SUGGESTIONS_KEPT", 3)
    with parts.database.write() as connection:
        for site_id, number in (("news", 5), ("blog", 2)):
            for at in range(number):
                one = Suggested(f"Text {at}", "en", {"spam": True}, "key", NOW + timedelta(seconds=at))
                labels.suggest(connection, site_id, one)

        assert [one.text for one in labels.suggested(connection, "news", 10)] == ["Text 4", "Text 3", "Text 2"]
        assert [one.text for one in labels.suggested(connection, "blog", 10)] == ["Text 1", "Text 0"]
        assert labels.counts(connection, "news") == {"api": 3}
        assert labels.given_since(connection, "news", NOW + timedelta(seconds=3)) == 1
        assert labels.is_due(connection, "news")


def test_what_is_suggested_again_takes_the_place_of_what_was(parts: Parts) -> None:
    """A program that repeats itself says a thing once, and the last word counts; another site's word is its own."""
    with parts.database.write() as connection:
        for site_id, has in (("news", True), ("blog", True), ("news", True), ("news", False)):
            labels.suggest(connection, site_id, Suggested("Buy", None, {"spam": has}, "key", NOW))

        assert [one.attributes for one in labels.suggested(connection, "news", 10)] == [{"spam": False}]
        assert [one.attributes for one in labels.suggested(connection, "blog", 10)] == [{"spam": True}]
