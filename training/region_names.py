"""Writes data/lexicon/region_names.tsv: regions whose name alone tells the country, from data/lexicon/regions.tsv. Left out is what several countries have, what
another table holds as a country, an adjective or a town of some size elsewhere, given names, and what the unlabelled news print in small letters as well."""

import collections
import gzip
import json
import re

from places import NEWS, SOURCE, TARGET, key

# Inhabitants, in thousands, from which a town elsewhere is as likely meant.
TOWN = 60
# Words printed in small letters so often are ordinary ones.
ORDINARY = 2
# The name is that of a people in several countries, or of a larger land.
SHARED = {"Kurdistan", "Papua", "Baden", "Limburg", "Flanders", "Punjab", "Kashmir", "Bengal", "Azad Kashmir", "Luxembourg", "Sahel", "Midlands", "South-East", "North-East", "North-West", "South-West", "Freeport"}
# Of several regions of one name that which the news mean, or whose name is made of ordinary words.
MEANT = {"USA": ["Florida", "Maryland", "New Jersey"], "AUS": ["Northern Territory"], "CAN": ["Northwest Territories"]}

HEADER = """\
# Regions of the first level whose name stands for one country alone.
# Columns: ISO 3166-1 alpha-3 | names ("|" between them).
# Origin: training/region_names.py, from data/lexicon/regions.tsv (GeoNames, https://www.geonames.org, Creative Commons Attribution 4.0). Facts only;
# left out: names that several countries share, given names, and ordinary words.
code	names
"""


def table(name):
    lines = [line for line in (TARGET / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def small_letters():
    """How often the news print a word in small letters."""
    count = collections.Counter()
    for part in ("whitehouse-briefings", "wikinews", "wp-current-events"):
        with gzip.open(NEWS / f"{part}.jsonl.txt.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                count.update(re.findall(r"\b[a-z]+\b", json.loads(line)["text"]))
    return count


def main():
    countries = collections.defaultdict(set)
    for country, _, name, *other in table("regions.tsv"):
        for one in [name, *(other[0].split("|") if other else [])]:
            if one:
                countries[one].add(country)
    elsewhere = collections.defaultdict(set)
    for row in table("places.tsv"):
        if len(row) == 8 and int(row[7]) >= TOWN:
            elsewhere[row[0]].add(row[2])
    known = {name for row in table("countries.tsv") for cell in row for name in cell.split("|")}
    codes = {row[0] for row in table("countries.tsv")}
    towns = {name for _, names in table("cities.tsv") for name in names.split("|")}
    given = {line.split("\t")[0] for line in (SOURCE / "given_names.tsv").read_text(encoding="utf-8").splitlines()[1:]}
    ordinary = small_letters()
    kept = collections.defaultdict(set)
    for name, of in countries.items():
        [country], others = list(of)[:1], len(of) > 1
        is_word = all(ordinary[word.lower()] >= ORDINARY for word in name.split())
        if others or is_word or name in known | towns | given | SHARED or elsewhere[key(name)] - {country} or len(name) < 4:
            continue
        kept[country].add(name)
    for country, names in MEANT.items():
        kept[country].update(names)
    lines = [f"{country}\t{'|'.join(sorted(names))}\n" for country, names in sorted(kept.items()) if country in codes]
    (TARGET / "region_names.tsv").write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
