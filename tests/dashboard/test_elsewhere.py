"""Texts of other parts of the service, as German pages show them: the real parts say them here."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from apiflask import APIFlask
from pydantic import ValidationError
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge

from moderation import addresses, passwords, policy_presets, replay, word_files
from moderation.dashboard import elsewhere_texts
from moderation.dashboard.elsewhere import told
from moderation.dashboard.show import in_words
from moderation.errors import ModerationError
from moderation.model import ATTRIBUTES, UNKNOWN, Action, Cluster, Facts, Restriction, Scored
from moderation.policy import decide, decide_late, decide_unscorable
from moderation.policy_document import LinksPolicy, Policy, Threshold, Word, WordsPolicy, parse, render
from moderation.rules import duplicates, links, restricted, words
from moderation.word_lists import Entry
from tests.rules.build import draft
from workers import velocity
from workers.courier import DEAD, GONE
from workers.learning import judge
from workers.scoring import spam_reasons
from workers.scoring.spam_features import FEATURES
from workers.velocity import Velocity

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SOURCES = [*Path(replay.__file__).parent.rglob("*.py"), *Path(velocity.__file__).parent.rglob("*.py")]
MANY = " ".join(f"www.example{at}.com" for at in range(9))


@pytest.fixture(autouse=True)
def german(app: APIFlask) -> Iterator[None]:
    """Answer a German reader."""
    with app.test_request_context("/desk", headers={"Accept-Language": "de"}):
        yield


def of_policies() -> Iterator[str]:
    """Yield what decisions say."""
    both = Policy(thresholds={name: Threshold(0.5, 0.9) for name in ATTRIBUTES})  # type: ignore[misc]
    scored = [Scored(dict.fromkeys(ATTRIBUTES, score)) for score in (0.1, 0.6, 0.95)]
    made = [
        *(decide((), one, both, 1, NOW) for one in scored),
        decide((), replace(scored[0], cluster=Cluster("c", 9, 5)), both, 1, NOW),
        decide((), scored[0], Policy(thresholds={}), 1, NOW),
        decide((), scored[0], replace(both, thresholds={"spam": Threshold(reject=0.9)}), 1, NOW),
        decide((), scored[0], parse({**render(both), "mode": "pre"}), 1, NOW),
        decide((), UNKNOWN, both, 1, NOW),
        decide_unscorable((), 1, NOW),
        decide_late((), scored[0], both, 1, NOW),
    ]
    yield from (reason.detail for decision in made for reason in decision.reasons)


def of_rules() -> Iterator[str]:
    """Yield what findings say that hold or reject."""
    for facts in (Facts(author_has_same=True), Facts(site_has_same=True)):
        yield duplicates.check(draft(facts=facts))[0].detail
    for action in (Action.HOLD, Action.REJECT):
        for until in (None, NOW + timedelta(days=1)):
            facts = Facts(restriction=Restriction(action, until, None, "kim", NOW))
            yield restricted.check(draft(facts=facts))[0].detail
    domains = tuple(f"example{at}.com" for at in range(9))
    for banned in (domains, domains[:1]):
        policy = Policy(links=LinksPolicy(banned_domains=banned))
        yield from (one.detail for one in links.check(draft(MANY, policy)))
    yield links.check(draft("bit.ly/2x"))[0].detail
    terms = [f"term{at}" for at in range(9)]
    listed = Policy(words=WordsPolicy(banned=tuple(Word(one) for one in terms)))
    yield words.check(draft(" ".join(terms), listed))[0].detail


def of_scorers() -> Iterator[str]:
    """Yield what speaks for spam, and how much a site's decisions move."""
    none = dict.fromkeys(FEATURES, 0.0)
    for name in [*spam_reasons.COUNTS, *spam_reasons.SHARES, *spam_reasons.FLAGS]:
        for number in (1.0, 2.0, 12.0):
            yield spam_reasons.in_words({**none, name: number}, {**none, name: 1.0}, 0.0, ())
    for number, short in ((1, 0), (2, 0), (1, 1), (3, 1), (3, 2), (4, 4)):
        found = {**none, "links": float(number), "shorteners": float(short)}
        yield spam_reasons.in_words(found, {**none, "links": 1.0}, 0.0, ())
    yield spam_reasons.in_words(none, none, 1.0, ("casino", "bonus"))
    yield spam_reasons.in_words(none, none, 1.0, ())
    yield spam_reasons.in_words(none, none, 0.0, ())
    for one in (Velocity(threads=40), Velocity(neighbours=40), Velocity(same_link=9, new_author=True)):
        yield "; ".join(velocity.suspicion(one)[1])
    yield "0.91, holds at 0.60; 0.55 before this site's decisions"


