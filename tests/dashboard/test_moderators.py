"""The page of a site's moderators."""

import pytest
from apiflask import APIFlask

from moderation import members
from moderation.model import Role
from moderation.service import Service
from tests.dashboard.test_api_keys import shown
from tests.dashboard.visitor import EMAIL, Visitor
from tests.logbook import added

LEE = "lee@news.example"
NEW = {"email": LEE, "name": "Lee", "role": "viewer"}


def of(visitor: Visitor, engine: Service, ending: str, email: str = LEE) -> str:
    """Return the path of a form about a moderator."""
    found = {one.email: one.id for one in members.list_members(engine.parts.database, "news")}
    return next(
        form.action
        for form in visitor.get("/desk/moderators").forms
        if form.action.endswith(f"{found[email]}/{ending}")
    )


def add(visitor: Visitor) -> str:
    """Add a viewer and return the password that the page shows."""
    answer = visitor.send(visitor.get("/desk/moderators").form("/desk/moderators"), NEW)
    assert answer.status_code == 201, answer.text
    return shown(answer.text)


def test_somebody_new_signs_in_with_the_password_that_is_shown_once(
    visitor: Visitor, app: APIFlask, engine: Service
) -> None:
    """The list says that they did not choose one yet, and when they signed in."""
    with added(engine.parts.database) as found:
        password = add(visitor)
    assert "never signed in, has not chosen a password yet" in visitor.get("/desk/moderators").text

    lee = Visitor(app.test_client())
    assert lee.sign_in(LEE, password).status_code == 303

    page = visitor.get("/desk/moderators")
    assert "never signed in" not in page.text
    assert password not in page.html
    assert lee.client.get("/desk/moderators").status_code == 403
    assert [(one.action, one.details) for one in found] == [("moderator.made", {"role": "viewer"})]


def test_a_role_is_changed_and_sessions_end(visitor: Visitor, app: APIFlask, engine: Service) -> None:
    """Each with its word on the page and its line in the log; removal ends it all."""
    lee = Visitor(app.test_client())
    lee.sign_in(LEE, add(visitor))
    token = visitor.get("/desk").form("/logout").fields["form_token"]
    with added(engine.parts.database) as found:
        for ending, values in (("role", {"role": "moderator"}), ("sign-out", {}), ("remove", {})):
            path = of(visitor, engine, ending)
            answer = visitor.client.post(path, data={"form_token": token, **values})
            assert 'class="done"' in visitor.get(answer.headers["Location"]).html
            if ending == "role":
                assert lee.client.get("/desk").status_code == 200

    assert lee.client.get("/desk").status_code == 303
    assert [one.email for one in members.list_members(engine.parts.database, "news")] == [EMAIL]
    assert [one.action for one in found] == ["moderator.changed", "sessions.ended", "moderator.removed"]


def test_the_last_owner_stays(visitor: Visitor, engine: Service) -> None:
    """A page says why they can be neither demoted nor removed."""
    token = visitor.get("/desk").form("/logout").fields["form_token"]
    for ending, values in (("role", {"role": "viewer"}), ("remove", {})):
        path = of(visitor, engine, ending, EMAIL)
        answer = visitor.client.post(path, data={"form_token": token, **values})
        assert answer.status_code == 409
        assert "only owner" in answer.text

    assert [one.role for one in members.list_members(engine.parts.database, "news")] == [Role.OWNER]


@pytest.mark.parametrize(
    ("values", "status"),
    [({"email": "lee"}, 422), ({"email": EMAIL.upper()}, 409), ({"role": "king"}, 400), ({"email": "a@b\0"}, 422)],
)
def test_who_cannot_be_added_is_not(visitor: Visitor, engine: Service, values: dict[str, str], status: int) -> None:
    """No address, one that is taken, no role that there is."""
    answer = visitor.send(visitor.get("/desk/moderators").form("/desk/moderators"), {**NEW, **values})

    assert answer.status_code == status
    assert len(members.list_members(engine.parts.database, "news")) == 1
