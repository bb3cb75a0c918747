"""The heads on the encoder, their losses, and the decoders that turn scores into labels, trees and spans.

A task is a corpus reader, a loss here and a share of the batches (train.py). A new head is a module in `Heads`, a loss
method named after the layer, and an entry in train.py's list.
"""
import torch
from torch import nn
import torch.nn.functional as F

import data
from layers import Chain, drop

ARC, REL, ENTITY_HIDDEN, SPAN_HIDDEN, LINK = 200, 64, 128, 128, 64
# What the links weigh beside the spans they join.
LINK_SHARE = 0.3


def leaky(x):
    return F.leaky_relu(x, 0.1)


class Heads(nn.Module):
    def __init__(self, width, labels, scripts):
        super().__init__()
        h = 2 * width
        self.tag = nn.ModuleDict({name: nn.Linear(h, len(labels[name])) for name in ("upos", "xpos", "feats")})
        self.tag["lemma"] = nn.Linear(h, scripts)
        self.entity_hidden, self.entity_out = nn.Linear(h, ENTITY_HIDDEN), nn.Linear(ENTITY_HIDDEN, len(labels["entity"]))
        self.span_hidden, self.span_out = nn.Linear(h, SPAN_HIDDEN), nn.Linear(SPAN_HIDDEN, 9)
        self.link = nn.ModuleDict({f"{kind}_{end}": nn.Linear(2 * h, LINK) for kind in ("source", "content") for end in ("query", "candidate")})
        self.link_none = nn.Parameter(torch.zeros(LINK))
        self.link_relation = nn.Parameter(torch.zeros(2, data.N_GAPS + data.N_SENTENCES + data.N_BETWEEN + 1))
        # What one label adds to the score of the next: zero until the heads are trained on whole sequences (train.py --sequences).
        n = len(labels["entity"])
        self.entity_next, self.span_next = nn.Parameter(torch.zeros(n, n)), nn.Parameter(torch.zeros(3, 3, 3))
        self.arc_dep, self.arc_head = nn.Linear(h, ARC), nn.Linear(h, ARC)
        self.rel_dep, self.rel_head = nn.Linear(h, REL), nn.Linear(h, REL)
        self.arc_root, self.rel_root = nn.Parameter(torch.randn(ARC) * 0.1), nn.Parameter(torch.randn(REL) * 0.1)
        self.arc_bilinear, self.arc_headbias = nn.Parameter(torch.randn(ARC, ARC) * 0.02), nn.Parameter(torch.zeros(ARC))
        self.rel_bilinear = nn.Parameter(torch.randn(len(labels["deprel"]), REL + 1, REL + 1) * 0.02)

    def tags(self, h):
        return {name: layer(h).float() for name, layer in self.tag.items()}

    def entity(self, h, p=0.0):
        return self.entity_out(drop(leaky(self.entity_hidden(h)), p)).float()

    def spans(self, h, p=0.0):
        return self.span_out(drop(leaky(self.span_hidden(h)), p)).float()

    def links(self, h, rows, p=0.0):
        """rows: data.pairs of one kind -> a score for each"""
        kind = int(rows[0, 0])
        name = ("source", "content")[kind]
        ends = lambda at: torch.cat([h[rows[:, at].clamp(min=0)], h[rows[:, at + 1].clamp(min=0)]], 1)
        q = drop(leaky(self.link[name + "_query"](ends(2))), p).float()
        c = drop(leaky(self.link[name + "_candidate"](ends(4))), p).float()
        none = rows[:, 4] < 0
        c = torch.where(none[:, None], self.link_none, c)
        w = self.link_relation[kind]
        lies = w[rows[:, 6]] + w[data.N_GAPS + rows[:, 7]] + w[data.N_GAPS + data.N_SENTENCES + rows[:, 8]]
        return (q * c).sum(1) / LINK ** 0.5 + torch.where(none, w[-1], lies)

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
        scores = torch.bmm(dep @ self.arc_bilinear + self.arc_headbias, head.transpose(1, 2)).float()
        allowed = torch.cat([torch.ones(len(s), 1, dtype=torch.bool), mask], 1)[:, None, :] & ~torch.cat(
            [torch.zeros(longest, 1, dtype=torch.bool), torch.eye(longest, dtype=torch.bool)], 1)[None]
        return scores.masked_fill(~allowed, float("-inf")), index, mask

    def rels(self, h, dep_at, head_at, p=0.0):
        """head_at: token index of the head, -1 for the root -> (n, relations)"""
        one = torch.ones(len(dep_at), 1)
        d = drop(leaky(self.rel_dep(h)), p)[dep_at]
        g = drop(leaky(self.rel_head(h)), p)
        g = torch.where((head_at < 0)[:, None], self.rel_root.to(g.dtype), g[head_at.clamp(min=0)])
        d, g = torch.cat([d, one], 1), torch.cat([g, one], 1)
        r, k = self.rel_bilinear.shape[:2]
        left = (d @ self.rel_bilinear.permute(1, 0, 2).reshape(k, r * k)).view(len(d), r, k)
        return torch.bmm(left, g.to(left.dtype)[:, :, None])[:, :, 0].float()

    def tree_loss(self, h, batch, p, sequences=False):
        tags = self.tags(h)
        loss = sum(w * F.cross_entropy(tags[n], batch[n], ignore_index=-1, label_smoothing=0.03) for n, w in
                   (("upos", 0.5), ("xpos", 0.5), ("feats", 0.3), ("lemma", 0.3)))
        arc, index, mask = self.arcs(h, batch["bounds"], p)
        head = batch["head"]  # position of the head in its sentence, 0 the root
        loss = loss + F.cross_entropy(arc[mask], head[index[mask]])
        start = torch.repeat_interleave(batch["bounds"][:, 0], batch["bounds"][:, 1] - batch["bounds"][:, 0])
        head_at = torch.where(head > 0, F.pad(start, (0, len(head) - len(start))) + head - 1, -1)
        rel = self.rels(h, torch.arange(len(head)), head_at, p)
        return loss + F.cross_entropy(rel, batch["rel"], ignore_index=-1)

    def entity_loss(self, h, batch, p, sequences=False):
        scores = self.entity(h, p)
        if sequences:
            return chain(scores, self.entity_next, batch["entity"], sentence_starts(batch)) / len(scores)
        share = F.log_softmax(scores, 1)
        ok = (batch["entity"][:, None] >> torch.arange(share.shape[1])[None]) & 1
        return -torch.logsumexp(share.masked_fill(ok == 0, float("-inf")), 1).mean()

    def span_loss(self, h, batch, p, sequences=False):
        scores = self.spans(h, p).view(-1, 3, 3)
        if sequences:
            allowed = torch.where(batch["span"] < 0, 7, 1 << batch["span"].clamp(min=0))
            loss = sum(chain(scores[:, k], self.span_next[k], allowed[:, k], batch["start"]) for k in range(3)) / (3 * len(scores))
        else:
            loss = F.cross_entropy(scores.reshape(-1, 3), batch["span"].reshape(-1), ignore_index=-1)
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


