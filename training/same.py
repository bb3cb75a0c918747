"""Fits what features of two mentions weigh for their telling of one event (`data/events/same.tsv`, `src/extract/events/same.rs`).

  evaluate trace --same GOLD --out WORK/NAME.same.jsonl      for events-train and events-dev, with the program that is to use the table
  python training/same.py

The features are fitted on the train part. The head's own answer has seen that part, so how much it weighs beside them is fitted on the dev part: three numbers.
"""
import argparse
import collections
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from logistic import fit, softmax
from traced import likeness, rows

ROOT = Path(__file__).resolve().parent.parent
# Features that occur more seldom are not told apart; the squared weights' penalty.
LEAST, PENALTY = 10, 4.0


def clusters(events):
    """-> by event line, the first line that tells of the same"""
    first = []
    for number, event in enumerate(events):
        first.append(number if event.get("same") is None else first[event["same"]])
    return first


def pairs(traced, gold):
    """-> features, what the head says, whether both tell of the same, number of the article; of pairs of which both mentions are annotated"""
    known = {row["id"]: row["events"] for row in rows(gold)}
    found = []
    for number, row in enumerate(rows(traced)):
        events = known[row["id"]]
        first = clusters(events)

        def cluster(mention):
            best = max((((mention["plover"] == e["plover"]), likeness(mention["span"], e["trigger"]), -i) for i, e in enumerate(events) if likeness(mention["span"], e["trigger"]) > 0), default=None)
            return None if best is None else first[-best[2]]

        of = [cluster(m) for m in row["mentions"]]
        found += [(features, heard, of[a] == of[b], number) for a, b, heard, features in row["pairs"] if of[a] is not None and of[b] is not None]
    return found


def table(found, known):
    place = {name: i for i, name in enumerate(known)}
    cells = [(i, place[f]) for i, (features, *_) in enumerate(found) for f in features if f in place]
    i, j = np.array(cells).T
    return sparse.csr_matrix((np.ones(len(cells), np.float32), (i, j)), (len(found), len(known)))


def log_odds(weights):
    return weights[:, 1] - weights[:, 0]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--out", default=ROOT / "data/events/same.tsv")
    a = ap.parse_args()
    work, corpus = Path(a.work), Path(a.shared) / "data/events/corpus"
    train, dev = (pairs(work / f"events-{part}.same.jsonl", corpus / f"{part}.jsonl") for part in ("train", "dev"))
    count = collections.Counter(f for features, *_ in train for f in features)
    known = sorted(f for f, n in count.items() if n >= LEAST)
    wanted = {name: np.array([int(pair[2]) for pair in part]) for name, part in (("train", train), ("dev", dev))}
    weights = log_odds(fit(table(train, known), wanted["train"], 2, PENALTY, 200, constants=False))[:-1]
    both = sparse.csr_matrix(np.column_stack([table(dev, known) @ weights, [pair[1] for pair in dev]]))
    article = np.array([pair[3] for pair in dev])
    held = np.zeros((len(dev), 2))
    for k in range(10):
        test = article % 10 == k
        z = fit(both[~test], wanted["dev"][~test], 2, 0.01, 200)
        held[test] = softmax(both[test] @ z[:-1] + z[-1])
    right = (held[:, 1] > 0.5) == wanted["dev"]
    print(f"{len(train)} and {len(dev)} pairs, {len(known)} features; pairs of dev right, ten folds: {100 * right.mean():.1f} (the head alone: {100 * ((both[:, 1].toarray().ravel() > 0) == wanted['dev']).mean():.1f})")
    features, heard, always = log_odds(fit(both, wanted["dev"], 2, 0.01, 200))
    told = {name: float(weight * features) for name, weight in zip(known, weights)}
    told["always"] = told.get("always", 0.0) + float(always)
    told["heard"] = float(heard)
    lines = [f"{name}\t{weight:.3f}" for name, weight in sorted(told.items()) if abs(weight) >= 0.0005]
    Path(a.out).write_text(
        "# What speaks for two mentions telling of one event, and against it: log-odds. Words are dictionary forms of triggers.\n"
        "# Columns: feature with its values (src/extract/events/same.rs) | weight.\n"
        "# Origin: training/same.py, fitted on the event corpus. Facts and numbers only, no text.\n"
        "feature\tweight\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    main()
