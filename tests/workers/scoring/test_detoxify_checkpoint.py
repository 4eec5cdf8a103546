import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from detoxify.detoxify import MODEL_URLS

from tests.workers.scoring import tiny
from workers.scoring.catalogue import WEIGHTS, ModelIntegrityError, ModelMissingError
from workers.scoring.detoxify_checkpoint import check_loaded, fetch_official, find_own, public_config, read, rebuild
from workers.scoring.detoxify_engine import open_detoxify


class Trap:
    """Unpickled, it makes a file: what a hostile checkpoint could do with any command."""

    def __init__(self, path: Path) -> None:
        """Take the file to make."""
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Path]]:
        """Tell pickle to call `Path.touch` on loading."""
        return Path.touch, (self.path,)


def test_a_checkpoint_without_a_recorded_hash_is_not_opened(tmp_path: Path) -> None:
    """A pickle can run code, so one whose origin nobody vouched for is refused unread."""
    sprung = tmp_path / "sprung"
    path = tmp_path / "own.ckpt"
    path.write_bytes(pickle.dumps(Trap(sprung)))

    with pytest.raises(ModelMissingError, match="sha256sum"):
        find_own(path)
    assert not sprung.exists()


def test_a_checkpoint_that_changed_is_refused(tmp_path: Path) -> None:
    """A file whose hash is not the recorded one is refused."""
    path = tmp_path / "own.ckpt"
    path.write_bytes(b"one")
    recorded = tiny.write_sidecar(path)

    assert find_own(path) == recorded
    path.write_bytes(b"two")
    with pytest.raises(ModelIntegrityError):
        find_own(path)


def test_an_official_checkpoint_is_fetched_once_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An official file is downloaded into the data folder, held to the hash in its name, and not fetched again."""
    content = b"an official checkpoint"
    digest = hashlib.sha256(content).hexdigest()
    published = tmp_path / f"toxic-{digest[:8]}.ckpt"
    published.write_bytes(content)
    monkeypatch.setitem(MODEL_URLS, "original", published.as_uri())

    expected = (tmp_path / "data" / "models" / published.name, digest)
    assert fetch_official("original", tmp_path / "data") == expected
    published.unlink()
    assert fetch_official("original", tmp_path / "data") == expected
    expected[0].write_bytes(b"another")
    with pytest.raises(ModelIntegrityError):
        fetch_official("original", tmp_path / "data")


def test_a_download_with_another_hash_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched and is not the file that was named is refused and removed."""
    published = tmp_path / "toxic-00000000.ckpt"
    published.write_bytes(b"something else")
    monkeypatch.setitem(MODEL_URLS, "original", published.as_uri())

    with pytest.raises(ModelIntegrityError):
        fetch_official("original", tmp_path / "data")
    assert list((tmp_path / "data" / "models").iterdir()) == []


def test_without_a_network_the_error_says_where_to_put_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline, the message names the address of the file and the place for it."""
    monkeypatch.setitem(MODEL_URLS, "original", (tmp_path / "gone-00000000.ckpt").as_uri())

    with pytest.raises(ModelMissingError, match=r"put the file at .*models/gone-00000000\.ckpt"):
        fetch_official("original", tmp_path / "data")


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    """A bare state dict is no Detoxify checkpoint."""
    path = tmp_path / "bare.ckpt"
    torch.save({"layer.weight": torch.zeros(2)}, path)

    with pytest.raises(ModelIntegrityError, match="'config' and 'state_dict'"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"no pickle", b"PK\x03\x04 and no more"], ids=["empty", "text", "cut short"])
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no checkpoint, or half of one, is told in a sentence."""
    (tmp_path / "own.ckpt").write_bytes(content)

    with pytest.raises(ModelIntegrityError, match="cannot be read"):
        read(tmp_path / "own.ckpt")


def test_a_config_is_published_without_paths_of_its_maker() -> None:
    """Of a checkpoint's `config` only what loading needs is carried, under the model's own name."""
    args = {"model_type": "/somewhere/else", "model_name": "BertForSequenceClassification", "num_classes": 2}
    config = {"arch": {"args": args}, "dataset": {"args": {"classes": ["toxic"], "path": "/somewhere"}}, "more": 1}

    assert public_config(config, "mine") == {
        "arch": {"type": "", "args": {**args, "model_type": "mine"}},
        "dataset": {"args": {"classes": ["toxic"]}},
    }


def test_an_onnx_file_carries_its_checkpoint(checkpoint: Path, fp32: Path, int8: Path) -> None:
    """The checkpoint can be made again from the ONNX file: exactly from fp32, nearly from int8."""
    original = read(checkpoint)
    for folder, tolerance in ((fp32, 0.0), (int8, 0.02)):
        rebuilt = rebuild((folder / WEIGHTS).read_bytes())

        assert rebuilt["config"] == original["config"]
        assert rebuilt["state_dict"].keys() == original["state_dict"].keys()
        for name, weight in original["state_dict"].items():
            torch.testing.assert_close(rebuilt["state_dict"][name], weight, rtol=0, atol=tolerance)


def test_detoxify_loads_a_checkpoint_with_heads_as_one_without(checkpoint: Path, tmp_path: Path) -> None:
    """The heads are extra weights, which the real `Detoxify` leaves out: its network is the same."""
    plain = tiny.make(tmp_path)
    with_heads, without = (open_detoxify(read(path), path, path.parent) for path in (checkpoint, plain))

    assert {"token_head.weight", "token_head.bias", "embedding_head.weight"} <= read(checkpoint)["state_dict"].keys()
    assert with_heads.predict("a kind word") == without.predict("a kind word")


def test_an_onnx_file_without_a_checkpoint_is_refused() -> None:
    """An ONNX file from elsewhere cannot be served on PyTorch, and says so."""
    with pytest.raises(ModelIntegrityError, match="does not carry"):
        rebuild(b"")


def test_weights_that_were_not_loaded_are_noticed() -> None:
    """A network that holds other weights than its checkpoint is refused, as when names do not fit."""
    network = torch.nn.Linear(2, 2)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    check_loaded(network, state)
    with pytest.raises(ModelIntegrityError, match="bias"):
        check_loaded(network, state | {"bias": state["bias"] + 1})
    with pytest.raises(ModelIntegrityError, match="weight"):
        check_loaded(network, {"bias": state["bias"]})
