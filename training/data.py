"""Corpora as arrays, and batches of segments cut from them.

A segment is one sentence or several in a row of one document, read by the encoder as one run. Half of the training
segments are single sentences, so that the model serves both ways of reading. A share of the segments is damaged
(capitals lost, everything in capitals, gazetteer bits gone), as news text is.
"""
import bisect
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import torch

import corpora
import gazetteer
from features import fold, type_features, word_hash, word_of
from layers import FLAG_DIM, VECTOR_DIM

QUOTES = {"\u201c": 1, "\u201e": 1, "\u201f": 1, "``": 1, "\u201d": 2, "''": 2, '"': 3}


def load(shared, work, fresh=False, doubted=""):
    """-> dict with the sentences of each set, the gazetteer and the labels; cached, since reading takes a minute. `doubted` names a file of doubt.py."""
    cache = work / "corpora.pickle"
    if doubted:
        out = load(shared, work, fresh)
        for s, masks in zip(out["sets"]["gmb"], pickle.loads((work / doubted).read_bytes()), strict=True):
            s["entity"] = masks
        return out
    if cache.exists() and not fresh:
        return pickle.loads(cache.read_bytes())
    bank, ner = Path(shared) / "data/treebank", Path(shared) / "data/treebank/ner"
    gmb = corpora.entities(ner / "gmb-train.bio", "gmb", group=4)
    cut = len(gmb) * 9 // 10
    uner = corpora.entities(ner / "uner_ewt-dev.bio", "uner", group=20)
    sets = {
        "ewt": corpora.conllu(bank / "en_ewt-train.conllu.gz"),
        "gum": corpora.conllu(bank / "en_gum-train.conllu.gz"),
        "gmb": gmb[:cut],
        "wikigold": corpora.entities(ner / "wikigold.bio", "wikigold", group=4),
        "gumner": corpora.entities(ner / "gum-train.bio", "gum", group=4),
        # The train part of this set could not be had, so every second block of twenty sentences of its dev part is learned from.
        "uner": [s for s in uner if int(s["doc"]) % 2 == 0],
        "polnear": corpora.statements(Path(shared) / "data/statements/polnear-train.jsonl", Path(work) / "polnear-train.tokens.jsonl"),
    }
    table = gazetteer.table(Path(shared) / "data/gazetteer", work)
    for sentences in sets.values():
        for s in sentences:
            flags = np.zeros((len(s["forms"]), FLAG_DIM), np.uint8)
            gazetteer.flags_of(s["forms"], table, flags)
            s["flags"] = flags
    banks = sets["ewt"] + sets["gum"]
    count = lambda key: [k for k, _ in Counter(x for s in banks for x in s[key]).most_common()]
    labels = {key: sorted(set(count(key))) for key in ("upos", "xpos", "feats")}
    labels["deprel"] = sorted(set(count("rel")))
    labels["entity"] = corpora.ENTITY
    labels["span"] = [f"{p}{k}" for k in corpora.SPAN_KINDS for p in ("O-", "B-", "I-")]
    labels["lemma"], scripts, lexicon = lemmas(banks)
    out = {"sets": sets, "gazetteer": table, "labels": labels, "scripts": scripts, "lexicon": lexicon}
    cache.write_bytes(pickle.dumps(out))
    return out


def lemmas(banks):
    """-> all scripts (the head's first), how many are the head's, {(folded form, xpos): script}"""
    seen, use = {}, Counter()
    for s in banks:
        s["script"] = [corpora.lemma_script(f, l) for f, l in zip(s["forms"], s["lemma"])]
        for f, x, c in zip(s["forms"], s["xpos"], s["script"]):
            seen.setdefault((fold(f), x), Counter())[c] += 1
    for counts in seen.values():
        use.update(counts.keys())
    head = [c for c, n in use.most_common() if n >= 5 and not c.startswith("=|")]
    lexicon = {key: counts.most_common(1)[0][0] for key, counts in seen.items()}
    rest = sorted(set(lexicon.values()) - set(head))
    return head + rest, len(head), lexicon


class Vocabulary:
    """Token types seen so far, with table rows and vector rows; grows as new forms come."""

    def __init__(self, work):
        self.index = {h: i + 1 for i, h in enumerate(np.load(work / "vector_hashes.npy").tolist())}
        vectors = np.load(work / "vectors.npy")
        self.vectors = torch.from_numpy(np.concatenate([np.zeros((1, VECTOR_DIM), np.float32), vectors]))
        self.ids, self.rows, self.vector_row, self.quote = {}, np.zeros((0, 6), np.int32), np.zeros(0, np.int64), np.zeros(0, np.uint8)

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


STRAIGHT = str.maketrans("\u201c\u201d\u201e\u2018\u2019", "\"\"\"''")


def damaged(sentences, noise):
    """A paragraph of a statements corpus with its quotation marks straightened, or with those at the end of a quotation lost."""
    change = noise.random()
    if change > 0.12 or not any(f in QUOTES for s in sentences for f in s["forms"]):
        return sentences
    out, inside = [], False
    for s in sentences:
        if change < 0.06:
            out.append(dict(s, forms=[f.translate(STRAIGHT) for f in s["forms"]]))
            continue
        kept = []
        for k, f in enumerate(s["forms"]):
            closes = f in ("\u201d", "''") or f == '"' and inside
            inside = not inside if f == '"' else inside
            if not closes or len(s["forms"]) == 1:
                kept.append(k)
        # The links count tokens, so a paragraph that lost some teaches no links: see `pairs`.
        out.append(dict(s, forms=[s["forms"][k] for k in kept], flags=s["flags"][kept], span=[s["span"][k] for k in kept]))
    return out


