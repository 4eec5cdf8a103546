"""Pages of the endpoints: how each does, what was sent to it, and what came of each try; nothing here changes any."""

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from moderation import delivering
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.hooks import health, state
from moderation.dashboard.language import N_, each, gettext
from moderation.dashboard.listing import known_id
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.dashboard.show import Moment, moment
from moderation.errors import NotFoundError
from moderation.model import EventType
from moderation.signing import public_key, signing_of
from moderation.storage.delivery_log import Tried, Wanted
from moderation.web import service

PAGE_SIZE = 25
STATES = {"pending": N_("Waits"), "delivered": N_("Delivered"), "failed": N_("Given up")}
BADGES = {"pending": "held", "delivered": "approved", "failed": "rejected"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as a page shows it."""

    delivery: Tried
    words: str
    badge: str
    at: Moment
    again: Moment | None
    """When it is tried next."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try as a page shows it."""

    at: Moment
    status: int | None
    milliseconds: int
    answer: str | None
    error: str | None


@blueprint.get("/endpoints")
def endpoints_page() -> AnyResponse:
    """List the endpoints with how they do, and a form for another one."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    return seated_page(
        "endpoints", seat, site, hooks=health(site.id, service().now()), events=[event.value for event in EventType]
    )


@blueprint.get("/endpoints/<endpoint_id>")
def endpoint_page(endpoint_id: str) -> AnyResponse:
    """Show one endpoint, what can be done with it, and what was sent to it."""
    seat = take_seat()
    site, now = service().site(seat.moderator.site_id), service().now()
    endpoint = delivering.get(service(), site.id, known_id(endpoint_id))
    before, wanted = request.args.get("before"), request.args.get("state") or None
    if wanted not in {None, *STATES}:
        raise NotFoundError(gettext("There is no such state of a delivery"))
    found, older = delivering.find(
        service(), site.id, Wanted(endpoint.id, wanted), PAGE_SIZE, known_id(before) if before else None
    )
    badge, words = state(endpoint, now)
    return seated_page(
        "endpoint",
        seat,
        site,
        endpoint=endpoint,
        badge=badge,
        words=words,
        signing=signing_of(endpoint.secret),
        public_key=public_key(endpoint.secret),
        old_until=moment(endpoint.old_secret_until)
        if endpoint.old_secret_until and endpoint.old_secret_until > now
        else None,
        made=moment(endpoint.created_at),
        sent=[_sent(one) for one in found],
        older=older,
        state=wanted,
        states=each(STATES),
    )


@blueprint.get("/deliveries/<delivery_id>")
def delivery_page(delivery_id: str) -> AnyResponse:
    """Show one delivery with what came of each try."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    one, tries = delivering.get_delivery(service(), site.id, known_id(delivery_id))
    return seated_page(
        "delivery",
        seat,
        site,
        sent=_sent(one),
        tries=[Attempt(moment(each.at), each.status, each.milliseconds, each.answer, each.error) for each in tries],
    )


def _sent(one: Tried) -> Sent:
    return Sent(
        one,
        gettext(STATES.get(one.state, one.state)),
        BADGES.get(one.state, "pending"),
        moment(one.at),
        moment(one.next_try_at) if one.next_try_at else None,
    )
