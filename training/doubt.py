"""Which labels of a newswire with names the rest of that newswire makes incredible.

Signs (tasks/sparse.py) trained on four fifths of GMB, and on the other corpora, are asked about the last fifth. Where they give an annotated
label less than a tenth of their belief, what they believe is allowed besides it (Northcutt et al. 2021, "Confident Learning"): the annotation of GMB
was corrected by hand only in part. Writes {corpus: masks of its sentences}.
"""
import argparse
import pickle
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import corpora
from sequences import beliefs
from tasks.names import LABELS
from tasks.sparse import Annotated, Types, cluster_of

DOUBTED, TRUSTED = ("gmb", "gmb-more"), ("wikigold", "uner")
FOLDS, BLOCK = 5, 100
# Share of belief below which a label is doubted, and from which on another is allowed.
INCREDIBLE, ALSO = 0.1, 0.2


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--passes", type=int, default=5)
    ap.add_argument("--incredible", type=float, default=INCREDIBLE)
    ap.add_argument("--out", default="doubted.pickle")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work = Path(a.work)
    sets = {name: corpora.load(name, a.shared, work) for name in (*DOUBTED, *TRUSTED)}
    annotated = Annotated([s for own in sets.values() for s in own], Types(cluster_of(work)))
    asked = sum(len(sets[name]) for name in DOUBTED)
    everything, bits = np.arange(len(annotated.ends) - 1), 1 << torch.arange(len(LABELS))
    # Blocks, so that most of an article's sentences are in one fold.
    fold = np.where(everything < asked, everything // BLOCK % FOLDS, FOLDS)
    masks, doubted = [None] * asked, 0
    for number in range(FOLDS):
        mine = everything[fold == number]
        if not len(mine):
            continue
        weight, following = (torch.from_numpy(x) for x in annotated.fit(everything[fold != number], a.passes))
        # Blocks again: contiguous, and few enough tokens at a time.
        for block in np.split(mine, np.flatnonzero(np.diff(mine) > 1) + 1):
            ends = torch.from_numpy(annotated.ends[block[0]:block[-1] + 2])
            places = torch.from_numpy(annotated.places[ends[0]:ends[-1]].astype(np.int64))
            belief = beliefs(F.embedding_bag(places, weight, mode="sum"), following, ends - ends[0])
            own = torch.from_numpy(annotated.allowed[ends[0]:ends[-1]])
            incredible = (belief * ((own[:, None] & bits) > 0)).sum(1) < a.incredible
            new = torch.where(incredible, own | ((belief >= ALSO).long() @ bits), own)
            for k, i, j in zip(block, ends - ends[0], ends[1:] - ends[0]):
                masks[k] = new[i:j].tolist()
            doubted += int(incredible.sum())
        print(f"fold {number + 1} of {FOLDS}", flush=True)
    out = {}
    for name in DOUBTED:
        out[name], masks = masks[:len(sets[name])], masks[len(sets[name]):]
    (work / a.out).write_bytes(pickle.dumps(out))
    print(f"{doubted} of {annotated.ends[asked]} labels doubted")


if __name__ == "__main__":
    main()
