#!/usr/bin/env python3
"""Holds the scores on the shared development sets to the floors in floors.toml. Python 3.11 standard library only.

  check.py SHARED DEMARCHE EVALUATE      SHARED holds eval/, seed/ and data/; both programs are built, `evaluate` with feature score

Prints every figure beside its floor; exit status 1 if one lies below.
"""
import json
import pathlib
import re
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


def last_part(gold, share, folder):
    """The last sentences of a BIO file: what training leaves alone."""
    sentences = gold.read_text(encoding="utf-8").strip("\n").split("\n\n")
    part = pathlib.Path(folder) / gold.name
    part.write_text("\n\n".join(sentences[int(len(sentences) * (1 - share) + 0.5):]) + "\n\n", encoding="utf-8")
    return part


def evaluated(evaluate, shared, floor, folder):
    """What `evaluate` prints, by the row's name."""
    what, gold, *options = floor["evaluate"]
    gold = shared / gold
    if "last" in floor:
        gold = last_part(gold, floor["last"], folder)
    command = [evaluate, what, gold, "--out", pathlib.Path(folder) / "answer", *options]
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [line.strip() for line in printed.splitlines()]


def printed(lines, row, name):
    """The number behind a name in a row, or the number at a place in it, counted from 0."""
    line = next(line for line in lines if line.startswith(row))
    if isinstance(name, int):
        return float(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", line[len(row):])[name])
    return float(re.search(rf"\b{name}\s+([\d.]+)", line).group(1))


def main():
    shared, binary, evaluate = pathlib.Path(sys.argv[1]), *(pathlib.Path(x).resolve() for x in sys.argv[2:4])
    floors = tomllib.loads((pathlib.Path(__file__).parent / "floors.toml").read_text())["floor"]
    measured, below = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for floor in floors:
            if "evaluate" in floor:
                key = tuple(floor["evaluate"])
                if key not in measured:
                    measured[key] = evaluated(evaluate, shared, floor, folder)
                reached = printed(measured[key], floor["row"], floor["figure"])
            else:
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
