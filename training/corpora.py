"""Readers of the annotated corpora, each to a list of sentences with only the layers that the corpus has.

A sentence is a dict: forms, doc, and whichever of upos, xpos, feats, lemma, head, rel, entity, span it carries.
Entity labels of six schemes meet in one label set: a corpus that does not mark a kind says nothing about it, so
each token has a *set* of labels that its annotation allows (a bit mask) and the loss is on the sum of their shares.
"""
import bisect
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
                # Here a person includes the title; elsewhere not. Cut it off where its words are known. A title without a name
                # ("Prime" of "Prime Minister", "Mr." before a name that passes for a place) is none either.
                cut = s
                while cut < e - 1 and forms[cut] in TITLE_WORDS or cut < e and cut == e - 1 and forms[cut].capitalize() in TITLE_WORDS | {"Prime", "Vice"}:
                    cut += 1
                if cut > s:
                    first, later = allowed("TITLE")
                    if cut == e:
                        first, later = first | BIT["O"], later | BIT["O"]
                        masks[s:e] = [first] + [later] * (e - s - 1)
                        if e < len(forms) and forms[e].capitalize() in TITLE_WORDS and labels[e] == "O":
                            masks[e] = later
                        continue
                    masks[s:cut] = [first] + [later] * (cut - s - 1)
                    s = cut
            first, later = allowed(*kinds)
            masks[s:e] = [first] + [later] * (e - s - 1)
        out.append({"forms": forms, "doc": str(number // group) if group else scheme, "entity": masks})
    return out


SPAN_KINDS = ("source", "cue", "content")


def statements(path, tokens):
    """PolNeAR. `tokens` is what `evaluate tokens` makes of `path`. A paragraph is a doc, since it is read as one run.

    Besides its labels, the first sentence of a paragraph carries `links`: for each statement whose cue stands in the paragraph
    the tokens (first, last; counted in the paragraph) of cue, source (or None) and pieces of content.
    """
    out = []
    with opened(path) as f, opened(tokens) as g:
        for line, cut in zip(f, g):
            row, cut = json.loads(line), json.loads(cut)
            assert row["id"] == cut["id"], f"{tokens}: made from other articles than {path}"
            text, begins = row["text"], [set() for _ in SPAN_KINDS]
            marks = [bytearray(len(text)) for _ in SPAN_KINDS]
            for statement in row["statements"]:
                for k, kind in enumerate(SPAN_KINDS):
                    for s, e in statement[kind]:
                        marks[k][s:e] = b"\x01" * (e - s)
                        begins[k].add(s)
            for number, paragraph in enumerate(cut["paragraphs"]):
                flat = [t for sentence in paragraph for t in sentence]
                first = len(out)
                state = [False] * 3
                for sentence in paragraph:
                    cur = {"forms": [], "span": [], "doc": f"{row['id']}/{number}"}
                    for s, e in sentence:
                        cur["forms"].append(text[s:e])
                        labels = []
                        for k in range(3):
                            inside = any(marks[k][s:e])
                            begin = inside and (not state[k] or any(x in begins[k] for x in range(s, e)))
                            labels.append(1 if begin else 2 if inside else 0)
                            state[k] = inside
                        cur["span"].append(labels)
                    out.append(cur)
                out[first]["links"] = (len(flat), links(row["statements"], flat))
    return out


def links(statements, tokens):
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
