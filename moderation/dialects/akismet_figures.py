"""Akismet's figures of a site: by month and blog, from what was counted each day. Touches nothing."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from moderation.dialects.akismet_requests import Fields
from moderation.storage.akismet import KINDS, Counts

LIMIT_AT_MOST = 500
ORDERS = {
    "total": None,
    "spam": "spam",
    "ham": "ham",
    "missed_spam": "missed_spam",
    "false_positives": "false_positives",
}
DAYS = {"60-days": 60, "6-months": 183}
ALL = date(2000, 1, 1)
SECONDS_SAVED = 3
"""For each spam comment that nobody had to look at; a guess, as Akismet's own figure is."""
COLUMNS = ("Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked")


@dataclass(frozen=True, slots=True)
class WantedSites:
    """Which blogs are listed, how many, and in which order."""

    month: str
    named: str
    order: str
    limit: int
    offset: int
    as_csv: bool


def wanted_sites(fields: Fields, today: date) -> WantedSites:
    """Return what a call of key-sites asks for; what cannot be read is as if it were left out."""
    month = fields.get("month", "")
    known = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) and month > "0001"
    return WantedSites(
        month=month if known else f"{today:%Y-%m}",
        named=fields.get("filter", ""),
        order=fields.get("order", "total") if fields.get("order") in ORDERS else "total",
        limit=min(LIMIT_AT_MOST, _number(fields.get("limit", ""), LIMIT_AT_MOST)),
        offset=_number(fields.get("offset", ""), 0),
        as_csv=fields.get("format", "").lower() == "csv",
    )


def month_of(month: str) -> tuple[date, date]:
    """Return the first day of a month and of the next."""
    start = date.fromisoformat(f"{month}-01")
    if start.year == date.max.year:
        return start, date.max
    return start, (start.replace(day=28) + timedelta(days=4)).replace(day=1)


def span_of(told: str, today: date) -> tuple[date, date]:
    """Return the days that `from` asks for, the last one not included."""
    end = today + timedelta(days=1)
    return (ALL if told == "all" else end - timedelta(days=DAYS.get(told, DAYS["6-months"]))), end


def sites(wanted: WantedSites, counts: Iterable[Counts]) -> dict[str, Any]:
    """Return the list of blogs; their counts are strings, as Akismet's are."""
    rows = _rows(wanted, counts)
    page = rows[wanted.offset : wanted.offset + wanted.limit]
    listed = [
        {"site": blog, "api_calls": str(_calls(sums)), **{kind: str(sums[kind]) for kind in KINDS}, "is_revoked": False}
        for blog, sums in page
    ]
    return {wanted.month: listed, "limit": wanted.limit, "offset": wanted.offset, "total": len(rows)}


def sites_csv(wanted: WantedSites, counts: Iterable[Counts], key: str) -> str:
    """Return the list of blogs as CSV, below a line that says what it is."""
    rows = _rows(wanted, counts)
    page = rows[wanted.offset : wanted.offset + wanted.limit]
    text = io.StringIO()
    text.write(
        f"Active sites for {key} during {wanted.month} "
        f"(limit:{wanted.limit}, offset: {wanted.offset}, total: {len(rows)})\n"
    )
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([blog, _calls(sums), *(sums[kind] for kind in KINDS), "false"] for blog, sums in page)
    return text.getvalue()


def stats(counts: Sequence[Counts]) -> dict[str, Any]:
    """Return the sums, and those of each month; `accuracy` is the percentage of answers that nobody put right."""
    months: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for one in counts:
        _add(months[f"{one.day:%Y-%m}"], one)
    sums = {kind: sum(month[kind] for month in months.values()) for kind in KINDS}
    return {
        **sums,
        "accuracy": _accuracy(sums),
        "breakdown": {month: {**months[month], "da": f"{month}-01"} for month in sorted(months)},
        "time_saved": sums["spam"] * SECONDS_SAVED,
    }


def key_stats(counts: Sequence[Counts]) -> dict[str, Any]:
    """Return the sums of all blogs, and those of each."""
    blogs: dict[str, list[Counts]] = defaultdict(list)
    for one in counts:
        blogs[one.blog].append(one)
    listed = {blog: {kind: sum(getattr(one, kind) for one in some) for kind in KINDS} for blog, some in blogs.items()}
    return {**stats(counts), "blogs": listed}


def _rows(wanted: WantedSites, counts: Iterable[Counts]) -> list[tuple[str, Mapping[str, int]]]:
    blogs: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for one in counts:
        if wanted.named in one.blog:
            _add(blogs[one.blog], one)
    kind = ORDERS[wanted.order]
    return sorted(blogs.items(), key=lambda row: (-(_calls(row[1]) if kind is None else row[1][kind]), row[0]))


def _add(sums: dict[str, int], one: Counts) -> None:
    for kind in KINDS:
        sums[kind] += getattr(one, kind)


def _calls(sums: Mapping[str, int]) -> int:
    return sums["spam"] + sums["ham"]


def _accuracy(sums: Mapping[str, int]) -> float:
    calls = _calls(sums)
    wrong = min(calls, sums["missed_spam"] + sums["false_positives"])
    return round(100 * (calls - wrong) / calls, 2) if calls else 100.0


def _number(told: str, default: int) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else default  # noqa: PLR2004
