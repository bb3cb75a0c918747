"""Teach the encoder to guess masked words of the unlabelled text.

Fifteen of a hundred tokens lose all their features; a softmax over the commonest words guesses them. The guessing
layer is thrown away. Runs for --steps along one cosine and saves at the end alone; --minutes of processor time are a safety stop.
"""
import argparse
import contextlib
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import corpora
import features
import provenance
from features import fold, type_features, word_of
from layers import Dense, Encoder, FLAG_DIM

BATCH = 3000


def load_types(work):
    """Features, vector row (0: none) and vectors, by token type."""
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    rows = corpora.cached(work, "type-rows", [work / "types.txt"], [features], lambda: type_features(types))
    words = (work / "vector_words.txt").read_text(encoding="utf-8").split("\n")
    index = {w: i + 1 for i, w in enumerate(words)}
    vector_row = np.array([index.get(word_of(fold(t)), 0) for t in types], dtype=np.int64)
    vectors = np.load(work / "vectors.npy")
    vectors = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    return rows, vector_row, vectors


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--steps", type=int, required=True, help="how long to train")
    ap.add_argument("--minutes", type=float, default=600, help="of processor time, after which the run is given up")
    ap.add_argument("--width", type=int, default=128)
    ap.add_argument("--vocabulary", type=int, default=12000)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--init", default="", help="go on from this encoder in the work folder")
    ap.add_argument("--float32", action="store_true", help="matrix products in 32 bits: faster where the processor has none in bfloat16")
    ap.add_argument("--out", default="pretrained.pt")
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    work = Path(a.work)
    rows, vector_row, vectors = (torch.from_numpy(x) for x in load_types(work))
    # The vectors are sorted by frequency, so the first rows are the words to guess.
    target = torch.where((vector_row > 0) & (vector_row <= a.vocabulary), vector_row - 1, -1)
    tokens = torch.from_numpy(np.load(work / "tokens.npy"))
    chunks = np.load(work / "chunks.npy")
    encoder = Encoder(a.width, dropout=0.1)
    if a.init:
        encoder.load_state_dict(torch.load(work / a.init, weights_only=False)["encoder"])
    guess = nn.Sequential(nn.Linear(2 * a.width, 128), nn.GELU(), nn.Linear(128, a.vocabulary))
    both = nn.ModuleList([encoder, guess])
    opt = Dense(both, a.lr, a.steps, warmup=min(500, a.steps // 4))
    begun, seen, run = time.process_time(), 0, 0.0
    exact = contextlib.nullcontext() if a.float32 else torch.autocast("cpu", torch.bfloat16)
    while opt.at < a.steps:
        order = rng.permutation(len(chunks))
        at = 0
        while at < len(order) and opt.at < a.steps:
            part, n = [], 0
            while at < len(order) and n < BATCH:
                s, e = chunks[order[at]]
                part.append((s, e))
                n += e - s
                at += 1
            ids = torch.cat([tokens[s:e] for s, e in part]).long()
            bounds = np.cumsum([0] + [e - s for s, e in part])
            # Shapes are kept few: the matrix library prepares itself anew for every number of rows it has not met.
            more = -len(ids) % 256
            if more:
                ids, bounds = F.pad(ids, (0, more)), np.append(bounds, len(ids) + more)
            start = torch.tensor(bounds)
            masked = torch.rand(len(ids)) < 0.15
            gold = target[ids]
            ask = torch.nonzero(masked & (gold >= 0))[:, 0]
            ask = ask[:len(ask) // 64 * 64] if len(ask) >= 64 else ask
            with exact:
                h = encoder(rows[ids], vectors[vector_row[ids]], torch.zeros(len(ids), FLAG_DIM), start, masked=masked)
                scores = guess(h[ask])
            loss = F.cross_entropy(scores.float(), gold[ask])
            loss.backward()
            encoder.tables.step(opt.rate())
            opt.step()
            active = time.process_time() - begun
            run, seen = run + loss.item(), seen + len(ids)
            if opt.at % 200 == 0:
                print(f"{active / 60:5.1f} min  {seen / 1e6:6.2f}M words  loss {run / 200:.3f}  "
                      f"{seen / active:.0f} words/s  rate {opt.rate():.5f}", flush=True)
                run = 0.0
            if active > 60 * a.minutes:
                sys.exit(f"given up at step {opt.at} of {a.steps} after {a.minutes} minutes")
    options = {k: v for k, v in vars(a).items() if k not in ("work", "minutes", "out")}
    stage = provenance.stage("pretrain", options, {"work/" + f: work / f for f in ("types.txt", "tokens.npy", "chunks.npy", "vectors.npy")})
    torch.save({"encoder": encoder.state_dict(), "words": seen, "width": a.width, "stages": [stage]}, work / a.out)
    print(f"done: {seen} words in {(time.process_time() - begun) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
