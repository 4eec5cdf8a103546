"""A plot of comments by one score and by time: dots, thresholds, and the same as a table; pure.

The dots of a kind are one path of lines without length, which a round end draws as dots: 2,000 take 20 kB.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.dashboard.language import N_, gettext
from moderation.dashboard.show import Moment, moment
from moderation.policy_document import Threshold
from moderation.storage.plots import Point

WIDTH, HEIGHT, EDGE = 1000, 400, 8
BANDS = 20
ACTS = (N_("held from %(score)s"), N_("rejected from %(score)s"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold: where it stands, and what it does."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Band:
    """How many comments have a score from `low` to `high`, and the length of a bar for them, of 100."""

    low: str
    high: str
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class Plot:
    """What a page shows of it."""

    under: str
    over: str
    """The dots whose score reaches the lowest threshold."""
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    number: int
    unknown: int
    """Comments without that score, which have no dot."""
    oldest: Moment | None
    newest: Moment | None


def plot(points: Sequence[Point], threshold: Threshold | None) -> Plot:
    """Return the plot of comments, the newest at the top."""
    known = [(point.score, point.at) for point in points if point.score is not None]
    times = [at for _, at in known]
    first, last = min(times, default=None), max(times, default=None)
    bounds = (threshold.hold, threshold.reject) if threshold else ()
    acts = [(bound, words) for bound, words in zip(bounds, ACTS, strict=False) if bound is not None]
    lowest = min((bound for bound, _ in acts), default=None)
    dots: dict[bool, list[str]] = {False: [], True: []}
    counts = [0] * BANDS
    for score, at in known:
        share = (last - at) / (last - first) if first and last and last > first else 0.5
        y = EDGE + (HEIGHT - 2 * EDGE) * share
        dots[lowest is not None and score >= lowest].append(f"M{score * WIDTH:.0f} {y:.0f}h0")
        counts[min(BANDS - 1, int(score * BANDS))] += 1
    most = max(counts)
    return Plot(
        under="".join(dots[False]),
        over="".join(dots[True]),
        marks=tuple(Mark(bound * WIDTH, gettext(words, score=f"{bound:g}")) for bound, words in acts),
        bands=tuple(
            Band(f"{at / BANDS:g}", f"{(at + 1) / BANDS:g}", number, 100 * number / most)
            for at, number in enumerate(counts)
            if number
        ),
        number=len(points),
        unknown=len(points) - len(known),
        oldest=moment(first) if first else None,
        newest=moment(last) if last else None,
    )
