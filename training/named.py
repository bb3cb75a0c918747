"""A pretrained encoder, fine-tuned on the annotated names, that names persons, bodies and places of unlabelled text, for the head and the signs of names to learn from.

  python training/named.py fit       prints the figures of the parts that are kept apart at its end, as `told` does
  python training/named.py label

The encoder is that of `teacher.py`. A window is told of which corpus it is, in the other half of the cases of none, so that the conventions of one corpus are not taken for those of all; unlabelled text is read
as of none. What ships answers beside it, for the encoder sees no capitals. `label` writes names-silver.pickle, sentences as `silver.py` writes them: the best sequence of labels, and every other label that is about as likely.
"""
import argparse
import gzip
import json
import pickle
import random
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import corpora
import data
import gazetteer
from evaluate import write_bio
from model import load_model
from pretrained import Encoder, fine_tune
from sequences import beliefs, sentence_starts, viterbi
from silver import ALSO, sentences_of
from tasks import tree
from tasks.names import ANY, CORPORA, LABELS, NAME, kept_apart
from tasks.sparse import Signs
from teacher import LARGE, Cut, batch_of, batches
from unlabelled import TOKEN

WINDOW, BATCH, NEAR = 110, 2048, 8
FROZEN, RATES = 2, (1e-4, 8e-4)
# Which corpora have conventions of their own, and how often each is read; the number of one is its place + 1.
READ = {"gmb": 2.0, "gmb-more": 0.5, "wikigold": 3.0, "gumner": 2.0, "uner": 5.0}
STYLE = {"gmb": 1, "gmb-more": 1, "wikigold": 2, "gumner": 3, "uner": 4}
# Windows that are not told of which corpus they are.
UNTOLD = 0.5
# What the answers of the shipped head weigh beside those of the encoder, of one.
SHARE, SHARES = 0.35, (0.35, 0.5, 0.65, 1.0)
BITS = 1 << torch.arange(len(LABELS))


