"""Fit what the tree says of triggers and of the words beside them (sparse features of `heads/events/facts.rs`), and put it into a model file.

  evaluate trace --events GOLD --out WORK/NAME.asked.jsonl      for events-train and events-dev, and `asked.py text` for events-silver
  python training/asked.py fit --model models/english.model --out NEW

Two linear models: which role a word plays for a trigger (from the corpus and the teacher's labels), and what a trigger says: code, mode, status, background (from the corpus). How much
the layers of the head weigh beside them, which have seen the train part, is fitted on the dev part: 14 numbers for the roles, one for each kind of attribute.
"""
import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize

import model_file
import provenance
from tasks import events

# Signs that occur more seldom are not told apart.
LEAST = {"role": 3, "attribute": 3}
# The squared weights' penalty, and signs that are kept.
PENALTY = {"role": 3.0, "attribute": 1.0}
KEEP = {"role": 150_000, "attribute": 12_000}
# How often the corpus is read beside the teacher's labels.
TIMES = 3
# Status and background gain nothing from it (94.4 and 96.2 of 100 on dev by the layers alone).
KINDS = ("cameo", "mode")


def rows(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def likeness(a, b):
    """Share of characters that two spans have in common, of all that they cover."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both / (max(a[1], b[1]) - min(a[0], b[0])) if both > 0 else 0.0


def matched(asked, gold):
    """-> (article, trigger as asked, event as annotated) where both see the same kind of deed in the same words"""
    known = {row["id"]: row for row in rows(gold)}
    for article in rows(asked):
        for trigger in article["triggers"]:
            best = max(((likeness(trigger["span"], e["trigger"]), -i) for i, e in enumerate(known[article["id"]]["events"])), default=(0, 0))
            event = known[article["id"]]["events"][-best[1]] if best[0] > 0 else None
            if event is not None and event["plover"] == trigger["plover"]:
                yield article["id"], trigger, event


def roles_of(trigger, event):
    """-> for each word 0, or 1 for an actor, 2 for a recipient: of the words in a party's span the one whose phrase is most like it"""
    labels = [0] * len(trigger["words"])
    for role, side in ((1, "actors"), (2, "recipients")):
        for party in event[side]:
            first, end = party["span"]
            inside = [(likeness(w["span"], party["span"]), -i) for i, w in enumerate(trigger["words"]) if first <= w["head"][0] < end]
            if inside:
                labels[-max(inside)[1]] = role
    return labels


def words(asked, gold):
    """-> keys, labels, what the layers see, number of the article, of every word beside a trigger"""
    keys, labels, seen, of = [], [], [], []
    numbers = {}
    for article, trigger, event in matched(asked, gold):
        for word, label in zip(trigger["words"], roles_of(trigger, event)):
            keys.append(np.array(word["keys"], np.uint64))
            labels.append(label)
            seen.append([1.0, *word["seen"]] if word["seen"] else [0.0] * 4)
            of.append(numbers.setdefault(article, len(numbers)))
    return np.stack(keys), np.array(labels), np.array(seen), np.array(of)


def listed(keys, least):
    found, count = np.unique(np.concatenate([k.ravel() for k in keys]), return_counts=True)
    return found[count >= least]


def table(keys, known):
    """A row for each list of keys, a column for each known one."""
    flat = np.concatenate([np.asarray(k, np.uint64) for k in keys]) if isinstance(keys, list) else keys.ravel()
    sizes = np.array([len(k) for k in keys])
    place = np.searchsorted(known, flat)
    place[place == len(known)] = 0
    there = known[place] == flat
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return sparse.csr_matrix((np.ones(there.sum(), np.float32), (owner[there], place[there])), (len(sizes), len(known)))


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def fit(x, labels, n, penalty, steps=60, weight=None, constants=True):
    """Multinomial logistic regression -> (columns + 1, n) weights, the last row the constants"""
    across, wanted = x.T.tocsr(), np.eye(n, dtype=np.float32)[labels]
    weight = np.ones(len(labels), np.float32) if weight is None else weight

    def loss(w):
        w = w.reshape(-1, n).astype(np.float32)
        p = softmax(x @ w[:-1] + w[-1])
        slope = (p - wanted) * weight[:, None]
        grown = np.concatenate([across @ slope + penalty * w[:-1], constants * slope.sum(0, keepdims=True)])
        cost = -(weight * np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12))).sum() + penalty / 2 * (w[:-1] ** 2).sum()
        return float(cost), grown.ravel().astype(np.float64)

    found = minimize(loss, np.zeros((x.shape[1] + 1) * n), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 5})
    return found.x.reshape(-1, n).astype(np.float32)


