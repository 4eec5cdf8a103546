"""The desk's page of appeals, without scripts and by keys."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from moderation import accounts, appeals
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.model import Author, Status
from moderation.records import Site, StoredComment
from moderation.service import Service
from tests.build import NOW, comment
from tests.dashboard.browsing import overflow, sign_in
from tests.dashboard.visitor import EMAIL, PASSWORD, Form, Page, Visitor, hold

NOBODYS = "01940000-0000-7000-8000-00000000ffff"


def appeal(engine: Service, site: Site, text: str = "You idiot", said: str = "It was a quotation") -> tuple[str, str]:
    """Hold a comment, and open an appeal; return the ids of both."""
    held = hold(engine, site, comment(text, author=Author(f"u-{text}", "Robin")))
    asked = Asked(held.id, None, said)
    return held.id, str(appeals.open_appeal(engine.parts, site.id, asked, 5, engine.now(), SERVICE).document["id"])


def form(visitor: Visitor, appeal_id: str) -> Form:
    """Return the form of an appeal."""
    return visitor.get("/desk/appeals").form(f"/appeals/{appeal_id}/decision")


def standing(engine: Service, site: Site, comment_id: str) -> StoredComment:
    """Return a comment as it is."""
    return engine.get(site.id, comment_id)


def decided_by_hand(visitor: Visitor, comment_id: str) -> None:
    """Reject a comment at the desk."""
    visitor.send(visitor.get(f"/desk/comments/{comment_id}").form("/decision"), {"action": "reject", "note": "Rude"})


def test_an_empty_page_says_where_appeals_come_from(visitor: Visitor) -> None:
    """The bar at the top leads there, without a number."""
    page = visitor.get("/desk")

    assert page.links["Appeals"] == "/desk/appeals"
    assert "No appeal is open" in visitor.get("/desk/appeals").text
    assert "No appeal was closed yet" in visitor.get("/desk/appeals?status=closed").text


def test_appeals_are_shown_oldest_first(visitor: Visitor, engine: Service, site: Site) -> None:
    """With the comment, what was decided by whom and why, and what the author says; the bar counts them."""
    appeal(engine, site)
    appeal(engine, site, "You fool <b>", "")

    page = visitor.get("/desk/appeals")

    assert "Appeals 2 open" in page.text
    assert page.text.index("You idiot") < page.text.index("You fool <b>")
    for words in ("By the policy", "Toxicity 0.97, holds at 0.60", "It was a quotation", "they ask for a second look"):
        assert words in page.text
    assert "This decision was yours" not in page.text


def test_an_appeal_is_decided(visitor: Visitor, engine: Service, site: Site) -> None:
    """Approved or kept, with a note, and on to the next one; both stand under what is closed."""
    (first, one), (second, two) = appeal(engine, site), appeal(engine, site, "You fool")

    answer = visitor.send(form(visitor, one), {"outcome": "overturned", "note": "Quoted"})
    page = visitor.get(answer.headers["Location"])
    kept = visitor.get(visitor.send(form(visitor, two), {"outcome": "upheld"}).headers["Location"])
    closed = visitor.get("/desk/appeals?status=closed")

    assert answer.headers["Location"].endswith(f"#c-{two}")
    assert "The comment was approved." in page.text
    assert "You idiot" not in page.text
    assert "The decision was kept. No appeal is open" in kept.text
    assert [standing(engine, site, one).status for one in (first, second)] == [Status.APPROVED, Status.HELD]
    assert f"The comment was approved. By {EMAIL}," in closed.text
    assert ": Quoted" in closed.text
    assert closed.text.index("You fool") < closed.text.index("You idiot")


def test_one_is_warned_of_ones_own_decision(visitor: Visitor, engine: Service, site: Site) -> None:
    """If somebody else could decide; it is not forbidden."""
    held = hold(engine, site, comment("You idiot"))
    decided_by_hand(visitor, held.id)
    one = appeals.open_appeal(engine.parts, site.id, Asked(held.id, None, "Why?"), 5, engine.now(), SERVICE)
    alone = visitor.get("/desk/appeals").text
    accounts.add_moderator(engine.parts.database, site.id, "lee@news.example", "Lee", NOW, PASSWORD)
    page = visitor.get("/desk/appeals").text

    assert ("This decision was yours" in alone, "This decision was yours" in page) == (False, True)
    assert f"By {EMAIL}" in page
    assert ": Rude" in page
    assert visitor.send(form(visitor, str(one.document["id"])), {"outcome": "upheld"}).status_code == 303


def test_an_outdated_page_decides_nothing(visitor: Visitor, engine: Service, site: Site) -> None:
    """What was closed or edited in the meantime is told."""
    (first, one), (second, two) = appeal(engine, site), appeal(engine, site, "You fool")
    outdated, edited = form(visitor, one), form(visitor, two)
    decided_by_hand(visitor, first)

    answer = visitor.send(outdated, {"outcome": "overturned"})
    stale = visitor.send(edited, {"outcome": "overturned", "expected_revision": "9"})

    assert (answer.status_code, "closed in the meantime" in Page(answer.text).text) == (409, True)
    assert (stale.status_code, "edited in the meantime" in Page(stale.text).text) == (409, True)
    assert [standing(engine, site, one).status for one in (first, second)] == [Status.REJECTED, Status.HELD]
    assert "before anybody looked at this" in visitor.get("/desk/appeals?status=closed").text


def test_appeals_have_pages(visitor: Visitor, engine: Service, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the oldest on."""
    monkeypatch.setattr("moderation.dashboard.appeals.PAGE_SIZE", 1)
    appeal(engine, site, "The first one")
    appeal(engine, site, "The second one")

    page = visitor.get("/desk/appeals")

    assert "The first one" in page.text
    assert "The second one" in visitor.get(page.links["Newer ones"]).text


