"""What a changed policy would have done, on SQLite and PostgreSQL."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from moderation import changes, ids, preview, rules
from moderation.errors import UnavailableError
from moderation.intake import Received
from moderation.model import Action, Cluster, Comment, DecidedBy, Decision, Facts, Length, LengthUnit, Scored, Thread
from moderation.pipeline import Parts, overrule, receive, settle
from moderation.policy import TRIES, decide
from moderation.policy_document import (
    LengthPolicy,
    LinksPolicy,
    Mode,
    Policy,
    RaidsPolicy,
    SectionPolicy,
    Threshold,
    Unknown,
    Word,
    WordsPolicy,
)
from moderation.preview import Preview
from moderation.records import Site, StoredComment
from moderation.rules import length, links, words
from moderation.storage import comments, tables
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from moderation.text import count, normalise
from tests.build import FREE, HARMLESS, NOW, comment, make_parts, make_site, prepared

CLUB = WordsPolicy(suspect=(Word("harbour", deobfuscate=True),))
BASE = replace(FREE, words=CLUB, sections={"letters": SectionPolicy(mode=Mode.PRE)})
TEXTS = (
    "The road to the harbour is open again",
    "See news.example and more.example and also other.example",
    "Ａ fine day 👍🏽👍🏽👍🏽 for everybody, thank you so much",
    "Thank you",
    "A stupid h4rb0ur, if you ask me",
)
SCORES: tuple[dict[str, float | None], ...] = (
    {},
    {"toxicity": 0.7},
    {"toxicity": 0.97, "insult": 0.8},
    {"spam": 0.5},
    {"toxicity": None},
    {"threat": 0.45, "identity_attack": 0.5},
)
POLICIES = {
    "the same": BASE,
    "thresholds": replace(BASE, thresholds={"toxicity": Threshold(hold=0.8, reject=0.9), "spam": Threshold(hold=0.4)}),
    "no thresholds": replace(BASE, thresholds={}),
    "pre": replace(BASE, mode=Mode.PRE),
    "post": replace(BASE, mode=Mode.POST),
    "unknown": replace(BASE, unknown=Unknown.APPROVE),
    "no words": replace(BASE, words=WordsPolicy()),
    "words": replace(BASE, words=WordsPolicy(banned=(Word("stupid"),), suspect=CLUB.suspect)),
    "links": replace(BASE, links=LinksPolicy(max=5, banned_domains=("more.example",))),
    "shorter": replace(BASE, length=LengthPolicy(min=12, max=40)),
    "unit": replace(BASE, length=LengthPolicy(max=50, unit=LengthUnit.UTF16)),
    "section": replace(BASE, sections={"letters": SectionPolicy(thresholds={"spam": Threshold(hold=0.3)})}),
    "section's words": replace(BASE, sections={"letters": SectionPolicy(words=WordsPolicy(banned=(Word("you"),)))}),
    "all": Policy(mode=Mode.PRE, words=WordsPolicy(banned=(Word("road"),)), length=LengthPolicy(min=10, max=45)),
}


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the parts."""
    return make_parts(database, redis_url)


@pytest.fixture
def site(parts: Parts) -> Site:
    """Give a site whose comments hold a suspect word, links, short texts and every kind of score, in two sections."""
    site = make_site(parts.database, policy=BASE)
    for number, text in enumerate(TEXTS * 6):
        given = Scored(scores={**HARMLESS.scores, **SCORES[number % len(SCORES)]})
        made = Comment(text, Thread(f"t{number % 4}", section="letters" if number % 4 == 0 else None))
        at = NOW - timedelta(minutes=70 * (30 - number))  # further apart than repetitions count
        settled(parts, site, made, given, at)
    return site


def settled(parts: Parts, site: Site, made: Comment, scored: Scored, at: datetime, **more: object) -> None:
    """Store a comment and settle it, at a moment."""
    (outcome,) = receive(parts, site, [prepared(parts, site, made, at, **more)], at)
    assert isinstance(outcome, Received), outcome
    settle(parts, [(outcome.comment, scored)], {site.id: site}, at)


