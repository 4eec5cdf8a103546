"""The desk in other languages: that every text is marked, has its translation, and reaches the page."""

import ast
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from flask.testing import FlaskClient

from moderation.dashboard import language as module
from moderation.dashboard.deciding import SCRIPT_WORDS
from moderation.records import Site
from moderation.service import Service
from tests import catalogues
from tests.catalogues import DESK, OTHERS
from tests.dashboard.everything import furnish
from tests.dashboard.visitor import Page, Visitor

TAG = re.compile(r"<(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\}|\{(?![{%]))*>", re.DOTALL)
SAID = re.compile(r"\b(?:aria-label|title|alt|placeholder)=\"([^\"{}]*)\"")
NOT_SAID = re.compile(
    r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|<(code|kbd|script|pre)\b.*?</\1>|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL
)
MARKED = re.compile(r"(?:\b_|ngettext)\((?:\"[^\"]*\"(?:, )?)+")
STRING_IN_EXPRESSION = re.compile(r"\{\{(?:(?!\}\}).)*?[^_\w(]\s*\"[A-Z][a-z]+(?: [^\"]*)?\"", re.DOTALL)
PLACES, TAGS, ENDS, STOPS, NAMES = (
    r"%\(\w+\)s|%%", r"</?\w+[^>]*>", r"^\s|\s$", r"(?<!^)\.$", r"MODERATION_\w+|`[^`]*`",
)  # fmt: skip
KEPT = [re.compile(what) for what in (PLACES, TAGS, ENDS, STOPS, NAMES)]
"""What a translation has as often as the English."""
LETTERS = re.compile(r"[A-Za-z]{2}")
SAME_EVERYWHERE = {"https://news.example/moderation", "en"}
MARKS = {"gettext", "ngettext", "N_"}
UNSEEN_CALLS = {"compile", "get", "getlist", "warning", "error", "info", "cast", "Reason", "route", "post"}


def strings(message: Message) -> list[tuple[str, str]]:
    """Return each form of a text in English, with what stands in its place."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_are_complete(language: str) -> None:
    """Each has all texts that are marked and no others, a translation of each, and is compiled as it stands."""
    found, compiled = catalogues.read(language), io.BytesIO()
    write_mo(compiled, found)

    marked = {message.id for message in catalogues.collected()}
    assert {message.id for message in found} == marked, "`make catalogues` brings it up to date"
    missing = [message.id for message in found if message.id and not catalogues.translated(message)]
    assert missing == []
    assert [message.id for message in found if message.fuzzy and message.id] == []
    assert catalogues.source(language).with_suffix(".mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_what_is_no_text(language: str) -> None:
    """Places, tags, blanks at the ends and full stops are those of the English."""
    wrong = []
    for message in catalogues.read(language):
        for english, other in strings(message) if message.id else ():
            wrong += [
                (english, other) for what in KEPT if Counter(what.findall(english)) != Counter(what.findall(other))
            ]
    assert wrong == []


def test_templates_say_nothing_unmarked() -> None:
    """All that a reader sees of a template stands in `_()` or `{% trans %}`."""
    found = []
    for path in sorted((DESK / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        bare = TAG.sub(lambda tag: " ".join(["\n", *SAID.findall(tag[0]), "\n"]), NOT_SAID.sub("\n", text))
        found += [(path.name, line.strip()) for line in bare.splitlines() if LETTERS.search(line)]
        found += [(path.name, match[0]) for match in STRING_IN_EXPRESSION.finditer(MARKED.sub("", text))]
    assert [one for one in found if one[1] not in SAME_EVERYWHERE] == []


def texts(tree: ast.AST) -> Iterator[str]:
    """Yield what looks like words for people in a module, outside of what marks it and of docstrings."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        called: Any = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", None))
        if name in MARKS | UNSEEN_CALLS:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[a-z] [a-z]", node.value):
            yield node.value
        yield from texts(node)


def test_modules_say_nothing_unmarked() -> None:
    """Texts of several words stand in `gettext`, or in `N_` if a table has them."""
    found = {}
    for path in sorted(DESK.glob("*.py")):
        said = list(texts(ast.parse(path.read_text(encoding="utf-8"))))
        if said:
            found[path.name] = said
    assert found == {"deciding.py": ["off topic", "personal data"]}  # as decisions keep them


def test_the_script_says_what_is_looked_up_for_it() -> None:
    """Each text of `desk.js` goes through `word`, and is handed to it."""
    script = (DESK / "static" / "desk.js").read_text(encoding="utf-8")

    assert set(re.findall(r"word\(\"([^\"]+)\"\)", script)) == set(SCRIPT_WORDS)
    rest = re.sub(r"word\(\"[^\"]+\"\)|//.*", "", script)
    assert re.findall(r"\bsay\([^)\n]*[\"`][A-Z]|\baction\([\"`]|(?:words|textContent|title) = [\"`][A-Z]", rest) == []


