"""A model as the sections and the header of its file: docs/model-format.md says what each is."""
import numpy as np
import torch

import features
import gazetteer
import layers
import model_file
from features import fnv1a
from tasks import events, names, statements, tree
from tasks.sparse import OWN, SHARE

ATTRIBUTION = [
    "UD English-EWT, Universal Dependencies: CC BY-SA 4.0 (texts LDC2012T13)",
    "UD English-GUM v11, ten genres, Georgetown University Multilayer corpus: annotations CC BY 4.0, texts CC BY 2.5/3.0/4.0, CC BY-SA 3.0, public domain",
    "Universal NER, English EWT: CC BY-SA 4.0",
    "Groningen Meaning Bank, newswire: public domain",
    "Wikigold: CC BY 4.0",
    "Event corpus over Voice of America newswire (public domain), Wikipedia's current events (CC BY-SA 4.0) and English Wikinews (CC BY 2.5), annotated by a large language model",
    "PolNeAR, articles of seven publishers with attributions (trained on, no text kept): Newell, Margolin and Ruths 2018",
    "Country Reports on Human Rights Practices; White House press briefings; Foreign Relations of the United States; Office of the Historian: public domain (US Government work)",
    "Wikipedia, Portal:Current events, by Wikipedia contributors: CC BY-SA 4.0",
    "English Wikinews, by Wikinews contributors: CC BY 2.5",
    "Gazetteer: GeoNames (CC BY 4.0), Wikidata (CC0), country-codes (PDDL), The World Factbook and CIA World Leaders (public domain), "
    "us_congress (CC0), Phoenix dictionaries (MIT, Copyright (c) 2014 Open Event Data Alliance)",
]
LICENSE = "CC BY-SA 4.0"


def get(t):
    """A parameter as an array that shares its memory."""
    return t.detach().numpy()


def linear(name, layer):
    return {name + ".weight": (get(layer.weight), "bf16"), name + ".bias": (get(layer.bias), "f32")}


def weights_of(model):
    """-> {section: (array, dtype in the file)}"""
    e = model.encoder
    out, at = {}, 0
    for name, rows in zip(features.TABLE_NAMES, features.TABLE_ROWS):
        out[f"table.{name}"] = (get(e.tables.weight[at:at + rows]), "i8")
        at += rows
    out.update({**linear("mix", e.mix), **linear("conv", e.conv), "norm.weight": (get(e.norm.weight), "f32"), "norm.bias": (get(e.norm.bias), "f32")})
    recurrent = [(f"sru.{k}", layer) for k, layer in enumerate(e.sru)]
    for name, branch in model.branches.items():
        out[f"{name}.mix"] = (get(branch.mix).reshape(-1), "f32")
        recurrent += [(f"{name}.sru.{k}", layer) for k, layer in enumerate(branch.sru)]
    for name, layer in recurrent:
        out.update({f"{name}.project": (get(layer.project.weight), "bf16"), f"{name}.v": (get(layer.v), "f32"), f"{name}.b": (get(layer.b), "f32")})
    for head in model.heads.values():
        out.update(head.sections(linear, get))
    return out


def round_weights(model, vocabulary=None):
    """Gives the model, in place, the values that the file's dtypes can hold."""
    for view, dtype in weights_of(model).values():
        view[...] = model_file.rounded(view, dtype)
    if vocabulary is not None:
        vocabulary.vectors = torch.from_numpy(model_file.rounded(vocabulary.vectors.numpy(), "i8"))


def lexicon_of(listed, labels):
    """The lemma lexicon as sorted hashes and scripts."""
    script = {s: i for i, s in enumerate(labels["lemma"])}
    lemma = sorted((fnv1a(f.encode() + b"\x1f" + x.encode()), script[s]) for (f, x), s in listed.items())
    return np.array([h for h, _ in lemma], np.uint64), np.array([s for _, s in lemma], np.uint16)


def lists(hashes, vectors, clusters, lemmas, table):
    """The sorted lists: word vectors, lemma lexicon, gazetteer."""
    order, names_of = np.argsort(hashes), sorted(table.items())
    return {"vectors.hash": (hashes[order], "u64"), "vectors.cluster": (clusters[order], "u8"), "lemma.hash": (lemmas[0], "u64"),
            "lemma.script": (lemmas[1], "u16"), "gazetteer.hash": (np.array([h for h, _ in names_of], np.uint64), "u64"),
            "gazetteer.kinds": (np.array([k for _, k in names_of], np.uint8), "u8"), "vectors.weight": (vectors[order], "i8")}


def join_signs(model, signs):
    """Signs are heard beside a head: its scores are made smaller and they get their own weight, once and for all."""
    with torch.no_grad():
        for view in scaled(model.heads[signs.head], signs.head):
            view.mul_(SHARE[signs.head])
        signs.weight, signs.next = OWN[signs.head] * signs.weight, OWN[signs.head] * signs.next
    return signs.sections()


def scaled(head, name):
    """What is made smaller of a head that has signs beside it: the scores of names, or of triggers."""
    if name == names.NAME:
        return head.out.weight, head.out.bias, head.next
    n = len(events.TRIGGER)
    return head.out.weight[:n], head.out.bias[:n], head.next[:n * n]


def config_of(model):
    return {"width": model.encoder.width, "layers": len(model.encoder.sru), "table_rows": list(features.TABLE_ROWS), "table_dim": features.TABLE_DIM,
            "vector_dim": layers.VECTOR_DIM, "flag_dim": layers.FLAG_DIM, "arc_dim": tree.ARC, "rel_dim": tree.REL,
            "entity_dim": names.HIDDEN, "entity_share": SHARE[names.NAME], "event_share": SHARE[events.NAME], "span_dim": statements.HIDDEN, "max_gazetteer_tokens": gazetteer.MAX_TOKENS,
            "lemma_head": model.heads[tree.NAME].tag["lemma"].out_features, "branches": {name: len(branch.sru) for name, branch in model.branches.items()},
            "gazetteer_kinds": list(gazetteer.KINDS)}


def header_of(name, version, model, labels, stages):
    return {"name": name, "version": version, "license": LICENSE, "attribution": ATTRIBUTION, "provenance": {"stages": stages},
            "config": config_of(model), "labels": {k: v for k, v in labels.items() if k != "scripts"}}
