"""What is written to an endpoint: the event as JSON, or what callers of other APIs expect."""

import json
from typing import Any

from moderation.comment_object import akismet_document, author_object, timestamp
from moderation.sealing import AKISMET, unseal
from moderation.storage import appeals, comments
from moderation.storage.database import Connection, Database
from moderation.storage.deliveries import Due
from moderation.storage.events import DOCUMENT
from workers.process import Process


def body_of(here: Process, due: Due) -> bytes:
    """Return the body of a delivery."""
    return json.dumps(_document(here, due), ensure_ascii=False, separators=(",", ":")).encode()


def _document(here: Process, due: Due) -> Any:  # noqa: ANN401 - any JSON
    if DOCUMENT in due.event.data:
        return due.event.data[DOCUMENT]
    if due.endpoint.akismet_key is not None:
        return akismet_document(unseal(here.parts.hasher.derive(AKISMET), due.endpoint.akismet_key), due.event)
    return {
        "type": due.event.type.value,
        "timestamp": timestamp(due.event.at),
        "data": {**due.event.data, **_quoted(here.parts.database, due)},
    }


def _quoted(database: Database, due: Due) -> dict[str, Any]:
    """Return text and author as they are now, for endpoints that want them; nothing of an erased comment."""
    if not due.endpoint.include_text or due.event.comment_id is None:
        return {}
    with database.read() as connection:
        comment = comments.get(connection, due.event.site_id, due.event.comment_id)
        said = _appeal(connection, due)
    if comment is None or comment.erased_at is not None:
        return {"text": None, "author": None, **said}
    return {"text": comment.text, "author": author_object(comment), **said}


def _appeal(connection: Connection, due: Due) -> dict[str, Any]:
    """Return the appeal that an event is about, with what its author says, if it is about one."""
    named = due.event.data.get("appeal")
    found = appeals.get(connection, due.event.site_id, named["id"]) if named else None
    return {} if named is None or found is None else {"appeal": {**named, "text": found.text}}
