"""Writes data/lexicon/given_names.tsv: given names and the sex they tell, from ../shared/data/gazetteer/given_names.tsv."""

import collections
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared/data/gazetteer/given_names.tsv"
TARGET = ROOT / "data/lexicon/given_names.tsv"

HEADER = """\
# Given names of the world as news spell them, and the sex they tell.
# Columns: sex (m, f; u: both sexes bear it, or it does not tell) | names (blanks between them).
# Origin: training/given_names.py, from a list of the project's own (free to use) and popular-names-by-country (CC0). Facts only. A name that is
# not here tells nothing.
sex\tnames
"""


def main():
    names = collections.defaultdict(set)
    for line in SOURCE.read_text(encoding="utf-8").splitlines()[1:]:
        name, sex = line.split("\t")[:2]
        if " " not in name:
            names[sex].add(name)
    # Countries and towns are given names, too ("Jordan", "Chad"): what they are is decided elsewhere.
    rows = [f"{sex}\t{' '.join(sorted(names[sex]))}\n" for sex in "mfu"]
    TARGET.write_text(HEADER + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
