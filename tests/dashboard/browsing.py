"""What tests in a real browser share."""

from playwright.sync_api import Page, expect

from tests.dashboard.visitor import EMAIL, PASSWORD

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


def sign_in(page: Page, url: str, email: str = EMAIL) -> None:
    """Sign in by keyboard alone."""
    page.goto(f"{url}/desk")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def overflow(page: Page) -> float:
    """Return by how many pixels the page is wider than its window."""
    found: float = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found
