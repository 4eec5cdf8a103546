"""How a site has been doing: volume, what is held, how long people take, whether they agree, and its callbacks."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import figures
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.figures import AGES, ORDER, Figures, Judged, Section, Waiting, age, in_words
from moderation.dashboard.hooks import health
from moderation.dashboard.language import gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.dashboard.show import in_words as code_in_words
from moderation.errors import NotFoundError
from moderation.storage import overview
from moderation.web import service

DAYS = 30
JUDGED = ("decided", "rejected", "rejected_percent")


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the page shows but the callbacks."""

    figures: Figures
    sections: tuple[Section, ...]
    waiting: tuple[Waiting, ...]
    models: tuple[tuple[str, str, int], ...]
    oldest: datetime | None


@blueprint.get("/overview")
def overview_page() -> AnyResponse:
    """Show the last 30 days."""
    seat = take_seat()
    site, now = service().site(seat.moderator.site_id), service().now()
    found = _found(site.id, now)
    waited = found.figures.waited
    return seated_page(
        "overview",
        seat,
        site,
        found=found,
        figures=found.figures,
        oldest=age(found.oldest, now),
        waited=None if waited is None else in_words(waited),
        order=ORDER,
        number=DAYS,
        code_in_words=code_in_words,
        hooks=health(site.id, now),
        models_of=overview.MODELS_OF,
        comments_at_most=overview.COMMENTS_AT_MOST,
    )


@blueprint.get("/overview.csv")
def overview_csv() -> Response:
    """Return one of the page's tables as a file: that of the days unless another is named."""
    seat = take_seat()
    wanted = request.args.get("table", "days")
    rows = _rows(wanted, _found(seat.moderator.site_id, service().now()))
    text = io.StringIO()
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    named = "comments" if wanted == "days" else wanted
    name = f"attachment; filename={named}-{seat.moderator.site_id}.csv"
    return Response(text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": name})


def _rows(wanted: str, found: Found) -> Iterable[Sequence[object]]:
    """Return a table with its heading; `NotFoundError` if there is none of that name."""
    statuses = [status.value for status in ORDER]
    days, sections = found.figures.days, found.sections
    tables: dict[str, list[Sequence[object]]] = {
        "days": [
            ["day", *statuses, "total"],
            *([one.day.isoformat(), *(one.counts.get(status, 0) for status in ORDER), one.total] for one in days),
        ],
        "sections": [
            ["section", *statuses, "total", *JUDGED],
            *(
                [one.name, *(one.counts.get(status, 0) for status in ORDER), one.total, *_judged(one.judged)]
                for one in sections
            ),
        ],
        "reasons": [["reason", *JUDGED], *([one.name, *_judged(one)] for one in found.figures.reasons)],
        "moderators": [["moderator", *JUDGED], *([one.name, *_judged(one)] for one in found.figures.people)],
        "waiting": [["waiting", "comments"], *([one.name, one.number] for one in found.waiting)],
        "models": [["scorer", "model", "comments"], *found.models],
    }
    if wanted not in tables:
        raise NotFoundError(gettext("There is no such table; the page Overview has links to all of them"))
    return tables[wanted]


def _judged(one: Judged | None) -> Sequence[object]:
    return (0, 0, "") if one is None else (one.decided, one.rejected, f"{one.agreed:.1f}")


def _plain(cell: object) -> object:
    """Return a cell that no program takes for a formula: names of sections come from the site."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _found(site_id: str, now: datetime) -> Found:
    since = (now - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with service().parts.database.read() as connection:
        counted = overview.by_day(connection, site_id, since)
        of_sections = overview.by_section(connection, site_id, since)
        made = overview.made_by_people(connection, site_id, since)
        ages = overview.waiting_since(connection, site_id, [now - since for _, since in AGES])
        models = overview.models_in_use(connection, site_id)
        oldest = overview.oldest_held(connection, site_id)
    return Found(
        figures.figures(counted, made, now.date(), DAYS),
        figures.sections(of_sections, made),
        figures.waiting(ages),
        figures.models(models),
        oldest,
    )
