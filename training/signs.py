"""Names from words, affixes, shapes, clusters of word vectors and gazetteer bits, and those of the neighbours: a linear-chain CRF over sparse signs.

It sees what the encoder sees and draws other conclusions: on GMB and UNER it is better by itself than the encoder alone, and the two together are about as good there and better elsewhere. A sign is a
template with one or two properties of a token or of its neighbours, kept by a 64-bit key (docs/model-format.md, "Signs"). Only signs that the
training text has twice and that weigh something are kept, so that an unknown sign says nothing.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
from corpora import ENTITY
from features import fnv1a, fold, hashes_of
from gazetteer import FIRST_FLAG, KINDS
from heads import chain

# What the encoder's scores weigh beside the signs'.
SHARE = 0.5
SETS = ("gmb", "wikigold", "uner")
# Batches of a pass.
PARTS = 40
# Properties of a token's form, in the order of their columns.
FORM, WORD, PREFIX3, SUFFIX3, SUFFIX2, SHAPE, ENDS, CLUSTER, GAZETTEER = range(9)
# (property, distance) of one or two tokens; the number of a template is its place.
TEMPLATES = (
    [((p, 0),) for p in range(9)]
    + [((p, d),) for p in (WORD, SHAPE, SUFFIX3, CLUSTER) for d in (-2, -1, 1, 2)]
    + [((GAZETTEER, d),) for d in (-1, 1)]
    + [((p, d), (p, 0)) for p in (WORD, SHAPE, CLUSTER) for d in (-1, 1)]
    + [((p, -1), (p, 1)) for p in (WORD, SHAPE, CLUSTER)]
)
# Besides: one sign for each gazetteer bit of the token itself.
BIT_TEMPLATE = len(TEMPLATES)
MULTIPLY = tuple(np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
# What stands beyond the ends of a sentence.
NOTHING = np.uint64(1)


def clusters(work):
    """-> (words) uint8: which of 256 groups of neighbours each word vector belongs to. Spherical k-means, begun with common words; made once."""
    path = work / "clusters.npy"
    if not path.exists():
        v = torch.from_numpy(np.load(work / "vectors.npy")).float()
        v = v / v.norm(dim=1, keepdim=True).clamp(min=1e-6)
        middle = v[torch.randperm(min(len(v), 20_000), generator=torch.Generator().manual_seed(1))[:256]]
        for _ in range(15):
            nearest = (v @ middle.T).argmax(1)
            total = torch.zeros_like(middle).index_add_(0, nearest, v)
            middle = torch.where(total.norm(dim=1, keepdim=True) > 0, total, middle)
            middle = middle / middle.norm(dim=1, keepdim=True)
        np.save(path, nearest.numpy().astype(np.uint8))
    return np.load(path)


def cluster_of(work):
    """-> {hash of a word: its cluster}"""
    return dict(zip(np.load(work / "vector_hashes.npy").tolist(), clusters(work).tolist()))


def properties(form, grouped):
    """The form itself and the six features of it that have tables, each by its 64-bit hash, and the cluster of its word."""
    hashes = hashes_of(form)
    cluster = grouped.get(hashes[0])
    return (fnv1a(b"\x1f", fnv1a(fold(form).encode("utf-8", "surrogatepass"))), *hashes, 0 if cluster is None else cluster + 2)


def mixed(template, one, other):
    """One key from a template's number and its properties (SplitMix64's last steps, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        x = one * MULTIPLY[0] + other * MULTIPLY[1] + np.uint64(template + 1) * MULTIPLY[2]
        x = (x ^ (x >> np.uint64(30))) * MULTIPLY[1]
        x = (x ^ (x >> np.uint64(27))) * MULTIPLY[2]
        return x ^ (x >> np.uint64(31))


class Types:
    """Properties by form, made once."""

    def __init__(self, grouped):
        self.grouped, self.of = grouped, {}

    def __call__(self, forms):
        for f in forms:
            if f not in self.of:
                self.of[f] = properties(f, self.grouped)
        return np.array([self.of[f] for f in forms], np.uint64)


def keys_of(sentences, types):
    """-> (tokens, templates + gazetteer bits) keys of all tokens; 0 where there is none"""
    bits = 1 << np.arange(2 * len(KINDS), dtype=np.uint64)
    table = np.concatenate([types([f for s in sentences for f in s["forms"]]), np.zeros((sum(len(s["forms"]) for s in sentences), 1), np.uint64)], 1)
    flags = np.concatenate([s["flags"] for s in sentences])[:, FIRST_FLAG:FIRST_FLAG + len(bits)].astype(np.uint64)
    table[:, GAZETTEER] = flags @ bits
    n = len(table)
    at, sentence = np.arange(n), np.repeat(np.arange(len(sentences)), [len(s["forms"]) for s in sentences])
    moved = {}
    for d in (-2, -1, 0, 1, 2):
        there = np.clip(at + d, 0, n - 1)
        inside = (at + d == there) & (sentence[there] == sentence)
        moved[d] = np.where(inside[:, None], table[there], NOTHING)
    columns = []
    zero = np.zeros(n, np.uint64)
    for number, template in enumerate(TEMPLATES):
        parts = [moved[d][:, p] for p, d in template]
        columns.append(mixed(number, parts[0], parts[1] if len(parts) > 1 else zero))
    for bit in range(len(bits)):
        key = mixed(BIT_TEMPLATE, np.full(n, bit, np.uint64), zero)
        columns.append(np.where(flags[:, bit] > 0, key, 0))
    return np.stack(columns, 1)


