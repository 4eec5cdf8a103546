"""How the endpoints of a site do, in words: the overview and their own page say the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.dashboard.elsewhere import told
from moderation.dashboard.figures import age
from moderation.dashboard.language import gettext
from moderation.model import Status
from moderation.records import Endpoint
from moderation.storage import deliveries, delivery_log, endpoints
from moderation.web import service

COUNTED_AT_MOST = 1000
FAILED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Health:
    """An endpoint, how it does (a kind of badge, and words), and what waits for it or was given up lately."""

    endpoint: Endpoint
    badge: str
    words: str
    waiting: int
    failed: int


def health(site_id: str, now: datetime) -> list[Health]:
    """Return how each endpoint that the site made does."""
    with service().parts.database.read() as connection:
        return [
            Health(
                one,
                *state(one, now),
                deliveries.waiting(connection, site_id, one.id, COUNTED_AT_MOST),
                delivery_log.failed(connection, site_id, one.id, now - FAILED_WITHIN, COUNTED_AT_MOST),
            )
            for one in endpoints.list_endpoints(connection, site_id)
        ]


def state(endpoint: Endpoint, now: datetime) -> tuple[str, str]:
    """Return how an endpoint does, as a kind of badge and in words."""
    if endpoint.disabled_at is not None:
        return Status.REJECTED.value, gettext("Disabled: %(why)s", why=told(endpoint.disabled_why or ""))
    if endpoint.failing_since is not None:
        said = gettext(
            "Has failed for %(time)s, %(number)s times in a row",
            time=age(endpoint.failing_since, now),
            number=endpoint.failures,
        )
        if endpoint.rest_until is not None and endpoint.rest_until > now:
            said += "; " + gettext("rests for %(time)s", time=age(now, endpoint.rest_until))
        return Status.HELD.value, said
    return Status.APPROVED.value, gettext("Takes what it is sent")
