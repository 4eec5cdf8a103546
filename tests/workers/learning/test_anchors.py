import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from moderation.model import ATTRIBUTES
from moderation.settings import Settings
from workers.learning.anchors import FILE, FOLDER, load
from workers.learning.serve import made_for
from workers.scoring import Scorers
from workers.scoring.catalogue import CARD, ModelIntegrityError


def test_the_shipped_anchors_are_for_the_shipped_models() -> None:
    """After a model is replaced they must be made again, or no site learns any more."""
    anchors = load(made_for(Scorers.load(Settings()).models))

    assert anchors is not None
    spam, toxicity = ATTRIBUTES.index("spam"), ATTRIBUTES.index("toxicity")
    assert (anchors.has[:, spam] == 1).sum() >= 100
    assert (anchors.has[:, toxicity] == 1).sum() >= 100
    assert (anchors.has[:, spam] == 0).sum() >= 100
    assert np.isfinite(anchors.odds[:, spam]).all()


def test_anchors_of_other_models_are_not_used() -> None:
    """Their vectors would mean something else."""
    assert load("another model") is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the shipped anchors."""
    return Path(shutil.copytree(FOLDER, tmp_path / "anchors"))


def test_a_changed_file_is_refused(folder: Path) -> None:
    """It is compared with its hash before it is read."""
    models = json.loads((folder / CARD).read_text())["made_for"]
    content = bytearray((folder / FILE).read_bytes())
    content[-1] ^= 1
    (folder / FILE).write_bytes(content)

    with pytest.raises(ModelIntegrityError):
        load(models, folder)


def test_a_missing_card_is_an_error_that_says_what_to_do(folder: Path) -> None:
    """Without it nobody knows what the file is."""
    (folder / CARD).unlink()

    with pytest.raises(ModelIntegrityError, match="Install the service again"):
        load("any", folder)
