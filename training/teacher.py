"""A pretrained encoder, fine-tuned on the event corpus, that says of every word of unlabelled news whether it evokes an event, for the network over the tree (`triggers.py`) to learn from.

  python training/teacher.py fit --encoder bge-small-en-v1.5 --out WORK/teacher.pt
  python training/teacher.py label --model WORK/teacher.pt

The encoder (`NAME.onnx`, `NAME-tokenizer.json`; docs/training.md says where from) is of twelve layers, of which the lower three stay as they are. Beside triggers it learns roles, codes, modes,
statuses and states, which make it better at triggers. `label` reads events-silver.pickle, which says what articles there are, and writes triggers-silver.text.jsonl and triggers-silver.npz: the
probabilities of none and of each type for the words of the texts, and where these start.
"""
import argparse
import bisect
import json
import pickle
import random
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

from corpora import opened
from pretrained import Encoder, fine_tune
from tasks import events

# Words of a window; pieces of a batch, when learning and when labeling.
WINDOW, BATCH, LARGE = 110, 2048, 8192
FROZEN, EPOCHS, RATES = 3, 2.5, (8e-5, 6e-4)
# How much each thing that is learned counts: triggers, roles, codes, modes, statuses, states.
COUNTS = (3, 1, 0.2, 0.1, 0.1, 0.1)
# Of windows without an event, and of articles in which the wide teacher sees an event and in which it sees none, so many are read.
EMPTY, WITH, WITHOUT = 0.55, 0.6, 0.3


class Cut:
    """Words to pieces: `ids` of a window, and by word the place of its first piece."""

    def __init__(self, encoder):
        self.pieces = Tokenizer.from_file(f"{encoder}-tokenizer.json")
        self.pieces.no_truncation()
        self.pieces.no_padding()

    def __call__(self, windows):
        for w, cut in zip(windows, self.pieces.encode_batch([w["forms"] for w in windows], is_pretokenized=True)):
            ids = cut.ids[:510] + cut.ids[-1:] if len(cut.ids) > 511 else cut.ids
            first = {}
            for i, word in enumerate(cut.word_ids[:len(ids)]):
                first.setdefault(word, i)
            # A word without pieces is read where the next one begins.
            at, places = len(ids) - 1, []
            for word in reversed(range(len(w["forms"]))):
                at = first.get(word, at)
                places.append(at)
            w["ids"], w["first"] = ids, places[::-1]
        return windows


def annotated(part, shared, work):
    out = []
    with opened(Path(shared) / f"data/events/corpus/{part}.jsonl") as gold, opened(Path(work) / f"events-{part}.tokens.jsonl") as tokens:
        for row, cut in zip(map(json.loads, gold), map(json.loads, tokens)):
            every = [s for p in cut["paragraphs"] for s in p]
            for n, (a, b) in enumerate(events.windows_of(every, WINDOW)):
                sentences = events.window_of(row, every[a:b], f"{row['id']}/{n}")
                out.append({"forms": [x for s in sentences for x in s["forms"]], "mentions": sentences[0]["window"]["mentions"], "ends": np.cumsum([len(s["forms"]) for s in sentences])})
    return out


def labels_of(windows):
    """What is told apart: codes and modes by type, states; those seen often enough."""
    codes, modes, states = Counter(), Counter(), Counter()
    for e in (e for w in windows for e in w["mentions"]):
        kind = events.TYPES[e["type"]]
        codes[f"{kind}/{e['cameo']}"] += 1
        modes.update([f"{kind}/{e['mode']}"] if e["mode"] else [])
        states.update(code[:3] for role, _, code in e["roles"] if role < 2)
    often = lambda count, least: sorted(x for x, n in count.items() if n >= least)
    return {"cameo": often(codes, 3), "mode": ["", *often(modes, 3)], "state": often(states, 8)}


