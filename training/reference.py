"""What a reader of the model file is held to: the training's own forward pass over a few sentences, stage by stage, in double precision,
so that the last digits are the same on every machine. And a model of next to no weights with every part, for tests."""
import json
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import corpora
import data
import features
import gazetteer
import layers
import model_file
from features import word_hash
from model import Model
from sections import header_of, join_signs, lexicon_of, lists, round_weights, weights_of
from sequences import viterbi
from tasks import events, names, statements, tree
from tasks.sparse import Signs, Types, keys_of

# Written for this test; no corpus has them.
SENTENCES = [
    "\u201c We won\u2019t sign it , \u201d Foreign Minister Lena Ortiz told reporters in Geneva on 14 May 2021 .".split(" "),
    "The envoy , who 'd flown in from Addis Ababa , called for calm\u2026".split(" "),
    "U.S. and Iraqi officials met at a well - known hotel \u2014 twice .".split(" "),
    "ÉCOLE straße ΑΣ İstanbul 2016-17 `` yes '' http://example.org/A1?b=22 --".split(" "),
    ["No"],
]
DIGITS = 6


def stages_of(model, sentences, segments, vocabulary, labels, signs):
    """-> (all that the model says of the segments, the batch)"""
    b = data.batch(segments, vocabulary, pad=1)
    b = {k: x.double() if x.is_floating_point() else x for k, x in b.items()}
    entity, span, syntax = (model.heads[task.NAME] for task in (names, statements, tree))
    b["event.runs"] = torch.tensor([0, len(b["rows"])])
    stages, bounds, starts = {}, b["bounds"].tolist(), b["start"].tolist()
    h = model.read(b, stages=stages)
    encoded = dict(stages)
    stages.update({f"tag.{k}": v for k, v in syntax.tags(h).items()})
    own = {name: model.branch(name, encoded, b, seen=stages) if name in model.branches else h for name in (names.NAME, statements.NAME, events.NAME)}
    stages["entity"], stages["span"] = entity(own[names.NAME]) + signs[0].scores(sentences), span(own[statements.NAME])
    deeds = {}
    if events.NAME in model.heads:
        event, read = model.heads[events.NAME], own[events.NAME]
        stages["event"] = event(read)
        stages["event"][:, :len(events.TRIGGER)] += signs[1].scores(sentences)
        spans, mentions = events.decode(event, read, stages["event"], bounds, signs[1].next)
        for mention in mentions:
            mention["roles"] = [[*role[:3], round(role[3], DIGITS)] for role in mention["roles"]]
        deeds = {"events": {"spans": spans, "mentions": mentions}}
    arcs, rels, trees = [], [], []
    for i, j in bounds:
        scores, _, _ = syntax.arcs(h, torch.tensor([[i, j]]))
        scores = scores[0, :j - i, :j - i + 1]
        head = tree.decode(F.log_softmax(scores, 1))
        trees.append(head)
        arcs.append([[None if x == float("-inf") else round(x, DIGITS) for x in row] for row in scores.tolist()])
        rels.append([[round(x, DIGITS) for x in row] for row in
                     syntax.rels(h, torch.arange(i, j), torch.tensor([i + x - 1 if x else -1 for x in head])).tolist()])
    roles = [role for i, j in zip(starts, starts[1:]) for role in statements.decode(span, own[statements.NAME], stages["span"], i, j, bounds)]
    found = [[labels["entity"][k] for k in viterbi(stages["entity"][i:j], entity.next + signs[0].next)] for i, j in bounds]
    rounded = {k: [[round(x, DIGITS) for x in row] for row in v.tolist()] for k, v in stages.items()}
    return {"stages": rounded, "arc": arcs, "heads": trees, "rel": rels, "entities": found, "roles": roles, **deeds}, b


