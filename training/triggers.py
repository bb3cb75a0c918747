"""The network that says of a word whether it evokes an event, and of which type (`heads/events/triggers.rs`), over the features that `evaluate trace --triggers` writes.

  evaluate trace --triggers GOLD --out WORK/NAME.words.jsonl     for events-train, events-dev and the texts that teacher.py wrote (triggers-silver)
  python training/triggers.py --model models/english.model --out NEW

Fitted on the corpus and on unlabelled news as a teacher sees it. What its scores weigh beside those of the layers and the sparse features, which
have seen the train part, and what is added to every type, were taken on the dev part by the program itself (docs/training.md).
"""
import argparse
import bisect
from pathlib import Path

import numpy as np
import torch
from torch import nn

import model_file
import provenance
from tasks import events
from summed import Summed, averaged, begin_layers, grown, layers, rows
from traced import rows as traced

LABELS = ("none", *events.TYPES)
PARTS = ("hidden", "out")
WIDTH, HIDDEN = 32, 64
# Features are those that occur most often; the corpus is read so often beside the teacher's labels.
KEEP, TIMES, EPOCHS, BATCH = 150_000, 2, 6, 1024
RATE, DROPPED, FEATURES_DROPPED, SMOOTHED = 2e-3, 0.3, 0.2, 0.02
# Where it goes on from a file: how often what was written for it is read beside the corpus, how often both, with what rate, how many features are new,
# and of how many runs in another order the mean is taken.
TUNED_TIMES, TUNED_EPOCHS, TUNED_RATE, MORE_KEPT, RUNS = 2, 3, 7e-4, 50_000, 2
# Of the scores beside the others', and what is added to those of the types.
SHARE, MORE = 1.0, 1.2
SETTINGS = {"share": SHARE, "more": MORE, "width": WIDTH, "hidden": HIDDEN, "keep": KEEP, "times": TIMES, "epochs": EPOCHS, "batch": BATCH, "rate": RATE, "dropped": [DROPPED, FEATURES_DROPPED], "smoothed": SMOOTHED}
TUNED = {"times": TUNED_TIMES, "epochs": TUNED_EPOCHS, "rate": TUNED_RATE, "more_kept": MORE_KEPT, "runs": RUNS, "go_on": True}


