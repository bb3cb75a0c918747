"""Instead of steps 2 to 6: take a model file apart again, so that training goes on from what is shipped.

Writes restored.pt, the word vectors, the gazetteer and the sentence boundary model to the work folder. The weights are those
that the file holds, so they have been rounded once (bf16, int8); what the export's --lean added is taken off.
"""
import argparse
import json
import struct
from pathlib import Path

import numpy as np
import torch

import data
import export
import features
from train import Model

DTYPES = {"f32": np.float32, "bf16": np.uint16, "i8": np.int8, "u8": np.uint8, "u16": np.uint16, "u64": np.uint64}


class File:
    """Sections of a model file by name, as numbers; see docs/model-format.md."""

    def __init__(self, path):
        self.raw = Path(path).read_bytes()
        version, size = struct.unpack_from("<II", self.raw, 8)
        assert self.raw[:8] == b"DEMARCHE" and version == 1, f"{path}: no model file of format 1"
        self.header = json.loads(self.raw[48:48 + size])
        self.sections = {s["name"]: s for s in self.header["sections"]}

    def __getitem__(self, name):
        s = self.sections[name]
        x = np.frombuffer(self.raw, DTYPES[s["dtype"]], offset=s["offset"], count=s["length"] // np.dtype(DTYPES[s["dtype"]]).itemsize).reshape(s["shape"])
        if s["dtype"] == "bf16":
            return export.wide(x)
        if s["dtype"] == "i8":
            return x * self[name + ".scale"].reshape(-1, 1)
        return x


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--file", default="models/english.model")
    ap.add_argument("--out", default="restored.pt")
    a = ap.parse_args()
    work, file = Path(a.work), File(a.file)
    work.mkdir(parents=True, exist_ok=True)
    config, labels = file.header["config"], file.header["labels"]
    assert tuple(config["table_rows"]) == features.TABLE_ROWS
    model = Model(config["width"], config["layers"], labels, config["lemma_head"], branches=config.get("branches", {}))
    with torch.no_grad():
        # Views of the model's own memory: what is written to them is in the model.
        for name, (view, _) in export.weights_of(model).items():
            view[...] = file[name].reshape(view.shape)
        model.heads.span_next[:, 0, 1] -= torch.tensor(config.get("span_lean", (0.0, 0.0, 0.0)))
        share = config.get("entity_share", 1.0)
        for p in (model.heads.entity_out.weight, model.heads.entity_out.bias, model.heads.entity_next):
            p.div_(share)
    if "signs.hash" in file.sections:
        weight, following = (torch.from_numpy(np.array(file[name])) for name in ("signs.weight", "signs.next"))
        torch.save({"keys": file["signs.hash"], "weight": weight, "following": following}, work / "signs.pt")
    common = {"width": config["width"], "layers": config["layers"], "branches": config.get("branches", {}), "labels": labels, "scripts": config["lemma_head"]}
    torch.save(dict(common, steps=0, minutes=0.0, model=model.state_dict()), work / a.out)
    np.save(work / "vectors.npy", file["vectors.weight"])
    np.save(work / "vector_hashes.npy", file["vectors.hash"])
    if "vectors.cluster" in file.sections:
        np.save(work / "clusters.npy", file["vectors.cluster"])
    np.savez(work / "gazetteer.npz", hash=file["gazetteer.hash"], kinds=file["gazetteer.kinds"])
    np.savez(work / "boundary.npz", weight=file["boundary.weight"], threshold=config["boundary_threshold"])
    print(f"{a.file}: {file.header['name']} {file.header['version']} -> {work / a.out}")


if __name__ == "__main__":
    main()
