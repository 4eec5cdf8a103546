"""The overview: figures, the page, its table as a file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from moderation.dashboard.figures import HEIGHT, age, figures, in_words, models, sections, waiting
from moderation.dashboard.hooks import state
from moderation.model import Status, Thread
from moderation.records import Endpoint, Site
from moderation.service import Service
from moderation.storage import endpoints
from moderation.storage.overview import Made
from tests.build import NOW, comment
from tests.dashboard.visitor import Visitor, hold

TODAY, LONG_AGO = date(2026, 3, 10), datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(after: Status, hours: int, actor: str = "kim", before: Status = Status.HELD) -> Made:
    """Return a decision so many hours after its comment came."""
    return Made(actor, before, after, LONG_AGO, LONG_AGO + timedelta(hours=hours))


def test_figures_are_shares_medians_and_bars() -> None:
    """Over the days asked for, with those that have nothing; what is not of held comments does not count."""
    counted = {TODAY: {Status.APPROVED: 6, Status.HELD: 2}, TODAY - timedelta(days=1): {Status.REJECTED: 2}}
    decided = [
        made(Status.REJECTED, 1), made(Status.REJECTED, 3), made(Status.APPROVED, 5, "lee"),
        made(Status.APPROVED, 100, before=Status.REJECTED), made(Status.HELD, 100),
    ]  # fmt: skip

    found = figures(counted, decided, TODAY, 3)

    assert [(one.day.day, one.total) for one in found.days] == [(8, 0), (9, 2), (10, 8)]
    assert (found.total, found.held, found.waited) == (10, 0.5, 3 * 3600)
    assert found.agreed == 2 / 3
    assert [(one.name, one.decided, one.rejected) for one in found.people] == [("kim", 2, 2), ("lee", 1, 0)]
    assert [(part.status, part.y, part.height) for part in found.days[2].parts] == [
        (Status.APPROVED, 25, 75), (Status.HELD, 0, 25)
    ]  # fmt: skip
    assert found.days[1].parts[0].height == HEIGHT / 4


def test_nothing_has_no_figures() -> None:
    """A site without comments has no share of anything, rather than 0 %."""
    found = figures({}, [], TODAY, 2)

    assert (found.total, found.held, found.waited, found.agreed, found.people) == (0, None, None, None, ())


def test_agreement_is_told_by_reason_and_section() -> None:
    """A comment that was held for two reasons counts in both; a section without decisions has none."""
    decided = [
        replace(made(Status.REJECTED, 1), section="sport", held_for=("toxicity", "insult")),
        replace(made(Status.APPROVED, 1), held_for=("toxicity",)),
        replace(made(Status.APPROVED, 1, before=Status.REJECTED), held_for=("toxicity",)),
    ]

    found = figures({}, decided, TODAY, 2)
    parts = sections({"sport": {Status.APPROVED: 3, Status.HELD: 1}, None: {}, "city": {Status.HELD: 2}}, decided)

    assert [(one.name, one.decided, one.agreed) for one in found.reasons] == [
        ("toxicity", 2, 50.0),
        ("insult", 1, 100.0),
    ]
    assert [(one.name, one.total, one.judged and one.judged.agreed) for one in parts] == [
        ("sport", 4, 100.0), ("city", 2, None), ("", 0, 0.0)
    ]  # fmt: skip
    assert [(one.status, one.x, one.width) for one in parts[0].parts] == [
        (Status.APPROVED, 0.0, 75.0), (Status.HELD, 75.0, 25.0)
    ]  # fmt: skip
    assert sections({}, []) == ()


def test_waiting_and_models_have_bars_and_names() -> None:
    """The longest bar is the whole width; without anything held there is none."""
    assert [(one.number, one.width) for one in waiting([4, 0, 1, 0, 0, 0])][:3] == [(4, 100), (0, 0), (1, 25)]
    assert waiting([0] * 6) == ()
    assert models({'{"toxicity":"a"}': 3, '{"toxicity":"a","spam":"b"}': 2, "{}": 9}) == (
        ("toxicity", "a", 5), ("spam", "b", 2)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Takes what it is sent"),
        ({"disabled_at": NOW, "disabled_why": "It said 410"}, "Disabled: It said 410"),
        ({"failing_since": NOW - timedelta(hours=3), "failures": 2}, "Has failed for 3 hours, 2 times in a row"),
        (
            {"failing_since": NOW, "failures": 9, "rest_until": NOW + timedelta(minutes=4)},
            "Has failed for 0 seconds, 9 times in a row; rests for 4 minutes",
        ),
    ],
)
def test_an_endpoint_says_how_it_does(fields: dict[str, Any], said: str) -> None:
    """Whether it takes, fails, rests or is switched off, and for how long."""
    fine = Endpoint("e1", "news", "https://a.example", "s", (), False, "", NOW, None, None)

    assert state(replace(fine, **fields), NOW)[1] == said


def test_lengths_of_time_are_said_in_words() -> None:
    """In the largest unit of which there are two."""
    assert [in_words(seconds) for seconds in (5, 90, 120, 5400, 7200, 86_400, 200_000)] == [
        "5 seconds", "90 seconds", "2 minutes", "90 minutes", "2 hours", "24 hours", "2 days"
    ]  # fmt: skip
    assert age(None, NOW) is None


def test_the_page_tells_how_the_site_does(visitor: Visitor, engine: Service, site: Site) -> None:
    """What came, what is held, who decided it, and how the callbacks do; empty it says what to do."""
    empty = visitor.get("/desk/overview").text
    assert "No comment came yet" in empty
    assert "Nobody decided anything yet" in empty
    assert "hears of no decision yet" in empty
    for number in range(3):
        hold(engine, site, comment(f"Comment number {number}"))
    visitor.send(visitor.get("/desk").form("/decision"), {"action": "reject"})
    fine = Endpoint("e1", site.id, "https://a.example", "s", (), False, "", NOW, None, None)
    gone = replace(fine, id="e2", url="https://b.example", disabled_at=NOW, disabled_why="It said 410")
    with engine.parts.database.write() as connection:
        for one in (fine, gone):
            endpoints.add_endpoint(connection, one)
        endpoints.disable_endpoint(connection, site.id, "e2", "It said 410", NOW)

    page = visitor.get("/desk/overview")

    assert "Comments 3" in page.text
    assert "Of what was held, people rejected 100 %" in page.text
    assert "kim@news.example 1 100 %" in page.text
    assert "https://a.example Takes what it is sent 0" in page.text
    assert "https://b.example Disabled: It said 410" in page.text
    assert page.html.count('<rect class="held" x="291"') == page.html.count('<rect class="rejected" x="291"') == 1
    file = visitor.client.get("/desk/overview.csv")
    today = engine.now().date().isoformat()
    assert file.text.splitlines()[0] == "day,approved,held,rejected,pending,total"
    assert file.text.splitlines()[-1] == f"{today},0,2,1,0,3"
    assert file.headers["Content-Disposition"] == "attachment; filename=comments-news.csv"
    sections_file = visitor.client.get("/desk/overview.csv?table=sections").text.splitlines()
    assert sections_file[1:] == [",0,2,1,0,3,1,1,100.0"]
    assert visitor.client.get("/desk/overview.csv?table=reasons").text.splitlines()[1] == "toxicity,1,1,100.0"
    assert "kim@news.example,1,1,100.0" in visitor.client.get("/desk/overview.csv?table=moderators").text
    assert "less than an hour,2" in visitor.client.get("/desk/overview.csv?table=waiting").text
    assert visitor.client.get("/desk/overview.csv?table=models").text.splitlines() == ["scorer,model,comments"]
    visitor.get("/desk/overview.csv?table=secrets", 404)
    assert "Toxicity 1 100 %" in page.text
    assert "less than an hour 2" in page.text


def test_a_section_is_no_formula(visitor: Visitor, engine: Service, site: Site) -> None:
    """What a site calls a section does nothing in a program that opens the file."""
    hold(engine, site, replace(comment("A comment"), thread=Thread("t1", section="=1+1")))

    assert "'=1+1,0,1" in visitor.client.get("/desk/overview.csv?table=sections").text
