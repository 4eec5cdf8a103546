"""What is answered to a comment-check, by tables; the numbers are those of the contract's checklist."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.dialects.akismet_verdicts import GUID, HAM, HELP, RECHECK, SPAM, TIP, Ways, verdict
from moderation.judging import Judged
from moderation.model import ATTRIBUTES, Action, DecidedBy, Decision, Reason, Scored

WAYS = Ways(discard=0.99, recheck_seconds=86_400, toxicity=True, held_spam="spam")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CODES = [*ATTRIBUTES, "raid", "suspect_word", "banned_word", "duplicate_author", "unscored", "pre_moderated", "empty"]


def judged(action: str, *codes: str, spam: float | None = 0.01, late: bool = False) -> Judged:
    """Return a comment that was judged for these reasons."""
    reasons = tuple(Reason(code, "") for code in codes)
    return Judged(Decision(Action(action), DecidedBy.POLICY, NOW, 1, reasons), Scored({"spam": spam}), late=late)


@pytest.mark.parametrize(
    ("action", "codes", "told_later", "not_told"),
    [
        # what may be shown is ham, and what must not is spam
        ("approve", ["below_thresholds"], "false", "false"),
        ("reject", ["spam"], "true", "true"),
        ("reject", ["toxicity"], "true", "true"),
        # what looks like spam goes where people look at spam, whoever is to decide
        ("hold", ["spam"], "true", "true"),
        ("hold", ["raid"], "true", "true"),
        ("hold", ["pre_moderated", "spam"], "true", "true"),
        # what is held for anything else waits, if the client can be told; else its people look at it as spam
        ("hold", ["toxicity"], "wait", "true"),
        ("hold", ["suspect_word"], "wait", "true"),
        ("hold", ["duplicate_author"], "wait", "true"),
        # what nothing speaks against is never spam
        ("hold", ["unscored"], "wait", "wait"),
        ("hold", ["pre_moderated"], "wait", "wait"),
    ],
)
def test_18_a_decision_has_its_answer(action: str, codes: list[str], told_later: str, not_told: str) -> None:
    """To a client that can be told later, and to one that cannot."""
    said = [verdict(judged(action, *codes), "id", WAYS, can_be_told=told) for told in (True, False)]

    assert ["wait" if RECHECK in one.headers else one.body for one in said] == [told_later, not_told]


@pytest.mark.parametrize(
    ("ways", "codes", "answer"),
    [
        (replace(WAYS, held_spam="recheck"), ["spam"], "wait"),
        (replace(WAYS, toxicity=False), ["spam"], "true"),
        (replace(WAYS, toxicity=False), ["toxicity"], "wait"),
    ],
)
def test_an_operator_may_want_it_otherwise(ways: Ways, codes: list[str], answer: str) -> None:
    """Spam waits too, or only spam is spam."""
    said = verdict(judged("hold", *codes), "id", ways, can_be_told=True)

    assert ("wait" if RECHECK in said.headers else said.body) == answer


def test_what_is_rejected_as_toxic_is_no_spam_where_toxicity_takes_no_part() -> None:
    """Akismet's clients ask for spam only, if the operator says so."""
    assert verdict(judged("reject", "threat"), "id", replace(WAYS, toxicity=False), can_be_told=True).body == HAM


def test_16_held_spam_that_is_blatant_is_to_be_discarded() -> None:
    """From the threshold on; whether it then is depends on the client's own setting."""
    said = {spam: verdict(judged("hold", "spam", spam=spam), "id", WAYS, can_be_told=True) for spam in (0.98, 0.99)}

    assert [one.headers.get(TIP) for one in said.values()] == [None, "discard"]


@given(
    st.sampled_from(["approve", "hold", "reject"]),
    st.lists(st.sampled_from(CODES), max_size=4),
    st.one_of(st.none(), st.floats(0, 1)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([WAYS, replace(WAYS, toxicity=False), replace(WAYS, held_spam="recheck")]),
)
def test_2_15_16_17_every_answer_keeps_its_word(
    action: str,
    codes: list[str],
    spam: float | None,
    late: bool,
    can_be_told: bool,
    ways: Ways,
) -> None:
    """It is true or false with an id; only spam is discarded, only ham is asked again, and no error is told."""
    said = verdict(judged(action, *codes, spam=spam, late=late), "id", ways, can_be_told=can_be_told)

    assert said.body in {SPAM, HAM}
    assert said.headers[GUID] == "id"
    assert said.body == SPAM or TIP not in said.headers
    assert said.body == HAM or RECHECK not in said.headers
    assert HELP not in said.headers
    assert action != "approve" or said.body == HAM
