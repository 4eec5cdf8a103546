"""Deliveries on their way to real endpoints: claimed, sent, kept; one that fails delays no other."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from standardwebhooks import Webhook

from moderation import changes, clock
from moderation.model import EventType
from moderation.storage import endpoints
from moderation.storage.database import Database
from moderation.storage.tables import deliveries
from moderation.storage.tables import endpoints as endpoints_table
from tests.build import make_parts, make_site
from tests.workers.endpoint import hang, says
from tests.workers.fakes import make_process
from tests.workers.office import SECRET, Office, body
from workers.courier import SENDERS, Courier
from workers.webhooks import DELAYS

OK = says("HTTP/1.1 200 OK\n\nthank you")


def test_a_decision_is_delivered_signed(office: Office) -> None:
    """The endpoint gets the event as it was stored, signed, without text and author; the attempt is kept."""
    server = office.listen(OK)
    comment_id = office.decide()

    (attempt,) = office.deliver(1)

    (request,) = server.requests
    document = Webhook(SECRET).verify(request.body, {name.lower(): value for name, value in request.headers.items()})
    assert document == body(server)
    assert (document["type"], document["data"]["id"]) == ("comment.approved", comment_id)
    assert datetime.fromisoformat(document["timestamp"]) <= clock.now()
    assert not {"text", "author"} & set(document["data"])
    assert (attempt.status, attempt.answer, attempt.error) == (200, "thank you", None)
    (delivery,) = office.deliveries()
    assert (delivery.state, delivery.attempts, delivery.next_try_at) == ("delivered", 1, None)


def test_a_failed_try_is_followed_by_a_later_one(office: Office) -> None:
    """Each failure waits longer for its next try, and the event keeps its id, so that it can be recognised."""
    server = office.listen(says("HTTP/1.1 500 Oops\n\nno"))
    office.decide()

    for tries in (1, 2):
        attempt = office.deliver(tries)[-1]
        assert (attempt.status, attempt.answer) == (500, "no")
        (delivery,) = office.deliveries()
        assert (delivery.state, delivery.attempts) == ("pending", tries)
        assert DELAYS[tries] * 0.8 < delivery.next_try_at - clock.now() < DELAYS[tries] * 1.2
        office.courier.deliver()
        assert len(server.requests) == tries
        office.make_due()

    assert len({request.headers["webhook-id"] for request in server.requests}) == 1


def test_the_last_failed_try_ends_a_delivery(office: Office) -> None:
    """After all its tries a delivery is failed and never claimed again."""
    office.listen(says("HTTP/1.1 500 Oops\n\nno"))
    office.decide()
    with office.here.parts.database.write() as connection:
        connection.execute(update(deliveries).values(attempts=len(DELAYS) - 1))

    office.deliver(1)

    (delivery,) = office.deliveries()
    assert (delivery.state, delivery.next_try_at) == ("failed", None)


def test_gone_disables_the_endpoint(office: Office) -> None:
    """410 says that nobody listens any more: nothing is sent there again, what waits for it is given up."""
    server = office.listen(says("HTTP/1.1 410 Gone\n\n"))
    office.decide()
    office.deliver(1)
    office.decide("Another fine article")
    office.courier.deliver()

    with office.here.parts.database.read() as connection:
        (stored,) = endpoints.list_endpoints(connection, "news")
    assert stored.disabled_at is not None
    assert stored.disabled_why == "The endpoint answered 410 Gone"
    assert [delivery.state for delivery in office.deliveries()] == ["failed"]
    assert len(server.requests) == 1


def test_what_is_left_for_a_disabled_endpoint_is_given_up(office: Office) -> None:
    """A delivery that was written while its endpoint was disabled is not claimed for ever."""
    server = office.listen(OK)
    office.decide()
    with office.here.parts.database.write() as connection:
        connection.execute(update(endpoints_table).values(disabled_at=clock.now()))

    office.courier.deliver()

    assert [(one.state, one.next_try_at) for one in office.deliveries()] == [("failed", None)]
    assert server.requests == []


def test_text_and_author_are_sent_to_who_asks_for_them(office: Office) -> None:
    """Only an endpoint with `include_text` gets them, as they are when it is sent."""
    plain, quoting = office.listen(OK), office.listen(OK, include_text=True)
    office.decide("The text of it")

    office.deliver(2)

    assert body(quoting)["data"]["text"] == "The text of it 0"
    assert body(quoting)["data"]["author"]["name"] == "Kim"
    assert "text" not in body(plain)["data"]


def test_nothing_of_an_erased_comment_is_sent(office: Office) -> None:
    """An event that waited while its comment was erased goes out without text and author."""
    server = office.listen(OK, include_text=True)
    comment_id = office.decide("The canary")
    changes.erase(office.here.parts, "news", comment_id, clock.now())

    office.deliver(2)

    assert {body(server, index)["type"] for index in range(2)} == {"comment.approved", "comment.erased"}
    for index in range(2):
        assert (body(server, index)["data"]["text"], body(server, index)["data"]["author"]) == (None, None)
    assert not [request for request in server.requests if b"canary" in request.body or b"Kim" in request.body]


def test_an_endpoint_hears_only_what_it_asked_for(office: Office) -> None:
    """An endpoint that wants to hear of held comments does not hear of approved ones."""
    server, other = office.listen(OK, events=(EventType.COMMENT_HELD,)), office.listen(OK)
    office.decide()

    office.deliver(1)

    assert (len(server.requests), len(other.requests)) == (0, 1)


def test_an_unexpected_error_is_a_failed_try(office: Office) -> None:
    """What nobody foresaw (here: a secret that cannot sign) loses no other attempt, and is tried again later."""
    office.listen(OK, secret="whsec_not base64")
    server = office.listen(OK)
    office.decide()

    failed = [one for one in office.deliver(2) if one.status is None]

    assert [one.error for one in failed] == ["Error"]
    assert len(server.requests) == 1
    states = {one.id: one for one in office.deliveries()}
    delivery = states[failed[0].delivery_id]
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert timedelta(0) < delivery.next_try_at - clock.now() < timedelta(seconds=10)
    assert sorted(one.state for one in states.values()) == ["delivered", "pending"]


def test_a_forbidden_address_is_not_called(office: Office) -> None:
    """Where callbacks may not go (any more) nothing is sent, and the delivery is over."""
    office.listen(OK, url="http://10.1.2.3/hook")
    office.decide()

    (attempt,) = office.deliver(1)

    assert attempt.status is None
    assert "not public" in attempt.error
    assert [(one.state, one.next_try_at) for one in office.deliveries()] == [("failed", None)]


def test_a_slow_endpoint_delays_no_other(office: Office) -> None:
    """What hangs has a thread of its own: the others are sent and kept meanwhile."""
    office.listen(hang)
    server = office.listen(OK)
    office.decide(number=3)

    stored = office.deliver(3)

    assert [one.status for one in stored] == [200, 200, 200]
    assert len(server.requests) == 3
    assert [one.state for one in office.deliveries()].count("pending") == 3


def test_more_is_sent_than_there_are_senders(office: Office) -> None:
    """One task goes on until nothing is due."""
    server = office.listen(OK)
    office.decide(number=SENDERS + 8)

    office.deliver(SENDERS + 8)

    assert len({request.headers["webhook-id"] for request in server.requests}) == SENDERS + 8
    assert {one.state for one in office.deliveries()} == {"delivered"}


def test_a_courier_that_stops_waits_for_nobody(office: Office) -> None:
    """What is on its way has a moment to come back; what waits stays for another process, untouched."""
    office.listen(hang)
    office.decide()
    office.courier.deliver()
    started = clock.monotonic()

    assert not office.courier.stop(0.1)
    office.decide("Another fine article")
    office.courier.deliver()

    assert clock.monotonic() - started < 2
    assert sorted(one.attempts for one in office.deliveries()) == [0, 1]


def test_two_couriers_send_nothing_twice(office: Office) -> None:
    """What one process claimed no other sends while the lease lasts."""
    server = office.listen(OK)
    office.decide(number=10)
    other = Courier(replace(office.here))

    other.deliver()
    office.deliver(10)

    assert other.stop(10)
    assert len(server.requests) == 10


def test_callbacks_go_out_while_redis_is_away(database: Database, tmp_path: Path) -> None:
    """The database holds the deliveries: Redis only says when to look."""
    here = make_process(make_parts(database, "redis://127.0.0.1:1/0"), tmp_path)
    make_site(database)
    with ExitStack() as stack:
        office = Office(here, stack)
        server = office.listen(OK)
        office.decide()
        office.deliver(1)

        assert len(server.requests) == 1
