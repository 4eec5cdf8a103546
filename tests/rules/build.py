"""Makes drafts for the tests of rules."""

from moderation.model import Comment, Facts, Length, Span, Thread
from moderation.policy_document import Policy
from moderation.rules import Draft
from moderation.text import count, normalise


def draft(text: str = "A fine article", policy: Policy | None = None, facts: Facts | None = None) -> Draft:
    """Return a draft as the pipeline would make it."""
    policy = policy or Policy()
    return Draft(
        comment=Comment(text, Thread("t")),
        text=normalise(text),
        policy=policy,
        facts=facts or Facts(),
        length=Length(count(text, policy.length.unit), policy.length.max, policy.length.unit),
    )


def stretches(text: str, spans: tuple[Span, ...]) -> list[str]:
    """Return what stands in `text` at `spans`."""
    return [text[span.start : span.end] for span in spans]
