"""What a rule is handed: a comment that is not stored yet, and all that may be known of it."""

from dataclasses import dataclass

from moderation.model import Comment, Facts, Length
from moderation.policy_document import Policy
from moderation.text import Normalised


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment with its normalised text, its length, the facts, and the policy of its section.

    `length` is `moderation.text.count` of the text, with the policy's maximum and unit.
    """

    comment: Comment
    text: Normalised
    policy: Policy
    facts: Facts
    length: Length
