"""The table in docs/security.md of what `make fuzz` tried."""

from collections.abc import Sequence
from datetime import datetime

from benchmarks.machine import describe
from tests.fuzzing.operations import Tried


def render(tried: Sequence[Tried], databases: Sequence[str], minutes: float, now: datetime) -> str:
    """Return the section as Markdown: an operation a row, with what was found."""
    examples, findings = sum(one.examples for one in tried), sum(len(one.findings) for one in tried)
    done = f"Done on {now:%Y-%m-%d} with `python -m tests.fuzzing --minutes {minutes:g}` over {' and '.join(databases)}"
    return "\n".join([
        f"{done} on {describe()}: {examples:,} requests, findings: **{findings}**.",
        "",
        "| operation | requests | findings |",
        "|---|---:|---|",
        *(f"| `{one.operation}` | {one.examples:,} | {_said(one)} |" for one in tried),
    ])  # fmt: skip


def _said(tried: Tried) -> str:
    return "; ".join(f"`{finding.replace('|', '/').replace('`', '')}`" for finding in sorted(tried.findings)) or "none"
