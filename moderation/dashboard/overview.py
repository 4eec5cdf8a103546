"""How a site has been doing: volume, what is held, how long people take, whether they agree, and its callbacks."""

import csv
import io
from datetime import datetime, timedelta

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard.deciding import seated_page
from moderation.dashboard.figures import ORDER, Figures, age, figures, in_words
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.model import Status
from moderation.records import Endpoint
from moderation.storage import deliveries, endpoints, overview
from moderation.web import service

DAYS = 30
WAITING_AT_MOST = 1000


@blueprint.get("/overview")
def overview_page() -> AnyResponse:
    """Show the last 30 days."""
    seat = take_seat()
    site, now = service().site(seat.moderator.site_id), service().now()
    with service().parts.database.read() as connection:
        oldest = overview.oldest_held(connection, site.id)
        hooks = [
            (one, deliveries.waiting(connection, site.id, one.id, WAITING_AT_MOST))
            for one in endpoints.list_endpoints(connection, site.id)
        ]
    found = _figures(site.id, now)
    return seated_page(
        "overview",
        seat,
        site,
        figures=found,
        oldest=age(oldest, now),
        waited=None if found.waited is None else in_words(found.waited),
        order=ORDER,
        number=DAYS,
        hooks=[{"endpoint": one, "waiting": waiting, "state": _state(one, now)} for one, waiting in hooks],
    )


@blueprint.get("/overview.csv")
def overview_csv() -> Response:
    """Return the table of the days as a file."""
    seat = take_seat()
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["day", *(status.value for status in ORDER), "total"])
    for one in _figures(seat.moderator.site_id, service().now()).days:
        table.writerow([one.day.isoformat(), *(one.counts.get(status, 0) for status in ORDER), one.total])
    name = f"attachment; filename=comments-{seat.moderator.site_id}.csv"
    return Response(text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": name})


def _figures(site_id: str, now: datetime) -> Figures:
    since = (now - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with service().parts.database.read() as connection:
        counted = overview.by_day(connection, site_id, since)
        made = overview.made_by_people(connection, site_id, since)
    return figures(counted, made, now.date(), DAYS)


def _state(endpoint: Endpoint, now: datetime) -> tuple[str, str]:
    """Return how an endpoint does, as a kind of badge and in words."""
    if endpoint.disabled_at is not None:
        return Status.REJECTED.value, f"Disabled: {endpoint.disabled_why}"
    if endpoint.failing_since is not None:
        return (
            Status.HELD.value,
            f"Has failed for {age(endpoint.failing_since, now)}, {endpoint.failures} times in a row",
        )
    return Status.APPROVED.value, "Takes what it is sent"
