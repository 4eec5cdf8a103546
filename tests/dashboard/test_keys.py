"""A moderator's hands on the keyboard, in a real browser with the desk's own script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from moderation import accounts, authors
from moderation.model import Action, DecidedBy, Decision, Status
from moderation.pipeline import overrule
from moderation.records import Site, StoredComment
from moderation.service import Service
from tests.build import NOW, comment
from tests.dashboard.browsing import sign_in
from tests.dashboard.visitor import PASSWORD, hold
from tests.waiting import until

LEE = "lee@news.example"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a window of its own, whose pages meet no error."""
    context = browser.new_context(viewport={"width": 1280, "height": 740}, timezone_id="Asia/Tokyo", locale="en-GB")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def held(engine: Service, site: Site) -> list[StoredComment]:
    """Give held comments, the newest first, as the queue lists them."""
    return [hold(engine, site, comment(f"The comment number {number}")) for number in range(4)][::-1]


@pytest.fixture
def page(context: BrowserContext, url: str, held: list[StoredComment]) -> Page:  # noqa: ARG001 - the queue has them
    """Give the queue in front of a moderator."""
    page = context.new_page()
    sign_in(page, url)
    page.wait_for_load_state()
    return page


def focused(page: Page) -> str:
    """Return the id of the comment that has the focus."""
    found: str = page.evaluate("document.activeElement.closest('.card')?.id.slice(2) ?? ''")
    return found


def status(engine: Service, one: StoredComment) -> Status:
    """Return where a comment of the site stands."""
    return engine.get("news", one.id).status


def settles(engine: Service, one: StoredComment, wanted: Status) -> None:
    """Wait until a comment stands there."""
    until(lambda: status(engine, one) is wanted, f"the comment to be {wanted}")


def test_one_key_decides_and_the_next_one_is_there(page: Page, engine: Service, held: list[StoredComment]) -> None:
    """Down, approve, reject with a reason, spam: each is sent, said, counted, and can be taken back."""
    page.keyboard.press("j")
    assert focused(page) == held[0].id
    page.keyboard.press("a")
    assert focused(page) == held[1].id
    page.keyboard.press("2")
    page.keyboard.press("s")
    assert focused(page) == held[3].id

    settles(engine, held[0], Status.APPROVED)
    settles(engine, held[1], Status.REJECTED)
    settles(engine, held[2], Status.REJECTED)
    decisions = [engine.get("news", one.id).decision for one in held[1:3]]
    assert [one and one.reasons[0].detail for one in decisions] == ["hate", "spam"]
    expect(page.locator(".tabs [aria-current] .count")).to_have_text("1")
    expect(page.get_by_role("status")).to_contain_text("Rejected.")

    page.keyboard.press("u")
    settles(engine, held[2], Status.HELD)
    expect(page.get_by_role("article")).to_have_count(2)
    assert focused(page) == held[2].id
    page.keyboard.press("u")
    settles(engine, held[1], Status.HELD)


def test_one_key_restricts_an_author_and_a_click_lifts_it(
    page: Page, engine: Service, held: list[StoredComment]
) -> None:
    """It says what it did; the comment stands where it stood, to be decided on its own."""

    def restriction() -> Action | None:
        found = authors.known(engine.parts, "news", str(held[0].author_key), engine.now()).restriction
        return found.action if found else None

    page.keyboard.press("h")
    expect(page.get_by_role("status")).to_contain_text("Choose a comment first")
    page.keyboard.press("j")
    page.keyboard.press("h")
    until(lambda: restriction() is Action.HOLD, "the author to be held")
    expect(page.get_by_role("status")).to_contain_text("from now on is held.")
    page.keyboard.press("Shift+H")
    until(lambda: restriction() is Action.REJECT, "the author to be rejected")
    expect(page.get_by_role("status")).to_contain_text("from now on is rejected.")
    page.get_by_role("button", name="Lift").click()
    until(lambda: restriction() is None, "the restriction to be lifted")
    expect(page.get_by_role("status")).to_contain_text("like everybody's again")
    assert focused(page) == held[0].id
    assert status(engine, held[0]) is Status.HELD


