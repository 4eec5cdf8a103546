"""Soak one database or both: a line of JSON for each round, and the tables of docs/reliability.md at the end."""

import argparse
import json
import random
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from soak import report
from soak.faults import FAULTS
from soak.rounds import Round, order, soak
from soak.stage import Stage

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
ROUNDS, RATE = 150, 6.0
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def one_database(name: str, options: argparse.Namespace, console: Console) -> tuple[list[Round], list[str]]:
    """Return the rounds over a database, and what was wrong when the service stopped."""
    rng = random.Random(options.seed)  # noqa: S311 - which fault, no secret
    done: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        stage = Stage(Path(folder), name)
        try:
            faults = order(stage, options.rounds, rng, options.fault)
            with Progress(*COLUMNS, console=console) as progress, options.log.open("a", encoding="utf-8") as log:
                task = progress.add_task(name, total=len(faults))
                for one in soak(stage, faults, rng, options.rate):
                    done.append(one)
                    log.write(json.dumps(asdict(one)) + "\n")
                    log.flush()
                    progress.update(task, advance=1, description=f"{name}: {one.fault}")
                    if one.wrong:
                        progress.console.print(f"[red]round {one.number}, {one.fault}:[/] {one.wrong[:3]}")
        finally:
            if any(one.wrong for one in done):
                options.log.with_suffix(f".{name}.service.log").write_text(stage.log_tail(), encoding="utf-8")
            wrong = stage.close()
    return done, wrong


def main() -> None:
    """Soak, and end with status 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="for each database")
    parser.add_argument(
        "--fault", action="append", default=[], choices=sorted(FAULTS), help="only this one; repeatable"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE, help="comments a second")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--log", type=Path, default=Path("build/soak.jsonl"))
    parser.add_argument("--no-page", action="store_true", help="leave docs/reliability.md as it is")
    parser.add_argument("--section", default="soak", help="of the page, that is written")
    parser.add_argument("--command", default="make soak", help="what made the logs of --from-logs, for the page")
    parser.add_argument("--from-logs", type=Path, nargs="+", help="soak nothing: write the page from these logs")
    options = parser.parse_args()
    if options.from_logs:
        lines = [line for log in options.from_logs for line in log.read_text(encoding="utf-8").splitlines()]
        report.write(PAGE, options.section, [Round(**json.loads(line)) for line in lines], [], options.command)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the service must not be left behind
    options.log.parent.mkdir(exist_ok=True)
    console = Console(stderr=True)
    rounds: list[Round] = []
    at_the_end: list[str] = []
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        done, wrong = one_database(name, options, console)
        rounds += done
        at_the_end += wrong
    if not options.no_page:
        faults = "".join(f" --fault '{one}'" for one in options.fault)
        command = f"python -m soak --rounds {options.rounds} --seed {options.seed}{faults}"
        report.write(PAGE, options.section, rounds, at_the_end, command)
    sys.exit(1 if at_the_end or any(one.wrong for one in rounds) else 0)


if __name__ == "__main__":
    main()
