"""Deciding comments at the desk, in a browser without JavaScript."""

import pytest
from flask.testing import FlaskClient

from moderation.model import Action, DecidedBy, Decision, Status
from moderation.pipeline import overrule
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import Visitor, hold


def read_status(engine: Service, comment_id: str) -> Status:
    """Return where a comment of the site stands."""
    return engine.get("news", comment_id).status


@pytest.mark.parametrize(("action", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED)])
def test_a_moderator_decides(visitor: Visitor, engine: Service, site: Site, action: str, status: Status) -> None:
    """A button decides the comment under the moderator's name, with the note, and the list goes on without it."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")
    assert form.buttons == ["approve", "reject", "spam"]

    answer = visitor.send(form, {"action": action, "note": " Two\r\nlines "})

    assert answer.headers["Location"] == "/desk?status=held"
    decision = engine.get(site.id, stored.id).decision
    assert read_status(engine, stored.id) is status
    assert decision is not None
    assert (decision.by, decision.actor, decision.note) == (DecidedBy.MODERATOR, "kim@news.example", "Two\nlines")
    page = visitor.get("/desk")
    assert page.text.count(f"{status.value.capitalize()}. Show that comment") == 1
    assert "Nothing waits for you" in page.text
    assert "Show that comment" not in visitor.get("/desk").text
    assert "Two lines" in visitor.get(f"/desk?status={status}").text


def test_the_list_goes_on_where_the_moderator_was(visitor: Visitor, engine: Service, site: Site) -> None:
    """After a decision the same part of the list is shown, at the comment that came after."""
    older, newer = (hold(engine, site, comment(f"The comment number {number}")) for number in (1, 2))

    answer = visitor.send(visitor.get("/desk?thread=t1").form(f"{newer.id}/decision"), {"action": "approve"})

    assert answer.headers["Location"] == f"/desk?status=held&thread=t1#c-{older.id}"


def test_a_comment_has_its_own_page(visitor: Visitor, engine: Service, site: Site) -> None:
    """A comment can be decided, and decided again, on a page of its own."""
    stored = hold(engine, site, comment())
    path = f"/desk/comments/{stored.id}"

    visitor.send(visitor.get(path).form("/decision"), {"action": "reject"})
    page = visitor.get(path)
    assert "Rejected by kim@news.example" in page.text
    assert page.form("/decision").buttons == ["approve"]
    answer = visitor.send(page.form("/decision"), {"action": "approve"})

    assert answer.headers["Location"] == path
    assert read_status(engine, stored.id) is Status.APPROVED


def test_a_comment_stands_in_its_thread(visitor: Visitor, engine: Service, site: Site) -> None:
    """What came before and after it in the thread is shown, with how it stands; a thread of its own shows nothing."""
    made = [hold(engine, site, comment(f"The comment number {at}")) for at in range(6)]
    alone = hold(engine, site, comment("Nobody answers", "t2"))
    visitor.send(visitor.get(f"/desk/comments/{made[3].id}").form("/decision"), {"action": "reject"})

    page = visitor.get(f"/desk/comments/{made[2].id}")

    around = page.html[page.html.index("Around it in the thread") :]
    places = [around.find(f"The comment number {at}<") for at in (0, 1, 3, 4, 5)]
    assert 0 < places[0] < places[1] < around.index("this comment") < places[2] < places[3] < places[4]
    assert page.links["The comment number 3"] == f"/desk/comments/{made[3].id}"
    assert '<span class="badge rejected">Rejected</span>' in around
    assert "Around it" not in visitor.get(f"/desk/comments/{alone.id}").text


def test_a_decision_on_an_old_page_is_not_made(visitor: Visitor, engine: Service, site: Site) -> None:
    """Who decides what somebody else decided meanwhile is shown how it stands, and can decide again."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")
    overrule(
        engine.parts, site.id, stored.id, Decision(Action.APPROVE, DecidedBy.API, engine.now(), 1, actor="the app")
    )

    answer = visitor.send(form, {"action": "reject"})

    assert answer.status_code == 409
    assert "This comment changed in the meantime" in answer.text
    assert "Approved by <bdi>the app</bdi>" in answer.text
    assert f"/desk/comments/{stored.id}" in answer.text
    assert read_status(engine, stored.id) is Status.APPROVED


def test_a_decision_on_an_edited_text_is_not_made(visitor: Visitor, engine: Service, site: Site) -> None:
    """A moderator decides the text that they saw, not one that replaced it."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")
    engine.edit(site.id, stored.id, "Another text, which nobody saw")

    assert visitor.send(form, {"action": "approve"}).status_code == 409
    assert read_status(engine, stored.id) is Status.PENDING


def test_a_double_click_is_one_decision(visitor: Visitor, engine: Service, site: Site) -> None:
    """Sending the same form twice decides once and is no error."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")

    answers = [visitor.send(form, {"action": "approve"}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert engine.get(site.id, stored.id).sequence == 2


def test_a_form_of_another_site_decides_nothing(visitor: Visitor, engine: Service, site: Site) -> None:
    """A form without the token of this session is refused, whatever cookies the browser sends with it."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")

    for token in ("", "0" * 32, "ü"):
        answer = visitor.send(form, {"action": "approve", "form_token": token})
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.text
    assert visitor.client.post("/desk/logout").status_code == 403
    assert read_status(engine, stored.id) is Status.HELD


def test_the_token_of_another_session_is_refused(
    visitor: Visitor, second_client: FlaskClient, engine: Service, site: Site
) -> None:
    """What one moderator's forms carry is of no use in another's browser."""
    hold(engine, site, comment())
    other = Visitor(second_client)
    other.sign_in()
    form = other.get("/desk").form("/decision")

    assert visitor.send(form, {"action": "approve"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("action", "hold", 400),
        ("action", "", 400),
        ("expected_revision", "x", 400),
        ("expected_revision", "²", 400),
        ("expected_status", "gone", 404),
        ("following", "javascript:", 404),
        ("before", "\0", 404),
        ("thread", "a\0b", 404),
    ],
)
def test_a_bent_form_changes_nothing(
    visitor: Visitor, engine: Service, site: Site, name: str, value: str, status: int
) -> None:
    """A form whose fields make no sense gets a page that says so, and decides nothing."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")

    assert visitor.send(form, {"action": "approve", name: value}).status_code == status
    assert read_status(engine, stored.id) is Status.HELD


def test_an_erased_comment_cannot_be_decided(visitor: Visitor, engine: Service, site: Site) -> None:
    """What was erased is shown as that, without buttons; deciding it from an old page finds nothing."""
    stored = hold(engine, site, comment("The text that is erased"))
    form = visitor.get("/desk").form("/decision")
    engine.erase(site.id, stored.id)

    page = visitor.get("/desk")

    assert "Erased comment" in page.text
    assert "The text that is erased" not in page.text
    assert not any(form.action.endswith("/decision") for form in page.forms)
    assert visitor.send(form, {"action": "approve"}).status_code == 404