def of(parts: Parts, site: Site, policy: Policy, days: int = 30, samples: int = 3) -> Preview:
    """Return a preview."""
    return preview.preview(parts, site, policy, days=days, samples=samples, now=NOW)


def all_of(parts: Parts, site: Site) -> Sequence[StoredComment]:
    """Return every comment of a site, whole."""
    with parts.database.read() as connection:
        return comments.list_page(connection, site.id, Filter(), limit=1000, before_id=None)


def decided(one: StoredComment, policy: Policy) -> Decision:
    """Return what `decide` says of a stored comment, with everything that reads its text run again."""
    its = policy.for_section(one.thread.section)
    measured = Length(count(one.text, its.length.unit), its.length.max, its.length.unit)
    draft = rules.Draft(comment(one.text, thread="t"), normalise(one.text), its, Facts(), measured)
    kept = [finding for finding in one.findings if finding.rule in {"limits", "duplicates"}]
    again = [*length.check(draft), *words.check(draft), *links.check(draft)]
    return decide([*kept, *again], one.scored, its, 1, NOW)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_comment_is_decided_as_decide_does(parts: Parts, site: Site, policy: Policy) -> None:
    """Counts, changes, samples and their reasons are those of `decide` on each whole comment."""
    stored = all_of(parts, site)
    pairs = {one.id: (decided(one, site.policy), decided(one, policy)) for one in stored}
    expected = Counter((before.action, after.action) for before, after in pairs.values())

    found = of(parts, site, policy, samples=2)

    assert (found.comments, found.more) == (30, False)
    assert found.oldest is not None
    assert abs(found.oldest - stored[-1].received_at) < timedelta(milliseconds=1)
    for at, counts in ((0, found.now), (1, found.then)):
        assert counts == {action: sum(n for pair, n in expected.items() if pair[at] is action) for action in Action}
    changed = {pair: number for pair, number in expected.items() if pair[0] is not pair[1]}
    assert {(one.before, one.after): one.count for one in found.changes} == changed
    assert [one.count for one in found.changes] == sorted(changed.values(), reverse=True)
    for change in found.changes:
        assert len(change.samples) == min(2, change.count)
        for sample in change.samples:
            codes = [[reason.code for reason in decision.reasons] for decision in pairs[sample.comment_id]]
            assert [set(sample.now), set(sample.then)] == [set(codes[0]), set(codes[1])]
            assert (change.before, change.after) == tuple(one.action for one in pairs[sample.comment_id])


def test_the_policies_of_the_test_differ_in_what_they_do(parts: Parts, site: Site) -> None:
    """Each of them, but the same one, changes something, so that the comparison above compares."""
    unchanged = [name for name, policy in POLICIES.items() if not of(parts, site, policy).changes]

    assert unchanged == ["the same"]


def test_what_was_not_decided_or_is_erased_is_left_out(parts: Parts, site: Site) -> None:
    """A pending comment has no scores yet, and of an erased one there is no text; another site has its own."""
    receive(parts, site, [prepared(parts, site, comment("Not yet scored, dear all"))], NOW)
    changes.erase(parts, site.id, all_of(parts, site)[3].id, NOW)
    other = make_site(parts.database, "other")

    assert of(parts, site, FREE).comments == 29
    assert of(parts, other, FREE) == Preview(
        0, more=False, oldest=None, now=dict.fromkeys(Action, 0), then=dict.fromkeys(Action, 0), changes=[],
        not_replayed=[],
    )  # fmt: skip


def test_what_a_person_decided_counts_as_the_policy_would_have_it(parts: Parts, site: Site) -> None:
    """A preview is about policies: a moderator's decision changes nothing in it."""
    before = of(parts, site, POLICIES["thresholds"])
    rejected = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="kim")
    for one in all_of(parts, site):
        overrule(parts, site.id, one.id, rejected)

    assert of(parts, site, POLICIES["thresholds"]) == before


