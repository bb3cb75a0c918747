"""A pretrained encoder, fine-tuned to say which role each word plays for a trigger that is marked, for the network over the tree (`roles.py`) to learn from.

  python training/parties.py text                              writes WORK/events-unlabelled.jsonl: newswire, current events and Wikinews of which nobody annotated an event
  evaluate trace --events GOLD --out WORK/NAME.asked.jsonl     for events-train, written and events-dev, and for that text
  python training/parties.py fit
  python training/parties.py label

The encoder is that of `teacher.py`. It reads the sentence of one trigger, and a little before and behind it, with the words of the trigger marked by their type; of every word that the program asks about it
says what `roles.py` asks of the network: none, actor, recipient, date, place. `label` writes NAME.roles.npy, the probabilities of all words of NAME.asked.jsonl in their order.
"""
import argparse
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

import newswire
from pretrained import Encoder, fine_tune
from roles import IGNORED, LABELS, figures, labels_of
from tasks import events
from teacher import batches
from traced import matched, rows

# Characters before and behind the sentence that are read with it; pieces of a batch, when learning and when labeling.
BEFORE, BEHIND, BATCH, LARGE = 40, 20, 2048, 8192
FROZEN, RATES = 4, (8e-5, 6e-4)
# Triggers of about one length, in pieces, are read together.
NEAR = 6
# Sentences of a stretch of unlabelled newswire.
STRETCH = 6


class Reader:
    def __init__(self, encoder):
        self.pieces = Tokenizer.from_file(f"{encoder}-tokenizer.json")
        self.pieces.no_truncation()
        self.pieces.no_padding()

    def __call__(self, text, trigger):
        """What is read of one trigger: pieces, which of them are marked, by word asked the place of its first piece"""
        spans = [trigger["span"], *(w["head"] for w in trigger["words"])]
        low, high = max(0, min(s[0] for s in spans) - BEFORE), max(s[1] for s in spans) + BEHIND
        while low and not text[low - 1].isspace():
            low += 1
        cut = self.pieces.encode(text[low:high])
        ids, starts = cut.ids[:500], [a + low for a, _ in cut.offsets[1:-1]][:499]
        place = lambda at: 1 + max(0, int(np.searchsorted(starts, at, "right")) - 1)
        first, last = place(trigger["span"][0]), place(trigger["span"][1] - 1)
        return {"ids": ids, "mark": (first, last, 1 + events.TYPES.index(trigger["plover"])), "first": [min(place(w["head"][0]), len(ids) - 1) for w in trigger["words"]]}


