"""The pictures of the README and the documentation, taken of a desk with comments that the shipped models scored.

    PICTURES=1 python -m pytest tests/dashboard/test_pictures.py

writes them; without that it is only looked whether each page still can be taken, and its picture is there.
"""

import os
import struct
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from moderation.model import Author, Thread
from moderation.policy_document import Policy
from moderation.records import Site
from moderation.service import Service
from moderation.settings import Settings
from tests.build import comment
from tests.dashboard.browsing import sign_in
from tests.dashboard.visitor import hold
from workers.scoring import Scorers
from workers.scoring.text import Text

FOLDER = Path("docs/images")
TRAM, TEA = (
    Thread("tram", title="The new tram line", section="city"),
    Thread("tea", title="Tea or coffee?", section="food"),
)
COMMENTS = (
    ("Who uses the tram on Sundays?", TRAM, "Robin", None),
    ("You are a stupid 1d10t and everybody in this town knows it.", TRAM, "Sam", "c-0"),
    ("Win a FREE iPhone!!! Call +1 555 010 9999 or click http://bit.ly/win now", TEA, "Cheap Flights", None),
    ("People who drink coffee should all be thrown out of this country.", TEA, "Alex", None),
    ("I will find out where you live and kill you.", TRAM, "Jo", None),
)
"""Text, thread, author, and which comment it answers."""


def take(page: Page, name: str) -> tuple[int, int]:
    """Take a picture of what the window shows; return its width and height in pixels."""
    page.wait_for_load_state()
    picture = page.screenshot(animations="disabled")
    if os.environ.get("PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)
    size: tuple[int, int] = struct.unpack(">II", picture[16:24])
    return size


def test_the_pictures_of_the_documentation(browser: Browser, url: str, engine: Service, site: Site) -> None:
    """The queue, a comment of its own, the keys, the policy, and the queue on a phone in the dark."""
    scored = Scorers.load(Settings()).score([Text(text) for text, *_ in COMMENTS])
    site = engine.put_policy(site.id, replace(Policy(), limits=()), "the test", None)
    for number, ((text, thread, name, parent), scores) in enumerate(zip(COMMENTS, scored, strict=True)):
        one = comment(text, external_id=f"c-{number}", parent_id=parent, author=Author(f"u-{number}", name))
        stored = hold(engine, site, replace(one, thread=thread), scores)
        if parent:
            answered = stored
    sizes = {}
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    sign_in(page, url)
    page.wait_for_load_state()
    page.keyboard.press("j")
    sizes["desk"] = take(page, "desk")
    page.keyboard.press("?")
    sizes["keys"] = take(page, "keys")
    for name, path in (
        ("comment", f"/comments/{answered.id}"),
        ("policy", "/policy?preset=strict"),
        ("overview", "/overview"),
    ):
        page.goto(f"{url}/desk{path}")
        sizes[name] = take(page, name)
    state = context.storage_state()
    context.close()
    phone = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark", storage_state=state)
    page = phone.new_page()
    page.goto(f"{url}/desk")
    sizes["phone"] = take(page, "phone")
    phone.close()

    kept = {name: struct.unpack(">II", (FOLDER / f"{name}.png").read_bytes()[16:24]) for name in sizes}
    assert kept == sizes
