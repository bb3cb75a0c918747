"""Instead of the steps up to the core: take a model file apart again, so that training goes on from what is shipped.

Writes restored.pt, the word vectors, the gazetteer, the signs and the sentence boundary model to the work folder. The weights are those
that the file holds, so they have been rounded once (bf16, int8); what the export's --lean added is taken off.
"""
import argparse
from pathlib import Path

import numpy as np
import torch

import features
from model import Model
from model_file import File
from sections import scaled, weights_of
from tasks.sparse import OWN


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
    labels["scripts"] = labels["lemma"][:config["lemma_head"]]
    model = Model(config["width"], config["layers"], labels, branches=config["branches"])
    names, statements = model.heads["entity"], model.heads["span"]
    with torch.no_grad():
        # Views of the model's own memory: what is written to them is in the model.
        for name, (view, _) in weights_of(model).items():
            view[...] = file[name].reshape(view.shape)
        statements.next[:, 0, 1] -= torch.tensor(config["span_lean"])
        if "event" in model.heads:
            for following, lean in zip(model.heads["event"].following(), config["event_lean"]):
                following[0, 1::2] -= lean
        for p in (names.out.weight, names.out.bias, names.next):
            p.div_(config["entity_share"])
        if "event.signs.hash" in file:
            for p in scaled(model.heads["event"], "event"):
                p.div_(config["event_share"])
    # Before 0.5.0 a file did not say where it came from.
    stages = file.header.get("provenance", {}).get("stages") or [{"stage": "restore", "file": f"{file.header['name']} {file.header['version']}"}]
    own = [s for s in stages if s["stage"] in ("signs", "boundary")]
    stages = [s for s in stages if s not in own]
    for head, prefix, name in (("entity", "signs", "signs.pt"), ("event", "event.signs", "event-signs.pt")):
        if prefix + ".hash" in file:
            weight, following = (torch.from_numpy(np.array(file[f"{prefix}.{part}"])) / OWN[head] for part in ("weight", "next"))
            mine = [s for s in own if s.get("head", "entity") == head]
            torch.save({"keys": file[prefix + ".hash"], "weight": weight, "following": following, "head": head, "stages": mine}, work / name)
    common = {"width": config["width"], "layers": config["layers"], "branches": config["branches"], "labels": labels, "stages": stages}
    torch.save(dict(common, trained=[], model=model.state_dict()), work / a.out)
    np.save(work / "vectors.npy", file["vectors.weight"])
    np.save(work / "vector_hashes.npy", file["vectors.hash"])
    np.save(work / "clusters.npy", file["vectors.cluster"])
    np.savez(work / "gazetteer.npz", hash=file["gazetteer.hash"], kinds=file["gazetteer.kinds"])
    np.savez(work / "lemmas.npz", hash=file["lemma.hash"], script=file["lemma.script"])
    if "boundary.weight" in file:
        np.savez(work / "boundary.npz", weight=file["boundary.weight"], threshold=config["boundary_threshold"])
    print(f"{a.file}: {file.header['name']} {file.header['version']} -> {work / a.out}")


if __name__ == "__main__":
    main()