class Teacher(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.enc = Encoder(f"{encoder}.onnx")
        self.enc.freeze(FROZEN)
        d = self.enc.d
        self.mark = nn.Embedding(1 + len(events.TYPES), d, padding_idx=0)
        nn.init.normal_(self.mark.weight, 0, 0.05)
        self.mark.weight.data[0] = 0
        self.trigger, self.word, self.role = nn.Linear(d, 256), nn.Linear(d, 256), nn.Linear(256, len(LABELS))

    def forward(self, asked):
        longest = max(len(a["ids"]) for a in asked)
        ids, marks = torch.zeros(len(asked), longest, dtype=torch.long), torch.zeros(len(asked), longest, dtype=torch.long)
        for i, a in enumerate(asked):
            ids[i, :len(a["ids"])] = torch.tensor(a["ids"])
            first, last, kind = a["mark"]
            marks[i, first:last + 1] = kind
        said = self.enc(ids, self.mark(marks))
        row = torch.repeat_interleave(torch.arange(len(asked)), torch.tensor([len(a["first"]) for a in asked]))
        words = said[row, torch.tensor([p for a in asked for p in a["first"]])]
        triggers = said[torch.arange(len(asked)), torch.tensor([a["mark"][0] for a in asked])]
        return self.role(torch.relu(F.dropout(self.trigger(triggers)[row] + self.word(words), 0.1, self.training)))


def annotated(reader, asked, gold):
    texts = {row["id"]: row["text"] for row in rows(gold)}
    out = []
    for article, trigger, event in matched(asked, gold):
        if trigger["words"]:
            out.append(reader(texts[article], trigger) | {"labels": labels_of(trigger, event)})
    return out


@torch.no_grad()
def probabilities(model, asked):
    model.eval()
    for own in batches(asked, random.Random(0), LARGE, NEAR):
        with torch.autocast("cpu", torch.bfloat16):
            p = model(own)
        p, at = torch.softmax(p.float(), 1).numpy(), 0
        for a in own:
            a["p"] = p[at:at + len(a["first"])]
            at += len(a["first"])
    model.train()


def fit(a):
    torch.manual_seed(1)
    rng = random.Random(1)
    work, reader = Path(a.work), Reader(a.encoder)
    corpus = Path(a.shared) / "data/events/corpus"
    train = annotated(reader, work / "events-train.asked.jsonl", corpus / "train.jsonl")
    dev = annotated(reader, work / "events-dev.asked.jsonl", corpus / "dev.jsonl")
    written = annotated(reader, work / "written.asked.jsonl", work / "written.jsonl") if a.written else []
    model = Teacher(a.encoder)
    # What was written comes first, the corpus last.
    plan = batches([*rng.sample(written, int(len(written) * a.written)), *train], rng, BATCH, NEAR)
    for _ in range(a.epochs - 1):
        plan += batches(train, rng, BATCH, NEAR)
    print(f"{len(train)} triggers of the corpus, {len(written)} of what was written, {len(plan)} steps", flush=True)

    def loss_of(asked):
        with torch.autocast("cpu", torch.bfloat16, enabled=a.half):
            scores = model(asked)
        return F.cross_entropy(scores.float(), torch.tensor([x for t in asked for x in t["labels"]]), ignore_index=IGNORED)

    def after(step):
        if step % 300 == 299:
            torch.save({"model": model.state_dict(), "encoder": a.encoder}, a.out)
            told(model, dev[::3])

    fine_tune(model, plan, RATES, loss_of, after)
    torch.save({"model": model.state_dict(), "encoder": a.encoder}, a.out)
    told(model, dev)


def told(model, dev):
    probabilities(model, dev)
    print(figures(np.concatenate([t["p"] for t in dev]), np.concatenate([t["labels"] for t in dev])), flush=True)


def text(a):
    """Articles of which no sentence is in the event corpus's dev part or annotated for the project: stretches of newswire, days of current events, Wikinews."""
    corpus = Path(a.shared) / "data/events/corpus"
    seen = {row["text"][b:e] for path in (*corpus.glob("*.jsonl"), Path(a.work) / "written.jsonl") for row in rows(path) for b, e in row["sentences"]}
    names, sentences = newswire.bank(a.shared)
    stretches = [" ".join(sentences[i:i + STRETCH]) for i in range(0, len(sentences), STRETCH) if not seen & set(sentences[i:i + STRETCH])]
    articles = [("newswire", stretches, a.words)]
    for name, share in (("wp-current-events", 1.0), ("wikinews", 0.6)):
        with gzip.open(Path(a.shared) / f"data/unlabelled/{name}.jsonl.txt.gz", "rt", encoding="utf-8") as lines:
            articles.append((name, [p for line in lines for p in json.loads(line)["text"].split("\n") if len(p.split()) > 8 and not seen_in(p, seen)], a.words * share))
    rng, written = random.Random(4), Counter()
    with open(a.texts, "w", encoding="utf-8") as out:
        for name, own, most in articles:
            rng.shuffle(own)
            for number, article in enumerate(own):
                if written[name] >= most:
                    break
                written[name] += len(article.split())
                out.write(json.dumps({"id": f"{name}-{number}", "text": article, "events": []}) + "\n")
    print(written)


def seen_in(paragraph, seen):
    """Sentences of a paragraph that are annotated somewhere, as far as full stops tell sentences apart."""
    return [s for s in (part + "." for part in paragraph.rstrip(".").split(". ")) if s in seen] + [s for s in (paragraph,) if s in seen]


def label(a):
    saved = torch.load(a.model, weights_only=False)
    model, reader, work = Teacher(saved["encoder"]), Reader(saved["encoder"]), Path(a.work)
    model.load_state_dict(saved["model"])
    texts = {row["id"]: row["text"] for row in rows(a.texts)}
    asked = [reader(texts[article["id"]], t) for article in rows(work / f"{a.name}.asked.jsonl") for t in article["triggers"] if t["words"]]
    probabilities(model, asked)
    np.save(work / f"{a.name}.roles.npy", np.concatenate([t["p"] for t in asked]).astype(np.float16))
    print(f"{len(asked)} triggers")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=("text", "fit", "label"))
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--encoder", default="training/.work/bge-small-en-v1.5")
    ap.add_argument("--model", default="training/.work/parties.pt")
    ap.add_argument("--out", default="training/.work/parties.pt")
    ap.add_argument("--epochs", type=int, default=2, help="how often the corpus is read")
    ap.add_argument("--written", type=float, default=1.0, help="which share of what was written is read")
    ap.add_argument("--half", action="store_true", help="matrices in bfloat16")
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--name", default="events-unlabelled", help="whose words are labeled")
    ap.add_argument("--words", type=int, default=330_000, help="of newswire that are read, of the others in proportion")
    ap.add_argument("--texts", default="training/.work/events-unlabelled.jsonl")
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    {"text": text, "fit": fit, "label": label}[a.what](a)


if __name__ == "__main__":
    main()
