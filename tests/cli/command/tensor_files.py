"""safetensors files (models, checkpoints) read with Python's standard library alone."""

import array
import hashlib
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


def parts(content):
    """Metadata and tensors, {name: (dtype, sizes, bytes)}, of the bytes of a file."""
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    metadata = header.pop("__metadata__", {})
    return metadata, {name: (entry["dtype"], entry["shape"], content[8 + size:][slice(*entry["data_offsets"])])
                      for name, entry in header.items()}


def digest(metadata, tensors):
    """veil.sha256 as docs/file-formats.md defines it."""
    total = hashlib.sha256()
    for name in sorted(set(metadata) - {"veil.sha256"}, key=str.encode):
        total.update(f"{name}\0{metadata[name]}\0".encode())
    for name in sorted(tensors, key=str.encode):
        dtype, sizes, data = tensors[name]
        total.update(f"{name}\0{dtype}\0[{', '.join(map(str, sizes))}]\0".encode() + data)
    return total.hexdigest()


def joined(metadata, tensors):
    """The bytes of a file of these parts, the tensors in their order."""
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, sizes, values) in tensors.items():
        header[name] = {"dtype": dtype, "shape": sizes, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
