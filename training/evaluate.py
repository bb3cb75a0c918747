"""Annotate the dev sets with gold tokens and score the files with ../shared/eval.

Parses: CoNLL-U with UPOS, XPOS, feats, lemma, head and relation. Entities: BIO. The system files lie in the work folder.
--quantized scores the weights as the model file holds them; --segment says what is read as one run.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import corpora
import data
import gazetteer
import silver_events
from features import fold
from model import load_model
from sections import round_weights
from sequences import spans_of, viterbi
from tasks import events, names, statements, tree
from tasks.sparse import Signs


class Annotator:
    def __init__(self, model, labels, lexicon, table, vocabulary, signs=None):
        self.signs = signs
        self.model, self.labels, self.lexicon, self.table, self.vocabulary = model, labels, lexicon, table, vocabulary

    def runs(self, sentences, segment):
        if segment == "sentence":
            return [[s] for s in sentences]
        out = []
        for s in sentences:
            if out and segment == "document" and out[-1][0]["doc"] == s["doc"] and sum(len(x["forms"]) for x in out[-1]) < 300:
                out[-1].append(s)
            else:
                out.append([s])
        return out

    def __call__(self, sentences, segment="sentence", what=("tree", "entity")):
        """Adds pred_* layers to every sentence."""
        corpora.flagged(sentences, self.table)
        part, n = [], 0
        runs = self.runs(sentences, segment)
        for k, run in enumerate(runs):
            part.append(run)
            n += sum(len(s["forms"]) for s in run)
            if n > 4000 or k + 1 == len(runs):
                self.some(part, what)
                part, n = [], 0

    @torch.no_grad()
    def some(self, part, what):
        b = data.batch(part, self.vocabulary)
        stages, labels = {}, self.labels
        entity, span, syntax = (self.model.heads[task.NAME] for task in (names, statements, tree))
        h = self.model.read(b, stages=stages)
        own = {name: self.model.branch(name, stages, b) if name in self.model.branches else h for name in (names.NAME, statements.NAME)}
        every = [s for run in part for s in run]
        bounds = b["bounds"].tolist()
        if "entity" in what:
            scores, following = entity(own[names.NAME]), entity.next
            if self.signs:
                scores, following = self.signs.beside(scores, following, every)
            for s, (i, j) in zip(every, bounds):
                s["pred_entity"] = [labels["entity"][k] for k in viterbi(scores[i:j], following)]
        if "span" in what:
            scores = span(own[statements.NAME])
            for run, i, j in zip(part, b["start"].tolist(), b["start"].tolist()[1:]):
                run[0]["pred_span"] = [viterbi(scores[i:j, 3 * k:3 * k + 3], span.next[k]) for k in range(3)]
        if "tree" in what:
            tags = {name: scores.argmax(1).tolist() for name, scores in syntax.tags(h).items()}
            by_length = sorted(range(len(every)), key=lambda k: bounds[k][1] - bounds[k][0])
            for at in range(0, len(by_length), 32):
                some = by_length[at:at + 32]
                arc, _, _ = syntax.arcs(h, b["bounds"][some])
                for row, k in enumerate(some):
                    n = len(every[k]["forms"])
                    every[k]["pred_head"] = tree.decode(F.log_softmax(arc[row, :n, :n + 1], 1))
            head_at = torch.full((len(h),), -1)
            for s, (i, j) in zip(every, bounds):
                head_at[i:j] = torch.tensor([i + x - 1 if x else -1 for x in s["pred_head"]])
            root = labels["deprel"].index("root")
            for s, (i, j) in zip(every, bounds):
                rel = syntax.rels(h, torch.arange(i, j), head_at[i:j])
                rel[:, root] = float("-inf")
                s["pred_rel"] = ["root" if x == 0 else labels["deprel"][k] for x, k in zip(s["pred_head"], rel.argmax(1).tolist())]
                for name in ("upos", "xpos", "feats"):
                    s["pred_" + name] = [labels[name][k] for k in tags[name][i:j]]
                s["pred_lemma"] = [self.lemma(f, x, k) for f, x, k in zip(s["forms"], s["pred_xpos"], tags["lemma"][i:j])]

    def lemma(self, form, xpos, guess):
        script = self.lexicon.get((fold(form), xpos)) or self.lexicon.get((fold(form).lower(), xpos)) or self.labels["lemma"][guess]
        return tree.apply_script(form, script) or form


def score_spans(sentences, annotate):
    """Exact spans of each role, by the tokens: what the scorer calls `span ... exact`, but for tokens that cut a span."""
    annotate(sentences, "document", ("span",))
    runs = annotate.runs(sentences, "document")
    out = []
    for k, kind in enumerate(statements.KINDS):
        gold = found = both = 0
        for run in runs:
            g, s = set(spans_of([x[k] for sentence in run for x in sentence[statements.NAME]])), set(spans_of(run[0]["pred_span"][k]))
            gold, found, both = gold + len(g), found + len(s), both + len(g & s)
        p, r = 100 * both / max(found, 1), 100 * both / gold
        out.append(f"{kind} {2 * p * r / max(p + r, 1e-9):.2f} ({p:.1f} / {r:.1f})")
    return "  ".join(out)


def by_rule(kind, row):
    """Orders what a span may belong to: its own sentence first, the nearest there; then the cue before a content, for a cue no source."""
    _, _, first, last, begin, end, _, apart, _, _ = row
    if begin < 0:
        return 1, 0
    gap = first - end if end < first else begin - last
    return (0 if apart == 3 else 2 if kind == 0 or begin > last else 1), gap


@torch.no_grad()
def score_links(sentences, annotate, labels):
    """Of the annotated spans that may belong to several, the share that the pointer joins rightly, and that rules would."""
    corpora.flagged(sentences, annotate.table)
    runs, right = annotate.runs(sentences, "document"), np.zeros((2, 2))
    count = np.zeros(2)
    for at in range(0, len(runs), 40):
        b = data.batch(runs[at:at + 40], annotate.vocabulary, statements, labels)
        h = annotate.model.read(b, branch=statements.NAME)
        for kind in range(2):
            rows = b["links"][b["links"][:, 0] == kind]
            scores = annotate.model.heads[statements.NAME].links(h, rows) if len(rows) else None
            for group in rows[:, 1].unique():
                those = torch.nonzero(rows[:, 1] == group)[:, 0].tolist()
                if len(those) > 1:
                    count[kind] += 1
                    right[kind, 0] += int(rows[max(those, key=lambda k: scores[k].item()), 9])
                    right[kind, 1] += int(rows[min(those, key=lambda k: by_rule(kind, rows[k].tolist())), 9])
    return "  ".join(f"{name} {100 * p / n:.1f}, by rules {100 * r / n:.1f} (of {n:.0f})" for name, (p, r), n in zip(("cue to source", "content to cue"), right, count))


def windows_beside(model, vocabulary, sentences):
    """Pairs of the annotated window of events and the model's, each mention by itself."""
    runs = []
    for s in map(dict, sentences):
        if "window" in s:
            s["gold"] = s.pop("window")
            runs.append([])
        runs[-1].append(s)
    vocabulary.add([f for s in sentences for f in s["forms"]])
    at = 0
    while at < len(runs):
        part, n = [], 0
        while at < len(runs) and n < 4000:
            part.append(runs[at])
            n += sum(len(s["forms"]) for s in part[-1])
            at += 1
        b = data.batch(part, vocabulary)
        with torch.no_grad():
            h = model.read(b, branch=events.NAME)
        silver_events.annotate(model.heads[events.NAME], h, b, part, sure=0.5)
        yield from ((run[0]["gold"], run[0]["window"]) for run in part)


