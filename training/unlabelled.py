"""Read the unlabelled text once, cut it into tokens and chunks, keep it as numbers.

Writes into the work folder: types.txt (one distinct token a line), tokens.npy (indices into it),
chunks.npy (start and end of runs of 40 to 128 tokens within a paragraph, cut at sentence ends where
possible). The tokenizer is a rough copy of the UD conventions: good enough for vectors and for
guessing masked words, never used at run time.
"""
import argparse
import gzip
import json
import multiprocessing
import os
import re
import sys
from array import array
from pathlib import Path

import numpy as np

TOKEN = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?:[A-Za-z]\.){2,}|\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sen|Rep|Gov|St|Prof|Jr|Sr|No|vs|Inc|Corp|Co|Ltd|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\."
    r"|\d+(?:[.,:]\d+)*|\w+?(?=n['\u2019]t\b)|n['\u2019]t\b|['\u2019](?:s|re|ve|ll|d|m|S)\b|[^\W\d_]+|\w+|\.{2,}|-{2,}|''|``|\S")
# These are read twice: they are the closest to news and the smallest.
TWICE = ("wp-current-events", "wikinews", "gmb-more")
ENDS = {".", "!", "?"}


def paragraphs_of(path):
    """Paragraphs as tokens. The newswire with names is cut already; its sentences are taken in fours, as they stand."""
    with gzip.open(path, "rt", encoding="utf-8") as f:
        if ".bio" in path:
            forms, ends = [], 0
            for line in f:
                if line.strip():
                    forms.append(line.split("\t")[0])
                elif forms:
                    ends += 1
                    if ends % 4 == 0:
                        yield forms
                        forms = []
            yield forms
        else:
            for line in f:
                for paragraph in json.loads(line)["text"].split("\n"):
                    yield TOKEN.findall(paragraph)


def one_file(path):
    types, ids, chunks = {}, array("i"), array("i")
    repeat = 2 if os.path.basename(path).startswith(TWICE) else 1
    for found in paragraphs_of(path):
        if len(found) < 5:
            continue
        start = len(ids)
        for i, token in enumerate(found):
            ids.append(types.setdefault(token, len(types)))
            n = len(ids) - start
            if (n >= 40 and token in ENDS) or n >= 128 or i + 1 == len(found):
                chunks.extend((start, len(ids)) * repeat)
                start = len(ids)
    return list(types), np.frombuffer(ids, dtype=np.int32), np.frombuffer(chunks, dtype=np.int32).reshape(-1, 2)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--without", nargs="*", default=(), help="files whose names begin so are left out")
    a = ap.parse_args()
    files = [*sorted((Path(a.shared) / "data/unlabelled").glob("*.gz")), Path(a.shared) / "data/treebank/ner/gmb-more.bio.gz"]
    files = [f for f in files if f.exists() and not f.name.startswith(tuple(a.without) or " ")]
    if not files:
        sys.exit(f"{a.shared}/data/unlabelled: no text files")
    order = {}
    tokens, chunks, at = [], [], 0
    with multiprocessing.Pool(2) as pool:
        for types, ids, cuts in pool.imap(one_file, map(str, files)):
            renumber = np.array([order.setdefault(t, len(order)) for t in types], dtype=np.int32)
            print(f"{len(ids)} tokens", flush=True)
            tokens.append(renumber[ids])
            chunks.append(cuts.astype(np.int64) + at)
            at += len(ids)
    work = Path(a.work)
    work.mkdir(parents=True, exist_ok=True)
    np.save(work / "tokens.npy", np.concatenate(tokens))
    np.save(work / "chunks.npy", np.concatenate(chunks))
    (work / "types.txt").write_text("\n".join(order), encoding="utf-8")
    print(f"{at} tokens, {len(order)} types, {sum(map(len, chunks))} chunks")


if __name__ == "__main__":
    main()
