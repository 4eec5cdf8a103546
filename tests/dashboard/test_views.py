"""The queue of held comments, and one comment, in a browser without JavaScript."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from moderation.dashboard import views
from moderation.model import Author, Status, Thread
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.records import Site
from moderation.service import Service
from tests.build import comment, make_site
from tests.dashboard.visitor import PASSWORD, Visitor, hold, take_in

EVIL = '<script>alert("x")</script>'


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
        assert page.html.count("<script") == page.html.count('<script src="/desk/static/desk.js" defer></script>') == 1
        assert "javascript:" not in page.html
    assert visitor.get("/desk").text.count(EVIL) == 4


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


def test_all_comments_are_searched_at_once(visitor: Visitor, engine: Service, site: Site) -> None:
    """Whatever their status, which stands on each; each can be decided, and many together only within one status."""
    held, approved, other = (hold(engine, site, comment(f"{text} for tea")) for text in ("Time", "Money", "Water"))
    visitor.send(visitor.get(f"/desk/comments/{approved.id}").form("/decision"), {"action": "approve"})

    page = visitor.get("/desk?q=tea&status=any")

    assert [one in page.html for one in (held.id, approved.id, other.id)] == [True] * 3
    assert page.html.count('<span class="badge held">Held</span>') == 2
    assert '<span class="badge approved">Approved</span>' in page.html
    assert page.links["All"] == "/desk?status=any&q=tea"
    assert 'id="many"' not in page.html
    assert "All comments" in page.text
    form = page.form(f"/desk/comments/{approved.id}/decision")
    assert form.fields["status"] == "any"
    answer = visitor.send(form, {"action": "reject"})
    assert answer.headers["Location"].startswith("/desk?status=any&q=tea")
    assert "No comment is like that" in visitor.get("/desk?q=coffee&status=any").text

    many = visitor.get("/desk").form_with("made_at")
    assert (
        visitor.client.post(many.action, data={**many.fields, "status": "any", "action": "approve"}).status_code == 400
    )
    for path in ("/desk/plot?status=any", "/desk?status=any&order=worst", "/desk?status=any&order=oldest"):
        assert "All comments" in visitor.get(path).text
    visitor.get("/desk?status=nothing", 404)
