"""The desk: where moderators sign in and decide, in any browser; a script adds keys, and nothing needs it.

Importing the views puts their routes on the blueprint.
"""

from moderation.dashboard import (
    account,
    appeals,
    authors,
    bulk,
    comfort,
    copies,
    deciding,
    endpoint_changes,
    endpoints,
    keys,
    lessons,
    login,
    login_code,
    moderators,
    overview,
    plotting,
    policies,
    presence,
    provider,
    saved,
    two_factor,
    views,
    words,
)
from moderation.dashboard.pages import blueprint

__all__ = [
    "account",
    "appeals",
    "authors",
    "blueprint",
    "bulk",
    "comfort",
    "copies",
    "deciding",
    "endpoint_changes",
    "endpoints",
    "keys",
    "lessons",
    "login",
    "login_code",
    "moderators",
    "overview",
    "plotting",
    "policies",
    "presence",
    "provider",
    "saved",
    "two_factor",
    "views",
    "words",
]
