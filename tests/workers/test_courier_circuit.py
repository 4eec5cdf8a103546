"""Endpoints that fail or hang: they rest, delay no other, and are disabled after days."""

import threading
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from moderation import clock, delivering
from moderation.records import Endpoint
from moderation.service import Service
from moderation.storage import deliveries, delivery_log, endpoints
from moderation.storage.deliveries import AT_ONCE
from moderation.storage.delivery_log import Wanted
from moderation.storage.endpoints import FAILURES_IN_A_ROW, LONGEST_REST, SHORTEST_REST, rest_after
from moderation.storage.tables import endpoints as endpoints_table
from tests.whole.service import wait_until
from tests.workers.endpoint import hang, says
from tests.workers.office import Office, body

OK, FAILS = says("HTTP/1.1 200 OK\n\nthank you"), says("HTTP/1.1 500 Oops\n\nno")
LEASE = timedelta(seconds=30)


def stored(office: Office) -> list[Endpoint]:
    """Return the site's endpoints, oldest first."""
    with office.here.parts.database.read() as connection:
        return endpoints.list_endpoints(connection, "news")


def fail(office: Office, times: int) -> None:
    """Let so many tries fail."""
    (one,) = stored(office)
    with office.here.parts.database.write() as connection:
        for _ in range(times):
            endpoints.note_failure(connection, "news", one.id, clock.now())


def test_an_endpoint_that_hangs_delays_no_other(office: Office) -> None:
    """However much waits for it: others have their turn at once, and it gets no more than its share."""
    slow, quick = office.listen(hang), office.listen(OK)
    office.decide(number=3 * AT_ONCE)
    began = clock.monotonic()

    task = threading.Thread(target=office.courier.deliver)
    task.start()
    wait_until(lambda: len(quick.requests) == 3 * AT_ONCE, seconds=15, what="the quick endpoint's deliveries")
    seconds = clock.monotonic() - began

    assert len(slow.requests) <= AT_ONCE
    assert seconds < 5  # the slow one's first answer is given up only then
    slow.over.set()
    task.join(20)


def test_each_endpoint_has_its_turn(office: Office) -> None:
    """One that has much more to get is not served first."""
    office.listen(OK)
    office.decide(number=20)
    office.listen(OK)
    office.decide("Another", number=2)

    with office.here.parts.database.write() as connection:
        due = deliveries.claim_due(connection, limit=4, lease=LEASE, now=clock.now())

    first, second = (one.id for one in stored(office))
    assert [one.endpoint.id for one in due].count(first) == 2
    assert [one.endpoint.id for one in due].count(second) == 2


def test_an_endpoint_that_failed_often_rests(office: Office) -> None:
    """Nothing is sent for a while, then one delivery at a time; when one arrives, all go on."""
    server = office.listen(OK)
    office.decide(number=3)
    fail(office, FAILURES_IN_A_ROW)
    now = clock.now()

    def claim(later: timedelta, busy: int = 0) -> int:
        (one,) = stored(office)
        with office.here.parts.database.write() as connection:
            due = deliveries.claim_due(
                connection, limit=10, lease=-LEASE, now=now + later, busy={one.id: busy} if busy else None
            )
        return len(due)

    assert claim(timedelta()) == 0
    assert claim(SHORTEST_REST * 2) == 1
    assert claim(SHORTEST_REST * 2, busy=1) == 0
    with office.here.parts.database.write() as connection:
        connection.execute(update(endpoints_table).values(rest_until=now))
    office.deliver(1)
    assert (stored(office)[0].failures, stored(office)[0].rest_until) == (0, None)
    office.make_due()
    office.deliver(3)
    assert len({one.headers["webhook-id"] for one in server.requests}) == 3


def test_a_short_outage_makes_a_short_rest(office: Office) -> None:
    """All that was on its way fails together: that is one outage, and only tries after the rest make it longer."""
    office.listen(FAILS)
    fail(office, FAILURES_IN_A_ROW + 2 * AT_ONCE)
    (first,) = stored(office)
    assert first.rest_until is not None
    assert first.failures == FAILURES_IN_A_ROW
    assert first.rest_until <= clock.now() + SHORTEST_REST

    with office.here.parts.database.write() as connection:
        endpoints.note_failure(connection, "news", first.id, first.rest_until, 15.0)
    (second,) = stored(office)
    assert (second.failures, second.failing_since) == (FAILURES_IN_A_ROW + 1, first.failing_since)
    assert second.rest_until == first.rest_until + timedelta(seconds=15) + 2 * SHORTEST_REST


