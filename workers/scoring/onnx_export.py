"""Export a Detoxify model to ONNX and quantise it to int8, so that it is served without PyTorch.

    export(network, config, path, heads={})      quantise(source, target, keep=())

Every model has the same interface, for any number of texts of any length:

    input_ids, attention_mask   int64, texts x tokens
    logits                      float32, texts x classes
    embedding                   float32, texts x width, each of length 1
    token_logits                float32, texts x tokens; only of a checkpoint with a token head

The weights keep the names of the state dict: `NAME`, or `NAME^T` where the graph holds them transposed,
and Detoxify's own configuration travels in the file's metadata. So one file serves both engines:
`detoxify_checkpoint.rebuild` makes a checkpoint of it again. Needs the extra `detoxify`.
"""

import hashlib
import json
import logging
import warnings
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.quant_utils import add_pre_process_metadata
from torch import Tensor, nn
from torch.nn.functional import linear, normalize

OPSET = 20
"""The first with Gelu as one operator, which takes a third of the time of the five it is made of otherwise."""
CONFIG_KEY, NAMES_KEY = "detoxify_config", "detoxify_weights"
TRANSPOSED = "^T"
TOKEN_WEIGHT, TOKEN_BIAS, EMBEDDING_WEIGHT = HEADS = ("token_head.weight", "token_head.bias", "embedding_head.weight")
"""Weights that a checkpoint may hold beside Detoxify's network, which ignores them: of shape (1, hidden), (1,) and
(width, hidden). The first two come together."""
OUTPUTS = ("logits", "embedding", "token_logits")
QUANTISED_OPERATORS = ("MatMul", "Gather")
GEMM_AS_MATMUL = "_MatMul"
"""What ONNX Runtime's quantiser appends to the name of a Gemm, which it first turns into a MatMul and an Add."""


class _Served(nn.Module):
    """The network as serving calls it: two inputs, and all outputs of the interface."""

    token_weight: Tensor | None
    token_bias: Tensor | None
    embedding_weight: Tensor | None

    def __init__(self, network: Any, heads: Mapping[str, Tensor]) -> None:  # noqa: ANN401 - any transformers model
        super().__init__()
        self.network = network
        self.register_buffer("token_weight", heads.get(TOKEN_WEIGHT))
        self.register_buffer("token_bias", heads.get(TOKEN_BIAS))
        self.register_buffer("embedding_weight", heads.get(EMBEDDING_WEIGHT))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        found = self.network.base_model(input_ids=input_ids, attention_mask=attention_mask)
        hidden: Tensor = found.last_hidden_state
        # as `forward` of transformers' …ForSequenceClassification: a RoBERTa has no pooler but in its classifier
        logits = self.network.classifier(hidden if found.pooler_output is None else found.pooler_output)
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        embedding = (hidden * weights).sum(dim=1) / weights.sum(dim=1)
        if self.embedding_weight is not None:
            embedding = linear(embedding, self.embedding_weight)
        outputs = (logits, normalize(embedding, dim=-1))
        if self.token_weight is None:
            return outputs
        return (*outputs, linear(hidden, self.token_weight, self.token_bias).squeeze(-1))


def export(network: Any, config: Mapping[str, Any], path: Path, heads: Mapping[str, Tensor] | None = None) -> None:  # noqa: ANN401 - any transformers model
    """Write `network` to `path` as fp32 ONNX with the interface above.

    `network` is the `.model` of a `Detoxify`, on the CPU; its attention is left switched to the plain
    implementation, which gives the simplest graph. `config` is the checkpoint's `config`. Of `heads` the
    weights named in `HEADS` are taken, so that it can be the checkpoint's whole `state_dict`.

    A node that uses a weight is named after it as the state dict is (`bert.pooler.dense.weight`); where layers
    share a weight, its later uses are `NAME#2`, `NAME#3`, in the order of the graph.
    Raises `RuntimeError` if the exporter fails or leaves a weight out.
    """
    heads = {name: weight.float() for name, weight in (heads or {}).items() if name in HEADS}
    network.eval()
    network.set_attn_implementation("eager")
    ids = torch.ones((2, 8), dtype=torch.int64)
    shape = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses torchvision, which no text needs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PyTorch's exporter uses what PyTorch deprecates
        program = torch.onnx.export(
            _Served(network, heads).eval(),
            (ids, torch.ones_like(ids)),
            input_names=["input_ids", "attention_mask"],
            opset_version=OPSET,
            dynamic_shapes={"input_ids": shape, "attention_mask": shape},
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("PyTorch's ONNX exporter returned nothing; use the pinned versions of torch and onnxscript")
    model = program.model_proto
    state = {name: tensor.numpy() for name, tensor in {**network.state_dict(), **heads}.items()}
    _forget_origin(model)
    _name_outputs(model.graph)
    names = carry_names(model, state)
    name_nodes(model, state)
    model.metadata_props.add(key=CONFIG_KEY, value=json.dumps(config))
    model.metadata_props.add(key=NAMES_KEY, value=json.dumps(names))
    add_pre_process_metadata(model)  # shapes are inferred and constants folded: the quantiser need not ask for it
    onnx.save(model, path)


def quantise(source: Path, target: Path, keep: Collection[str] = ()) -> None:
    """Write the ONNX file `source` to `target` with int8 weights, activations quantised as they come.

    Per channel, because per tensor moves scores twice as far. Weights take 7 of their 8 bits
    (`reduce_range`), because the kernels of processors without VNNI saturate at 8 (onnxruntime
    `docs/.../quantization.md`): on an emulated Haswell scores move by up to 0.04 with 8 bits, 0.002 with 7,
    and on one with VNNI 7 are as near to fp32 as 8, because the activations' 8 bits are what weighs.
    Pooler, classifier and heads stay fp32: small, and nearest to the score. So do the nodes named in `keep`:
    `bert.encoder.layer.5.output.dense.weight` is the one that multiplies by that weight (see `export`).
    Raises `ValueError` for a name that is not one of `quantisable`.
    """
    model = onnx.load(source)
    if unknown := set(keep) - set(quantisable(model)):
        raise ValueError(f"{source.name} has no quantisable nodes {sorted(unknown)}")
    gemms = [f"{node.name}{GEMM_AS_MATMUL}" for node in model.graph.node if node.op_type == "Gemm"]
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=list(QUANTISED_OPERATORS),
        nodes_to_exclude=[*keep, *HEADS, *gemms],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )


