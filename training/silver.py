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
from model import load_model
from sequences import beliefs, sentence_starts, viterbi
from tasks.names import LABELS, NAME
from tasks.sparse import Signs
from unlabelled import ENDS

# A label besides the best is allowed from this share of the teachers' belief on.
ALSO = 0.2


def sentences_of(forms, document):
    """Tokens cut into sentences, as far as full stops and capitals tell."""
    begin, out = 0, []
    for k, form in enumerate(forms):
        if k + 1 == len(forms) or form in ENDS and forms[k + 1][:1].isupper():
            out.append({"forms": forms[begin:k + 1], "doc": document})
            begin = k + 1
    return out


def news_chunks(work, most):
    """The chunks that `unlabelled` lists twice are the news: as many of them, drawn by chance, as hold `most` tokens, each cut into sentences."""
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    tokens, chunks = np.load(work / "tokens.npy"), np.load(work / "chunks.npy")
    unique, counts = np.unique(chunks, axis=0, return_counts=True)
    unique = unique[counts > 1]
    out, n = [], 0
    for number, at in enumerate(np.random.default_rng(1).permutation(len(unique))):
        forms = [types[t] for t in tokens[unique[at, 0]:unique[at, 1]]]
        out.append(sentences_of(forms, str(number)))
        n += len(forms)
        if n >= most:
            break
    return out


def news(work, most):
    """Sentences of the news with a name's capital."""
    return [s for chunk in news_chunks(work, most) for s in chunk if any(f[:1].isupper() for f in s["forms"][1:])]


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
    vocabulary = data.Vocabulary.load(work)
    sentences = corpora.flagged(news(work, a.tokens), gazetteer.load(work))
    vocabulary.add([f for s in sentences for f in s["forms"]])
    nothing = torch.zeros(len(LABELS), len(LABELS))
    at, named = 0, 0
    while at < len(sentences):
        part, n = [], 0
        while at < len(sentences) and n < 4000:
            part.append([sentences[at]])
            n += len(sentences[at]["forms"])
            at += 1
        b = data.batch(part, vocabulary)
        head = model.heads[NAME]
        with torch.no_grad():
            scores = head(model.read(b, branch=NAME))
        p = beliefs(*signs.beside(scores, head.next, [s for [s] in part]), sentence_starts(b))
        also = (p >= ALSO).long() @ (1 << torch.arange(p.shape[1]))
        for [s], (i, j) in zip(part, b["bounds"].tolist()):
            best = viterbi(p[i:j].clamp(min=1e-6).log(), nothing)
            s[NAME] = [1 << label | int(mask) for label, mask in zip(best, also[i:j])]
            named += sum(label % 2 for label in best)
    (work / a.out).write_bytes(pickle.dumps(sentences))
    print(f"{len(sentences)} sentences, {sum(len(s['forms']) for s in sentences)} tokens, {named} names")


if __name__ == "__main__":
    main()
