"""Brings the desk's catalogues up to date with the texts that are marked: `make catalogues`.

A text that is new stands there without a translation until somebody writes one; one that is gone is dropped. Each
`.po` is compiled beside itself, since who installs the service has no tools for that.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from moderation.dashboard.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES

DESK = CATALOGUES.parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"newstyle_gettext": "true"}}
MADE = datetime(2026, 12, 1, tzinfo=UTC)
"""Stands in every catalogue: what differs is the texts."""
OTHERS = tuple(one for one in LANGUAGES if one != ENGLISH)


def source(language: str) -> Path:
    """Return the file that people translate in."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def collected() -> Catalog:
    """Return all texts that are marked, file by file."""
    found = Catalog(project="moderation", creation_date=MADE)
    texts = extract_from_dir(DESK, METHODS, OPTIONS, DEFAULT_KEYWORDS, ("Translators:",), strip_comment_tags=True)
    for name, _, message, comments, context in sorted(texts, key=lambda one: (one[0], one[1])):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """Return a catalogue as it is."""
    path = source(language)
    if not path.exists():
        return Catalog(language, project="moderation", creation_date=MADE, revision_date=MADE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """Return a catalogue with the texts that are marked, and no others."""
    found = read(language)
    found.update(collected(), no_fuzzy_matching=True)
    found.obsolete.clear()
    found.creation_date = found.revision_date = MADE
    return found


def translated(message: Message) -> bool:
    """Tell whether a text has its translation, in each of its forms."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(forms) and all(forms)


def write(language: str) -> int:
    """Bring a catalogue up to date, compile it, and return how many texts still need a translation."""
    catalogue, path = updated(language), source(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, ignore_obsolete=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return sum(not translated(one) for one in catalogue if one.id)


if __name__ == "__main__":
    for code in OTHERS:
        missing = write(code)
        sys.stdout.write(f"{source(code)}: {missing} texts without a translation\n")