@pytest.mark.parametrize(
    ("asked", "chosen", "language"),
    [
        (None, None, "en"), ("de", None, "de"), ("de-AT,en;q=0.5", None, "de"), ("en-GB,de;q=0.5", None, "en"),
        ("fr,de;q=0.2", None, "de"), ("fr", None, "en"), ("*", None, "en"), ("de", "en", "en"), (None, "de", "de"),
        ("de", "xx", "de"), ("DE-de", None, "de"), ("de;q=0,en;q=0.1", None, "en"),
        ("de-AT;q=0.4,en-GB;q=0.6", None, "en"), (None, "../de", "en"), ("\u00fc;;q=x,,", None, "en"),
    ],
)  # fmt: skip
def test_a_reader_gets_their_language(
    client: FlaskClient, asked: str | None, chosen: str | None, language: str
) -> None:
    """What they chose, else what their browser asks for, as far as there is a catalogue; English else."""
    if chosen:
        client.set_cookie(module.COOKIE, chosen, path="/desk")
    page = client.get("/desk/login", headers={"Accept-Language": asked} if asked else {}).text

    assert f'<html lang="{language}"' in page
    assert ("Anmelden" in page) == (language == "de")


def test_a_language_is_chosen_at_the_account(visitor: Visitor) -> None:
    """It stays in this browser, after signing out, too; and can be left to the browser again."""
    form = visitor.get("/desk/account").form("/language")
    assert form.fields["language"] == ""
    visitor.send(form, {"language": "de"})
    page = visitor.get("/desk/account?changed=language")
    assert page.form("/language").fields["language"] == "de"
    assert "von jetzt an" in page.text
    visitor.client.post("/desk/logout", data=page.form("/logout").fields)
    assert "Anmelden" in visitor.get("/desk/login").text

    visitor.sign_in()
    visitor.send(visitor.get("/desk/account").form("/language"), {"language": "tlh"})
    assert "Your account" in visitor.get("/desk/account").text


def english(page: str) -> list[str]:
    """Return the English texts of two or more words that a German page still says."""
    catalogue = {one: other for message in catalogues.read("de") if message.id for one, other in strings(message)}
    pieces = {
        piece.strip(" .,:;")
        for text, other in catalogue.items()
        if text != other
        for piece in re.split(r"%\(\w+\)s|<code>.*?</code>|</?\w[^>]*>", text)
    }
    said = f" {page} "
    return [
        one for one in sorted(pieces) if re.search(r"[a-z] [a-z]", one) and re.search(rf"\b{re.escape(one)}\b", said)
    ]


def test_german_pages_have_no_english(app: Any, engine: Service, site: Site) -> None:
    """Every page of the desk with something on it, and what it answers to what cannot be."""
    client = app.test_client()
    client.set_cookie(module.COOKIE, "de", path="/desk")
    visitor = Visitor(client)
    visitor.sign_in()
    paths = furnish(engine, site)
    pages = {path: Page(client.get(f"/desk{path}").text).text for path in paths}
    for path, name, values in (
        ("/policy", "/policy", {"do": "preview", "thresholds.toxicity.hold": "0.99"}),
        ("/policy", "/policy", {"do": "save", "length.max": "x", "length.min": "0", "thresholds.spam.hold": "2"}),
        ("/words", "/words", {"do": "add", "terms": "\u200b"}),
        ("/words", "/words", {"do": "preview", "terms": "stupid"}),
        ("/endpoints", "/endpoints", {"url": "ftp://x"}),
        ("/keys", "/keys", {"scope": "nothing"}),
        ("/moderators", "/moderators", {"email": "x"}),
        ("/account", "/password", {"current": "x", "new": "short", "again": "short"}),
    ):
        form = next(one for one in visitor.get(f"/desk{path}").forms if one.action.endswith(name) and one.fields)
        pages[f"{path} {values}"] = Page(visitor.send(form, values).text).text

    assert {path: english(text) for path, text in pages.items() if english(text)} == {}
    assert english("Nothing is saved yet. The comment was approved.") != []  # it would be seen


def test_numbers_are_written_as_people_do(app: Any) -> None:
    """The separator between thousands is a text like others."""
    for language, written in (("en", "1,234,567"), ("de", "1.234.567")):
        with app.test_request_context("/desk", headers={"Accept-Language": language}):
            assert module.number_words(1_234_567) == written
