"""The API keys of a site, for its owners: make one, shown once, replace it in time, end it at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import keys
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.language import N_, each, gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import Seat, take_seat
from moderation.dashboard.show import Moment, moment
from moderation.errors import BadRequestError, NotFoundError
from moderation.model import Scope
from moderation.records import Key
from moderation.web import service

SHOWN = 8
"""Characters of a prefix that are shown; an Akismet key has a longer one."""
NAME_AT_MOST = 100
SCOPE_WORDS = {
    Scope.SUBMIT: N_("post, edit and erase comments"),
    Scope.READ: N_("read comments, threads and counts"),
    Scope.DECIDE: N_("decide comments"),
    Scope.SCORE: N_("ask for scores only"),
    Scope.MANAGE: N_("change the policy and endpoints, read the audit log"),
}
LIVES = {"90": N_("90 days"), "30": N_("30 days"), "365": N_("a year"), "": N_("for ever")}
"""How long a new key can be good, by what the form says: days; the first is offered."""
OVERLAPS = {"7": N_("7 days"), "1": N_("1 day"), "30": N_("30 days"), "0": N_("not at all")}
"""How long a key that is replaced can go on."""


@dataclass(frozen=True, slots=True)
class Line:
    """A key as the page shows it."""

    prefix: str
    shown: str
    name: str
    kind: str
    scopes: str
    made: Moment | None
    expires: Moment | None
    used: Moment | None
    over: bool
    replaced_by: str | None


@blueprint.get("/keys")
def keys_page() -> AnyResponse:
    """List the keys of the site."""
    return _page(take_seat())


@blueprint.post("/keys")
def add_key() -> AnyResponse:
    """Make a key; the page shows it, once."""
    seat, now = take_seat(), service().now()
    kind = keys.AKISMET if request.form.get("kind") == keys.AKISMET else keys.NATIVE
    scopes = [scope for scope in Scope if scope.value in request.form.getlist("scope")]
    if kind == keys.NATIVE and not scopes:
        return _page(seat, 422, mistake=gettext("Tick what the key may do: a key that may do nothing is of no use"))
    days = request.form.get("life", "")
    if days not in LIVES:
        raise BadRequestError(gettext("A key is good for 30, 90 or 365 days or for ever"))
    name = request.form.get("name", "").replace("\0", "").strip()[:NAME_AT_MOST] or "key"
    wanted = keys.Wanted(name, kind, scopes, now + timedelta(days=int(days)) if days else None)
    parts = service().parts
    made = keys.make(parts.database, parts.hasher, seat.moderator.site_id, wanted, now, seat.actor)
    return _page(seat, 201, made=made)


@blueprint.post("/keys/<key_prefix>/rotate")
def rotate_key(key_prefix: str) -> AnyResponse:
    """Make a key that takes another's place; the page shows it, once."""
    seat, parts = take_seat(), service().parts
    if key_prefix not in {one.prefix for one in keys.list_keys(parts.database, seat.moderator.site_id)}:
        raise NotFoundError(keys.NO_SUCH)
    days = request.form.get("overlap", "")
    if days not in OVERLAPS:
        raise BadRequestError(gettext("The old key is good for 0, 1, 7 or 30 days more"))
    made = keys.rotate(
        parts.database,
        parts.hasher,
        seat.moderator.site_id,
        key_prefix,
        timedelta(days=int(days)),
        service().now(),
        seat.actor,
    )
    return _page(seat, 201, made=made)


@blueprint.post("/keys/<key_prefix>/revoke")
def revoke_key(key_prefix: str) -> AnyResponse:
    """End a key at once."""
    seat = take_seat()
    keys.revoke(service().parts.database, seat.moderator.site_id, key_prefix, service().now(), seat.actor)
    return redirect(url_for("desk.keys_page", changed="revoked"), 303)


def _page(seat: Seat, status: int = 200, **values: object) -> AnyResponse:
    site, now = service().site(seat.moderator.site_id), service().now()
    found = keys.list_keys(service().parts.database, site.id)
    return seated_page(
        "keys",
        seat,
        site,
        status,
        **{"made": None, "mistake": None, **values},
        lines=[_line(one, now) for one in reversed(found)],
        scopes=each(SCOPE_WORDS),
        lives=each(LIVES),
        overlaps=each(OVERLAPS),
        revoked=request.args.get("changed") == "revoked",
    )


def _line(one: Key, now: datetime) -> Line:
    made, expires, used = (moment(at) if at else None for at in (one.created_at, one.expires_at, one.used_at))
    return Line(
        prefix=one.prefix,
        shown=one.prefix[:SHOWN],
        name=one.name,
        kind=one.kind,
        scopes=", ".join(scope.value for scope in Scope if scope in one.scopes),
        made=made,
        expires=expires,
        used=used,
        over=one.is_over(now),
        replaced_by=one.replaced_by and one.replaced_by[:SHOWN],
    )
