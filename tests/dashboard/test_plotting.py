"""The dot plot: its dots and table, the fields that choose a range, and the brush in a real browser."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from moderation.dashboard.bulk import spread
from moderation.dashboard.dots import EDGE, HEIGHT, plot
from moderation.model import Scored
from moderation.policy_document import Threshold
from moderation.records import Site, StoredComment
from moderation.service import Service
from moderation.storage.plots import Point
from tests.build import comment
from tests.dashboard.browsing import overflow, sign_in
from tests.dashboard.visitor import TOXIC, Visitor, hold

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def held(engine: Service, site: Site) -> list[StoredComment]:
    """Give held comments whose insult rises."""
    scores = (0.1, 0.42, 0.44, 0.9)
    return [
        hold(engine, site, comment(f"Insult of {score}"), Scored({**TOXIC.scores, "insult": score})) for score in scores
    ]


def test_a_plot_has_dots_thresholds_and_a_table() -> None:
    """The newest at the top, what reaches a threshold apart, and an unknown score counted."""
    points = [Point(1.0, AT + timedelta(days=2)), Point(0.25, AT + timedelta(days=1)), Point(0.25, AT), Point(None, AT)]

    found = plot(points, Threshold(hold=0.5, reject=0.9))

    assert found.over == f"M1000 {EDGE}h0"
    assert found.under == f"M250 {HEIGHT // 2}h0M250 {HEIGHT - EDGE}h0"
    assert [(one.x, one.words) for one in found.marks] == [(500.0, "held from 0.5"), (900.0, "rejected from 0.9")]
    assert [(one.low, one.high, one.number, one.width) for one in found.bands] == [
        ("0.25", "0.3", 2, 100.0), ("0.95", "1", 1, 50.0)
    ]  # fmt: skip
    assert (found.number, found.unknown) == (4, 1)
    assert found.oldest is not None


def test_nothing_has_no_plot() -> None:
    """Nor has a list in which no comment has that score; one moment alone stands in the middle."""
    assert plot([], None).bands == plot([Point(None, AT)], Threshold(hold=0.5)).bands == ()
    assert plot([Point(0.5, AT)], None).under == f"M500 {HEIGHT // 2}h0"


def test_samples_are_from_all_over(held: list[StoredComment]) -> None:
    """The first, the last, and some between; of a short list all."""
    many = held * 25

    assert spread(held, 5) == held
    assert [many.index(one) for one in spread(many, 5)] == [many.index(many[at]) for at in (0, 24, 49, 74, 99)]


@pytest.mark.usefixtures("held")
def test_a_range_is_chosen_without_a_script(visitor: Visitor) -> None:
    """The page keeps the list's filters, draws the range, and its fields lead to the list."""
    page = visitor.get("/desk?q=insult").links["Dot plot"]
    plot_page = visitor.get(f"{page}&score=insult&low=0.4&high=0.5")

    assert "Held comments by insult" in plot_page.text
    assert "4 comments" in plot_page.text
    assert "Words: insult" in plot_page.text
    assert plot_page.links["0.9 to 0.95"] == "/desk?status=held&q=insult&score=insult&low=0.9&high=0.95"
    form = plot_page.form_with("low")
    assert (form.action, form.fields["low"], form.fields["score"], form.fields["q"]) == (
        "/desk", "0.4", "insult", "insult"
    )  # fmt: skip
    assert visitor.get(f"{form.action}?score=insult&low=0.4&high=0.5").html.count('<article class="card') == 2
    assert "No comment of this list" in visitor.get("/desk/plot?status=approved").text


@pytest.mark.usefixtures("held")
def test_a_brush_chooses_a_range(browser: Browser, url: str) -> None:
    """Drawn over the plot it fills in the fields; the list has what lies in it, to be decided together."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    sign_in(page, url)
    page.goto(f"{url}/desk/plot?score=insult")
    box = page.locator("#plot").bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 60)
    page.mouse.up()

    assert abs(float(page.locator("#low").input_value()) - 0.4) < 0.02
    assert abs(float(page.locator("#high").input_value()) - 0.6) < 0.02
    assert abs(float(page.locator("#chosen").get_attribute("width") or 0) - 200) < 20
    assert overflow(page) == 0
    page.get_by_role("button", name="List these comments").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_label("all that this list finds").check()
    page.keyboard.press("Shift+R")
    expect(page.get_by_role("heading", name="Reject 2 comments?")).to_be_visible()
    page.get_by_role("button", name="Reject 2").click()
    expect(page.get_by_role("status").filter(has_text="2 rejected.")).to_be_visible()
    context.close()
    assert errors == []
