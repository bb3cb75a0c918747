"""Fit what the tree says of triggers and of the words beside them (sparse features of `heads/events/facts.rs`), and put it into a model file.

  evaluate trace --events GOLD --out WORK/NAME.asked.jsonl      for events-train and events-dev, and `asked.py text` for events-silver
  python training/asked.py fit --model models/english.model --out NEW

A network says which role a word plays for a trigger (`roles.py`), a linear model what a trigger says: code and mode (from the corpus). How much the layers of the head weigh beside them,
which have seen the train part, is fitted on the dev part: 60 numbers for the roles, one for each kind of attribute.
"""
import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

import model_file
import provenance
import roles
from logistic import fit
from tasks import events
from traced import matched

# Signs that occur more seldom are not told apart.
LEAST = 3
# The squared weights' penalty, and signs that are kept.
PENALTY = 1.0
KEEP = 12_000
# Status and background gain nothing from it (94.4 and 96.2 of 100 on dev by the layers alone).
KINDS = ("cameo", "mode")


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


def heaviest(keys, weights, most):
    kept = np.sort(np.argsort(-np.abs(weights[:-1]).max(1), kind="stable")[:most])
    return keys[kept], np.concatenate([weights[kept], weights[-1:]])


def attributes(files, labels):
    columns = {"cameo": labels["cameo"], "mode": labels["mode"], "status": labels["status"], "historical": [""], "context": labels["context"]}
    first = dict(zip(columns, np.cumsum([0] + [len(x) for x in columns.values()])))
    n_columns = sum(len(x) for x in columns.values())

    def wanted(event):
        kind = event["plover"]
        of = {"cameo": f"{kind}/{event['cameo']}", "mode": f"{kind}/{event['mode']}" if event["mode"] else ""}
        return {k: columns[k].index(x) if x in columns[k] else -1 for k, x in of.items()}

    read = {name: [(t["keys"], t["said"], t["plover"], wanted(e)) for _, t, e in matched(*pair)] for name, pair in files.items() if name not in ("silver", "taught")}
    part = {"train": read["train"] + read.get("written", []), "dev": read["dev"], **({"held-out": read["held-out"]} if "held-out" in read else {})}
    keys = {name: [x[0] for x in rows] for name, rows in part.items()}
    known = listed([np.array([k for row in keys["train"] for k in set(row)], np.uint64)], LEAST)
    x = {name: table(rows, known) for name, rows in keys.items()}
    for m in x.values():
        m.data[:] = 1
    weights, share = np.zeros((len(known), n_columns), np.float32), np.ones(n_columns, np.float32)
    allowed = {kind: np.array([not c or c.split("/")[0] == kind for c in (*columns["cameo"], *columns["mode"])]) for kind in events.TYPES}
    said = {name: np.array([row[1] for row in part[name]]) for name in part if name != "train"}
    for kind in KINDS:
        target = {name: np.array([row[3][kind] for row in rows]) for name, rows in part.items()}
        n, at = len(columns[kind]), first[kind]
        ok = target["train"] >= 0
        # Every trigger has a feature for its type alone: constants are not needed.
        w = fit(x["train"][ok], target["train"][ok], n, PENALTY, 40, constants=False)[:-1]
        own = slice(at, at + n)
        weights[:, own] = w
        tree = {name: x[name] @ w for name in said}
        mask = {name: np.where([allowed[row[2]][own] for row in part[name]], 0.0, -1e9) for name in said}

        def right(a, which, name="dev"):
            return ((tree[name] + a * said[name][:, own] + mask[name]).argmax(1) == target[name])[which].sum()

        shares, every, folds = np.arange(0, 3.01, 0.1), target["dev"] >= 0, np.arange(len(target["dev"])) % 10
        held = sum(right(max(shares, key=lambda a: right(a, every & (folds != k))), every & (folds == k)) for k in range(10))
        best = max(shares, key=lambda a: right(a, every))
        n_dev = every.sum()
        print(f"{kind}: tree {100 * right(0, every) / n_dev:.1f}  layers {100 * right(100.0, every) / n_dev:.1f}  both, ten folds {100 * held / n_dev:.1f}  share {best:.1f}")
        if "held-out" in said:
            every = target["held-out"] >= 0
            print("  held out: " + "  ".join(f"{name} {100 * right(a, every, 'held-out') / every.sum():.1f}" for name, a in (("tree", 0), ("layers", 100.0), ("both", best))))
        share[own] = best
    kept = np.sort(np.argsort(-np.abs(weights).max(1), kind="stable")[:KEEP])
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
            only = lambda m, which: next((p["span"] for p in side(m, which)), None)
            listed = [{"trigger": span(m["trigger"]), "plover": events.TYPES[m["type"]], "actors": side(m, 0), "recipients": side(m, 1), "date": only(m, 2), "place": only(m, 3),
                       "unsure": [span(s) for _, s in m["unsure"]]} for m in mentions]
            texts.write(json.dumps({"id": str(doc), "text": " ".join(f for s in own for f in s["forms"])}) + "\n")
            gold.write(json.dumps({"id": str(doc), "events": listed}) + "\n")


def put(a):
    work, corpus = Path(a.work), Path(a.shared) / "data/events/corpus"
    files = {part: (work / f"events-{part}.asked.jsonl", corpus / f"{part}.jsonl") for part in ("train", "dev")}
    if (work / "events-silver.asked.jsonl").exists():
        files["silver"] = (work / "events-silver.asked.jsonl", work / "events-silver.gold.jsonl")
    files |= {part: (work / f"{part}.asked.jsonl", work / f"{part}.jsonl") for part in ("written", "held-out") if (work / f"{part}.asked.jsonl").exists()}
    if (work / "events-unlabelled.roles.npy").exists():
        files["taught"] = (work / "events-unlabelled.asked.jsonl", work / "events-unlabelled.roles.npy")
    base = model_file.File(a.model)
    new = {**(roles.fitted(files, base if a.go_on else None) if "roles" in a.parts else {}), **(attributes(files, base.header["labels"]) if "attributes" in a.parts else {})}
    stored = {name: (base.stored(name), s["dtype"]) for name, s in base.sections.items() if not name.endswith(".scale") and name not in new and not name.startswith("event.role.signs")}
    header = {k: v for k, v in base.header.items() if k != "sections"}
    done = [s for s in header["provenance"]["stages"] if a.go_on or s["stage"] != "asked"]
    read = {f"{name}/{kind}": p for name, pair in files.items() for kind, p in zip(("asked", "gold"), pair)}
    header["provenance"] = {**header["provenance"], "stages": [*done, provenance.stage("asked", {"penalty": PENALTY, "keep": KEEP, "roles": roles.SETTINGS | (roles.TUNED if a.go_on else {}), "go_on": a.go_on}, read)]}
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
    ap.add_argument("--go-on", action="store_true", help="from the network that the model has, with what is written in training/articles")
    ap.add_argument("--version", default="")
    ap.add_argument("--out", default="training/.work/asked.model")
    a = ap.parse_args()
    text(a) if a.what == "text" else put(a)


if __name__ == "__main__":
    main()
