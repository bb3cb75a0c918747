"""Train the sparse model for names or for triggers of events (tasks/sparse.py) and keep the signs that weigh most."""
import argparse
from pathlib import Path

import numpy as np
import torch

import corpora
import provenance
from tasks import names
from tasks.sparse import LABELS, Annotated, Signs, Types, cluster_of

# Corpora whose names are learned from; a number behind a name says how often each sentence is read in a pass.
SETS = "gmb,gmb-more,wikigold,uner"


def copies(text):
    """-> {corpus: times}"""
    return {name: int(times or 1) for name, _, times in (x.partition("*") for x in text.split(","))}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--head", choices=tuple(LABELS), default=names.NAME)
    ap.add_argument("--sets", default=SETS, help="event: events*2,events-silver")
    ap.add_argument("--doubted", default="", help="what doubt.py made, to be learned from in the place of the corpora's own labels")
    ap.add_argument("--passes", type=int, default=8)
    ap.add_argument("--penalty", type=float, default=0.4)
    ap.add_argument("--dropout", type=float, default=0.1)
    ap.add_argument("--go-on", default="", help="from these signs; those that are not seen any more are kept as they are")
    ap.add_argument("--keep", type=int, default=200_000, help="signs that are kept, the heaviest first")
    ap.add_argument("--out", default="signs.pt")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work, times = Path(a.work), copies(a.sets)
    sets = {name: corpora.load(name, a.shared, work) for name in times}
    files = provenance.files_of(times, a.shared, work)
    if a.doubted:
        names.believe(sets, work / a.doubted)
        files["work/" + a.doubted] = work / a.doubted
    annotated = Annotated([s for name in sets for s in sets[name]], Types(cluster_of(work)), a.head)
    number = np.repeat([times[name] for name in sets], [len(sets[name]) for name in sets])
    begin = Signs.load(work, a.go_on) if a.go_on else None
    weight, following = annotated.fit(np.repeat(np.arange(len(number)), number), a.passes, penalty=a.penalty, dropout=a.dropout, show=True, begin=begin)
    keys = annotated.known
    if begin:
        unseen = ~np.isin(begin.keys, keys)
        keys, weight = np.concatenate([keys, begin.keys[unseen]]), np.concatenate([weight[:-1], begin.weight.numpy()[unseen], weight[-1:]])
    heavy = np.abs(weight[:-1]).max(1)
    kept = np.sort(np.argsort(-heavy, kind="stable")[:a.keep])
    options = {k: v for k, v in vars(a).items() if k not in ("shared", "work", "out")}
    torch.save({"keys": keys[kept], "weight": torch.from_numpy(weight[kept]), "following": torch.from_numpy(following),
                "head": a.head, "stages": [*(begin.stages if begin else ()), provenance.stage("signs", options, files)]}, work / a.out)
    print(f"{len(heavy)} signs, {len(kept)} kept, the lightest {heavy[kept].min():.3f}")


if __name__ == "__main__":
    main()
