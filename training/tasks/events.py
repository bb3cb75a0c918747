"""Events: triggers with a PLOVER type, parties, dates and places; who has which role for which trigger; what is said of each trigger.

A window is a run of whole sentences of an article, paragraph borders or not, of at most WINDOW tokens: what the head's own layers read as one run.
"""
import bisect
import json
import pickle
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from corpora import Corpus, opened
from layers import drop, full, leaky
from sequences import chain, sentence_starts, spans_of, viterbi
from tasks.statements import N_BETWEEN, N_GAPS, N_SENTENCES, relation

NAME = "event"
WINDOW = 400
HIDDEN, SEEN, LINK, PARTY, SAME = 128, 128, 128, 64, 64
TYPES = ("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT")
TRIGGER = ["O"] + [f"{p}-{t}" for t in TYPES for p in "BI"]
SPANS = ("party", "date", "place")
ROLES = ("actor", "recipient", "date", "place")
STATUS = ("occurred", "planned", "conditional", "negated", "alleged")
ANY = (1 << len(TRIGGER)) - 1
# Types of which the corpus has too few to be learned beside the others; every second of their mentions was missed.
RARE = {"SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REJECT", "THREATEN", "MOBILIZE", "SANCTION", "AGREE"}
# Sentences before the trigger's own in which its parties may stand.
REACH = 4
# How many earlier triggers may be mentions of the same event.
EARLIER = 24
N_SAME = 13
# A code or a sector that is rarer than this is not told apart.
LEAST = 3
SECTORS = set("GOV MIL COP LEG JUD OPP REB PTY CVL MED BUS CRM SPY ELI JRN REL LAB EDU HLH SET REF UAF PRM INS SEP HRI".split())
BODIES = {"IGO", "NGO", "NGM", "MNC", "IMG", "INT", "ISM"}


def sector_of(code):
    """The sector of a party's code; empty for a bare state or an international body."""
    if code[:3] in BODIES:
        return ""
    return code[:3] if code[:3] in SECTORS else code[3:6]


def token_span(starts, ends, span):
    """First and last token that touch a span of characters; None if there are none."""
    first, last = bisect.bisect_right(ends, span[0]), bisect.bisect_left(starts, span[1]) - 1
    return (first, last) if first <= last < len(starts) else None


def windows_of(sentences, most=WINDOW):
    """Runs of whole sentences of at most `most` tokens -> (first, last + 1)"""
    out, begin, size = [], 0, 0
    for k, s in enumerate(sentences):
        if k > begin and size + len(s) > most:
            out.append((begin, k))
            begin, size = k, 0
        size += len(s)
    return out + [(begin, len(sentences))]


def read(path, tokens):
    """The event corpus. `tokens` is what `evaluate tokens` makes of `path`. A window is a doc.

    Labels are sets (a bit for each that is allowed). The first sentence of a window carries `window`: how many tokens it has, the spans of parties (with code), dates and places, and its
    mentions of events. Positions are tokens of the window.
    """
    out = []
    with opened(path) as f, opened(tokens) as g:
        for line, cut in zip(f, g):
            row, cut = json.loads(line), json.loads(cut)
            assert row["id"] == cut["id"], f"{tokens}: made from other articles than {path}"
            every = [s for paragraph in cut["paragraphs"] for s in paragraph]
            for number, (a, b) in enumerate(windows_of(every)):
                out += window_of(row, every[a:b], f"{row['id']}/{number}")
    return out


