"""The scorer alone: how many texts one scoring process can score in a second.

python -m benchmarks.scorer [--seconds 10] [--batch 32]
"""

import argparse
import itertools
import json
import sys
import time

from benchmarks.load import COMMENTS
from moderation.settings import get_settings
from workers.scoring import Scorers
from workers.scoring.text import Text


def measure(seconds: float, batch: int) -> dict[str, float]:
    """Score batches of real comments, each text new, for `seconds`; return texts a second after a first batch."""
    texts = [row["text"] for row in json.loads(COMMENTS.read_text(encoding="utf-8"))]
    numbers = itertools.count()
    scorers = Scorers.load(get_settings())

    def score() -> int:
        group = [Text(f"{texts[number % len(texts)]} ({number})", None) for number in itertools.islice(numbers, batch)]
        return len(scorers.score(group))

    score()
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        done += score()
    return {"per_second": done / passed}


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    json.dump(measure(options.seconds, options.batch), sys.stdout)


if __name__ == "__main__":
    main()
