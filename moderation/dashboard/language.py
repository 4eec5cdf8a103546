"""The language of the desk's pages: the code has English, and what it is in another language stands in a catalogue.

A text is looked up by its English (GNU gettext). `N_` marks texts of tables, which are looked up when they are shown.
`make catalogues` collects what is marked and brings the catalogues up to date.
"""

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TypeVar

from flask import g, has_request_context, request
from jinja2 import Environment

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "de": "Deutsch"}
"""By code, as their speakers call them."""
COOKIE = "desk_language"
DOMAIN = "desk"
CATALOGUES = Path(__file__).with_name("catalogues")
Key = TypeVar("Key")


def install(environment: Environment) -> None:
    """Let templates look texts up; the values in a text are escaped, the text itself is ours and may have tags."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: _catalogue().gettext(text),
        lambda one, many, number: _catalogue().ngettext(one, many, number),
        newstyle=True,
    )


def language() -> str:
    """Return the language of this request's page: what its reader chose, else what their browser asks for."""
    if not has_request_context():
        return ENGLISH
    found: str | None = g.get("language")
    if found is None:
        chosen = request.cookies.get(COOKIE, "")
        asked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
        found = chosen if chosen in LANGUAGES else next((one for one in asked if one in LANGUAGES), ENGLISH)
        g.language = found
    return found


def gettext(text: str, /, **values: object) -> str:
    """Return a text in the language of the page, with values in the place of `%(name)s`."""
    said = _catalogue().gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the text for so many, in the language of the page; `%(num)s` is the number."""
    return _catalogue().ngettext(one, many, number) % {"num": number, **values}


def N_(text: str) -> str:  # noqa: N802 - what gettext's tools know it by
    """Mark a text that is looked up later."""
    return text


def each(texts: Mapping[Key, str]) -> dict[Key, str]:
    """Return a table with its texts in the language of the page."""
    return {key: gettext(text) for key, text in texts.items()}


def number_words(number: int) -> str:
    """Return a number as people write it."""
    # Translators: what stands between thousands, as in 1,000
    return f"{number:,}".replace(",", gettext(","))


def _catalogue() -> NullTranslations:
    return _read(language())


@cache
def _read(code: str) -> NullTranslations:
    return translation(DOMAIN, CATALOGUES, [code], fallback=True)
