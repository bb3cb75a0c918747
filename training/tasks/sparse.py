"""Labels from words, affixes, shapes, clusters of word vectors and gazetteer bits, and those of the neighbours: a linear-chain CRF over sparse features,
for names and for triggers of events.

It sees what the encoder sees and draws other conclusions, and the two together are better than either. A sign is a
template with one or two properties of a token or of its neighbours, kept by a 64-bit key (docs/model-format.md, "Signs"). Only signs that the
training text has twice and that weigh something are kept, so that an unknown sign says nothing.
"""
import ctypes

import numpy as np
import torch
import torch.nn.functional as F

from features import fnv1a, fold, hashes_of
from gazetteer import FIRST_FLAG, KINDS
from layers import library
from sequences import rules
from tasks import events, names

LIB = library("sparse.c", "-fno-math-errno")
LIB.sparse_pass.restype = ctypes.c_double
# What the encoder's scores weigh beside the signs', by head; what is added to signs' own transitions is `export.py --lean-events`.
SHARE = {names.NAME: 0.5, events.NAME: 0.3}
# What the signs themselves weigh.
OWN = {names.NAME: 1.0, events.NAME: 0.75}
# By head: its labels, and the labels that a sentence's annotation allows.
LABELS = {names.NAME: (names.LABELS, lambda s: s[names.NAME]), events.NAME: (events.TRIGGER, lambda s: s[events.NAME][:, 0])}
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
# Squared gradients that a sign has behind it where one goes on from it.
LEARNED = 4.0
# What stands beyond the ends of a sentence.
NOTHING = np.uint64(1)


def cluster_of(work):
    """-> {hash of a word: its cluster}"""
    return dict(zip(np.load(work / "vector_hashes.npy").tolist(), np.load(work / "clusters.npy").tolist()))


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

    def __init__(self, keys, weight, following, grouped, stages=(), head=names.NAME):
        self.head = head
        self.keys, self.weight, self.next, self.types, self.stages = keys, weight, following, Types(grouped), list(stages)

    @staticmethod
    def load(work, name):
        state = torch.load(work / name, weights_only=False)
        return Signs(state["keys"], state["weight"], state["following"], cluster_of(work), state["stages"], state.get("head", names.NAME))

    def scores(self, sentences):
        """-> (tokens, labels)"""
        at = rows(keys_of(sentences, self.types), self.keys)
        return F.embedding_bag(torch.from_numpy(at), F.pad(self.weight, (0, 0, 0, 1)), mode="sum")

    def beside(self, scores, following, sentences):
        """A head's scores, of which the first are these sentences', and its transitions, with what the signs add to both."""
        share, weight = SHARE[self.head], OWN[self.head]
        scores, own = share * scores, self.scores(sentences)
        scores[:len(own)] += weight * own
        return scores, share * following.detach() + weight * self.next

    def sections(self):
        order = np.argsort(self.keys)
        prefix = "signs" if self.head == names.NAME else f"{self.head}.signs"
        return {f"{prefix}.hash": (self.keys[order], "u64"), f"{prefix}.weight": (self.weight.numpy()[order], "i8"), f"{prefix}.next": (self.next.numpy(), "f32")}


def _p(array):
    return ctypes.c_void_p(array.ctypes.data)


class Annotated:
    """Annotated sentences as places of their signs among the known ones, those that stand there twice."""

    def __init__(self, sentences, types, head=names.NAME):
        self.labels, allowed = LABELS[head]
        keys = keys_of(sentences, types)
        found, count = np.unique(keys, return_counts=True)
        listed = (count > 1) & (found > 0)
        self.known, self.count = found[listed], count[listed]
        self.places = rows(keys, self.known).astype(np.int32)
        self.ends = np.cumsum([0] + [len(s["forms"]) for s in sentences]).astype(np.int64)
        self.allowed = np.array([m for s in sentences for m in allowed(s)], np.int64)

    def fit(self, which, passes=8, rate=0.1, penalty=0.4, dropout=0.1, show=False, begin=None):
        """Trains on the sentences of these numbers -> (known + 1, labels) weights, the mean of the later passes, and what a label says of the next. `begin` are signs to go on from."""
        n, k = len(self.known), len(self.labels)
        weight, square, mean = (np.zeros((n + 1, k), np.float32) for _ in range(3))
        following, followed, mean_next = (np.zeros((k, k), np.float32) for _ in range(3))
        if begin is not None:
            old = rows(begin.keys, self.known)
            there = old < n
            weight[old[there]], following[...] = begin.weight.numpy()[there], begin.next.numpy()
            # What was learned from more text than this moves slowly.
            square[old[there]], followed[...] = LEARNED, LEARNED
        # The penalty on a weight is spread over the tokens that have it.
        decay = np.append(2 * penalty / self.count, 0).astype(np.float32)
        follow, first = (x.numpy() for x in rules(k))
        longest = int(np.diff(self.ends).max())
        space = np.zeros(longest * (2 * k + self.places.shape[1]), np.float32)
        chance, rng = np.array([2654435762], np.uint32), np.random.default_rng(1)
        real, whole = ctypes.c_float, ctypes.c_long
        for number in range(passes):
            order = rng.permutation(which).astype(np.int64)
            loss = LIB.sparse_pass(_p(order), whole(len(order)), _p(self.ends), _p(self.places), whole(self.places.shape[1]), ctypes.c_int32(n), _p(self.allowed),
                                   whole(k), _p(weight), _p(square), _p(decay), _p(following), _p(followed), _p(follow), _p(first),
                                   real(rate), real(dropout), _p(chance), _p(space))
            if number >= passes // 2:
                mean, mean_next = mean + weight, mean_next + following
            if show:
                print(f"pass {number + 1}  loss {loss / self.ends[-1]:.4f}", flush=True)
        later = passes - passes // 2
        return mean / later, mean_next / later
