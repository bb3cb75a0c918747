"""Names of persons, bodies and places, nationalities, dates, events and titles.

Labels of six schemes meet in one label set: a corpus that does not mark a kind says nothing about it, so each token has a *set* of labels
that its annotation allows (a bit mask) and the loss is on the sum of their shares.
"""
import functools
import pickle
from pathlib import Path

import torch
from torch import nn

from corpora import Corpus, opened
from gazetteer import TITLES
from layers import drop, full, leaky
from sequences import chain, sentence_starts, token_loss, viterbi

NAME = "entity"
HIDDEN = 128
KINDS = ("PER", "ORG", "LOC", "NAT", "DATE", "EVENT", "MISC", "TITLE")
LABELS = ["O"] + [f"{p}-{k}" for k in KINDS for p in "BI"]
BIT = {label: 1 << i for i, label in enumerate(LABELS)}
ANY = (1 << len(LABELS)) - 1


def bio(path):
    """-> (forms, tags, labels) of each sentence"""
    out, cur = [], ([], [], [])
    with opened(path) as f:
        for line in list(f) + ["\n"]:
            line = line.rstrip("\n")
            if not line:
                if cur[0]:
                    out.append(cur)
                cur = ([], [], [])
            elif not (line.startswith("# ") and "\t" not in line):
                for column, value in zip(cur, line.split("\t")):
                    column.append(value)
    return out


def typed_spans(tags):
    """-> (first, last + 1, kind)"""
    out, start, kind = [], None, None
    for i, tag in enumerate(list(tags) + ["O"]):
        if start is not None and not (tag[0] == "I" and tag[2:] == kind):
            out.append((start, i, kind))
            start = None
        if tag != "O" and start is None:
            start, kind = i, tag[2:]
    return out


def allowed(*kinds):
    """Masks for the first and later tokens of an entity of one of `kinds`."""
    return sum(BIT["B-" + k] for k in kinds), sum(BIT["I-" + k] for k in kinds)


def free(*kinds):
    """The mask of an O token in a corpus that does not mark `kinds`."""
    return BIT["O"] + sum(allowed(*kinds))


TITLE_WORDS = {w for t in TITLES.replace("\n", "").split("|") for w in t.split()} | {"Former", "Ex-President", "Late", "Acting", "Deputy", "Senior", "U.N.", "and"}
# scheme: (what a type may be, what an O may be)
SCHEMES = {
    "gmb": ({"geo": ["LOC"], "gpe": ["LOC"], "org": ["ORG"], "per": ["PER"], "tim": ["DATE"], "art": ["MISC"], "eve": ["EVENT"], "nat": ["MISC"]}, []),
    "wikigold": ({"PER": ["PER"], "LOC": ["LOC"], "ORG": ["ORG"], "MISC": ["MISC", "NAT", "EVENT"]}, ["DATE", "TITLE"]),
    "gum": ({"PER": ["PER"], "LOC": ["LOC"], "ORG": ["ORG"], "DATE": ["DATE"], "EVENT": ["EVENT"], "OBJ": ["MISC"], "MISC": ["MISC", "NAT", "EVENT"]},
            ["NAT", "TITLE", "MISC"]),
    "uner": ({"PER": ["PER"], "LOC": ["LOC"], "ORG": ["ORG"]}, ["NAT", "DATE", "EVENT", "MISC", "TITLE"]),
}


def without_title(forms, labels, masks, s, e):
    """GMB's persons include the title; elsewhere not. It is cut off where its words are known and becomes a TITLE. A title without a name
    ("Prime" of "Prime Minister", "Mr." before a name that passes for a place) is none either -> where the name begins; None if nothing is left"""
    cut = s
    while cut < e - 1 and forms[cut] in TITLE_WORDS or cut < e and cut == e - 1 and forms[cut].capitalize() in TITLE_WORDS | {"Prime", "Vice"}:
        cut += 1
    if cut == s:
        return s
    first, later = allowed("TITLE")
    if cut < e:
        masks[s:cut] = [first] + [later] * (cut - s - 1)
        return cut
    first, later = first | BIT["O"], later | BIT["O"]
    masks[s:e] = [first] + [later] * (e - s - 1)
    if e < len(forms) and forms[e].capitalize() in TITLE_WORDS and labels[e] == "O":
        masks[e] = later
    return None


