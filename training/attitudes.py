"""Attitudes of verbs that nobody listed: what the listed verbs mean whose word vectors are nearest.

Reads the verbs of data/lexicon/cues.tsv and attitudes.tsv with their attitudes, and the verbs of the treebanks; writes
data/lexicon/attitudes-learned.tsv, which the program asks where both tables are silent. Prints how often the same rule is right about listed
verbs, each left out in its turn.
"""
import argparse
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from features import fold, word_hash, word_of
from tasks import tree

# Neighbours asked, and the share of their votes below which the rule is silent.
NEIGHBOURS, AGREED = 9, 0.7
HEADER = """# What a source does with the content, for verbs that data/lexicon/cues.tsv and attitudes.tsv do not hold: what those of their verbs mean whose
# word vectors are nearest (training/attitudes.py). Columns as in attitudes.tsv; light: whatever else a table knows in the cue says more.
# Origin: computed from those tables, the word vectors and the verbs of UD English-EWT and GUM (facts).
attitude\tclass\tcontent\texpressions
"""


def listed(folder):
    """-> {verb: Counter of attitudes}"""
    out = defaultdict(Counter)
    for file in ("attitudes.tsv", "cues.tsv"):
        lines = [l.split("\t") for l in (folder / file).read_text(encoding="utf-8").splitlines() if l and not l.startswith("#")]
        names = lines[0]
        for row in (dict(zip(names, l)) for l in lines[1:]):
            if file == "attitudes.tsv" and row["class"] in ("verb", "light"):
                for verb in row["expressions"].split("|"):
                    if " " not in verb:
                        out[verb][row["attitude"]] += 1
            elif file == "cues.tsv":
                for verb in row[names[0]].split("|"):
                    if verb.isalpha():
                        out[verb][row.get("attitude") or "speech"] += 1
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    a = ap.parse_args()
    work, folder = Path(a.work), Path("data/lexicon")
    index = {h: i for i, h in enumerate(np.load(work / "vector_hashes.npy").tolist())}
    vectors = np.load(work / "vectors.npy")
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-6)
    row_of = lambda word: index.get(word_hash(word_of(fold(word))))
    table = listed(folder)
    # A verb is where its forms are: the mean of all that the treebanks have.
    forms = defaultdict(set)
    for name in ("ewt", "gum"):
        for s in tree.read(Path(a.shared) / f"data/treebank/en_{name}-train.conllu.gz"):
            for form, lemma, upos in zip(s["forms"], s["lemmas"], s["upos"]):
                if upos == "VERB" and lemma.isalpha() and lemma.islower() and len(lemma) > 2:
                    forms[lemma].add(form.lower())
    place = {}
    for lemma in forms.keys() | table.keys():
        rows = [r for r in map(row_of, sorted(forms[lemma] | {lemma})) if r is not None]
        if rows:
            mean = vectors[rows].mean(0)
            place[lemma] = mean / max(np.linalg.norm(mean), 1e-6)
    known = {verb: counts.most_common(1)[0][0] for verb, counts in sorted(table.items()) if verb in place}
    verbs, matrix = list(known), np.array([place[v] for v in known])

    def vote(lemma):
        near = matrix @ place[lemma]
        order = [k for k in np.argsort(-near, kind="stable") if verbs[k] != lemma][:NEIGHBOURS]
        votes = Counter()
        for k in order:
            votes[known[verbs[k]]] += max(float(near[k]), 0.0)
        best, share = votes.most_common(1)[0]
        return best, share / max(sum(votes.values()), 1e-6)

    sure = [(known[v], *vote(v)) for v in verbs]
    asked = [(want, got) for want, got, share in sure if share >= AGREED]
    told = [(want, got) for want, got in asked if got != "speech"]
    right = lambda pairs: f"{sum(w == g for w, g in pairs)} of {len(pairs)}"
    print(f"right about listed verbs: {right([x[:2] for x in sure])}; where the neighbours agree {right(asked)}, on another attitude than speech {right(told)}")
    found = defaultdict(list)
    for lemma in sorted(forms):
        if lemma in place and lemma not in table:
            best, share = vote(lemma)
            # Speech is what the program takes the others for.
            if share >= AGREED and best != "speech":
                found[best].append(lemma)
    with open(folder / "attitudes-learned.tsv", "w", encoding="utf-8") as f:
        f.write(HEADER)
        for attitude in sorted(found):
            f.write(f"{attitude}\tlight\t\t{'|'.join(found[attitude])}\n")
    print({k: len(v) for k, v in found.items()})


if __name__ == "__main__":
    main()
