from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.workers.scoring import tiny
from workers.scoring import detoxify_engine, toxicity
from workers.scoring.catalogue import WEIGHTS
from workers.scoring.onnx_export import carry_names


def test_the_export_scores_as_detoxify_does(checkpoint: Path, fp32: Path) -> None:
    """A Detoxify checkpoint exported in fp32 gives `Detoxify.predict`'s scores within 1e-4, batched or alone."""
    reference = detoxify_engine.load(str(checkpoint), Path("nowhere"))
    exported = toxicity.load(str(fp32), "onnx", Path("nowhere"))
    short = [text for text in tiny.TEXTS if len(text) < 15]

    assert exported.attributes == reference.attributes
    for texts in (short, short[:1]):
        for expected, found in zip(reference.score(texts), exported.score(texts), strict=True):
            assert found == pytest.approx(expected, abs=1e-4)


def test_an_exported_file_names_no_path_of_its_maker(fp32: Path) -> None:
    """The exporter notes the source line of each node; none of that is left in the file."""
    content = (fp32 / WEIGHTS).read_bytes()

    assert b"site-packages" not in content
    assert b"onnx_export.py" not in content


def test_int8_keeps_close(fp32: Path, int8: Path) -> None:
    """Quantising moves the scores of even a random model little, and the file is smaller."""
    plain = toxicity.load(str(fp32), "onnx", Path("nowhere")).score(tiny.TEXTS)
    quantised = toxicity.load(str(int8), "onnx", Path("nowhere")).score(tiny.TEXTS)

    assert (int8 / WEIGHTS).stat().st_size < (fp32 / WEIGHTS).stat().st_size
    for expected, found in zip(plain, quantised, strict=True):
        assert found == pytest.approx(expected, abs=0.1)


def test_weights_that_layers_share_are_carried_once() -> None:
    """An exporter may write a shared weight for each use; the file holds it once, under the state dict's name."""
    weight = np.arange(6, dtype=np.float32).reshape(2, 3)
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("MatMul", ["x", "val_1"], ["y"]),
            onnx.helper.make_node("MatMul", ["x", "val_2"], ["z"]),
        ],
        "shared",
        [],
        [],
        initializer=[onnx.numpy_helper.from_array(weight.T.copy(), name) for name in ("val_1", "val_2")],
    )
    model = onnx.helper.make_model(graph)
    names = carry_names(model, {"layer.weight": weight})

    assert names == {"layer.weight": ("layer.weight^T", True)}
    assert [tensor.name for tensor in model.graph.initializer] == ["layer.weight^T"]
    assert [node.input[1] for node in model.graph.node] == ["layer.weight^T"] * 2
