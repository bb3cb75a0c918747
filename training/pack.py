"""Everything that pretrain.py and train.py read, in one folder of small files, for a machine that has an accelerator and not the corpora.

`--into FOLDER` writes it; there, `pack.py --from FOLDER` lays out a work folder of which `train.py --packed` and `pretrain.py` read. Of long files that are no
news only a share of the chunks goes along (--share).
"""
import argparse
import lzma
import pickle
from pathlib import Path

import numpy as np

import corpora
import gazetteer
import provenance
from tasks import TASKS
from tasks import names as names_task

RARE = 65535


def write(a, work, folder):
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for task in TASKS for name in task.CORPORA if "silver" not in name] + [x for x in a.also if x]
    sets = {name: corpora.load(name, a.shared, work) for name in names}
    dev = {"events-dev": corpora.registered()["events"].read(Path(a.shared, "data/events/corpus/dev.jsonl"), work / "events-dev.tokens.jsonl")}
    corpora.flagged(dev["events-dev"], gazetteer.load(work))
    if a.doubted:
        names_task.believe(sets, work / a.doubted)
    labels = {k: v for task in TASKS for k, v in task.labels(sets).items()}
    files = {k: corpora.sha256(p) for k, p in sorted(provenance.files_of(names, a.shared, work).items())}
    put = lambda name, x: (folder / name).write_bytes(lzma.compress(pickle.dumps(x, protocol=5), preset=4))
    put("sets.xz", {"sets": {**sets, **dev}, "labels": labels, "files": files})
    if a.sets_only:
        return
    tokens, chunks = np.load(work / "tokens.npy"), np.load(work / "chunks.npy")
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    unique, counts = np.unique(chunks, axis=0, return_counts=True)
    keep = (counts > 1) | (np.random.default_rng(1).random(len(unique)) < a.share)
    unique, counts = unique[keep], counts[keep]
    picked = np.concatenate([tokens[s:e] for s, e in unique.tolist()])
    order = np.argsort(-np.bincount(picked, minlength=len(types)), kind="stable")
    rank = np.empty(len(types), np.int64)
    rank[order] = np.arange(len(types))
    ranks = rank[picked]
    put("text.xz", {"types": [types[t] for t in order[:int(ranks.max()) + 1]], "common": np.minimum(ranks, RARE).astype(np.uint16), "rare": ranks[ranks >= RARE].astype(np.uint32),
                    "lengths": np.diff(unique, axis=1)[:, 0].astype(np.uint8), "counts": counts.astype(np.uint8)})
    for f in sorted(folder.iterdir()):
        print(f"{f.name} {f.stat().st_size / 1e6:.2f} MB")
    print(f"{len(picked)} tokens of text")


def lay_out(folder, work):
    work.mkdir(parents=True, exist_ok=True)
    get = lambda name: pickle.loads(lzma.decompress((folder / name).read_bytes()))
    text = get("text.xz")
    tokens = text["common"].astype(np.int32)
    tokens[tokens == RARE] = text["rare"]
    ends = np.cumsum(text["lengths"].astype(np.int64))
    chunks = np.repeat(np.stack([ends - text["lengths"], ends], 1), text["counts"], 0)
    np.save(work / "tokens.npy", tokens)
    np.save(work / "chunks.npy", chunks)
    (work / "types.txt").write_text("\n".join(text["types"]), encoding="utf-8")
    (work / "sets.pickle").write_bytes(lzma.decompress((folder / "sets.xz").read_bytes()))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--into", type=Path)
    ap.add_argument("--from", dest="source", type=Path)
    ap.add_argument("--share", type=float, default=0.5)
    ap.add_argument("--also", nargs="*", default=())
    ap.add_argument("--doubted", default="")
    ap.add_argument("--sets-only", action="store_true")
    a = ap.parse_args()
    write(a, Path(a.work), a.into) if a.into else lay_out(a.source, Path(a.work))


if __name__ == "__main__":
    main()