def of_judges() -> Iterator[str]:
    """Yield why a model is taken or not, as the judge's source has it."""
    tree = ast.parse(Path(judge.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Judged":
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "7"
                for part in (node.args[1].values if isinstance(node.args[1], ast.JoinedStr) else [node.args[1]])
            )


def of_forms() -> Iterator[str]:
    """Yield what is wrong with fields, files, addresses and passwords."""
    for path, wrong in (("max", "x"), ("max", 0), ("max", 10**9), ("unit", "x"), ("min", 1.5), ("min", None)):
        document = render(Policy())
        document["length"][path] = wrong
        yield from mistakes(document)
    bounds: tuple[object, ...] = ("x", 2, 0, [])
    for bound in bounds:
        yield from mistakes({**render(Policy()), "thresholds": {"spam": {"hold": bound}}})
    entry = Entry("suspect", "", deobfuscate=False)
    for text in ("term,list\nx,nowhere", "term,deobfuscate\nx,maybe", f"term\n{'x' * 999}", "term\n\u200b"):
        yield word_files.read(text, "csv", entry).refused[0].message
    for url in ("", "ftp://x", "https://a:b@x.example", "https://x.example:99", "https://[", "https://-"):
        for allow_http in (False, True):
            try:
                addresses.check_url(url, allow_http=allow_http, networks=())
            except ModerationError as refused:
                yield refused.detail
    for password in ("short", "x" * 1001, "kim@news.example", "passwordpassword"):
        yield str(passwords.weakness(password, "kim@news.example"))


def mistakes(document: dict[str, object]) -> Iterator[str]:
    """Yield what is wrong with a policy."""
    with pytest.raises(ValidationError) as refused:
        parse(document)
    yield from (one["msg"] for one in refused.value.errors())


@pytest.mark.parametrize("said", [of_policies, of_rules, of_scorers, of_judges, of_forms], ids=lambda one: one.__name__)
def test_what_they_say_is_told_in_german(said: object) -> None:
    """Each part of it, whatever numbers it has; only what people wrote stays as it is."""
    assert callable(said)
    found = [one for one in said() if one]
    assert len(found) > 4
    kept = re.compile(r'"term\d"')
    assert {
        one: told(one) for one in found if any(part in one and not kept.search(part) for part in parts(told(one)))
    } == {}


def parts(text: str) -> list[str]:
    """Return the parts of a detail."""
    return text.split("; ")


def test_tables_of_other_parts_are_translated() -> None:
    """What presets are for, what attributes are about, why endpoints are disabled, what previews cannot show."""
    said = [
        *policy_presets.ABOUT.values(),
        *(one.about for one in policy_presets.PRESETS.values()),
        *(one.name.capitalize() for one in policy_presets.PRESETS.values()),
        GONE, DEAD, replay.LENGTH, replay.TEXT, replay.LIMITS, replay.DUPLICATES, replay.RAIDS, replay.DIALECTS,
    ]  # fmt: skip
    assert [one for one in said if told(one) == one] == []
    codes = [*ATTRIBUTES, words.BANNED, words.SUSPECT, "banned_domain", "too_many_links", "link_shortener", "raid"]
    codes += ["duplicate_author", "duplicate_site", "restricted", "unscored", "below_thresholds", "decided", "undone"]
    assert {one for one in codes if in_words(one) == one.replace("_", " ").capitalize()} == {"spam"}
    phrases = [HTTPStatus(one).phrase for one in (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)]
    assert [one for one in phrases if told(one) == one] == []


def test_what_people_wrote_stays() -> None:
    """Names and words that look like ours are nobody's but theirs; unknown texts are shown as they are."""
    assert told('"held" and 3 more') == '"held" und 3 weitere'
    assert told("banned: rejected.example") == "gesperrt: rejected.example"
    assert told("Nobody ever said this") == "Nobody ever said this"
    assert told("") == ""


def test_no_text_is_left_over() -> None:
    """Each text of the table is said somewhere: in a source, by HTTP, or by what is put together there."""
    tree = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES if path.name != "elsewhere_texts.py"]
    constants = {node.value for one in tree for node in ast.walk(one) if isinstance(node, ast.Constant)}
    made = [*of_policies(), *of_rules(), *of_scorers(), *of_forms()]
    said = {str(one) for one in constants} | {one for text in made for one in (text, *parts(text))}
    said |= {one.phrase for one in HTTPStatus} | {name.capitalize() for name in policy_presets.PRESETS}
    said |= {str(one.description) for one in (MethodNotAllowed, RequestEntityTooLarge)}
    assert [one for one in elsewhere_texts.SENTENCES if one not in said] == []
