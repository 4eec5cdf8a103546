"""Beside a comment stands how similar ones were decided."""

import random
import struct
from dataclasses import replace

from moderation.model import Author, Scored
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import TOXIC, Visitor, hold


def meaning(seed: int) -> Scored:
    """Return scores with an embedding of a text's own."""
    chance = random.Random(seed)
    numbers = [chance.gauss(0, 1) for _ in range(384)]
    return replace(TOXIC, embedding=struct.pack("<384f", *numbers), models={"toxicity": "m@1"})


def test_similar_decisions_stand_beside_a_comment(visitor: Visitor, engine: Service, site: Site) -> None:
    """On its page and in the queue: what it says, how it was decided, by whom and why it is like it."""
    first = hold(engine, site, comment("Throw them all out of here"), meaning(1))
    hold(engine, site, comment("Quite another matter"), meaning(2))
    visitor.send(visitor.get(f"/desk/comments/{first.id}").form("/decision"), {"action": "reject"})
    second = hold(engine, site, comment("Get them out, all of them"), meaning(1))

    alone, queue = visitor.get(f"/desk/comments/{second.id}"), visitor.get("/desk")

    assert "Similar comments that were decided" in alone.text
    assert alone.links["Throw them all out of here"] == f"/desk/comments/{first.id}"
    assert "Rejected by kim@news.example" in alone.text
    assert "100% alike" in alone.text
    assert queue.text.count("Like this: Rejected") == 1
    assert "Similar comments" not in visitor.get(f"/desk/comments/{first.id}").text


def test_copies_are_found_without_a_meaning(visitor: Visitor, engine: Service, site: Site) -> None:
    """A model without embeddings leaves the same words, whoever wrote and decided them."""
    text = "Buy these watches, they are the best watches of all"
    first = hold(engine, site, comment(text))
    visitor.send(visitor.get(f"/desk/comments/{first.id}").form("/decision"), {"action": "approve"})
    second = hold(engine, site, replace(comment(text.upper()), author=Author("u-2")))

    assert "Approved by kim@news.example" in (page := visitor.get(f"/desk/comments/{second.id}")).text
    assert "The same words." in page.text


def test_a_disguised_word_is_spelt_out(visitor: Visitor, engine: Service, site: Site) -> None:
    """Below the text, as it is written and as it is read; nothing stands there of an ordinary text."""
    hold(engine, site, comment("Buy v.1.a.g.r.a here"))
    hold(engine, site, comment("An ordinary text"))

    page = visitor.get("/desk")

    assert "v.1.a.g.r.a is read as viagra" in page.text
    assert page.text.count("is read as") == 1
