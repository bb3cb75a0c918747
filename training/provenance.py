"""Where a model comes from: for each stage of its training what was run, on which corpora, from which commit."""
import subprocess
from pathlib import Path

import corpora


def commit():
    """The commit that the code stands at, with `+` if it was changed since; nothing outside a repository."""
    folder = Path(__file__).parent
    git = lambda *args: subprocess.run(["git", "-C", str(folder), *args], capture_output=True, text=True)
    head = git("rev-parse", "--short=12", "HEAD")
    if head.returncode:
        return ""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".").stdout.strip()
    return head.stdout.strip() + ("+" if changed else "")


def stage(name, options, files=(), **more):
    """`options`: what decided the result, as given; `files`: what was read, {name: path, or its hash where that is all there is (pack.py)}."""
    return {"stage": name, "commit": commit(), **{k: v for k, v in options.items() if v not in ("", None, False)},
            "files": {k: p if isinstance(p, str) else corpora.sha256(p) for k, p in sorted(files.items())}, **more}


def files_of(names, shared, work):
    """-> {path below the shared data or the work folder: path} of the corpora of these names"""
    known = corpora.registered()
    return {f: p for name in names for f, p in zip(known[name].files, known[name].paths(shared, work))}
