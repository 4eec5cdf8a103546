"""What the soak calls wrong, with a service that lies."""

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from standardwebhooks import Webhook

from soak import checks
from soak.receiver import Receiver
from soak.stage import ROLES, Stage
from soak.traffic import Ledger

SECRET = "whsec_" + "c2VjcmV0" * 4
APPROVED = {"id": "c-1", "status": "approved", "decision": {"action": "approve"}}


@dataclass
class Lying:
    """A stage whose service says what a test wants."""

    listed: list[Mapping[str, Any]]
    counts: Mapping[str, int]
    receivers: dict[str, Receiver]
    now: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 1))
    processes_at_first: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 1))

    def count_roles(self) -> dict[str, int]:
        """Return the numbers of processes."""
        return self.now

    def client(self) -> httpx.Client:
        """Return a client of the service."""

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/comments":
                return httpx.Response(200, json={"comments": self.listed, "next": None})
            return httpx.Response(200, json={"counts": {"t": self.counts}})

        return httpx.Client(base_url="http://service", transport=httpx.MockTransport(answer))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give an endpoint that was told of the first approval of `c-1`."""
    made = Receiver()
    made.secrets.append(SECRET)
    tell(made)
    yield made
    made.close()


def tell(receiver: Receiver, event: str = "comment.approved", sequence: int = 1, webhook_id: str = "e-1") -> bool:
    """Call the endpoint as the service does."""
    body = json.dumps({"type": event, "data": {"id": "c-1", "sequence": sequence}})
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign(webhook_id, now, body)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return receiver.take(headers, body.encode())


def wrong(stage: Lying, **accepted: str) -> list[str]:
    """Return what is wrong at once, after `c-1` was accepted on the thread `t`."""
    return checks.broken(cast("Stage", stage), Ledger({"c-1": "t", **accepted}), 0.0)


def test_all_is_well(receiver: Receiver) -> None:
    """A comment that is decided, told and counted is nothing to complain of, and neither is telling twice."""
    tell(receiver)

    assert wrong(Lying([APPROVED], {"approved": 1, "pending": 0}, {"good": receiver})) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"listed": []}, "not decided: c-1 is lost"),
        ({"listed": [{**APPROVED, "status": "pending", "decision": None}]}, "not decided: c-1 is pending"),
        ({"listed": [{**APPROVED, "status": "held"}]}, "not told: c-1 is held, its endpoint was told approved"),
        ({"counts": {"approved": 2}}, "counts: t counts {'approved': 2}, and there are {'approved': 1}"),
        ({"now": {**dict.fromkeys(ROLES, 1), "beat": 0}}, "processes: 0 of beat, not 1"),
    ],
)
def test_what_is_lost_is_noticed(receiver: Receiver, changes: dict[str, Any], complaint: str) -> None:
    """Each promise that is broken is told."""
    stage = Lying(**{"listed": [APPROVED], "counts": {"approved": 1}, "receivers": {"good": receiver}, **changes})

    assert complaint in wrong(stage)


def test_a_decision_that_never_arrived_is_noticed(receiver: Receiver) -> None:
    """Also one in between."""
    tell(receiver, sequence=3, webhook_id="e-3")

    found = wrong(Lying([APPROVED], {"approved": 1}, {"good": receiver}))

    assert "not told: of c-1 arrived only [1, 3]" in found


def test_two_decisions_at_once_are_noticed(receiver: Receiver) -> None:
    """Two events of one comment with the same number mean that two decisions were in force."""
    tell(receiver, "comment.rejected", webhook_id="e-2")

    found = wrong(Lying([APPROVED], {"approved": 1}, {"good": receiver}))

    assert "two events have sequence 1 of c-1" in found


def test_a_call_with_another_secret_is_noticed(receiver: Receiver) -> None:
    """It is not taken."""
    receiver.secrets = ["whsec_" + "b3RoZXJzZQ==" * 3]

    assert not tell(receiver, sequence=2)
    assert receiver.wrong == ["a call was not signed"]


@pytest.mark.parametrize(
    "sent", [b"", b"POST / HTTP/1.1\r\nwebhook-", b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\n{}"]
)
def test_a_call_whose_sender_was_killed_is_none(receiver: Receiver, sent: bytes) -> None:
    """What breaks off is not taken for a call without a signature; it is sent again."""
    url = httpx.URL(receiver.url)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""

    assert receiver.wrong == []
