"""What each role may do at the desk, for every route that there is."""

import pytest
from apiflask import APIFlask
from werkzeug.routing import Rule

from moderation import accounts
from moderation.dashboard.permissions import ALLOWED, OPEN_TO_ALL
from moderation.model import Role
from moderation.records import Site
from moderation.service import Service
from tests.build import NOW, comment
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor, hold
from tests.proofs import Line, proves

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
BUTTONS = {
    Role.VIEWER: set(),
    Role.MODERATOR: {"decision", "decisions", "restriction"},
    Role.OWNER: {"decision", "decisions", "restriction", "save"},
}
"""What a page offers to each role."""


def desk_routes(app: APIFlask) -> set[str]:
    """Return every route of the desk."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")}


def guarded(app: APIFlask) -> list[Rule]:
    """Return the desk's routes that not everybody may open, but the one that ends the session."""
    rules = app.url_map.iter_rules()
    return [rule for rule in rules if rule.endpoint in ALLOWED and rule.endpoint != "desk.sign_out"]


def seated(app: APIFlask, engine: Service, role: Role) -> Visitor:
    """Return a browser in which somebody of that role is signed in."""
    email = f"{role}@news.example"
    accounts.add_moderator(engine.parts.database, "news", email, role, NOW, PASSWORD, role=role)
    visitor = Visitor(app.test_client())
    visitor.sign_in(email)
    return visitor


@proves(Line.MODERATORS, lambda app: f"{len(desk_routes(app))} routes")
def test_every_route_of_the_desk_says_who_may_open_it(app: APIFlask) -> None:
    """A route without its line would be refused to everybody, and fails here first."""
    assert desk_routes(app) == set(ALLOWED) | OPEN_TO_ALL


def test_a_viewer_changes_nothing(app: APIFlask) -> None:
    """The only forms that a viewer may send end the session, say what they look at, or are of their own account."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]
    sent = {rule.endpoint for rule in rules if (rule.methods or set()) & CHANGES}

    allowed = {one for one in sent - OPEN_TO_ALL if Role.VIEWER in ALLOWED[one]}

    own = {"desk.choose_language", "desk.change_password", "desk.start_totp", "desk.turn_on_totp", "desk.turn_off_totp"}
    assert allowed == {"desk.sign_out", "desk.presence", "desk.change_comfort"} | own


@proves(Line.MODERATORS, lambda app: f"{len(guarded(app))} routes")
@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_refused_what_it_may_not(app: APIFlask, engine: Service, site: Site, role: Role) -> None:
    """Every form of the desk with a right token: what the role may not answers 403 and says who can."""
    visitor = seated(app, engine, role)
    token = visitor.get("/desk").form("/logout").fields["form_token"]
    stored = hold(engine, site, comment())
    values = {"comment_id": stored.id, "author_key": stored.author_key, "cluster_id": stored.id, "batch_id": stored.id}
    for rule in guarded(app):
        method = next(iter((rule.methods or set()) & CHANGES), "GET")
        named = {name: values.get(name, "1") for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, named, method)
        answer = visitor.client.open(path, method=method, data={"form_token": token} if method == "POST" else None)

        refused = answer.status_code == 403
        assert refused is (role not in ALLOWED[rule.endpoint]), (rule.endpoint, answer.text)
        if refused:
            assert f"Your role is “{role.capitalize()}”" in answer.text
            assert EMAIL in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_pages_offer_only_what_the_role_may(app: APIFlask, engine: Service, site: Site, role: Role) -> None:
    """Buttons that would be refused are not shown."""
    stored = hold(engine, site, comment())
    visitor = seated(app, engine, role)

    assert bool(visitor.get("/desk").boxes) is (role is not Role.VIEWER)
    forms = [*visitor.get(f"/desk?author={stored.author_key}").forms, *visitor.get("/desk/policy").forms]
    ends = {form.action.rsplit("/", 1)[-1] for form in forms}
    buttons = {button for form in forms for button in form.buttons}

    assert ({"decision", "decisions", "restriction"} & ends) | ({"save"} & buttons) == BUTTONS[role]


def test_a_new_role_holds_at_once(app: APIFlask, engine: Service, site: Site) -> None:
    """A session that is open goes on with the new role."""
    stored = hold(engine, site, comment())
    visitor = seated(app, engine, Role.MODERATOR)
    form = visitor.get("/desk").form("/decision")
    with engine.parts.database.write() as connection:
        connection.exec_driver_sql("UPDATE moderators SET role = 'viewer' WHERE email = 'moderator@news.example'")

    assert visitor.send(form, {"action": "approve"}).status_code == 403
    assert engine.get(site.id, stored.id).status == "held"