def batch(segments, vocabulary, labels=None, noise=None, pad=256):
    """segments: lists of sentences -> tensors; `noise` is a random generator or None.

    A last segment of nothing fills the batch up to a multiple of `pad` tokens: the matrix library prepares itself anew
    for every number of rows it has not met, which took half of the training time.
    """
    ids, flags, start, bounds, n = [], [], [0], [], 0
    if noise is not None and "span" in segments[0][0]:
        segments = [damaged(sentences, noise) for sentences in segments]
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
        inside = quoted(np.concatenate(codes))
        at = 0
        for k in range(len(sentences)):
            f = flags[len(flags) - len(sentences) + k]
            f[:, 1] = inside[at:at + len(f)]
            at += len(f)
        start.append(n)
    ids = np.concatenate(ids)
    more = -n % pad
    if more:
        start.append(n + more)
    fill = lambda x, value=0: np.concatenate([x, np.full((more, *x.shape[1:]), value, x.dtype)])
    out = {"rows": torch.from_numpy(fill(vocabulary.rows[ids])), "vectors": vocabulary.vectors[torch.from_numpy(fill(vocabulary.vector_row[ids]))],
           "flags": torch.from_numpy(fill(np.concatenate(flags))).float(), "start": torch.tensor(start), "bounds": torch.tensor(bounds)}
    layer = lambda values, value: torch.from_numpy(fill(np.array(values, np.int64), value))
    if labels:
        every = [s for sentences in segments for s in sentences]
        if "upos" in every[0]:
            for key, name in (("upos", "upos"), ("xpos", "xpos"), ("feats", "feats"), ("rel", "deprel"), ("script", "lemma")):
                number = labels["index"][name]
                out["lemma" if key == "script" else key] = layer([number.get(x, -1) for s in every for x in s[key]], -1)
            out["head"] = layer([x for s in every for x in s["head"]], 0)
        for key in ("entity", "span"):
            if key in every[0]:
                out[key] = layer([x for s in every for x in s[key]], (1 << 17) - 1 if key == "entity" else -1)
        if "span" in every[0]:
            out["links"] = pairs(segments, start, out["bounds"].tolist())
    return out


GAPS = (1, 2, 3, 5, 8, 15, 30)
N_GAPS, N_SENTENCES, N_BETWEEN = 17, 7, 8


def relation(query, candidate, sentence_of, candidates):
    """Three small numbers for how a candidate lies to a span: see docs/model-format.md, "Links"."""
    if candidate[1] < query[0]:
        side, gap, between = 0, query[0] - candidate[1], sum(candidate[1] < c[0] and c[1] < query[0] for c in candidates)
    elif candidate[0] > query[1]:
        side, gap, between = 1, candidate[0] - query[1], sum(query[1] < c[0] and c[1] < candidate[0] for c in candidates)
    else:
        side, gap, between = 2, 0, 0
    near = 16 if side == 2 else 8 * side + sum(gap > g for g in GAPS)
    apart = max(-3, min(3, sentence_of(candidate[0]) - sentence_of(query[0]))) + 3
    return near, apart, 4 * min(side, 1) + min(between, 3)


def pairs(segments, start, bounds):
    """Pairs of a span and what it may belong to, as rows (kind, group, first and last token of both, relation, right?).

    Kind 0: from a cue to its source, or to none (candidate -1); kind 1: from a piece of content to its cue. A group is the
    pairs of one span; exactly one of them is right.
    """
    rows, group, at = [], 0, 0
    for k, sentences in enumerate(segments):
        own = bounds[at:at + len(sentences)]
        at += len(sentences)
        size, found = sentences[0].get("links", (0, []))
        if not found or size != sum(len(s["forms"]) for s in sentences):
            continue
        base = start[k]
        ends = [e - base for _, e in own]
        sentence_of = lambda token: bisect.bisect_right(ends, token)
        cues = sorted({cue for cue, _, _ in found})
        sources = sorted({source for _, source, _ in found if source})
        for cue in cues:
            right = {source for c, source, _ in found if c == cue}
            if len(right) > 1:
                continue
            for source in sources:
                rows.append((0, group, cue[0] + base, cue[1] + base, source[0] + base, source[1] + base,
                             *relation(cue, source, sentence_of, sources), source in right))
            rows.append((0, group, cue[0] + base, cue[1] + base, -1, -1, 0, 0, 0, None in right))
            group += 1
        for content in sorted({piece for _, _, pieces in found for piece in pieces}):
            right = {c for c, _, pieces in found if content in pieces}
            if len(right) > 1:
                continue
            for cue in cues:
                rows.append((1, group, content[0] + base, content[1] + base, cue[0] + base, cue[1] + base,
                             *relation(content, cue, sentence_of, cues), cue in right))
            group += 1
    return torch.tensor(rows, dtype=torch.long).view(-1, 10)


def segments_of(sentences, rng, single=0.5, longest=8, most=400):
    """One pass over a corpus: runs of sentences of one document, in random order. Statements are read by the paragraph."""
    out, i = [], 0
    whole = "span" in sentences[0]
    while i < len(sentences):
        n = 10 ** 6 if whole else 1 if rng.random() < single else int(rng.integers(2, longest + 1))
        run, size = [], 0
        while i < len(sentences) and len(run) < n and (not run or (sentences[i]["doc"] == run[0]["doc"] and size + len(sentences[i]["forms"]) <= most)):
            run.append(sentences[i])
            size += len(sentences[i]["forms"])
            i += 1
        out.append(run)
    return [out[k] for k in rng.permutation(len(out))]


def endless(sentences, rng, size):
    """Batches of about `size` tokens, pass after pass."""
    part, n = [], 0
    while True:
        for run in segments_of(sentences, rng):
            part.append(run)
            n += sum(len(s["forms"]) for s in run)
            if n >= size:
                yield part
                part, n = [], 0
