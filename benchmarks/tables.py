"""Writes what was measured into docs/benchmarks.md, with when, where and how."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe
from training.report import write_section

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def write(section: str, command: str, heads: Sequence[str], rows: Sequence[Sequence[str]], how: str = "") -> None:
    """Put a table into its section of the page."""
    lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    first = f"Measured on {datetime.now(UTC):%Y-%m-%d} with `{command}` on {describe()}{how}."
    write_section(PAGE, section, "\n".join([first, "", *lines]))
