"""All data of a site or an author, from the shell and by the API."""

import json
from typing import Any

import pytest

from moderation import appeals, clock, takeout
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.cli_data import export, harmless
from moderation.model import Action, DecidedBy, Decision, Restriction
from moderation.pipeline import Parts, overrule
from moderation.records import Label
from moderation.settings import Settings
from moderation.storage import authors, labels
from moderation.storage.database import Database
from tests.build import FREE, HARMLESS, NOW, comment, make_parts, make_site, post, settle_all
from tests.logbook import write
from tests.proofs import Line, proves
from tests.shell import run


def fill(parts: Parts) -> str:
    """Make the sites `news` and `other` with three comments of an author, and return the author's key."""
    author_key = ""
    for site_id in ("other", "news"):
        site = make_site(parts.database, site_id, FREE)
        made = [post(parts, site, comment(f"Text {at} of {site_id}")) for at in range(3)]
        settle_all(parts, site, HARMLESS)
        note = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="Lee", note=f"note of {site_id}")
        overrule(parts, site_id, made[0].id, note)
        author_key = str(made[0].author_key)
        appeals.open_appeal(parts, site_id, Asked(made[0].id, None, f"appeal of {site_id}"), 5, NOW, SERVICE)
        with parts.database.write() as connection:
            labels.put(connection, [Label(site_id, made[0].id, 1, {"spam": True}, DecidedBy.MODERATOR, "Lee", NOW)])
            restricted = Restriction(Action.HOLD, None, f"reason of {site_id}", "Lee", NOW)
            authors.put_restriction(connection, site_id, author_key, restricted)
        write(parts.database, 2, site_id, subject=author_key)
    return author_key


def kinds(documents: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many documents there are of each kind."""
    found = [one["kind"] for one in documents]
    return {kind: found.count(kind) for kind in dict.fromkeys(found)}


@proves(Line.PRIVACY)
def test_everything_of_a_site_is_written_and_nothing_of_another(
    database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thing once, with decisions, notes, scores and labels, a page at a time."""
    monkeypatch.setattr(takeout, "PAGE", 2)
    parts = make_parts(database, redis_url)
    key = fill(parts)

    found = list(takeout.everything(database, "news"))
    mine = list(takeout.of_author(database, "news", key))

    assert kinds(found) == {"policy": 1, "restriction": 1, "comment": 3, "audit": 4}
    assert kinds(mine) == {"restriction": 1, "comment": 3, "audit": 2}
    (oldest,) = [one for one in found if one.get("text") == "Text 0 of news"]
    assert (oldest["text"], oldest["label"]["attributes"]) == ("Text 0 of news", {"spam": True})
    assert [(one["action"], one["note"]) for one in oldest["decisions"]] == [
        ("approve", None),
        ("reject", "note of news"),
    ]
    assert [(one["status"], one["text"]) for one in oldest["appeals"]] == [("open", "appeal of news")]
    assert oldest["scores"]["toxicity"] == 0.01
    assert "of other" not in json.dumps([found, mine])
    json.dumps(found)


def test_the_shell_writes_lines(settings: Settings) -> None:
    """All of a site or of an author by the site's own id; a table cannot hold it."""
    database = Database(settings.database)
    parts = make_parts(database, settings.redis)
    site = make_site(database, policy=FREE)
    for author in ("kim", "lee"):
        made = comment(f"=cmd() of {author}")
        post(parts, site, comment(made.text, author=type(made.author)(id=author)), clock.now())

    whole = run(export, settings, "--site", "news", "--everything")
    table = run(export, settings, "--site", "news", "--everything", "--format", "csv", code=1)
    sheet = run(export, settings, "--site", "news", "--format", "csv", "--spreadsheet")

    assert kinds([json.loads(line) for line in whole.stdout.splitlines()]) == {"policy": 1, "comment": 2}
    assert "2 comments" in whole.stderr
    assert "leave --format csv out" in table.stderr
    assert ",=cmd" not in sheet.stdout
    assert "'=cmd() of kim" in sheet.stdout
    database.close()


@proves(Line.PRIVACY)
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " |calc"])
def test_no_cell_is_a_formula(text: str) -> None:
    """White space before it does not hide it; other cells stay as they are."""
    assert str(harmless(text)).startswith("'")
    assert [harmless(one) for one in ("fine", None, 3)] == ["fine", None, 3]