def window_of(row, sentences, doc):
    text, flat = row["text"], [t for s in sentences for t in s]
    starts, ends = [s for s, _ in flat], [e for _, e in flat]
    inside = lambda span: span is not None and starts[0] <= span[0] and span[1] <= ends[-1]
    place = lambda span: token_span(starts, ends, span) if inside(span) else None
    labels = np.zeros((len(flat), 1 + len(SPANS)), np.int64)
    spans = [{} for _ in SPANS]
    mentions, number = [], {}
    for at, e in enumerate(row["events"]):
        trigger = place(e["trigger"])
        if trigger is None or labels[trigger[0]:trigger[1] + 1, 0].any():
            continue
        kind = TYPES.index(e["plover"])
        labels[trigger[0], 0] = 1 + 2 * kind
        labels[trigger[0] + 1:trigger[1] + 1, 0] = 2 + 2 * kind
        roles = []
        for r, parties in enumerate((e["actors"], e["recipients"])):
            for x in parties:
                span = place(x["span"])
                if span is not None:
                    spans[0].setdefault(span, x["code"])
                    roles.append((r, span, x["code"]))
        for r, key in ((2, "date"), (3, "place")):
            span = place(e[key])
            if span is not None:
                spans[r - 1].setdefault(span, "")
                roles.append((r, span, ""))
        number[at] = len(mentions)
        cluster = at if e["same"] is None else e["same"]
        mentions.append({"trigger": trigger, "type": kind, "cameo": e["cameo"], "mode": e["mode"], "status": STATUS.index(e["status"]), "historical": int(e["historical"]),
                         "contexts": e.get("contexts"), "roles": roles, "cluster": cluster, "word": text[e["trigger"][0]:e["trigger"][1]].lower()})
    for k, found in enumerate(spans):
        # Of spans that share tokens the longest is labelled: labels cannot nest.
        for first, last in sorted(found, key=lambda s: (s[0] - s[1], s)):
            if not labels[first:last + 1, 1 + k].any():
                labels[first, 1 + k], labels[first + 1:last + 1, 1 + k] = 1, 2
    out, at = [], 0
    for s in sentences:
        out.append({"forms": [text[a:b] for a, b in s], NAME: 1 << labels[at:at + len(s)], "doc": doc})
        at += len(s)
    out[0]["window"] = {"tokens": len(flat), "spans": spans, "mentions": mentions}
    return out


# A window is one segment to the head, and one or several to the encoder.
WHOLE = True
def silver(path):
    """Sentences of silver_events.py."""
    return pickle.loads(path.read_bytes())


def rare(path, tokens):
    """The windows in which an event of a rare type is told."""
    sentences = read(path, tokens)
    kept = {s["doc"] for s in sentences if any(TYPES[m["type"]] in RARE for m in s.get("window", {}).get("mentions", ()))}
    return [s for s in sentences if s["doc"] in kept]


_FILES = ("events/corpus/train.jsonl", "work/events-train.tokens.jsonl")
CORPORA = {"events": Corpus(_FILES, read), "events-rare": Corpus(_FILES, rare), "events-silver": Corpus(("work/events-silver.pickle",), silver),
           "written": Corpus(("work/written.jsonl", "work/written.tokens.jsonl"), read)}


def cut(sentences, noise):
    """Where the encoder's windows in a window end: all together as in a long paragraph, a few sentences each, or one, as in news wire."""
    chance = noise.random() if noise is not None else 0.0
    if chance < 0.35:
        return [len(sentences)]
    share = 0.4 if chance < 0.65 else 1.0
    return [k + 1 for k in range(len(sentences)) if k + 1 == len(sentences) or noise.random() < share]


def labels(sets):
    """CAMEO codes and modes by type, as far as the corpus has them often enough; the others are not learned."""
    seen = {"cameo": Counter(), "mode": Counter(), "context": Counter(), "sector": Counter()}
    for s in sets.get("events", ()):
        for m in s.get("window", {}).get("mentions", ()):
            kind = TYPES[m["type"]]
            seen["cameo"][f"{kind}/{m['cameo']}"] += 1
            if m["mode"]:
                seen["mode"][f"{kind}/{m['mode']}"] += 1
            seen["context"].update(m["contexts"] or ())
        seen["sector"].update(sector_of(code) for code in s.get("window", {}).get("spans", [{}])[0].values())
    often = {k: sorted(x for x, n in c.items() if n >= LEAST and x) for k, c in seen.items()}
    return {NAME: TRIGGER, "cameo": often["cameo"], "mode": ["", *often["mode"]], "status": list(STATUS), "context": often["context"], "sector": ["", *often["sector"]]}


