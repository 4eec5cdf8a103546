"""Learning from decisions, with the shipped models, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation import changes
from moderation.clusters import decide_cluster
from moderation.model import Action, DecidedBy, Decision, Reason
from moderation.pipeline import Parts, overrule
from moderation.policy_document import Policy
from moderation.records import ModelState, Site, SiteModel, Suggested
from moderation.settings import Settings
from moderation.storage import labels, site_models, sites
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, comment, make_parts, make_site, post, settle_all
from workers.learning import learner
from workers.learning.fit import KEY_BOUND
from workers.learning.learner import learn_due, spread
from workers.learning.serve import SiteModels, odds_of
from workers.scoring import Scorers
from workers.scoring.text import Text

CLUSTER = "01940000-0000-7000-8000-000000000001"
NOW_OR_EARLIER = timedelta(0)
SHOPS = ("grandmother", "sister", "neighbour", "old teacher", "dentist")
WORDS = ("yesterday", "last week", "in the spring", "on Monday", "after the match")
CAMPAIGN = [
    f"My {who} found the garden chairs of Lindqvist {when} and the whole street wants them, look for Lindqvist chairs"
    for who in SHOPS
    for when in WORDS
]
ORDINARY = [f"The {number}th stop of the bus is nearer to the school than the article says." for number in range(3, 33)]


@pytest.fixture(scope="session")
def scorers() -> Scorers:
    """Give the shipped models."""
    return Scorers.load(Settings())


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the pipeline's parts on an empty database."""
    return make_parts(database, redis_url)


def publish(parts: Parts, site: Site, texts: list[str]) -> list[str]:
    """Post comments, of which the policy approves all, and return their ids."""
    made = [post(parts, site, comment(text)).id for text in texts]
    settle_all(parts, site, HARMLESS)
    return made


def reject(parts: Parts, ids: list[str], by: DecidedBy = DecidedBy.MODERATOR) -> None:
    """Reject comments as spam."""
    for one in ids:
        overrule(parts, "news", one, Decision(Action.REJECT, by, NOW, 1, (Reason("decided", "spam"),), actor="kim"))


def spam_of(parts: Parts, scorers: Scorers, texts: list[str]) -> list[float]:
    """Return the spam scores that a worker would give comments of the site."""
    asked = [("news", text, one) for text, one in zip(texts, scorers.score([Text(t) for t in texts]), strict=True)]
    return [
        one.scores["spam"] if one.scores["spam"] is not None else float("nan")
        for one in SiteModels(parts.database, scorers.models).correct(asked)
    ]


def held_or_at_the_bound(parts: Parts, scorers: Scorers, texts: list[str]) -> list[bool]:
    """Return for each text whether it is held, or scores higher by as much as API keys may move a text."""
    shipped = [one.scores["spam"] or 0.0 for one in scorers.score([Text(text) for text in texts])]
    return [
        after >= 0.8 or odds_of(after) - odds_of(before) >= KEY_BOUND - 0.01
        for before, after in zip(shipped, spam_of(parts, scorers, texts), strict=True)
    ]


def history(parts: Parts) -> list[SiteModel]:
    """Return the site's models for spam, newest first."""
    with parts.database.read() as connection:
        return site_models.history(connection, "news", "spam", 10)


@pytest.mark.parametrize("by", [DecidedBy.MODERATOR, DecidedBy.API])
def test_twenty_decisions_on_a_new_kind_of_spam_find_the_next_ones(
    parts: Parts, scorers: Scorers, by: DecidedBy
) -> None:
    """Before, none is held; afterwards all are that may be moved so far, and ordinary comments score as before."""
    site = make_site(parts.database)
    publish(parts, site, ORDINARY[:20])
    assert max(spam_of(parts, scorers, CAMPAIGN)) < 0.8
    before = spam_of(parts, scorers, ORDINARY[20:])

    reject(parts, publish(parts, site, CAMPAIGN[:20]), by)
    assert learn_due(parts.database, scorers, NOW_OR_EARLIER) == 1

    assert [one.state for one in history(parts)] == [ModelState.IN_FORCE]
    if by is DecidedBy.MODERATOR:
        assert min(spam_of(parts, scorers, CAMPAIGN[20:])) >= 0.8
    assert all(held_or_at_the_bound(parts, scorers, CAMPAIGN[20:]))
    assert max(spam_of(parts, scorers, ORDINARY[20:])) < max(0.1, *before)
    assert learn_due(parts.database, scorers, NOW_OR_EARLIER) == 0, "nothing is due any more"


def test_decisions_that_change_nothing_make_no_model(parts: Parts, scorers: Scorers) -> None:
    """A site whose moderators agree with the shipped model needs none of its own."""
    site = make_site(parts.database)
    for one in publish(parts, site, ORDINARY[:8]):
        overrule(parts, "news", one, Decision(Action.APPROVE, DecidedBy.MODERATOR, NOW, 1, actor="kim"))

    assert learn_due(parts.database, scorers, NOW_OR_EARLIER) == 1
    assert history(parts) == []


def test_too_few_decisions_are_refused_and_say_why(parts: Parts, scorers: Scorers) -> None:
    """Three are no proof; the refusal is kept with its figures."""
    site = make_site(parts.database)
    reject(parts, publish(parts, site, CAMPAIGN[:3]))
    learn_due(parts.database, scorers, NOW_OR_EARLIER)

    (refused,) = history(parts)
    assert refused.state is ModelState.REFUSED
    assert refused.why.startswith("not surely better")
    assert max(spam_of(parts, scorers, CAMPAIGN)) < 0.8


