"""The native API: the lists of words of a site's policy, one by one; tried, previewed, taken in and given out."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from moderation import word_changes, word_files, word_lists
from moderation.comment_object import SpanUnits, span_object
from moderation.dialects import native_word_schemas as schemas
from moderation.dialects.native_policy_schemas import PreviewOut, preview_object
from moderation.dialects.native_requests import cursor, read_word_cursor
from moderation.errors import NotFoundError, StaleError, UnreadableListError, WordsFullError
from moderation.model import Action, Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Key
from moderation.rules.words import Match
from moderation.web import answer, read_json, read_query, require_key, service
from moderation.word_changes import Edit, Place, Who
from moderation.word_lists import Entry

blueprint = APIBlueprint("native_words", __name__, tag="Words")
MIMETYPES = {"csv": "text/csv", "text": "text/plain"}
EXPORTED: Any = answers(200)
EXPORTED[200] = {
    "description": "The words as a file.",
    "content": {mimetype: {"schema": {"type": "string"}} for mimetype in MIMETYPES.values()},
}


@blueprint.get("/v1/words")
@takes(query=schemas.WordsQuery)
@blueprint.doc(responses=answers(200, model=schemas.WordsOut), security=needs(Scope.READ))
def list_words() -> Response:
    """List the words of the policy in force, list by list."""
    key, query = require_key(Scope.READ), read_query(schemas.WordsQuery)
    site = service().site(key.site_id)
    all_of_them = word_lists.entries(word_lists.of_section(site.policy, query.section))
    after = None if query.cursor is None else read_word_cursor(query.cursor)
    found = [one for one in all_of_them if _wanted(one, query) and (after is None or one.place > after)]
    page = found[: query.limit]
    counts = {name: sum(one.list == name for one in all_of_them) for name in word_lists.LISTS}
    return _answer(
        schemas.WordsOut(
            version=site.policy_version,
            counts=schemas.ListSizesOut.model_validate(counts),
            words=[word_object(one) for one in page],
            next=cursor(f"{page[-1].list}:{page[-1].term}") if len(found) > len(page) else None,
        )
    )


@blueprint.post("/v1/words")
@takes(body=schemas.WordsIn)
@blueprint.doc(
    responses=answers(200, model=schemas.WordsAddedOut, problems=(StaleError, WordsFullError)),
    security=needs(Scope.MANAGE),
)
def add_words() -> Response:
    """Add terms: a new version of the policy, unless the lists have them all."""
    key, body = require_key(Scope.MANAGE), read_json(schemas.WordsIn)
    new = [one.entry() for one in body.words]
    version, added = word_changes.add(service().parts, _place(key, body), new, _who(key, body), service().now())
    shown = [word_object(one) for one in added]
    return _answer(schemas.WordsAddedOut(version=version, added=shown, known=len(new) - len(added)))


@blueprint.patch("/v1/words/<word_id>")
@takes(body=schemas.WordEditIn)
@blueprint.doc(
    responses=answers(200, model=schemas.WordChangedOut, problems=(NotFoundError, StaleError, WordsFullError)),
    security=needs(Scope.MANAGE),
)
def change_word(word_id: str) -> Response:
    """Change a term, move it to another list, or look for it in another way; another list or term has another id."""
    key, body = require_key(Scope.MANAGE), read_json(schemas.WordEditIn)
    edit = Edit(body.list, body.term, body.deobfuscate)
    version, now = word_changes.change(
        service().parts, _place(key, body), word_id, edit, _who(key, body), service().now()
    )
    return _answer(schemas.WordChangedOut(version=version, word=word_object(now)))


@blueprint.delete("/v1/words/<word_id>")
@takes(query=schemas.WordQuery)
@blueprint.doc(
    responses=answers(200, model=schemas.WordRemovedOut, problems=(NotFoundError, StaleError)),
    security=needs(Scope.MANAGE),
)
def remove_word(word_id: str) -> Response:
    """Remove a term: a new version of the policy."""
    key, query = require_key(Scope.MANAGE), read_query(schemas.WordQuery)
    version, _ = word_changes.remove(service().parts, _place(key, query), [word_id], _who(key, query), service().now())
    return _answer(schemas.WordRemovedOut(version=version, id=word_id))


@blueprint.post("/v1/words/test")
@takes(body=schemas.WordsTestIn, query=schemas.WordsTestQuery)
@blueprint.doc(responses=answers(200, model=schemas.WordsTestOut), security=needs(Scope.READ))
def try_words() -> Response:
    """Show which words stand where in a text, in the original behind disguises; nothing is kept or changed."""
    key, units = require_key(Scope.READ), read_query(schemas.WordsTestQuery).span_units
    body = read_json(schemas.WordsTestIn)
    words = word_lists.of_section(service().site(key.site_id).policy, body.section)
    draft = [one.entry() for one in body.words]
    found = word_lists.matches(words if body.in_force else word_lists.NONE, draft, body.text)
    shown = [schemas.MatchOut.model_validate(_match(one, body.text, units)) for one in found]
    return _answer(schemas.WordsTestOut(action=word_lists.worst(found), matches=shown))


@blueprint.post("/v1/words/preview")
@takes(body=schemas.WordsPreviewIn)
@blueprint.doc(responses=answers(200, model=PreviewOut, problems=(WordsFullError,)), security=needs(Scope.MANAGE))
def preview_words() -> Response:
    """Show which of the last days' comments these words would have held or rejected; as `/v1/policy/preview`."""
    key, body = require_key(Scope.MANAGE), read_json(schemas.WordsPreviewIn)
    found = word_changes.would_do(
        service().parts,
        service().site(key.site_id),
        body.section,
        [one.entry() for one in body.add],
        body.remove,
        days=body.days,
        samples=body.samples,
        now=service().now(),
    )
    return _answer(preview_object(found, body.days))


