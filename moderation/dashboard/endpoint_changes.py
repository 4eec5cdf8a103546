"""What is done with endpoints at the desk, by the functions that the API calls: all of it changes or sends."""

from datetime import UTC, datetime, timedelta

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import delivering
from moderation.dashboard.deciding import answer_done, seated_page
from moderation.dashboard.done import Done
from moderation.dashboard.endpoints import STATES
from moderation.dashboard.language import gettext
from moderation.dashboard.listing import known_id
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import Seat, take_seat
from moderation.errors import BadRequestError
from moderation.model import EventType
from moderation.records import Endpoint
from moderation.signing import Signing, public_key, signing_of
from moderation.storage.delivery_log import Wanted
from moderation.web import service

DESCRIPTION_AT_MOST = 200
HOURS_AT_MOST = 24 * 30
SIGNINGS: dict[str, Signing] = {"hmac": "hmac", "ed25519": "ed25519"}


@blueprint.post("/endpoints")
def add_endpoint() -> AnyResponse:
    """Make an endpoint, and show its secret this once."""
    seat, form = take_seat(), request.form
    events = [EventType(name) for name in form.getlist("events") if name in set(EventType)]
    endpoint = delivering.add(
        service(),
        seat.moderator.site_id,
        form.get("url", "").strip(),
        () if len(events) == len(EventType) else events,
        include_text=bool(form.get("include_text")),
        description=form.get("description", "").replace("\0", "").strip()[:DESCRIPTION_AT_MOST],
        signing=SIGNINGS.get(form.get("signing", ""), "hmac"),
        actor=seat.actor,
    )
    return _with_secret(seat, endpoint, gettext("Your endpoint is there"))


@blueprint.post("/endpoints/<endpoint_id>/rotate")
def rotate_endpoint_secret(endpoint_id: str) -> AnyResponse:
    """Give an endpoint a new secret, and show it this once."""
    seat, hours = take_seat(), request.form.get("hours", "24")
    if not hours.isascii() or not hours.isdigit() or len(hours) > len(str(HOURS_AT_MOST)) or int(hours) > HOURS_AT_MOST:
        raise BadRequestError(
            gettext("The secret before signs too for 0 to %(hours)s hours; go back and change it", hours=HOURS_AT_MOST)
        )
    overlap = timedelta(hours=int(hours))
    endpoint = delivering.rotate(service(), seat.moderator.site_id, known_id(endpoint_id), overlap, seat.actor)
    return _with_secret(seat, endpoint, gettext("Its secret is a new one"))


@blueprint.post("/endpoints/<endpoint_id>/disable")
def disable_endpoint(endpoint_id: str) -> AnyResponse:
    """Send nothing more to an endpoint, and give up what waits for it."""
    return _switched(known_id(endpoint_id), enabled=False)


@blueprint.post("/endpoints/<endpoint_id>/enable")
def enable_endpoint(endpoint_id: str) -> AnyResponse:
    """Let an endpoint live again, without its failures."""
    return _switched(known_id(endpoint_id), enabled=True)


@blueprint.post("/endpoints/<endpoint_id>/remove")
def remove_endpoint(endpoint_id: str) -> AnyResponse:
    """Remove an endpoint with all that was sent to it or waits for it."""
    seat = take_seat()
    delivering.remove(service(), seat.moderator.site_id, known_id(endpoint_id), seat.actor)
    return answer_done(Done("hook-removed", 1, 0, ""), url_for("desk.endpoints_page"))


@blueprint.post("/endpoints/<endpoint_id>/test")
def test_endpoint(endpoint_id: str) -> AnyResponse:
    """Send an endpoint a test event."""
    seat = take_seat()
    delivering.test(service(), seat.moderator.site_id, known_id(endpoint_id))
    return answer_done(Done("hook-test", 1, 0, ""), url_for("desk.endpoint_page", endpoint_id=endpoint_id))


@blueprint.post("/endpoints/<endpoint_id>/replay")
def replay_to_endpoint(endpoint_id: str) -> AnyResponse:
    """Send again what was sent to an endpoint: of a state, in a range of time."""
    seat = take_seat()
    endpoint = delivering.get(service(), seat.moderator.site_id, known_id(endpoint_id))
    state = request.form.get("state", "failed")
    if state not in {"", *STATES}:
        raise BadRequestError(gettext("What is sent again waits, was delivered or was given up"))
    wanted = Wanted(
        endpoint.id, state or None, after=_moment(request.form.get("after")), before=_moment(request.form.get("before"))
    )
    number, more = delivering.replay(service(), seat.moderator.site_id, wanted)
    done = Done("hook-more" if more else "hook-replay", number, 0, "")
    return answer_done(done, url_for("desk.endpoint_page", endpoint_id=endpoint_id))


@blueprint.post("/deliveries/<delivery_id>/replay")
def replay_delivery(delivery_id: str) -> AnyResponse:
    """Send one delivery again, with all its tries before it."""
    seat = take_seat()
    delivering.replay_one(service(), seat.moderator.site_id, known_id(delivery_id))
    return answer_done(Done("hook-replay", 1, 0, ""), url_for("desk.delivery_page", delivery_id=delivery_id))


def _switched(endpoint_id: str, *, enabled: bool) -> AnyResponse:
    seat = take_seat()
    delivering.change(service(), seat.moderator.site_id, endpoint_id, {}, enabled=enabled, actor=seat.actor)
    return redirect(url_for("desk.endpoint_page", endpoint_id=endpoint_id), 303)


def _with_secret(seat: Seat, endpoint: Endpoint, title: str) -> AnyResponse:
    shown = endpoint.secret if signing_of(endpoint.secret) == "hmac" else None
    site = service().site(seat.moderator.site_id)
    return seated_page(
        "secret", seat, site, endpoint=endpoint, title=title, secret=shown, public_key=public_key(endpoint.secret)
    )


def _moment(text: str | None) -> datetime | None:
    """Return what a field for a moment says, which is in UTC; None if it is empty."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise BadRequestError(gettext("A moment is written as 2026-11-30T12:00; go back and change it")) from None
