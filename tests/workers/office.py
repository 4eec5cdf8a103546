"""A site whose decisions a courier takes to real endpoints."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select, update

from moderation import clock, ids
from moderation.model import Action, Author, DecidedBy, Decision
from moderation.pipeline import overrule
from moderation.records import Endpoint
from moderation.storage import endpoints
from moderation.storage.tables import attempts, deliveries
from tests.build import comment, post
from tests.whole.service import wait_until
from tests.workers import endpoint as servers
from tests.workers.endpoint import Behaviour, serving
from workers.courier import Courier
from workers.process import Process

SECRET = "whsec_" + "c2VjcmV0" * 4


@dataclass
class Office:
    """The site `news` with a courier, and endpoints that a test adds."""

    here: Process
    stack: ExitStack

    @cached_property
    def courier(self) -> Courier:
        """A courier in this process."""
        return Courier(self.here)

    def listen(self, behaviour: Behaviour, **fields: Any) -> servers.Endpoint:
        """Start an endpoint and store it; `fields` are those of the stored one."""
        server = self.stack.enter_context(serving(behaviour))
        fields = {"url": server.url(), "secret": SECRET, "events": (), "include_text": False, **fields}
        made = Endpoint(
            **fields,
            id=ids.new_id(clock.now()),
            site_id="news",
            description="",
            created_at=clock.now(),
            disabled_at=None,
            disabled_why=None,
        )
        with self.here.parts.database.write() as connection:
            endpoints.add_endpoint(connection, made)
        return server

    def decide(self, text: str = "A fine article indeed", number: int = 1) -> str:
        """Let comments be approved, which every endpoint hears of, and return the last one's id."""
        site, author = self.here.sites.current("news"), Author(id="kim", name="Kim")
        decision = Decision(Action.APPROVE, DecidedBy.API, clock.now(), 1)
        for one in range(number):
            stored = post(self.here.parts, site, comment(f"{text} {one}", author=author), clock.now())
            overrule(self.here.parts, "news", stored.id, decision)
        return stored.id

    def deliveries(self) -> Sequence[Row[Any]]:
        """Return all deliveries, oldest first."""
        with self.here.parts.database.read() as connection:
            return connection.execute(select(deliveries).order_by(deliveries.c.id)).all()

    def attempts(self, number: int) -> Sequence[Row[Any]]:
        """Return the attempts that are stored, once there are as many."""

        def look() -> Sequence[Row[Any]]:
            with self.here.parts.database.read() as connection:
                found = connection.execute(select(attempts).order_by(attempts.c.id)).all()
            return found if len(found) >= number else []

        return wait_until(look, seconds=15, what=f"{number} attempts")

    def deliver(self, number: int) -> Sequence[Row[Any]]:
        """Deliver what is due and return the attempts, once as many are stored."""
        self.courier.deliver()
        return self.attempts(number)

    def make_due(self) -> None:
        """Let the time of the next try come."""
        with self.here.parts.database.write() as connection:
            pending = update(deliveries).where(deliveries.c.next_try_at.is_not(None))
            connection.execute(pending.values(next_try_at=clock.now()))


def body(server: servers.Endpoint, index: int = -1) -> dict[str, Any]:
    """Return the body of a request that came in."""
    document: dict[str, Any] = json.loads(server.requests[index].body)
    return document