def score_events(pairs):
    """Triggers that overlap, those of the right type, and of these the parties with the right role -> {what: (right, found, annotated)}"""
    out = {what: np.zeros(3, int) for what in ("trigger", "type", "parties")}
    meet = lambda one, other: one[0] <= other[1] and other[0] <= one[1]
    for gold, found in pairs:
        left = list(gold["mentions"])
        for mention in found["mentions"]:
            there = sorted((m for m in left if meet(m["trigger"], mention["trigger"])), key=lambda m: m["type"] != mention["type"])
            out["trigger"] += (bool(there), 1, 0)
            out["type"] += (bool(there) and there[0]["type"] == mention["type"], 1, 0)
            if there:
                left.remove(there[0])
            if there and there[0]["type"] == mention["type"]:
                parties, own = ({(r, s) for r, s, _ in m["roles"] if r < 2} for m in (there[0], mention))
                out["parties"] += (sum(any(r == q and meet(s, t) for q, t in parties) for r, s in own), len(own), len(parties))
        for what in ("trigger", "type"):
            out[what] += (0, 0, len(gold["mentions"]))
    return {what: tuple(x.tolist()) for what, x in out.items()}


def write_conllu(sentences, path):
    with open(path, "w", encoding="utf-8") as f:
        for s in sentences:
            for k, form in enumerate(s["forms"]):
                f.write("\t".join([str(k + 1), form, s["pred_lemma"][k], s["pred_upos"][k], s["pred_xpos"][k], s["pred_feats"][k],
                                   str(s["pred_head"][k]), s["pred_rel"][k], "_", "_"]) + "\n")
            f.write("\n")


