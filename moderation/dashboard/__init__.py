"""The desk: where moderators sign in and decide, in any browser; a script adds keys, and nothing needs it.

Importing the views puts their routes on the blueprint.
"""

from moderation.dashboard import (
    authors,
    bulk,
    comfort,
    copies,
    deciding,
    endpoint_changes,
    endpoints,
    lessons,
    login,
    overview,
    plotting,
    policies,
    presence,
    saved,
    views,
)
from moderation.dashboard.pages import blueprint

__all__ = [
    "authors",
    "blueprint",
    "bulk",
    "comfort",
    "copies",
    "deciding",
    "endpoint_changes",
    "endpoints",
    "lessons",
    "login",
    "overview",
    "plotting",
    "policies",
    "presence",
    "saved",
    "views",
]
