"""What is hashed of an entry of the audit log."""

import hashlib

import pytest

from moderation.audit_entry import GENESIS, canonical, chained, decider
from moderation.model import Action, DecidedBy, Decision
from tests.build import NOW

FIELDS = ("news", 1, 1764072000000000, "moderator", "m-1", "comment.decided", "c-1", '{"action":"reject"}')


def test_what_is_hashed_stays_as_it_is() -> None:
    """Chains that were written stay whole: the hash of these fields is this one, in every version."""
    written = (
        '[1,"news",1,1764072000000000,"moderator","m-1","comment.decided","c-1","{\\"action\\":\\"reject\\"}","'
        + "0" * 64 + '"]'
    )  # fmt: skip

    assert chained(FIELDS, GENESIS) == hashlib.sha256(written.encode()).hexdigest()
    assert chained(FIELDS, GENESIS) == "57660d39bb0696423e9e5d3ae6f45adae305fae110025d87480277db0a425bcf"


@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_every_field_counts(place: int) -> None:
    """Another value, or none, anywhere gives another hash; a number is not the text of it."""
    others = ["x", None, b"x", str(FIELDS[place]) if isinstance(FIELDS[place], int) else ""]
    hashes = {chained([*FIELDS[:place], other, *FIELDS[place + 1 :]], GENESIS) for other in others}

    assert len(hashes | {chained(FIELDS, GENESIS)}) == len(others) + 1


def test_where_a_field_ends_counts() -> None:
    """What moves from one field into the next gives another hash."""
    assert chained(["a", "bc"], GENESIS) != chained(["ab", "c"], GENESIS)
    assert chained(["a", 'b","c'], GENESIS) != chained(["a", "b", "c"], GENESIS)


def test_details_have_one_text() -> None:
    """The order of names does not matter, and other letters than ASCII are written as escapes."""
    assert canonical({"b": 1, "a": ["é", "z"]}) == canonical({"a": ["é", "z"], "b": 1})
    assert canonical({"b": 1, "a": ["é", "z"]}) == '{"a":["\\u00e9","z"],"b":1}'


@pytest.mark.parametrize(
    ("by", "kind"), [(DecidedBy.MODERATOR, "moderator"), (DecidedBy.API, "api_key"), (DecidedBy.POLICY, "service")]
)
def test_a_decision_names_its_actor_by_id(by: DecidedBy, kind: str) -> None:
    """Never by the name that people see."""
    actor = decider(Decision(Action.HOLD, by, NOW, 1, actor="Kim", actor_id="m-1"))

    assert (actor.kind.value, actor.id) == (kind, "m-1")