@blueprint.post("/v1/words/import")
@takes(body=schemas.WordsImportIn)
@blueprint.doc(
    responses=answers(200, model=schemas.WordsImportedOut, problems=(StaleError, WordsFullError, UnreadableListError)),
    security=needs(Scope.MANAGE),
)
def import_words() -> Response:
    """Add the terms of a file: one new version of the policy; lines that are no terms are named and left out."""
    key, body = require_key(Scope.MANAGE), read_json(schemas.WordsImportIn)
    default = Entry(body.list, "", body.deobfuscate and body.list != "exceptions")
    read = word_files.read(body.text, body.format, default)
    version, added = word_changes.add(
        service().parts, _place(key, body), read.entries, _who(key, body), service().now()
    )
    return _answer(
        schemas.WordsImportedOut.model_validate(
            {
                "version": version,
                "added": len(added),
                "known": len(read.entries) - len(added),
                "refused": len(read.refused),
                "lines": [
                    {"line": one.line, "code": one.code, "message": one.message}
                    for one in read.refused[: schemas.REFUSED_SHOWN]
                ],
            }
        )
    )


@blueprint.get("/v1/words/export")
@takes(query=schemas.WordsExportQuery)
@blueprint.doc(responses=EXPORTED, security=needs(Scope.READ))
def export_words() -> Response:
    """Give the words out as a file that the import takes in; plain text has the terms alone."""
    key, query = require_key(Scope.READ), read_query(schemas.WordsExportQuery)
    words = word_lists.entries(word_lists.of_section(service().site(key.site_id).policy, query.section))
    wanted = [one for one in words if query.list in {None, one.list}]
    return Response(word_files.write(wanted, query.format), mimetype=MIMETYPES[query.format])


def word_object(one: Entry) -> schemas.WordOut:
    """Return a term as the API shows it."""
    return schemas.WordOut(
        id=one.id, list=one.list, action=schemas.ACTIONS.get(one.list), term=one.term, deobfuscate=one.deobfuscate
    )


def _answer(document: BaseModel) -> Response:
    return answer(document.model_dump(mode="json", by_alias=True))


def _wanted(one: Entry, query: schemas.WordsQuery) -> bool:
    action = schemas.ACTIONS.get(one.list)
    return (
        query.list in {None, one.list}
        and (query.action is None or action == Action(query.action))
        and (query.contains is None or query.contains.casefold() in one.term.casefold())
    )


def _place(key: Key, asked: schemas.PlaceIn | schemas.WordQuery) -> Place:
    return Place(key.site_id, asked.section)


def _who(key: Key, asked: schemas.PlaceIn | schemas.WordQuery) -> Who:
    return Who(key.name, key.actor, asked.expected_version)


def _match(one: Match, text: str, units: SpanUnits) -> dict[str, Any]:
    place = span_object(one.span, text, units)
    return {"list": one.list, "term": one.term, **place, "disguised": one.disguised, "excepted": one.excepted}
