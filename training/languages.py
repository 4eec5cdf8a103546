"""Measure the shipped toxicity model in other languages than English, and what tells the languages apart.

    python -m training.languages --data ../shared/data

Writes the section "languages" of `docs/accuracy.md` and `language_figures` into the model's card, where
`GET /v1/models` has them from. The sets are for measuring only; `training/README.md` says where they come from.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training import card
from training.measures import SEED, Figure, auc, figure
from training.report import write_section
from workers.scoring import toxicity
from workers.scoring.language import Detector, seen, supported
from workers.scoring.toxicity import ToxicityScorer

ROWS = 1500
"""At most so many of each set, drawn with `SEED`."""
ENOUGH = 0.85
"""What the lower end of the AUC's interval must reach on every set of a language that a model is for."""
AUC, TOLD, UNKNOWN, MIXED = "AUC toxicity", "told right", "unknown", "unknown after an English comment"
ENGLISH = "jigsaw/test_six_labels.csv.gz"
HATECHECK = "multilingual-hatecheck/hatecheck_cases_final_{}.csv.gz"
HATECHECK_NAMES = {
    "ar": "arabic", "de": "german", "es": "spanish", "fr": "french", "hi": "hindi", "it": "italian", "nl": "dutch",
    "pl": "polish", "pt": "portuguese", "zh": "mandarin",
}  # fmt: skip
"""Each language's name in the names of the files."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled set in one language: a CSV below the data folder."""

    language: str
    name: str
    path: str
    text: str
    label: str
    toxic: Any = 1
    """The value of the column `label` that means toxic."""

    def read(self, data: Path) -> tuple[pd.Series, np.ndarray]:
        """Return at most `ROWS` texts and whether each is toxic."""
        rows = pd.read_csv(data / self.path).dropna(subset=[self.text])
        rows = rows.sample(n=min(ROWS, len(rows)), random_state=SEED)
        return rows[self.text].astype(str), (rows[self.label] == self.toxic).to_numpy(dtype=float)


