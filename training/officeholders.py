"""Who held which office when: data/lexicon/officeholders.tsv, from the tables of office holders in ../shared/data/gazetteer.

A person is listed by a key of the name (`key` here, `key` in src/extract/lexicon/officeholders.rs) under which the usual
spellings of one name fall together.
"""
import argparse
import csv
import re
import unicodedata
from pathlib import Path

HEADER = """# Who held which office when, for names that an article gives without their country or office.
# Columns: key of the name (training/officeholders.py; rows ascend by it) | Wikidata item | country, ISO 3166-1 alpha-3, empty for international
# bodies | sector (CAMEO role) | office | first day | last day. Days are as exact as the source has them (YYYY, YYYY-MM, YYYY-MM-DD);
# no last day: in office when the source was read, which was 2022 for Wikidata's rows and 2026 for the factbook's. One day as both: seen in office on it.
# Origin: Wikidata as read by EveryPolitician (CC0), The World Factbook and CIA World Leaders (public domain), unitedstates/congress-legislators
# (CC0). Facts only. Left out: names of one word.
key\twikidata\tcode\tsector\toffice\tfrom\tto
"""
# What an office is called decides its sector; the first that matches counts.
SECTORS = (
    ("GOV", r"minister|secretary|ambassador|governor|president"),
    ("LEG", r"speaker|senator|representative$|congress|parliament|\bhouse of|whip\b"),
    ("JUD", r"justice$|justice of|chief justice|judge|court|prosecutor"),
    ("SPY", r"intelligence|secret service|security service|\bCIA\b|\bFSB\b|Mossad|Shin Bet"),
    ("MIL", r"general staff|army|navy|air force|chiefs? of staff of the (armed|defen)|defence staff|armed forces|admiral|commander"),
    ("", r"first lady"),
)
# Letters that decomposition does not take apart.
PLAIN = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ə": "a"})


def key(name):
    """Lower case without accents, points, initials and numbers of generations, letters that transliterations exchange made one. None for one word."""
    name = unicodedata.normalize("NFD", name.lower().translate(PLAIN))
    name = "".join(c for c in name if not unicodedata.combining(c))
    words = re.split(r"[\s\-.]+", re.sub(r"[^\w\s\-.]", "", name))
    words = [w for w in map(folded, words) if len(w) > 1 and w not in ("ir", "sr", "iv")]
    return " ".join(words) if len(words) > 1 else None


def folded(word):
    """"Sergey" and "Sergei", "Aleksey" and "Alexei", "Dmitriy" and "Dmitry" become one."""
    out = []
    for c in word:
        c = "i" if c in "yj" else c
        if c == "s" and out[-1:] == ["k"]:
            out[-1] = "x"
        elif c == "i" and out[-1:] in (["e"], ["i"]):
            out[-1:] = [] if out[-2:-1] == ["i"] else ["i"]
        elif out[-1:] != [c]:
            out.append(c)
    return "".join(out)


def code_of(iso3):
    """Kosovo has no code of ISO's; the lexicon uses CAMEO's."""
    return "KOS" if iso3 == "XKX" else iso3


def sector(office):
    return next((s for s, pattern in SECTORS if re.search(pattern, office, re.I)), "GOV")


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--out", default="data/lexicon/officeholders.tsv")
    a = ap.parse_args()

    def table(name):
        with open(Path(a.shared) / "data/gazetteer" / name, encoding="utf-8") as f:
            yield from csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)

    lexicon = Path("data/lexicon/countries.tsv").read_text(encoding="utf-8").splitlines()
    countries = {line.split("\t")[0] for line in lexicon if not line.startswith("#")}
    codes = {}
    for row in table("countries.tsv"):
        for name in [row["name"], row["official_name"], *row["alternative_names"].split("|")]:
            codes.setdefault(name.strip(), code_of(row["iso3"]))
    out, unknown = set(), set()

    def add(name, item, code, office, begins, ends):
        office = re.sub(r"\s*\(.*\)|[\t|]", "", office).strip()
        # "Jovita N., Head of Delegation"
        named = key(name.split(",")[0])
        if named and (code == "" or code in countries):
            out.add((named, item, code, sector(office), office, begins, ends))

    codes[""] = ""
    for row in table("officeholders_wikidata.tsv"):
        code = codes.get(row["country"])
        if code is None:
            unknown.add(row["country"])
        add(row["name"], row["wikidata"], code, row["position"], row["from"], row["to"])
    for row in table("leaders_factbook.tsv"):
        if row["iso3"]:
            if row["role"] == "United States chief of mission":
                add(row["name"], "", "USA", f"ambassador to {row['country']}", row["from"], row["to"])
            elif row["role"] == "chief of mission to the United States":
                add(row["name"], "", code_of(row["iso3"]), "ambassador to the United States", row["from"], row["to"])
            elif row["title"]:
                add(row["name"], "", code_of(row["iso3"]), row["title"], row["from"], row["to"])
    for row in table("us_congress.tsv"):
        add(row["name"], "", row["iso3"], row["role"], row["from"], row["to"])
    for row in table("ministers_cia_2019.tsv"):
        if row["iso3"]:
            add(row["name"], "", code_of(row["iso3"]), row["title"], row["as_of"], row["as_of"])
    lines = ["\t".join(row) for row in sorted(out)]
    Path(a.out).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} terms of {len({row[0] for row in out})} names; countries not known: {sorted(unknown)}")


if __name__ == "__main__":
    main()
