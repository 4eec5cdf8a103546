"""An author's card above their comments, in a browser without JavaScript."""

from datetime import timedelta

import pytest

from moderation import authors
from moderation.authors import Known
from moderation.dashboard.authors import trust_words
from moderation.model import Action, Author, Restriction, Status
from moderation.records import Site, StoredComment
from moderation.service import Service
from moderation.trust import trust
from tests.build import comment, make_site
from tests.dashboard.visitor import Page, Visitor, hold, take_in
from tests.logbook import added, moderator

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def held(engine: Service, site: Site) -> StoredComment:
    """Give a held comment of an author."""
    return hold(engine, site, comment("You again", author=Author("u-1", "Robin")))


def page_of(visitor: Visitor, one: StoredComment) -> Page:
    """Open the queue narrowed to the author of a comment."""
    return visitor.get(f"/desk?author={one.author_key}")


def restriction(engine: Service, one: StoredComment) -> Restriction | None:
    """Return the restriction of the author of a comment."""
    return authors.known(engine.parts, one.site_id, str(one.author_key), engine.now()).restriction


def test_a_card_says_what_is_known_of_an_author(visitor: Visitor, held: StoredComment) -> None:
    """Their name, how their comments were decided, trust in words, since when; nothing of it in the whole queue."""
    page = page_of(visitor, held)

    for words in ("Robin", "1 held, 0 pending, 0 approved, 0 rejected", "0 in the last 90 days", "not known yet"):
        assert words in page.text
    form = page.form("/restriction")
    assert form.buttons == ["hold", "reject"]
    assert "decided already stay" in page.text
    assert "Hold everything" not in visitor.get("/desk").text


@pytest.mark.parametrize(
    ("button", "days", "said"),
    [
        ("hold", "", "Whatever this author writes from now on is held."),
        ("reject", "7", "Whatever this author writes from now on is rejected."),
    ],
)
def test_a_button_restricts_and_another_lifts(
    visitor: Visitor, engine: Service, site: Site, held: StoredComment, button: str, days: str, said: str
) -> None:
    """The page after it says so once, in the same part of the queue, and the audit log who did it."""
    with added(engine.parts.database) as found:
        answer = visitor.send(page_of(visitor, held).form("/restriction"), {"action": button, "days": days})
        made = restriction(engine, held)
        page = visitor.get(answer.headers["Location"])
        again = page_of(visitor, held)
        visitor.send(page.form("/restriction"), {"action": "lift"})

    assert f"author={held.author_key}" in answer.headers["Location"]
    assert said in page.text
    assert said not in again.text
    assert made is not None
    assert made.action is Action(button)
    assert made.until == (made.at + timedelta(days=int(days)) if days else None)
    assert page.form("/restriction").buttons == ["hold", "reject", "lift"]
    assert f"{made.action.status}, says {made.by}" in page.text
    assert "decided like everybody's again" in visitor.get("/desk").text
    assert restriction(engine, held) is None
    assert [(one.action, one.actor) for one in found] == [
        ("author.restricted", moderator(engine.parts.database)), ("author.freed", moderator(engine.parts.database)),
    ]  # fmt: skip
    assert take_in(engine, site, comment("Free", author=Author("u-1"))).status is Status.PENDING


def test_nothing_that_a_stranger_wrote_is_code(visitor: Visitor, engine: Service, site: Site) -> None:
    """A name stands on the card as it is written."""
    one = hold(engine, site, comment("You", author=Author("u-1", EVIL)))

    assert EVIL not in page_of(visitor, one).html


def test_what_no_button_says_is_refused(visitor: Visitor, engine: Service, held: StoredComment) -> None:
    """And nobody is restricted by it."""
    for values in ({"action": "approve"}, {"action": "hold", "days": "8"}, {"days": "7"}):
        assert visitor.send(page_of(visitor, held).form("/restriction"), values).status_code == 400, values
    assert restriction(engine, held) is None


def test_a_forged_form_restricts_nobody(visitor: Visitor, engine: Service, held: StoredComment) -> None:
    """Nor does one about an author of another site, or of none."""
    form = page_of(visitor, held).form("/restriction")
    elsewhere = hold(engine, make_site(engine.parts.database, "blog"), comment("You", author=Author("u-2")))

    assert visitor.client.post(form.action, data={"action": "hold"}).status_code == 403
    for key in (elsewhere.author_key, "nonsense"):
        form.action = f"/desk/authors/{key}/restriction"
        assert visitor.send(form, {"action": "hold"}).status_code == 404
    assert restriction(engine, held) is None
    assert restriction(engine, elsewhere) is None


def test_an_author_who_is_not_known_has_no_card(visitor: Visitor) -> None:
    """The list is empty, as before."""
    assert "Hold everything" not in visitor.get("/desk?author=nobody").text


@pytest.mark.parametrize(
    ("approved", "rejected", "words"),
    [(2, 2, "not known yet (4 decided)"), (40, 0, "high (0.91)"), (12, 1, "middling (0.67)"), (3, 9, "low (0.09)")],
)
def test_trust_is_told_in_words(approved: int, rejected: int, words: str) -> None:
    """With its number, once there is enough to tell."""
    counts = {**dict.fromkeys(Status, 0), Status.APPROVED: approved, Status.REJECTED: rejected}
    known = Known(counts, 0, trust(approved, rejected), None, None, None, more=False, history=())

    assert trust_words(known) == words


def test_a_card_names_others_from_the_same_network(visitor: Visitor, engine: Service, site: Site) -> None:
    """With a way to what they wrote; nobody is named where there is nobody."""
    alone = hold(engine, site, comment("Hello there", author=Author("u-0", "Alex", ip="198.51.100.1")))
    one = hold(engine, site, comment("You again", author=Author("u-1", "Robin", ip="192.0.2.7")))
    other = hold(engine, site, comment("You too", author=Author("u-2", EVIL, ip="192.0.2.8")))

    page = page_of(visitor, one)

    assert "Others from the same network" in page.text
    assert page.links[EVIL] == f"/desk?status=held&author={other.author_key}"
    assert EVIL not in page.html
    assert "Others from the same network" not in page_of(visitor, alone).text