def test_a_clock_that_is_set_back_delays_no_first_try(office: Office) -> None:
    """What was decided while the clock was wrong is told at once; the page says no other time than the event's."""
    server = office.listen(OK)
    office.decide()
    earlier = clock.now() - timedelta(days=6)
    with office.here.parts.database.write() as connection:
        (waiting,) = delivery_log.list_page(connection, "news", Wanted(), limit=9, before_id=None)
        assert waiting.next_try_at == waiting.at
        assert deliveries.is_due(connection, earlier)
        assert len(deliveries.claim_due(connection, limit=9, lease=timedelta(seconds=1), now=earlier)) == 1

    office.deliver(1)

    assert len(server.requests) == 1


def test_a_rest_ends_when_the_clock_is_set_back(office: Office) -> None:
    """It would last for years otherwise, if the clock had been wrong by as much."""
    office.listen(OK)
    office.decide()
    fail(office, FAILURES_IN_A_ROW)
    with office.here.parts.database.write() as connection:
        connection.execute(update(endpoints_table).values(rest_until=clock.now() + timedelta(days=365)))

    office.deliver(1)

    assert stored(office)[0].failures == 0


def test_couriers_share_what_an_endpoint_may_have(office: Office) -> None:
    """Two tasks of one process that claim at the same moment send no more than one would."""
    slow = office.listen(hang)
    office.decide(number=4 * AT_ONCE)

    tasks = [threading.Thread(target=office.courier.deliver) for _ in range(4)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(20)

    assert len(slow.requests) <= AT_ONCE
    slow.over.set()


def test_failures_are_counted_while_an_endpoint_is_changed(office: Office) -> None:
    """What a courier writes of it in between is not written over."""
    office.listen(OK)
    (one,) = stored(office)
    service = Service(office.here.parts, office.here.settings)

    counting = threading.Thread(target=fail, args=(office, 1))
    with office.here.parts.database.write() as connection:
        found = endpoints.get_endpoint(connection, "news", one.id, lock=True)
        assert found is not None
        counting.start()
        endpoints.change_endpoint(connection, replace(found, description="ours"))
        counting.join(0.2)
        assert counting.is_alive()
    counting.join(10)
    delivering.change(service, "news", one.id, {"description": "theirs"})

    assert (stored(office)[0].failures, stored(office)[0].description) == (1, "theirs")


def test_a_rest_grows_up_to_a_bound() -> None:
    """It begins after several failures in a row."""
    rests = [rest_after(failures) for failures in range(FAILURES_IN_A_ROW - 1, FAILURES_IN_A_ROW + 40)]

    assert rests[:3] == [timedelta(), SHORTEST_REST, 2 * SHORTEST_REST]
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST


def test_five_days_of_failure_disable_an_endpoint(office: Office) -> None:
    """The site's other endpoints are told; a success in between begins the count anew."""
    office.listen(FAILS)
    listens = office.listen(OK, events=())
    office.decide()
    office.deliver(2)
    failing, fine = stored(office)
    assert failing.failing_since is not None
    assert fine.failing_since is None
    with office.here.parts.database.write() as connection:
        past = clock.now() - timedelta(days=5)
        connection.execute(update(endpoints_table).where(endpoints_table.c.id == failing.id).values(failing_since=past))

    office.make_due()
    office.deliver(3)
    wait_until(lambda: stored(office)[0].disabled_at, seconds=10, what="the endpoint to be disabled")

    assert stored(office)[0].disabled_why == "Every try failed for five days"
    office.courier.deliver()
    wait_until(lambda: len(listens.requests) == 2, seconds=10, what="the news of it")
    told = body(listens)
    assert told["type"] == "endpoint.disabled"
    assert told["data"]["endpoint_id"] == failing.id
    assert "secret" not in str(told)