SETS = (
    Labelled("en", "Jigsaw test", ENGLISH, "comment_text", "toxic"),
    Labelled("en", "Jigsaw test at half toxic", "jigsaw/test_binary.csv.gz", "comment_text", "toxic"),
    *(
        Labelled(code, "HateCheck", HATECHECK.format(name), "test_case", "label_gold", "hateful")
        for code, name in HATECHECK_NAMES.items()
    ),
    Labelled("de", "GermEval 2018 test", "multilingual/de_germeval2018.test.csv.gz", "text", "coarse", "OFFENSE"),
    Labelled("pt", "ToLD-Br test", "multilingual/pt_told-br_test_binary.csv.gz", "text", "toxic"),
    Labelled("ru", "detoxification pairs", "multilingual/ru_detox_pairs_test.csv.gz", "text", "toxic"),
    Labelled("zh", "COLD test", "multilingual/zh_cold_test.csv.gz", "TEXT", "label"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=Path("workers/scoring/models/compact-3"))
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    scorer = toxicity.load(str(args.model), "onnx", Path("data"))
    figures = language_figures(scorer, args.data)
    write_section(args.page, "languages", section(figures, scorer.languages))
    document = card.read(args.model)
    document["language_figures"] = figures
    card.write(args.model, document)
    print(section(figures, scorer.languages))


def language_figures(scorer: ToxicityScorer, data: Path) -> list[dict[str, Any]]:
    """Return four measures of every set as JSON, each with its `language`, for the card: some 22,000 comments.

    The AUC is of what the model says of any text; the others are shares of texts: those whose language is told right,
    and those that serving leaves unknown, alone and after an English comment.
    """
    detector = Detector()
    before = pd.read_csv(data / ENGLISH).query("toxic == 0")["comment_text"]
    return [
        {"language": one.language, **found.document()}
        for one in SETS
        for found in _measure(one, data, scorer, detector, before)
    ]


def _measure(
    one: Labelled, data: Path, scorer: ToxicityScorer, detector: Detector, before: pd.Series
) -> Iterable[Figure]:
    from training.evaluate import score

    texts, labels = one.read(data)
    scores = score(scorer, texts, f"{one.language} {one.name}")[:, scorer.attributes.index("toxicity")]
    yield figure(f"{AUC}, {one.name}", auc, labels, scores)

    def share(kind: str, texts: Iterable[str], holds: Callable[[str], bool]) -> Figure:
        return figure(f"{kind}, {one.name}", _mean, labels, np.array([holds(text) for text in texts], dtype=float))

    def unknown(text: str) -> bool:
        main = detector.detect(text)
        parts = detector.parts(text, main)
        return not (supported(main, scorer.languages) and seen(parts, scorer.languages))

    yield share(TOLD, texts, lambda text: detector.detect(text).code == one.language)
    yield share(UNKNOWN, texts, unknown)
    if one.language != "en":
        firsts = before.sample(n=len(texts), replace=True, random_state=SEED)
        yield share(MIXED, (f"{first}\n{text}" for first, text in zip(firsts, texts, strict=True)), unknown)


def _mean(_: np.ndarray, values: np.ndarray) -> float:
    return float(values.mean())


def good_enough(figures: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the languages whose AUC has a lower end of at least `ENOUGH` on every set: those a model can be for."""
    lows: defaultdict[str, list[float]] = defaultdict(list)
    for one in figures:
        if one["measure"].startswith(AUC):
            lows[one["language"]].append(one["low"])
    return {language for language, found in lows.items() if min(found) >= ENOUGH}


def section(figures: Sequence[Mapping[str, Any]], languages: Iterable[str]) -> str:
    """Return the Markdown of the page's section for a model that is for `languages`."""
    sets: defaultdict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for one in figures:
        kind, name = one["measure"].split(", ", 1)
        sets[one["language"], name][kind] = one
    rows = "\n".join(_row(language, name, of) for (language, name), of in sorted(sets.items(), key=_english_first))
    return f"""## Languages

The model is for: {", ".join(sorted(languages))}.
A language is one that a model is for only if the lower end of the interval of its AUC is at least {ENOUGH} on every set
of that language here; by that rule the figures below allow: {", ".join(sorted(good_enough(figures))) or "none"}.
A comment in any other language, or with a clear part in one, has an unknown score, and the policy's `unknown` says what
is done with it; where the part that the model understands scores at least 0.5, the score stands.

| language | set | rows | toxic | AUC toxicity | 95 % interval | told right | unknown | unknown if mixed |
|---|---|---|---|---|---|---|---|---|
{rows}

- **AUC toxicity** is of what the model says when it is asked all the same; 0.5 is chance.
- **told right**: the detector gives the text alone this language; the rest is mostly too short or undecided.
- **unknown**: the model is not asked, or a low score is not believed.
  It should be next to nothing for a language that the model is for, and nearly everything for the others.
- **unknown if mixed**: the same when the text stands in a line of its own after an English comment.

At most {ROWS:,} rows of a set, drawn with a fixed seed.
HateCheck's cases are short, and those in Hindi are written in Latin letters, where only its frequent words tell it.
Arabic or Russian in Latin letters is not told from English, nor are fewer than 20 letters of another language in Latin
letters, alone or in an English text, nor single words of one inside an English clause: all these are scored as English.
"""


def _english_first(item: tuple[tuple[str, str], Any]) -> tuple[bool, str, str]:
    (language, name), _ = item
    return language != "en", language, name


def _row(language: str, name: str, of: Mapping[str, Mapping[str, Any]]) -> str:
    area = of[AUC]
    shares = [f"{of[kind]['value']:.1%}" if kind in of else "" for kind in (TOLD, UNKNOWN, MIXED)]
    return (
        f"| {language} | {name} | {area['rows']:,} | {area['positives']:,} | **{area['value']:.3f}** | "
        f"{area['low']:.3f} to {area['high']:.3f} | {' | '.join(shares)} |"
    )


if __name__ == "__main__":
    main()
