"""A small model that says for each gap between words whether a sentence ends there.

Candidate gaps are found by rule, each gives some twenty hashed strings (docs/model-format.md, "Sentence boundaries"); the rows of one
table are added up, a ReLU, a dot product. Trained on the raw text of EWT and GUM rebuilt from forms and SpaceAfter, with
wrapped lines, headline lines and lost spaces put in, and on gaps of the unlabelled text whose answer is beyond doubt (after
a title there is no boundary, after "U.S." before "The" there is). Writes boundary.npz and scores the dev sets.
"""
import argparse
import bisect
import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import nn

from features import fnv1a, fold, shape_of, word_of

ROWS, DIM = 16384, 16
ENDERS = ".!?\u2026"


def documents(path):
    """-> (text, sentence ends) of each document: a new paragraph is a blank line"""
    out, text, ends, sentence, skip, paragraph = [], "", [], "", 0, True
    tail = ""

    def flush():
        if text.strip():
            out.append((text, ends))

    for line in gzip.open(path, "rt", encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("# newdoc"):
            flush()
            text, ends, paragraph, tail = "", [], True, ""
        elif line.startswith("# newpar") and not line.startswith("# newpar_block"):
            paragraph = True
        elif line.startswith("#"):
            continue
        elif line:
            c = line.split("\t")
            if "-" in c[0]:
                skip = int(c[0].split("-")[1])
            elif "." in c[0] or int(c[0]) <= skip:
                continue
            if not sentence:
                text += "\n\n" if text and paragraph else tail
                paragraph = False
            sentence += c[1]
            tail = "" if "SpaceAfter=No" in c[9] else " "
            text += c[1]
            if tail:
                text += tail
                tail = ""
                spaced = True
            else:
                spaced = False
        elif sentence:
            if spaced:
                text, tail = text[:-1], " "
            ends.append(len(text))
            sentence, skip = "", 0
    flush()
    return out


def candidates(text):
    """-> [(end of the left chunk, start of the right one)] within paragraphs, and the ends that are certain (blank lines)"""
    gaps, sure, i, n = [], [], 0, len(text)
    chunks = []
    while i < n:
        if text[i].isspace():
            i += 1
            continue
        j = i
        while j < n and not text[j].isspace():
            j += 1
        chunks.append((i, j))
        i = j
    for k, (s, e) in enumerate(chunks):
        # Within a chunk: an end mark straight before a capital or an opening mark, after a letter or digit in lower case.
        for j in range(s + 2, e):
            if text[j - 1] in ENDERS + "\"'\u201d\u2019)" and (text[j].isupper() or text[j] in "\"\u201c(") and any(c in ENDERS for c in text[max(s, j - 3):j]):
                b = j
                while b > s and not text[b - 1].isalnum():
                    b -= 1
                if b - s >= 2 and (text[b - 1].islower() or text[b - 1].isdigit()):
                    gaps.append((j, j))
        if k + 1 < len(chunks):
            s2 = chunks[k + 1][0]
            blank = text[e:s2].count("\n")
            if blank >= 2:
                sure.append(e)
            elif blank or not (text[e - 1].isalnum() or text[e - 1] == ",") or not text[s2].islower():
                gaps.append((e, s2))
    return chunks, gaps, sure


def parts(chunk):
    """-> leading marks, core (word form), trailing marks of a folded chunk"""
    f = fold(chunk)
    i, j = 0, len(f)
    while i < j and not f[i].isalnum():
        i += 1
    while j > i and not f[j - 1].isalnum():
        j -= 1
    return f[:i], word_of(f[i:j]), f[j:] if i < j else ""


def first_class(chunk):
    for c in chunk:
        if c.isupper():
            return "U"
        if c.islower():
            return "l"
        if c.isdigit():
            return "d"
    return "-"


def bucket(n):
    return str(n if n < 5 else 5 if n < 8 else 8 if n < 15 else 15)


def strings(text):
    """-> [(left end, right start, [feature strings])], certain ends"""
    chunks, gaps, sure = candidates(text)
    out = []
    starts = [s for s, _ in chunks]
    paragraph = np.zeros(len(chunks), int)
    for k in range(1, len(chunks)):
        paragraph[k] = paragraph[k - 1] + (text[chunks[k - 1][1]:chunks[k][0]].count("\n") >= 2)
    state, depth, quote = {}, 0, False
    last = -1
    inside = []
    for k, (s, e) in enumerate(chunks):
        if paragraph[k] != last:
            depth, quote, last = 0, False, paragraph[k]
        for c in text[s:e]:
            if c in "\u201c\u201e":
                quote = True
            elif c == "\u201d":
                quote = False
            elif c == '"':
                quote = not quote
            elif c in "([":
                depth += 1
            elif c in ")]":
                depth = max(0, depth - 1)
        inside.append(("q" if quote else "-") + str(min(depth, 2)))

    def at(k, p):
        return text[chunks[k][0]:chunks[k][1]] if 0 <= k < len(chunks) and paragraph[k] == p else ""

    for left, right in gaps:
        k = bisect.bisect_right(starts, left - 1) - 1
        p = paragraph[k]
        p1 = text[chunks[k][0]:left]
        inner = left == right
        n1 = text[right:chunks[k][1]] if inner else at(k + 1, p)
        p2, p3 = at(k - 1, p), at(k - 2, p)
        n2, n3 = (at(k + 1, p), at(k + 2, p)) if inner else (at(k + 2, p), at(k + 3, p))
        _, c1, t1 = parts(p1)
        if not c1:
            t1 = fold(p1)
        lead, w1, tail1 = parts(n1)
        if not w1:
            lead = fold(n1)
        c2, w2 = parts(p2)[1], parts(n2)[1]
        gap = text[left:right]
        kind = "n" if inner else "l" if "\n" in gap else "s" if len(gap) == 1 else "m"
        first = first_class(n1)
        line_start = text.rfind("\n", 0, left) + 1
        line_end = text.find("\n", right)
        line_end = len(text) if line_end < 0 else line_end
        line = text[line_start:left]
        rest = text[right:line_end]
        out.append((left, right, [
            "", t1, c1, c1 + "\x1f" + t1, shape_of(fold(p1)), lead + "\x1f" + first, w1, shape_of(fold(n1)), t1 + "\x1f" + lead + "\x1f" + first, c2,
            shape_of(fold(p2)) + "\x1f" + shape_of(fold(p1)), w2, shape_of(fold(n1)) + "\x1f" + shape_of(fold(n2)), kind + "\x1f" + t1 + "\x1f" + first,
            inside[k] + "\x1f" + t1, bucket(len(c1)) + "\x1f" + t1 + "\x1f" + first, kind + "\x1f" + bucket(line.count(" ") + 1) + "\x1f" + t1,
            kind + "\x1f" + bucket(rest.count(" ") + 1) + "\x1f" + t1, kind + "\x1f" + str(min(len(line) // 10, 9)) + "\x1f" + (t1[-1:] or "-") + first,
            ("." if "." in c1 else "-") + w1 + "\x1f" + t1, (fold(rest)[-1:] if rest[-1:] in ENDERS else "-") + "\x1f" + t1 + "\x1f" + kind,
            c1 + "\x1f" + w1, parts(p3)[1], parts(n3)[1]]))
    return out, sure


def rows_of(features):
    rows = []
    for number, text in enumerate(features):
        h = fnv1a(bytes([number]) + text.encode("utf-8", "surrogatepass"))
        rows.append(((h >> 32) ^ h) & (ROWS - 1))
    return rows


class Boundary(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(ROWS, DIM)
        nn.init.normal_(self.table.weight, std=0.05)
        self.out = nn.Parameter(torch.where(torch.arange(DIM) % 2 == 0, 1.0, -1.0) * 0.5)

    def forward(self, rows, p=0.0):
        e = self.table(rows)
        if p:
            e = e * (torch.rand(e.shape[:2]) >= p).float()[:, :, None] / (1 - p)
        return torch.relu(e.sum(1)) @ self.out


def damage(text, ends, rng):
    """Wrapped lines, single line breaks between paragraphs, or lost spaces after a full stop."""
    kind = rng.random()
    inside = set(ends)
    chars, out_ends, shift = [], [], 0
    column, width = 0, int(rng.integers(50, 80))
    i = 0
    while i < len(text):
        c = text[i]
        if kind < 0.4 and c == "\n" and text[i:i + 2] == "\n\n":
            i += 1  # one line break is left
        elif kind > 0.6 and c == " " and column > width:
            c, column = "\n", 0
        elif 0.4 < kind < 0.6 and c == " " and i in inside and text[i - 1] in ".!?" and rng.random() < 0.15:
            i += 1
            if i in inside:
                pass
            out_ends.append(len(chars))
            continue
        if i in inside or (i - 1 in inside and c == "\n" and kind < 0.4 and text[i - 1] == "\n"):
            out_ends.append(len(chars))
        chars.append(c)
        column = 0 if c == "\n" else column + 1
        i += 1
    out_ends.append(len(chars))
    return "".join(chars), sorted(set(out_ends))


def examples(docs):
    rows, gold = [], []
    for text, ends in docs:
        ends = set(ends)
        found, _ = strings(text)
        for left, right, f in found:
            rows.append(rows_of(f))
            gold.append(any(x in ends for x in range(left, right + 1)))
    return torch.tensor(rows), torch.tensor(gold).float()


TITLES = ("Gen|Sen|Rep|Gov|Lt|Col|Maj|Capt|Sgt|Cpl|Adm|Prof|Dr|Mr|Mrs|Ms|Messrs|Rev|Hon|St|Mt|Ft|Brig|Cmdr|Amb|Msgr|Supt|Pres|Pvt|Insp|Lt\\. Col|Lt\\. Gen|Maj\\. Gen|Brig\\. Gen|"
          "Prof\\. Dr|Bros|Calif|vs|No|Nos|Art|pp|Jan|Feb|Aug|Sept|Oct|Nov|Dec|al|Vol|[A-Z]|[A-Z]\\.[A-Z]|U\\.S|U\\.N|U\\.K")
STARTS = "The|He|She|His|Her|It|They|In|This|But|We|These|However|There|On|A|An|At|After|When|Their|For|As|No"


def certain(shared, rng, each=120):
    """Gaps of the unlabelled text whose answer the words themselves give; no more than `each` of a kind."""
    never = re.compile(rf"(?<![\w.])({TITLES})\. (?!(?:{STARTS})\b)[A-Z][a-z]+|(?<![\w.])(No|Nos|Art|Vol|pp|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\. \d")
    always = re.compile(rf"(?<![\w.])(U\.S|U\.N|U\.K|U\.S\.S\.R|D\.C|p\.m|a\.m|Inc|Corp|Ltd|Jr|Sr|NATO|[a-z]{{4,}})\. (?:{STARTS})\b")
    taken, rows, gold = Counter(), [], []
    for name in ("wp-current-events", "wikinews", "histstate", "whitehouse-briefings", "frus"):
        with gzip.open(shared / f"data/unlabelled/{name}.jsonl.txt.gz", "rt", encoding="utf-8") as f:
            for number, line in enumerate(f):
                if number > 1500:
                    break
                for text in json.loads(line)["text"][:20000].split("\n"):
                    for pattern, answer in ((never, 0.0), (always, 1.0)):
                        for m in pattern.finditer(text):
                            word = m.group(1) or m.group(2)
                            kind = (answer, word if not (answer and word.islower()) else "word")
                            if len(word) == 1:
                                kind = (answer, "initial")
                            if taken[kind] >= (each if len(word) > 1 else 3 * each) or rng.random() < 0.5:
                                continue
                            taken[kind] += 1
                            end = m.start() + len(word) + 1
                            base = max(0, m.start() - 150)
                            for left, _, features in strings(text[base:end + 150])[0]:
                                if left + base == end:
                                    rows.append(rows_of(features))
                                    gold.append(answer)
    print(f"{len(gold)} certain gaps, {int(sum(gold))} boundaries", flush=True)
    return torch.tensor(rows), torch.tensor(gold)


def split(text, model, threshold):
    found, sure = strings(text)
    cuts = set(sure)
    if found:
        with torch.no_grad():
            scores = model(torch.tensor([rows_of(f) for _, _, f in found]))
        cuts |= {left for (left, _, _), s in zip(found, scores.tolist()) if s > threshold}
    out, at = [], 0
    for cut in sorted(cuts) + [len(text)]:
        s, e = at, cut
        while s < e and text[s].isspace():
            s += 1
        while e > s and text[e - 1].isspace():
            e -= 1
        if s < e:
            out.append([s, e])
        at = cut
    return out


def quick(path, model, threshold):
    right = given = wanted = 0
    with open(path, encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            ends = lambda spans: {e for _, e in spans[:-1]}
            a, b = ends(split(row["text"], model, threshold)), ends(row["sentences"])
            right, given, wanted = right + len(a & b), given + len(a), wanted + len(b)
    return 2 * right / (given + wanted)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--epochs", type=int, default=8)
    ap.add_argument("--threshold", type=float, default=0.0)
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    shared, work = Path(a.shared), Path(a.work)
    docs = [d for n in ("ewt", "gum") for d in documents(shared / f"data/treebank/en_{n}-train.conllu.gz")]
    docs += [damage(t, e, rng) for t, e in docs]
    rows, gold = examples(docs)
    more = certain(shared, rng)
    rows, gold = torch.cat([rows, more[0]]), torch.cat([gold, more[1]])
    print(f"{len(gold)} gaps, {int(gold.sum())} boundaries", flush=True)
    model = Boundary()
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    steps = a.epochs * (len(gold) // 512 + 1)
    plan = torch.optim.lr_scheduler.LambdaLR(opt, lambda k: max(0.02, 1 - k / steps))
    for epoch in range(a.epochs):
        total = 0.0
        for idx in torch.randperm(len(gold)).split(512):
            loss = nn.functional.binary_cross_entropy_with_logits(model(rows[idx], 0.15), gold[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            plan.step()
            total += loss.item() * len(idx)
        print(f"epoch {epoch + 1} loss {total / len(gold):.4f}", flush=True)
    weight = np.concatenate([model.table.weight.detach().numpy(), model.out.detach().numpy()[None]]).astype(np.float32)
    np.savez(work / "boundary.npz", weight=weight, threshold=a.threshold)
    for name in ("ewt-dev", "gum-dev", "tricky"):
        gold_file = shared / f"data/sentences/{name}.jsonl"
        with open(gold_file, encoding="utf-8") as f, open(work / f"system-{name}.jsonl", "w", encoding="utf-8") as g:
            for line in f:
                row = json.loads(line)
                g.write(json.dumps({"id": row["id"], "sentences": split(row["text"], model, a.threshold)}) + "\n")
        done = subprocess.run([sys.executable, str(shared / "eval/score_sentences.py"), str(gold_file), str(work / f"system-{name}.jsonl")], capture_output=True, text=True)
        for threshold in (-1.5, -1.0, -0.5, 0.5):
            print(f"  at {threshold}: boundary F1 {quick(gold_file, model, threshold):.4f}", flush=True)
        print(name, (done.stdout + done.stderr).strip(), flush=True)


if __name__ == "__main__":
    main()
