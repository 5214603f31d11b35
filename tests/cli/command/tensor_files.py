"""safetensors files (models, checkpoints) read with Python's standard library alone."""

import array
import json
import struct


class TensorFile:
    """metadata: {name: text}; tensors: {name: array of float32}; shapes: {name: list}."""

    def __init__(self, path):
        content = path.read_bytes()
        size = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8:8 + size])
        self.metadata = header.pop("__metadata__", {})
        self.tensors, self.shapes = {}, {}
        for name, entry in header.items():
            assert entry["dtype"] == "F32", entry
            first, last = entry["data_offsets"]
            self.tensors[name] = array.array("f", content[8 + size + first:8 + size + last])
            self.shapes[name] = entry["shape"]
