import json
from pathlib import Path
from typing import Any

import pytest

from workers.scoring.catalogue import (
    CARD,
    SHIPPED,
    Card,
    Golden,
    ModelIntegrityError,
    ModelMissingError,
    check_file,
    check_golden,
    find_folder,
    read_card,
)

BELOW = {
    "AUC toxicity, Jigsaw test at half toxic",
    "AUC toxicity, YouTube comments (youtoxic)",
    "calibration error of toxicity, Jigsaw test at natural rate",
    "clean texts that cross 0.6 only by normalisation",
    "lowest BPSN AUC over 50 identity terms (homosexual)",
    "speed against BERT-base in Detoxify on PyTorch",
    "time of a comment of 32 tokens on one core",
}
"""Floors that the shipped model does not reach yet; `docs/accuracy.md` says by how much, `make eval` fails for them."""


def reached(figure: dict[str, Any]) -> bool:
    """Tell whether a figure of a card is as good as it must be."""
    if figure["floor"] is None:
        return True
    good: bool = figure["value"] <= figure["floor"] if figure["less_is_better"] else figure["value"] >= figure["floor"]
    return good


def test_a_model_is_found_by_its_name_in_the_data_folder_or_by_path(tmp_path: Path) -> None:
    """Shipped models come first, then what the data folder holds, then a path."""
    own = tmp_path / "models" / "mine"
    own.mkdir(parents=True)
    (own / CARD).touch()

    assert find_folder("compact-3", tmp_path) == SHIPPED / "compact-3"
    assert find_folder("mine", tmp_path) == own
    assert find_folder(str(own), Path("nowhere")) == own
    assert find_folder("other", tmp_path) is None


def test_a_broken_card_says_what_is_missing(tmp_path: Path) -> None:
    """A card without its fields is refused, and the fields are named."""
    (tmp_path / CARD).write_text('{"name": "broken"}')

    with pytest.raises(ModelIntegrityError, match="sha256"):
        read_card(tmp_path)


@pytest.mark.parametrize("recorded", ["0" * 64, "", "ba7816"], ids=["other", "none", "too few digits"])
def test_a_file_with_another_hash_is_refused(tmp_path: Path, recorded: str) -> None:
    """A file is read only if its SHA-256 is the recorded one."""
    file = tmp_path / "file"
    file.write_bytes(b"abc")

    with pytest.raises(ModelIntegrityError, match="ba7816bf8f01"):
        check_file(file, recorded)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """A missing file is told apart from a changed one."""
    with pytest.raises(ModelMissingError):
        check_file(tmp_path / "file", "0" * 64)


@pytest.mark.parametrize("found", [0.5, float("nan")])
def test_a_golden_score_that_is_off_is_refused(found: float) -> None:
    """A model that scores its golden texts otherwise is not the one that was made, and their text is not told."""
    card = read_card(SHIPPED / "compact-3").model_copy(
        update={"golden": (Golden(text="secret words", scores={"toxicity": 0.9}),)}
    )

    check_golden(card, [{"toxicity": 0.9}])
    with pytest.raises(ModelIntegrityError, match="golden text 0 toxicity") as caught:
        check_golden(card, [{"toxicity": found}])
    assert "secret" not in str(caught.value)


def test_the_shipped_card_tells_all_that_a_reader_asks() -> None:
    """The card has origin, licence, figures and what int8 changes; its figures miss no floor but those named here."""
    card = json.loads((SHIPPED / "compact-3" / CARD).read_text(encoding="utf-8"))

    assert {"base", "licence", "training_data", "recipe", "int8_tolerance", "version"} <= card.keys()
    assert {figure["measure"] for figure in card["figures"] if not reached(figure)} == BELOW
    assert len(card["figures"]) > 8
    assert (SHIPPED / "compact-3" / "README.md").read_text(encoding="utf-8").startswith("# compact-3\n")
    assert Card.model_validate(card).languages == {"en"}
