"""The queue of held comments, and deciding them, in a browser without JavaScript."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from moderation.dashboard import views
from moderation.model import Action, Author, DecidedBy, Decision, Status, Thread
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.records import Site
from moderation.service import Service
from tests.build import comment, make_site
from tests.dashboard.visitor import PASSWORD, Visitor, hold, take_in

EVIL = '<script>alert("x")</script>'


def read_status(engine: Service, comment_id: str) -> Status:
    """Return where a comment of the site stands."""
    return engine.get("news", comment_id).status


def test_a_held_comment_is_shown_with_its_reasons(visitor: Visitor, engine: Service, site: Site) -> None:
    """A held comment has its text, author, thread, reasons, scores, length and time."""
    thread = Thread("t1", "https://news.example/1", "Roads", "local")
    hold(engine, site, replace(comment("You again"), thread=thread, author=Author("u-1", "Robin")))

    page = visitor.get("/desk")

    for words in ("You again", "Robin", "Section local", "Toxicity 0.97", "9 of 300 characters", "unknown", "UTC"):
        assert words in page.text
    assert page.links["Roads"] == "https://news.example/1"
    assert 'rel="noopener nofollow"' in page.html
    assert '<time datetime="2' in page.html


def test_what_speaks_against_a_comment_is_marked(visitor: Visitor, engine: Service, site: Site) -> None:
    """The words that a rule found are marked in the text, where they stand."""
    policy = Policy(limits=(), words=WordsPolicy(suspect=(Word("mayor"),)))
    site = engine.put_policy(site.id, policy, "test", None)
    hold(engine, site, comment("👍🏽 Ask the mayor <b>now</b>"))

    assert visitor.get("/desk").marked == ["mayor"]


def test_nothing_that_a_stranger_wrote_is_code(visitor: Visitor, engine: Service, site: Site) -> None:
    """Text, author, thread, section and address are shown as they are written, and do nothing."""
    thread = Thread(f"t{EVIL}", "javascript:alert(1)", EVIL, EVIL)
    stored = hold(engine, site, replace(comment(EVIL), thread=thread, author=Author("u-1", EVIL)))

    for path in ("/desk", f"/desk/comments/{stored.id}", "/desk?status=held&thread=t%3Cscript%3E"):
        page = visitor.get(path)
        assert "<script" not in page.html
        assert "javascript:" not in page.html
    assert visitor.get("/desk").text.count(EVIL) == 4


@pytest.mark.parametrize(("action", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED)])
def test_a_moderator_decides(visitor: Visitor, engine: Service, site: Site, action: str, status: Status) -> None:
    """A button decides the comment under the moderator's name, with the note, and the list goes on without it."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")
    assert form.buttons == ["approve", "reject"]

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


def test_a_decision_on_an_old_page_is_not_made(visitor: Visitor, engine: Service, site: Site) -> None:
    """Who decides what somebody else decided meanwhile is shown how it stands, and can decide again."""
    stored = hold(engine, site, comment())
    form = visitor.get("/desk").form("/decision")
    engine.decide(site.id, stored.id, Decision(Action.APPROVE, DecidedBy.API, engine.now(), 1, actor="the app"))

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


def test_comments_are_listed_by_status_and_thread(visitor: Visitor, engine: Service, site: Site) -> None:
    """Each status has its tab with its number, and one thread can be looked at alone."""
    hold(engine, site, comment("The first held one", "t1"))
    hold(engine, site, comment("The second held one", "t2"))
    take_in(engine, site, comment("The one that waits", "t2"))

    page = visitor.get("/desk")
    assert "Held 2 Pending 1 Approved 0 Rejected 0" in page.text
    assert "The one that waits" not in page.text
    assert "The one that waits" in visitor.get("/desk?status=pending").text
    one = visitor.get("/desk?thread=t2")
    assert "Held 1 Pending 1 Approved 0 Rejected 0" in one.text
    assert "The first held one" not in one.text
    assert "Held 0" in visitor.get("/desk?thread=nowhere").text


def test_a_long_list_has_pages(visitor: Visitor, engine: Service, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest comments come first, and a link leads to the older ones until there are no more."""
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for number in range(5):
        hold(engine, site, comment(f"The comment number {number}"))

    seen, path = [], "/desk"
    while path:
        page = visitor.get(path)
        seen += [number for number in range(4, -1, -1) if f"number {number}" in page.text]
        path = page.links.get("Older comments", "")

    assert seen == [4, 3, 2, 1, 0]
    assert page.links["Back to the newest"] == "/desk?status=held"


def test_numbers_beyond_what_anyone_counts_are_cut(
    visitor: Visitor, engine: Service, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tab says that there are more than it counted."""
    monkeypatch.setattr(views, "TALLY_AT_MOST", 2)
    for number in range(3):
        hold(engine, site, comment(f"The comment number {number}"))

    assert "Held 1+ Pending 0" in visitor.get("/desk").text


def test_an_empty_queue_says_what_to_do(visitor: Visitor) -> None:
    """With nothing held, the page shows a command that posts a comment which will be."""
    page = visitor.get("/desk")

    assert "Nothing waits for you" in page.text
    assert "curl http://localhost/v1/comments \\" in page.html
    assert "moderation key add news" in page.text
    for status, words in (("pending", "Nothing waits for its scores"), ("rejected", "No comment is rejected")):
        assert words in visitor.get(f"/desk?status={status}").text


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


def test_comments_of_another_site_are_not_there(visitor: Visitor, engine: Service, site: Site) -> None:
    """A moderator sees and decides the comments of their own site alone."""
    other = make_site(engine.parts.database, "other")
    own = hold(engine, site, comment("One of our own"))
    foreign = hold(engine, other, comment("The comment of the other site"))
    form = visitor.get("/desk").form("/decision")

    assert "The comment of the other site" not in visitor.get("/desk").text
    visitor.get(f"/desk/comments/{foreign.id}", 404)
    form.action = form.action.replace(own.id, foreign.id)
    assert visitor.send(form, {"action": "approve"}).status_code == 404
    assert engine.get("other", foreign.id).status is Status.HELD


def test_a_password_is_no_session(client: FlaskClient, engine: Service, site: Site) -> None:
    """Every page but the login needs a session; nothing is shown or decided without."""
    stored = hold(engine, site, comment("A text that nobody may see"))

    for path in ("/desk", "/desk/", f"/desk/comments/{stored.id}"):
        client.set_cookie("desk_session", PASSWORD, path="/desk")
        answer = client.get(path)
        assert answer.status_code == 303
        assert "nobody may see" not in answer.text
    assert client.post(f"/desk/comments/{stored.id}/decision", data={"action": "approve"}).status_code == 403
