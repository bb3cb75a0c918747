"""Statements: spans of sources, cues and contents, and which belongs to which."""
import bisect
import json

import torch
import torch.nn.functional as F
from torch import nn

from corpora import Corpus, opened
from features import QUOTES
from layers import drop, full, leaky
from sequences import chain, spans_of, viterbi

NAME = "span"
HIDDEN, LINK = 128, 64
KINDS = ("source", "cue", "content")
# What the links weigh beside the spans they join.
LINK_SHARE = 0.3
GAPS = (1, 2, 3, 5, 8, 15, 30)
N_GAPS, N_SENTENCES, N_BETWEEN = 17, 7, 8
STRAIGHT = str.maketrans("\u201c\u201d\u201e\u2018\u2019", "\"\"\"''")


def read(path, tokens):
    """PolNeAR. `tokens` is what `evaluate tokens` makes of `path`. A paragraph is a doc, since it is read as one.

    Besides its labels, the first sentence of a paragraph carries `links`: how many tokens the paragraph has, and for each statement whose cue
    stands in it the tokens (first, last; counted in the paragraph) of cue, source (or None) and pieces of content.
    """
    out = []
    with opened(path) as f, opened(tokens) as g:
        for line, cut in zip(f, g):
            row, cut = json.loads(line), json.loads(cut)
            assert row["id"] == cut["id"], f"{tokens}: made from other articles than {path}"
            text, begins = row["text"], [set() for _ in KINDS]
            marks = [bytearray(len(text)) for _ in KINDS]
            for statement in row["statements"]:
                for k, kind in enumerate(KINDS):
                    for s, e in statement[kind]:
                        marks[k][s:e] = b"\x01" * (e - s)
                        begins[k].add(s)
            for number, paragraph in enumerate(cut["paragraphs"]):
                flat = [t for sentence in paragraph for t in sentence]
                first = len(out)
                state = [False] * 3
                for sentence in paragraph:
                    cur = {"forms": [], NAME: [], "doc": f"{row['id']}/{number}"}
                    for s, e in sentence:
                        cur["forms"].append(text[s:e])
                        labels = []
                        for k in range(3):
                            inside = any(marks[k][s:e])
                            begin = inside and (not state[k] or any(x in begins[k] for x in range(s, e)))
                            labels.append(1 if begin else 2 if inside else 0)
                            state[k] = inside
                        cur[NAME].append(labels)
                    out.append(cur)
                out[first]["links"] = (len(flat), links_of(row["statements"], flat))
    return out


def links_of(statements, tokens):
    starts, ends = [s for s, _ in tokens], [e for _, e in tokens]

    def place(span):
        """First and last token that a span touches, None if the paragraph does not hold it."""
        if span[0] < starts[0] or span[1] > ends[-1]:
            return None
        return bisect.bisect_right(ends, span[0]), bisect.bisect_left(starts, span[1]) - 1

    out = []
    for statement in statements:
        cue = place(statement["cue"][0]) if statement["cue"] else None
        if cue is not None:
            source = place(statement["source"][0]) if statement["source"] else None
            out.append((cue, source, [p for p in map(place, statement["content"]) if p is not None]))
    return out


# A paragraph is read as one segment.
WHOLE = True
CORPORA = {"statements": Corpus(("statements/polnear-train.jsonl", "work/polnear-train.tokens.jsonl"), read, 0.25)}


def labels(sets):
    return {NAME: [f"{p}{k}" for k in KINDS for p in ("O-", "B-", "I-")]}


def damaged(sentences, noise):
    """A paragraph with its quotation marks straightened, or with those at the end of a quotation lost."""
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
        out.append(dict(s, forms=[s["forms"][k] for k in kept], flags=s["flags"][kept], **{NAME: [s[NAME][k] for k in kept]}))
    return out


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


def targets(segments, starts, bounds, labels, layer):
    return {NAME: layer([x for sentences in segments for s in sentences for x in s[NAME]], -1), "links": pairs(segments, starts, bounds)}


