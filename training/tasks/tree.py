"""Trees, and with them tags, features and lemmas: Universal Dependencies."""
from collections import Counter, defaultdict

import torch
import torch.nn.functional as F
from torch import nn

from corpora import Corpus, opened
from features import fold
from layers import drop, full, leaky

NAME = "tree"
# The label set by which a model is known to have this head.
LAYER = "upos"
ARC, REL = 200, 64
# Features that the extractors use.
FEATS = {"Number", "Tense", "VerbForm", "Person", "Mood", "PronType", "Voice", "Case", "Poss", "Polarity", "Degree", "Gender", "NumType", "Reflex"}
TAGS = (("upos", 0.5), ("xpos", 0.5), ("feats", 0.3), ("lemma", 0.3))


def read(path):
    out, doc = [], ""
    cur = defaultdict(list)
    with opened(path) as f:
        for line in f:
            line = line.rstrip("\n")
            if not line:
                if cur["forms"]:
                    out.append(dict(cur, doc=doc))
                cur = defaultdict(list)
            elif line[0] == "#":
                if line.startswith("# newdoc"):
                    doc = line.split("=", 1)[-1].strip()
            else:
                c = line.split("\t")
                if not c[0].isdigit():
                    continue
                kept = [x for x in c[5].split("|") if x.split("=")[0] in FEATS]
                for name, value in (("forms", c[1]), ("lemmas", c[2]), ("upos", c[3]), ("xpos", c[4]), ("feats", "|".join(kept) or "_"),
                                    ("head", int(c[6])), ("deprel", c[7]), ("lemma", lemma_script(c[1], c[2]))):
                    cur[name].append(value)
    return out


CORPORA = {
    "ewt": Corpus(("treebank/en_ewt-train.conllu.gz",), read, 0.27),
    "gum": Corpus(("treebank/en_gum-train.conllu.gz",), read, 0.20),
}


def lemma_script(form, lemma):
    """See docs/model-format.md, "Lemmas"."""
    for case, cased in (("l", form.lower()), ("k", form), ("c", form[:1] + form[1:].lower())):
        if case == "l" and lemma != lemma.lower():
            continue
        p = 0
        while p < min(len(cased), len(lemma)) and cased[p] == lemma[p]:
            p += 1
        if p or case == "c":
            if p == 0 or len(cased) - p > 6:
                break
            return f"{case}|{len(cased) - p}|{lemma[p:]}"
    return f"=|{lemma}"


def apply_script(form, script):
    if script.startswith("=|"):
        return script[2:]
    case, cut, append = script.split("|", 2)
    form = form.lower() if case == "l" else form if case == "k" else form[:1] + form[1:].lower()
    cut = int(cut)
    return form.lower() if cut > len(form) else form[:len(form) - cut] + append


def lexicon(sentences):
    """-> {(folded form, xpos): script}, and how many listed pairs use each script"""
    seen, use = {}, Counter()
    for s in sentences:
        for f, x, c in zip(s["forms"], s["xpos"], s["lemma"]):
            seen.setdefault((fold(f), x), Counter())[c] += 1
    for counts in seen.values():
        use.update(counts.keys())
    return {key: counts.most_common(1)[0][0] for key, counts in seen.items()}, use


def labels(sets):
    """Scripts that the lexicon alone knows stand behind the head's own: `scripts` says how many those are."""
    sentences = [s for name in CORPORA for s in sets[name]]
    listed, use = lexicon(sentences)
    head = [c for c, n in use.most_common() if n >= 5 and not c.startswith("=|")]
    out = {key: sorted({x for s in sentences for x in s[key]}) for key in ("upos", "xpos", "feats", "deprel")}
    return {**out, "lemma": head + sorted(set(listed.values()) - set(head)), "scripts": head}


def targets(segments, starts, bounds, labels, layer):
    """What has no label of its own (a script beyond the head's share) is not learned: -1."""
    sentences = [s for run in segments for s in run]
    out = {"head": layer([x for s in sentences for x in s["head"]], 0)}
    for key in ("upos", "xpos", "feats", "deprel", "lemma"):
        number = {x: i for i, x in enumerate(labels["scripts" if key == "lemma" else key])}
        out[key] = layer([number.get(x, -1) for s in sentences for x in s[key]], -1)
    return out


