"""`moderation import` and `export`: comments in and out of a site, by files."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command

from moderation import changes, clock
from moderation.cli_data import export
from moderation.cli_import import import_file
from moderation.model import Status
from moderation.pipeline import Parts
from moderation.policy_document import Policy, SectionPolicy, WindowLimit
from moderation.records import StoredComment
from moderation.settings import Settings
from moderation.storage import comments
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.build import make_parts, make_site
from tests.shell import run

SITE = ("--site", "news")
STRICT = Policy(
    limits=(WindowLimit("site", 1, 60),),
    thread_total=1,
    sections={"letters": SectionPolicy(limits=(WindowLimit("author", 1, 60),))},
)


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    """Give the parts behind a site that takes one comment a minute."""
    database = Database(settings.database)
    make_site(database, policy=STRICT)
    yield make_parts(database, settings.redis)
    database.close()


def stored(parts: Parts, site_id: str = "news") -> list[StoredComment]:
    """Return the comments of a site, by their text."""
    with parts.database.read() as connection:
        found = comments.list_page(connection, site_id, Filter(), limit=100, before_id=None)
    return sorted(found, key=lambda one: one.text)


def json_lines(path: Path, *documents: object) -> str:
    """Write one line of JSON for each document; bytes are written as they are."""
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in documents]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return str(path)


def test_json_lines_are_taken_in_whole(parts: Parts, settings: Settings, tmp_path: Path) -> None:
    """Every field that the API reads is kept, and the comment waits to be scored behind what is posted meanwhile."""
    document = {
        "text": "An old comment, to be kept",
        "thread": {"id": "t1", "title": "Roads", "section": "letters"},
        "author": {"id": "kim", "email": "kim@news.example"},
        "external_id": "c-1",
        "parent_id": "c-0",
        "language": "en",
        "created_at": "2019-05-01T12:00:00Z",
        "metadata": {"likes": 3},
    }

    result = run(import_file, settings, json_lines(tmp_path / "old.jsonl", document), *SITE)

    (one,) = stored(parts)
    assert (one.text, one.thread.title, one.author.email, one.parent_id) == (
        document["text"], "Roads", "kim@news.example", "c-0"
    )  # fmt: skip
    assert (one.created_at.year, dict(one.metadata), one.status) == (2019, {"likes": 3}, Status.PENDING)
    assert one.priority > 1
    assert "1 taken, 0 known already, 0 erased, 0 refused" in result.stderr
    assert result.stdout == ""


def test_limits_do_not_hold_back_an_import(parts: Parts, settings: Settings, tmp_path: Path) -> None:
    """What was written over years is not refused for coming in a second."""
    lines = [
        {"text": f"Comment {number} of many", "thread": {"id": "t1", "section": section}, "author": {"id": "kim"}}
        for number, section in enumerate(["letters", "letters", None, None])
    ]

    run(import_file, settings, json_lines(tmp_path / "old.jsonl", *lines), *SITE)

    assert len(stored(parts)) == 4


def test_bad_lines_are_named_and_left_out(parts: Parts, settings: Settings, tmp_path: Path) -> None:
    """Each bad line is told by its number and what is wrong, never with its text; the good ones are taken."""
    secret = "canary"
    good = {"text": "A good one between bad ones", "thread": {"id": "t1"}, "external_id": "c-1"}
    file = json_lines(
        tmp_path / "mixed.jsonl",
        b"{",
        {"text": secret},
        b"",
        good,
        {"text": secret, "thread": {"id": "t1"}, "txt": 1},
        b'{"text": "canary\xff", "thread": {"id": "t1"}}',
        {"text": secret * 60, "thread": {"id": "t1"}},
        {"text": secret * 9999, "thread": {"id": "t1"}},
        {**good, "text": f"Another {secret} under its name"},
        [],
    )

    result = run(import_file, settings, file, *SITE, code=1)

    told = [line for line in result.stderr.splitlines() if line.startswith("line ")]
    assert sorted(told, key=lambda line: int(line.split()[1].rstrip(":"))) == [
        "line 1: not a JSON object in UTF-8",
        "line 2: not a comment: thread",
        "line 5: not a comment: txt",
        "line 6: not a JSON object in UTF-8",
        told_of(told, 7, "too_long: "),
        "line 8: too_long: 59994 characters, 20000 are allowed",
        told_of(told, 9, "external_id_taken: "),
        "line 10: not a JSON object in UTF-8",
    ]
    assert secret not in result.output
    assert [one.text for one in stored(parts)] == [good["text"]]
    assert "1 taken, 0 known already, 0 erased, 8 refused" in result.stderr


def told_of(told: list[str], line: int, beginning: str) -> str:
    """Return what was told of a line, if it begins as it should."""
    return next(one for one in told if one.startswith(f"line {line}: {beginning}"))


def test_csv_lines_are_counted_as_an_editor_counts_them(parts: Parts, settings: Settings, tmp_path: Path) -> None:
    """A text of several lines does not shift the numbers; a byte order mark, as spreadsheets write, does no harm."""
    file = tmp_path / "old.csv"
    file.write_text(
        'text,thread_id,author_id\n"Two\nlines of text",t1,kim\nNo thread,,kim\n"Short row"\nThe last one,t1,kim\n',
        encoding="utf-8-sig",
    )

    result = run(import_file, settings, str(file), *SITE, code=1)

    assert [line for line in result.stderr.splitlines() if line.startswith("line ")] == [
        "line 4: not a comment: thread.id",
        "line 5: not a comment: thread.id",
    ]
    assert [one.text for one in stored(parts)] == ["The last one", "Two\nlines of text"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must name the columns text and thread_id"),
        (b"body,page\na,b\n", "must name the columns text and thread_id"),
        (b"text,thread_id\nA fine one,t1\ncaf\xe9,t1\n", "is not CSV in UTF-8"),
        (b'text,thread_id\n"' + b"x" * 200_000 + b'",t1\n', "is not CSV in UTF-8"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_in_a_sentence(
    parts: Parts, settings: Settings, tmp_path: Path, content: bytes, message: str
) -> None:
    """Missing columns and other encodings are told at once."""
    file = tmp_path / "bad.csv"
    file.write_bytes(content)

    assert message in run(import_file, settings, str(file), *SITE, code=1).stderr
    assert stored(parts) == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_can_be_imported_again_without_doubles(
    parts: Parts, settings: Settings, tmp_path: Path, form: str
) -> None:
    """On the same site nothing is added; on another everything is, once, however often it is repeated."""
    lines = [
        {"text": '=1+1, a formula\r\nand "quotes", é 👍', "thread": {"id": "t1"}, "author": {"id": "kim", "name": "K"}},
        {"text": "With an id of its own", "thread": {"id": "t2"}, "external_id": "c-9"},
        {"text": "Zapped in a moment", "thread": {"id": "t2"}},
    ]
    run(import_file, settings, json_lines(tmp_path / "in.jsonl", *lines), *SITE)
    changes.erase(parts, "news", stored(parts)[2].id, clock.now())
    make_site(parts.database, "other", STRICT)
    file = str(tmp_path / f"out.{form}")

    exported = run(export, settings, *SITE, "--format", form, "--output", file)
    again = run(import_file, settings, file, *SITE)
    moved = run(import_file, settings, file, "--site", "other")
    repeated = run(import_file, settings, file, "--site", "other")

    assert "3 comments" in exported.stderr
    assert "0 taken, 2 known already, 1 erased, 0 refused" in again.stderr
    assert "2 taken, 0 known already, 1 erased, 0 refused" in moved.stderr
    assert "0 taken, 2 known already, 1 erased, 0 refused" in repeated.stderr
    assert len(stored(parts)) == 3
    copies = {one.text: one for one in stored(parts, "other")}
    for original in [one for one in stored(parts) if one.erased_at is None]:
        copy = copies[original.text]
        assert (copy.thread.id, copy.author.id, copy.author.name) == (
            original.thread.id, original.author.id, original.author.name
        )  # fmt: skip
        assert copy.external_id == (original.external_id or original.id)
        assert copy.created_at.replace(microsecond=0) == original.created_at.replace(microsecond=0)


def test_an_export_leaves_texts_as_they_are(parts: Parts, settings: Settings, tmp_path: Path) -> None:
    """CSV holds the very text, also one that a spreadsheet would take for a formula; the help warns of it."""
    run(import_file, settings, json_lines(tmp_path / "a.jsonl", {"text": "=1+1", "thread": {"id": "t1"}}), *SITE)

    table = list(csv.DictReader(io.StringIO(run(export, settings, *SITE, "--format", "csv").stdout)))

    assert [row["text"] for row in table] == ["=1+1"]
    assert "formula" in run(export, settings, "--help").stdout
    assert len(stored(parts)) == 1


@pytest.mark.parametrize("command", [import_file, export], ids=lambda command: command.name)
def test_a_site_that_does_not_exist_is_named(settings: Settings, tmp_path: Path, command: Command) -> None:
    """Neither makes a site."""
    arguments = [json_lines(tmp_path / "a.jsonl")] if command is import_file else []

    assert "There is no site 'news'" in run(command, settings, *arguments, *SITE, code=1).stderr