def rows(keys, known):
    """Places of keys in the sorted `known`; its length where it lacks one."""
    place = np.searchsorted(known, keys)
    place[place == len(known)] = 0
    return np.where(known[place] == keys, place, len(known))


class Signs:
    """Listed signs, what each says of every label, and what a label says of the next."""

    def __init__(self, keys, weight, following, grouped):
        self.keys, self.weight, self.next, self.types = keys, weight, following, Types(grouped)

    @staticmethod
    def load(work, name):
        return Signs(**torch.load(work / name, weights_only=False), grouped=cluster_of(work))

    def scores(self, sentences):
        """-> (tokens, labels)"""
        at = rows(keys_of(sentences, self.types), self.keys)
        return F.embedding_bag(torch.from_numpy(at), F.pad(self.weight, (0, 0, 0, 1)), mode="sum")

    def beside(self, scores, following, sentences):
        """The entity head's scores, of which the first are these sentences', and its transitions, with what the signs add to both."""
        scores = SHARE * scores
        own = self.scores(sentences)
        scores[:len(own)] += own
        return scores, SHARE * following.detach() + self.next


class Corpus:
    """Annotated sentences as places of their signs among the known ones, those that stand there twice."""

    def __init__(self, sentences, grouped):
        keys = keys_of(sentences, Types(grouped))
        found, count = np.unique(keys, return_counts=True)
        self.sentences, self.known = sentences, found[(count > 1) & (found > 0)]
        self.places = torch.from_numpy(rows(keys, self.known))
        self.ends = np.cumsum([0] + [len(s["forms"]) for s in sentences])
        self.allowed = torch.tensor([m for s in sentences for m in s["entity"]])

    def fit(self, which, passes=12, rate=0.1, penalty=2e-6, dropout=0.1, show=False):
        """Trains on the sentences of these numbers -> (known + 1, labels) weights, the mean of the later passes, and what a label says of the next"""
        torch.manual_seed(1)
        rng, begun = np.random.default_rng(1), time.time()
        n = len(self.known)
        weight, following = torch.nn.Parameter(torch.zeros(n + 1, len(ENTITY))), torch.nn.Parameter(torch.zeros(len(ENTITY), len(ENTITY)))
        opt = torch.optim.Adagrad([weight, following], lr=rate)
        mean, steps = torch.zeros_like(weight), 0
        for number in range(passes):
            total = 0.0
            for part in np.array_split(rng.permutation(which), PARTS):
                at = torch.cat([torch.arange(self.ends[k], self.ends[k + 1]) for k in part])
                start = torch.tensor(np.cumsum([0] + [len(self.sentences[k]["forms"]) for k in part]))
                these = torch.where(torch.rand(len(at), self.places.shape[1]) < dropout, n, self.places[at])
                loss = chain(F.embedding_bag(these, weight, mode="sum"), following, self.allowed[at], start) / len(at)
                total += loss.item()
                (loss + penalty * (weight ** 2).sum()).backward()
                weight.grad[-1] = 0
                opt.step()
                opt.zero_grad()
            if number >= passes // 2:
                mean, steps = mean + weight.detach(), steps + 1
            if show:
                print(f"pass {number + 1}  loss {total / PARTS:.4f}  {time.time() - begun:.0f} s", flush=True)
        return mean / steps, following.detach()


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--doubted", default="", help="what doubt.py made, to be learned from in the place of GMB's own labels")
    ap.add_argument("--keep", type=int, default=140_000, help="signs that are kept, the heaviest first")
    ap.add_argument("--out", default="signs.pt")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work = Path(a.work)
    sets = data.load(a.shared, work, doubted=a.doubted)["sets"]
    corpus = Corpus([s for name in SETS for s in sets[name]], cluster_of(work))
    weight, following = corpus.fit(np.arange(len(corpus.sentences)), show=True)
    heavy = weight[:-1].abs().amax(1)
    kept = torch.sort(torch.topk(heavy, min(a.keep, len(heavy))).indices).values
    torch.save({"keys": corpus.known[kept.numpy()], "weight": weight[kept], "following": following}, work / a.out)
    print(f"{len(heavy)} signs, {len(kept)} kept, the lightest {heavy[kept].min():.3f}")


if __name__ == "__main__":
    main()
