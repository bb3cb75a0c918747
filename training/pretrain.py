"""Teach the encoder to guess masked words of the unlabelled text.

Fifteen of a hundred tokens lose all their features; a softmax over the commonest words guesses them. The guessing
layer is thrown away. Runs for --minutes of processor time along one cosine; saves pretrained.pt every five minutes and resumes nothing: a run that was cut off is begun again, since
the learning rate depends on its end.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from features import fold, type_features, word_hash, word_of
from layers import Dense, Encoder, FLAG_DIM

BATCH = 3000


def load_types(work):
    """Features, vector row (0: none) and vectors, by token type; cached."""
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    cache = work / "type_rows.npy"
    if cache.exists() and len(np.load(cache, mmap_mode="r")) == len(types):
        rows = np.load(cache)
    else:
        rows = type_features(types)
        np.save(cache, rows)
    words = (work / "vector_words.txt").read_text(encoding="utf-8").split("\n")
    index = {w: i + 1 for i, w in enumerate(words)}
    vector_row = np.array([index.get(word_of(fold(t)), 0) for t in types], dtype=np.int64)
    vectors = np.load(work / "vectors.npy")
    vectors = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    return rows, vector_row, vectors


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--minutes", type=float, default=30)
    ap.add_argument("--width", type=int, default=128)
    ap.add_argument("--vocabulary", type=int, default=12000)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--init", default="", help="go on from this encoder in the work folder")
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
    opt = Dense(both, a.lr, 1, warmup=500)
    active, last, saved, seen, steps, run, shown = 0.0, time.process_time(), time.time(), 0, 0, 0.0, 0
    done = False
    while not done:
        order = rng.permutation(len(chunks))
        at = 0
        while at < len(order):
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
            ask = ask[:len(ask) // 64 * 64]
            with torch.autocast("cpu", torch.bfloat16):
                h = encoder(rows[ids], vectors[vector_row[ids]], torch.zeros(len(ids), FLAG_DIM), start, masked=masked)
                scores = guess(h[ask])
            loss = F.cross_entropy(scores.float(), gold[ask])
            loss.backward()
            now = time.process_time()
            active, last = active + now - last, now
            share = active / (a.minutes * 60)
            # The schedule runs on the clock, so the step count is set to fit.
            opt.steps = max(opt.at + 1, int(opt.at / max(share, 1e-3)))
            encoder.tables.step(opt.rate())
            opt.step()
            run, seen, steps = run + loss.item(), seen + len(ids), steps + 1
            if steps % 200 == 0:
                print(f"{active / 60:5.1f} min  {seen / 1e6:6.2f}M words  loss {run / (steps - shown):.3f}  "
                      f"{seen / active:.0f} words/s  rate {opt.rate():.5f}", flush=True)
                run, shown = 0.0, steps
            if share >= 1 or time.time() - saved > 300:
                torch.save({"encoder": encoder.state_dict(), "words": seen, "width": a.width}, work / (a.out + ".part"))
                (work / (a.out + ".part")).rename(work / a.out)
                saved = time.time()
                if share >= 1:
                    done = True
                    break
    print(f"done: {seen} words in {active / 60:.1f} minutes")


if __name__ == "__main__":
    main()
