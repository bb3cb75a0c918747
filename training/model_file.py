"""The model file: numbers in its dtypes, reading and writing. The layout is docs/model-format.md."""
import hashlib
import json
import struct
from pathlib import Path

import numpy as np

# Docs say what a version means; the service reads this one and the one before.
FORMAT_VERSION = 2

DTYPES = {"f32": np.float32, "bf16": np.uint16, "i8": np.int8, "u8": np.uint8, "u16": np.uint16, "u64": np.uint64}


def int8(x):
    """-> int8 matrix and a scale for each row"""
    x = x.astype(np.float32)
    scale = np.abs(x).max(1) / 127
    return np.rint(x / np.maximum(scale, 1e-12)[:, None]).astype(np.int8), scale.astype(np.float32)


def bf16(x):
    """Round to nearest even, as the upper half of an f32."""
    bits = np.ascontiguousarray(x, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def wide(x):
    return (x.astype(np.uint32) << 16).view(np.float32)


def rounded(x, dtype):
    """The values that a section of this dtype gives back."""
    if dtype == "i8":
        q, s = int8(x)
        return q * s[:, None]
    return wide(bf16(x)) if dtype == "bf16" else x


class File:
    """Sections of a model file by name, as numbers."""

    def __init__(self, path):
        self.raw = Path(path).read_bytes()
        version, size = struct.unpack_from("<II", self.raw, 8)
        assert self.raw[:8] == b"DEMARCHE" and version <= FORMAT_VERSION, f"{path}: no model file of a format up to {FORMAT_VERSION}"
        self.header = json.loads(self.raw[48:48 + size])
        self.sections = {s["name"]: s for s in self.header["sections"]}

    def __contains__(self, name):
        return name in self.sections

    def stored(self, name):
        """The numbers as they lie in the file."""
        s = self.sections[name]
        kind = np.dtype(DTYPES[s["dtype"]])
        return np.frombuffer(self.raw, kind, offset=s["offset"], count=s["length"] // kind.itemsize).reshape(s["shape"])

    def __getitem__(self, name):
        x = self.stored(name)
        if self.sections[name]["dtype"] == "bf16":
            return wide(x)
        return x * self.stored(name + ".scale").reshape(-1, 1) if self.sections[name]["dtype"] == "i8" else x


def write(path, header, sections, kept=None, keep=lambda name: False):
    """sections: {name: (array, dtype)}. Those that `keep` says yes to are taken from the file `kept` byte for byte."""
    entries, blobs = [], []

    def add(name, dtype, array):
        raw = np.ascontiguousarray(array).tobytes()
        entries.append({"name": name, "dtype": dtype, "shape": list(array.shape), "length": len(raw)})
        blobs.append(raw)

    for name, (array, dtype) in sections.items():
        old = kept is not None and name in kept and keep(name)
        if old:
            assert kept.sections[name]["dtype"] == dtype and kept.sections[name]["shape"] == list(array.shape), f"{name} is of another shape"
        if dtype == "i8":
            q, s = (kept.stored(name), kept.stored(name + ".scale")) if old else int8(array)
            add(name, "i8", q)
            add(name + ".scale", "f32", s)
        else:
            add(name, dtype, kept.stored(name) if old else bf16(array) if dtype == "bf16" else array)
    header = {**header, "sections": entries}
    # Offsets depend on the header's length and stand in it: they are given room and filled in on a second pass.
    size = 0
    for _ in range(3):
        at = 48 + size
        for entry in entries:
            entry["offset"] = at
            at += -(-entry["length"] // 64) * 64
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        size = -(-(48 + len(text)) // 64) * 64 - 48
    body = text.ljust(size) + b"".join(b.ljust(-(-len(b) // 64) * 64, b"\0") for b in blobs)
    Path(path).write_bytes(b"DEMARCHE" + struct.pack("<II", FORMAT_VERSION, size) + hashlib.sha256(body).digest() + body)
    print(f"{path}: {(48 + len(body)) / 1e6:.2f} MB, {len(entries)} sections")
