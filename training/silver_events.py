"""Events of the unlabelled news, as a wide teacher sees them, for a student to learn from.

A chunk of news is a window. The best label of each token is written with every other that is about as likely, so that the student is told nothing where
the teacher is not sure; of roles and of what is said of a trigger only what the teacher is sure of. Writes events-silver.pickle.
"""
import argparse
import bisect
import pickle
from pathlib import Path

import numpy as np
import torch

import corpora
import data
import gazetteer
from feeds import Table, numbered
from model import load_model
from sequences import beliefs, sentence_starts
from silver import news_chunks
from tasks import events
from tasks.statements import relation

# A label besides the best is allowed from this probability on; a role or an attribute is believed from that.
ALSO, SURE = 0.15, 0.8
BATCH = 16000


def spans_in(labels):
    """(kind, first, last) where labels are 0 outside, odd: begins, even: goes on; one that goes on behind another kind begins."""
    out = []
    for at, label in enumerate(labels):
        if label and (label % 2 or not out or out[-1][2] != at - 1 or out[-1][0] != (label - 1) // 2):
            out.append([(label - 1) // 2, at, at])
        elif label:
            out[-1][2] = at
    return [tuple(s) for s in out]


@torch.no_grad()
def annotate(head, h, b, segments, sure=SURE):
    """Gives the sentences of the segments labels and windows; roles and attributes are believed from the probability `sure` on."""
    scores, starts = head(h), sentence_starts(b)
    at, best, masks = 0, [], []
    for following in head.following():
        k = len(following)
        with torch.enable_grad():
            p = beliefs(scores[:, at:at + k], following, starts)
        best.append(p.argmax(1))
        masks.append(((p >= ALSO).double() @ 2.0 ** torch.arange(k).double()).long() | 1 << best[-1])
        at += k
    best, masks = (torch.stack(x, 1).cpu().numpy() for x in (best, masks))
    windows, bounds, row, triggers, links, places = [], b["bounds"].tolist(), 0, [], [], []
    for run, (base, end) in zip(segments, zip(b["runs"].tolist(), b["runs"].tolist()[1:])):
        own = bounds[row:row + len(run)]
        row += len(run)
        ends = [e - base for _, e in own]
        sentence_of = lambda token: bisect.bisect_right(ends, token)
        found = [spans_in(best[base:end, k]) for k in range(4)]
        mentions = []
        for kind, first, last in found[0]:
            here = sentence_of(first)
            mentions.append({"trigger": (first, last), "type": kind, "roles": [], "unsure": [], "word": "", "cluster": len(mentions)})
            triggers.append((first + base, last + base, kind))
            for k in range(3):
                near = [(f, l) for _, f, l in found[1 + k] if here - events.REACH <= sentence_of(f) <= here]
                links += [(k, first + base, last + base, f + base, l + base, *relation((first, last), (f, l), sentence_of, near)) for f, l in near]
                places += [(mentions[-1], k, span) for span in near]
        window = {"tokens": end - base, "mentions": mentions, "spans": [{(f, l): "" for _, f, l in found[1 + k]} for k in range(3)]}
        windows.append(window)
        for s, (i, j) in zip(run, own):
            s[events.NAME] = masks[i:j]
        run[0]["window"] = window
    if links:
        shares = torch.sigmoid(head.links(h, torch.tensor(links))).cpu().numpy()
        for (mention, k, span), (actor, recipient) in zip(places, shares):
            for r, share in enumerate((actor, recipient) if k == 0 else (actor,)):
                if share > sure:
                    mention["roles"].append((k + 1 if k else r, span, ""))
                elif share > 1 - sure:
                    mention["unsure"].append((k + 1 if k else r, span))
    if triggers:
        cameo, mode, status, historical, _ = head.attributes(h, torch.tensor(triggers))
        believed = lambda x: [int(i) if p > sure else -1 for p, i in zip(*(y.tolist() for y in torch.softmax(x, 1).max(1)))]
        every = [m for w in windows for m in w["mentions"]]
        for m, c, o, s, y in zip(every, believed(cameo), believed(mode), believed(status), historical[:, 0].tolist()):
            kind = events.TYPES[m["type"]]
            m["cameo"] = head.labels["cameo"][c].split("/")[1] if c >= 0 else ""
            m["mode"] = head.labels["mode"][o].split("/")[-1] if o >= 0 else "?"
            m["status"], m["historical"], m["contexts"] = s, int(y > 0), None
    return sum(len(w["mentions"]) for w in windows)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--model", default="wide.pt")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--device", default="cpu")
    ap.add_argument("--tokens", type=int, default=5_000_000)
    ap.add_argument("--out", default="events-silver.pickle")
    a = ap.parse_args()
    work = Path(a.work)
    model = load_model(work / a.model)[0].to(a.device)
    vocabulary = data.Vocabulary.load(work)
    segments = news_chunks(work, a.tokens)
    flat = corpora.flagged([s for run in segments for s in run], gazetteer.load(work))
    vocabulary.add([f for s in flat for f in s["forms"]])
    torch.set_default_device(a.device)
    table = Table.of(vocabulary, a.device)
    at = found = 0
    while at < len(segments):
        part, n = [], 0
        while at < len(segments) and n < BATCH:
            part.append(segments[at])
            n += sum(len(s["forms"]) for s in part[-1])
            at += 1
        b = numbered(data.batch(part, vocabulary, numbers=False), table)
        with torch.no_grad():
            h = model.read(b, branch=events.NAME)
        found += annotate(model.heads[events.NAME], h, b, part)
    (work / a.out).write_bytes(pickle.dumps([s for run in segments for s in run], protocol=5))
    print(f"{len(segments)} chunks, {sum(len(s['forms']) for s in flat)} tokens, {found} mentions")


if __name__ == "__main__":
    main()