def read(path, scheme, group=0):
    """`group`: sentences in a row that pass for one document (0: the whole file)."""
    types, unmarked = SCHEMES[scheme]
    out = []
    for number, (forms, tags, labels) in enumerate(bio(path)):
        masks = [free(*unmarked)] * len(forms)
        for s, e, kind in typed_spans(labels):
            kinds = types[kind]
            if kind == "gpe" and (tags[e - 1].startswith("JJ") or tags[e - 1] in ("NNS", "NNPS")):
                kinds = ["NAT"]
            if kind == "per" and scheme == "gmb":
                s = without_title(forms, labels, masks, s, e)
                if s is None:
                    continue
            first, later = allowed(*kinds)
            masks[s:e] = [first] + [later] * (e - s - 1)
        out.append({"forms": forms, "doc": str(number // group) if group else scheme, NAME: masks})
    return out


def learned_from(sentences):
    """The first nine tenths of GMB's train part; the last is for measuring."""
    return sentences[:len(sentences) * 9 // 10]


def gmb(path):
    return learned_from(read(path, "gmb", group=4))


def gmb_more(path, train):
    """The rest of the same newswire, without the sentences that stand word for word in what is kept for measuring."""
    everything = bio(train)
    kept = {tuple(forms) for forms, _, _ in everything[len(learned_from(everything)):]}
    return [s for s in read(path, "gmb", group=4) if tuple(s["forms"]) not in kept]


def uner(path):
    """The train part of this set could not be had, so every second block of twenty sentences of its dev part is learned from."""
    return [s for s in read(path, "uner", group=20) if int(s["doc"]) % 2 == 0]


def silver(path):
    """Sentences of silver.py, or of named.py."""
    return pickle.loads(path.read_bytes())


def kept_apart(ner):
    """The parts of the sets that training leaves alone -> {set: (sentences of `bio`, options of the scorer)}"""
    newswire, web = bio(ner / "gmb-train.bio"), bio(ner / "uner_ewt-dev.bio")
    return {"gmb": (newswire[len(learned_from(newswire)):], ["--scheme", "gmb", "--match", "end"]),
            "uner": ([s for i, s in enumerate(web) if i // 20 % 2 == 1], []),
            "gum": (bio(ner / "gum-dev.bio"), [])}


_NER = "treebank/ner/"
CORPORA = {
    "gmb": Corpus((_NER + "gmb-train.bio",), gmb, 0.15),
    "gmb-more": Corpus((_NER + "gmb-more.bio.gz", _NER + "gmb-train.bio"), gmb_more),
    "wikigold": Corpus((_NER + "wikigold.bio",), functools.partial(read, scheme="wikigold", group=4), 0.06),
    "gumner": Corpus((_NER + "gum-train.bio",), functools.partial(read, scheme="gum", group=4), 0.05),
    "uner": Corpus((_NER + "uner_ewt-dev.bio",), uner, 0.02),
    "silver": Corpus(("work/silver.pickle",), silver),
    "names-silver": Corpus(("work/names-silver.pickle",), silver),
}


def believe(sets, path):
    """Puts what doubt.py made in the place of the labels of the corpora that it doubted."""
    for name, masks in pickle.loads(Path(path).read_bytes()).items():
        for s, own in zip(sets.get(name, ()), masks, strict=name in sets):
            s[NAME] = own


def labels(sets):
    return {NAME: LABELS}


def targets(segments, starts, bounds, labels, layer):
    return {NAME: layer([x for sentences in segments for s in sentences for x in s[NAME]], ANY)}


class Head(nn.Module):
    def __init__(self, width, labels):
        super().__init__()
        n = len(labels[NAME])
        self.hidden, self.out = nn.Linear(2 * width, HIDDEN), nn.Linear(HIDDEN, n)
        # What one label adds to the score of the next: zero until the head is trained on whole sequences (train.py --sequences).
        self.next = nn.Parameter(torch.zeros(n, n))

    def forward(self, h, p=0.0):
        return full(self.out(drop(leaky(self.hidden(h)), p)))

    def loss(self, h, batch, p, sequences=False):
        scores = self(h, p)
        if sequences:
            return chain(scores, self.next, batch[NAME], sentence_starts(batch)) / len(scores)
        return token_loss(scores, batch[NAME])

    def sections(self, linear, get):
        return {**linear("entity.hidden", self.hidden), **linear("entity.out", self.out), "entity.next": (get(self.next), "f32")}


def decode(scores, following):
    return [LABELS[k] for k in viterbi(scores, following)]
