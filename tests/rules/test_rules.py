"""The list of rules and what runs it."""

from moderation.model import Facts, Verdict, WindowUse
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.rules import RULES, run
from tests.rules.build import draft


def test_every_rule_says_something_of_every_comment() -> None:
    """Each rule answers with its name and a detail, also when it finds nothing."""
    findings = run(draft())

    assert [finding.rule for finding in findings] == ["length", "limits", "restricted", "duplicates", "words", "links"]
    assert {finding.verdict for finding in findings} == {Verdict.PASS}
    assert all(finding.detail for finding in findings)
    assert len(RULES) == len(findings)


def test_nothing_is_run_after_a_refusal() -> None:
    """What is not taken in needs no other look."""
    full = Facts((WindowUse("author", 60, 60, 60, 12),))
    policy = Policy(words=WordsPolicy(banned=(Word("scam"),)))

    assert [finding.code for finding in run(draft("", policy, full))] == ["empty"]
    assert [finding.code for finding in run(draft("scam", policy, full))] == ["length", "too_many"]


def test_everything_is_run_if_nothing_refuses() -> None:
    """A comment that is rejected or held for one reason shows the other reasons too."""
    policy = Policy(words=WordsPolicy(banned=(Word("scam"),)))
    findings = run(draft("scam at https://bit.ly/x", policy, Facts(author_has_same=True)))

    assert [finding.code for finding in findings if finding.verdict is not Verdict.PASS] == [
        "duplicate_author",
        "banned_word",
        "link_shortener",
    ]
