"""The desk as axe-core sees it: what keeps people out who read with a screen reader, or see little."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation import clock, totp
from moderation.records import Site
from moderation.service import Service
from tests.dashboard.browsing import sign_in
from tests.dashboard.everything import furnish
from tests.dashboard.visitor import EMAIL, PASSWORD

AXE = Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}


def findings(page: Page) -> list[str]:
    """Return what axe-core calls serious or worse on a page, and whether it is wider than the screen."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return (["too wide"] if wide else []) + [
        f"{one['id']}: {node['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def two_factor(page: Page, url: str) -> Iterator[list[str]]:
    """Set a second factor up, and yield what is found on each page on the way, to the code and a wrong one."""
    page.goto(f"{url}/desk/account")
    page.locator("#f-totp-password").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
    yield findings(page)
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(totp.code(secret, totp.step_at(clock.now())))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    yield findings(page)
    page.get_by_role("link", name="I have kept them").click()
    yield findings(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of your app").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Your phone is not there?").click()
    expect(page.get_by_label("Recovery code")).to_be_visible()
    yield findings(page)


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 360)])
def test_no_page_has_a_serious_finding(
    browser: Browser, url: str, engine: Service, site: Site, colours: Any, width: int
) -> None:
    """Every page of the desk, on a wide screen and on a phone, with and without something on it."""
    context = browser.new_context(color_scheme=colours, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{url}/desk/login")
    seen = {"/login": findings(page)}
    sign_in(page, url)
    seen["/ empty"] = findings(page)
    for path in furnish(engine, site):
        page.goto(f"{url}/desk{path}")
        seen[path] = findings(page)
    page.goto(f"{url}/desk")
    page.wait_for_load_state()
    page.keyboard.press("?")
    seen["keys"] = findings(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Approve").first.click()
    page.get_by_role("button", name="Undo").wait_for()
    seen["said"] = findings(page)
    for number, found in enumerate(two_factor(page, url)):
        seen[f"two-factor {number}"] = found
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    broken = findings(page)
    context.close()

    assert [one.partition(":")[0] for one in broken] == ["label"]  # it would be seen
    assert {path: one for path, one in seen.items() if one} == {}


def test_a_phone_shows_all_of_it_in_german(browser: Browser, url: str, engine: Service, site: Site) -> None:
    """Its words are longer: no page is wider than the screen for that, and none has a serious finding."""
    context = browser.new_context(locale="de-AT", viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{url}/desk/login")
    seen = {"/login": findings(page)}
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    for path in furnish(engine, site):
        page.goto(f"{url}/desk{path}")
        assert page.locator("html").get_attribute("lang") == "de"
        seen[path] = findings(page)
    page.goto(f"{url}/desk")
    dates = page.locator("main time").first
    expect(dates).to_contain_text("2026, ")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Rückgängig")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Freigegeben.")
    context.close()

    assert {path: one for path, one in seen.items() if one} == {}
