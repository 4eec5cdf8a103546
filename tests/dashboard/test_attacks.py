"""The desk as an attacker would try it: the routes are the app's own list."""

import re
from urllib.parse import quote

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from moderation.dashboard.pages import CONTENT_SECURITY_POLICY
from moderation.model import Action, Author, Comment, DecidedBy, Decision, Signals, Thread
from moderation.pipeline import overrule
from moderation.records import Site
from moderation.service import Service
from tests.build import TOXIC, post, settle_all
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor
from tests.proofs import Line, proves

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
SCRIPT = "javascript:alert(1)//"
ACTIVE = re.compile(r"<script>|<img |href=.?javascript:|>49<", re.IGNORECASE)
NOBODYS = "01940000-0000-7000-8000-00000000ffff"
TOKENS = (None, "", "0" * 32, "é")
NAMED = {"author_key": "0" * 32, "version": "1", "filename": "desk.css", "anything": "x"}
"""What stands in paths for what is no id."""
ELSEWHERE = [
    "//evil.example", "https://evil.example", "/desk/../../evil", "/desk\\evil", "/deskevil", "/desk\r\nX: y",
    "/desk/..%2f..", "\t//evil.example", "javascript:alert(1)",
]  # fmt: skip


def paths(app: APIFlask, method: str) -> list[str]:
    """Return a path of each route of the desk that takes the method."""
    adapter = app.url_map.bind("localhost")
    desk = [one for one in app.url_map.iter_rules() if one.endpoint.startswith("desk.")]
    rules = [one for one in desk if method in (one.methods or ())]
    return [
        adapter.build(one.endpoint, {name: NAMED.get(name, NOBODYS) for name in one.arguments}, method) for one in rules
    ]


@proves(Line.MODERATORS, lambda app: f"{len(paths(app, 'POST'))} forms × {len(TOKENS)} tokens")
def test_no_form_is_taken_without_its_token(app: APIFlask, visitor: Visitor) -> None:
    """Although somebody is signed in, each route that changes something refuses a form that came from elsewhere."""
    tried = paths(app, "POST")

    for path in tried:
        for token in TOKENS:
            answer = visitor.client.post(path, data={} if token is None else {"form_token": token})
            assert answer.status_code == 403, path
    assert len(tried) >= 10


@proves(Line.MODERATORS, lambda app: f"{len(paths(app, 'GET'))} pages")
def test_every_page_has_its_headers(app: APIFlask, visitor: Visitor) -> None:
    """No page runs inline scripts, is framed, kept by caches or guessed to be something else, errors neither."""
    for path in paths(app, "GET"):
        answer = visitor.client.get(path)
        assert answer.status_code < 500, path
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert not re.search(r"<script>|<[^>]+\son\w+=", answer.text), path
        answer.close()


@proves(Line.MODERATORS)
def test_nothing_of_a_comment_is_run(engine: Service, site: Site, visitor: Visitor) -> None:
    """Every field that a comment has, and notes, on every page that shows them."""
    author, thread = Author(EVIL, EVIL, f"{EVIL}@x", SCRIPT), Thread(EVIL, SCRIPT, EVIL, EVIL)
    signals = Signals(EVIL, 1, EVIL, SCRIPT)
    hostile = Comment(EVIL, thread, author, EVIL, EVIL, metadata={EVIL: EVIL}, signals=signals)
    one = post(engine.parts, site, hostile, engine.now())
    settle_all(engine.parts, site, TOXIC, engine.now())
    held = Decision(Action.HOLD, DecidedBy.MODERATOR, engine.now(), 1, actor=EVIL, note=EVIL)
    overrule(engine.parts, site.id, one.id, held)

    evil = quote(EVIL, safe="")
    shown = [f"/desk/comments/{one.id}", f"/desk/authors/{one.author_key}", f"/desk?q={evil}", f"/desk?thread={evil}"]
    for path in ("/desk", *shown, f"/desk/{evil}", "/desk/overview"):
        assert not ACTIVE.search(visitor.client.get(path).text), path
    assert "&lt;script&gt;" in visitor.client.get(shown[0]).text


@proves(Line.MODERATORS)
@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_sign_in_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    """Whatever `next` says, the form leads back to the desk."""
    shown = client.get(f"/desk/login?next={quote(target, safe='')}").text

    assert re.findall(r'name="next" value="([^"]*)"', shown) == ["/desk"]


@proves(Line.MODERATORS)
def test_a_session_is_never_one_that_was_brought_along(client: FlaskClient, second_client: FlaskClient) -> None:
    """Who plants a cookie before the sign-in knows nothing of the session after it."""
    planted, visitor = "A" * 43, Visitor(client)
    client.set_cookie("desk_session", planted, path="/desk")
    visitor.send(visitor.get("/desk/login").form("/login"), {"email": EMAIL, "password": PASSWORD})

    cookie = client.get_cookie("desk_session", path="/desk")
    assert cookie is not None
    assert cookie.value != planted
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    second_client.set_cookie("desk_session", planted, path="/desk")
    assert second_client.get("/desk").status_code == 303


@proves(Line.MODERATORS)
def test_hosts_and_forwarding_are_not_believed(client: FlaskClient) -> None:
    """No answer names a host that the caller made up."""
    for path in ("/desk", "/desk/login", "/openapi.json", "/v1/comments"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers), path
