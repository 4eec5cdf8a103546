"""Who looks at which comment, so that two moderators do not read the same one; kept in Redis for some seconds.

Whoever came to a comment first holds it; the others are shown the name. It is a courtesy: a decision on what somebody
else decided meanwhile is refused all the same (`deciding`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, request
from redis.exceptions import RedisError

from moderation.dashboard.listing import known_id, read_listing
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import Seat, take_seat
from moderation.ids import milliseconds
from moderation.web import answer, service

LASTS_MS = 25_000
SHOWN_AT_MOST = 25


@dataclass(frozen=True, slots=True)
class Look:
    """A moderator at a comment: since when, and until when unless they are heard of again; milliseconds since 1970."""

    comment_id: str
    name: str
    since: int
    until: int


@blueprint.post("/presence")
def presence() -> Response:
    """Note what a moderator looks at; answer who of the others looks at what, and whether newer comments wait."""
    seat, listing = take_seat(), read_listing()
    site_id = seat.moderator.site_id
    shown = [known_id(one) for one in request.form.getlist("shown")[:SHOWN_AT_MOST]]
    at = request.form.get("at")
    try:
        looked_at = known_id(at) if at and seat.may("desk.decide") else ""  # who cannot decide holds nothing
        others = taken_by_others(_looks(seat, looked_at), seat.moderator.id, shown)
    except (RedisError, OSError):
        others = {}
    newest, _ = service().find(site_id, listing.filter(), limit=1, before_id=None)
    newer = bool(newest) and listing.before is None and listing.order is None and newest[0].id > max(shown, default="")
    return answer({"others": others, "newer": newer})


def taken_by_others(looks: Mapping[str, Look], moderator_id: str, shown: Sequence[str]) -> dict[str, str]:
    """Return by name who holds which of the comments that a moderator is shown: whoever came to it first."""
    mine = looks.get(moderator_id)
    first: dict[str, Look] = {}
    for one in sorted(looks.values(), key=lambda look: look.since):
        first.setdefault(one.comment_id, one)
    return {key: first[key].name for key in shown if key in first and first[key] != mine}


def _looks(seat: Seat, comment_id: str) -> Mapping[str, Look]:
    """Note what a moderator looks at, and return what everybody of the site does, by moderator."""
    redis, name = service().parts.queue.redis, f"moderation:looking:{seat.moderator.site_id}"
    now, me = milliseconds(service().now()), seat.moderator.id
    found: Any = redis.hgetall(name)
    looks = {key: Look(**json.loads(value)) for key, value in found.items()}
    looks = {key: look for key, look in looks.items() if now < look.until <= now + LASTS_MS}
    if comment_id:
        before = looks.get(me)
        since = before.since if before is not None and before.comment_id == comment_id else now
        looks[me] = Look(comment_id, seat.moderator.name, since, now + LASTS_MS)
        with redis.pipeline(transaction=False) as pipe:
            pipe.hset(name, me, json.dumps(asdict(looks[me])))
            pipe.pexpire(name, LASTS_MS)
            pipe.execute()
    return looks
