"""What the site's moderators taught, and how the scores do on their decisions before and after."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Response as AnyResponse

from moderation.dashboard.deciding import seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import take_seat
from moderation.dashboard.show import Moment, in_words, moment
from moderation.learning import Learnt, overview
from moderation.records import ModelState, SiteModel
from moderation.web import service

STATE_WORDS = {
    ModelState.IN_FORCE: N_("In force"),
    ModelState.RETIRED: N_("Replaced"),
    ModelState.REFUSED: N_("Not taken"),
    ModelState.ROLLED_BACK: N_("Taken back"),
}
KINDS = (("right", N_("right")), ("missed", N_("missed")), ("held_by_mistake", N_("held by mistake")))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: how many comments, and where it is in percent of all."""

    kind: str
    words: str
    number: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A model in the history."""

    version: int
    state: str
    at: Moment
    why: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """An attribute, with what is in force and how it does."""

    name: str
    version: int | None
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]
    history: tuple[Line, ...]


@blueprint.get("/learning")
def learning() -> AnyResponse:
    """Show what was learnt on the site."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    found = overview(service().parts, site)
    return seated_page(
        "learning",
        seat,
        site,
        labels=sum(found.labels.values()),
        due=found.due,
        lessons=[lesson(one) for one in found.attributes if one.history],
    )


def lesson(one: Learnt) -> Lesson:
    """Return what a page shows of an attribute: the model in force, or else the last that was not taken."""
    shown = one.in_force or one.history[0]
    return Lesson(
        name=in_words(one.attribute),
        version=one.in_force.version if one.in_force else None,
        before=stretches(shown.evaluation["before"]),
        after=stretches(shown.evaluation["after"]),
        history=tuple(line(model) for model in one.history),
    )


def stretches(tally: Mapping[str, int]) -> tuple[Stretch, ...]:
    """Return the parts of a bar, one after another from 0 to 100 percent; of no comments there is no part."""
    total = sum(tally[kind] for kind, _ in KINDS)
    found, done = [], 0
    for kind, words in KINDS:
        if tally[kind]:
            found.append(Stretch(kind, gettext(words), tally[kind], 100 * done / total, 100 * tally[kind] / total))
            done += tally[kind]
    return tuple(found)


def line(model: SiteModel) -> Line:
    """Return a model as the history shows it."""
    return Line(model.version, gettext(STATE_WORDS[model.state]), moment(model.at), told(model.why))
