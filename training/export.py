"""Write the model file, and saved vectors that hold a reader's forward pass to this one.

The layout is docs/model-format.md. Tables and word vectors go as int8 with a scale a row; the matrices of the encoder
and the heads as bf16. `--tiny` writes a model of a few kilobytes with random weights for tests: the same bytes
each time.
"""
import argparse
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
import features
import gazetteer
import heads as heads_module
import layers
from features import fnv1a, fold, type_features, word_hash
from signs import SHARE, Signs, Types, clusters, keys_of
from train import Model, load_model

ATTRIBUTION = [
    "UD English-EWT, Universal Dependencies: CC BY-SA 4.0 (texts LDC2012T13)",
    "UD English-GUM v11, ten genres, Georgetown University Multilayer corpus: annotations CC BY 4.0, texts CC BY 2.5/3.0/4.0, CC BY-SA 3.0, public domain",
    "Universal NER, English EWT: CC BY-SA 4.0",
    "Groningen Meaning Bank, newswire: public domain",
    "Wikigold: CC BY 4.0",
    "PolNeAR, articles of seven publishers with attributions (trained on, no text kept): Newell, Margolin and Ruths 2018",
    "Country Reports on Human Rights Practices; White House press briefings; Foreign Relations of the United States; Office of the Historian: public domain (US Government work)",
    "Wikipedia, Portal:Current events, by Wikipedia contributors: CC BY-SA 4.0",
    "English Wikinews, by Wikinews contributors: CC BY 2.5",
    "Gazetteer: GeoNames (CC BY 4.0), Wikidata (CC0), country-codes (PDDL), The World Factbook and CIA World Leaders (public domain), "
    "us_congress (CC0), Phoenix dictionaries (MIT, Copyright (c) 2014 Open Event Data Alliance)",
]
LICENSE = "CC BY-SA 4.0"


def int8(x):
    """-> int8 matrix and a scale for each row"""
    x = x.astype(np.float32)
    scale = np.abs(x).max(1) / 127
    return np.rint(x / np.maximum(scale, 1e-12)[:, None]).astype(np.int8), scale.astype(np.float32)


