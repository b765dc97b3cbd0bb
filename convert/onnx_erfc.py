"""An operator of a trace that ONNX does not have: Keras writes its exact GELU with Erfc."""

from __future__ import annotations

from typing import Any

import numpy as np


def spell_out_erfc(model: Any) -> None:
    """Write Erfc(x) as 1 - Erf(x), in place.

    Args:
        model: An onnx.ModelProto, as tf2onnx makes it: what it does not know it passes through by name.
    """
    from onnx import helper, numpy_helper

    nodes = []
    for node in model.graph.node:
        if node.op_type != "Erfc":
            nodes.append(node)
            continue
        (given,), (made,) = node.input, node.output
        one, erf = f"{made}/one", f"{made}/erf"
        model.graph.initializer.append(numpy_helper.from_array(np.array(1, np.float32), one))
        nodes.append(helper.make_node("Erf", [given], [erf], name=erf))
        nodes.append(helper.make_node("Sub", [one, erf], [made], name=node.name))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
