"""The native API beside comments: authors."""

from apiflask import APIBlueprint
from flask import Response

from moderation import changes
from moderation.dialects import native_answers as shown
from moderation.model import Scope
from moderation.openapi import answers, needs
from moderation.web import answer, require_key, service

blueprint = APIBlueprint("native_authors", __name__, tag="Authors")


@blueprint.delete("/v1/authors/<whole:author_id>")
@blueprint.doc(responses=answers(200, model=shown.AuthorErasedOut), security=needs(Scope.SUBMIT))
def erase_author(author_id: str) -> Response:
    """Erase text and author of every comment of an author, and what they taught; their places in the counts stay.

    `author_id` is the id that the site gave the author. Of an author who is not known nothing is erased.
    """
    key = require_key(Scope.SUBMIT)
    number = changes.erase_author(service().parts, key.site_id, service().author_key(author_id), service().now())
    return answer({"author": author_id, "erased": number})
