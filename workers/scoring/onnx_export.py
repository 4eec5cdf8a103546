"""Export a Detoxify model to ONNX and quantise it to int8, so that it is served without PyTorch.

The weights keep the names of the state dict: `NAME`, or `NAME^T` where the graph holds them transposed,
and Detoxify's own configuration travels in the file's metadata. So one file serves both engines:
`detoxify_checkpoint.rebuild` makes a checkpoint of it again. Needs the extra `detoxify`.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.quant_utils import add_pre_process_metadata
from torch import Tensor, nn

OPSET = 18
CONFIG_KEY, NAMES_KEY = "detoxify_config", "detoxify_weights"
TRANSPOSED = "^T"


class _LogitsOnly(nn.Module):
    """The model as serving calls it: two inputs, the logits alone as output."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        logits: Tensor = self.network(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits


def export(network: Any, config: Mapping[str, Any], path: Path) -> None:  # noqa: ANN401 - any transformers model
    """Write `network` to `path` as fp32 ONNX; batch and sequence are dynamic.

    `network` is the `.model` of a `Detoxify`, on the CPU; its attention is left switched to the plain
    implementation, which gives the simplest graph. `config` is the checkpoint's `config`.
    Inputs `input_ids`, `attention_mask` (int64, texts x tokens), output `logits` (float32, texts x classes).
    """
    network.eval()
    network.set_attn_implementation("eager")
    ids = torch.ones((2, 8), dtype=torch.int64)
    shape = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    program = torch.onnx.export(
        _LogitsOnly(network).eval(),
        (ids, torch.ones_like(ids)),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        opset_version=OPSET,
        dynamic_shapes={"input_ids": shape, "attention_mask": shape},
        dynamo=True,
        verbose=False,
    )
    if program is None:
        raise RuntimeError("PyTorch's ONNX exporter returned nothing; use the pinned versions of torch and onnxscript")
    model = program.model_proto
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    _forget_origin(model)
    names = carry_names(model, state)
    model.metadata_props.add(key=CONFIG_KEY, value=json.dumps(config))
    model.metadata_props.add(key=NAMES_KEY, value=json.dumps(names))
    add_pre_process_metadata(model)  # shapes are inferred and constants folded: the quantiser need not ask for it
    onnx.save(model, path)


def quantise(source: Path, target: Path) -> None:
    """Write the ONNX file `source` to `target` with int8 weights, activations quantised as they come.

    Per channel, because per tensor moves scores twice as far. Weights take 7 of their 8 bits
    (`reduce_range`), because the kernels of processors without VNNI saturate at 8 (onnxruntime
    `docs/.../quantization.md`): on an emulated Haswell scores move by up to 0.04 with 8 bits, 0.002 with 7,
    and on one with VNNI 7 are as near to fp32 as 8, because the activations' 8 bits are what weighs.
    Pooler and classifier are Gemm nodes and stay fp32: small, and nearest to the score.
    """
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )


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
        for position, name in enumerate(node.input):
            node.input[position] = names.get(name, name)
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


def _forget_origin(model: onnx.ModelProto) -> None:
    """Remove the exporter's notes of where each node came from: paths of this machine, and most of the nodes' size."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.initializer, *graph.input, *graph.output):
        del part.metadata_props[:]
        part.doc_string = ""


def _key(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    return array.shape, hashlib.sha256(np.ascontiguousarray(array).tobytes()).digest()
