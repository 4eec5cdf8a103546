"""The native API's webhooks: endpoints, and what was delivered to them."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from moderation import delivering
from moderation.comment_object import timestamp
from moderation.dialects import native_requests as requests
from moderation.dialects import native_webhook_schemas as schemas
from moderation.errors import BlockedTargetError, EndpointDisabledError, EndpointsFullError, NotFoundError
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Endpoint
from moderation.signing import public_key, signing_of
from moderation.storage.delivery_log import Tried, Try, Wanted
from moderation.web import answer, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_endpoints", __name__, tag="Webhooks")
GONE_OR_OFF = (NotFoundError, EndpointDisabledError)


@blueprint.get("/v1/endpoints")
@blueprint.doc(responses=answers(200, model=schemas.EndpointsOut), security=needs(Scope.MANAGE))
def list_endpoints() -> Response:
    """List the endpoints of the site, without their secrets."""
    key = require_key(Scope.MANAGE)
    return answer({"endpoints": [_endpoint(one) for one in service().endpoints(key.site_id)]})


@blueprint.post("/v1/endpoints")
@takes(body=schemas.EndpointIn)
@blueprint.doc(
    responses=answers(201, model=schemas.SecretEndpointOut, problems=(EndpointsFullError, BlockedTargetError)),
    security=needs(Scope.MANAGE),
)
def add_endpoint() -> Response:
    """Make an endpoint; the secret for verifying its callbacks is in this answer only."""
    key = require_key(Scope.MANAGE)
    body = read_json(schemas.EndpointIn)
    endpoint = delivering.add(
        service(),
        key.site_id,
        body.url,
        body.events or (),
        include_text=body.include_text,
        description=body.description,
        signing=body.signing,
        actor=key.actor,
    )
    return answer(_with_secret(endpoint), 201)


@blueprint.get("/v1/endpoints/<endpoint_id>")
@blueprint.doc(
    responses=answers(200, model=schemas.EndpointOut, problems=(NotFoundError,)), security=needs(Scope.MANAGE)
)
def get_endpoint(endpoint_id: str) -> Response:
    """Show one endpoint, and how it does."""
    key = require_key(Scope.MANAGE)
    return answer(_endpoint(delivering.get(service(), key.site_id, requests.checked_id(endpoint_id))))


@blueprint.patch("/v1/endpoints/<endpoint_id>")
@takes(body=schemas.EndpointChangeIn)
@blueprint.doc(
    responses=answers(200, model=schemas.EndpointOut, problems=(NotFoundError, BlockedTargetError)),
    security=needs(Scope.MANAGE),
)
def change_endpoint(endpoint_id: str) -> Response:
    """Change what is given; `enabled` lets a disabled endpoint live again, or disables it."""
    key = require_key(Scope.MANAGE)
    body = read_json(schemas.EndpointChangeIn)
    changes = body.model_dump(exclude_unset=True)
    enabled = changes.pop("enabled", None)
    if "events" in changes:
        changes["events"] = tuple(changes["events"] or ())
    changed = delivering.change(
        service(), key.site_id, requests.checked_id(endpoint_id), changes, enabled=enabled, actor=key.actor
    )
    return answer(_endpoint(changed))


@blueprint.post("/v1/endpoints/<endpoint_id>/rotate")
@takes(body=schemas.RotateIn)
@blueprint.doc(
    responses=answers(200, model=schemas.SecretEndpointOut, problems=(NotFoundError,)), security=needs(Scope.MANAGE)
)
def rotate_secret(endpoint_id: str) -> Response:
    """Give an endpoint a new secret; the one before it signs too for some hours."""
    key = require_key(Scope.MANAGE)
    overlap = timedelta(hours=read_json(schemas.RotateIn).overlap_hours)
    endpoint = delivering.rotate(service(), key.site_id, requests.checked_id(endpoint_id), overlap, key.actor)
    return answer(_with_secret(endpoint))


@blueprint.post("/v1/endpoints/<endpoint_id>/test")
@blueprint.doc(responses=answers(202, model=schemas.TestedOut, problems=GONE_OR_OFF), security=needs(Scope.MANAGE))
def test_endpoint(endpoint_id: str) -> Response:
    """Send an `endpoint.test` event, whatever events the endpoint asked for; `/v1/deliveries` shows what came of it."""
    key = require_key(Scope.MANAGE)
    return answer({"delivery_id": delivering.test(service(), key.site_id, requests.checked_id(endpoint_id))}, 202)


@blueprint.delete("/v1/endpoints/<endpoint_id>")
@blueprint.doc(responses=answers(204, problems=(NotFoundError,)), security=needs(Scope.MANAGE))
def remove_endpoint(endpoint_id: str) -> Response:
    """Remove an endpoint with what waits for it."""
    key = require_key(Scope.MANAGE)
    delivering.remove(service(), key.site_id, endpoint_id, key.actor)
    return Response(status=204)


@blueprint.get("/v1/deliveries")
@takes(query=schemas.DeliveriesQuery)
@blueprint.doc(responses=answers(200, model=schemas.DeliveriesOut), security=needs(Scope.MANAGE))
def list_deliveries() -> Response:
    """List deliveries, newest first."""
    key = require_key(Scope.MANAGE)
    query = read_query(schemas.DeliveriesQuery)
    before_id = None if query.cursor is None else requests.read_cursor(query.cursor)
    page, following = delivering.find(service(), key.site_id, _wanted(query), query.limit, before_id)
    return answer(
        {
            "deliveries": [_delivery(one) for one in page],
            "next": None if following is None else requests.cursor(following),
        }
    )


@blueprint.get("/v1/deliveries/<delivery_id>")
@blueprint.doc(
    responses=answers(200, model=schemas.DeliveryOut, problems=(NotFoundError,)), security=needs(Scope.MANAGE)
)
def get_delivery(delivery_id: str) -> Response:
    """Show one delivery with its attempts."""
    key = require_key(Scope.MANAGE)
    one, tries = delivering.get_delivery(service(), key.site_id, requests.checked_id(delivery_id))
    return answer({**_delivery(one), "tries": [_try(each) for each in tries]})


@blueprint.post("/v1/deliveries/<delivery_id>/replay")
@blueprint.doc(responses=answers(202, model=schemas.ReplayedOut, problems=GONE_OR_OFF), security=needs(Scope.MANAGE))
def replay_delivery(delivery_id: str) -> Response:
    """Send a delivery again, with all its tries before it; the event keeps its id."""
    key = require_key(Scope.MANAGE)
    delivering.replay_one(service(), key.site_id, requests.checked_id(delivery_id))
    return answer({"replayed": 1, "more": False}, 202)


@blueprint.post("/v1/deliveries/replay")
@takes(body=schemas.ReplayIn)
@blueprint.doc(
    responses=answers(202, model=schemas.ReplayedOut, problems=(EndpointDisabledError,)), security=needs(Scope.MANAGE)
)
def replay_deliveries() -> Response:
    """Send again what a filter chooses, oldest first, up to 1,000 a call: while `more` is true, call again.

    What went to endpoints that are disabled stays as it is.
    """
    key = require_key(Scope.MANAGE)
    number, more = delivering.replay(service(), key.site_id, _wanted(read_json(schemas.ReplayIn)))
    return answer({"replayed": number, "more": more}, 202)


def _wanted(given: schemas.DeliveryFilter) -> Wanted:
    return Wanted(given.endpoint, given.state, given.type, given.comment, given.after, given.before)


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": [event.value for event in endpoint.events],
        "include_text": endpoint.include_text,
        "description": endpoint.description,
        "signing": signing_of(endpoint.secret),
        "public_key": public_key(endpoint.secret),
        "old_secret_until": _moment(endpoint.old_secret_until),
        "created_at": timestamp(endpoint.created_at),
        "disabled_at": _moment(endpoint.disabled_at),
        "disabled_why": endpoint.disabled_why,
        "failures": endpoint.failures,
        "failing_since": _moment(endpoint.failing_since),
        "rest_until": _moment(endpoint.rest_until),
    }


def _with_secret(endpoint: Endpoint) -> dict[str, Any]:
    secret = endpoint.secret if signing_of(endpoint.secret) == "hmac" else None
    return {**_endpoint(endpoint), "secret": secret}


def _delivery(one: Tried) -> dict[str, Any]:
    return {
        "id": one.id,
        "endpoint_id": one.endpoint_id,
        "event_id": one.event_id,
        "type": one.type.value,
        "comment_id": one.comment_id,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": timestamp(one.at),
        "next_try_at": _moment(one.next_try_at),
    }


def _try(one: Try) -> dict[str, Any]:
    return {
        "at": timestamp(one.at),
        "status": one.status,
        "milliseconds": one.milliseconds,
        "answer": one.answer,
        "error": one.error,
    }


def _moment(moment: Any) -> str | None:  # noqa: ANN401 - a datetime or None
    return None if moment is None else timestamp(moment)
