"""Measure, print a table, and write it into docs/benchmarks.md.

python -m benchmarks [--quick] [--no-page]
"""

import argparse
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import tables
from benchmarks.machine import describe
from benchmarks.measure import MEASUREMENTS, Figure

FULL = {"count": 5000, "seconds": 10}
QUICK = {"count": 500, "seconds": 2}


def table(figures: list[Figure]) -> Table:
    """Return the table for a terminal; a goal that was missed is marked."""
    shown = Table("figure", "measured", "goal", title=describe(), title_justify="left")
    for figure in figures:
        mark = {True: "", False: "missed: ", None: ""}[figure.met]
        shown.add_row(figure.name, figure.value, mark + figure.goal)
    return shown


def main() -> None:
    """Run every measurement and show what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to see that it runs")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    figures: list[Figure] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        for name, measure in MEASUREMENTS:
            task = progress.add_task(name, total=None)
            figures += measure(Path(folder), QUICK if options.quick else FULL)
            progress.remove_task(task)
    Console().print(table(figures))
    if not options.no_page:
        rows = [(figure.name, figure.value, figure.goal) for figure in figures]
        tables.write("figures", "make bench", ("figure", "measured", "goal"), rows)


if __name__ == "__main__":
    main()
