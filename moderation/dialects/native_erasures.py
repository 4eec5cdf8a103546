"""The native API beside comments: erasing by a body, for names that no path can hold."""

from apiflask import APIBlueprint
from flask import Response

from moderation import changes
from moderation.changes import Receipt
from moderation.dialects import native_author_schemas as schemas
from moderation.dialects import native_requests as requests
from moderation.dialects.native_receipts import receipt_object
from moderation.errors import NotFoundError
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Key
from moderation.web import answer, read_json, require_key, service

blueprint = APIBlueprint("native_erasures", __name__, tag="Erasing")


@blueprint.post("/v1/erasures")
@takes(body=schemas.ErasureIn)
@blueprint.doc(
    responses=answers(200, model=schemas.ErasureOut, problems=(NotFoundError,)), security=needs(Scope.SUBMIT)
)
def erase() -> Response:
    """Erase a comment, or everything of an author, and answer with a receipt; 404 for a comment that is not there.

    It does what `DELETE` on the comment or the author does, and reaches any author: one whose id ends in `/restriction`
    cannot be told from a restriction in a path, and one without an id has none.
    """
    key, body = require_key(Scope.SUBMIT), read_json(schemas.ErasureIn)
    receipt = _erase(key, body)
    found = {"of": body.of, "id": body.id, "erased": receipt.comments, "more": receipt.more}
    return answer({**found, "receipt": receipt_object(receipt)})


def _erase(key: Key, body: schemas.ErasureIn) -> Receipt:
    if body.of == "comment":
        return service().erase(key.site_id, requests.checked_id(body.id), key.actor)[1]
    hasher = service().parts.hasher
    author_key = hasher.author_id(body.id) if body.of == "author" else hasher.email(body.id)
    return changes.erase_author(service().parts, key.site_id, author_key, service().now(), key.actor)
