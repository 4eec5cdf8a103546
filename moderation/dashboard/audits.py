"""The audit log of a site, for its owners: who changed what, newest first, by action and by who did it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import auditing, ids, members
from moderation.audit_entry import ActorKind, AuditAction, Entry, Value
from moderation.dashboard.audit_words import ACTIONS, KINDS
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.language import each, gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.dashboard.show import Moment, in_words, moment
from moderation.errors import BadRequestError, NotFoundError
from moderation.storage.audit import Wanted
from moderation.web import service

PAGE_SIZE = 50
KEY = re.compile(r"[0-9a-f]{32}")
SHOWN = 8
"""Characters of a key's prefix that are shown."""
PAGES = {
    "comment": ("desk.comment_page", "comment_id"),
    "cluster": ("desk.copies", "cluster_id"),
    "endpoint": ("desk.endpoint_page", "endpoint_id"),
}
"""Where what was changed is shown, by the first part of the action."""
LONGEST = 100
DIGITS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page shows it; `link` leads to what was changed, if there is a page of it."""

    number: int
    at: Moment
    who: str
    what: str
    subject: str
    link: str | None
    details: tuple[tuple[str, str], ...]


@blueprint.get("/audit")
def audit_page() -> AnyResponse:
    """List who changed what."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    action, actor = request.args.get("action") or None, request.args.get("actor") or None
    if action not in {None, *ACTIONS} or (actor is not None and (len(actor) > LONGEST or "\0" in actor)):
        raise NotFoundError(gettext("There is no such part of the audit log"))
    database = service().parts.database
    people = {one.id: one.name for one in members.list_members(database, site.id)}
    found, older = auditing.find(database, site.id, Wanted(action, actor), PAGE_SIZE, _before())
    return seated_page(
        "audit",
        seat,
        site,
        lines=[line(one, people) for one in found],
        older=older,
        action=action,
        actor=actor,
        actions=each(ACTIONS),
        people=people,
        kinds=each(KINDS),
    )


def line(one: Entry, people: Mapping[str, str]) -> Line:
    """Return an entry as the page shows it; `people` are the site's moderators by id."""
    return Line(
        number=one.number,
        at=moment(one.at),
        who=_who(one, people),
        what=gettext(ACTIONS[AuditAction(one.action)]) if one.action in set(AuditAction) else one.action,
        subject=people.get(one.subject, one.subject),
        link=_link(one),
        details=tuple((in_words(name), _value(value)) for name, value in one.details.items()),
    )


def _who(one: Entry, people: Mapping[str, str]) -> str:
    kind, actor_id = one.actor.kind, one.actor.id
    if kind is ActorKind.MODERATOR:
        return people.get(actor_id) or gettext("somebody who is no longer a moderator (%(id)s)", id=actor_id)
    if kind is ActorKind.API_KEY:
        return gettext("the key %(key)s…", key=actor_id[:SHOWN])
    return gettext(KINDS[kind])


def _link(one: Entry) -> str | None:
    kind, gone = one.action.partition(".")[0], one.action == AuditAction.ENDPOINT_REMOVED
    if one.action == AuditAction.POLICY_CHANGED and isinstance(one.details.get("version"), int):
        return url_for("desk.policy_version", version=one.details["version"])
    if kind == "author" and KEY.fullmatch(one.subject):
        return url_for("desk.queue", author=one.subject)
    if kind in PAGES and ids.is_id(one.subject) and not gone:
        endpoint, argument = PAGES[kind]
        named: dict[str, Any] = {argument: one.subject}
        return url_for(endpoint, **named)
    return None


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(value)
    return "–" if value is None else str(value)


def _before() -> int | None:
    text = request.args.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise BadRequestError(gettext("The address lacks the number of an entry"))
    return int(text)
