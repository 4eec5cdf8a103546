import json
from pathlib import Path

import numpy as np
import pytest
import torch
from detoxify import Detoxify

from tests.workers.scoring import tiny
from workers.scoring import detoxify_engine, toxicity, windows
from workers.scoring.catalogue import CARD, SHIPPED, ModelMissingError
from workers.scoring.detoxify_checkpoint import read
from workers.scoring.detoxify_engine import open_detoxify
from workers.scoring.toxicity import ToxicityScorer
from workers.scoring.toxicity_answer import joined, log_odds, sigmoid

TEXTS = ("What a kind thing to say.", "You are a stupid fool.", "Maybe the figures are wrong?", "")


def test_a_checkpoint_of_ones_own_scores_as_detoxify_predicts(checkpoint: Path, tmp_path: Path) -> None:
    """Batched, sorted and put back in order, scores are those that `Detoxify` gives each text alone."""
    scorer = toxicity.load(str(checkpoint), "detoxify", Path("nowhere"))
    saved = read(checkpoint)
    saved["config"]["arch"]["args"]["model_type"] = str(checkpoint.parent)
    torch.save(saved, tmp_path / "copy.ckpt")
    detoxify = Detoxify(checkpoint=str(tmp_path / "copy.ckpt"), huggingface_config_path=str(checkpoint.parent))

    short = [text for text in tiny.TEXTS if len(text) < 15]
    for text, found in zip(short, scorer.score(short), strict=True):
        assert found.scores == pytest.approx(detoxify.predict(text), abs=1e-5)


def test_its_name_holds_the_hash_of_the_file(checkpoint: Path) -> None:
    """Scores are kept with the name and version of what gave them."""
    digest = tiny.write_sidecar(checkpoint)

    assert detoxify_engine.load(str(checkpoint), Path("nowhere")).name == f"tiny@sha256:{digest[:12]}"


def test_a_text_longer_than_the_model_takes_in_is_seen_to_its_end(checkpoint: Path) -> None:
    """A long text is scored in windows up to its last word, and its windows are joined."""
    scorer = detoxify_engine.load(str(checkpoint), Path("nowhere"))
    text = "a kind word " * 40 + "no no no " * 12
    parts = [window.text for window in windows.split([text], scorer.tokenizer, 40, 10)]

    assert parts[-1].endswith("no no no")
    logits = log_odds(np.array([list(part.scores.values()) for part in scorer.score(parts, undo=False)]))
    expected = dict(zip(scorer.attributes, sigmoid(joined(logits)).tolist(), strict=True))

    assert scorer.score([text], undo=False)[0].scores == pytest.approx(expected, abs=1e-5)


def test_both_engines_agree_on_the_shipped_model(shipped: ToxicityScorer) -> None:
    """Detoxify on PyTorch serves the weights of the shipped ONNX file, and scores within what the card states."""
    scorer = toxicity.load("compact-3", "detoxify", Path("nowhere"))
    tolerance = json.loads((SHIPPED / "compact-3" / CARD).read_text(encoding="utf-8"))["int8_tolerance"]["max"]

    assert (scorer.name, scorer.attributes, scorer.languages) == (shipped.name, shipped.attributes, shipped.languages)
    for expected, found in zip(shipped.score(TEXTS), scorer.score(TEXTS), strict=True):
        assert found.scores == pytest.approx(expected.scores, abs=tolerance)


def test_a_base_models_own_configuration_is_enough(tmp_path: Path) -> None:
    """Offline the configuration of the base model serves, though it names two classes and not the checkpoint's."""
    path = tiny.make(tmp_path)
    before = open_detoxify(read(path), path, tmp_path).predict(list(TEXTS))
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    del config["id2label"], config["label2id"]
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")

    assert open_detoxify(read(path), path, tmp_path).predict(list(TEXTS)) == before


def test_a_name_that_is_no_model_lists_those_there_are(tmp_path: Path) -> None:
    """A wrong name is answered with the names that could have been meant."""
    with pytest.raises(ModelMissingError, match=r"multilingual.*original"):
        detoxify_engine.load("no-such-model", tmp_path)


def test_without_the_hub_the_error_says_which_files_are_needed(checkpoint: Path, tmp_path: Path) -> None:
    """A checkpoint alone needs its base model's configuration; offline the message says where to put it."""
    alone = tmp_path / "alone.ckpt"
    alone.write_bytes(checkpoint.read_bytes())
    tiny.write_sidecar(alone)

    with pytest.raises(ModelMissingError, match=f"tokenizer of bert-base-uncased, .* into {tmp_path},"):
        detoxify_engine.load(str(alone), tmp_path)
