"""Limits in the form of a policy."""

from dataclasses import replace

import pytest

from moderation.dashboard.limit_form import AT_MOST, OWN, closed_up, limits, name, shown
from moderation.dashboard.policy_form import document, ticked, values
from moderation.policy_document import LinksPolicy, Policy, SectionPolicy, WindowLimit, parse
from moderation.records import Site
from moderation.service import Service
from tests.dashboard.visitor import Page, Visitor

FIVE, MANY = WindowLimit("author", 5, 60), WindowLimit("site", 900, 3600)
OF_LETTERS = SectionPolicy(limits=(FIVE,))
POLICY = replace(Policy(), limits=(FIVE, MANY), sections={"letters": OF_LETTERS})


def row(at: int, count: str, per: str, seconds: str) -> dict[str, str]:
    """Return what a row's fields send."""
    return {name(at, "count"): count, name(at, "per"): per, name(at, "seconds"): seconds}


def test_rows_without_numbers_are_none() -> None:
    """The others close up, so that what is wrong with one is told beside it."""
    given = {"limits": "shown", **row(0, "", "author", ""), **row(1, "5", "thread", "60"), **row(4, " ", "site", "9")}

    closed = closed_up(given)

    assert limits(closed) == [
        {"count": "5", "per": "thread", "seconds": "60"}, {"count": None, "per": "site", "seconds": "9"},
    ]  # fmt: skip
    assert shown(closed) == 4
    assert shown(closed_up({f"limits.{at}.count": "1" for at in range(AT_MOST)})) == AT_MOST


@pytest.mark.parametrize("section", [None, "letters", "new"])
def test_rows_that_are_sent_as_they_stand_change_nothing(section: str | None) -> None:
    """With the empty ones that a page offers, and without any, as a program sends."""
    given = {"limits": "shown", **row(7, "", "author", ""), **values(POLICY, section)}

    assert parse(document(POLICY, section, ticked(POLICY, section, given))) == POLICY
    assert parse(document(POLICY, section, values(POLICY, section))) == POLICY


def test_a_section_has_its_own_rows_or_the_sites() -> None:
    """Rows that are changed are meant for it; without the tick the site's hold; no rows at all is no limit."""
    stood = {"limits": "shown", **values(POLICY, "new")}
    assert OWN not in stood
    changed = ticked(POLICY, "new", {**stood, **row(0, "9", "author", "60")})
    assert changed[OWN] == "on"
    made = parse(document(POLICY, "new", changed)).sections["new"]
    assert made.limits == (replace(FIVE, count=9), MANY)

    letters = {"limits": "shown", **values(POLICY, "letters")}
    assert parse(document(POLICY, "letters", {**letters, **row(0, "", "author", "")})).sections["letters"].limits == ()
    without = {key: value for key, value in letters.items() if key != OWN}
    assert "letters" not in parse(document(POLICY, "letters", without)).sections


def test_limits_and_domains_are_set_at_the_desk(visitor: Visitor, engine: Service, site: Site) -> None:
    """A row more, a row less, domains a line each; what is wrong is told beside the row."""
    engine.put_policy(site.id, replace(site.policy, limits=(FIVE, MANY)), "test", None)
    form = visitor.get("/desk/policy").form_with("limits.0.count")
    assert form.fields["limits.1.per"] == "site"
    assert form.fields["limits.3.count"] == ""

    changes = {**row(0, "", "author", ""), **row(3, "2", "thread", "10")}
    wrong = visitor.send(form, {"do": "save", **changes, "limits.3.seconds": "0"})
    assert wrong.status_code == 422
    assert 'id="f-limits.1.seconds-wrong">Input should be greater than or equal to 1<' in wrong.text
    form = Page(wrong.text).form_with("limits.0.count")
    domains = "spam.example\r\n\r\n casino.example "
    saved = visitor.send(form, {"do": "save", "limits.1.seconds": "10", "links.banned_domains": domains})
    assert saved.status_code == 303

    policy = engine.site(site.id).policy
    assert policy.limits == (MANY, WindowLimit("thread", 2, 10))
    assert policy.links == replace(LinksPolicy(), banned_domains=("spam.example", "casino.example"))