def sentence_starts(batch):
    """Bounds of the runs that a batch's labels are chained in: its sentences, and what fills it up."""
    bounds, n = batch["bounds"], batch["start"][-1:]
    return torch.cat([bounds[:, 0], n] if bounds[-1, 1] == n else [bounds[:, 0], bounds[-1:, 1], n])


def rules(k):
    """Labels O, B-K, I-K, B-K, I-K ...: I-K only after B-K or I-K, so never first -> (what may follow what, what may be first)"""
    follow, first = torch.zeros(k, k), torch.zeros(k)
    for j in range(2, k, 2):
        follow[:, j] = first[j] = -1e9
        follow[j - 1, j] = follow[j, j] = 0
    return follow, first


def chain(scores, following, allowed, start):
    follow, first = rules(scores.shape[1])
    return Chain.apply(scores.float(), following + follow, first, allowed.contiguous(), start)


def viterbi(scores, following):
    """The best label sequence under the rules; `following` is what one label adds to the score of the next."""
    n, k = scores.shape
    block = rules(k)[0] + following.detach()
    best = scores[0].clone()
    best[2::2] = float("-inf")
    back = []
    for t in range(1, n):
        value, arg = (best[:, None] + block).max(0)
        best = value + scores[t]
        back.append(arg)
    out = [int(best.argmax())]
    for arg in reversed(back):
        out.append(int(arg[out[-1]]))
    return out[::-1]


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


def tree(scores):
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
