"""The tables of docs/reliability.md, from the rounds of a soak; the text around them is written by people."""

import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe
from soak.rounds import Round
from training.report import write_section

EDGE = 10
"""Rounds at the beginning and at the end whose memory is compared."""


def write(page: Path, name: str, rounds: Sequence[Round], at_the_end: Sequence[str], command: str) -> None:
    """Write what came of the rounds into the page's section of that `name`."""
    write_section(page, name, render(rounds, at_the_end, command, datetime.now(UTC)))


def render(rounds: Sequence[Round], at_the_end: Sequence[str], command: str, now: datetime) -> str:
    """Return the section as Markdown."""
    databases = list(dict.fromkeys(one.database for one in rounds))
    bad = [one for one in rounds if one.wrong]
    taken, given_up = sum(one.accepted for one in rounds), sum(one.given_up for one in rounds)
    lines = [
        f"Done on {now:%Y-%m-%d} with `{command}` on {describe()}: {len(rounds)} rounds, "
        f"{taken:,} comments were taken during the faults, {given_up} could not be handed in within twenty seconds.",
        "",
        f"Rounds after which something was wrong: **{len(bad)}**.",
        *(f"- {one.database}, round {one.number}, {one.fault}: {'; '.join(one.wrong[:3])}" for one in bad),
        *(f"- at the end: {line}" for line in at_the_end),
        "",
        "| fault | "
        + " | ".join(f"{name}: rounds | wrong | next decision after, median / longest" for name in databases)
        + " |",
        "|---|" + "---|---|---|" * len(databases),
    ]
    for fault in sorted({one.fault for one in rounds}):
        cells = []
        for name in databases:
            mine = [one for one in rounds if one.fault == fault and one.database == name]
            cells.append(
                f"{len(mine)} | {sum(bool(one.wrong) for one in mine)} | {_spread(mine)}" if mine else "– | – | –"
            )
        lines.append(f"| {fault} | {' | '.join(cells)} |")
    lines += ["", "| figure | " + " | ".join(databases) + " |", "|---|" + "---|" * len(databases)]
    for label, figure in FIGURES:
        lines.append(f"| {label} | {' | '.join(figure([o for o in rounds if o.database == n]) for n in databases)} |")
    return "\n".join(lines)


def _spread(rounds: Iterable[Round]) -> str:
    seconds = [one.recovery_seconds for one in rounds]
    return f"{statistics.median(seconds):.1f} s / {max(seconds):.1f} s"


def _start(rounds: Sequence[Round]) -> str:
    starts = [one.start_seconds for one in rounds if one.start_seconds is not None]
    return f"{statistics.median(starts):.1f} s / {max(starts):.1f} s" if starts else "–"


def _checked(rounds: Sequence[Round]) -> str:
    return f"{max(one.checked_seconds for one in rounds):.0f} s"


def _memory(rounds: Sequence[Round]) -> str:
    first, last = ([one.memory_bytes / 2**20 for one in some] for some in (rounds[:EDGE], rounds[-EDGE:]))
    return f"{statistics.median(first):,.0f} MiB / {statistics.median(last):,.0f} MiB"


FIGURES = (
    ("start after a power cut, median / longest (goal: under 10 s)", _start),
    ("longest until all was decided and told, after the fault", _checked),
    (f"memory of all processes but a learner, median of the first / last {EDGE} rounds", _memory),
)