def write_bio(rows, path):
    with open(path, "w", encoding="utf-8") as f:
        for forms, tags, labels in rows:
            f.writelines(f"{w}\t{t}\t{l}\n" for w, t, l in zip(forms, tags, labels))
            f.write("\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="model.pt")
    ap.add_argument("--with", dest="others", nargs="*", default=(), help="models of which only the heads trained in them are taken")
    ap.add_argument("--signs", default="", help="what signs.py made, to be heard beside the entity head")
    ap.add_argument("--what", default="tree,entity,span", help="and event; span and event need polnear-dev.tokens.jsonl and events-dev.tokens.jsonl in the work folder, made as the train parts'")
    ap.add_argument("--segment", choices=("sentence", "document"), default="sentence")
    ap.add_argument("--quantized", action="store_true")
    a = ap.parse_args()
    torch.set_num_threads(1)
    shared, work = Path(a.shared), Path(a.work)
    model, state = load_model(work / a.model, *a.others)
    vocabulary = data.Vocabulary.load(work)
    listed = tree.lexicon([s for name in tree.CORPORA for s in corpora.load(name, a.shared, work)])[0] if "tree" in a.what else {}
    if a.quantized:
        round_weights(model, vocabulary)
    annotate = Annotator(model, state["labels"], listed, gazetteer.load(work), vocabulary, Signs.load(work, a.signs) if a.signs else None)
    scorer = lambda name, *args: subprocess.run([sys.executable, str(shared / "eval" / name), *map(str, args)], capture_output=True, text=True)
    if "span" in a.what:
        dev = statements.read(shared / "data/statements/polnear-dev.jsonl", work / "polnear-dev.tokens.jsonl")
        print("spans of polnear dev:", score_spans(dev, annotate), flush=True)
        print("links of polnear dev:", score_links(dev, annotate, state["labels"]), flush=True)
    if "event" in a.what:
        dev = corpora.flagged(events.read(shared / "data/events/corpus/dev.jsonl", work / "events-dev.tokens.jsonl"), annotate.table)
        for what, (right, found, annotated) in score_events(windows_beside(model, vocabulary, dev)).items():
            print(f"events dev, {what}: P {100 * right / max(1, found):.1f} R {100 * right / annotated:.1f} F1 {200 * right / (found + annotated):.1f}", flush=True)
    for name in ("ewt", "gum") if "tree" in a.what else ():
        gold = shared / f"data/treebank/en_{name}-dev.conllu"
        sentences = tree.read(gold)
        annotate(sentences, a.segment, ("tree",))
        write_conllu(sentences, work / f"system-{name}.conllu")
        done = scorer("score_parse.py", gold, work / f"system-{name}.conllu")
        right = sum(p == g for s in sentences for p, g in zip(s["pred_feats"], s["feats"]))
        print(f"{name} dev:", (done.stdout + done.stderr).strip(), f" feats {100 * right / sum(len(s['forms']) for s in sentences):.2f}", flush=True)
    for name, (rows, options) in names.kept_apart(shared / "data/treebank/ner").items() if "entity" in a.what else ():
        sentences = [{"forms": forms, "doc": str(i // (4 if name == "gmb" else 20))} for i, (forms, _, _) in enumerate(rows)]
        annotate(sentences, a.segment, ("entity",))
        write_bio(rows, work / f"gold-{name}.bio")
        write_bio([(f, t, s["pred_entity"]) for (f, t, _), s in zip(rows, sentences)], work / f"system-{name}.bio")
        done = scorer("score_entities.py", work / f"gold-{name}.bio", work / f"system-{name}.bio", *options)
        print(f"{name} entities:\n" + (done.stdout + done.stderr).strip(), flush=True)


if __name__ == "__main__":
    main()
