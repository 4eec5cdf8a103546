"""The APIs that the service speaks, in the order in which they are registered."""

from apiflask import APIBlueprint

from moderation.dialects import (
    akismet,
    coral,
    discourse,
    ibm_max,
    native,
    native_admin,
    native_appeals,
    native_audit,
    native_authors,
    native_clusters,
    native_endpoints,
    native_erasures,
    native_learning,
    native_models,
    native_policy,
    native_threads,
    native_words,
    openai,
    osmod,
    perspective,
)

DIALECTS: tuple[APIBlueprint, ...] = (
    native.blueprint,  # our own: comments
    native_authors.blueprint,  # our own: authors
    native_appeals.blueprint,  # our own: authors against decisions
    native_erasures.blueprint,  # our own: erasing by a body
    native_clusters.blueprint,  # our own: near copies
    native_learning.blueprint,  # our own: what moderators taught
    native_threads.blueprint,  # our own: counts of threads, scores alone
    native_models.blueprint,  # our own: what gives the scores
    native_admin.blueprint,  # our own: the policy
    native_policy.blueprint,  # our own: what another policy would have done, and earlier ones
    native_words.blueprint,  # our own: the lists of words of the policy
    native_endpoints.blueprint,  # our own: webhooks
    native_audit.blueprint,  # our own: who changed what
    perspective.blueprint,  # Google's Perspective: scores alone
    openai.blueprint,  # OpenAI's moderations: scores alone
    akismet.blueprint,  # Akismet: a comment is spam or not
    coral.blueprint,  # Coral's external moderation phase
    discourse.blueprint,  # discourse-ai's classifier: scores alone
    osmod.blueprint,  # the Moderator's assistants: scores alone
    ibm_max.blueprint,  # IBM's MAX classifier, where it is switched on: scores alone
)
