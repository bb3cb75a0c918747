"""Corpora by name: which files each is read from and by which reader, read once and kept under a key of what they were made from.

The key is a hash of the files, of the gazetteer and of the modules that read, so that a changed corpus or reader is never mistaken for
the one before. A corpus is a list of sentences, each a dict: forms, doc, flags, and the layers that its annotation has.
"""
import gzip
import hashlib
import inspect
import pickle
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np

import gazetteer
from layers import FLAG_DIM

_HASHES = {}


class Corpus(NamedTuple):
    """`files` below the folder of shared data, or of the work folder where they begin with `work/`; `read(*paths)` gives the sentences."""

    files: tuple
    read: Callable
    # Share of the batches unless --shares says otherwise.
    share: float = 0.0

    def paths(self, shared, work):
        return [Path(work, f[5:]) if f.startswith("work/") else Path(shared, "data", f) for f in self.files]


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")


def sha256(path):
    """Of a file's bytes; asked once a run for each state of the file."""
    path = Path(path)
    state = path.stat()
    known = (str(path), state.st_size, state.st_mtime_ns)
    if known not in _HASHES:
        _HASHES[known] = hashlib.sha256(path.read_bytes()).hexdigest()
    return _HASHES[known]


def key_of(files, modules):
    """What a cache is named by: a hash of the files it was made from and of the source of the modules that made it."""
    parts = [sha256(f) for f in files] + [sha256(inspect.getsourcefile(m)) for m in modules]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def cached(work, name, files, modules, make):
    """`make()`, or what it made before from the same files by the same code; older states are thrown away."""
    folder = Path(work) / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{key_of(files, modules)}.pickle"
    if not path.exists():
        made = make()
        for old in folder.glob(f"{name}-????????????????.pickle"):
            old.unlink()
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(made))
        part.rename(path)
        return made
    return pickle.loads(path.read_bytes())


def flagged(sentences, table):
    """Gives sentences their gazetteer bits."""
    for s in sentences:
        s["flags"] = np.zeros((len(s["forms"]), FLAG_DIM), np.uint8)
        gazetteer.flags_of(s["forms"], table, s["flags"])
    return sentences


def registered():
    """-> {name: Corpus} of all tasks"""
    from tasks import TASKS
    return {name: corpus for task in TASKS for name, corpus in task.CORPORA.items()}


def load(name, shared, work):
    """-> the sentences of a corpus, with flags"""
    corpus = registered()[name]
    paths = corpus.paths(shared, work)
    reader = inspect.unwrap(getattr(corpus.read, "func", corpus.read))
    table = Path(work) / "gazetteer.npz"
    return cached(work, name, [*paths, table], [sys.modules[reader.__module__], sys.modules[__name__], gazetteer],
                  lambda: flagged(corpus.read(*paths), gazetteer.load(work)))
