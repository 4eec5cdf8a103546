"""`moderation score`: scores texts from a shell, without a server."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from moderation.model import ATTRIBUTES, Scored
from moderation.settings import get_settings
from workers.scoring import Scorers
from workers.scoring.text import Text

BAR = 20


def main(arguments: Sequence[str]) -> None:
    """Print the scores of texts, as tables or, after `--json`, as a JSON line each."""
    options, texts = list(arguments[: arguments.index("--")]), arguments[arguments.index("--") + 1 :]
    scorers = Scorers.load(get_settings())
    scored = scorers.score([Text(text) for text in texts])
    if "--json" in options:
        for one in scored:
            line = {"scores": dict(one.scores), "language": one.language.code, "models": dict(one.models)}
            sys.stdout.write(json.dumps(line) + "\n")
        return
    console = Console()
    for text, one in zip(texts, scored, strict=True):
        console.print(_table(text, one))


def _table(text: str, scored: Scored) -> Table:
    table = Table("attribute", "score", "", title=text, title_justify="left", caption=_caption(scored))
    for attribute in ATTRIBUTES:
        score = scored.scores.get(attribute)
        if score is None:
            table.add_row(attribute, "unknown", "")
        else:
            table.add_row(attribute, f"{score:.3f}", "█" * round(score * BAR))
    return table


def _caption(scored: Scored) -> str:
    return f"language: {scored.language.code or 'cannot tell'}; " + ", ".join(scored.models.values())


if __name__ == "__main__":
    main(sys.argv[1:])