def targets(segments, starts, bounds, labels, layer):
    """Labels, and rows about the mentions: `attributes` (first, last, type, cameo, mode, status, historical, contexts as a mask or -1), `links` (role kind, trigger,
    candidate, relation, wanted actor, recipient, known?), `parties` (first, last, sector) and `sames`."""
    flat = np.concatenate([s[NAME] for run in segments for s in run])
    out = {name: layer(flat[:, k], ANY if k == 0 else 7) for k, name in enumerate(("trigger", *SPANS))}
    number = {key: {x: i for i, x in enumerate(labels[key])} for key in ("cameo", "mode", "context", "sector")}
    attributes, links, parties, sames, group, at = [], [], [], [], 0, 0
    for base, run in zip(starts, segments):
        own = bounds[at:at + len(run)]
        at += len(run)
        window = run[0].get("window")
        if window is None or window["tokens"] != sum(len(s["forms"]) for s in run):
            continue
        ends = [e - base for _, e in own]
        sentence_of = lambda token: bisect.bisect_right(ends, token)
        spans, mentions = window["spans"], window["mentions"]
        parties += [(f + base, l + base, number["sector"].get(sector_of(code), -1)) for (f, l), code in spans[0].items() if code]
        for n, m in enumerate(mentions):
            (first, last), kind = m["trigger"], TYPES[m["type"]]
            mask = -1 if m["contexts"] is None else sum(1 << number["context"][c] for c in m["contexts"] if c in number["context"])
            attributes.append((first + base, last + base, m["type"], number["cameo"].get(f"{kind}/{m['cameo']}", -1), number["mode"].get(f"{kind}/{m['mode']}" if m["mode"] else "", -1),
                               m["status"], m["historical"], mask))
            here = sentence_of(first)
            for k, found in enumerate(spans):
                near = sorted(s for s in found if here - REACH <= sentence_of(s[0]) <= here)
                wanted = [{s for r, s, _ in m["roles"] if r == (k + 1 if k else side)} for side in (0, 1)]
                codes = [{c for r, _, c in m["roles"] if k == 0 and r == side} for side in (0, 1)]
                for s in near:
                    yes = [s in w for w in wanted]
                    # Another mention of who acts is no wrong answer in an earlier sentence; what it would be is not known.
                    known = [y or k > 0 or sentence_of(s[0]) == here or found[s] not in codes[side] for side, y in enumerate(yes)]
                    if "unsure" in m:
                        known = [w and (k + 1 if k else side, s) not in m["unsure"] for side, w in enumerate(known)]
                    links.append((k, first + base, last + base, s[0] + base, s[1] + base, *relation((first, last), s, sentence_of, near), *yes, *known))
            earlier = mentions[max(0, n - EARLIER):n]
            right = [m["cluster"] == o["cluster"] for o in earlier]
            # Which mentions are of one event a teacher does not say.
            earlier = [] if "unsure" in m else earlier
            for o, yes in zip(earlier, right):
                (a, b) = o["trigger"]
                sames.append((group, first + base, last + base, a + base, b + base, int(o["type"] == m["type"]), int(o["word"] == m["word"]), min(abs(here - sentence_of(a)), 7), yes))
            if earlier:
                sames.append((group, first + base, last + base, -1, -1, 0, 0, 0, not any(right)))
                group += 1
    table = lambda rows, width: torch.tensor(rows, dtype=torch.long).view(-1, width)
    return {**out, "attributes": table(attributes, 8), "links": table(links, 12), "parties": table(parties, 3), "sames": table(sames, 9)}


