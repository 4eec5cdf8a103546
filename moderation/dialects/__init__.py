"""The APIs that the service speaks, in the order in which they are registered."""

from apiflask import APIBlueprint

from moderation.dialects import native, native_admin

DIALECTS: tuple[APIBlueprint, ...] = (
    native.blueprint,  # our own: comments, threads, scores
    native_admin.blueprint,  # our own: policy and endpoints
)
