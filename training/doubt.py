"""Which of GMB's labels another part of GMB makes incredible.

Signs (signs.py) trained on four fifths of GMB, and on the other corpora, are asked about the last fifth. Where they give an annotated label less
than a tenth of their belief, what they believe is allowed besides it (Northcutt et al. 2021, "Confident Learning"): the annotation of GMB was
corrected by hand only in part. Writes doubted.pickle: the masks of the sentences of GMB that training reads.
"""
import argparse
import pickle
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
from corpora import ENTITY
from signs import SETS, Corpus, cluster_of
from silver import ALSO, beliefs

FOLDS, BLOCK, PASSES = 5, 100, 8
# Share of belief below which a label is doubted.
INCREDIBLE = 0.1


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--out", default="doubted.pickle")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work = Path(a.work)
    sets = data.load(a.shared, work)["sets"]
    gmb = sets["gmb"]
    corpus = Corpus(gmb + [s for name in SETS if name != "gmb" for s in sets[name]], cluster_of(work))
    everything, bits = np.arange(len(corpus.sentences)), 1 << torch.arange(len(ENTITY))
    # Blocks, so that most of an article's sentences are in one fold.
    fold = np.where(everything < len(gmb), everything // BLOCK % FOLDS, FOLDS)
    masks, doubted = [None] * len(gmb), 0
    for number in range(FOLDS):
        weight, following = corpus.fit(everything[fold != number], passes=PASSES)
        for k in everything[fold == number]:
            i, j = corpus.ends[k], corpus.ends[k + 1]
            whole = {"bounds": torch.tensor([[0, j - i]]), "start": torch.tensor([0, j - i])}
            belief = beliefs(F.embedding_bag(corpus.places[i:j], weight, mode="sum"), following, whole)
            own = corpus.allowed[i:j]
            is_doubted = (belief * ((own[:, None] & bits) > 0)).sum(1) < INCREDIBLE
            masks[k] = torch.where(is_doubted, own | ((belief >= ALSO).long() @ bits), own).tolist()
            doubted += int(is_doubted.sum())
        print(f"fold {number + 1} of {FOLDS}", flush=True)
    (work / a.out).write_bytes(pickle.dumps(masks))
    print(f"{doubted} of {sum(map(len, masks))} labels doubted")


if __name__ == "__main__":
    main()