class Teacher(nn.Module):
    def __init__(self, encoder, labels):
        super().__init__()
        self.enc = Encoder(f"{encoder}.onnx")
        self.enc.freeze(FROZEN)
        d = self.enc.d
        self.trigger = nn.Linear(d, 1 + len(events.TYPES))
        self.a, self.b, self.role = nn.Linear(d, 256), nn.Linear(d, 256), nn.Linear(256, 1 + len(events.ROLES))
        self.cameo, self.mode, self.status = nn.Linear(d, len(labels["cameo"])), nn.Linear(d, len(labels["mode"])), nn.Linear(d, len(events.STATUS))
        self.side = nn.Linear(d, len(labels["state"]))

    def words(self, batch):
        return self.enc(batch["ids"])[batch["row"], batch["first"]]

    def roles(self, said, trigger, word):
        return self.role(torch.relu(F.dropout(self.a(said[trigger]) + self.b(said[word]), 0.1, self.training)))


def batch_of(windows):
    longest = max(len(w["ids"]) for w in windows)
    ids = torch.zeros(len(windows), longest, dtype=torch.long)
    for i, w in enumerate(windows):
        ids[i, :len(w["ids"])] = torch.tensor(w["ids"])
    sizes = [len(w["first"]) for w in windows]
    row = torch.repeat_interleave(torch.arange(len(windows)), torch.tensor(sizes))
    return {"ids": ids, "row": row, "first": torch.tensor([i for w in windows for i in w["first"]]), "starts": np.cumsum([0, *sizes])}


