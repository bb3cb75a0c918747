"""Token features: the one place where a word becomes numbers.

Everything here is repeated by the reader of the model file in another language, so each rule
is a plain function of the token's characters, and docs/model-format.md states it in words.
No feature looks at the neighbours of a token; context is the encoder's work. The exceptions,
which do look at neighbours, are the gazetteer bits (gazetteer.py) and the flags (reader's).
"""
import numpy as np

FNV_OFFSET = 0xCBF29CE484222325
FNV_PRIME = 0x100000001B3
MASK64 = (1 << 64) - 1

# Rows of each hashed table, in the order of `feature_strings`. Words need room, shapes do not:
# the sizes are what fits the file's budget at one byte a weight.
TABLE_ROWS = (65536, 8192, 8192, 4096, 4096, 32768)
TABLE_NAMES = ("word", "prefix3", "suffix3", "suffix2", "shape", "first4last4")
TABLE_DIM = 64

# Quotation marks: 1 opens, 2 closes, 3 does either.
QUOTES = {"\u201c": 1, "\u201e": 1, "\u201f": 1, "``": 1, "\u201d": 2, "''": 2, '"': 3}

_FOLD = {}
for _c in "\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4":
    _FOLD[ord(_c)] = "'"
for _c in "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033":
    _FOLD[ord(_c)] = '"'
for _c in "\u2010\u2011\u2012\u2212":
    _FOLD[ord(_c)] = "-"
for _c in "\u2014\u2015":
    _FOLD[ord(_c)] = "--"
_FOLD[0x2026] = "..."


def fnv1a(data, h=FNV_OFFSET):
    """FNV-1a over bytes, 64 bit; `h` continues an earlier call."""
    for b in data:
        h = ((h ^ b) * FNV_PRIME) & MASK64
    return h


def fold(token):
    """Typography levelled: curly quotes, hyphens, ellipses; `` and '' become one mark."""
    out = token.translate(_FOLD)
    return '"' if out == "''" else out


def lower(text):
    """Lower case character by character (no final-sigma rule)."""
    return "".join(c.lower() for c in text)


def word_of(folded):
    """The key of vectors and of the word table: lower case, every ASCII digit a 0."""
    return "".join("0" if "0" <= c <= "9" else c for c in lower(folded))


def shape_of(folded):
    """X upper, x lower, d ASCII digit, other characters themselves; at most two alike in a row."""
    out = []
    for c in folded:
        s = "X" if c.isupper() else "x" if c.islower() else "d" if "0" <= c <= "9" else c
        if len(out) < 2 or out[-1] != s or out[-2] != s:
            out.append(s)
    return "".join(out)


def feature_strings(token):
    folded = fold(token)
    word = word_of(folded)
    return (word, word[:3], word[-3:], word[-2:], shape_of(folded), word[:4] + "\x1f" + word[-4:])


def word_hash(word):
    """The full 64-bit hash of feature 0; also the key of the vector list."""
    return fnv1a(b"\x00" + word.encode("utf-8"))


def hashes_of(token):
    """The full 64-bit hash of each feature."""
    return [fnv1a(bytes([number]) + text.encode("utf-8", "surrogatepass")) for number, text in enumerate(feature_strings(token))]


def rows_of(token):
    """Row in each table; the high half is mixed in since FNV's low bits are its weakest."""
    return [((h >> 32) ^ h) & (size - 1) for h, size in zip(hashes_of(token), TABLE_ROWS)]


def type_features(tokens):
    """(types, 6) int32 of rows, offset so that all tables lie in one matrix."""
    base = np.cumsum((0,) + TABLE_ROWS[:-1])
    return (np.array([rows_of(t) for t in tokens], dtype=np.int64).reshape(-1, 6) + base).astype(np.int32)
