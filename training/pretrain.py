"""Teach the encoder to guess masked words of the unlabelled text.

Fifteen of a hundred tokens lose all their features; a softmax over the commonest words guesses them. The guessing
layer is thrown away. Runs for --steps along one cosine and saves at the end alone; --minutes of processor time are a safety stop.
"""
import argparse
import contextlib
import multiprocessing
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
from features import fold, type_features, word_hash, word_of
from layers import Dense, Encoder, FLAG_DIM

BATCH = 3000


def numbers_of(types):
    return type_features(types), np.array([word_hash(word_of(fold(t))) for t in types], np.uint64)


def load_types(work, tokens, vocabulary):
    """Features, vector row (0: none), vectors, and the place of its word among the commonest (-1: none), by token type."""
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")

    def make():
        parts = [types[at:at + 4000] for at in range(0, len(types), 4000)]
        with multiprocessing.get_context("fork").Pool() as pool:
            return [np.concatenate(x) for x in zip(*pool.map(numbers_of, parts))]

    rows, hashes = corpora.cached(work, "type-rows", [work / "types.txt"], [features, sys.modules[__name__]], make)
    index = {h: i + 1 for i, h in enumerate(np.load(work / "vector_hashes.npy").tolist())}
    vector_row = np.array([index.get(h, 0) for h in hashes.tolist()], dtype=np.int64)
    vectors = np.load(work / "vectors.npy")
    vectors = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    words, word = np.unique(hashes, return_inverse=True)
    order = np.argsort(-np.bincount(word, np.bincount(tokens, minlength=len(types)), len(words)), kind="stable")
    place = np.full(len(words), -1)
    place[order[:vocabulary]] = np.arange(min(vocabulary, len(words)))
    return rows, vector_row, vectors, place[word]


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--steps", type=int, required=True, help="how long to train")
    ap.add_argument("--minutes", type=float, default=600, help="of processor time, after which the run is given up")
    ap.add_argument("--width", type=int, default=128)
    ap.add_argument("--layers", type=int, default=3)
    ap.add_argument("--batch", type=int, default=BATCH, help="tokens")
    ap.add_argument("--device", default="cpu", help="cuda: on a graphics processor (accelerated.py)")
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
    tokens, chunks = np.load(work / "tokens.npy"), np.load(work / "chunks.npy")
    rows, vector_row, vectors, target = (torch.from_numpy(x).to(a.device) for x in load_types(work, tokens, a.vocabulary))
    tokens, lengths = torch.from_numpy(tokens).to(a.device), np.diff(chunks, axis=1)[:, 0]
    torch.set_default_device(a.device)
    encoder = Encoder(a.width, a.layers, dropout=0.1)
    if a.init:
        encoder.load_state_dict(torch.load(work / a.init, weights_only=False)["encoder"])
    guess = nn.Sequential(nn.Linear(2 * a.width, a.width), nn.GELU(), nn.Linear(a.width, a.vocabulary))
    both = nn.ModuleList([encoder, guess])
    opt = Dense(both, a.lr, a.steps, warmup=min(500, a.steps // 4))
    begun, clock, seen, run = time.process_time(), time.time(), 0, 0.0
    exact = contextlib.nullcontext() if a.float32 else torch.autocast(a.device, torch.bfloat16)
    while opt.at < a.steps:
        order = rng.permutation(len(chunks))
        ends = np.cumsum(lengths[order])
        at = 0
        while at < len(order) and opt.at < a.steps:
            behind = int(np.searchsorted(ends, (ends[at - 1] if at else 0) + a.batch)) + 1
            part, at = order[at:behind], behind
            bounds = np.concatenate([[0], np.cumsum(lengths[part])])
            place = np.repeat(chunks[part, 0] - bounds[:-1], lengths[part]) + np.arange(bounds[-1])
            # Shapes are kept few: the matrix library prepares itself anew for every number of rows it has not met.
            more = -len(place) % 256
            if more:
                place, bounds = np.append(place, np.zeros(more, place.dtype)), np.append(bounds, len(place) + more)
            ids = tokens[torch.from_numpy(place).to(a.device)].long()
            start = torch.from_numpy(bounds).to(a.device)
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
            run, seen = run + loss.detach(), seen + len(ids)
            if opt.at % 200 == 0:
                print(f"{active / 60:5.1f} min  {seen / 1e6:6.2f}M words  loss {float(run) / 200:.3f}  "
                      f"{seen / (time.time() - clock):.0f} words/s  rate {opt.rate():.5f}", flush=True)
                run = 0.0
            if active > 60 * a.minutes:
                sys.exit(f"given up at step {opt.at} of {a.steps} after {a.minutes} minutes")
    options = {k: v for k, v in vars(a).items() if k not in ("work", "minutes", "out")}
    stage = provenance.stage("pretrain", options, {"work/" + f: work / f for f in ("types.txt", "tokens.npy", "chunks.npy", "vectors.npy")})
    torch.save({"encoder": {k: x.cpu() for k, x in encoder.state_dict().items()}, "words": seen, "width": a.width, "stages": [stage]}, work / a.out)
    print(f"done: {seen} words in {(time.process_time() - begun) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
