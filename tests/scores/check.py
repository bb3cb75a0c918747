#!/usr/bin/env python3
"""Holds the scores on the shared development sets to the floors in floors.toml. Python 3.11 standard library only.

  check.py SHARED BINARY      SHARED holds eval/, seed/ and data/; BINARY is a built demarche

Prints every figure beside its floor; exit status 1 if one lies below.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib


def scores(shared, binary, gold, scorer, folder):
    """Extracts the gold file's articles and scores them: the scorer's JSON."""
    extract = subprocess.run([binary, "extract", "--format", "jsonl", gold], stdout=subprocess.PIPE, check=True)
    convert = [sys.executable, shared / "eval/from_analyses.py", "--for", scorer]
    system = pathlib.Path(folder) / "system.jsonl"
    with system.open("wb") as out:
        subprocess.run(convert, input=extract.stdout, stdout=out, check=True)
    score = [sys.executable, shared / f"eval/score_{scorer}.py", "--gold", gold, "--system", system, "--json"]
    result = json.loads(subprocess.run(score, stdout=subprocess.PIPE, check=True).stdout)
    if result.get("missing"):
        sys.exit(f"{gold}: no analysis of {', '.join(result['missing'])}")
    return result


def figure(result, path):
    for key in path.split("."):
        result = result[key]
    return result


def main():
    shared, binary = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    floors = tomllib.loads((pathlib.Path(__file__).parent / "floors.toml").read_text())["floor"]
    measured, below = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for floor in floors:
            key = (floor["gold"], floor["scorer"])
            if key not in measured:
                measured[key] = scores(shared, binary, shared / floor["gold"], floor["scorer"], folder)
            reached = figure(measured[key], floor["figure"]) or 0
            if "times" in floor:
                reached = round(reached * figure(measured[key], floor["times"]), 6)
            fits = reached >= floor["at_least"]
            below += not fits
            print(f"{'ok   ' if fits else 'BELOW'} {floor['what']}: {reached:g}, at least {floor['at_least']:g}")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
