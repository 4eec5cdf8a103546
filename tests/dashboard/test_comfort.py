"""What spares whoever reads comments all day: grey text for the worst, and a word on pauses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moderation.dashboard import comfort
from moderation.dashboard.pauses import MANY, Spell, after, hint, parse, render
from moderation.dashboard.severity import is_hard
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import TOXIC, Visitor, hold

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def spell(minutes: int, decided: int = 10, hard: int = 0) -> Spell:
    """Return what somebody decided in so many minutes."""
    return Spell(AT, AT + timedelta(minutes=minutes), decided, hard)


@pytest.mark.parametrize(
    ("found", "minutes_later", "said"),
    [
        (None, 0, None),
        (spell(49), 0, None),
        (spell(50), 0, "50 minutes"),
        (spell(80), 9, "80 minutes"),
        (spell(80), 10, None),  # they pause
        (spell(80), -1, None),  # the clock was set back
        (spell(20, MANY, 60), 0, f"{MANY} comments, and 60"),
        (spell(20, MANY, 59), 0, None),
        (spell(20, MANY - 1, 199), 0, None),
    ],
)
def test_a_pause_is_suggested(found: Spell | None, minutes_later: int, said: str | None) -> None:
    """After a long time, or after many decisions of which a large share was hard; never to somebody who pauses."""
    now = (found.last if found else AT) + timedelta(minutes=minutes_later)

    words = hint(found, now)

    assert (words is None) is (said is None)
    assert said is None or said in str(words)


def test_a_pause_begins_the_count_anew() -> None:
    """Ten minutes without a decision; until then each counts, and what is hard counts apart."""
    one = after(None, AT, hard=True)
    two = after(one, AT + timedelta(minutes=9), hard=False)
    three = after(two, AT + timedelta(minutes=19), hard=True)

    assert (two.began, two.decided, two.hard) == (AT, 2, 1)
    assert (three.began, three.decided, three.hard) == (AT + timedelta(minutes=19), 1, 1)
    assert parse(render(two)) == two
    assert parse(render(replace(two, last=two.last + timedelta(seconds=0.9)))) == two
    assert [parse(text) for text in ("", "1.2.3", "x.1.1.1", "99999999999999.1.1.1")] == [None] * 4


def test_the_worst_are_grey_for_whom_it_pleases(visitor: Visitor, engine: Service, site: Site) -> None:
    """The choice is one button, works without a script, stays, and is taken back."""
    hold(engine, site, comment("One of the worst"), replace(TOXIC, scores={**TOXIC.scores, "threat": 0.8}))
    mild = hold(engine, site, comment("Not so bad"), replace(TOXIC, scores={**TOXIC.scores, "toxicity": 0.7}))
    page = visitor.get("/desk?order=oldest")
    assert ('class="greyed"' in page.html, page.html.count('class="card hard"')) == (False, 1)
    assert not is_hard(mild)

    answer = visitor.send(page.form("/comfort"), {"comfort": "grey"})

    assert answer.headers["Location"] == "/desk?status=held&order=oldest"
    page = visitor.get("/desk")
    assert 'class="greyed"' in page.html
    visitor.send(page.form("/comfort"), {"comfort": "colour"})
    assert 'class="greyed"' not in visitor.get("/desk").html


def test_a_moderator_hears_of_pauses_and_can_end_that(
    visitor: Visitor, engine: Service, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each decision counts; "later" begins anew, and who wants none of it hears nothing and is not counted."""
    for number in range(4):
        hold(engine, site, comment(f"Number {number}"))
    monkeypatch.setattr("moderation.dashboard.pauses.MANY", 2)
    for _ in range(2):
        visitor.send(visitor.get("/desk").form("/decision"), {"action": "reject"})

    page = visitor.get("/desk")
    assert "2 comments, and 2 of them were hard to read" in page.text
    visitor.send(page.form("/comfort"), {"comfort": "later"})
    assert "hard to read" not in visitor.get("/desk").text
    visitor.send(page.form("/comfort"), {"comfort": "no-hints"})
    for _ in range(2):
        visitor.send(visitor.get("/desk").form("/decision"), {"action": "reject"})
    assert visitor.client.get_cookie(comfort.SPELL_COOKIE, path="/desk") is None
    visitor.send(visitor.get("/desk").form("/comfort"), {"comfort": "hints"})
    assert "Suggest pauses" not in visitor.get("/desk").text
