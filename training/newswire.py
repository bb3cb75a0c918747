"""Events of the Groningen Meaning Bank's newswire, annotated for the project (`newswire/events.tsv`), put together with the bank's sentences.

The format is in `newswire/README.md`. `written.py` reads them beside the articles that were written.
"""
import gzip
import re
from pathlib import Path

EVENTS = Path(__file__).resolve().parent / "newswire" / "events.tsv"
BEHIND = {"]", ",", ".", ";", ":", "?", "!", "%", ")", "'", "'s", "n't", "'m", "'re", "'ve", "'ll", "'d", "...", "''"}
BEFORE = {"[", "(", "$"}


def joined(tokens):
    """A sentence's text of its words, as the event corpus has such sentences."""
    text, is_inside, is_glued = "", False, True
    for token in tokens:
        if token == '"':
            is_inside = not is_inside
            text += token if is_glued or not is_inside else " " + token
            is_glued = is_inside
        else:
            text += token if is_glued or token in BEHIND else " " + token
            is_glued = token in BEFORE
    return text.strip()


def bank(shared):
    """-> the sentences' numbers and texts, in the file's order"""
    names, texts = [], []
    with gzip.open(Path(shared) / "data/treebank/ner/gmb-more.bio.gz", "rt", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            if block.strip():
                name, *lines = block.strip().split("\n")
                names.append(name.removeprefix("# sent_id = "))
                texts.append(joined(line.split("\t")[0] for line in lines))
    return names, texts


class Article:
    """As those of `written.py`."""

    style = "newswire"
    date = None

    def __init__(self, name, sentences):
        self.id, self.text, self.sentences, self.events, self.entities = f"newswire-{name}", "", [], [], []
        for sentence in sentences:
            begin = len(self.text) + bool(self.text)
            self.text = f"{self.text} {sentence}" if self.text else sentence
            self.sentences.append([begin, len(self.text)])

    def span(self, cell):
        number, begin, end = map(int, re.fullmatch(r"(\d+):(\d+)-(\d+)", cell).groups())
        first, last = self.sentences[number]
        if not begin < end <= last - first:
            raise ValueError(f"{self.id}: {cell}")
        return [first + begin, first + end]

    def add_event(self, cells):
        number, trigger, cameo, kind, actors, recipients, status, date, place, same = cells
        plover, _, mode = kind.partition("/")
        parties = lambda cell: [{"span": self.span(span), "code": code} for span, _, code in (party.partition("=") for party in cell.split(";") if cell != "-")]
        only = lambda cell: None if cell == "-" else self.span(cell)
        self.events.append({"sentence": int(number), "trigger": self.span(trigger), "cameo": cameo, "plover": plover, "mode": mode or None, "status": status.rstrip("*"), "historical": status.endswith("*"),
                            "actors": parties(actors), "recipients": parties(recipients), "date": only(date), "place": only(place), "same": None if same == "-" else int(same[1:]) - 1})


def read(shared):
    """-> the annotated articles"""
    names, texts = bank(shared)
    at = {name: k for k, name in enumerate(names)}
    articles = []
    for line in EVENTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            name, n = line[3:].split("\t")
            articles.append(Article(name, texts[at[name]:at[name] + int(n)]))
        elif line and not line.startswith("//"):
            articles[-1].add_event(line.split("\t"))
    return articles
