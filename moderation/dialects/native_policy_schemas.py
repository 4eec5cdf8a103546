"""Bodies, queries and answers of the native API about a policy: previews, versions, presets."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from moderation.dialects.native_answers import Answer
from moderation.dialects.native_schemas import PAGE_AT_MOST, POLICY_EXAMPLE, Body, Query
from moderation.model import Action
from moderation.policy_document import Attribute, Policy, Unknown
from moderation.policy_versions import NUMBER_AT_MOST
from moderation.preview import Preview

DAYS_AT_MOST = 366
SAMPLES_AT_MOST = 100

Version = Annotated[int, Field(ge=1, le=NUMBER_AT_MOST)]


class PreviewIn(Body):
    """A policy that might be put in force, and how far to look back."""

    policy: Annotated[Policy, Field(examples=[POLICY_EXAMPLE])]
    """A whole policy, as `PUT /v1/policy` takes it."""
    days: Annotated[int, Field(ge=1, le=DAYS_AT_MOST)] = 30
    samples: Annotated[int, Field(ge=0, le=SAMPLES_AT_MOST)] = 10
    """Comments that are shown of each change, the newest."""


class RollbackIn(Body):
    """Which version is to be in force again."""

    version: Version
    expected_version: Version | None = None
    """409 if another version is in force by now."""


class VersionsQuery(Query):
    """Which versions to list, newest first."""

    before: Version | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50


class DiffQuery(Query):
    """What a version is compared with."""

    base: Annotated[Version | None, Field(alias="with")] = None
    """Another version; if left out, the one before."""


class ActionsOut(Answer):
    """How many comments a policy approves, holds and rejects."""

    approve: int
    hold: int
    reject: int


class SampleOut(Answer):
    """A comment that would be treated otherwise, with the codes of its reasons."""

    id: str
    now: list[str]
    then: list[str]


class ChangeOut(Answer):
    """Comments that would be treated otherwise, in one way."""

    before: Annotated[Action, Field(alias="from")]
    """What the policy in force does."""
    after: Annotated[Action, Field(alias="to")]
    count: int
    samples: list[SampleOut]
    """The newest of them."""


class PreviewOut(Answer):
    """What a changed policy would have done with the newest stored comments."""

    comments: int
    """That were looked at: decided, and not erased."""
    more: bool
    """There are older ones in these days."""
    days: int
    oldest: datetime | None
    """When the oldest of them came."""
    now: ActionsOut
    """What the policy in force does, whatever people decided since."""
    then: ActionsOut
    changes: list[ChangeOut]
    """The most frequent first."""
    not_replayed: list[str]
    """In a sentence each, what the two policies differ in that stored comments cannot show."""


class VersionOut(Answer):
    """A version of the policy, and who put it in force when."""

    version: int
    at: datetime
    by: str
    """The name of a key, a moderator's address, or `set-up`."""


class WholeVersionOut(VersionOut):
    """A version of the policy, whole."""

    policy: Policy


class VersionsOut(Answer):
    """A page of versions, newest first."""

    versions: list[VersionOut]
    next: int | None
    """The `before` of the page after this one; null on the last."""


class DifferenceOut(Answer):
    """A value that differs; each entry of a list that went or came is one, with null on the other side."""

    path: str
    """For example `thresholds.toxicity.hold`."""
    before: Annotated[JsonValue, Field(alias="from")]
    after: Annotated[JsonValue, Field(alias="to")]


class DiffOut(Answer):
    """What a version changed."""

    version: int
    base: Annotated[int | None, Field(alias="with")]
    """What it is compared with; null for the first version, which is compared with the policy of a new site."""
    differences: list[DifferenceOut]


class PresetThresholdOut(Answer):
    """A threshold of a preset."""

    hold: float | None
    reject: float | None
    means: str
    """In a sentence."""


class PresetOut(Answer):
    """Thresholds to begin with."""

    name: str
    about: str
    """For whom it is."""
    thresholds: dict[Attribute, PresetThresholdOut]
    unknown: Unknown
    policy: Policy
    """The policy in force with the preset's thresholds, to preview or to put."""


class PresetsOut(Answer):
    """The presets, the mildest first."""

    presets: list[PresetOut]


def preview_object(found: Preview, days: int) -> PreviewOut:
    """Return a preview as the API shows it."""
    return PreviewOut.model_validate({
        "comments": found.comments,
        "more": found.more,
        "days": days,
        "oldest": found.oldest,
        "now": {action.value: number for action, number in found.now.items()},
        "then": {action.value: number for action, number in found.then.items()},
        "changes": [
            {
                "from": one.before,
                "to": one.after,
                "count": one.count,
                "samples": [
                    {"id": sample.comment_id, "now": list(sample.now), "then": list(sample.then)}
                    for sample in one.samples
                ],
            }
            for one in found.changes
        ],
        "not_replayed": list(found.not_replayed),
    })  # fmt: skip
