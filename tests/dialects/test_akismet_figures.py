"""Akismet's figures, from what was counted."""

from datetime import UTC, date, datetime

import pytest

from moderation.dialects import akismet_figures as figures
from moderation.storage import akismet
from moderation.storage.akismet import Counts
from moderation.storage.database import Database
from tests.build import make_site

TODAY = date(2026, 11, 25)
COUNTS = [
    Counts(date(2026, 10, 30), "https://a.example", 5, 1, 1, 0),
    Counts(date(2026, 11, 1), "https://a.example", 2, 4, 0, 1),
    Counts(date(2026, 11, 2), "https://b.example", 9, 1, 0, 0),
]
NOVEMBER = COUNTS[1:]


def test_21_sites_are_listed_as_akismet_does() -> None:
    """The counts are strings, and the month is the name of the list."""
    wanted = figures.wanted_sites({"month": "2026-11", "limit": "10"}, TODAY)

    assert figures.sites(wanted, NOVEMBER) == {
        "2026-11": [
            {
                "site": "https://b.example", "api_calls": "10", "spam": "9", "ham": "1", "missed_spam": "0",
                "false_positives": "0", "is_revoked": False,
            },
            {
                "site": "https://a.example", "api_calls": "6", "spam": "2", "ham": "4", "missed_spam": "0",
                "false_positives": "1", "is_revoked": False,
            },
        ],
        "limit": 10,
        "offset": 0,
        "total": 2,
    }  # fmt: skip


def test_21_sites_are_listed_as_csv() -> None:
    """Below a line that says what it is."""
    wanted = figures.wanted_sites({"month": "2026-11", "format": "csv", "limit": "1", "offset": "1"}, TODAY)

    assert wanted.as_csv
    assert figures.sites_csv(wanted, NOVEMBER, "0123456789ab").splitlines() == [
        "Active sites for 0123456789ab during 2026-11 (limit:1, offset: 1, total: 2)",
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked",
        "https://a.example,6,2,4,0,1,false",
    ]


@pytest.mark.parametrize(
    ("fields", "blogs"),
    [
        ({"order": "ham"}, ["https://a.example", "https://b.example"]),
        ({"order": "spam"}, ["https://b.example", "https://a.example"]),
        ({"filter": "a.ex"}, ["https://a.example"]),
        (
            {"order": "nonsense", "limit": "-1", "offset": "x", "month": "2026-13"},
            ["https://b.example", "https://a.example"],
        ),
    ],
)
def test_sites_are_ordered_and_filtered(fields: dict[str, str], blogs: list[str]) -> None:
    """What cannot be read is as if it were left out."""
    listed = figures.sites(figures.wanted_sites(fields, TODAY), NOVEMBER)

    assert [one["site"] for one in listed["2026-11"]] == blogs


def test_21_stats_have_months() -> None:
    """Accuracy is the percentage of answers that nobody put right."""
    assert figures.stats(COUNTS) == {
        "spam": 16, "ham": 6, "missed_spam": 1, "false_positives": 1, "accuracy": 90.91, "time_saved": 48,
        "breakdown": {
            "2026-10": {"spam": 5, "ham": 1, "missed_spam": 1, "false_positives": 0, "da": "2026-10-01"},
            "2026-11": {"spam": 11, "ham": 5, "missed_spam": 0, "false_positives": 1, "da": "2026-11-01"},
        },
    }  # fmt: skip
    assert set(figures.key_stats(COUNTS)["blogs"]) == {"https://a.example", "https://b.example"}
    assert figures.stats([])["accuracy"] == 100.0


@pytest.mark.parametrize(
    ("told", "days"), [("60-days", 60), ("6-months", 183), ("", 183), ("nonsense", 183), ("all", 9826)]
)
def test_a_span_ends_today(told: str, days: int) -> None:
    """Today is in it."""
    start, end = figures.span_of(told, TODAY)

    assert (end - start).days == pytest.approx(days, abs=0 if told != "all" else 400)
    assert end == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("month", "end"), [("2026-02", date(2026, 3, 1)), ("2026-12", date(2027, 1, 1)), ("9999-12", date.max)]
)
def test_a_month_ends_with_the_next(month: str, end: date) -> None:
    """The last one that there is, too."""
    assert figures.month_of(month)[1] == end


def test_counts_are_of_one_site_and_of_days(database: Database) -> None:
    """Each is counted up on its day; other sites, other days and other blogs are not in it."""
    make_site(database, "news")
    make_site(database, "other")
    yesterday, today = date(2026, 11, 24), datetime(2026, 11, 25, 23, 59, tzinfo=UTC).date()
    with database.write() as connection:
        for kind in ("spam", "spam", "ham", "missed_spam"):
            akismet.count(connection, "news", today, "a", kind)
        akismet.count(connection, "news", today, "b", "spam")
        akismet.count(connection, "news", yesterday, "a", "false_positives")
        akismet.count(connection, "other", today, "a", "spam")

    with database.read() as connection:
        found = list(akismet.counts(connection, "news", today, date(2026, 11, 26)))
        assert found == [Counts(today, "a", 2, 1, 1, 0), Counts(today, "b", 1, 0, 0, 0)]
        assert list(akismet.counts(connection, "news", today, date(2026, 11, 26), "b")) == found[1:]
        assert akismet.used(connection, "news", yesterday, date(2026, 11, 26)) == 4
        assert akismet.used(connection, "nobody", yesterday, today) == 0
