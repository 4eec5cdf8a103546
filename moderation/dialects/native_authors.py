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
    """Erase text and author of an author's comments, and what they taught; their places in the counts stay.

    `author_id` is the id that the site gave the author; of one who is not known nothing is erased.
    One call erases up to 1,000 comments; while `more` is true, call again.
    """
    key = require_key(Scope.SUBMIT)
    author_key = service().author_key(author_id)
    number, more = changes.erase_author(service().parts, key.site_id, author_key, service().now(), key.actor)
    return answer({"author": author_id, "erased": number, "more": more})