class Teacher(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.enc = Encoder(f"{encoder}.onnx")
        self.enc.freeze(FROZEN)
        self.style = nn.Embedding(1 + max(STYLE.values()), self.enc.d)
        nn.init.zeros_(self.style.weight)
        self.out = nn.Linear(self.enc.d, len(LABELS))

    def forward(self, windows, styles):
        """-> (words of the windows, labels) scores, and where each window's words begin"""
        batch = batch_of(windows)
        said = self.enc(batch["ids"], self.style(torch.tensor(styles))[:, None])[batch["row"], batch["first"]]
        return self.out(F.dropout(said, 0.1, self.training)), batch["starts"]


def windows_of(sentences, most=WINDOW):
    """Sentences in a row of one document, as many as hold `most` words"""
    out, document = [], None
    for s in sentences:
        if not out or s["doc"] != document or len(out[-1]["forms"]) + len(s["forms"]) > most:
            out.append({"forms": [], "masks": [], "own": []})
            document = s["doc"]
        out[-1]["forms"] += s["forms"]
        out[-1]["masks"] += s.get(NAME, [ANY] * len(s["forms"]))
        out[-1]["own"].append(s)
    return out


@torch.no_grad()
def probabilities(model, windows, style=0):
    model.eval()
    for own in batches(windows, random.Random(0), LARGE, NEAR):
        scores, starts = model(own, [style] * len(own))
        p = torch.softmax(scores, 1)
        for w, a, z in zip(own, starts, starts[1:]):
            w["p"] = p[a:z]
    model.train()


def decoded(windows, share):
    """Gives the sentences of windows their best labels, where what ships has a share -> the probabilities of each sentence's words"""
    following = torch.zeros(len(LABELS), len(LABELS))
    for w in windows:
        at = 0
        for s in w["own"]:
            p = w["p"][at:at + len(s["forms"])].clamp(min=1e-6)
            if share:
                p = torch.softmax((1 - share) * p.log() + share * s["shipped"].log(), 1)
            at += len(s["forms"])
            s["best"] = viterbi(p.clamp(min=1e-6).log(), following)
            yield s, p


class Shipped:
    """The head for names with its signs, as the model file that was taken apart has them: it sees capitals, which the pretrained encoder does not."""

    def __init__(self, work):
        self.model, self.signs, self.vocabulary, self.table = load_model(work / "restored.pt")[0], Signs.load(work, "signs.pt"), data.Vocabulary.load(work), gazetteer.load(work)

    def __call__(self, sentences):
        """Gives sentences the probability of each label."""
        corpora.flagged(sentences, self.table)
        head, at = self.model.heads[NAME], 0
        while at < len(sentences):
            part, n = [], 0
            while at < len(sentences) and n < 4000:
                part.append(sentences[at])
                n += len(sentences[at]["forms"])
                at += 1
            b = data.batch([[s] for s in part], self.vocabulary)
            with torch.no_grad():
                scores = head(self.model.read(b, branch=NAME))
            p = beliefs(*self.signs.beside(scores, head.next, part), sentence_starts(b))
            for s, (i, j) in zip(part, b["bounds"].tolist()):
                s["shipped"] = p[i:j].clamp(min=1e-6)


def told(model, a):
    """Figures of the parts that are kept apart: of the encoder alone, and of both"""
    for name, (rows, options) in kept_apart(Path(a.shared) / "data/treebank/ner").items():
        sentences = [{"forms": forms, "doc": str(i // (4 if name == "gmb" else 20))} for i, (forms, _, _) in enumerate(rows)]
        Shipped(Path(a.work))(sentences)
        windows = Cut(a.encoder)(windows_of(sentences))
        for style in (0, {"gmb": 1, "uner": 4, "gum": 3}[name]):
            probabilities(model, windows, style)
            for share in (0.0, *SHARES):
                list(decoded(windows, share))
                work = Path(a.work)
                write_bio(rows, work / f"gold-{name}.bio")
                write_bio([(f, t, [LABELS[k] for k in s["best"]]) for (f, t, _), s in zip(rows, sentences)], work / f"named-{name}.bio")
                done = subprocess.run([sys.executable, f"{a.shared}/eval/score_entities.py", work / f"gold-{name}.bio", work / f"named-{name}.bio", *options], capture_output=True, text=True)
                print(name, "told" if style else "not told", f"shipped at {share}", done.stdout.splitlines()[0], flush=True)


def fit(a):
    torch.manual_seed(1)
    rng, cut = random.Random(1), Cut(a.encoder)
    read = []
    for name, times in READ.items():
        own = windows_of(CORPORA[name].read(*CORPORA[name].paths(a.shared, a.work)))
        for w in own:
            w["style"] = STYLE[name]
        print(f"{name}: {sum(len(w['forms']) for w in own)} words", flush=True)
        read += own * int(times) + rng.sample(own, int(len(own) * (times % 1)))
    cut(list({id(w): w for w in read}.values()))
    model = Teacher(a.encoder)
    plan = batches(read, rng, BATCH, NEAR)
    print(f"{len(read)} windows, {len(plan)} steps", flush=True)

    def loss_of(windows):
        scores, _ = model(windows, [0 if rng.random() < UNTOLD else w["style"] for w in windows])
        allowed = (torch.tensor([m for w in windows for m in w["masks"]])[:, None] & BITS) > 0
        return (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~allowed, -1e4), 1)).mean()

    fine_tune(model, plan, RATES, loss_of)
    torch.save({"model": model.state_dict(), "encoder": a.encoder}, a.model)
    told(model, a)


def figures(a):
    told(loaded(a), a)


def loaded(a):
    saved = torch.load(a.model, weights_only=False)
    model = Teacher(saved["encoder"])
    model.load_state_dict(saved["model"])
    return model


def text(a):
    """-> sentences of web text, newswire, current events, Wikinews and statements"""
    shared, rng, out = Path(a.shared) / "data", random.Random(2), []
    # The treebank's web text, of which nobody annotated a name where UNER has none.
    names_of = {tuple(forms) for rows, _ in kept_apart(shared / "treebank/ner").values() for forms, _, _ in rows}
    web = [{"forms": s["forms"], "doc": f"web {s['doc']}"} for s in tree.CORPORA["ewt"].read(*tree.CORPORA["ewt"].paths(a.shared, a.work)) if tuple(s["forms"]) not in names_of]
    out.append(("web", [web], 10**9))
    for name, most in (("wp-current-events", a.words), ("wikinews", a.words), ("whitehouse-briefings", a.words // 8), ("frus", a.words // 10), ("histstate", a.words // 10), ("human-rights-reports", a.words // 10)):
        with gzip.open(shared / f"unlabelled/{name}.jsonl.txt.gz", "rt", encoding="utf-8") as lines:
            own = [p for line in lines for p in json.loads(line)["text"].split("\n") if len(p.split()) > 8]
        rng.shuffle(own)
        out.append((name, (sentences_of(TOKEN.findall(p), f"{name} {i}") for i, p in enumerate(own)), most))
    said = []
    with open(shared / "statements/polnear-train.jsonl", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            said += [sentences_of(TOKEN.findall(p), row["id"]) for p in row["text"].split("\n") if len(p.split()) > 4]
    rng.shuffle(said)
    out.append(("statements", said, a.words // 3))
    chosen = []
    for name, documents, most in out:
        n = 0
        for document in documents:
            if n >= most:
                break
            n += sum(len(s["forms"]) for s in document)
            chosen += document
        print(f"{name}: {n} words", flush=True)
    return chosen


def label(a):
    model = loaded(a)
    sentences, shipped = text(a), Shipped(Path(a.work))
    windows = Cut(a.encoder)(windows_of(sentences))
    began, named = time.time(), 0
    for i in range(0, len(windows), 500):
        probabilities(model, windows[i:i + 500])
        shipped([s for w in windows[i:i + 500] for s in w["own"]])
        for s, p in decoded(windows[i:i + 500], SHARE):
            del s["shipped"]
            also = ((p >= ALSO).long() @ BITS).tolist()
            s[NAME] = [1 << best | mask for best, mask in zip(s.pop("best"), also)]
            named += sum((m & -m) != m or m.bit_length() % 2 == 0 for m in s[NAME])
        print(f"{i} of {len(windows)} windows, {time.time() - began:.0f} s", flush=True)
    corpora.flagged(sentences, gazetteer.load(Path(a.work)))
    Path(a.out).write_bytes(pickle.dumps(sentences))
    print(f"{len(sentences)} sentences, {sum(len(s['forms']) for s in sentences)} words, {named} words at the beginning of a name or in doubt")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=("fit", "told", "label"))
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--encoder", default="training/.work/bge-small-en-v1.5")
    ap.add_argument("--model", default="training/.work/named.pt")
    ap.add_argument("--words", type=int, default=400_000, help="of current events and of Wikinews, each, that are named; of others in proportion")
    ap.add_argument("--out", default="training/.work/names-silver.pickle")
    a = ap.parse_args()
    torch.set_num_threads(1)
    {"fit": fit, "told": figures, "label": label}[a.what](a)


if __name__ == "__main__":
    main()
