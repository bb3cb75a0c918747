"""Fits what the evidence on the class of a pair weighs (`src/score/pairs/evidence.rs`), on pairs made of annotated events.

  python training/pairs.py make           writes WORK/pairs.jsonl: a sentence each, with the spans of one actor and one recipient
  evaluate pairs WORK/pairs.jsonl --out WORK/pairs.system.jsonl
  python training/pairs.py fit            prints the numbers of WEIGHTS and CONSTANTS

The event corpus's dev part and the written articles that are held out: what the core has learned from tells nothing of how far to trust it. PLV's sentences are for testing alone.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from traced import rows

CLASSES = "ACCUSE CONSULT AGREE REQUEST SUPPORT REJECT ASSAULT COERCE YIELD THREATEN AID SANCTION COOPERATE PROTEST MOBILIZE".split()
# As in `src/score/pairs/classes.rs`.
ROOTS = {"03": "AGREE", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID", "08": "YIELD", "09": "ACCUSE", "10": "REQUEST", "11": "ACCUSE", "12": "REJECT", "13": "THREATEN",
         "14": "PROTEST", "15": "MOBILIZE", "16": "SANCTION", "17": "COERCE", "18": "ASSAULT", "19": "ASSAULT", "20": "ASSAULT"}
MOVED = {"163": "COERCE", "1712": "ASSAULT", "175": "ASSAULT", "191": "COERCE", "192": "COERCE"}
KINDS, LEAST, RIDGE = 7, 1e-4, 1.0


def class_of(code):
    return next((name for begin, name in MOVED.items() if code.startswith(begin)), ROOTS.get(code[:2]))


def pairs(files):
    for path in files:
        for row in rows(path):
            for number, event in enumerate(row["events"]):
                begin, end = row["sentences"][event["sentence"]]
                actors, recipients = ([p["span"] for p in event[side] if begin <= p["span"][0] and p["span"][1] <= end] for side in ("actors", "recipients"))
                # Those who do the same stand on one side.
                both = (actors + recipients if not recipients else [*actors[:1], *recipients[:1]])[:2]
                if len(both) == 2 and (name := class_of(event["cameo"])):
                    spans = [[p - begin for p in span] for span in both]
                    yield {"id": f"{row['id']}-{number}", "text": row["text"][begin:end], "events": [{"source_span": spans[0], "target_span": spans[1], "class": name}]}


def fitted(gold, system):
    x, y = np.zeros((len(gold), len(CLASSES), KINDS)), np.array([CLASSES.index(row["events"][0]["class"]) for row in gold])
    for at, row in enumerate(system):
        for name, evidence in row["evidence"]:
            x[at, CLASSES.index(name)] = evidence
    x = 1 - np.log(np.maximum(x, LEAST)) / np.log(LEAST)
    # Figures are means over classes, so a rare one counts for more; its root keeps a handful of cases from deciding.
    weight = np.sqrt(len(y) / len(CLASSES) / np.maximum(np.bincount(y, minlength=len(CLASSES)), 1))[y]
    right = np.arange(len(y)), y

    def loss(w):
        scores = x @ w[:KINDS] + w[KINDS:]
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        value = -(weight * np.log(p[right] + 1e-12)).sum() + 0.5 * RIDGE * w @ w
        p[right] -= 1
        p *= weight[:, None]
        return value, np.concatenate([np.einsum("nc,ncd->d", p, x), p.sum(0)]) + RIDGE * w

    return minimize(loss, np.zeros(KINDS + len(CLASSES)), jac=True, method="L-BFGS-B").x


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=("make", "fit"))
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    a = ap.parse_args()
    work = Path(a.work)
    gold = work / "pairs.jsonl"
    if a.what == "make":
        made = list(pairs([Path(a.shared) / "data/events/corpus/dev.jsonl", work / "held-out.jsonl"]))
        gold.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
        print(f"{len(made)} pairs")
    else:
        w = fitted(list(rows(gold)), list(rows(work / "pairs.system.jsonl")))
        print("WEIGHTS", ", ".join(f"{x:.2f}" for x in w[:KINDS]))
        print("CONSTANTS", ", ".join(f"{x:.2f}" for x in w[KINDS:]))


if __name__ == "__main__":
    main()