class Head(nn.Module):
    def __init__(self, width, labels):
        super().__init__()
        h, self.labels = 2 * width, labels
        self.sizes = [len(labels["cameo"]), len(labels["mode"]), len(STATUS), 1, len(labels["context"])]
        self.hidden, self.out = nn.Linear(h, HIDDEN), nn.Linear(HIDDEN, len(TRIGGER) + 3 * len(SPANS))
        self.next = nn.Parameter(torch.zeros(len(TRIGGER) ** 2 + 9 * len(SPANS)))
        self.trigger, self.attribute = nn.Linear(2 * h, SEEN), nn.Linear(SEEN, sum(self.sizes))
        self.party, self.sector = nn.Linear(2 * h, PARTY), nn.Linear(PARTY, len(labels["sector"]))
        self.query, self.candidate = nn.Linear(2 * h, LINK), nn.Linear(2 * h, LINK)
        role = torch.zeros(len(ROLES), LINK + N_GAPS + N_SENTENCES + N_BETWEEN + 1)
        role[:, :LINK] = torch.randn(len(ROLES), LINK) * 0.5
        self.role = nn.Parameter(role)
        self.same_query, self.same_candidate = nn.Linear(2 * h, SAME), nn.Linear(2 * h, SAME)
        self.same = nn.Parameter(torch.zeros(N_SAME))
        # Which codes and modes belong to a type: all others are no choice.
        kind_of = lambda names: torch.tensor([TYPES.index(x.split("/")[0]) if x else -1 for x in names])
        self.register_buffer("kinds", torch.cat([kind_of(labels["cameo"]), kind_of(labels["mode"])]), persistent=False)

    def forward(self, h, p=0.0):
        return full(self.out(drop(leaky(self.hidden(h)), p)))

    def following(self):
        """Transitions of the trigger's chain and of each kind of span's."""
        n = len(TRIGGER)
        return [self.next[:n * n].view(n, n), *self.next[n * n:].view(len(SPANS), 3, 3)]

    def ends(self, h, rows, at=0):
        return torch.cat([h[rows[:, at].clamp(min=0)], h[rows[:, at + 1].clamp(min=0)]], 1)

    def attributes(self, h, rows, p=0.0):
        """rows: first and last token, type -> scores of cameo, mode, status, historical, contexts; those of another type at -inf"""
        scores = full(self.attribute(drop(leaky(self.trigger(self.ends(h, rows))), p))).split(self.sizes, 1)
        own = (self.kinds[None] == rows[:, 2:3]) | (self.kinds[None] < 0)
        cameo, mode = own.split(self.sizes[:2], 1)
        return (scores[0].masked_fill(~cameo, -1e9), scores[1].masked_fill(~mode, -1e9), *scores[2:])

    def sectors(self, h, rows, p=0.0):
        return full(self.sector(drop(leaky(self.party(self.ends(h, rows))), p)))

    def links(self, h, rows, p=0.0):
        """rows: kind, trigger, candidate, relation -> (n, 2): actor and recipient for a party; the date's or the place's twice"""
        q, c = (full(drop(leaky(layer(self.ends(h, rows, at))), p)) for layer, at in ((self.query, 1), (self.candidate, 3)))
        role = torch.where((rows[:, :1] == 0), torch.tensor([[0, 1]], device=rows.device), rows[:, :1] + 1)
        w = self.role[role]
        lies = sum(w.gather(2, (LINK + base + rows[:, 5 + k])[:, None, None].expand(-1, 2, 1))[:, :, 0] for k, base in enumerate((0, N_GAPS, N_GAPS + N_SENTENCES)))
        return ((q * c)[:, None] * w[:, :, :LINK]).sum(2) / LINK ** 0.5 + lies + w[:, :, -1]

    def sames(self, h, rows, p=0.0):
        """rows: group, trigger, earlier trigger (-1: none), same type, same word, sentences apart -> a score for each"""
        q, c = (full(drop(leaky(layer(self.ends(h, rows, at))), p)) for layer, at in ((self.same_query, 1), (self.same_candidate, 3)))
        score = (q * c).sum(1) / SAME ** 0.5 + self.same[rows[:, 5]] + self.same[2 + rows[:, 6]] + self.same[4 + rows[:, 7]]
        return torch.where(rows[:, 3] < 0, self.same[12], score)

    def losses(self, h, batch, p):
        """-> {part: loss}, each by its own unit"""
        scores, n = self(h, p), len(h)
        starts = sentence_starts(batch)
        out, at = {}, 0
        for name, following in zip(("trigger", *SPANS), self.following()):
            k = len(following)
            out[name] = 10 * chain(scores[:, at:at + k], following, batch[name], starts) / n
            at += k
        rows = batch["attributes"]
        if len(rows):
            cameo, mode, status, historical, contexts = self.attributes(h, rows, p)
            for name, found, column in (("cameo", cameo, 3), ("mode", mode, 4), ("status", status, 5)):
                out[name] = F.cross_entropy(found, rows[:, column], ignore_index=-1, reduction="sum") / len(rows)
            out["historical"] = F.binary_cross_entropy_with_logits(historical[:, 0], rows[:, 6].float())
            known = rows[:, 7] >= 0
            bits = (rows[:, 7:8].clamp(min=0) >> torch.arange(self.sizes[4], device=rows.device)[None]) & 1
            out["contexts"] = (F.binary_cross_entropy_with_logits(contexts, bits.float(), reduction="none").sum(1) * known).sum() / known.sum().clamp(min=1)
        rows = batch["links"]
        if len(rows):
            found = F.binary_cross_entropy_with_logits(self.links(h, rows, p), rows[:, 8:10].float(), reduction="none")
            # A date or a place is asked once.
            weight = rows[:, 10:12].float() * torch.where(rows[:, :1] == 0, 1.0, 0.5)
            out["links"] = (found * weight).sum() / max(1, len(batch["attributes"]))
        rows = batch["parties"]
        if len(rows):
            out["sector"] = F.cross_entropy(self.sectors(h, rows, p), rows[:, 2], ignore_index=-1, reduction="sum") / len(rows)
        rows = batch["sames"]
        if len(rows):
            scores, group = self.sames(h, rows, p), rows[:, 0]
            groups = torch.full((len(rows), 2), float("-inf"), device=rows.device)
            most = int(group[-1]) + 1
            total = lambda some: torch.logsumexp(torch.where((group[None] == torch.arange(most, device=rows.device)[:, None]) & some[None], scores[None], float("-inf")), 1)
            right = rows[:, 8] == 1
            out["same"] = (total(torch.ones_like(right)) - total(right)).mean()
        return out

    WEIGHTS = {"date": 0.5, "place": 0.5, "cameo": 0.3, "mode": 0.2, "status": 0.3, "historical": 0.3, "contexts": 0.1, "links": 0.5, "sector": 0.2, "same": 0.3}

    def loss(self, h, batch, p, sequences=True):
        """Labels are always learned as sequences."""
        return sum(self.WEIGHTS.get(name, 1.0) * x for name, x in self.losses(h, batch, p).items())

    def sections(self, linear, get):
        out = {}
        for name, layer in (("hidden", self.hidden), ("out", self.out), ("trigger", self.trigger), ("attribute", self.attribute), ("party", self.party), ("sector", self.sector),
                            ("link.query", self.query), ("link.candidate", self.candidate), ("same.query", self.same_query), ("same.candidate", self.same_candidate)):
            out.update(linear(f"{NAME}.{name}", layer))
        return {**out, "event.next": (get(self.next), "f32"), "event.link.role": (get(self.role), "f32"), "event.same.relation": (get(self.same), "f32")}


