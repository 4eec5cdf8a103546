"""The native API beside comments: authors."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from moderation import authors, changes, takeout
from moderation.authors import Known
from moderation.comment_object import timestamp
from moderation.dialects import native_author_schemas as schemas
from moderation.dialects import native_requests as requests
from moderation.dialects.native_receipts import receipt_object
from moderation.errors import NotFoundError
from moderation.model import Action, Restriction, Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Key
from moderation.web import answer, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_authors", __name__, tag="Authors")
KNOWN = answers(200, model=schemas.AuthorKnownOut, problems=(NotFoundError,))


@blueprint.get("/v1/authors/<whole:author_id>")
@blueprint.doc(responses=KNOWN, security=needs(Scope.READ))
def get_author(author_id: str) -> Response:
    """Show how an author's newest comments were decided, how far they can be trusted, and whether they are restricted.

    `author_id` is the id that the site gave the author; 404 if none of their comments is left and they are free.
    """
    return _known(require_key(Scope.READ), author_id)


@blueprint.get("/v1/authors/<whole:author_id>/export")
@takes(query=schemas.ExportQuery)
@blueprint.doc(
    responses=answers(200, model=schemas.AuthorExportOut, problems=(NotFoundError,)), security=needs(Scope.READ)
)
def export_author(author_id: str) -> Response:
    """Give all that is kept of an author, for telling them: comments with every decision, newest first, by pages."""
    key, query = require_key(Scope.READ), read_query(schemas.ExportQuery)
    before = None if query.cursor is None else requests.read_cursor(query.cursor)
    author_key = service().author_key(author_id)
    page = takeout.author_page(service().parts.database, key.site_id, author_key, query.limit, before)
    following = None if page.following is None else requests.cursor(page.following)
    found = {"author": author_id, "restriction": page.restriction, "comments": page.comments, "next": following}
    return answer(found)


@blueprint.delete("/v1/authors/<whole:author_id>")
@blueprint.doc(responses=answers(200, model=schemas.AuthorErasedOut), security=needs(Scope.SUBMIT))
def erase_author(author_id: str) -> Response:
    """Erase text and author of an author's comments, and what they taught; their places in the counts stay.

    `author_id` is the id that the site gave the author; of one who is not known nothing is erased.
    One call erases up to 1,000 comments; while `more` is true, call again. The last one lifts a restriction, too.
    An author whose id ends in `/restriction`, or who has only an address, is erased by `POST /v1/erasures`.
    """
    key = require_key(Scope.SUBMIT)
    author_key = service().author_key(author_id)
    receipt = changes.erase_author(service().parts, key.site_id, author_key, service().now(), key.actor)
    found = {"author": author_id, "erased": receipt.comments, "more": receipt.more}
    return answer({**found, "receipt": receipt_object(receipt)})


@blueprint.put("/v1/authors/<whole:author_id>/restriction")
@takes(body=schemas.RestrictionIn)
@blueprint.doc(responses=KNOWN, security=needs(Scope.DECIDE))
def restrict_author(author_id: str) -> Response:
    """Hold or reject everything that an author writes from now on; what was decided already stays as it is."""
    key = require_key(Scope.DECIDE)
    body, now = read_json(schemas.RestrictionIn), service().now()
    restriction = Restriction(Action(body.action), body.until, body.reason or None, key.name, now)
    authors.restrict(service().parts, key.site_id, service().author_key(author_id), restriction, key.actor)
    return _known(key, author_id)


@blueprint.delete("/v1/authors/<whole:author_id>/restriction")
@blueprint.doc(responses=KNOWN, security=needs(Scope.DECIDE))
def free_author(author_id: str) -> Response:
    """Let an author's next comments be decided like everybody's again; it is no mistake if they are already."""
    key = require_key(Scope.DECIDE)
    authors.free(service().parts, key.site_id, service().author_key(author_id), service().now(), key.actor)
    return _known(key, author_id)


def _known(key: Key, author_id: str) -> Response:
    found = authors.known(service().parts, key.site_id, service().author_key(author_id), service().now())
    return answer(author_object(author_id, found))


def author_object(author_id: str, found: Known) -> dict[str, Any]:
    """Return an author as the API shows them."""
    restriction = found.restriction
    return {
        "id": author_id,
        "counts": {status.value: number for status, number in found.counts.items()},
        "strikes": found.strikes,
        "trust": found.trust,
        "first_seen": found.first_seen and timestamp(found.first_seen),
        "last_seen": found.last_seen and timestamp(found.last_seen),
        "restriction": restriction
        and {
            "action": restriction.action.value,
            "until": restriction.until and timestamp(restriction.until),
            "reason": restriction.reason,
            "by": restriction.by,
            "at": timestamp(restriction.at),
        },
        "more": found.more,
        "history": [
            {"id": one.id, "status": one.status.value, "at": timestamp(one.received_at), "reasons": list(one.reasons)}
            for one in found.history
        ],
    }
