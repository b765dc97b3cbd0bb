"""Rewrite a traced ONNX graph into the plain operators that every OpenCV can run.

What a trace of TensorFlow's channels-last layers leaves behind (Transpose, Reshape, Squeeze,
MatMul) OpenCV partly refuses: its 4.6 loads Flatten but not Squeeze, and Gemm only with transB=1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def tidy(model: Any, *, inputs: str, outputs: str) -> Any:
    """Return the model with the same answers and a graph that reads like the network.

    Args:
        model: An onnx.ModelProto with one input and one output, both with a batch of 1.
        inputs: The name that the input is to have.
        outputs: The name that the output is to have.

    Returns:
        A new onnx.ModelProto; operators that none of the rewrites knows are left as they are.
    """
    graph = _Graph(model)
    graph.drop_idle_reshapes()
    graph.scale_into_convolutions()
    graph.flatten_before_dense()
    graph.matmul_to_gemm()
    graph.transpose_gemm_weights()
    graph.name_softmax_axis()
    graph.rename(inputs, outputs)
    return graph.build()


def for_quantizing(model: Any) -> Any:
    """Return the model in such operators as every OpenCV runs rightly once they are quantized.

    It computes the same. The closing dense layers become convolutions over all that is left of the
    picture: quantized, a dense one is an operator of onnxruntime's own, which OpenCV 4.6 does not know.
    And convolutions of a single point get a second one that is nought, since OpenCV 5.0 gives wrong
    answers to the quantized ones of 1x1.

    Args:
        model: A tidied onnx.ModelProto.

    Returns:
        A new onnx.ModelProto; dense layers stay where more than ReLU stands between them.
    """
    graph = _Graph(model)
    graph.convolve_dense()
    graph.widen_points()
    return graph.build()


def set_batch(model: Any, batch: str | int) -> Any:
    """Return a copy of the model whose input and output have this batch size (a name means any)."""
    import onnx

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for value in (*copy.graph.input, *copy.graph.output):
        first = value.type.tensor_type.shape.dim[0]
        if isinstance(batch, str):
            first.dim_param = batch
        else:
            first.dim_value = batch
    return copy


class _Graph:
    """A graph's nodes and constants, with the few questions that the rewrites ask of them."""

    def __init__(self, model: Any) -> None:
        import onnx

        self.model = onnx.shape_inference.infer_shapes(model)
        source = self.model.graph
        self.nodes = list(source.node)
        self.constants = {each.name: onnx.numpy_helper.to_array(each) for each in source.initializer}
        self.shapes = {
            value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
            for value in (*source.input, *source.value_info, *source.output)
        }

    def maker(self, tensor: str) -> Any | None:
        """Return the node that makes a tensor; None for an input or a constant."""
        return next((node for node in self.nodes if tensor in node.output), None)

    def only_user(self, tensor: str) -> Any | None:
        """Return the node that uses a tensor if there is exactly one such use."""
        users = [node for node in self.nodes for name in node.input if name == tensor]
        outputs = {value.name for value in self.model.graph.output}
        return users[0] if len(users) == 1 and tensor not in outputs else None

    def bypass(self, node: Any) -> None:
        """Take out a node that changes nothing: its users get its input."""
        self.nodes.remove(node)
        for user in self.nodes:
            user.input[:] = [node.input[0] if name == node.output[0] else name for name in user.input]

    def replace(self, old: list[Any], new: Any) -> None:
        """Put a node where the last of some others was."""
        self.nodes[self.nodes.index(old[-1])] = new
        for node in old[:-1]:
            self.nodes.remove(node)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = value
        return name

    def drop_idle_reshapes(self) -> None:
        """Reshape and Squeeze that leave the shape as it was."""
        outputs = {value.name for value in self.model.graph.output}
        for node in list(self.nodes):
            before, after = self.shapes.get(node.input[0]), self.shapes.get(node.output[0])
            if node.op_type == "Reshape" and before and before == after and node.output[0] not in outputs:
                self.bypass(node)

    def scale_into_convolutions(self) -> None:
        """A factor and a summand for each channel, as a normalization leaves them, belong in the weights."""
        for node in list(self.nodes):
            if node.op_type != "Conv" or any(name not in self.constants for name in node.input[1:]):
                continue
            for kind in ("Mul", "Add"):
                follower = self.only_user(node.output[0])
                if follower is None or follower.op_type != kind:
                    continue
                weights = self.constants[node.input[1]]
                values = self._for_each_channel(follower, len(weights))
                if values is None:
                    continue
                bias = (
                    self.constants[node.input[2]]
                    if len(node.input) > 2
                    else np.zeros(len(weights), weights.dtype)
                )
                if kind == "Mul":
                    name = f"{node.input[1]}/scaled"
                    node.input[1] = self.constant(name, weights * values[:, None, None, None])
                    bias = bias * values
                else:
                    bias = bias + values
                del node.input[2:]
                node.input.append(self.constant(f"{node.output[0]}/{kind}/bias", bias))
                node.output[0] = follower.output[0]
                self.nodes.remove(follower)

    def _for_each_channel(self, node: Any, channels: int) -> NDArray[Any] | None:
        """Return the constant of a Mul or Add, (channels,), if it has one value for each channel."""
        names = [name for name in node.input if name in self.constants]
        if len(names) != 1:
            return None
        value = self.constants[names[0]]
        if value.size not in (1, channels) or value.shape[-3:] not in ((channels, 1, 1), (1, 1, 1), ()):
            return None
        return np.broadcast_to(value.reshape(-1), channels)

    def flatten_before_dense(self) -> None:
        """(1, c, h, w) -> (1, c*h*w) by Flatten; a channels-last order moves into the weights."""
        import onnx

        for node in list(self.nodes):
            before, after = self.shapes.get(node.input[0]), self.shapes.get(node.output[0])
            if node.op_type not in ("Reshape", "Squeeze") or not before or not after:
                continue
            if len(after) != 2 or before[0] != 1 or after != [1, int(np.prod(before))]:
                continue
            old, start = [node], node.input[0]
            transpose = self.maker(start)
            if transpose is not None and transpose.op_type == "Transpose":
                if not self._channels_first_weights(node, transpose):
                    continue
                old, start = [transpose, node], transpose.input[0]
            self.replace(old, onnx.helper.make_node("Flatten", [start], [node.output[0]], axis=1))

    def _channels_first_weights(self, flat: Any, transpose: Any) -> bool:
        """Reorder a dense layer's rows from (h, w, c) to (c, h, w), if only it sees them."""
        dense = self.only_user(flat.output[0])
        perm = next((list(each.ints) for each in transpose.attribute if each.name == "perm"), None)
        alone = self.only_user(transpose.output[0]) is flat
        if dense is None or perm != [0, 2, 3, 1] or not alone:
            return False
        if dense.op_type not in ("Gemm", "MatMul") or dense.input[1] not in self.constants:
            return False
        if _attribute(dense, "transB", 0) or dense.input[0] != flat.output[0]:
            return False
        _, channels, height, width = self.shapes[transpose.input[0]]
        weights = self.constants[dense.input[1]]
        by_channel = weights.reshape(height, width, channels, -1).transpose(2, 0, 1, 3)
        dense.input[1] = self.constant(f"{dense.input[1]}/nchw", by_channel.reshape(weights.shape))
        return True

    def convolve_dense(self) -> None:
        """Flatten, Gemm, Relu, Gemm ... become Conv, Relu, Conv ... Flatten."""
        import onnx

        flat = next((node for node in self.nodes if node.op_type == "Flatten"), None)
        if flat is None or len(self.shapes.get(flat.input[0], [])) != 4:
            return
        old, new, tensor = [flat], [], flat.input[0]
        size = self.shapes[tensor][2:]
        while (node := self.only_user(old[-1].output[0])) is not None and node.op_type in ("Gemm", "Relu"):
            out = [f"{node.output[0]}/map"]
            if node.op_type == "Relu":
                new.append(onnx.helper.make_node("Relu", [tensor], out, node.name))
            elif self._is_plain(node):
                weights = self.constants[node.input[1]]
                kernel = self.constant(f"{node.input[1]}/kernel", weights.reshape(len(weights), -1, *size))
                inputs = [tensor, kernel, *node.input[2:]]
                new.append(onnx.helper.make_node("Conv", inputs, out, node.name, kernel_shape=size))
                size = [1, 1]
            else:
                return
            old.append(node)
            tensor = out[0]
        if new:
            new.append(onnx.helper.make_node("Flatten", [tensor], list(old[-1].output), flat.name, axis=1))
            at = self.nodes.index(flat)
            self.nodes = [node for node in self.nodes if node not in old]
            self.nodes[at:at] = new

    def _is_plain(self, dense: Any) -> bool:
        """Whether a Gemm is x W^T + b with a constant W."""
        factors = all(_attribute(dense, key, 1.0) == 1.0 for key in ("alpha", "beta"))
        turned = _attribute(dense, "transB", 0) and not _attribute(dense, "transA", 0)
        return bool(factors and turned and dense.input[1] in self.constants)

    def widen_points(self) -> None:
        """1x1 becomes 1x2, with noughts and one column of padding."""
        import onnx

        for node in self.nodes:
            weights = self.constants.get(node.input[1]) if node.op_type == "Conv" else None
            if weights is None or weights.shape[2:] != (1, 1) or any(_attribute(node, "pads", [])):
                continue
            if _attribute(node, "auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
                continue
            wide = np.concatenate([weights, np.zeros_like(weights)], axis=3)
            node.input[1] = self.constant(f"{node.input[1]}/wide", wide)
            kept = [each for each in node.attribute if each.name in ("strides", "group", "dilations")]
            made = [
                onnx.helper.make_attribute("kernel_shape", [1, 2]),
                onnx.helper.make_attribute("pads", [0, 0, 0, 1]),
            ]
            del node.attribute[:]
            node.attribute.extend([*kept, *made])

    def matmul_to_gemm(self) -> None:
        """MatMul by a constant, with the Add that may follow it, is one Gemm."""
        import onnx

        for node in list(self.nodes):
            weights = self.constants.get(node.input[1]) if node.op_type == "MatMul" else None
            if weights is None or weights.ndim != 2 or len(self.shapes.get(node.input[0], [])) != 2:
                continue
            add, bias = self.only_user(node.output[0]), None
            if add is not None and add.op_type == "Add":
                vectors = {
                    name for name in add.input if name in self.constants and self.constants[name].ndim == 1
                }
                bias = next(iter(vectors), None)
            old: list[Any] = [node] if bias is None else [node, add]
            if bias is None:
                bias = self.constant(f"{node.input[1]}/bias", np.zeros(weights.shape[1], weights.dtype))
            gemm = onnx.helper.make_node("Gemm", [node.input[0], node.input[1], bias], [old[-1].output[0]])
            self.replace(old, gemm)

    def transpose_gemm_weights(self) -> None:
        """Store each Gemm's weights as (outputs, inputs), with transB=1."""
        import onnx

        for node in list(self.nodes):
            if node.op_type != "Gemm" or _attribute(node, "transB", 0) or node.input[1] not in self.constants:
                continue
            name = self.constant(f"{node.input[1]}/t", self.constants[node.input[1]].T)
            attributes = {key: _attribute(node, key, 1.0) for key in ("alpha", "beta")}
            if _attribute(node, "transA", 0):
                attributes["transA"] = 1
            plain = {key: value for key, value in attributes.items() if value != 1.0 or key == "transA"}
            inputs = [node.input[0], name, *node.input[2:]]
            self.replace([node], onnx.helper.make_node("Gemm", inputs, list(node.output), transB=1, **plain))

    def name_softmax_axis(self) -> None:
        """Say the axis: what its absence means changed with opset 13."""
        import onnx

        for node in self.nodes:
            if node.op_type == "Softmax" and len(self.shapes.get(node.output[0], [])) == 2:
                del node.attribute[:]
                node.attribute.append(onnx.helper.make_attribute("axis", 1))

    def rename(self, inputs: str, outputs: str) -> None:
        """Name tensors after the operator that makes or uses them, free of the trace's counters."""
        names = {self.model.graph.input[0].name: inputs, self.model.graph.output[0].name: outputs}
        roles = ("", "weight", "bias")
        counts: dict[str, int] = {}
        for node in self.nodes:
            kind = node.op_type.lower()
            counts[kind] = counts.get(kind, 0) + 1
            node.name = f"{kind}_{counts[kind]}"
            for position, name in enumerate(node.input):
                if name in self.constants:
                    weighted = node.op_type in ("Conv", "Gemm") and position < len(roles)
                    role = roles[position] if weighted else f"constant_{position}"
                    names.setdefault(name, f"{node.name}.{role}")
            for position, name in enumerate(node.output):
                names.setdefault(name, node.name if position == 0 else f"{node.name}.{position}")
        for node in self.nodes:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
        self.constants = {names[name]: value for name, value in self.constants.items() if name in names}
        for value, name in ((self.model.graph.input[0], inputs), (self.model.graph.output[0], outputs)):
            value.name = name

    def build(self) -> Any:
        """Return the model; constants stand in the order in which they are used."""
        import onnx

        used = list(
            dict.fromkeys(name for node in self.nodes for name in node.input if name in self.constants)
        )
        constants = [
            onnx.numpy_helper.from_array(np.ascontiguousarray(self.constants[name]), name) for name in used
        ]
        ends = (list(self.model.graph.input), list(self.model.graph.output))
        graph = onnx.helper.make_graph(self.nodes, "edge-digits", *ends, constants)
        opsets = [each for each in self.model.opset_import if not each.domain]
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=self.model.ir_version)


def _attribute(node: Any, name: str, default: Any) -> Any:
    import onnx

    found = next((each for each in node.attribute if each.name == name), None)
    return default if found is None else onnx.helper.get_attribute_value(found)
