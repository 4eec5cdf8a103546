"""`moderation words`, from a shell."""

from pathlib import Path

import pytest

from moderation.cli_words import words
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.build import make_site
from tests.logbook import added
from tests.shell import run

OPTIONS = ("--site", "news")


@pytest.fixture
def here(database: Database, settings: Settings) -> Settings:
    """Give settings for a database with a site."""
    make_site(database)
    return settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})


def test_lists_go_in_and_out(here: Settings, database: Database, tmp_path: Path) -> None:
    """Plain text or CSV by the file's name; what goes out goes in again, and the log says who it was."""
    plain, table, out = tmp_path / "list.txt", tmp_path / "list.csv", tmp_path / "out.csv"
    plain.write_text("# ours\nfool\nbig fool\n", encoding="utf-8")
    table.write_text("\ufefflang,term\nen,fool\nen,pills\n", encoding="utf-8")
    with added(database) as found:
        told = run(words, here, "import", str(plain), *OPTIONS, "--deobfuscate")
    run(words, here, "import", str(table), *OPTIONS, "--list", "banned")
    run(words, here, "export", *OPTIONS, "--output", str(out))
    again = run(words, here, "import", str(out), *OPTIONS)

    assert told.stderr == "2 added, 0 known already, 0 refused; version 2\n"
    assert [(one.action, one.actor.kind) for one in found] == [("policy.changed", "cli")]
    assert out.read_text(encoding="utf-8").splitlines() == [
        "list,term,deobfuscate", "banned,fool,false", "banned,pills,false", "suspect,big fool,true",
        "suspect,fool,true",
    ]  # fmt: skip
    assert again.stderr == "0 added, 4 known already, 0 refused; version 3\n"
    assert run(words, here, "export", *OPTIONS, "--format", "text").stdout == "fool\npills\nbig fool\nfool\n"


def test_bad_lines_are_named(here: Settings, tmp_path: Path) -> None:
    """Without what stands in them; the others are taken."""
    file = tmp_path / "list.txt"
    file.write_text(f"fool\n{'x' * 201}\n", encoding="utf-8")

    told = run(words, here, "import", str(file), *OPTIONS, code=1)

    assert told.stderr == (
        "line 2: a term has 200 characters at most\n1 added, 0 known already, 1 refused; version 2\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"lang\nen\n", "must name a column 'term'"),
        ("a.txt", b"\xff\xfe", "not in UTF-8"),
        ("a.txt", b"\n".join(b"word%d" % number for number in range(5001)), "5000 are the most"),
    ],
)
def test_what_is_no_list_is_refused(here: Settings, tmp_path: Path, name: str, content: bytes, why: str) -> None:
    """With a word on what is wrong."""
    (tmp_path / name).write_bytes(content)

    assert why in run(words, here, "import", str(tmp_path / name), *OPTIONS, code=1).stderr
    assert "There is no site" in run(words, here, "export", "--site", "none", code=1).stderr
