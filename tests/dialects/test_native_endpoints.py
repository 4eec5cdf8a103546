"""The native API's webhooks: endpoints changed and rolled, deliveries looked at and sent again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from moderation import clock, ids
from moderation.model import EventType
from moderation.records import Event
from moderation.storage import delivery_log, endpoints, events
from moderation.storage.tables import deliveries
from moderation.storage.tables import events as events_table
from tests.dialects.conftest import Api

URL = "https://93.184.216.34/hook"


@pytest.fixture
def endpoint(api: Api) -> dict[str, Any]:
    """Give an endpoint, as its making was answered."""
    made: dict[str, Any] = api.call("POST", "/v1/endpoints", json={"url": URL, "events": ["comment.held"]}).get_json()
    return made


def path(endpoint: dict[str, Any], rest: str = "") -> str:
    """Return the path of an endpoint."""
    return f"/v1/endpoints/{endpoint['id']}{rest}"


def deliver(api: Api, endpoint_id: str, number: int = 1) -> list[str]:
    """Store events for an endpoint, as decisions do, and return their deliveries."""
    now = clock.now()
    with api.database.write() as connection:
        return [
            events.publish_to(
                connection,
                Event(ids.new_id(now), "news", None, EventType.COMMENT_HELD, 1, now - timedelta(minutes=one), {}),
                endpoint_id,
                now,
            )
            for one in range(number)
        ]


def end(api: Api, state: str) -> None:
    """Let all deliveries be over."""
    with api.database.write() as connection:
        connection.execute(update(deliveries).values(state=state, next_try_at=None, attempts=10))


def test_an_endpoint_is_changed_field_by_field(api: Api, endpoint: dict[str, Any]) -> None:
    """What is left out stays; a new address is checked as the first one was."""
    changed = api.call("PATCH", path(endpoint), json={"description": "ours", "include_text": True}).get_json()
    assert (changed["description"], changed["include_text"], changed["url"], changed["events"]) == (
        "ours", True, URL, ["comment.held"]
    )  # fmt: skip

    assert api.call("PATCH", path(endpoint), json={"events": None}).get_json()["events"] == []
    refused = api.call("PATCH", path(endpoint), json={"url": "https://127.0.0.1/"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "blocked_target")
    assert api.call("GET", path(endpoint)).get_json()["url"] == URL


def test_an_endpoint_is_switched_off_and_on(api: Api, endpoint: dict[str, Any]) -> None:
    """What waits for it is given up; on again, its failures are forgotten."""
    deliver(api, endpoint["id"])
    off = api.call("PATCH", path(endpoint), json={"enabled": False}).get_json()
    (given_up,) = api.call("GET", "/v1/deliveries").get_json()["deliveries"]
    with api.database.write() as connection:
        for _ in range(9):
            endpoints.note_failure(connection, "news", endpoint["id"], clock.now())

    on = api.call("PATCH", path(endpoint), json={"enabled": True}).get_json()

    assert off["disabled_at"]
    assert off["disabled_why"] == "Disabled by the site"
    assert given_up["state"] == "failed"
    assert (on["disabled_at"], on["failures"], on["failing_since"], on["rest_until"]) == (None, 0, None, None)


@pytest.mark.parametrize("signing", ["hmac", "ed25519"])
def test_a_secret_is_rolled(api: Api, signing: str) -> None:
    """The new one is shown once; the old one signs on for as long as was asked for."""
    made = api.call("POST", "/v1/endpoints", json={"url": URL, "signing": signing}).get_json()

    rolled = api.call("POST", path(made, "/rotate"), json={"overlap_hours": 2}).get_json()

    visible = "secret" if signing == "hmac" else "public_key"
    assert made[visible] != rolled[visible]
    assert (made["secret"] is None) == (signing == "ed25519")
    assert rolled["old_secret_until"]
    with api.database.read() as connection:
        stored = endpoints.get_endpoint(connection, "news", made["id"])
    assert stored is not None
    assert len(stored.signs_with(clock.now())) == 2
    assert len(stored.signs_with(clock.now() + timedelta(hours=3))) == 1
    assert "secret" not in api.call("GET", path(made)).get_json()
    api.call("POST", path(made, "/rotate"), json={"overlap_hours": 0})
    with api.database.read() as connection:
        again = endpoints.get_endpoint(connection, "news", made["id"])
    assert again is not None
    assert again.signs_with(clock.now()) == (again.secret,)


def test_a_test_event_is_sent_whatever_was_asked_for(api: Api, endpoint: dict[str, Any]) -> None:
    """It can be looked at like any delivery."""
    begun = api.call("POST", path(endpoint, "/test"))

    assert begun.status_code == 202
    delivery = api.call("GET", f"/v1/deliveries/{begun.get_json()['delivery_id']}").get_json()
    assert (delivery["type"], delivery["state"], delivery["tries"]) == ("endpoint.test", "pending", [])


def test_deliveries_are_listed_page_by_page(api: Api, endpoint: dict[str, Any]) -> None:
    """Newest first, by any of the filters."""
    made = deliver(api, endpoint["id"], 5)

    first = api.call("GET", "/v1/deliveries?limit=2").get_json()
    rest = api.call("GET", f"/v1/deliveries?limit=9&cursor={first['next']}").get_json()

    listed = [one["id"] for one in first["deliveries"] + rest["deliveries"]]
    assert (sorted(listed), rest["next"]) == (sorted(made), None)
    assert listed == sorted(listed, reverse=True)

    def count(query: str) -> int:
        return len(api.call("GET", f"/v1/deliveries?{query}").get_json()["deliveries"])

    since = (clock.now() - timedelta(seconds=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [
        count(f"endpoint={endpoint['id']}"), count("endpoint=nobody"), count("state=pending"), count("state=failed"),
        count("type=comment.held"), count("type=comment.erased"), count(f"after={since}"), count(f"before={since}"),
    ] == [5, 0, 5, 0, 5, 0, 2, 3]  # fmt: skip
    assert api.call("GET", "/v1/deliveries?state=lost").status_code == 422


def test_a_delivery_is_sent_again(api: Api, endpoint: dict[str, Any]) -> None:
    """With all its tries before it, and under the same `webhook-id`."""
    (one,) = deliver(api, endpoint["id"])
    end(api, "delivered")
    before = api.call("GET", f"/v1/deliveries/{one}").get_json()

    assert api.call("POST", f"/v1/deliveries/{one}/replay").status_code == 202

    after = api.call("GET", f"/v1/deliveries/{one}").get_json()
    assert (after["state"], after["attempts"], after["event_id"]) == ("pending", 0, before["event_id"])


def test_what_failed_is_sent_again_by_filter(api: Api, endpoint: dict[str, Any]) -> None:
    """Of a time, of an endpoint; those that failed unless another state is named."""
    deliver(api, endpoint["id"], 5)
    end(api, "failed")
    since = (clock.now() - timedelta(seconds=90)).isoformat()

    assert api.call("POST", "/v1/deliveries/replay", json={"after": since}).get_json() == {"replayed": 2, "more": False}
    assert api.call("POST", "/v1/deliveries/replay", json={}).get_json()["replayed"] == 3
    assert api.call("POST", "/v1/deliveries/replay", json={}).get_json()["replayed"] == 0
    assert api.call("POST", "/v1/deliveries/replay", json={"state": "pending"}).get_json()["replayed"] == 5


def test_nothing_is_sent_again_to_a_disabled_endpoint(api: Api, endpoint: dict[str, Any]) -> None:
    """The answer says so instead of giving the deliveries up once more; enabled, it takes them."""
    (one,) = deliver(api, endpoint["id"])
    end(api, "failed")
    api.call("PATCH", path(endpoint), json={"enabled": False})

    refused = [
        api.call("POST", f"/v1/deliveries/{one}/replay"),
        api.call("POST", "/v1/deliveries/replay", json={"endpoint": endpoint["id"]}),
        api.call("POST", path(endpoint, "/test")),
    ]
    assert [(answer.status_code, answer.get_json()["code"]) for answer in refused] == [(409, "endpoint_disabled")] * 3
    assert api.call("POST", "/v1/deliveries/replay", json={}).get_json()["replayed"] == 0
    assert api.call("GET", f"/v1/deliveries/{one}").get_json()["state"] == "failed"

    api.call("PATCH", path(endpoint), json={"enabled": True})
    assert api.call("POST", "/v1/deliveries/replay", json={}).get_json()["replayed"] == 1


def test_another_site_reaches_none_of_it(api: Api, endpoint: dict[str, Any]) -> None:
    """Neither endpoints nor deliveries."""
    from moderation.model import Scope

    (one,) = deliver(api, endpoint["id"])
    other = api.with_key("other", list(Scope))

    answers = [
        other.call("GET", path(endpoint)),
        other.call("PATCH", path(endpoint), json={"enabled": False}),
        other.call("POST", path(endpoint, "/rotate"), json={}),
        other.call("POST", path(endpoint, "/test")),
        other.call("GET", f"/v1/deliveries/{one}"),
        other.call("POST", f"/v1/deliveries/{one}/replay"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert other.call("GET", "/v1/deliveries").get_json()["deliveries"] == []
    assert other.call("POST", "/v1/deliveries/replay", json={"state": "pending"}).get_json()["replayed"] == 0


def test_deliveries_are_forgotten_after_a_time(api: Api, endpoint: dict[str, Any]) -> None:
    """Only those that are over, in steps."""
    made = deliver(api, endpoint["id"], 3)
    end(api, "delivered")
    (pending,) = deliver(api, endpoint["id"])
    later = clock.now() + timedelta(days=1)

    with api.database.write() as connection:
        assert delivery_log.forget(connection, "failed", later, 10) == 0
        assert delivery_log.forget(connection, "delivered", later, 2) == 2
        assert delivery_log.forget(connection, "delivered", later, 10) == 1

    with api.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(events_table)).scalar_one() == 1  # of no comment
    assert api.call("GET", f"/v1/deliveries/{made[0]}").status_code == 404
    assert api.call("GET", f"/v1/deliveries/{pending}").status_code == 200