class Head(nn.Module):
    def __init__(self, width, labels):
        super().__init__()
        h = 2 * width
        self.hidden, self.out = nn.Linear(h, HIDDEN), nn.Linear(HIDDEN, 3 * len(KINDS))
        self.next = nn.Parameter(torch.zeros(len(KINDS), 3, 3))
        self.link = nn.ModuleDict({f"{kind}_{end}": nn.Linear(2 * h, LINK) for kind in ("source", "content") for end in ("query", "candidate")})
        self.link_none = nn.Parameter(torch.zeros(LINK))
        self.link_relation = nn.Parameter(torch.zeros(2, N_GAPS + N_SENTENCES + N_BETWEEN + 1))

    def forward(self, h, p=0.0):
        return full(self.out(drop(leaky(self.hidden(h)), p)))

    def links(self, h, rows, p=0.0):
        """rows: pairs of one kind -> a score for each"""
        kind = int(rows[0, 0])
        name = ("source", "content")[kind]
        ends = lambda at: torch.cat([h[rows[:, at].clamp(min=0)], h[rows[:, at + 1].clamp(min=0)]], 1)
        q = full(drop(leaky(self.link[name + "_query"](ends(2))), p))
        c = full(drop(leaky(self.link[name + "_candidate"](ends(4))), p))
        none = rows[:, 4] < 0
        c = torch.where(none[:, None], self.link_none, c)
        w = self.link_relation[kind]
        lies = w[rows[:, 6]] + w[N_GAPS + rows[:, 7]] + w[N_GAPS + N_SENTENCES + rows[:, 8]]
        return (q * c).sum(1) / LINK ** 0.5 + torch.where(none, w[-1], lies)

    def loss(self, h, batch, p, sequences=False):
        scores = self(h, p).view(-1, 3, 3)
        if sequences:
            allowed = torch.where(batch[NAME] < 0, 7, 1 << batch[NAME].clamp(min=0))
            loss = sum(chain(scores[:, k], self.next[k], allowed[:, k], batch["start"]) for k in range(3)) / (3 * len(scores))
        else:
            loss = F.cross_entropy(scores.reshape(-1, 3), batch[NAME].reshape(-1), ignore_index=-1)
        for kind in range(2):
            rows = batch["links"][batch["links"][:, 0] == kind]
            if len(rows):
                _, group = torch.unique(rows[:, 1], return_inverse=True)
                scores = self.links(h, rows, p)
                # Softmax over the pairs of each span; no more than a few hundred spans in a batch.
                shares = torch.full((int(group.max()) + 1, len(rows)), float("-inf"))
                shares = shares.index_put((group, torch.arange(len(rows))), scores)
                right = rows[:, 9] == 1
                loss = loss + LINK_SHARE * (torch.logsumexp(shares, 1).sum() - scores[right].sum()) / len(shares)
        return loss

    def sections(self, linear, get):
        out = {**linear("span.hidden", self.hidden), **linear("span.out", self.out), "span.next": (get(self.next).reshape(-1), "f32")}
        for name, layer in self.link.items():
            out.update(linear(f"link.{name.replace('_', '.')}", layer))
        return {**out, "link.none": (get(self.link_none), "f32"), "link.relation": (get(self.link_relation).reshape(-1), "f32")}


def decode(head, h, scores, start, end, bounds):
    """The spans of one segment and what each belongs to: [role, first token, last token, first token of the other or -1, share of that]."""
    found = []
    for k in range(3):
        labels = viterbi(scores[start:end, 3 * k:3 * k + 3], head.next[k])
        found += [(k, start + first, start + behind - 1) for first, behind in spans_of(labels)]
    sentence_of = lambda token: next(n for n, (_, e) in enumerate(bounds) if token < e)
    sources, cues = ([f[1:] for f in found if f[0] == k] for k in (0, 1))
    out = []
    for k, first, last in sorted(found, key=lambda f: (f[1], f[0])):
        candidates = {0: [], 1: sources, 2: cues}[k]
        if not candidates:
            out.append([k, first, last, -1, 1.0])
            continue
        rows = [(k - 1, 0, first, last, *c, *relation((first, last), c, sentence_of, candidates), 0) for c in candidates]
        rows += [(0, 0, first, last, -1, -1, 0, 0, 0, 0)] if k == 1 else []
        with torch.no_grad():
            shares = torch.softmax(head.links(h, torch.tensor(rows)), 0)
        best = int(shares.argmax())
        out.append([k, first, last, rows[best][4], round(float(shares[best]), 6)])
    return out
