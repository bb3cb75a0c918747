"""How often the pointer joins annotated contents to the right cue where their own paragraph has none, beside two rules.

Candidates and the bonus for the cue that the content before belongs to are those of `join_over_borders` in src/nlp/core/heads/roles.rs.
"""
import argparse
import bisect
import json
from itertools import groupby
from pathlib import Path

import numpy as np
import torch

import corpora
import data
import gazetteer
from model import load_model
from tasks import statements as task

# As in src/nlp/core/heads/roles.rs.
REACH_BACK, GOES_ON = 6, 4.0


def articles(path, tokens, table):
    """-> for each article its paragraphs as `statements.read` gives them, each token's paragraph, (cue, contents) of each statement by tokens,
    whether a paragraph ends with a colon"""
    sentences = corpora.flagged(task.read(path, tokens), table)
    article_of = lambda s: s["doc"].rsplit("/", 1)[0]
    with open(path, encoding="utf-8") as f, open(tokens, encoding="utf-8") as g:
        for line, cut, (name, own) in zip(f, g, groupby(sentences, article_of)):
            row, paragraphs = json.loads(line), json.loads(cut)["paragraphs"]
            assert row["id"] == name
            flat = [t for p in paragraphs for s in p for t in s]
            starts, ends = [s for s, _ in flat], [e for _, e in flat]
            place = lambda span: (bisect.bisect_right(ends, span[0]), bisect.bisect_left(starts, span[1]) - 1)
            yield ([list(p) for _, p in groupby(own, lambda s: s["doc"])],
                   [number for number, p in enumerate(paragraphs) for s in p for _ in s],
                   [(place(s["cue"][0]), [place(piece) for piece in s["content"]]) for s in row["statements"] if s["cue"]],
                   [row["text"][p[-1][-1][0]:p[-1][-1][1]] == ":" for p in paragraphs])


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="roles.pt")
    ap.add_argument("--part", choices=("train", "dev"), default="dev", help="needs polnear-PART.tokens.jsonl in the work folder")
    a = ap.parse_args()
    torch.set_num_threads(1)
    work = Path(a.work)
    model, _ = load_model(work / a.model)
    vocabulary, table = data.Vocabulary.load(work), gazetteer.load(work)
    right, n = {"pointer": 0, "what has begun goes on": 0, "the same, but a cue before a colon": 0}, 0
    path = Path(a.shared) / f"data/statements/polnear-{a.part}.jsonl"
    for paragraphs, number, statements, colon in articles(path, work / f"polnear-{a.part}.tokens.jsonl", table):
        cues = sorted({cue for cue, _ in statements})
        pieces = sorted({(piece, cue) for cue, contents in statements for piece in contents})
        with_cue = {number[cue[0]] for cue in cues}
        alone = [k for k, (piece, _) in enumerate(pieces) if number[piece[0]] not in with_cue]
        if not alone:
            continue
        h = model.read(data.batch(paragraphs, vocabulary), branch=task.NAME)
        ends = np.cumsum([len(s["forms"]) for p in paragraphs for s in p]).tolist()
        sentence_of = lambda token: bisect.bisect_right(ends, token)
        for k in alone:
            piece, cue = pieces[k]
            before, after = [c for c in cues if c < piece], [c for c in cues if c > piece]
            last = pieces[k - 1][1] if k else None
            candidates = {c for c in before[-REACH_BACK:] if number[c[0]] == number[before[-1][0]]} | ({last} - {None})
            candidates |= {c for c in after[:1] if number[c[0]] == number[piece[0]] + 1}
            if not candidates:
                continue
            candidates = sorted(candidates)
            rows = [(1, 0, *piece, *c, *task.relation(piece, c, sentence_of, candidates), 0) for c in candidates]
            scores = model.heads[task.NAME].links(h, torch.tensor(rows)) + GOES_ON * torch.tensor([float(c == last) for c in candidates])
            announces = before and colon[number[before[-1][0]]] and not any(before[-1] < p < piece for p, _ in pieces)
            answers = candidates[int(scores.argmax())], last, before[-1] if announces else last
            for name, answer in zip(right, answers):
                right[name] += answer == cue
            n += 1
    print(f"contents without a cue in their paragraph: {n}; " + "; ".join(f"{name} {k}" for name, k in right.items()))


if __name__ == "__main__":
    main()