def batches(windows, rng, most, near=8):
    """Windows of about one length together (lengths of one `near`), at most so many pieces."""
    order = sorted(range(len(windows)), key=lambda i: (len(windows[i]["ids"]) // near, rng.random()))
    out, own = [], []
    for i in order:
        if own and (len(own) + 1) * max(len(windows[j]["ids"]) for j in [*own, i]) > most:
            out.append(own)
            own = []
        own.append(i)
    out += [own] if own else []
    rng.shuffle(out)
    return [[windows[i] for i in own] for own in out]


def loss(model, windows, numbers):
    batch = batch_of(windows)
    said = model.words(batch)
    wanted = torch.zeros(len(said), dtype=torch.long)
    asked = {name: [] for name in ("trigger", "word", "role", "first", "cameo", "mode", "status", "party", "state")}
    for w, base in zip(windows, batch["starts"]):
        for e in w["mentions"]:
            first, last = e["trigger"]
            kind = events.TYPES[e["type"]]
            wanted[base + first:base + last + 1] = 1 + e["type"]
            role = [0] * len(w["forms"])
            for number, (a, z), code in e["roles"]:
                role[a:z + 1] = [1 + number] * (z + 1 - a)
                if number < 2 and code[:3] in numbers["state"]:
                    asked["party"].append(base + a)
                    asked["state"].append(numbers["state"][code[:3]])
            here = bisect.bisect_right(w["ends"], first)
            low, high = (w["ends"][here - events.REACH] if here >= events.REACH else 0), w["ends"][here]
            asked["trigger"] += [base + first] * (high - low)
            asked["word"] += range(base + low, base + high)
            asked["role"] += role[low:high]
            asked["first"].append(base + first)
            asked["cameo"].append(numbers["cameo"].get(f"{kind}/{e['cameo']}", -100))
            asked["mode"].append(numbers["mode"].get(f"{kind}/{e['mode']}" if e["mode"] else "", -100))
            asked["status"].append(e["status"])
    t = {name: torch.tensor(np.array(values, np.int64)) for name, values in asked.items()}
    parts = [F.cross_entropy(model.trigger(said), wanted)]
    if asked["first"]:
        at = said[t["first"]]
        parts.append(F.cross_entropy(model.roles(said, t["trigger"], t["word"]), t["role"]))
        for head, name in ((model.cameo, "cameo"), (model.mode, "mode"), (model.status, "status")):
            parts.append(F.cross_entropy(head(at), t[name]) if (t[name] >= 0).any() else 0 * parts[0])
        parts.append(F.cross_entropy(model.side(said[t["party"]]), t["state"]) if asked["party"] else 0 * parts[0])
    return sum(count * part for count, part in zip(COUNTS, parts))


@torch.no_grad()
def probabilities(model, windows):
    model.eval()
    for own in batches(windows, random.Random(0), LARGE):
        batch = batch_of(own)
        p = torch.softmax(model.trigger(model.words(batch)), 1).numpy()
        for w, a, z in zip(own, batch["starts"], batch["starts"][1:]):
            w["p"] = p[a:z]


def figures(windows):
    """F1 of triggers, each mention by itself, and of those of the right type"""
    told, known, found, right = 0, 0, 0, 0
    for w in windows:
        best, runs = w["p"].argmax(1), []
        for i, k in enumerate(best):
            if k and runs and runs[-1][1] == i - 1 and runs[-1][2] == k - 1:
                runs[-1][1] = i
            elif k:
                runs.append([i, i, k - 1])
        told, known = told + len(runs), known + len(w["mentions"])
        for e in w["mentions"]:
            (a, z), kind = e["trigger"], e["type"]
            near = sorted((run for run in runs if run[0] <= z and a <= run[1]), key=lambda run: run[2] != kind)
            if near:
                runs.remove(near[0])
                found, right = found + 1, right + (near[0][2] == kind)
    return f"found {200 * found / (told + known):.1f}, of the right type {200 * right / (told + known):.1f}"


def fit(a):
    torch.manual_seed(1)
    rng = random.Random(1)
    cut = Cut(a.encoder)
    train, dev = (cut(annotated(part, a.shared, a.work)) for part in ("train", "dev"))
    labels = labels_of(train)
    numbers = {name: {x: i for i, x in enumerate(of)} for name, of in labels.items()}
    model = Teacher(a.encoder, labels)
    plan, left = [], a.epochs
    while left > 0:
        read = batches([w for w in train if w["mentions"] or rng.random() < EMPTY], rng, BATCH)
        plan += read[:int(len(read) * min(1.0, left))]
        left -= 1
    fine_tune(model, plan, RATES, lambda windows: loss(model, windows, numbers))
    torch.save({"model": model.state_dict(), "labels": labels, "encoder": a.encoder}, a.out)
    probabilities(model, dev)
    print(figures(dev))


def label(a):
    saved = torch.load(a.model, weights_only=False)
    model = Teacher(saved["encoder"], saved["labels"])
    model.load_state_dict(saved["model"])
    articles = {}
    for s in pickle.loads((Path(a.work) / "events-silver.pickle").read_bytes()):
        articles.setdefault(s["doc"], []).append(s)
    rng, chosen = random.Random(3), []
    for number, sentences in articles.items():
        if rng.random() < (WITH if sentences[0].get("window", {}).get("mentions") else WITHOUT):
            chosen.append((str(number), [s["forms"] for s in sentences]))
    rng.shuffle(chosen)
    chosen = [article for i, article in enumerate(chosen) if i % a.of < a.parts]
    windows, starts, ends = [], [], [0]
    for _, sentences in chosen:
        starts.append(np.cumsum([0, *(len(x) + 1 for s in sentences for x in s)])[:-1])
        for low, high in events.windows_of(sentences, WINDOW):
            windows.append({"forms": [x for s in sentences[low:high] for x in s]})
        ends.append(ends[-1] + sum(len(s) for s in sentences))
    probabilities(model, Cut(saved["encoder"])(windows))
    with open(Path(a.work) / "triggers-silver.text.jsonl", "w", encoding="utf-8") as texts:
        for number, sentences in chosen:
            texts.write(json.dumps({"id": number, "text": " ".join(x for s in sentences for x in s)}) + "\n")
    np.savez(Path(a.work) / "triggers-silver.npz", probabilities=np.concatenate([w["p"] for w in windows]).astype(np.float16), starts=np.concatenate(starts), ends=np.array(ends))
    print(f"{len(chosen)} articles, {ends[-1]} words")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=("fit", "label"))
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--encoder", default="training/.work/bge-small-en-v1.5")
    ap.add_argument("--model", default="training/.work/teacher.pt")
    ap.add_argument("--out", default="training/.work/teacher.pt")
    ap.add_argument("--epochs", type=float, default=EPOCHS)
    ap.add_argument("--parts", type=int, default=1, help="of every `--of` chosen articles so many are labeled")
    ap.add_argument("--of", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(1)
    {"fit": fit, "label": label}[a.what](a)


if __name__ == "__main__":
    main()