@pytest.mark.parametrize(
    ("appeal_id", "values", "status"),
    [
        (NOBODYS, {}, 404),
        ("x", {}, 404),
        (None, {"outcome": "superseded"}, 400),
        (None, {"expected_revision": "x"}, 400),
        (None, {"form_token": "guessed"}, 403),
    ],
)
def test_odd_forms_are_refused(
    visitor: Visitor, engine: Service, site: Site, appeal_id: str | None, values: dict[str, str], status: int
) -> None:
    """What no page of the desk sends."""
    held, one = appeal(engine, site)
    made = form(visitor, one)
    path = made.action.replace(one, appeal_id) if appeal_id else made.action

    assert visitor.client.post(path, data={**made.fields, "outcome": "overturned", **values}).status_code == status
    assert standing(engine, site, held).status is Status.HELD


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (360, "dark")])
def test_an_appeal_takes_a_key(
    browser: Browser, url: str, engine: Service, site: Site, width: int, colours: Any
) -> None:
    """J goes to the first, N writes a note, A approves; the next one is in focus then, and R keeps its decision."""
    (first, _), (second, _) = appeal(engine, site), appeal(engine, site, "You fool")
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=colours)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    sign_in(page, url)
    page.get_by_role("link", name="Appeals").click()
    expect(page.get_by_role("button", name="Approve the comment")).to_have_count(2)
    assert overflow(page) == 0
    page.wait_for_load_state()  # before that the page has no keys
    for key in ("j", "n"):
        page.keyboard.press(key)
    page.keyboard.type("Quoted")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_text("The comment was approved.")).to_be_visible()
    expect(page.locator("article.card")).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_text("No appeal is open")).to_be_visible()
    context.close()

    now = [standing(engine, site, one) for one in (first, second)]
    assert [one.status for one in now] == [Status.APPROVED, Status.HELD]
    assert now[0].decision
    assert now[0].decision.note == "Quoted"
    assert errors == []