def test_only_the_days_asked_for_are_looked_at(parts: Parts, site: Site) -> None:
    """Older comments are neither counted nor said to be more."""
    lately = [one for one in all_of(parts, site) if one.received_at >= NOW - timedelta(days=1)]
    found = of(parts, site, FREE, days=1)

    assert (found.comments, found.more) == (len(lately), False)
    assert 0 < len(lately) < 30


@pytest.mark.parametrize(("batch", "most"), [(7, 10), (100, 10), (10, 10), (4, 30), (30, 30)])
def test_the_newest_are_looked_at_up_to_a_bound(
    parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch, batch: int, most: int
) -> None:
    """The answer says how many that were, and whether there are more."""
    monkeypatch.setattr(preview, "BATCH", batch)
    monkeypatch.setattr(preview, "COMMENTS_AT_MOST", most)
    newest = all_of(parts, site)[:most]

    found = of(parts, site, POLICIES["pre"])

    assert (found.comments, found.more) == (most, most < 30)
    assert sum(found.now.values()) == sum(found.then.values()) == most
    assert found.then[Action.HOLD] == sum(decided(one, POLICIES["pre"]).action is Action.HOLD for one in newest)


def test_texts_are_read_up_to_a_bound_of_their_own(parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where words or links differ, the length of what is read bounds the work; where not, no text is read."""
    monkeypatch.setattr(preview, "CHARACTERS_AT_MOST", 100)

    assert of(parts, site, POLICIES["thresholds"]).comments == 30
    bounded = of(parts, site, POLICIES["words"])
    assert 2 <= bounded.comments < 10
    assert bounded.more is True


def test_a_raid_stands_unless_the_check_is_switched_off(parts: Parts, site: Site) -> None:
    """How many copies there were is not kept, so other numbers change nothing, and the answer says so."""
    copies = replace(HARMLESS, cluster=Cluster(ids.new_id(NOW), 50, 50))
    settled(parts, site, comment("Buy our excellent shoes today, dear friends of shoes"), copies, NOW)
    fewer = of(parts, site, replace(BASE, raids=RaidsPolicy(copies=900)))
    off = of(parts, site, replace(BASE, raids=RaidsPolicy(seconds=0)))

    assert fewer.changes == []
    assert [(one.before, one.after, one.count) for one in off.changes] == [(Action.HOLD, Action.APPROVE, 1)]
    assert off.changes[0].samples[0].now == ("raid",)
    assert [one.partition(":")[0] for one in off.not_replayed] == ["raids"]


def test_what_could_not_be_scored_waits_for_a_person_under_both(parts: Parts, site: Site) -> None:
    """Whatever the policies say of unknown scores, as when it was settled."""
    with parts.database.write() as connection:
        connection.execute(update(tables.comments).values(attempts=TRIES + 1))

    found = of(parts, site, replace(BASE, mode=Mode.POST, unknown=Unknown.APPROVE, words=WordsPolicy()))

    assert found.then[Action.HOLD] == found.now[Action.HOLD] == 30


def test_a_comment_of_any_length_is_not_measured(parts: Parts, site: Site) -> None:
    """One that came through another API was taken in whatever its length, and a shorter limit does not touch it."""
    settled(parts, site, comment("A word " * 90), HARMLESS, NOW, any_length=True)

    assert of(parts, site, replace(BASE, length=LengthPolicy(max=299))).then[Action.REJECT] == 0


def test_one_preview_at_a_time(parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another one keeps the process busy, it is refused after a wait, with when to try again."""
    monkeypatch.setattr(preview, "WAIT_SECONDS", 0.01)
    with preview._one_at_a_time, pytest.raises(UnavailableError) as refused:  # noqa: SLF001 - as another thread does
        of(parts, site, FREE)

    assert refused.value.retry_after == 5
    assert of(parts, site, FREE).comments == 30