def test_erasing_forgets(parts: Parts, scorers: Scorers) -> None:
    """When the comments that taught it are erased, the model goes, too, and no weights of it are kept."""
    site = make_site(parts.database)
    made = publish(parts, site, CAMPAIGN[:20])
    reject(parts, made)
    learn_due(parts.database, scorers, NOW_OR_EARLIER)
    for one in made[3:]:
        changes.erase(parts, "news", one, NOW)
    learn_due(parts.database, scorers, NOW_OR_EARLIER)

    assert max(spam_of(parts, scorers, CAMPAIGN)) < 0.8
    with parts.database.read() as connection:
        assert site_models.in_force(connection, "news") == {}
        kept = connection.exec_driver_sql("SELECT count(*) FROM site_models WHERE weights IS NOT NULL").scalar_one()
    assert kept == 0


def test_what_was_rolled_back_rests(parts: Parts, scorers: Scorers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few more decisions do not bring it back; enough of them do."""
    monkeypatch.setattr(learner, "AFTER_ROLL_BACK", 4)
    site = make_site(parts.database)
    reject(parts, publish(parts, site, CAMPAIGN[:17]))
    learn_due(parts.database, scorers, NOW_OR_EARLIER)
    with parts.database.write() as connection:
        assert site_models.roll_back(connection, "news", "spam", NOW - timedelta(seconds=1))
        connection.exec_driver_sql("UPDATE labels SET at = at - 60000000")

    reject(parts, publish(parts, site, CAMPAIGN[17:20]))
    learn_due(parts.database, scorers, NOW_OR_EARLIER)
    assert [one.state for one in history(parts)] == [ModelState.ROLLED_BACK]

    reject(parts, publish(parts, site, CAMPAIGN[20:]))
    learn_due(parts.database, scorers, NOW_OR_EARLIER)
    assert history(parts)[0].state is ModelState.IN_FORCE


def test_copies_decided_at_once_are_one_opinion(parts: Parts) -> None:
    """A raid that was decided as one does not drown everything else; copies decided singly all count."""
    site = make_site(parts.database)
    made = publish(parts, site, CAMPAIGN[:9])
    with parts.database.write() as connection:
        connection.exec_driver_sql("UPDATE comments SET cluster_id = '01940000-0000-7000-8000-000000000001'")
    decision = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, (Reason("decided", "spam"),), actor="kim")
    decide_cluster(parts, "news", CLUSTER, decision)

    def kept() -> int:
        with parts.database.read() as connection:
            return len(spread(labels.taught(connection, "news", 100)))

    assert kept() == learner.COPIES
    for at, one in enumerate(made):
        overrule(parts, "news", one, replace(decision, at=NOW + timedelta(seconds=at)))
    assert kept() == len(made)


@pytest.mark.parametrize("why", ["it rests", "nothing judges it", "there are no anchors", "learning fails"])
def test_erasing_forgets_also_what_is_not_learnt_any_more(
    parts: Parts, scorers: Scorers, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """A model that was rolled back to, whose attribute is judged no longer, or that cannot be made anew, goes, too."""
    site = make_site(parts.database)
    made = publish(parts, site, CAMPAIGN[:20])
    reject(parts, made)
    learn_due(parts.database, scorers, NOW_OR_EARLIER)
    if why == "it rests":
        with parts.database.write() as connection:
            again = site_models.weighted(connection, "news")["spam"]
            site_models.add(connection, replace(again.model, version=2), again.weights)
            site_models.roll_back(connection, "news", "spam", NOW)
    elif why == "nothing judges it":
        with parts.database.write() as connection:
            sites.put_policy(connection, "news", Policy(thresholds={}), "test", NOW)
    with parts.database.read() as connection:
        assert set(site_models.in_force(connection, "news")) == {"spam"}

    changes.erase(parts, "news", made[0], NOW)
    if why == "learning fails":
        monkeypatch.setattr(learner, "TRIES", 0)
        monkeypatch.setattr(learner, "LEASE", timedelta(seconds=-1))
        with parts.database.write() as connection:
            labels.claim(connection, NOW, timedelta(seconds=-1), NOW)
    others = Scorers([], scorers._detector)  # noqa: SLF001 - scorers of other names
    learn_due(parts.database, others if why == "there are no anchors" else scorers, NOW_OR_EARLIER)

    with parts.database.read() as connection:
        assert site_models.in_force(connection, "news") == {}
        kept = connection.exec_driver_sql("SELECT count(*) FROM site_models WHERE weights IS NOT NULL").scalar_one()
    assert kept == 0


def test_nothing_is_learnt_with_models_that_have_no_anchors(parts: Parts, scorers: Scorers) -> None:
    """Without examples of what the shipped models know a fit could forget it."""
    other = Scorers([], scorers._detector)  # noqa: SLF001 - scorers of other names
    site = make_site(parts.database)
    reject(parts, publish(parts, site, CAMPAIGN[:20]))

    assert learn_due(parts.database, other, NOW_OR_EARLIER) == 1
    assert history(parts) == []


def test_suggestions_teach_as_decisions_do(parts: Parts, scorers: Scorers) -> None:
    """Perspective's suggestscore says what a text has, though it is no comment of the site's."""
    site = make_site(parts.database)
    publish(parts, site, ORDINARY[:20])
    with parts.database.write() as connection:
        for text in CAMPAIGN[:20]:
            labels.suggest(connection, "news", Suggested(text, "en", {"spam": True}, "key", NOW))
    learn_due(parts.database, scorers, NOW_OR_EARLIER)

    assert [one.state for one in history(parts)] == [ModelState.IN_FORCE]
    assert all(held_or_at_the_bound(parts, scorers, CAMPAIGN[20:]))
