"""Says whether the service lives (`/livez`), is ready (`/readyz`), and how busy it is (`/metrics`)."""

from typing import Literal

from apiflask import APIBlueprint
from flask import Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from pydantic import BaseModel

from moderation.admission import EXTENSION
from moderation.errors import NotFoundError
from moderation.openapi import answers
from moderation.storage import work
from moderation.storage.database import Database, SQLAlchemyError
from moderation.web import answer, service

blueprint = APIBlueprint("health", __name__, tag="Health")
PARTS = ("scorer", "courier")
"""Workers that say every few seconds that they are alive."""


class LiveOut(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class ReadyOut(BaseModel):
    """Which parts answer: 200 while the database does, else 503."""

    status: Literal["ok", "degraded", "down"]
    parts: dict[str, Literal["ok", "down"]]


@blueprint.get("/livez")
@blueprint.doc(responses=answers(200, model=LiveOut))
def livez() -> Response:
    """Say that the process answers; looks at nothing else."""
    return answer({"status": "ok"})


@blueprint.get("/readyz")
@blueprint.doc(responses=answers(200, 503, model=ReadyOut))
def readyz() -> Response:
    """Say which parts answer: 200, or 503 if the database does not.

    Without workers or Redis comments are still taken and stored: only the database decides the status.
    """
    redis = service().parts.queue.answers()
    parts = {
        "database": _database_answers(service().parts.database),
        "redis": redis,
        **{part: redis and service().parts.queue.alive(part) for part in PARTS},
    }
    status = "ok" if all(parts.values()) else "degraded" if parts["database"] else "down"
    return answer(
        {"status": status, "parts": {name: "ok" if fine else "down" for name, fine in parts.items()}},
        200 if parts["database"] else 503,
    )


@blueprint.get("/metrics")
@blueprint.doc(hide=True)
def metrics() -> Response:
    """Show figures for Prometheus."""
    if not service().settings.metrics:
        raise NotFoundError
    registry = CollectorRegistry()
    with service().parts.database.read() as connection:
        Gauge("moderation_waiting_comments", "Comments that wait for scoring", registry=registry).set(
            work.waiting(connection)
        )
    refused = Counter("moderation_refused_requests", "Requests refused because too many came", registry=registry)
    refused.inc(current_app.extensions[EXTENSION].refused)
    redis = service().parts.queue.answers()
    for part in PARTS:
        Gauge(f"moderation_{part}_up", f"1 if a {part} is alive", registry=registry).set(
            redis and service().parts.queue.alive(part)
        )
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database_answers(database: Database) -> bool:
    try:
        with database.read() as connection:
            work.is_due(connection, service().now())
    except SQLAlchemyError:
        return False
    return True
