"""The policy in a real browser: by keyboard, on a phone, and what only layout and focus can show."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from moderation.model import ATTRIBUTES, Scored
from moderation.policy_document import Mode, SectionPolicy, Threshold
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.browsing import LONG, overflow, sign_in
from tests.dashboard.visitor import hold


def test_an_owner_previews_a_preset_and_saves_it(page: Page, url: str, engine: Service, site: Site) -> None:
    """A preset is filled in, its preview is in view and leads to the comments, and saving it puts it in force."""
    for number in range(10):
        scores = {**dict.fromkeys(ATTRIBUTES, 0.01), "toxicity": number / 10}
        hold(engine, site, comment(f"The comment number {number}"), Scored(scores))
    sign_in(page, url)
    page.get_by_role("link", name="Policy").click()

    page.get_by_role("button", name="Strict").click()
    expect(page.get_by_role("status").filter(has_text="“strict” are filled in")).to_be_visible()
    expect(page.get_by_label("Toxicity: hold from", exact=True)).to_have_value("0.35")
    page.get_by_role("button", name="Preview").click()

    outlook = page.get_by_role("region", name="What this would have done")
    expect(outlook).to_be_in_viewport()
    expect(outlook).to_be_focused()
    expect(outlook.get_by_role("row", name="approved held 2")).to_be_visible()
    expect(outlook.get_by_role("link", name="The comment number 5")).to_be_visible()
    assert engine.site(site.id).policy_version == 1

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Version 2 is in force")).to_be_visible()
    assert engine.site(site.id).policy.thresholds["toxicity"] == Threshold(hold=0.35, reject=0.95)

    page.get_by_role("button", name="Put back version 1").click()
    expect(page.get_by_role("status").filter(has_text="Version 3 is in force")).to_be_visible()
    assert engine.site(site.id).policy == site.policy


def test_enter_previews_and_saves_nothing(page: Page, url: str, engine: Service, site: Site) -> None:
    """Whoever presses Enter in a field sees what it would have done."""
    sign_in(page, url)
    page.goto(f"{url}/desk/policy")
    field = page.get_by_label("Spam: hold from")
    field.focus()
    expect(field).to_have_css("outline-style", "solid")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="What this would have done")).to_be_visible()
    expect(page.get_by_label("Spam: hold from")).to_have_value("0.5")
    assert engine.site(site.id).policy_version == 1


def test_a_focused_field_is_not_hidden_by_the_buttons(page: Page, url: str, site: Site) -> None:
    """By Tab through the whole form every field stands above the bar that stays in view."""
    assert site
    sign_in(page, url)
    page.goto(f"{url}/desk/policy?section=letters")
    page.get_by_label("Toxicity: hold from", exact=True).focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            "() => { const field = document.activeElement, box = field.getBoundingClientRect();"
            " const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
            " return !(field.closest('.bar') || there === field || field.contains(there)) && field.name }"
        )
        assert not hidden
        if page.evaluate("document.activeElement.value") == "save":
            return
    raise AssertionError("Tab did not come to the button that saves")


def test_no_page_of_the_policy_is_wider_than_the_screen(page: Page, url: str, engine: Service, site: Site) -> None:
    """However long the words are that stand in sections, texts and names."""
    hold(engine, site, comment(LONG))
    sections = {LONG[:200]: SectionPolicy(mode=Mode.PRE)}
    engine.put_policy(site.id, replace(site.policy, sections=sections, thresholds={}), LONG, None)
    sign_in(page, url)
    sizes = []
    for path in ("", f"?section={LONG[:200]}", "/versions", "/versions/2"):
        page.goto(f"{url}/desk/policy{path}", wait_until="load")
        sizes.append(overflow(page))
    page.goto(f"{url}/desk/policy?preset=strict")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What this would have done")).to_be_visible()

    assert [*sizes, overflow(page)] == [0] * 5