def quantisable(model: onnx.ModelProto) -> list[str]:
    """Return the names of the nodes of an exported model that `quantise` turns to int8, in the order of the graph."""
    weights = {tensor.name for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT}
    return [
        node.name
        for node in model.graph.node
        if node.op_type in QUANTISED_OPERATORS and weights.intersection(node.input) and node.name not in HEADS
    ]


def carry_names(model: onnx.ModelProto, state: Mapping[str, np.ndarray]) -> dict[str, tuple[str, bool]]:
    """Give the weights of `model` the names that they have in `state`, found by name or by value.

    Equal weights that the exporter wrote several times, as it does where layers share them, become one.
    Returns for each name of `state` the weight of the graph that holds it, and whether transposed.
    """
    by_value = {_key(array.T): name + TRANSPOSED for name, array in state.items() if array.ndim > 1}
    by_value.update({_key(array): name for name, array in state.items()})
    names: dict[str, str] = {}
    kept: dict[str, onnx.TensorProto] = {}
    for tensor in model.graph.initializer:
        name = tensor.name.removeprefix("network.")
        if name not in state and tensor.data_type == onnx.TensorProto.FLOAT and tensor.dims:
            name = by_value.get(_key(numpy_helper.to_array(tensor)), name)
        names[tensor.name] = tensor.name = name
        kept.setdefault(name, tensor)
    weights = [onnx.TensorProto.FromString(tensor.SerializeToString()) for tensor in kept.values()]
    del model.graph.initializer[:]
    model.graph.initializer.extend(weights)
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    stored = {_key(numpy_helper.to_array(tensor)): tensor.name for tensor in weights}
    found: dict[str, tuple[str, bool]] = {}
    for name, array in state.items():
        if (key := _key(array)) in stored:
            found[name] = stored[key], False
        elif (key := _key(array.T)) in stored:
            found[name] = stored[key], True
        else:
            raise RuntimeError(f"The exported graph does not use the weight '{name}'; is the architecture supported?")
    return found


def name_nodes(model: onnx.ModelProto, state: Collection[str]) -> None:
    """Name each node of `model` that uses a weight of `state` after it, its later uses with `#2`, `#3`."""
    uses: Counter[str] = Counter()
    for node in model.graph.node:
        for weight in (name.removesuffix(TRANSPOSED) for name in node.input):
            if weight in state:
                uses[weight] += 1
                node.name = weight if uses[weight] == 1 else f"{weight}#{uses[weight]}"
                break


def _forget_origin(model: onnx.ModelProto) -> None:
    """Remove the exporter's notes of where each node came from: paths of this machine, and most of the nodes' size."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.initializer, *graph.input, *graph.output):
        del part.metadata_props[:]
        part.doc_string = ""


def _name_outputs(graph: onnx.GraphProto) -> None:
    """Name the outputs as `OUTPUTS`; the exporter itself has a value `embedding` within, which gets another name."""
    names = {name: f"{name}_inside" for name in OUTPUTS}
    names.update((output.name, name) for output, name in zip(graph.output, OUTPUTS, strict=False))
    for value in (*graph.output, *graph.value_info):
        value.name = names.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def _key(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    return array.shape, hashlib.sha256(np.ascontiguousarray(array).tobytes()).digest()
