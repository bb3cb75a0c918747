"""Readers of the annotated corpora, each to a list of sentences with only the layers that the corpus has.

A sentence is a dict: forms, doc, and whichever of upos, xpos, feats, lemma, head, rel, entity, span it carries.
Entity labels of six schemes meet in one label set: a corpus that does not mark a kind says nothing about it, so
each token has a *set* of labels that its annotation allows (a bit mask) and the loss is on the sum of their shares.
"""
import gzip
import json
import re
from collections import defaultdict

from gazetteer import TITLES

FEATS = {"Number", "Tense", "VerbForm", "Person", "Mood", "PronType", "Voice", "Case", "Poss", "Polarity", "Degree", "Gender", "NumType", "Reflex"}
ENTITY_KINDS = ("PER", "ORG", "LOC", "NAT", "DATE", "EVENT", "MISC", "TITLE")
ENTITY = ["O"] + [f"{p}-{k}" for k in ENTITY_KINDS for p in "BI"]
BIT = {label: 1 << i for i, label in enumerate(ENTITY)}


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")


def conllu(path):
    out, cur, doc = [], None, ""
    fresh = lambda: defaultdict(list)
    cur = fresh()
    with opened(path) as f:
        for line in f:
            line = line.rstrip("\n")
            if not line:
                if cur["forms"]:
                    out.append(dict(cur, doc=doc))
                cur = fresh()
            elif line[0] == "#":
                if line.startswith("# newdoc"):
                    doc = line.split("=", 1)[-1].strip()
            else:
                c = line.split("\t")
                if not c[0].isdigit():
                    continue
                kept = [x for x in c[5].split("|") if x.split("=")[0] in FEATS]
                for name, value in (("forms", c[1]), ("lemma", c[2]), ("upos", c[3]), ("xpos", c[4]), ("feats", "|".join(kept) or "_"),
                                    ("head", int(c[6])), ("rel", c[7])):
                    cur[name].append(value)
    return out


def bio(path):
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


def spans(tags):
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


def entities(path, scheme, group=0):
    """`group`: sentences in a row that pass for one document where the file names none (0: ids up to the last '-')."""
    types, unmarked = SCHEMES[scheme]
    out = []
    for number, (forms, tags, labels) in enumerate(bio(path)):
        masks = [free(*unmarked)] * len(forms)
        for s, e, kind in spans(labels):
            kinds = types[kind]
            if kind == "gpe" and (tags[e - 1].startswith("JJ") or tags[e - 1] in ("NNS", "NNPS")):
                kinds = ["NAT"]
            if kind == "per" and scheme == "gmb":
                # Here a person includes the title; elsewhere not. Cut it off where its words are known.
                cut = s
                while cut < e - 1 and forms[cut] in TITLE_WORDS:
                    cut += 1
                if cut > s:
                    first, later = allowed("TITLE")
                    masks[s:cut] = [first] + [later] * (cut - s - 1)
                    s = cut
            first, later = allowed(*kinds)
            masks[s:e] = [first] + [later] * (e - s - 1)
        out.append({"forms": forms, "doc": str(number // group) if group else scheme, "entity": masks})
    return out


WORD = re.compile(r"(?:[A-Za-z]\.){2,}|\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sen|Rep|Gov|St|Prof|Jr|Sr|No|vs|Inc|Corp|Co|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\."
                  r"|\d+(?:[.,:]\d+)*|\w+?(?=n['\u2019]t\b)|n['\u2019]t\b|['\u2019](?:s|re|ve|ll|d|m|S)\b|[^\W\d_]+|\w+|\.{2,}|-{2,}|''|``|\S")
SPAN_KINDS = ("source", "cue", "content")
END = re.compile(r"[.!?]")


def statements(path):
    """PolNeAR: a paragraph is a doc; sentences by a rough rule, tokens by a rough copy of the UD conventions."""
    out = []
    with opened(path) as f:
        for line in f:
            row = json.loads(line)
            text = row["text"]
            marks = []
            for k, kind in enumerate(SPAN_KINDS):
                inside = bytearray(len(text))
                for st in row["statements"]:
                    for s, e in st[kind]:
                        inside[s:e] = b"\x02" * (e - s)
                        inside[s] = 1
                marks.append(inside)
            at = 0
            for number, paragraph in enumerate(re.split(r"(\n+)", text)):
                base, at = at, at + len(paragraph)
                cur = {"forms": [], "span": []}
                found = list(WORD.finditer(paragraph))
                state = [False] * 3
                for i, m in enumerate(found):
                    cur["forms"].append(m.group())
                    labels = []
                    for k, inside in enumerate(marks):
                        piece = inside[base + m.start():base + m.end()]
                        if not any(piece):
                            labels.append(0)
                        else:
                            labels.append(1 if 1 in piece or not state[k] else 2)
                        state[k] = bool(labels[k])
                    cur["span"].append(labels)
                    nxt = found[i + 1].group() if i + 1 < len(found) else None
                    closes = m.group() in ('"', "\u201d", "''", ")") and i and found[i - 1].group() in (".", "!", "?")
                    if nxt is None or ((m.group() in (".", "!", "?") and nxt not in ('"', "\u201d", "''", ")")) or closes) and not nxt[0].islower():
                        out.append(dict(cur, doc=f"{row['id']}/{number}"))
                        cur = {"forms": [], "span": []}
    return out


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