def spans_with_type(labels):
    """-> (type, first, last) of a sequence of trigger labels"""
    out = []
    for at, label in enumerate(labels):
        if label % 2:
            out.append([label // 2, at, at])
        elif label and out:
            out[-1][2] = at
    return out


@torch.no_grad()
def decode(head, h, scores, bounds, also=0.0):
    """Everything that the head says of a text (`also`: what signs add to the transitions of triggers), tokens counted in the batch -> (spans, mentions).

    spans: for parties, dates and places lists of [first, last], parties with the number of their sector. mentions: {trigger, type, cameo, mode, status, historical,
    contexts, roles: [[role, first, last, probability]], same: number of the earlier mention or -1}. Whether two triggers
    are the same words is not asked here.
    """
    following, n = head.following(), len(TRIGGER)
    following[0] = following[0] + also
    sentence_of = lambda token: next(k for k, (_, e) in enumerate(bounds) if token < e)
    triggers, spans = [], [[] for _ in SPANS]
    for i, j in bounds:
        triggers += [(kind, i + a, i + b) for kind, a, b in spans_with_type(viterbi(scores[i:j, :n], following[0]))]
        for k in range(len(SPANS)):
            spans[k] += [(i + a, i + b - 1) for a, b in spans_of(viterbi(scores[i:j, n + 3 * k:n + 3 * k + 3], following[1 + k]))]
    mentions = []
    for number, (kind, first, last) in enumerate(triggers):
        here, roles, rows = sentence_of(first), [], []
        for k, found in enumerate(spans):
            near = [s for s in found if here - REACH <= sentence_of(s[0]) <= here]
            rows += [(k, first, last, *s, *relation((first, last), s, sentence_of, near)) for s in near]
        shares = torch.sigmoid(head.links(h, torch.tensor(rows))).tolist() if rows else []
        best = {}
        for row, (actor, recipient) in zip(rows, shares):
            k, span = row[0], list(row[3:5])
            if k == 0 and max(actor, recipient) > 0.5:
                roles.append([int(recipient > actor), *span, max(actor, recipient)])
            elif k and actor > max(0.5, best.get(k, (0, 0, 0, 0.5))[3]):
                best[k] = [k + 1, *span, actor]
        cameo, mode, status, historical, contexts = (x[0] for x in head.attributes(h, torch.tensor([[first, last, kind]])))
        earlier = triggers[max(0, number - EARLIER):number]
        same = [(0, first, last, a, b, int(other == kind), 0, min(abs(here - sentence_of(a)), 7)) for other, a, b in earlier] + [(0, first, last, -1, -1, 0, 0, 0)]
        at = int(head.sames(h, torch.tensor(same)).argmax())
        mentions.append({"trigger": [first, last], "type": kind, "cameo": head.labels["cameo"][int(cameo.argmax())], "mode": head.labels["mode"][int(mode.argmax())],
                         "status": int(status.argmax()), "historical": bool(historical[0] > 0), "contexts": torch.nonzero(contexts > 0)[:, 0].tolist(),
                         "roles": roles + list(best.values()), "same": max(0, number - EARLIER) + at if at < len(earlier) else -1})
    parties = torch.tensor(spans[0]).view(-1, 2)
    sectors = head.sectors(h, parties).argmax(1).tolist() if len(parties) else []
    return [[[*s, x] for s, x in zip(spans[0], sectors)], *([list(s) for s in found] for found in spans[1:])], mentions
