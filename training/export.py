"""Write the model file, and what the training's own forward pass makes of a few sentences, which holds a reader to it.

Tables and word vectors go as int8 with a scale a row; the matrices of the encoder and the heads as bf16. `--tiny` writes a
model of a few kilobytes with random weights for tests: the same bytes each time, on any machine.
"""
import argparse
from pathlib import Path

import numpy as np
import torch

import corpora
import data
import gazetteer
import model_file
import reference
from model import load_model
from sections import header_of, join_signs, lexicon_of, lists, weights_of
from tasks import events, names, statements, tree
from tasks.sparse import Signs

VERSION = "0.5.0"


def changed(trained, signs):
    """-> whether a section has been trained anew, given the heads that have and whether the signs have"""
    kinds = {names.NAME: ("entity.",), statements.NAME: ("span.", "link."), events.NAME: ("event.",), tree.NAME: ("tag.", "arc.", "rel.")}
    begins = tuple(x for name in trained for x in kinds[name]) + (("signs.",) if signs else ())
    return lambda section: section.startswith(begins)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="model.pt")
    ap.add_argument("--with", dest="others", nargs="*", default=(), help="models of which only the heads trained in them are taken")
    ap.add_argument("--signs", default="", help="what signs.py made; without --base signs.pt unless another is named")
    ap.add_argument("--event-signs", default="", help="what signs.py --head event made")
    ap.add_argument("--base", default="", help="a model file whose sections are taken over byte for byte, but for heads of --with and --signs")
    ap.add_argument("--version", default=VERSION)
    ap.add_argument("--out", default="training/.work/english.model")
    ap.add_argument("--vectors", default="training/.work/vectors.json")
    ap.add_argument("--lean", type=float, nargs=3, default=(0.0, 0.0, 0.0), metavar=("SOURCE", "CUE", "CONTENT"),
                    help="added to the score of beginning a span of each role: raises recall at the price of precision")
    ap.add_argument("--lean-events", type=float, nargs=4, default=(0.0,) * 4, metavar=("TRIGGER", "PARTY", "DATE", "PLACE"), help="the same for events")
    ap.add_argument("--tiny", metavar="FOLDER", help="write tiny.model and tiny.json there and nothing else")
    a = ap.parse_args()
    torch.set_num_threads(1)
    if a.tiny:
        return reference.tiny(Path(a.tiny))
    work = Path(a.work)
    model, state = load_model(work / a.model, *a.others)
    with torch.no_grad():
        model.heads[statements.NAME].next[:, 0, 1] += torch.tensor(a.lean)
        if events.NAME in model.heads:
            for following, lean in zip(model.heads[events.NAME].following(), a.lean_events):
                following[0, 1::2] += lean
    vocabulary, table, signs = data.Vocabulary.load(work), gazetteer.load(work), Signs.load(work, a.signs or "signs.pt")
    labels = state["labels"]
    if (work / "lemmas.npz").exists():
        lemmas = tuple(np.load(work / "lemmas.npz")[k] for k in ("hash", "script"))
    else:
        lemmas = lexicon_of(tree.lexicon([s for name in tree.CORPORA for s in corpora.load(name, a.shared, work)])[0], labels)
    others = [Signs.load(work, a.event_signs)] if a.event_signs else []
    stages = state["stages"] + [stage for own in (signs, *others) for stage in own.stages]
    sections = {**{name: section for own in (signs, *others) for name, section in join_signs(model, own).items()}, **lists(np.load(work / "vector_hashes.npy"), vocabulary.vectors[1:].numpy(), np.load(work / "clusters.npy"), lemmas, table),
                **weights_of(model)}
    header = header_of("english", a.version, model, labels, stages)
    # What --lean added, so that restore.py can take it off.
    header["config"].update({"span_lean": list(a.lean), "event_lean": list(a.lean_events)})
    boundary = work / "boundary.npz"
    if boundary.exists():
        found = np.load(boundary)
        sections["boundary.weight"] = (found["weight"], "f32")
        header["config"]["boundary_threshold"] = float(found["threshold"])
    kept, besides = model_file.File(a.base) if a.base else None, ()
    if kept:
        # What was fitted on the head's answers, by asked.py and triggers.py, goes on from there.
        besides = [name for name in kept.sections if name not in sections and not name.endswith(".scale")]
        sections.update({name: (kept.stored(name), kept.sections[name]["dtype"]) for name in besides})
        header["provenance"]["stages"] += [s for s in kept.header.get("provenance", {}).get("stages", ()) if s["stage"] in ("asked", "triggers") and s not in stages]
    trained = {name for other in a.others for name in torch.load(work / other, weights_only=False)["trained"]}
    new = changed(trained, a.signs)
    model_file.write(a.out, header, sections, kept, lambda section: section in besides or not new(section))
    reference.save(a.vectors, model, vocabulary, table, labels, [signs, *others])


if __name__ == "__main__":
    main()
