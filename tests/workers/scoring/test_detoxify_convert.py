"""Checkpoints taken the whole way: a file, `moderation model add`, a model folder, scores on ONNX Runtime."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from click.testing import CliRunner, Result
from detoxify.detoxify import MODEL_URLS
from onnx import numpy_helper
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from moderation.settings import Settings
from tests.workers.scoring import tiny
from workers import models
from workers.scoring import detoxify_convert, toxicity
from workers.scoring.catalogue import CARD, TOKENIZER, WEIGHTS
from workers.scoring.detoxify_checkpoint import read
from workers.scoring.detoxify_engine import open_detoxify

TEXTS = ("a kind word", "You are a stupid fool, and nobody likes you.", "no", "Naïve 😀")
WITH_HEADS = ("Bert", "Roberta")


@dataclass(frozen=True, slots=True)
class Added:
    """A model that was added from a checkpoint of one's own, which nobody can read any more."""

    data: Path
    name: str
    expected: Sequence[Mapping[str, float]]
    """Detoxify's own scores of `TEXTS`."""
    hidden: Sequence[np.ndarray]
    """The last layer's output for each of `TEXTS`, tokens x width, by Detoxify's network."""
    output: str

    @property
    def folder(self) -> Path:
        """The model folder."""
        return self.data / "models" / self.name

    @property
    def card(self) -> dict[str, Any]:
        """Its card."""
        card: dict[str, Any] = json.loads((self.folder / CARD).read_text(encoding="utf-8"))
        return card


def add(data: Path, *arguments: str) -> Result:
    """Run `moderation model add` with `data` as its data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "get_settings", lambda: Settings(data=data))
        return CliRunner().invoke(models.main, ["add", *arguments])


@pytest.fixture(scope="module", params=tiny.ARCHITECTURES)
def added(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Added:
    """Give a random checkpoint of each architecture, added to a data folder of its own."""
    source, data = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("data")
    heads = tiny.random_heads() if request.param in WITH_HEADS else {}
    path = tiny.make(source, request.param, positions=128, heads=heads).rename(source / f"own-{request.param}.ckpt")
    tiny.write_sidecar(path)
    detoxify = open_detoxify(read(path), path, source)
    with torch.no_grad():
        inputs = [detoxify.tokenizer(text, return_tensors="pt") for text in TEXTS]
        hidden = [detoxify.model.base_model(**one).last_hidden_state[0].numpy() for one in inputs]
    expected = [detoxify.predict(text) for text in TEXTS]
    done = add(data, str(path))
    assert done.exit_code == 0, done.output
    path.write_bytes(b"no pickle any more")
    return Added(data, path.stem, expected, hidden, done.stdout)


def test_each_architecture_is_served_with_detoxifys_scores(added: Added) -> None:
    """The added model gives what `Detoxify.predict` gave, as near as its card says that int8 is."""
    scorer = toxicity.load(added.name, "onnx", added.data)

    assert added.card["precision"] == "int8"
    assert added.card["int8_tolerance"]["fp32_parity"] <= 1e-4
    assert added.output.endswith(f"Serve it: MODERATION_MODEL={added.name}\n")
    for expected, found in zip(added.expected, scorer.score(TEXTS, undo=False), strict=True):
        assert found.scores == pytest.approx(expected, abs=max(0.05, added.card["int8_tolerance"]["max"]))


def test_an_added_model_needs_no_pickle(added: Added) -> None:
    """Once it is converted the checkpoint is gone, and both engines load the model; one's own file is left alone."""
    assert not list(added.data.rglob("*.ckpt"))
    for engine in ("onnx", "detoxify"):
        scorer = toxicity.load(added.name, engine, added.data)
        assert scorer.name == f"{added.name}@sha256:{added.card['sha256'][:12]}"
        assert scorer.attributes[:3] == ("toxicity", "severe_toxicity", "obscene")


def test_each_architecture_has_the_same_outputs(added: Added) -> None:
    """Each file gives embeddings of length 1 from the last layer, and token logits if the checkpoint has that head."""
    session = InferenceSession(added.folder / WEIGHTS)
    with_heads = added.name.removeprefix("own-") in WITH_HEADS
    heads = {name: weight.numpy() for name, weight in tiny.random_heads().items()}
    tokenizer = Tokenizer.from_file(str(added.folder / TOKENIZER))
    ids = [tokenizer.encode(text).ids for text in TEXTS]

    assert [value.name for value in session.get_inputs()] == ["input_ids", "attention_mask"]
    assert len(session.get_outputs()) == (3 if with_heads else 2)
    for row, hidden in zip(ids, added.hidden, strict=True):
        feed = {"input_ids": np.array([row]), "attention_mask": np.ones((1, len(row)), dtype=np.int64)}
        logits, embedding, *token_logits = session.run(None, feed)
        mean = hidden.mean(axis=0)
        if with_heads:
            mean = heads["embedding_head.weight"] @ mean
            expected = hidden @ heads["token_head.weight"][0] + heads["token_head.bias"]
            assert np.corrcoef(token_logits[0][0], expected)[0, 1] > 0.95
        assert logits.shape == (1, len(tiny.CLASSES) + tiny.MORE_OUTPUTS)
        assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
        assert embedding[0] @ mean / np.linalg.norm(mean) > 0.95


