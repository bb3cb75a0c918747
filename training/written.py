"""Articles that were written for the project and annotated as they were written (`articles/*.txt`), and newswire annotated for it (`newswire.py`), as rows
like those of the event corpus.

  python training/written.py                      writes WORK/written.jsonl, events with their parties, and WORK/who-written.jsonl, who is whose
  python training/written.py --hold-out hard      the file hard.txt goes to WORK/held-out.jsonl (and who-held-out.jsonl) instead

The format is in `articles/README.md`. Every mistake in a file is printed with its line, and nothing is written.
"""
import argparse
import json
import re
import sys
from pathlib import Path

import newswire
from tasks.events import BODIES, SECTORS, STATUS, TYPES, sector_of

ARTICLES = Path(__file__).resolve().parent / "articles"
KINDS = ("PER", "ORG", "STATE", "GRP")
CODE = re.compile(r"(---|[A-Z]{3})([A-Z]{3})*")


# Sectors that are told as others by who is who.
TOLD = {"INS": "REB", "SEP": "REB", "HRI": "CVL", "PRM": "MIL"}


class Problem(Exception):
    """What is wrong with a line."""


def find(text, words, offset=0):
    """The span of some words in a text; `#2` behind them means where they stand for the second time."""
    words, _, number = words.partition("#")
    words = words.strip()
    found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)] if words else []
    if len(found) < int(number or 1):
        raise Problem(f"\"{words}\" is not in the sentence")
    at = offset + found[int(number or 1) - 1]
    return [at, at + len(words)]


def known(article):
    """Who is whose: those who are marked as such, and the parties of events."""
    found = {tuple(mention): {"country": e["country"], "sector": TOLD.get(e["sector"], e["sector"]), "kind": e["kind"]} for e in article.entities for mention in e["mentions"]}
    for event in article.events:
        for party in event["actors"] + event["recipients"]:
            code, body = party["code"], party["code"][:3] in BODIES | {"EUR", "---"}
            sector = TOLD.get(sector_of(code), sector_of(code))
            found.setdefault(tuple(party["span"]), {"country": None if body or code[:3] in SECTORS else code[:3], "sector": sector or None, "kind": None})
    return [{"name": article.text[span[0]:span[1]], "role": None, "mentions": [list(span)], **of} for span, of in sorted(found.items())]


def row(article, of):
    return {"id": article.id, "source": article.style, "date": article.date, "text": article.text, "sentences": article.sentences, **of}


class Article:
    def __init__(self, heading):
        self.id, date, self.style = (cell.strip() for cell in heading.split("|"))
        self.date = None if date == "-" else date
        self.text, self.sentences, self.events, self.entities = "", [], [], []

    def add_sentence(self, number, sentence, is_new_paragraph):
        if number != len(self.sentences) + 1:
            raise Problem(f"sentence {len(self.sentences) + 1} expected")
        if self.text:
            self.text += "\n\n" if is_new_paragraph else " "
        self.sentences.append([len(self.text), len(self.text) + len(sentence)])
        self.text += sentence

    def in_sentence(self, number, words):
        begin, end = self.sentences[number]
        return find(self.text[begin:end], words, begin)

    def before(self, number, words):
        """In the nearest sentence before this one."""
        for earlier in reversed(range(number)):
            try:
                return self.in_sentence(earlier, words)
            except Problem:
                continue
        raise Problem(f"\"{words}\" is in no earlier sentence")

    def parties(self, number, cell):
        found = []
        for party in cell.split(";") if cell not in ("", "-") else ():
            words, _, code = (part.strip() for part in party.rpartition("="))
            if not CODE.fullmatch(code):
                raise Problem(f"code {code}")
            found.append({"span": self.before(number, words[1:]) if words.startswith("^") else self.in_sentence(number, words), "code": code})
        return found

    def add_event(self, cells):
        number, trigger, cameo, kind, actors, recipients, status, date, place, same = (*cells, "")[:10]
        number = int(number) - 1
        plover, _, mode = kind.partition("/")
        if plover not in TYPES or status.rstrip("*") not in STATUS or not cameo.isdigit():
            raise Problem(f"{cameo} {kind} {status}")
        only = lambda cell: None if cell in ("", "-") else self.in_sentence(number, cell)
        earlier = int(same[1:]) - 1 if same else None
        if earlier is not None:
            if not 0 <= earlier < len(self.events):
                raise Problem(f"same {same}")
            first = self.events[earlier]["same"]
            earlier = earlier if first is None else first
        self.events.append({"sentence": number, "trigger": self.in_sentence(number, trigger), "cameo": cameo, "plover": plover, "mode": mode or None, "status": status.rstrip("*"), "historical": status.endswith("*"),
                            "actors": self.parties(number, actors), "recipients": self.parties(number, recipients), "date": only(date), "place": only(place), "same": earlier})

    def add_entity(self, cells):
        _, number, words, kind, country, sector = cells[:6]
        country, sector = (None if cell == "-" else cell for cell in (country, sector))
        if kind not in KINDS or sector not in (None, "NGO", *SECTORS) or country and not re.fullmatch("[A-Z]{3}", country):
            raise Problem(f"{kind} {country} {sector}")
        self.entities.append({"name": words.partition("#")[0], "kind": kind, "country": country, "sector": sector, "role": None, "mentions": [self.in_sentence(int(number) - 1, words)]})


def read(path):
    """-> articles of a file, and its mistakes"""
    articles, problems, is_new = [], [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            sentence = re.match(r"(\d+)\t(.*)", line)
            cells = [cell.strip() for cell in line.split("|")]
            if line.startswith("## "):
                articles.append(Article(line[3:]))
            elif sentence:
                articles[-1].add_sentence(int(sentence[1]), sentence[2].strip(), is_new)
            elif cells[0] == "@":
                articles[-1].add_entity(cells)
            elif line.strip() and not line.startswith("//"):
                articles[-1].add_event(cells)
            is_new = not line.strip()
        except (Problem, ValueError, IndexError) as problem:
            problems.append(f"{path.name}:{number}: {problem}: {line[:80]}")
    return articles, problems


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--hold-out", nargs="*", default=(), help="files of which nothing is learned")
    a = ap.parse_args()
    found = {path.stem: read(path) for path in sorted(ARTICLES.glob("*.txt"))}
    problems = [problem for _, own in found.values() for problem in own]
    if problems:
        sys.exit("\n".join(problems))
    Path(a.work).mkdir(parents=True, exist_ok=True)
    for name, is_out in (("written", False), ("held-out", True)):
        articles = [article for stem, (own, _) in found.items() if (stem in a.hold_out) == is_out for article in own]
        articles += [] if is_out else newswire.read(a.shared)
        for file, of in ((name, lambda x: {"events": x.events}), (f"who-{name}", lambda x: {"entities": known(x)})):
            lines = [json.dumps(row(article, of(article)), ensure_ascii=False) + "\n" for article in articles]
            (Path(a.work) / f"{file}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(articles)} articles, {sum(len(x.sentences) for x in articles)} sentences, {sum(len(x.events) for x in articles)} events")


if __name__ == "__main__":
    main()
