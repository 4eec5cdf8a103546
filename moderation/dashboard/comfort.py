"""What makes the desk bearable, as each viewer wants it: grey text for the worst, and hints to pause.

It is kept in cookies of the viewer's browser; nobody else learns of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard import pauses
from moderation.dashboard.listing import read_listing
from moderation.dashboard.pages import PREFIX, blueprint
from moderation.dashboard.session import set_cookie, take_seat
from moderation.dashboard.severity import is_hard
from moderation.records import StoredComment
from moderation.web import service

COOKIE, SPELL_COOKIE = "desk_comfort", "desk_spell"
YEAR, DAY = 365 * 86_400, 86_400


@dataclass(frozen=True, slots=True)
class Comfort:
    """How a viewer wants the desk: `grey` for the worst texts, `hints` to pause."""

    grey: bool = False
    hints: bool = True


@blueprint.post("/comfort")
def change_comfort() -> AnyResponse:
    """Change one of these, or begin counting anew; then go on in the same part of the queue."""
    take_seat()
    chosen, wanted = read_comfort(), request.form.get("comfort")
    if wanted in {"grey", "colour"}:
        chosen = replace(chosen, grey=wanted == "grey")
    elif wanted in {"hints", "no-hints"}:
        chosen = replace(chosen, hints=wanted == "hints")
    back = redirect(read_listing().url(), 303)
    set_cookie(back, COOKIE, f"{'grey' if chosen.grey else 'colour'}.{'hints' if chosen.hints else 'quiet'}", YEAR)
    if wanted in {"later", "no-hints"}:
        back.delete_cookie(SPELL_COOKIE, path=PREFIX)
    return back


def read_comfort() -> Comfort:
    """Return what the viewer chose."""
    chosen = request.cookies.get(COOKIE, "").split(".")
    return Comfort(grey="grey" in chosen, hints="quiet" not in chosen)


def hint(now: datetime) -> str | None:
    """Return what to say to a viewer who should pause and did not switch that off."""
    return pauses.hint(_spell(), now) if read_comfort().hints else None


def count(answer: AnyResponse, comment: StoredComment) -> None:
    """Count a decision on one comment that a viewer read."""
    if read_comfort().hints:
        spell = pauses.after(_spell(), service().now(), hard=is_hard(comment))
        set_cookie(answer, SPELL_COOKIE, pauses.render(spell), DAY)


def _spell() -> pauses.Spell | None:
    return pauses.parse(request.cookies.get(SPELL_COOKIE, ""))