def test_the_card_tells_what_serving_needs(added: Added) -> None:
    """The card has the window, the padding's id, golden scores, and where the model came from."""
    card = added.card

    assert (card["max_tokens"], card["overlap"], len(card["golden"])) == (128, 32, 8)
    assert card["pad_id"] == (1 if "Roberta" in added.name else 0)
    assert card["base"] == tiny.ARCHITECTURES[added.name.removeprefix("own-")].base
    assert card["languages"] == ["en"]
    assert str(added.data.parent) not in (added.folder / CARD).read_text() + (added.folder / "config.json").read_text()


@pytest.fixture
def exported(fp32: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Replace the export of the random checkpoint by its result; called with a number, by one that is so far off."""

    def replace(off: float = 0) -> None:
        def export(_network: object, _config: object, path: Path, _heads: object) -> None:
            model = onnx.load(fp32 / WEIGHTS)
            (bias,) = (tensor for tensor in model.graph.initializer if tensor.name == "classifier.bias")
            bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) + np.float32(off), bias.name))
            onnx.save(model, path)

        monkeypatch.setattr(detoxify_convert, "export", export)

    replace()
    return replace


@pytest.fixture
def official(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Publish the random checkpoint as two of Detoxify's own models; give a data folder with what the hub would."""
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    published = shutil.copyfile(checkpoint, tmp_path / f"toxic-{digest[:8]}.ckpt")
    for name in ("original", "multilingual"):
        monkeypatch.setitem(MODEL_URLS, name, published.as_uri())
        folder = tmp_path / "data" / "models" / name
        folder.mkdir(parents=True)
        for companion in detoxify_convert.COMPANIONS:
            shutil.copyfile(checkpoint.parent / companion, folder / companion)
    yield tmp_path / "data"
    assert published.is_file()


@pytest.mark.usefixtures("exported")
@pytest.mark.parametrize(("name", "language"), [("original", "en"), ("multilingual", "tr")])
def test_an_official_model_leaves_no_pickle(official: Path, name: str, language: str) -> None:
    """What was downloaded is removed once it is converted; the card has the languages that Detoxify names."""
    done = add(official, name)
    scorer = toxicity.load(name, "onnx", official)

    assert done.stdout.endswith(f"Serve it: MODERATION_MODEL={name}\n")
    assert language in scorer.languages
    assert [path.name for path in official.iterdir()] == ["models"]
    assert {path.name for path in (official / "models").iterdir()} == {"original", "multilingual"}


@pytest.mark.usefixtures("exported")
def test_a_second_time_it_says_that_it_is_there(checkpoint: Path, tmp_path: Path) -> None:
    """Adding again does nothing and says so; `--force` makes the model again."""
    first = add(tmp_path, str(checkpoint))
    card = tmp_path / "models" / "tiny" / CARD
    card.write_text("changed")
    second = add(tmp_path, str(checkpoint))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is there already" in second.stdout
    assert card.read_text() == "changed"
    assert add(tmp_path, str(checkpoint), "--force").exit_code == 0
    assert json.loads(card.read_text())["name"] == "tiny"


def test_an_export_that_scores_otherwise_is_refused(
    checkpoint: Path, tmp_path: Path, exported: Callable[[float], None]
) -> None:
    """If ONNX does not give Detoxify's scores, nothing is left behind, and a model that was there stays."""
    exported(0.01)
    refused = add(tmp_path, str(checkpoint))

    assert refused.exit_code == 1
    assert "off Detoxify's" in refused.stderr
    assert list(tmp_path.iterdir()) == []
    exported(0)
    assert add(tmp_path, str(checkpoint)).exit_code == 0
    exported(0.01)
    assert add(tmp_path, str(checkpoint), "--force").exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["models"]
    assert toxicity.load("tiny", "onnx", tmp_path).name.startswith("tiny@")


@pytest.mark.usefixtures("exported")
def test_a_model_that_int8_would_change_stays_fp32(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where int8 moves a score by more than is allowed, the fp32 file is served."""
    monkeypatch.setattr(detoxify_convert, "MOST_CHANGE", 0.0)
    done = add(tmp_path, str(checkpoint))
    weights = onnx.load(tmp_path / "models" / "tiny" / WEIGHTS).graph.initializer

    assert "fp32;" in done.stdout
    assert onnx.TensorProto.INT8 not in {tensor.data_type for tensor in weights}
    assert toxicity.load("tiny", "onnx", tmp_path).name.startswith("tiny@")


def test_a_damaged_file_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    """A checkpoint that is not the one whose hash was written down is not opened."""
    damaged = shutil.copyfile(checkpoint, tmp_path / "damaged.ckpt")
    tiny.write_sidecar(damaged)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    refused = add(tmp_path / "data", str(damaged))

    assert refused.exit_code == 1
    assert "it is damaged or was changed" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_another_architecture_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    """A checkpoint of an architecture that Detoxify has none of is named, with those that can be converted."""
    saved = read(checkpoint)
    saved["config"]["arch"]["args"]["model_name"] = "DistilBertForSequenceClassification"
    torch.save(saved, tmp_path / "other.ckpt")
    tiny.write_sidecar(tmp_path / "other.ckpt")
    refused = add(tmp_path, str(tmp_path / "other.ckpt"))

    assert refused.exit_code == 1
    assert "is a DistilBertForSequenceClassification; one of Bert, Albert, Roberta, XLMRoberta" in refused.stderr
