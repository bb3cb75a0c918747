"""Names of persons, places and bodies as hashed runs of tokens, and the bits a token gets from them.

The tables of ../shared/data/gazetteer hold facts (names), with origin and licence in each row. A name becomes
one 64-bit key (docs/model-format.md, "Gazetteer") with a set of kinds. One-word names that the unlabelled text
writes more often in lower case ("Most", "Nice" are towns) are left out: they would mark ordinary words.
"""
import argparse
import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np

from features import fold, fnv1a

KINDS = ("person", "given", "surname", "country", "demonym", "city", "organization", "title")
FIRST_FLAG = 2
MAX_TOKENS = 8
DROPPED = set(".-' ")
TITLES = """President|Vice President|Prime Minister|Deputy Prime Minister|Foreign Minister|Defense Minister|Defence Minister|Interior Minister|Finance Minister
|Minister|Deputy Foreign Minister|Secretary|Foreign Secretary|Secretary of State|Secretary-General|Secretary General|Chancellor|Premier|King|Queen|Prince|Princess|Sheikh|Emir
|Sultan|Pope|Ambassador|Envoy|Special Envoy|Senator|Representative|Congressman|Congresswoman|Governor|Mayor|General|Major General|Lieutenant General|Brigadier General|Gen.|Lt. Gen.|Maj. Gen.
|Brig. Gen.|Colonel|Col.|Lt. Col.|Lt.|Lieutenant|Captain|Capt.|Major|Maj.|Sergeant|Sgt.|Admiral|Adm.|Marshal|Commander|Mr.|Mrs.|Ms.|Miss|Mr|Mrs|Ms|Dr.|Dr|Doctor|Professor|Prof.|Sen.|Rep.|Gov.
|Judge|Justice|Chief Justice|Attorney General|Archbishop|Bishop|Cardinal|Ayatollah|Imam|Father|Reverend|Rev.|Rabbi|Sir|Lord|Lady|Dame|Spokesman|Spokeswoman|Speaker|Chairman|Director
|Commissioner|High Commissioner|Chief|Leader|Crown Prince|Defense Secretary|Defence Secretary|Treasury Secretary|First Lady|U.N. Secretary-General|U.S. President|Mullah|Emperor|Deputy Minister|Chief of Staff
|Police Chief|Army Chief|Party Leader|Opposition Leader|Undersecretary|Deputy Secretary|Assistant Secretary|Under Secretary|Consul|Consul General|Counselor|Monsignor|St.|Saint"""


def key(name):
    return fnv1a("".join(c for c in fold(name) if c not in DROPPED).encode("utf-8"))


def names(folder):
    """-> {name: set of kinds}"""
    out = {}

    def add(name, kind):
        name = " ".join(fold(name).split())
        if len(name) > 2 or kind in (3, 4):
            out.setdefault(name, set()).add(kind)

    def person(name):
        name = re.sub(r"\(.*?\)|,.*", "", name).strip()
        words = name.split()
        if not 2 <= len(words) <= 6 or not all(w[0].isupper() or w in ("al", "bin", "de", "da", "van", "von", "ibn", "el", "der", "dos", "del") or "-" in w for w in words):
            return
        add(name, 0)
        if len(words) > 2:
            add(f"{words[0]} {words[-1]}", 0)
        add(words[0], 1)
        add(words[-1], 2)

    def table(file):
        with open(folder / file, encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))

    for file in ("leaders_factbook.tsv", "ministers_cia_2019.tsv", "officeholders_wikidata.tsv", "us_chiefs.tsv", "us_congress.tsv"):
        for row in table(file):
            person(row["name"])
    for row in table("actors_phoenix.tsv"):
        # Three letters are a country and its spellings; longer codes with GOV, MIL, OPP and so on are mostly persons.
        code = row["cameo_code"]
        if row["kind"] == "country" and len(code) > 3 and len(row["name"].split()) <= 4:
            person(row["name"])
    for row in table("countries.tsv"):
        for name in [row["name"], row["official_name"], *row["alternative_names"].split("|"), *row["capital"].split("|")]:
            if name and "disputed" not in name:
                add(re.sub(r" \(.*\)|,.*", "", name), 3)
        for name in [*row["demonyms"].split("|"), *row["adjectives"].split("|")]:
            for part in re.split(r",| or ", re.sub(r"\(.*?\)", "", name)):
                if part.strip()[:1].isupper():
                    add(part.strip(), 4)
        for name in row["metonyms"].split("|"):
            add(name, 6)
    for row in table("cities.tsv"):
        for name in {row["city"], row["ascii"], row["subcountry"]}:
            add(name, 5)
    for file in ("organizations.tsv", "ministries.tsv"):
        for row in table(file):
            for name in [row["name"], *row["aliases"].split("|")]:
                add(re.sub(r"^the ", "", name), 6)
    for name in TITLES.replace("\n", "").split("|"):
        add(name, 7)
    return {n: k for n, k in out.items() if n and (n[0].isupper() or n[0].isdigit())}


def build(folder, work):
    """-> {key: bits}; counts of the unlabelled text decide which one-word names are ordinary words."""
    tokens = np.load(work / "tokens.npy", mmap_mode="r")
    counts = np.bincount(tokens)
    types = (work / "types.txt").read_text(encoding="utf-8").split("\n")
    lower, upper = Counter(), Counter()
    for t, n in zip(types, counts):
        (lower if t.islower() else upper)[t.lower()] += int(n)
    table = {}
    for name, kinds in names(folder).items():
        bits = sum(1 << k for k in kinds)
        if " " not in name and not kinds & {3, 4, 7} and lower[name.lower()] > upper[name.lower()]:
            continue
        k = key(name)
        table[k] = table.get(k, 0) | bits
    return table


def load(work):
    """The table that this step or restore.py left in the work folder."""
    found = np.load(Path(work) / "gazetteer.npz")
    return dict(zip(found["hash"].tolist(), found["kinds"].tolist()))


def flags_of(sentence, table, flags):
    """Sets the bits of one sentence's tokens in `flags` (n, 32)."""
    folded = [fold(t) for t in sentence]
    for i, first in enumerate(folded):
        if not (first[:1].isupper() or "0" <= first[:1] <= "9"):
            continue
        h = fnv1a(b"")
        for j in range(i, min(i + MAX_TOKENS, len(folded))):
            h = fnv1a("".join(c for c in folded[j] if c not in DROPPED).encode("utf-8", "surrogatepass"), h)
            bits = table.get(h)
            if bits and any(c.isalnum() for c in folded[j]):
                for k in range(len(KINDS)):
                    if bits >> k & 1:
                        flags[i, FIRST_FLAG + 2 * k] = 1
                        flags[i + 1:j + 1, FIRST_FLAG + 2 * k + 1] = 1


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    a = ap.parse_args()
    built = build(Path(a.shared) / "data/gazetteer", Path(a.work))
    np.savez(Path(a.work) / "gazetteer.npz", hash=np.array(list(built), np.uint64), kinds=np.array(list(built.values()), np.uint8))
    print(f"{len(built)} names")


if __name__ == "__main__":
    main()