def test_the_next_comment_is_there_at_once(page: Page) -> None:
    """From the key to the next comment on the screen it takes less than a tenth of a second."""
    page.keyboard.press("j")
    took = page.evaluate(
        """() => { const began = performance.now();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "a", bubbles: true}));
        document.activeElement.getBoundingClientRect(); return performance.now() - began; }"""
    )

    assert took < 100


def test_what_somebody_else_decided_comes_back(page: Page, engine: Service, held: list[StoredComment]) -> None:
    """The decision is not made; the comment stands in the list again, and it is said."""
    overrule(engine.parts, "news", held[0].id, Decision(Action.REJECT, DecidedBy.API, engine.now(), 1, actor="the app"))
    page.keyboard.press("j")
    page.keyboard.press("a")

    expect(page.get_by_role("status")).to_contain_text("changed in the meantime")
    expect(page.get_by_role("article")).to_have_count(4)
    assert status(engine, held[0]) is Status.REJECTED


def test_many_are_picked_and_decided_together(page: Page, engine: Service, held: list[StoredComment]) -> None:
    """X picks, Shift and R rejects all that are picked, U puts them back."""
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("Escape")
    page.keyboard.press("Shift+R")

    expect(page.get_by_role("status")).to_contain_text("2 rejected.")
    assert [status(engine, one) for one in held] == [Status.REJECTED] * 2 + [Status.HELD] * 2
    page.wait_for_load_state()  # before that the new page has no keys
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("2 put back.")
    assert {status(engine, one) for one in held} == {Status.HELD}


def test_a_note_is_written_and_help_is_near(page: Page, engine: Service, held: list[StoredComment]) -> None:
    """Keys are letters while somebody writes; Escape leads back; a question mark shows all of them."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("a rare case")
    assert status(engine, held[0]) is Status.HELD
    page.keyboard.press("Escape")
    page.keyboard.press("r")

    settles(engine, held[0], Status.REJECTED)
    decision = engine.get("news", held[0].id).decision
    assert decision is not None
    assert decision.note == "a rare case"


def test_two_moderators_do_not_read_the_same_comment(
    page: Page, browser: Browser, url: str, engine: Service, held: list[StoredComment]
) -> None:
    """Each sees by name what the other looks at, and the key for the next comment goes past it."""
    accounts.add_moderator(engine.parts.database, "news", LEE, "Lee", NOW, PASSWORD)
    page.keyboard.press("j")
    context = browser.new_context()
    other = context.new_page()
    sign_in(other, url, LEE)
    other.wait_for_load_state()
    other.evaluate("presence()")

    expect(other.get_by_text("Kim is looking at this")).to_be_visible()
    other.keyboard.press("j")
    assert focused(other) == held[1].id
    page.evaluate("presence()")
    expect(page.get_by_text("Lee is looking at this")).to_be_visible()
    hold(engine, engine.site("news"), comment("The newest of all"))
    page.evaluate("presence()")
    expect(page.get_by_text("Newer comments wait.")).to_be_visible()
    context.close()


def test_times_and_texts_are_the_readers_own(page: Page, held: list[StoredComment]) -> None:
    """Times are in the reader's zone; texts can be blurred until a comment is chosen, and stay so."""
    stamp = page.locator(f"#c-{held[0].id} .facts time")
    expect(stamp).not_to_contain_text("UTC")
    expect(stamp).to_have_attribute("title", f"{held[0].received_at:%Y-%m-%d %H:%M} UTC")
    page.keyboard.press("b")
    page.reload()
    page.wait_for_load_state()
    page.keyboard.press("j")

    blurred = [page.locator(f"#c-{one.id} .text").evaluate("one => getComputedStyle(one).filter") for one in held]

    assert blurred == ["none", *["blur(8px)"] * 3]
