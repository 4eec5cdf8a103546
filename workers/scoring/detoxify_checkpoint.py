"""Detoxify's checkpoints: fetched, checked, rebuilt from a shipped ONNX file, and held to what was loaded.

A checkpoint is a pickle, and loading one can run code. So no file is unpickled whose hash was not
checked: the official ones carry theirs in their name, and a file of one's own needs a sidecar
`FILE.sha256` as `sha256sum FILE > FILE.sha256` writes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.error import URLError

import numpy as np
import onnx
import torch
from detoxify.detoxify import MODEL_URLS
from onnx import numpy_helper
from torch import Tensor, nn

from workers.scoring.catalogue import ModelIntegrityError, ModelMissingError, check_file
from workers.scoring.onnx_export import CONFIG_KEY, NAMES_KEY

QUANTISED, SCALE, ZERO = "_quantized", "_scale", "_zero_point"
"""What ONNX Runtime's quantiser appends to the name of a weight."""
GEMM_SUFFIX = "_Transposed"
"""What it appends to the weights of Gemm nodes, which it turns though they stay floats."""

Checkpoint = dict[str, Any]
"""`{"config": …, "state_dict": …}`, as Detoxify lays it out."""


def fetch_official(name: str, data: Path) -> tuple[Path, str]:
    """Return (file, SHA-256) of one of Detoxify's five models, downloaded once into `data/models/`.

    Raises `ModelMissingError` if it is not there and cannot be fetched, `ModelIntegrityError` if it is another file.
    """
    url = MODEL_URLS[name]
    path = data / "models" / Path(url).name
    digits = path.stem.rpartition("-")[2]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(url, str(path), hash_prefix=digits)
        except (URLError, OSError) as error:
            raise ModelMissingError(
                f"Detoxify's '{name}' could not be downloaded ({type(error).__name__}). "
                f"On a machine with a network fetch {url}, put the file at {path}, and start again"
            ) from error
        except RuntimeError as error:
            raise ModelIntegrityError(f"What {url} gave is not the file it names: {error}. Try again later") from error
    return path, check_file(path, digits)


def find_own(path: Path) -> str:
    """Return the SHA-256 of a checkpoint of one's own after comparing it with its sidecar.

    Raises `ModelMissingError` without a sidecar, `ModelIntegrityError` if the hash differs.
    """
    sidecar = path.with_name(path.name + ".sha256")
    words = sidecar.read_text(encoding="utf-8").split() if sidecar.is_file() else []
    if not words:
        raise ModelMissingError(
            f"{path} is a pickle, and loading it can run code. If you know where it came from, "
            f"write down its hash first: sha256sum '{path}' > '{sidecar}'"
        )
    return check_file(path, words[0])


def read(path: Path) -> Checkpoint:
    """Return the checkpoint in a file whose hash was checked before; raises `ModelIntegrityError` if it is none."""
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=False)  # the hash was checked
    except (EOFError, OSError, RuntimeError, UnpicklingError) as error:
        raise ModelIntegrityError(f"{path} cannot be read: it is no checkpoint, or was cut short") from error
    if not isinstance(loaded, dict) or not {"config", "state_dict"} <= loaded.keys():
        raise ModelIntegrityError(f"{path} is not in Detoxify's format, which has 'config' and 'state_dict'")
    return loaded


def public_config(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a checkpoint's `config` with what loading needs of it, and no path of the machine that made it."""
    arch = config["arch"]
    return {
        "arch": {"type": arch.get("type", ""), "args": {**arch["args"], "model_type": name}},
        "dataset": {"args": {"classes": list(config["dataset"]["args"]["classes"])}},
    }


def rebuild(content: bytes) -> Checkpoint:
    """Return the checkpoint that a shipped ONNX file was made from, its int8 weights as floats again.

    Weights of heads beside Detoxify's network are among them. Raises `ModelIntegrityError` if the file does not
    carry all of it.
    """
    model = onnx.load_from_string(content)
    notes = {entry.key: entry.value for entry in model.metadata_props}
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    state: dict[str, Tensor] = {}
    for name, (stored, transposed) in json.loads(notes.get(NAMES_KEY, "{}")).items():
        array, turned = _floats(arrays, stored), transposed
        if array is None:
            array, turned = _floats(arrays, stored + GEMM_SUFFIX), not transposed
        if array is None:
            raise ModelIntegrityError(f"The ONNX file does not carry the weight '{name}'; export it again")
        state[name] = torch.from_numpy(np.array(array.T if turned else array, dtype=np.float32))
    if CONFIG_KEY not in notes or not state:
        raise ModelIntegrityError("The ONNX file does not carry a Detoxify checkpoint; export it again")
    return {"config": json.loads(notes[CONFIG_KEY]), "state_dict": state}


def check_loaded(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Compare every weight of `network` with the checkpoint; raises `ModelIntegrityError`.

    A transformers version that does not know a name leaves random weights in its place without a word.
    """
    for name, loaded in network.state_dict().items():
        meant = weights.get(name)
        if meant is None or meant.shape != loaded.shape or not torch.equal(meant.to(loaded.dtype), loaded.cpu()):
            raise ModelIntegrityError(
                f"The weight '{name}' was not loaded from the checkpoint: the installed transformers does not fit "
                "this model. Install the service again with its pinned versions"
            )


def _floats(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray | None:
    """Return a weight of the graph, scaled back if it is quantised, or None if it is not there under this name."""
    if name in arrays:
        return arrays[name]
    if name + QUANTISED not in arrays:
        return None
    zero = arrays[name + ZERO].astype(np.float32)
    scaled: np.ndarray = (arrays[name + QUANTISED].astype(np.float32) - zero) * arrays[name + SCALE]
    return scaled
