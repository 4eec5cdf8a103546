"""What every page of the desk has in common."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from moderation import dashboard
from moderation.records import Site
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import Visitor, hold

FOLDER = Path(dashboard.__file__).parent
CSS = (FOLDER / "static" / "desk.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in CSS.split("@media (prefers", 1))
PAIRS = [
    ("text", "ground"), ("text", "panel"), ("quiet", "ground"), ("quiet", "panel"), ("link", "ground"),
    ("link", "panel"), ("mark-text", "mark"), ("on-button", "approve"), ("on-button", "reject"), ("on-button", "main"),
    ("chip-text", "chip"), ("good-text", "good"), ("bad-text", "bad"), ("text", "track"),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/desk/login", "/desk", "/desk/nowhere", "/desk/static/desk.css", "/desk/static/no"])
def test_nothing_can_be_smuggled_into_a_page(client: FlaskClient, path: str) -> None:
    """Each answer forbids scripts, inline styles, frames, foreign images and forms that go elsewhere."""
    with client.get(path) as answer:
        headers = answer.headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert ("no-store" in headers.get("Cache-Control", "")) == (path != "/desk/static/desk.css")


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/desk/nowhere", "/desk/comments/x", "/desk/static/nowhere.css"])
def test_what_goes_wrong_is_a_page(visitor: Visitor, method: str, path: str) -> None:
    """Unknown addresses, methods and forms are answered in HTML, as the rest of the desk."""
    answer = visitor.client.open(path, method=method)

    assert answer.status_code in {403, 404, 405}
    assert answer.mimetype == "text/html"
    assert "<h1>" in answer.text


def test_the_api_still_answers_in_json(client: FlaskClient) -> None:
    """Beside the desk, what goes wrong stays a problem for programs."""
    assert client.get("/v1/nowhere").mimetype == "application/problem+json"


def test_a_fault_of_ours_is_a_page(app: APIFlask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is said without a trace of the program."""
    monkeypatch.delattr("moderation.storage.moderators.sessions")

    page = visitor.get("/desk", 500)

    assert app.testing is False
    assert "Something went wrong on our side" in page.text
    assert "sessions" not in page.text


def test_the_database_away_is_a_page(visitor: Visitor, engine: Service) -> None:
    """Without its database the desk says so and when to try again."""
    with engine.parts.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE sessions RENAME TO elsewhere")

    answer = visitor.client.get("/desk")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "The database does not answer" in answer.text


class _Outline(HTMLParser):
    """What assistive programs need of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.headings: list[str] = []
        self.styles = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.styles += "style" in found or tag == "style" or any(name.startswith("on") for name in found)
        self.styles += tag == "script" and not str(found.get("src")).startswith("/desk/static/")
        self.ids += [str(found["id"])] if "id" in found else []
        self.labelled |= {str(found["for"])} if tag == "label" else set()
        if tag in {"input", "textarea", "select"} and found.get("type") != "hidden":
            self.fields.append(str(found.get("id")))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)


def test_pages_are_well_formed_for_everyone(visitor: Visitor, engine: Service, site: Site) -> None:
    """Each page has one first heading, labels for its fields, ids that are unique, and no inline code or style."""
    stored = [hold(engine, site, comment(f"The comment number {number}")) for number in (1, 2)]
    policy = ("/desk/policy?section=letters&preset=strict", "/desk/policy/versions", "/desk/policy/versions/1")
    paths = ("/desk", f"/desk/comments/{stored[0].id}", "/desk?status=rejected", "/desk/policy", *policy)
    pages = [visitor.get(path).html for path in paths]
    form = visitor.get("/desk/policy").form_with("mode")
    pages += [visitor.send(form, {"do": "preview", "thresholds.spam.hold": bound}).text for bound in ("0.001", "9")]
    visitor.client.delete_cookie("desk_session", path="/desk")
    pages += [visitor.get("/desk/login").html, visitor.get("/desk/nowhere", 404).html]

    for html in pages:
        outline = _Outline(html)
        assert outline.headings.count("h1") == 1
        assert outline.headings[0] == "h1"
        assert len(outline.ids) == len(set(outline.ids))
        assert set(outline.fields) <= outline.labelled
        assert outline.styles == 0
        assert 'class="skip" href="#main"' in html


def _luminance(colour: str) -> float:
    """Return a colour's relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_colours_can_be_told_apart(colours: dict[str, str], text: str, ground: str) -> None:
    """Text stands out from its ground by at least 4.5 : 1 (WCAG AA), light and dark."""
    lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("shape", "ground"),
    [("focus", "ground"), ("focus", "panel"), ("over", "track"), ("fill", "panel"), ("quiet", "ground")],
)
def test_shapes_can_be_told_apart(colours: dict[str, str], shape: str, ground: str) -> None:
    """Bars, frames of fields and the focus stand out from their ground by at least 3 : 1 (WCAG AA), light and dark."""
    lighter, darker = sorted((_luminance(colours[shape]), _luminance(colours[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_both_palettes_have_every_colour() -> None:
    """Light and dark name the same colours, and every colour that is used has a name."""
    assert set(LIGHT) == set(DARK) >= set(re.findall(r"var\(--([\w-]+)\)", CSS))
