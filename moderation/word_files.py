"""Lists of words as files: plain text with a term on each line, or CSV with a header; pure.

In plain text a line that begins with `#` is a remark. CSV has the terms in a column `term` (or `word`, or `text`, as
published lists call it); columns `list` and `deobfuscate` say for each term what is otherwise said for all.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from moderation.errors import UnreadableListError, WordsFullError
from moderation.policy_document import TERM_AT_MOST, TERMS_AT_MOST, ListName
from moderation.rules.words import can_be_found
from moderation.word_lists import LISTS, Entry

Form = Literal["text", "csv"]
COLUMNS = ("list", "term", "deobfuscate")
TERM_COLUMNS = ("term", "word", "text")
YES, NO = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})
LINES_AT_MOST = TERMS_AT_MOST * len(LISTS)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not taken, and why; never with what stands in it."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file has: terms, and lines that are none."""

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]


def read(text: str, form: Form, default: Entry) -> Read:
    """Return what a file has; what it does not say of a term is as in `default`.

    Raises:
        UnreadableListError: it is no CSV, or has no column of terms.
        WordsFullError: it has more terms than all lists together may have.
    """
    found: list[Entry] = []
    refused: list[Refused] = []
    text = text.removeprefix("\ufeff")
    for line, one in _from_csv(text, default) if form == "csv" else _from_text(text, default):
        wrong = one if isinstance(one, Refused) else _wrong(line, one)
        if wrong is not None:
            refused.append(wrong)
        elif isinstance(one, Entry):
            found.append(one)
        if len(found) > LINES_AT_MOST:
            raise WordsFullError(f"The file has more than {LINES_AT_MOST} terms; a list has {TERMS_AT_MOST} at most")
    return Read(tuple(found), tuple(refused))


def write(entries: Sequence[Entry], form: Form) -> str:
    """Return entries as a file that `read` reads; plain text has the terms alone."""
    if form == "text":
        return "".join(f"{' '.join(one.term.split())}\n" for one in entries)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in entries:
        writer.writerow((one.list, one.term, "" if one.list == "exceptions" else str(one.deobfuscate).lower()))
    return out.getvalue()


def _from_text(text: str, default: Entry) -> Iterator[tuple[int, Entry]]:
    for line, written in enumerate(text.split("\n"), 1):
        term = written.strip()
        if term and not term.startswith("#"):
            yield line, Entry(default.list, term, default.deobfuscate)


def _from_csv(text: str, default: Entry) -> Iterator[tuple[int, Entry | Refused]]:
    """Yield what each row has, with the number of the line in which it begins."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        named = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        column = next((named[name] for name in TERM_COLUMNS if name in named), None)
        if column is None:
            raise UnreadableListError("The first line must name a column 'term', or 'word', or 'text'")
        begins = rows.line_num + 1
        for row in rows:
            yield begins, _row(begins, {name: row.get(its) or "" for name, its in named.items()}, row[column], default)
            begins = rows.line_num + 1
    except csv.Error:
        raise UnreadableListError(f"After line {rows.line_num} it is not CSV") from None


def _row(line: int, row: dict[str, str], term: str | None, default: Entry) -> Entry | Refused:
    to, flag = row.get("list", "").strip().lower(), row.get("deobfuscate", "").strip().lower()
    name: ListName | None = next((one for one in LISTS if one == to), None) if to else default.list
    if name is None:
        return Refused(line, "no_list", f"the column 'list' must say {', '.join(LISTS)}, or nothing")
    if flag not in YES | NO:
        return Refused(line, "no_flag", "the column 'deobfuscate' must say true or false, or nothing")
    return Entry(name, (term or "").strip(), flag in YES if flag else default.deobfuscate)


def _wrong(line: int, one: Entry) -> Refused | None:
    if len(one.term) > TERM_AT_MOST:
        return Refused(line, "too_long", f"a term has {TERM_AT_MOST} characters at most")
    if "\0" in one.term or not can_be_found(one.term):
        return Refused(line, "nothing_to_find", "there is nothing that could be found in a text")
    return None
