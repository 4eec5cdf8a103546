"""The desk: where moderators sign in and decide, in any browser; a script adds keys, and nothing needs it.

Importing the views puts their routes on the blueprint.
"""

from moderation.dashboard import (
    account,
    authors,
    copies,
    deciding,
    keys,
    lessons,
    login,
    moderators,
    overview,
    policies,
    presence,
    views,
)
from moderation.dashboard.pages import blueprint

__all__ = [
    "account",
    "authors",
    "blueprint",
    "copies",
    "deciding",
    "keys",
    "lessons",
    "login",
    "moderators",
    "overview",
    "policies",
    "presence",
    "views",
]