def heaviest(keys, weights, most):
    kept = np.sort(np.argsort(-np.abs(weights[:-1]).max(1), kind="stable")[:most])
    return keys[kept], np.concatenate([weights[kept], weights[-1:]])


def log_odds(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def heard(scores, seen):
    """What both models say of words: see `heard` in participants.rs."""
    return sparse.csr_matrix(np.column_stack([scores[:, 1] - scores[:, 0], scores[:, 2] - scores[:, 0], seen[:, 0], seen[:, :1] * log_odds(seen[:, 1:])]))


def figure(probabilities, labels, sure):
    said = np.where(probabilities[:, 1:].max(1) > sure, 1 + probabilities[:, 1:].argmax(1), 0)
    right = ((said == labels) & (labels > 0)).sum()
    return 200 * right / ((said > 0).sum() + (labels > 0).sum())


def roles(files):
    keys, labels, _, _ = words(*files["train"])
    weight = np.full(len(labels), float(TIMES), np.float32)
    if "silver" in files:
        more, also, _, _ = words(*files["silver"])
        keys, labels, weight = np.concatenate([keys, more]), np.concatenate([labels, also]), np.concatenate([weight, np.ones(len(also), np.float32)])
    known = listed([keys], LEAST["role"])
    w = fit(table(keys, known), labels, 3, PENALTY["role"], 50, weight)
    known, w = heaviest(known, w, KEEP["role"])
    keys, labels, seen, of = words(*files["dev"])
    scores = table(keys, known) @ model_file.rounded(w[:-1], "i8") + w[-1]
    print(f"roles on dev, words asked: tree {figure(softmax(scores), labels, 0.4):.1f}  layers {figure(seen[:, 1:] @ np.eye(3)[:, [2, 0, 1]], labels, 0.35):.1f}", end="")
    both, held = heard(scores, seen), np.zeros((len(labels), 3))
    for k in range(10):
        test = of % 10 == k
        z = fit(both[~test], labels[~test], 3, 0.01, 300)
        held[test] = softmax(both[test] @ z[:-1] + z[-1])
    print(f"  both, ten folds {figure(held, labels, 0.4):.1f}")
    z = fit(both, labels, 3, 0.01, 300)
    z = (z - z[:, :1])[:, 1:].T
    # The constants of the model over the tree go into those of the model that hears it.
    constant = w[-1]
    z[:, -1] += z[:, 0] * (constant[1] - constant[0]) + z[:, 1] * (constant[2] - constant[0])
    return {"event.role.signs.hash": (known, "u64"), "event.role.signs.weight": (w[:-1], "i8"), "event.role.weighed": (z.astype(np.float32).reshape(-1), "f32")}


def attributes(files, labels):
    columns = {"cameo": labels["cameo"], "mode": labels["mode"], "status": labels["status"], "historical": [""], "context": labels["context"]}
    first = dict(zip(columns, np.cumsum([0] + [len(x) for x in columns.values()])))
    n_columns = sum(len(x) for x in columns.values())

    def wanted(event):
        kind = event["plover"]
        of = {"cameo": f"{kind}/{event['cameo']}", "mode": f"{kind}/{event['mode']}" if event["mode"] else ""}
        return {k: columns[k].index(x) if x in columns[k] else -1 for k, x in of.items()}

    part = {name: [(t["keys"], t["said"], t["plover"], wanted(e)) for _, t, e in matched(*files[name])] for name in ("train", "dev")}
    keys = {name: [x[0] for x in rows] for name, rows in part.items()}
    known = listed([np.array([k for row in keys["train"] for k in set(row)], np.uint64)], LEAST["attribute"])
    x = {name: table(rows, known) for name, rows in keys.items()}
    for m in x.values():
        m.data[:] = 1
    weights, share = np.zeros((len(known), n_columns), np.float32), np.ones(n_columns, np.float32)
    allowed = {kind: np.array([not c or c.split("/")[0] == kind for c in (*columns["cameo"], *columns["mode"])]) for kind in events.TYPES}
    said = np.array([row[1] for row in part["dev"]])
    for kind in KINDS:
        target = {name: np.array([row[3][kind] for row in rows]) for name, rows in part.items()}
        n, at = len(columns[kind]), first[kind]
        ok = target["train"] >= 0
        # Every trigger has a feature for its type alone: constants are not needed.
        w = fit(x["train"][ok], target["train"][ok], n, PENALTY["attribute"], 40, constants=False)[:-1]
        own = slice(at, at + n)
        weights[:, own] = w
        tree, layers = x["dev"] @ w, said[:, own]
        mask = np.where([allowed[row[2]][own] for row in part["dev"]], 0.0, -1e9)

        def right(a, which):
            return ((tree + a * layers + mask).argmax(1) == target["dev"])[which].sum()

        shares, every, folds = np.arange(0, 3.01, 0.1), target["dev"] >= 0, np.arange(len(tree)) % 10
        held = sum(right(max(shares, key=lambda a: right(a, every & (folds != k))), every & (folds == k)) for k in range(10))
        best = max(shares, key=lambda a: right(a, every))
        n_dev = every.sum()
        print(f"{kind}: tree {100 * right(0, every) / n_dev:.1f}  layers {100 * right(100.0, every) / n_dev:.1f}  both, ten folds {100 * held / n_dev:.1f}  share {best:.1f}")
        share[own] = best
    kept = np.sort(np.argsort(-np.abs(weights).max(1), kind="stable")[:KEEP["attribute"]])
    return {"event.attribute.signs.hash": (known[kept], "u64"), "event.attribute.signs.weight": (weights[kept], "i8"), "event.attribute.share": (share, "f32")}


def text(a):
    """The teacher's sentences with an event, as text that can be traced, and its labels as a gold file."""
    sentences = pickle.loads((Path(a.work) / "events-silver.pickle").read_bytes())
    with open(Path(a.work) / "events-silver.text.jsonl", "w", encoding="utf-8") as texts, open(Path(a.work) / "events-silver.gold.jsonl", "w", encoding="utf-8") as gold:
        windows = {}
        for s in sentences:
            windows.setdefault(s["doc"], []).append(s)
        for doc, own in windows.items():
            mentions = own[0].get("window", {}).get("mentions", ())
            if not mentions:
                continue
            ends = np.cumsum([len(f) + 1 for s in own for f in s["forms"]])
            begins = np.concatenate([[0], ends[:-1]])
            span = lambda tokens: [int(begins[tokens[0]]), int(ends[tokens[1]]) - 1]
            side = lambda m, which: [{"span": span(s)} for role, s, _ in m["roles"] if role == which]
            listed = [{"trigger": span(m["trigger"]), "plover": events.TYPES[m["type"]], "actors": side(m, 0), "recipients": side(m, 1)} for m in mentions]
            texts.write(json.dumps({"id": str(doc), "text": " ".join(f for s in own for f in s["forms"])}) + "\n")
            gold.write(json.dumps({"id": str(doc), "events": listed}) + "\n")


def put(a):
    work, corpus = Path(a.work), Path(a.shared) / "data/events/corpus"
    files = {part: (work / f"events-{part}.asked.jsonl", corpus / f"{part}.jsonl") for part in ("train", "dev")}
    if (work / "events-silver.asked.jsonl").exists():
        files["silver"] = (work / "events-silver.asked.jsonl", work / "events-silver.gold.jsonl")
    base = model_file.File(a.model)
    new = {**(roles(files) if "roles" in a.parts else {}), **(attributes(files, base.header["labels"]) if "attributes" in a.parts else {})}
    stored = {name: (base.stored(name), s["dtype"]) for name, s in base.sections.items() if not name.endswith(".scale") and name not in new}
    header = {k: v for k, v in base.header.items() if k != "sections"}
    done = [s for s in header["provenance"]["stages"] if s["stage"] != "asked"]
    read = {f"{name}/{kind}": p for name, pair in files.items() for kind, p in zip(("asked", "gold"), pair)}
    header["provenance"] = {**header["provenance"], "stages": [*done, provenance.stage("asked", {"penalty": PENALTY, "keep": KEEP, "times": TIMES}, read)]}
    if a.version:
        header["version"] = a.version
    model_file.write(a.out, header, {**stored, **new}, base, lambda name: name not in new)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=("text", "fit"))
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="models/english.model")
    ap.add_argument("--parts", nargs="+", choices=("roles", "attributes"), default=("roles", "attributes"), help="the other stays as it is in the model")
    ap.add_argument("--version", default="")
    ap.add_argument("--out", default="training/.work/asked.model")
    a = ap.parse_args()
    text(a) if a.what == "text" else put(a)


if __name__ == "__main__":
    main()
