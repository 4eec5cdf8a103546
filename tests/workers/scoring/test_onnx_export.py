from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tests.workers.scoring import tiny
from workers.scoring import detoxify_engine, toxicity
from workers.scoring.catalogue import WEIGHTS
from workers.scoring.detoxify_checkpoint import read
from workers.scoring.detoxify_engine import open_detoxify
from workers.scoring.onnx_export import carry_names, name_nodes, quantisable, quantise

EDGES = {"bert.pooler.dense.weight", "classifier.weight", "token_head.weight", "embedding_head.weight"}
"""What stands next to an output."""


def test_the_export_scores_as_detoxify_does(checkpoint: Path, fp32: Path) -> None:
    """A Detoxify checkpoint exported in fp32 gives `Detoxify.predict`'s scores within 1e-4, batched or alone."""
    reference = detoxify_engine.load(str(checkpoint), Path("nowhere"))
    exported = toxicity.load(str(fp32), "onnx", Path("nowhere"))
    short = [text for text in tiny.TEXTS if len(text) < 15]

    assert exported.attributes == reference.attributes
    for texts in (short, short[:1]):
        for expected, found in zip(reference.score(texts), exported.score(texts), strict=True):
            assert found.scores == pytest.approx(expected.scores, abs=1e-4)


def test_embedding_and_token_logits_come_from_the_last_layer(checkpoint: Path, fp32: Path) -> None:
    """The embedding is the mean over a text's own tokens through its head, of length 1; each token has its logit."""
    detoxify = open_detoxify(read(checkpoint), checkpoint, checkpoint.parent)
    heads = tiny.random_heads()
    session = onnxruntime.InferenceSession(fp32 / WEIGHTS)
    inputs = detoxify.tokenizer(["a kind word", "no"], return_tensors="np", padding=True)
    feed = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    embeddings, token_logits = session.run(["embedding", "token_logits"], feed)

    assert [value.name for value in session.get_outputs()] == ["logits", "embedding", "token_logits"]
    for text, embedding, logits in zip(("a kind word", "no"), embeddings, token_logits, strict=True):
        with torch.no_grad():
            hidden = detoxify.model.bert(**detoxify.tokenizer(text, return_tensors="pt")).last_hidden_state[0]
        mean = hidden.mean(dim=0) @ heads["embedding_head.weight"].T
        expected = hidden @ heads["token_head.weight"][0] + heads["token_head.bias"]
        np.testing.assert_allclose(embedding, mean / mean.norm(), atol=1e-5)
        np.testing.assert_allclose(logits[: len(expected)], expected, atol=1e-4)


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
        assert found.scores == pytest.approx(expected.scores, abs=0.1)


def test_what_stands_next_to_an_output_stays_fp32(int8: Path) -> None:
    """Pooler, classifier and heads are not quantised, everything else that multiplies by a weight is."""
    weights = {tensor.name: tensor.data_type for tensor in onnx.load(int8 / WEIGHTS).graph.initializer}
    floats = {name for name, kind in weights.items() if kind == onnx.TensorProto.FLOAT}
    matrices = {name.removesuffix("_Transposed").removesuffix("^T") for name in floats if "weight" in name}

    assert {name for name in matrices if "LayerNorm" not in name and "_scale" not in name} == EDGES


def test_a_node_named_after_its_weight_can_be_kept_in_fp32(fp32: Path, tmp_path: Path) -> None:
    """A node that is to be kept is the only one that stays as it was; a name that is none is an error."""
    names = quantisable(onnx.load(fp32 / WEIGHTS))
    kept = "bert.encoder.layer.1.output.dense.weight"
    quantise(fp32 / WEIGHTS, tmp_path / "kept.onnx", keep=[kept])
    left = [node.name for node in onnx.load(tmp_path / "kept.onnx").graph.node if node.op_type == "MatMul"]

    assert len(names) == 3 + 2 * 6  # embeddings of words, positions and types, and six products a layer
    assert names.index(kept) == len(names) - 1
    assert {name for name in left if name in names} == {kept}
    with pytest.raises(ValueError, match="no-such-node"):
        quantise(fp32 / WEIGHTS, tmp_path / "none.onnx", keep=["no-such-node"])


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
    name_nodes(model, {"layer.weight"})

    assert names == {"layer.weight": ("layer.weight^T", True)}
    assert [node.name for node in model.graph.node] == ["layer.weight", "layer.weight#2"]
    assert [tensor.name for tensor in model.graph.initializer] == ["layer.weight^T"]
    assert [node.input[1] for node in model.graph.node] == ["layer.weight^T"] * 2
