"""Models for tests: a tiny random checkpoint taken the whole way once, and the shipped model in both engines."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tests.workers.scoring import tiny
from workers.scoring import toxicity
from workers.scoring.catalogue import CARD, SHIPPED, TOKENIZER, WEIGHTS
from workers.scoring.detoxify_checkpoint import read
from workers.scoring.detoxify_engine import open_detoxify
from workers.scoring.onnx_export import export, quantise
from workers.scoring.toxicity import ToxicityScorer

COMPANIONS = (TOKENIZER, "config.json", "tokenizer_config.json")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the path of a random checkpoint with both heads in Detoxify's format, its hash recorded beside it."""
    path = tiny.make(tmp_path_factory.mktemp("checkpoint"), heads=tiny.random_heads())
    tiny.write_sidecar(path)
    return path


@pytest.fixture(scope="session")
def fp32(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model folder with the random checkpoint exported as it is."""
    folder = tmp_path_factory.mktemp("fp32")
    detoxify = open_detoxify(read(checkpoint), checkpoint, checkpoint.parent)
    saved = read(checkpoint)
    export(detoxify.model, saved["config"], folder / WEIGHTS, saved["state_dict"])
    return _with_card(folder, checkpoint.parent)


@pytest.fixture(scope="session")
def int8(fp32: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model folder with the random checkpoint quantised."""
    folder = tmp_path_factory.mktemp("int8")
    quantise(fp32 / WEIGHTS, folder / WEIGHTS)
    return _with_card(folder, fp32)


@pytest.fixture
def copy(fp32: Path, tmp_path: Path) -> Path:
    """Give a copy of a model folder, to be damaged."""
    return shutil.copytree(fp32, tmp_path / "copy")


@pytest.fixture(scope="session")
def shipped() -> ToxicityScorer:
    """Give the shipped model on ONNX Runtime."""
    return toxicity.load("compact-3", "onnx", Path("nowhere"))


def _with_card(folder: Path, source: Path) -> Path:
    for name in COMPANIONS:
        shutil.copyfile(source / name, folder / name)
    card = json.loads((SHIPPED / "compact-3" / CARD).read_text(encoding="utf-8")) | {
        "name": "tiny",
        "sha256": hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in COMPANIONS},
        "attributes": ["toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"],
        "calibration": {},
        "max_tokens": 20,
        "overlap": 4,
        "golden": [],
    }
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder
