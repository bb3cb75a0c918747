"""Word vectors from the unlabelled text (skip-gram, 100 dimensions, window 3, minimum count 8).

Writes vectors.npy, vector_words.txt, vector_hashes.npy, and clusters.npy: 256 groups of neighbours. The keys are the lower-cased, digit-folded words of features.py,
so that one hash serves the vector list and the word table. With more than one worker the result differs in
the last digits from run to run; `--workers 1` is repeatable and takes twice as long.
"""
import argparse
from pathlib import Path

import numpy as np
import torch
from gensim.models import Word2Vec

from features import fold, word_hash, word_of


class Chunks:
    """Each chunk as a list of words; the whole can be read several times."""

    def __init__(self, work):
        self.tokens = np.load(work / "tokens.npy")
        self.chunks = np.load(work / "chunks.npy")
        types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
        self.words = [word_of(fold(t)) for t in types]

    def __iter__(self):
        words, tokens = self.words, self.tokens
        for s, e in self.chunks.tolist():
            yield [words[i] for i in tokens[s:e].tolist()]


def clusters(vectors, groups=256):
    """-> (words) uint8: which group of neighbours each word vector belongs to. Spherical k-means, begun with common words."""
    v = torch.from_numpy(vectors).float()
    v = v / v.norm(dim=1, keepdim=True).clamp(min=1e-6)
    middle = v[torch.randperm(min(len(v), 20_000), generator=torch.Generator().manual_seed(1))[:groups]]
    for _ in range(15):
        nearest = (v @ middle.T).argmax(1)
        total = torch.zeros_like(middle).index_add_(0, nearest, v)
        middle = torch.where(total.norm(dim=1, keepdim=True) > 0, total, middle)
        middle = middle / middle.norm(dim=1, keepdim=True)
    return nearest.numpy().astype(np.uint8)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--workers", type=int, default=2)
    ap.add_argument("--epochs", type=int, default=3)
    ap.add_argument("--least", type=int, default=8, help="how often a word stands in the text that gets a vector")
    a = ap.parse_args()
    work = Path(a.work)
    model = Word2Vec(Chunks(work), vector_size=100, window=3, min_count=a.least, sg=1, negative=5, sample=1e-4,
                     workers=a.workers, epochs=a.epochs, seed=1, batch_words=20000)
    # Centred and scaled to unit variance over all words: the encoder's mix starts from inputs of one size.
    v = model.wv.vectors.astype(np.float32)
    v = (v - v.mean(0)) / v.std()
    np.save(work / "vectors.npy", v)
    np.save(work / "clusters.npy", clusters(v))
    (work / "vector_words.txt").write_text("\n".join(model.wv.index_to_key), encoding="utf-8")
    np.save(work / "vector_hashes.npy", np.array([word_hash(w) for w in model.wv.index_to_key], np.uint64))
    print(f"{len(v)} words; near 'minister': {[w for w, _ in model.wv.most_similar('minister', topn=8)]}")


if __name__ == "__main__":
    main()
