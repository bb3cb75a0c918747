"""Batches of segments cut from corpora.

A segment is one sentence or several in a row of one document, read by the encoder together. Half of the training
segments are single sentences, so that the model serves both ways of reading. A share of the segments is damaged
(capitals lost, everything in capitals, gazetteer bits gone), as news text is.
"""
import numpy as np
import torch

from features import QUOTES, fold, type_features, word_hash, word_of
from layers import VECTOR_DIM


class Vocabulary:
    """Token types seen so far, with table rows and vector rows; grows as new forms come."""

    def __init__(self, hashes, vectors):
        self.index = {h: i + 1 for i, h in enumerate(hashes)}
        self.vectors = torch.from_numpy(np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors]))
        self.ids, self.rows, self.vector_row, self.quote = {}, np.zeros((0, 6), np.int32), np.zeros(0, np.int64), np.zeros(0, np.uint8)

    @staticmethod
    def load(work):
        vectors = np.load(work / "vectors.npy")
        assert vectors.shape[1] == VECTOR_DIM
        return Vocabulary(np.load(work / "vector_hashes.npy").tolist(), vectors)

    def add(self, forms):
        new = [f for f in dict.fromkeys(forms) if f not in self.ids]
        if new:
            for f in new:
                self.ids[f] = len(self.ids)
            self.rows = np.concatenate([self.rows, type_features(new)])
            self.vector_row = np.concatenate([self.vector_row, np.array([self.index.get(word_hash(word_of(fold(f))), 0) for f in new], np.int64)])
            self.quote = np.concatenate([self.quote, np.array([QUOTES.get(f, 0) for f in new], np.uint8)])

    def of(self, forms):
        try:
            return np.array([self.ids[f] for f in forms], np.int64)
        except KeyError:
            self.add(forms)
            return np.array([self.ids[f] for f in forms], np.int64)


def quoted(codes):
    """Flag 1 of the model file's page, for one segment's quotation codes."""
    out, inside = np.zeros(len(codes), np.uint8), False
    marks = np.flatnonzero(codes)
    for k, at in enumerate(marks):
        inside = {1: True, 2: False, 3: not inside}[int(codes[at])]
        if inside:
            out[at + 1:marks[k + 1] if k + 1 < len(marks) else len(codes)] = 1
    return out


def batch(segments, vocabulary, task=None, labels=None, noise=None, pad=256, numbers=True):
    """segments: lists of sentences -> tensors, with what the task's loss asks for; `noise` is a random generator or None.

    `start` bounds what the encoder reads as one run, `runs` what layers of a head's own do: the segments; a task may cut them (`cut`) for the encoder.
    Without `numbers`, token types (`ids`) stand in the place of what the vocabulary knows of them.

    A last segment of nothing fills the batch up to a multiple of `pad` tokens: the matrix library prepares itself anew
    for every number of rows it has not met, which took half of the training time.
    """
    ids, flags, start, runs, bounds, n = [], [], [0], [0], [], 0
    if noise is not None and hasattr(task, "damaged"):
        segments = [task.damaged(sentences, noise) for sentences in segments]
    for sentences in segments:
        change = noise.random() if noise is not None else 1.0
        codes = []
        for s in sentences:
            forms, f = s["forms"], s["flags"].copy()
            if change < 0.05:
                forms, f = [x.lower() for x in forms], np.zeros_like(f)
            elif change < 0.08:
                forms, f = [x.upper() for x in forms], f if change < 0.065 else np.zeros_like(f)
            elif change < 0.15:
                f[:] = 0
            f[0, 0] = 1
            i = vocabulary.of(forms)
            ids.append(i)
            flags.append(f)
            codes.append(vocabulary.quote[i])
            bounds.append((n, n + len(i)))
            n += len(i)
        begin = 0
        for end in task.cut(sentences, noise) if hasattr(task, "cut") else (len(sentences),):
            inside = quoted(np.concatenate(codes[begin:end]))
            at = 0
            for f in flags[len(flags) - len(sentences) + begin:len(flags) - len(sentences) + end]:
                f[:, 1] = inside[at:at + len(f)]
                at += len(f)
            start.append(bounds[len(bounds) - len(sentences) + end - 1][1])
            begin = end
        runs.append(n)
    ids = np.concatenate(ids)
    more = -n % pad
    filled = lambda bounds: torch.tensor(bounds + [n + more] if more else bounds)
    fill = lambda x, value=0: np.concatenate([x, np.full((more, *x.shape[1:]), value, x.dtype)])
    out = {"flags": torch.from_numpy(fill(np.concatenate(flags))), "start": filled(start), "runs": filled(runs), "bounds": torch.tensor(bounds)}
    if numbers:
        out.update({"rows": torch.from_numpy(fill(vocabulary.rows[ids])), "vectors": vocabulary.vectors[torch.from_numpy(fill(vocabulary.vector_row[ids]))],
                    "flags": out["flags"].float()})
    else:
        out["ids"] = torch.from_numpy(fill(ids))
    if task:
        layer = lambda values, value: torch.from_numpy(fill(np.array(values, np.int64), value))
        out.update(task.targets(segments, runs, bounds, labels, layer))
    return out


def segments_of(sentences, rng, whole=False, single=0.5, longest=8, most=400):
    """One pass over a corpus: runs of sentences of one document, in random order; `whole`: all of a document."""
    out, i = [], 0
    while i < len(sentences):
        n = 10 ** 6 if whole else 1 if rng.random() < single else int(rng.integers(2, longest + 1))
        run, size = [], 0
        while i < len(sentences) and len(run) < n and (not run or (sentences[i]["doc"] == run[0]["doc"] and size + len(sentences[i]["forms"]) <= most)):
            run.append(sentences[i])
            size += len(sentences[i]["forms"])
            i += 1
        out.append(run)
    return [out[k] for k in rng.permutation(len(out))]


def endless(sentences, rng, size, whole=False):
    """Batches of about `size` tokens, pass after pass."""
    part, n = [], 0
    while True:
        for run in segments_of(sentences, rng, whole):
            part.append(run)
            n += sum(len(s["forms"]) for s in run)
            if n >= size:
                yield part
                part, n = [], 0