class Head(nn.Module):
    def __init__(self, width, labels):
        super().__init__()
        h = 2 * width
        self.tag = nn.ModuleDict({name: nn.Linear(h, len(labels["scripts" if name == "lemma" else name])) for name, _ in TAGS})
        self.arc_dep, self.arc_head = nn.Linear(h, ARC), nn.Linear(h, ARC)
        self.rel_dep, self.rel_head = nn.Linear(h, REL), nn.Linear(h, REL)
        self.arc_root, self.rel_root = nn.Parameter(torch.randn(ARC) * 0.1), nn.Parameter(torch.randn(REL) * 0.1)
        self.arc_bilinear, self.arc_headbias = nn.Parameter(torch.randn(ARC, ARC) * 0.02), nn.Parameter(torch.zeros(ARC))
        self.rel_bilinear = nn.Parameter(torch.randn(len(labels["deprel"]), REL + 1, REL + 1) * 0.02)

    def tags(self, h):
        return {name: full(layer(h)) for name, layer in self.tag.items()}

    def arcs(self, h, bounds, p=0.0):
        """bounds: (sentences, 2) token ranges -> scores (sentences, longest, longest + 1), padded with -inf; index, mask"""
        s, e = bounds[:, 0], bounds[:, 1]
        # Rounded up: the matrix library prepares itself anew for every shape it has not met.
        longest = -(-int((e - s).max()) // 16) * 16
        at = torch.arange(longest)
        more = -len(s) % 16
        s, e = F.pad(s, (0, more)), F.pad(e, (0, more))
        mask = at[None] < (e - s)[:, None]
        index = torch.where(mask, s[:, None] + at[None], s[:, None])
        dep = drop(leaky(self.arc_dep(h)), p)[index]
        head = drop(leaky(self.arc_head(h)), p)[index]
        head = torch.cat([self.arc_root.to(head.dtype).expand(len(s), 1, ARC), head], 1)
        scores = full(torch.bmm(dep @ self.arc_bilinear + self.arc_headbias, head.transpose(1, 2)))
        allowed = torch.cat([torch.ones(len(s), 1, dtype=torch.bool), mask], 1)[:, None, :] & ~torch.cat(
            [torch.zeros(longest, 1, dtype=torch.bool), torch.eye(longest, dtype=torch.bool)], 1)[None]
        return scores.masked_fill(~allowed, float("-inf")), index, mask

    def rels(self, h, dep_at, head_at, p=0.0):
        """head_at: token index of the head, -1 for the root -> (n, relations)"""
        one = torch.ones(len(dep_at), 1, dtype=h.dtype)
        d = drop(leaky(self.rel_dep(h)), p)[dep_at]
        g = drop(leaky(self.rel_head(h)), p)
        g = torch.where((head_at < 0)[:, None], self.rel_root.to(g.dtype), g[head_at.clamp(min=0)])
        d, g = torch.cat([d, one.to(d.dtype)], 1), torch.cat([g, one.to(g.dtype)], 1)
        r, k = self.rel_bilinear.shape[:2]
        left = (d @ self.rel_bilinear.permute(1, 0, 2).reshape(k, r * k)).view(len(d), r, k)
        return full(torch.bmm(left, g.to(left.dtype)[:, :, None])[:, :, 0])

    def loss(self, h, batch, p, sequences=False):
        tags = self.tags(h)
        loss = sum(w * F.cross_entropy(tags[n], batch[n], ignore_index=-1, label_smoothing=0.03) for n, w in TAGS)
        arc, index, mask = self.arcs(h, batch["bounds"], p)
        head = batch["head"]  # position of the head in its sentence, 0 the root
        loss = loss + F.cross_entropy(arc[mask], head[index[mask]])
        start = torch.repeat_interleave(batch["bounds"][:, 0], batch["bounds"][:, 1] - batch["bounds"][:, 0])
        head_at = torch.where(head > 0, F.pad(start, (0, len(head) - len(start))) + head - 1, -1)
        rel = self.rels(h, torch.arange(len(head)), head_at, p)
        return loss + F.cross_entropy(rel, batch["deprel"], ignore_index=-1)

    def sections(self, linear, get):
        out = {}
        for name in ("arc", "rel"):
            for end in ("dep", "head"):
                out.update(linear(f"{name}.{end}", getattr(self, f"{name}_{end}")))
        for name, layer in self.tag.items():
            out.update(linear(f"tag.{name}", layer))
        r = self.rel_bilinear
        out.update({"arc.root": (get(self.arc_root), "f32"), "rel.root": (get(self.rel_root), "f32"), "arc.headbias": (get(self.arc_headbias), "f32"),
                    "arc.bilinear": (get(self.arc_bilinear), "bf16"), "rel.bilinear": (get(r).reshape(-1, r.shape[2]), "bf16")})
        return out


def cycle_of(head):
    n = len(head)
    for i in range(1, n):
        seen, j = set(), i
        while j and j not in seen:
            seen.add(j)
            j = head[j]
        if j:
            cycle, x = [j], head[j]
            while x != j:
                cycle.append(x)
                x = head[x]
            return cycle
    return None


def spanning(s):
    """Chu-Liu-Edmonds; s[i][j] score of head j for i, node 0 the root -> list of heads (index 0 unused)"""
    n = len(s)
    head = [0] + [max((j for j in range(n) if j != i), key=lambda j: s[i][j]) for i in range(1, n)]
    cycle = cycle_of(head)
    if cycle is None:
        return head
    inside = set(cycle)
    outside = [i for i in range(n) if i not in inside]
    number = {v: k for k, v in enumerate(outside)}
    c = len(outside)
    total = sum(s[v][head[v]] for v in cycle)
    t = [[float("-inf")] * (c + 1) for _ in range(c + 1)]
    enter, leave = {}, {}
    for u in outside:
        for w in outside:
            if w and u != w:
                t[number[w]][number[u]] = s[w][u]
        v = max(cycle, key=lambda v: s[v][u] - s[v][head[v]])
        t[c][number[u]] = s[v][u] - s[v][head[v]] + total
        enter[u] = v
        if u:
            v = max(cycle, key=lambda v: s[u][v])
            t[number[u]][c] = s[u][v]
            leave[u] = v
    small = spanning(t)
    out = list(head)
    for w in outside:
        if w:
            h = small[number[w]]
            out[w] = leave[w] if h == c else outside[h]
    u = outside[small[c]]
    out[enter[u]] = u
    return out


def decode(scores):
    """scores (n, n + 1) log shares -> heads 1-based, 0 the root; exactly one root"""
    n = scores.shape[0]
    greedy = scores.argmax(1).tolist()
    if greedy.count(0) == 1 and cycle_of([0] + greedy) is None:
        return greedy
    rows = [[float("-inf")] * (n + 1)] + [[max(v, -1e4) for v in r] for r in scores.tolist()]
    best, answer = None, None
    for root in range(n):
        t = [list(r) for r in rows]
        for i in range(1, n + 1):
            t[i][0] = rows[i][0] if i == root + 1 else -1e6
        head = spanning(t)
        value = sum(t[i][head[i]] for i in range(1, n + 1))
        if best is None or value > best:
            best, answer = value, head[1:]
    return answer