def bf16(x):
    """Round to nearest even, as the upper half of an f32."""
    bits = np.ascontiguousarray(x, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def wide(x):
    return (x.astype(np.uint32) << 16).view(np.float32)


def weights_of(model):
    """-> {section: (array, dtype in the file)}"""
    e, h = model.encoder, model.heads
    get = lambda t: t.detach().float().numpy()
    out, at = {}, 0
    for name, rows in zip(features.TABLE_NAMES, features.TABLE_ROWS):
        out[f"table.{name}"] = (get(e.tables.weight[at:at + rows]), "i8")
        at += rows
    linear = {"mix": e.mix, "conv": e.conv, "entity.hidden": h.entity_hidden, "entity.out": h.entity_out, "span.hidden": h.span_hidden,
              "span.out": h.span_out, "arc.dep": h.arc_dep, "arc.head": h.arc_head, "rel.dep": h.rel_dep, "rel.head": h.rel_head,
              **{f"tag.{n}": layer for n, layer in h.tag.items()}, **{f"link.{n.replace('_', '.')}": layer for n, layer in h.link.items()}}
    for name, layer in linear.items():
        out[name + ".weight"] = (get(layer.weight), "bf16")
        out[name + ".bias"] = (get(layer.bias), "f32")
    out["norm.weight"], out["norm.bias"] = (get(e.norm.weight), "f32"), (get(e.norm.bias), "f32")
    for k, layer in enumerate(e.sru):
        out[f"sru.{k}.project"] = (get(layer.project.weight), "bf16")
        out[f"sru.{k}.v"], out[f"sru.{k}.b"] = (get(layer.v), "f32"), (get(layer.b), "f32")
    for name, branch in model.branches.items():
        out[f"{name}.mix"] = (get(branch.mix).reshape(-1), "f32")
        for k, layer in enumerate(branch.sru):
            out[f"{name}.sru.{k}.project"] = (get(layer.project.weight), "bf16")
            out[f"{name}.sru.{k}.v"], out[f"{name}.sru.{k}.b"] = (get(layer.v), "f32"), (get(layer.b), "f32")
    r = h.rel_bilinear
    out["arc.root"], out["rel.root"], out["arc.headbias"] = ((get(t), "f32") for t in (h.arc_root, h.rel_root, h.arc_headbias))
    out["entity.next"], out["span.next"] = (get(h.entity_next), "f32"), (get(h.span_next).reshape(-1), "f32")
    out["link.none"], out["link.relation"] = (get(h.link_none), "f32"), (get(h.link_relation).reshape(-1), "f32")
    out["arc.bilinear"] = (get(h.arc_bilinear), "bf16")
    out["rel.bilinear"] = (get(r).reshape(-1, r.shape[2]), "bf16")
    return out


def round_weights(model, vocabulary=None):
    """Gives the model, in place, the values that the file's dtypes can hold."""
    with torch.no_grad():
        e = model.encoder.tables
        q, s = int8(e.weight.numpy())
        e.weight.copy_(torch.from_numpy(q * s[:, None]))
        for p in model.parameters():
            layers_of = [*model.encoder.sru, *(layer for branch in model.branches.values() for layer in branch.sru)]
            exact = [model.heads.link_relation, model.heads.entity_next, model.heads.span_next, *(branch.mix for branch in model.branches.values()),
                     *(t for layer in layers_of for t in (layer.v, layer.b))]
            if p.dim() > 1 and not any(p is t for t in exact):
                p.copy_(torch.from_numpy(wide(bf16(p.numpy()))))
    if vocabulary is not None:
        q, s = int8(vocabulary.vectors.numpy())
        vocabulary.vectors = torch.from_numpy(q * s[:, None])


def write(path, name, config, labels, sections, extra=()):
    """sections: {name: (array, dtype)}; `extra` likewise, already in its own dtype"""
    entries, blobs = [], []

    def add(name, dtype, array):
        raw = np.ascontiguousarray(array).tobytes()
        entries.append({"name": name, "dtype": dtype, "shape": list(array.shape), "length": len(raw)})
        blobs.append(raw)

    for key, (array, dtype) in sections.items():
        if dtype == "i8":
            q, s = int8(array)
            add(key, "i8", q)
            add(key + ".scale", "f32", s)
        elif dtype == "bf16":
            add(key, "bf16", bf16(array))
        else:
            add(key, dtype, array)
    header = {"name": name, "version": "0.4.0", "license": LICENSE, "attribution": ATTRIBUTION, "config": config, "labels": labels, "sections": entries}
    # Offsets depend on the header's length and stand in it: they are given room and filled in on a second pass.
    size = 0
    for _ in range(3):
        at = 48 + size
        for entry in entries:
            entry["offset"] = at
            at += -(-entry["length"] // 64) * 64
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        size = -(-(48 + len(text)) // 64) * 64 - 48
    body = text.ljust(size) + b"".join(b.ljust(-(-len(b) // 64) * 64, b"\0") for b in blobs)
    Path(path).write_bytes(b"DEMARCHE" + struct.pack("<II", 1, size) + hashlib.sha256(body).digest() + body)
    print(f"{path}: {(48 + len(body)) / 1e6:.2f} MB, {len(entries)} sections")


def lists(hashes, vectors, grouped, lexicon, labels, table):
    """The sorted lists: word vectors, lemma lexicon, gazetteer."""
    order = np.argsort(hashes)
    script = {s: i for i, s in enumerate(labels["lemma"])}
    lemma = sorted((fnv1a(f.encode() + b"\x1f" + x.encode()), script[s]) for (f, x), s in lexicon.items())
    gaz = sorted(table.items())
    sections = {"vectors.weight": (vectors[order], "i8")}
    extra = {"vectors.hash": (hashes[order], "u64"), "vectors.cluster": (grouped[order], "u8"), "lemma.hash": (np.array([h for h, _ in lemma], np.uint64), "u64"),
             "lemma.script": (np.array([s for _, s in lemma], np.uint16), "u16"), "gazetteer.hash": (np.array([h for h, _ in gaz], np.uint64), "u64"),
             "gazetteer.kinds": (np.array([k for _, k in gaz], np.uint8), "u8")}
    return {**extra, **sections}


# Written for this test; no corpus has them.
SENTENCES = [
    "\u201c We won\u2019t sign it , \u201d Foreign Minister Lena Ortiz told reporters in Geneva on 14 May 2021 .".split(" "),
    "The envoy , who 'd flown in from Addis Ababa , called for calm\u2026".split(" "),
    "U.S. and Iraqi officials met at a well - known hotel \u2014 twice .".split(" "),
    "ÉCOLE straße ΑΣ İstanbul 2016-17 `` yes '' http://example.org/A1?b=22 --".split(" "),
    ["No"],
]


def join_signs(model, signs):
    """Signs are heard beside the entity head: its scores are made smaller, once and for all."""
    with torch.no_grad():
        for p in (model.heads.entity_out.weight, model.heads.entity_out.bias, model.heads.entity_next):
            p.mul_(SHARE)
    order = np.argsort(signs.keys)
    return {"signs.hash": (signs.keys[order], "u64"), "signs.weight": (signs.weight.numpy()[order], "i8"), "signs.next": (signs.next.numpy(), "f32")}


def save_vectors(path, model, vocabulary, table, labels, signs, flags_width=layers.FLAG_DIM):
    """Every stage for SENTENCES: the first three read as one segment, the others each by itself."""
    sentences = []
    for forms in SENTENCES:
        flags = np.zeros((len(forms), flags_width), np.uint8)
        gazetteer.flags_of(forms, table, flags)
        sentences.append({"forms": forms, "flags": flags})
    segments = [sentences[:3], [sentences[3]], [sentences[4]]]
    out = {"segments": [[s["forms"] for s in run] for run in segments], "tables": list(features.TABLE_NAMES)}
    base = np.cumsum((0,) + features.TABLE_ROWS[:-1])
    for kind in ("float", "quantized"):
        if kind == "quantized":
            round_weights(model, vocabulary)
            q, s = int8(signs.weight.numpy())
            signs.weight = torch.from_numpy(q * s[:, None])
        b = data.batch(segments, vocabulary, pad=1)
        n = int(b["bounds"][-1, 1])
        stages = {}
        with torch.no_grad():
            h = model.read(b, stages=stages)
            encoded = dict(stages)
            stages.update({f"tag.{k}": v for k, v in model.heads.tags(h).items()})
            own = {name: model.branch(name, encoded, b, seen=stages) if name in model.branches else h for name in ("entity", "span")}
            stages["entity"], stages["span"] = model.heads.entity(own["entity"]) + signs.scores(sentences), model.heads.spans(own["span"])
            arcs, rels, trees = [], [], []
            for i, j in b["bounds"].tolist():
                scores, _, _ = model.heads.arcs(h, torch.tensor([[i, j]]))
                scores = scores[0, :j - i, :j - i + 1]
                head = heads_module.tree(F.log_softmax(scores, 1))
                trees.append(head)
                arcs.append([[None if x == float("-inf") else round(x, 6) for x in row] for row in scores.tolist()])
                rels.append(model.heads.rels(h, torch.arange(i, j), torch.tensor([i + x - 1 if x else -1 for x in head])).tolist())
        roles = [role for i, j in zip(b["start"].tolist(), b["start"].tolist()[1:]) for role in roles_of(model.heads, own["span"], stages["span"], i, j, b["bounds"].tolist())]
        entities = [[labels["entity"][k] for k in heads_module.viterbi(stages["entity"][i:j], model.heads.entity_next + signs.next)] for i, j in b["bounds"].tolist()]
        if kind == "float":
            out["rows"] = (b["rows"][:n].numpy() - base).tolist()
            out["flags"] = [np.flatnonzero(f).tolist() for f in b["flags"][:n].numpy()]
            out["known"] = (b["vectors"][:n].abs().sum(1) > 0).int().tolist()
        out[kind] = {"stages": {k: [[round(x, 6) for x in row] for row in v.tolist()] for k, v in stages.items()},
                     "arc": arcs, "heads": trees, "rel": rels, "entities": entities, "roles": roles}
    Path(path).write_text(json.dumps(out, ensure_ascii=False), encoding="utf-8")
    print(f"{path}: {Path(path).stat().st_size / 1e6:.2f} MB")


def roles_of(heads, h, scores, start, end, bounds):
    """The spans of one segment and what each belongs to: [role, first token, last token, first token of the other or -1, share of that]."""
    found = []
    for k in range(3):
        labels = heads_module.viterbi(scores[start:end, 3 * k:3 * k + 3], heads.span_next[k])
        for at, label in enumerate(labels):
            if label == 1:
                last = at
                while last + 1 < len(labels) and labels[last + 1] == 2:
                    last += 1
                found.append((k, start + at, start + last))
    sentence_of = lambda token: next(n for n, (_, e) in enumerate(bounds) if token < e)
    sources, cues = ([f[1:] for f in found if f[0] == k] for k in (0, 1))
    out = []
    for k, first, last in sorted(found, key=lambda f: (f[1], f[0])):
        candidates = {0: [], 1: sources, 2: cues}[k]
        if not candidates:
            out.append([k, first, last, -1, 1.0])
            continue
        rows = [(k - 1, 0, first, last, *c, *data.relation((first, last), c, sentence_of, candidates), 0) for c in candidates]
        rows += [(0, 0, first, last, -1, -1, 0, 0, 0, 0)] if k == 1 else []
        with torch.no_grad():
            shares = torch.softmax(heads.links(h, torch.tensor(rows)), 0)
        best = int(shares.argmax())
        out.append([k, first, last, rows[best][4], round(float(shares[best]), 6)])
    return out


def config_of(model):
    return {"width": model.encoder.width, "layers": len(model.encoder.sru), "table_rows": list(features.TABLE_ROWS), "table_dim": features.TABLE_DIM,
            "vector_dim": layers.VECTOR_DIM, "flag_dim": layers.FLAG_DIM, "arc_dim": heads_module.ARC, "rel_dim": heads_module.REL,
            "entity_dim": heads_module.ENTITY_HIDDEN, "entity_share": SHARE, "span_dim": heads_module.SPAN_HIDDEN, "max_gazetteer_tokens": gazetteer.MAX_TOKENS,
            "lemma_head": model.heads.tag["lemma"].out_features, "branches": {name: len(branch.sru) for name, branch in model.branches.items()}, "gazetteer_kinds": list(gazetteer.KINDS)}


def tiny(folder):
    """A model with every part and next to no weights; 'Geneva' and two more stand in its lists."""
    features.TABLE_ROWS, features.TABLE_DIM = (64, 32, 32, 32, 16, 32), 4
    layers.TABLE_ROWS, layers.TABLE_DIM, layers.VECTOR_DIM = features.TABLE_ROWS, 4, 4
    data.VECTOR_DIM = 4
    for name, value in (("ARC", 6), ("REL", 4), ("ENTITY_HIDDEN", 5), ("SPAN_HIDDEN", 5), ("LINK", 4)):
        setattr(heads_module, name, value)
    labels = {"upos": ["ADP", "NOUN", "PROPN", "PUNCT", "VERB"], "xpos": ["IN", "NN", "NNP", "VBD"], "feats": ["_", "Number=Sing", "Tense=Past"],
              "lemma": ["l|0|", "k|0|", "l|2|", "=|be"], "deprel": ["nsubj", "obj", "punct", "root"], "entity": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
              "span": [f"{p}{k}" for k in ("source", "cue", "content") for p in ("O-", "B-", "I-")]}
    torch.manual_seed(7)
    model = Model(4, 3, labels, 3, branches={"entity": 1, "span": 2}).eval()
    with torch.no_grad():
        for p in [*model.parameters(), model.encoder.tables.weight]:
            p.copy_(torch.randn(p.shape) * 0.4)
    words = ["minister", "in", "the", ","]
    vectors = torch.randn(len(words), 4).numpy()
    table = {gazetteer.key("Geneva"): 1 << 5, gazetteer.key("Addis Ababa"): 1 << 3 | 1 << 5, gazetteer.key("Lena Ortiz"): 1, gazetteer.key("Foreign Minister"): 1 << 7,
             gazetteer.key("U.S."): 1 << 3}
    lexicon = {("told", "VBD"): "=|be", ("met", "VBD"): "k|0|", ("officials", "NN"): "l|2|"}
    folder.mkdir(parents=True, exist_ok=True)
    flagged = [{"forms": forms, "flags": np.zeros((len(forms), layers.FLAG_DIM), np.uint8)} for forms in SENTENCES]
    for s in flagged:
        gazetteer.flags_of(s["forms"], table, s["flags"])
    hashes, grouped = np.array([word_hash(w) for w in words], np.uint64), np.array([0, 1, 255, 1], np.uint8)
    keys = np.unique(keys_of(flagged, Types(dict(zip(hashes.tolist(), grouped.tolist())))))[1::8]
    signs = Signs(keys, torch.randn(len(keys), len(labels["entity"])) * 0.4, torch.randn(len(labels["entity"]), len(labels["entity"])) * 0.4, dict(zip(hashes.tolist(), grouped.tolist())))
    write(folder / "tiny.model", "tiny", config_of(model), labels, {**join_signs(model, signs), **lists(hashes, vectors, grouped, lexicon, labels, table), **weights_of(model)})
    vocabulary = data.Vocabulary.__new__(data.Vocabulary)
    vocabulary.index = {word_hash(w): i + 1 for i, w in enumerate(words)}
    vocabulary.vectors = torch.from_numpy(np.concatenate([np.zeros((1, 4), np.float32), vectors]))
    vocabulary.ids, vocabulary.rows, vocabulary.vector_row, vocabulary.quote = {}, np.zeros((0, 6), np.int32), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    save_vectors(folder / "tiny.json", model, vocabulary, table, labels, signs)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--model", default="model.pt")
    ap.add_argument("--with", dest="others", nargs="*", default=(), help="models of which only the heads trained in them are taken")
    ap.add_argument("--signs", default="signs.pt", help="what signs.py made")
    ap.add_argument("--out", default="training/.work/english.model")
    ap.add_argument("--vectors", default="training/.work/vectors.json")
    ap.add_argument("--lean", type=float, nargs=3, default=(0.0, 0.0, 0.0), metavar=("SOURCE", "CUE", "CONTENT"),
                    help="added to the score of beginning a span of each role: raises recall at the price of precision")
    ap.add_argument("--tiny", metavar="FOLDER", help="write tiny.model and tiny.json there and nothing else")
    a = ap.parse_args()
    torch.set_num_threads(1)
    if a.tiny:
        return tiny(Path(a.tiny))
    work = Path(a.work)
    model, state = load_model(work / a.model, *a.others)
    with torch.no_grad():
        model.heads.span_next[:, 0, 1] += torch.tensor(a.lean)
    loaded = data.load(a.shared, work)
    vocabulary = data.Vocabulary(work)
    signs = Signs.load(work, a.signs)
    sections = {**join_signs(model, signs), **lists(np.load(work / "vector_hashes.npy"), vocabulary.vectors[1:].numpy(), clusters(work), loaded["lexicon"], state["labels"], loaded["gazetteer"]), **weights_of(model)}
    boundary = work / "boundary.npz"
    # What --lean added, so that restore.py can take it off.
    config = dict(config_of(model), span_lean=list(a.lean))
    if boundary.exists():
        found = np.load(boundary)
        sections["boundary.weight"] = (found["weight"], "f32")
        config["boundary_threshold"] = float(found["threshold"])
    write(a.out, "english", config, state["labels"], sections)
    save_vectors(a.vectors, model, vocabulary, loaded["gazetteer"], state["labels"], signs)


if __name__ == "__main__":
    main()
