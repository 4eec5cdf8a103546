"""The desk in a real browser: what only layout, focus and style sheets can show."""

from playwright.sync_api import Page, expect

from moderation.model import Author, Status, Thread
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.browsing import LONG, overflow, sign_in
from tests.dashboard.visitor import hold


def test_a_moderator_approves_a_comment(page: Page, url: str, engine: Service, site: Site) -> None:
    """A moderator signs in, approves a held comment, and is told so while the next one stands in view."""
    below = hold(engine, site, comment("The one below"))
    above = hold(engine, site, comment("The one above"))
    sign_in(page, url)

    card = page.get_by_role("article").filter(has_text="The one above")
    card.get_by_role("button", name="Approve").click()

    expect(page.get_by_role("status")).to_contain_text("Approved.")
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(page.get_by_text("The one above")).to_have_count(0)
    expect(page.get_by_role("article")).to_be_focused()
    assert engine.get(site.id, above.id).status is Status.APPROVED
    assert engine.get(site.id, below.id).status is Status.HELD


def test_the_desk_works_by_keyboard(page: Page, url: str, engine: Service, site: Site) -> None:
    """From the top, a skip link leads past the tabs; Tab then comes to the buttons, which Enter presses."""
    stored = hold(engine, site, comment())
    sign_in(page, url)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    reject = page.get_by_role("article").get_by_role("button", name="Reject")
    for _ in range(30):
        page.keyboard.press("Tab")
        if reject.and_(page.locator(":focus")).count():
            break
    expect(reject).to_be_focused()
    expect(reject).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Rejected.")
    assert engine.get(site.id, stored.id).status is Status.REJECTED


def test_nothing_is_wider_than_the_screen(page: Page, url: str, engine: Service, site: Site) -> None:
    """No page scrolls sideways, however long the words are that strangers wrote."""
    long = Thread(LONG, f"https://news.example/{LONG}", LONG, LONG[:200])
    stored = hold(engine, site, comment(LONG, thread=long.id, author=Author("u-1", LONG)))
    hold(engine, site, comment(LONG + "!" * 20, author=Author("u-2", "\u202e" + LONG)))
    page.goto(f"{url}/desk/login")
    sizes = [overflow(page)]
    sign_in(page, url)

    for path in ("", f"?thread={LONG}", "?status=rejected", f"?author={stored.author_key}", f"/comments/{stored.id}"):
        page.goto(f"{url}/desk{path}", wait_until="load")
        sizes.append(overflow(page))

    assert sizes == [0] * 6