class Part:
    """Words asked: their features one after another, where each word's end, and what they are."""

    def __init__(self, asked, target):
        """`target` says by article what a span is: how probable each label."""
        keys, ends, wanted = [], [0], []
        for row in traced(asked):
            of = target(row["id"])
            for word in row["words"]:
                keys.append(np.array(word["keys"], np.uint64))
                ends.append(ends[-1] + len(keys[-1]))
                wanted.append(of(word["span"]))
        self.keys, self.ends, self.wanted = np.concatenate(keys), np.array(ends), np.array(wanted, np.float32)
        self.order = np.arange(len(self.wanted))

    def and_also(self, other, times, others=1):
        """The words of another part behind these; each are read so often."""
        self.keys, self.ends = np.concatenate([self.keys, other.keys]), np.concatenate([self.ends, other.ends[1:] + self.ends[-1]])
        self.wanted, n = np.concatenate([self.wanted, other.wanted]), len(self.wanted)
        self.order = np.concatenate([np.tile(np.arange(n), times), np.tile(np.arange(n, len(self.wanted)), others)])

    def __len__(self):
        return len(self.order)

    def known(self, known):
        self.rows = rows(self.keys, known).astype(np.int32)
        del self.keys

    def batch(self, which):
        which = self.order[which]
        sizes = self.ends[which + 1] - self.ends[which]
        at = np.repeat(self.ends[which] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(sizes.sum())
        return self.rows[at], sizes, self.wanted[which]


def seen(texts, labels):
    """-> by article, what the teacher sees in the word that a span begins in"""
    told, stored = {}, np.load(labels)
    probabilities, starts, ends = stored["probabilities"].astype(np.float32), stored["starts"], stored["ends"]
    for number, row in enumerate(traced(texts)):
        own = slice(ends[number], ends[number + 1])
        told[row["id"]] = starts[own], probabilities[own]

    def target(article):
        starts, of = told[article]

        def label(span):
            said = of[bisect.bisect_right(starts, span[0]) - 1]
            return said / said.sum()
        return label
    return target


def annotated(path):
    """-> by article, what a span is: one in its label's place"""
    gold = {row["id"]: row["events"] for row in traced(path)}

    def target(article):
        of = gold[article]

        def label(span):
            out = np.zeros(len(LABELS), np.float32)
            kind = next((e["plover"] for e in of if e["trigger"][0] < span[1] and span[0] < e["trigger"][1]), None)
            out[0 if kind is None else LABELS.index(kind)] = 1
            return out
        return label
    return target


class Network(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.summed = Summed(n, WIDTH, len(LABELS))
        self.hidden, self.out = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, len(LABELS))
        self.drop = nn.Dropout(DROPPED)

    def forward(self, x, starts):
        v = self.drop(torch.relu(self.summed.heard(x, starts)))
        return self.out(self.drop(torch.relu(self.hidden(v)))) + self.summed.says(x, starts)


def starts_of(sizes):
    return torch.from_numpy(np.cumsum([0, *sizes])[:-1])


def scores(network, part):
    network.eval()
    found = []
    with torch.no_grad():
        for first in range(0, len(part), 4096):
            x, sizes, _ = part.batch(np.arange(first, min(first + 4096, len(part))))
            found.append(network(torch.from_numpy(x).long(), starts_of(sizes)))
    network.train()
    return torch.cat(found).numpy()


def figures(network, part):
    """F1 of the words that are part of a trigger, and of those of the right type"""
    said = scores(network, part)
    best, label = said.argmax(1), part.wanted.argmax(1)
    share = lambda right: 200 * right.sum() / ((best > 0).sum() + (label > 0).sum())
    return f"{share((best > 0) & (label > 0)):.1f}, of the right type {share((best > 0) & (best == label)):.1f}"


def fitted(train, tests, begin=None):
    """-> the network, and the features that it knows, by key. `begin` is a file with a network to go on from."""
    if begin is None:
        found, count = np.unique(train.keys, return_counts=True)
        known = np.sort(found[np.argsort(-count, kind="stable")[:KEEP]])
        print(f"{len(found)} features, kept from {np.sort(count)[::-1][min(KEEP, len(count)) - 1]} on")
    else:
        known = grown(begin, "event.word", train.keys, MORE_KEPT)
    for part in (train, *tests.values()):
        part.known(known)
    network = averaged([trained(known, train, tests, begin, run) for run in range(1 if begin is None else RUNS)])
    print(f"all runs: words of {told(network, tests)}", flush=True)
    return network, known


def told(network, tests):
    return ", ".join(f"{name} {figures(network, part)}" for name, part in tests.items())


def trained(known, train, tests, begin, seed):
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    epochs, rate = (EPOCHS, RATE) if begin is None else (TUNED_EPOCHS, TUNED_RATE)
    network = Network(len(known))
    if begin is not None:
        network.summed.begin(begin, "event.word", known)
        begin_layers(network, begin, "event.word", PARTS)
        network.out.bias.data[1:] -= MORE / SHARE
        print(f"before: words of {told(network, tests)}", flush=True)
    slow = torch.optim.Adam(network.summed.rest(network), lr=rate)
    fast = torch.optim.SparseAdam(network.summed.tables(), lr=rate)
    total, step = epochs * (len(train) // BATCH + 1), 0
    for epoch in range(epochs):
        mixed, lost = order.permutation(len(train)), []
        for first in range(0, len(mixed), BATCH):
            x, sizes, wanted = train.batch(mixed[first:first + BATCH])
            x = torch.from_numpy(x).long() * (torch.rand(len(x)) > FEATURES_DROPPED)
            for optimizer in (slow, fast):
                optimizer.param_groups[0]["lr"] = rate * max(0.02, 1 - step / total)
                optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(x, starts_of(sizes)), torch.from_numpy(wanted), label_smoothing=SMOOTHED)
            loss.backward()
            slow.step(), fast.step()
            step += 1
            lost.append(loss.item())
        print(f"after pass {epoch + 1}: loss {np.mean(lost):.4f}, words of {told(network, tests)}", flush=True)
    return network


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="models/english.model")
    ap.add_argument("--go-on", action="store_true", help="from the network that the model has, with what is written in training/articles")
    ap.add_argument("--version", default="")
    ap.add_argument("--out", default="training/.work/triggers.model")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work, corpus = Path(a.work), Path(a.shared) / "data/events/corpus"
    files = {part: (work / f"events-{part}.words.jsonl", corpus / f"{part}.jsonl") for part in ("train", "dev")}
    files |= {part: (work / f"{part}.words.jsonl", work / f"{part}.jsonl") for part in ("written", "held-out") if (work / f"{part}.words.jsonl").exists()}
    parts = {part: Part(asked, annotated(gold)) for part, (asked, gold) in files.items()}
    silver = {kind: work / f"triggers-silver.{kind}" for kind in ("words.jsonl", "text.jsonl", "npz")}
    if not a.go_on and silver["npz"].exists():
        words = Part(silver["words.jsonl"], seen(silver["text.jsonl"], silver["npz"]))
        print(f"{len(words)} words of the teacher's", flush=True)
        parts["train"].and_also(words, TIMES)
    if a.go_on:
        parts["train"].and_also(parts["written"], 1, TUNED_TIMES)
    print({n: len(p) for n, p in parts.items()}, flush=True)
    base = model_file.File(a.model)
    network, known = fitted(parts["train"], {name: part for name, part in parts.items() if name in ("dev", "held-out")}, base if a.go_on else None)
    network.eval()
    # The file's rounding is the network's.
    network.summed.round()
    with torch.no_grad():
        network.out.bias[1:] += MORE / SHARE
    sections = network.summed.sections("event.word", known) | layers(network, "event.word", PARTS)
    sections["event.word.share"] = (np.array([SHARE], np.float32), "f32")
    stored = {name: (base.stored(name), s["dtype"]) for name, s in base.sections.items() if not name.endswith(".scale") and name not in sections}
    header = {k: v for k, v in base.header.items() if k != "sections"}
    done = [s for s in header["provenance"]["stages"] if a.go_on or s["stage"] != "triggers"]
    read = {f"{name}/{kind}": p for name, pair in files.items() for kind, p in zip(("asked", "gold"), pair)}
    read |= {f"silver/{kind}": p for kind, p in silver.items() if not a.go_on and p.exists()}
    header["provenance"] = {**header["provenance"], "stages": [*done, provenance.stage("triggers", SETTINGS | (TUNED if a.go_on else {}), read)]}
    if a.version:
        header["version"] = a.version
    model_file.write(a.out, header, {**stored, **sections}, base, lambda name: name not in sections)


if __name__ == "__main__":
    main()
