"""The form of a policy: what stands in it, and the document that it makes."""

from dataclasses import replace

import pytest

from moderation.dashboard.policy_form import OF_SECTION, OF_SITE, document, ticked, values, without
from moderation.model import ATTRIBUTES
from moderation.policy_document import (
    LengthPolicy,
    LinksPolicy,
    Mode,
    Policy,
    SectionPolicy,
    Threshold,
    Word,
    WordsPolicy,
    parse,
    render,
)

LETTERS = SectionPolicy(
    mode=Mode.PRE, length=LengthPolicy(max=2000), thresholds={"spam": Threshold(hold=0.4)}, limits=(),
    words=WordsPolicy(banned=(Word("letter"),)),
)  # fmt: skip
WHOLE = replace(
    Policy(),
    mode=Mode.POST,
    thread_total=77,
    words=WordsPolicy(suspect=(Word("lawyer", deobfuscate=True),)),
    links=LinksPolicy(max=1, banned_domains=("spam.example",)),
    thresholds={"toxicity": Threshold(hold=0.855, reject=0.99), "spam": Threshold(reject=0.9)},
    sections={"letters": LETTERS, "a.b": SectionPolicy(thresholds={"threat": Threshold()})},
)


@pytest.mark.parametrize("policy", [Policy(), WHOLE], ids=["default", "all"])
@pytest.mark.parametrize("section", [None, "letters", "a.b", "new"])
def test_a_form_that_is_sent_as_it_stands_changes_nothing(policy: Policy, section: str | None) -> None:
    """Neither what it has fields for nor what it has none for, in the site and in every section."""
    assert parse(document(policy, section, values(policy, section))) == policy


@pytest.mark.parametrize("section", [None, "letters"])
def test_every_field_has_a_value(section: str | None) -> None:
    """Each field of the form is filled, with text."""
    found = values(WHOLE, section)
    names = {field.path for group in (OF_SECTION if section else OF_SITE) for field in group.fields}
    names |= {f"thresholds.{attribute}.{bound}" for attribute in ATTRIBUTES for bound in ("hold", "reject")}

    assert {name for name in found if not name.startswith(("own.", "limits."))} == names
    assert all(isinstance(value, str) for value in found.values())


def test_what_is_filled_in_is_in_the_document() -> None:
    """Numbers, also with a decimal comma, choices, and thresholds that are switched on and off."""
    changed = {
        "mode": "pre", "thread_total": " ", "length.max": "500", "links.max": "0", "thresholds.toxicity.hold": "0,5",
        "thresholds.toxicity.reject": "", "thresholds.spam.reject": "", "thresholds.sexual_explicit.hold": "0.7",
    }  # fmt: skip
    made = parse(document(WHOLE, None, {**values(WHOLE, None), **changed}))

    assert made == replace(
        WHOLE, mode=Mode.PRE, thread_total=None, length=LengthPolicy(max=500), links=replace(WHOLE.links, max=0),
        thresholds={"toxicity": Threshold(hold=0.5), "sexual_explicit": Threshold(hold=0.7)},
    )  # fmt: skip


def test_a_section_has_its_own_or_the_sites() -> None:
    """A box that is ticked keeps what stands beside it for the section; one that is not leaves it to the site."""
    given = values(WHOLE, "letters")
    del given["own.length"], given["own.thresholds.spam"]
    given |= {"own.links": "on", "links.max": "9", "own.thresholds.threat": "on", "mode": "", "unknown": "approve"}
    made = parse(document(WHOLE, "letters", given)).sections["letters"]

    assert made.links == replace(WHOLE.links, max=9)
    assert made.thresholds == {"threat": Threshold()}
    assert (made.mode, made.unknown, made.length) == (None, "approve", None)
    assert (made.words, made.limits) == (LETTERS.words, ())


def test_a_section_without_anything_of_its_own_is_none() -> None:
    """Opening a section and saving it empty leaves no trace, and one can be taken away."""
    assert document(WHOLE, "new", values(WHOLE, "new"))["sections"].keys() == {"letters", "a.b"}
    assert without(render(WHOLE), "letters")["sections"].keys() == {"a.b"}


def test_what_is_changed_in_a_section_is_meant_for_it() -> None:
    """A field that is changed without its box is ticked; a box that is taken away from what was own stays away."""
    stood = values(WHOLE, "letters")
    changed = ticked(WHOLE, "letters", {**stood, "thresholds.toxicity.hold": "0.3", "links.max": "7"})
    taken = {name: value for name, value in stood.items() if name != "own.thresholds.spam"}

    assert changed.keys() - stood.keys() == {"own.thresholds.toxicity", "own.links"}
    assert ticked(WHOLE, "letters", taken) == taken
    assert ticked(WHOLE, "letters", stood) == stood
    assert ticked(WHOLE, None, {"links.max": "7"}) == {"links.max": "7"}
