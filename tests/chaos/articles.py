"""Made-up articles, and messages that no article can be made of; the same for the same numbers."""

import json

PLACES = [("Norway", "Norwegian", "Oslo"), ("Peru", "Peruvian", "Lima"), ("Kenya", "Kenyan", "Nairobi"),
          ("Japan", "Japanese", "Tokyo"), ("Chile", "Chilean", "Santiago"), ("Poland", "Polish", "Warsaw")]
PEOPLE = ["Marta Quillfeather", "Oban Strand", "Ilse Varnhem", "Tomas Perrigo", "Nadia Holm"]
MATTERS = ["the fishing accord", "the border crossing", "grain shipments", "the prisoner exchange", "the rail tunnel"]
TEXTS = [
    "{one}'s Foreign Minister {person} met her counterpart from {two} in {city} on Monday.",
    "{one} expelled two {of_two} diplomats over {matter}. “We regret it,” {person} said.",
    "{person} told reporters that talks on {matter} would resume in {city}.",
    "{one} accused {two} of violating {matter}, and recalled its ambassador.",
]
GERMAN = ("Der Minister erklärte am Montag, die Gespräche über das Abkommen seien vorläufig gescheitert. Man werde sich nach "
          "der Sommerpause noch einmal zusammensetzen, sagte er den wartenden Journalisten vor dem Gebäude.")
# Small, so that what is too large costs little.
MAX_BYTES = 65536
MAX_TOKENS = 10000

# Every reason of docs/messages.md that a message can give rise to, with one that does. (A panic is a defect; there is none to show.)
POISON = [
    ("malformed", b'{"text": "cut off'),
    ("malformed", b'{"text": 5}'),
    ("not_utf8", b"\xff\xfe\x00\xd8"),
    ("unsupported_format", b"%PDF-1.7 and so on"),
    ("no_text", b'{"text": "  "}'),
    ("no_text", None),
    ("too_large", b"x" * (MAX_BYTES + 1)),
    ("too_many_tokens", b'"' * (MAX_TOKENS + 1)),
    ("unsupported_language", GERMAN.encode()),
]


def article(number: int) -> tuple[str, bytes]:
    """Id and value."""
    one, two = PLACES[number % len(PLACES)], PLACES[(number // 3 + 1) % len(PLACES)]
    words = {"one": one[0], "two": two[0], "of_two": two[1], "city": one[2], "person": PEOPLE[number % len(PEOPLE)],
             "matter": MATTERS[number // 2 % len(MATTERS)]}
    text = TEXTS[number % len(TEXTS)].format(**words)
    name = f"a-{number:06}"
    fields = {"id": name, "title": f"Story {number} from {one[2]}", "text": text, "published_at": "2024-03-04T09:00:00Z"}
    return name, json.dumps(fields, ensure_ascii=False).encode()


def poison(number: int) -> tuple[str, bytes | None]:
    """Reason and value."""
    return POISON[number % len(POISON)]
