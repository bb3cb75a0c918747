"""Persons and bodies by state: data/lexicon/listed.tsv, from the actor dictionaries of PETRARCH-2 in ../shared/data/gazetteer.

Names are listed by the key of `officeholders.py`. Left out: names of one word, whom the dictionaries give several states, and whom
data/lexicon/officeholders.tsv has in an office of the same state.
"""
import argparse
import csv
from collections import defaultdict
from pathlib import Path

from officeholders import code_of, key

HEADER = """# Persons and bodies by state, as far as no other table has them.
# Columns: key of the name (training/listed.py; rows ascend by it) | state, ISO 3166-1 alpha-3 | sector (CAMEO role, empty where none is given).
# Origin: facts to about 2014 from the actor dictionaries of PETRARCH-2, Phoenix.Countries.actors.txt and Phoenix.International.actors.txt (MIT license):
# Copyright (c) 2014 Open Event Data Alliance
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in
# the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
# the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and this
# permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
# EXPRESS OR IMPLIED.
key\tcountry\tsector
"""
# Kinds of international actors that have a home.
AT_HOME = {"MNC": "BUS", "NGO": "NGO", "NGM": "NGO"}
SECTORS = {"GOV", "ELI", "MIL", "SPY", "OPP", "REB", "COP", "LEG", "JUD", "MED", "EDU", "BUS", "REL"}
TITLES = {"president", "prime", "king", "queen", "minister", "general", "pope", "prince", "sheikh"}
# Terms that ended before tell nothing of whom news of today speak of.
SINCE = "1985"


def read(path, countries):
    """-> by key, the states and sectors that the dictionaries give it"""
    found = defaultdict(lambda: defaultdict(set))
    with open(path, encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            parts = [row["cameo_code"][i:i + 3] for i in range(0, len(row["cameo_code"]), 3)]
            country = next((code_of(p) for p in parts if code_of(p) in countries), None)
            is_state = len(parts) == 1
            if country is None or is_state or row["kind"] == "international" and parts[0] not in AT_HOME or row["to"] and row["to"] < SINCE:
                continue
            sector = AT_HOME.get(parts[0]) or next((p for p in parts[1:] if p in SECTORS), "")
            for name in (row["name"], *row["aliases"].split("|")):
                named = key(name.removesuffix(" Inc").removesuffix(" Inc."))
                if named and named.split()[0] not in TITLES:
                    found[named][country].add(sector)
    return found


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--out", default="data/lexicon/listed.tsv")
    a = ap.parse_args()
    cells = lambda name: [line.split("\t") for line in Path(f"data/lexicon/{name}.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    countries = {row[0] for row in cells("countries")}
    held = {(row[0], row[2]) for row in cells("officeholders")}
    out = []
    for named, states in sorted(read(Path(a.shared) / "data/gazetteer/actors_phoenix.tsv", countries).items()):
        (country, sectors), *more = states.items()
        if not more and (named, country) not in held:
            out.append(f"{named}\t{country}\t{min(sectors) if len(sectors) == 1 else 'GOV' if 'GOV' in sectors else ''}\n")
    Path(a.out).write_text(HEADER + "".join(out), encoding="utf-8")
    print(f"{len(out)} names")


if __name__ == "__main__":
    main()