@torch.no_grad()
def save(path, model, vocabulary, table, labels, signs):
    """The first three sentences read as one segment, the others each by itself; with the weights as trained and as the file holds them."""
    sentences = corpora.flagged([{"forms": forms} for forms in SENTENCES], table)
    segments = [sentences[:3], [sentences[3]], [sentences[4]]]
    out = {"segments": [[s["forms"] for s in run] for run in segments], "tables": list(features.TABLE_NAMES)}
    base = np.cumsum((0,) + features.TABLE_ROWS[:-1])
    for kind in ("float", "quantized"):
        if kind == "quantized":
            model.float()
            round_weights(model, vocabulary)
            for own in signs:
                own.weight = torch.from_numpy(model_file.rounded(own.weight.float().numpy(), "i8"))
        model.double()
        for own in signs:
            own.weight, own.next = own.weight.double(), own.next.double()
        found, b = stages_of(model, sentences, segments, vocabulary, labels, signs)
        if kind == "float":
            n = int(b["bounds"][-1, 1])
            out["rows"] = (b["rows"][:n].numpy() - base).tolist()
            out["flags"] = [np.flatnonzero(f).tolist() for f in b["flags"][:n].numpy()]
            out["known"] = (b["vectors"][:n].abs().sum(1) > 0).int().tolist()
        out[kind] = found
    Path(path).write_text(json.dumps(out, ensure_ascii=False), encoding="utf-8")
    print(f"{path}: {Path(path).stat().st_size / 1e6:.2f} MB")


def drawn(name, shape):
    """Random numbers that depend on a name alone: a part that is added changes no other, and every machine draws the same."""
    return np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).integers(-400, 400, shape).astype(np.float32) / 500


def tiny(folder):
    """A model with every part and next to no weights; 'Geneva' and two more stand in its lists."""
    features.TABLE_ROWS, features.TABLE_DIM = (64, 32, 32, 32, 16, 32), 4
    layers.TABLE_ROWS, layers.TABLE_DIM, layers.VECTOR_DIM = features.TABLE_ROWS, 4, 4
    tree.ARC, tree.REL, names.HIDDEN, statements.HIDDEN, statements.LINK = 6, 4, 5, 5, 4
    events.HIDDEN, events.SEEN, events.LINK, events.PARTY, events.SAME = 5, 5, 4, 4, 4
    labels = {"upos": ["ADP", "NOUN", "PROPN", "PUNCT", "VERB"], "xpos": ["IN", "NN", "NNP", "VBD"], "feats": ["_", "Number=Sing", "Tense=Past"],
              "lemma": ["l|0|", "k|0|", "l|2|", "=|be"], "deprel": ["nsubj", "obj", "punct", "root"], "entity": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
              **statements.labels({}), "event": events.TRIGGER, "cameo": ["ACCUSE/111", "ASSAULT/190", "ASSAULT/195", "CONSULT/042", "CONSULT/046"],
              "mode": ["", "ASSAULT/aerial", "CONSULT/visit"], "status": list(events.STATUS), "context": ["military", "diplomatic"], "sector": ["", "GOV", "MIL"]}
    labels["scripts"] = labels["lemma"][:3]
    model = Model(4, 3, labels, branches={names.NAME: 1, statements.NAME: 2, events.NAME: 2}).eval()
    with torch.no_grad():
        for name, (view, _) in weights_of(model).items():
            view[...] = drawn(name, view.shape)
    words = ["minister", "in", "the", ","]
    vectors = drawn("vectors", (len(words), 4))
    table = {gazetteer.key("Geneva"): 1 << 5, gazetteer.key("Addis Ababa"): 1 << 3 | 1 << 5, gazetteer.key("Lena Ortiz"): 1, gazetteer.key("Foreign Minister"): 1 << 7,
             gazetteer.key("U.S."): 1 << 3}
    lexicon = {("told", "VBD"): "=|be", ("met", "VBD"): "k|0|", ("officials", "NN"): "l|2|"}
    folder.mkdir(parents=True, exist_ok=True)
    hashes, clusters = np.array([word_hash(w) for w in words], np.uint64), np.array([0, 1, 255, 1], np.uint8)
    grouped = dict(zip(hashes.tolist(), clusters.tolist()))
    keys = np.unique(keys_of(corpora.flagged([{"forms": forms} for forms in SENTENCES], table), Types(grouped)))[1::8]
    signs = [Signs(keys, *(torch.from_numpy(drawn(name, shape)) for name, shape in ((prefix, (len(keys), n)), (prefix + ".next", (n, n)))), grouped, head=head)
             for head, prefix, n in ((names.NAME, "signs", len(labels["entity"])), (events.NAME, "event.signs", len(events.TRIGGER)))]
    sections = {**join_signs(model, signs[0]), **join_signs(model, signs[1]), **lists(hashes, vectors, clusters, lexicon_of(lexicon, labels), table), **weights_of(model)}
    model_file.write(folder / "tiny.model", header_of("tiny", "1", model, labels, []), sections)
    save(folder / "tiny.json", model, data.Vocabulary(hashes.tolist(), vectors), table, labels, signs)
