"""The endpoints at the desk: made, switched, given a new secret, tested, and what was sent to them sent again."""

import re
from datetime import timedelta

import pytest

from moderation import delivering, ids
from moderation.model import EventType
from moderation.records import Endpoint, Site
from moderation.service import Service
from moderation.storage import deliveries
from moderation.storage.delivery_log import Wanted
from tests.build import comment
from tests.dashboard.visitor import Visitor, hold
from tests.logbook import added, moderator

URL = "https://93.184.216.34/hook"


@pytest.fixture
def endpoint(engine: Service, site: Site) -> Endpoint:
    """Give an endpoint of the site."""
    return delivering.add(engine, site.id, URL, (), include_text=False, description="Our app")


def give_up(engine: Service, status: int | None = 500) -> None:
    """Try everything that is due once, and give it up."""
    now = engine.now()
    with engine.parts.database.write() as connection:
        for one in deliveries.claim_due(connection, limit=9, lease=timedelta(seconds=9), now=now):
            deliveries.save_attempt(
                connection, one, at=now, status=status, milliseconds=37, answer="<b>Oops</b>", error="It said no",
                delivered=False, next_try_at=None,
            )  # fmt: skip


def test_an_endpoint_is_made_and_its_secret_shown_once(visitor: Visitor, engine: Service, site: Site) -> None:
    """With what it hears of; nothing chosen is everything. Neither list nor page shows the secret again."""
    form = visitor.get("/desk/endpoints").form("/endpoints")
    with added(engine.parts.database) as entries:
        made = visitor.client.post(
            form.action, data={**form.fields, "url": URL, "description": "Our app", "events": ["comment.held"]}
        )
    secret = re.search(r"whsec_[\w+/=]+", made.text)
    assert secret is not None
    (one,) = engine.endpoints(site.id)
    assert (one.secret, one.events, one.include_text) == (secret[0], (EventType.COMMENT_HELD,), False)
    public = visitor.client.post(form.action, data={**form.fields, "url": URL, "signing": "ed25519"})
    assert "whpk_" in public.text
    assert "whsk_" not in public.text

    for path in ("/desk/endpoints", f"/desk/endpoints/{one.id}", "/desk/overview"):
        page = visitor.get(path)
        assert URL in page.text
        assert "whsec_" not in page.html
    assert [(entry.action, entry.actor, entry.subject) for entry in entries] == [
        ("endpoint.made", moderator(engine.parts.database), one.id)
    ]


@pytest.mark.parametrize("address", ["", "http://127.0.0.1/x", "https://user:pass@a.example", "javascript:alert(1)"])
def test_callbacks_go_where_they_may(visitor: Visitor, engine: Service, site: Site, address: str) -> None:
    """An address that the API refuses is refused here, too, and nothing is made."""
    form = visitor.get("/desk/endpoints").form("/endpoints")

    answer = visitor.client.post(form.action, data={**form.fields, "url": address})

    assert (answer.status_code, engine.endpoints(site.id)) == (422, [])


def test_an_endpoint_is_switched_and_its_secret_renewed(visitor: Visitor, engine: Service, endpoint: Endpoint) -> None:
    """Each is one button and leaves one entry; for some hours the secret before signs too."""
    path = f"/desk/endpoints/{endpoint.id}"
    with added(engine.parts.database) as entries:
        visitor.send(visitor.get(path).form("/disable"), {})
        assert "Disabled by the site" in visitor.get(path).text
        visitor.send(visitor.get(path).form("/enable"), {})
        renewed = visitor.send(visitor.get(path).form("/rotate"), {"hours": "2"})
    after = delivering.get(engine, endpoint.site_id, endpoint.id)

    assert after.disabled_at is None
    assert (after.secret in renewed.text, after.old_secret) == (True, endpoint.secret)
    assert "The secret before signs too" in visitor.get(path).text
    assert [entry.action for entry in entries] == ["endpoint.disabled", "endpoint.changed", "endpoint.rotated"]
    assert {entry.actor for entry in entries} == {moderator(engine.parts.database)}
    assert visitor.send(visitor.get(path).form("/rotate"), {"hours": "721"}).status_code == 400


def test_an_endpoint_is_removed(visitor: Visitor, engine: Service, site: Site, endpoint: Endpoint) -> None:
    """With what waits for it; the next page says so, and the log who it was."""
    hold(engine, site, comment("Held"))
    with added(engine.parts.database) as entries:
        answer = visitor.send(visitor.get(f"/desk/endpoints/{endpoint.id}").form("/remove"), {})

    assert (answer.status_code, answer.location) == (303, "/desk/endpoints")
    assert "The endpoint is gone" in visitor.get("/desk/endpoints").text
    assert engine.endpoints(site.id) == []
    assert [(entry.action, entry.subject) for entry in entries] == [("endpoint.removed", endpoint.id)]
    visitor.get(f"/desk/endpoints/{endpoint.id}", 404)


def test_what_was_sent_is_shown_and_sent_again(
    visitor: Visitor, engine: Service, site: Site, endpoint: Endpoint
) -> None:
    """A test event, each try with status, duration and answer, and one delivery or many begun anew."""
    path = f"/desk/endpoints/{endpoint.id}"
    visitor.send(visitor.get(path).form("/test"), {})
    assert "A test event is on its way" in visitor.get(path).text
    stored = hold(engine, site, comment("Held"))
    give_up(engine)
    page = visitor.get(path)
    assert page.text.count("Given up") == 3
    held = delivering.find(engine, site.id, Wanted(comment_id=stored.id), 1, None)[0][0]

    one = visitor.get(f"/desk/deliveries/{held.id}")
    assert "500 after 37 ms; It said no" in one.text
    assert ("<b>Oops" in one.text, "<b>Oops" in one.html) == (True, False)
    assert one.links["Show that comment"] == f"/desk/comments/{stored.id}"
    visitor.send(one.form("/replay"), {})
    assert "Sent again: 1." in (again := visitor.get(f"/desk/deliveries/{held.id}")).text
    assert "Waits" in again.text
    assert visitor.get(f"{path}?state=failed").text.count("endpoint.test") == 1
    visitor.get(f"{path}?state=lost", 404)

    give_up(engine, None)
    tomorrow = (engine.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for fields, said in (
        ({"state": "failed", "after": tomorrow}, "Sent again: 0."),
        ({"state": "failed", "before": tomorrow}, "Sent again: 2."),
        ({"state": "failed"}, "Sent again: 0."),
    ):
        visitor.send(visitor.get(path).form("/replay"), fields)
        assert said in visitor.get(path).text
    assert "no answer after 37 ms" in visitor.get(f"/desk/deliveries/{held.id}").text
    assert visitor.send(visitor.get(path).form("/replay"), {"before": "soon"}).status_code == 400


def test_a_long_list_of_deliveries_has_pages(
    visitor: Visitor, engine: Service, site: Site, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest first, with a link to older ones; what is not there is not found."""
    monkeypatch.setattr("moderation.dashboard.endpoints.PAGE_SIZE", 2)
    for _ in range(3):
        delivering.test(engine, site.id, endpoint.id)

    page = visitor.get(f"/desk/endpoints/{endpoint.id}")

    assert page.text.count("endpoint.test") == 2
    assert visitor.get(page.links["Older deliveries"]).text.count("endpoint.test") == 1
    nobody = ids.new_id(engine.now())
    for path in (f"/desk/endpoints/{nobody}", f"/desk/deliveries/{nobody}", "/desk/endpoints/x"):
        visitor.get(path, 404)
