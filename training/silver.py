"""Name the persons, places and bodies of the unlabelled news, for a student to learn from.

The teachers are an encoder with its entity head and the sparse signs (signs.py), their scores added. The best sequence of labels is written
with every other label that is about as likely, so that the student is told nothing where the teachers are not sure.
Writes silver.pickle: sentences as `corpora.entities` gives them.
"""
import argparse
import pickle
from pathlib import Path

import numpy as np
import torch

import corpora
import data
import gazetteer
from heads import chain, sentence_starts, viterbi
from layers import FLAG_DIM
from signs import Signs
from train import load_model
from unlabelled import ENDS

# A label besides the best is allowed from this share of the teachers' belief on.
ALSO = 0.2


def news(work, most):
    """The chunks that `unlabelled` lists twice are the news: as many of them, drawn by chance, as hold `most` tokens, cut into sentences with a name's capital."""
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    tokens, chunks = np.load(work / "tokens.npy"), np.load(work / "chunks.npy")
    unique, counts = np.unique(chunks, axis=0, return_counts=True)
    unique = unique[counts > 1]
    out, n = [], 0
    for number, at in enumerate(np.random.default_rng(1).permutation(len(unique))):
        forms = [types[t] for t in tokens[unique[at, 0]:unique[at, 1]]]
        begin = 0
        for k, form in enumerate(forms):
            if k + 1 == len(forms) or form in ENDS and forms[k + 1][:1].isupper():
                if any(f[:1].isupper() for f in forms[begin + 1:k + 1]):
                    out.append({"forms": forms[begin:k + 1], "doc": str(number)})
                begin = k + 1
        n += len(forms)
        if n >= most:
            break
    return out


def beliefs(scores, following, b):
    """-> (n, labels), the probability of each token's label in all sequences: the gradient of their sum."""
    scores.requires_grad_(True)
    # Less one path, that of no name at all: its labels are added again.
    chain(scores, following, torch.ones(len(scores), dtype=torch.long), sentence_starts(b)).backward()
    p = scores.grad
    p[:, 0] += 1
    return p


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--model", default="model.pt")
    ap.add_argument("--signs", default="signs.pt")
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--tokens", type=int, default=1_500_000)
    ap.add_argument("--out", default="silver.pickle")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work = Path(a.work)
    model, signs = load_model(work / a.model)[0], Signs.load(work, a.signs)
    table, vocabulary = data.load(a.shared, work)["gazetteer"], data.Vocabulary(work)
    sentences = news(work, a.tokens)
    vocabulary.add([f for s in sentences for f in s["forms"]])
    for s in sentences:
        s["flags"] = np.zeros((len(s["forms"]), FLAG_DIM), np.uint8)
        gazetteer.flags_of(s["forms"], table, s["flags"])
    nothing = torch.zeros(len(corpora.ENTITY), len(corpora.ENTITY))
    at, named = 0, 0
    while at < len(sentences):
        part, n = [], 0
        while at < len(sentences) and n < 4000:
            part.append([sentences[at]])
            n += len(sentences[at]["forms"])
            at += 1
        b = data.batch(part, vocabulary)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            scores = model.heads.entity(model.read(b, branch="entity")).float()
        p = beliefs(*signs.beside(scores, model.heads.entity_next, [s for [s] in part]), b)
        also = (p >= ALSO).long() @ (1 << torch.arange(p.shape[1]))
        for [s], (i, j) in zip(part, b["bounds"].tolist()):
            best = viterbi(p[i:j].clamp(min=1e-6).log(), nothing)
            s["entity"] = [1 << label | int(mask) for label, mask in zip(best, also[i:j])]
            named += sum(label % 2 for label in best)
    (work / a.out).write_bytes(pickle.dumps(sentences))
    print(f"{len(sentences)} sentences, {sum(len(s['forms']) for s in sentences)} tokens, {named} names")


if __name__ == "__main__":
    main()
