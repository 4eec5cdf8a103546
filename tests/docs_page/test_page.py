"""The page at `/docs`, as a browser gets it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from apiflask import APIFlask

from moderation import ids
from moderation.app import create_app
from moderation.docs_page import page
from moderation.docs_page.reference import read
from moderation.model import Scope
from moderation.settings import Settings
from moderation.storage import sites
from moderation.web import EXTENSION
from tests.build import NOW, make_site

STYLE = (Path(page.__file__).parent / "static" / "docs.css").read_text(encoding="utf-8")
TEXT_ON = [
    ("text", "ground"), ("text", "panel"), ("quiet", "panel"), ("quiet", "ground"), ("link", "panel"),
    ("link", "ground"), ("good-text", "good"), ("bad-text", "bad"), ("bad-text", "panel"),
]  # fmt: skip


class Seen(HTMLParser):
    """What a document has that matters here: ids, links, loaded files, and anything that CSP would refuse."""

    def __init__(self, text: str) -> None:
        """Read a document."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.refused: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag's attributes."""
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.loaded += [found["href"]] if tag == "link" else []
        if (
            tag in {"script", "style", "img", "iframe", "form"}
            or "style" in found
            or any(k.startswith("on") for k in found)
        ):
            self.refused.append(tag)


@pytest.fixture
def app(settings: Settings) -> APIFlask:
    """Give the service with its page."""
    return create_app(settings)


def test_the_page_shows_every_operation_and_object(app: APIFlask) -> None:
    """Each has a place that the contents lead to, and no link of the page leads nowhere."""
    reference = read(app.test_client().get("/openapi.json").get_json())

    seen = Seen(app.test_client().get("/docs").text)

    operations = {one.anchor for group in reference.groups for one in group.operations}
    assert operations | {one.anchor for one in reference.objects} <= set(seen.ids)
    assert {f"#{anchor}" for anchor in operations} <= set(seen.links)
    assert {link for link in seen.links if link.startswith("#")} <= {f"#{anchor}" for anchor in seen.ids}
    assert len(seen.ids) == len(set(seen.ids))


def test_the_page_needs_nothing_but_its_own_style(app: APIFlask) -> None:
    """It loads one style sheet from the service, and holds nothing that its Content-Security-Policy refuses."""
    http = app.test_client()
    response = http.get("/docs")

    seen = Seen(response.text)

    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert (seen.loaded, seen.refused) == (["/docs/static/docs.css"], [])
    with http.get(seen.loaded[0]) as style:
        assert style.mimetype == "text/css"
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_what_comes_from_outside_is_escaped(app: APIFlask) -> None:
    """A host name with markup in it stays text."""
    response = app.test_client().get("/docs", headers={"Host": 'a"><b>'})

    assert "<b>" not in response.text


def test_the_page_can_be_switched_off(settings: Settings) -> None:
    """Without the setting neither the page nor the description is served."""
    http = create_app(settings.model_copy(update={"docs": False})).test_client()

    assert [http.get(path).status_code for path in ("/docs", "/openapi.json", "/docs/static/docs.css")] == [404] * 3


def test_the_examples_are_taken(app: APIFlask) -> None:
    """The service takes the body of every example as it stands on the page, and may only lack what it names."""
    service = app.extensions[EXTENSION]
    make_site(service.parts.database)
    prefix, key = ids.new_api_key()
    with service.parts.database.write() as connection:
        sites.add_key(connection, "news", key, prefix, "native", list(Scope), "test", NOW)
    http = app.test_client()
    tried = 0
    for group in read(http.get("/openapi.json").get_json()).groups:
        for operation in group.operations:
            body = re.search(r"--json '(.*)'$", operation.example)
            if body is None or operation.path == "/v1/score":  # the latter would wait for a worker
                continue
            tried += 1

            response = http.open(
                re.sub(r"{\w+}", "none", operation.path),
                method=operation.method,
                json=json.loads(body[1]),
                headers={"Authorization": f"Bearer {key}"},
            )

            named = "{" in operation.path or "external_id" in body[1]
            assert response.status_code < 300 or (response.status_code == 404 and named), operation.path
    assert tried > 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str) -> None:
    """Every text has a contrast of at least 4.5 : 1 to its ground (WCAG 2.2, 1.4.3), in light and in dark."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", light if scheme == "light" else dark))

    low = {pair: ratio for pair in TEXT_ON if (ratio := contrast(colours[pair[0]], colours[pair[1]])) < 4.5}

    assert low == {}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb` as WCAG defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
