"""Run the whole recipe on fifty sentences of our own, in a minute or two, and see that it still learns them.

`own.conllu` holds the sentences (made up, labelled by hand; names and roles in its last column). From them every corpus is written as its
readers expect it, in a folder of its own; then the steps run one after another as docs/training.md has them, with few steps each. Checked: what
comes out knows the sentences that it has seen, a run that is cut off and resumed ends with the same weights, one model gives the same file twice, the
small model of the tests (`export.py --tiny`) too, and a file taken apart and put together again is the same.
What has corpora of its own (the sentence boundary model, the tables of the lexicon) is imported and not run.
"""
import contextlib
import filecmp
import gzip
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "training"))

import torch

import corpora
import data
import doubt
import evaluate
import export
import gazetteer
import model_file
import newswire
import pretrain
import restore
import signs
import silver
import silver_events
import train
import unlabelled
import vectors
import written
from model import load_model
from sequences import spans_of
from tasks.events import TYPES
from tasks.sparse import Signs

ROLES = ("Source", "Cue", "Content")
GAZETTEER = {
    "leaders_factbook.tsv": ["name", "Omar Haddad", "Grace Wanjiru"], "ministers_cia_2019.tsv": ["name", "Karl Brandt"],
    "officeholders_wikidata.tsv": ["name", "Ana Silva"], "us_chiefs.tsv": ["name", "Lena Ortiz"], "us_congress.tsv": ["name", "Paulo Reis"],
    "actors_phoenix.tsv": ["cameo_code\tkind\tname", "KENGOV\tcountry\tGrace Wanjiru"],
    "countries.tsv": ["name\tofficial_name\talternative_names\tcapital\tdemonyms\tadjectives\tmetonyms", "Kenya\tRepublic of Kenya\t\tNairobi\tKenyan\tKenyan\t"],
    "cities.tsv": ["city\tascii\tsubcountry", "Geneva\tGeneva\tGeneva", "Lisbon\tLisbon\tLisbon"],
    "organizations.tsv": ["name\taliases", "United Nations\tU.N.", "African Union\tAU"], "ministries.tsv": ["name\taliases", "Kenyan Foreign Ministry\t"],
}


class Sentence:
    def __init__(self, lines):
        self.lines = lines
        self.rows = [line.split("\t") for line in lines if line[0] != "#"]
        self.misc = [dict(x.split("=") for x in row[9].split("|") if "=" in x) for row in self.rows]
        self.begins_paragraph = any(line.startswith("# newpar") for line in lines)
        self.begins_article = any(line.startswith("# newdoc") for line in lines)

    def names(self, scheme):
        """BIO labels as a corpus of this scheme has them: in GMB's a title belongs to the person behind it."""
        out = [m.get("Name", "O") for m in self.misc]
        if scheme == "gmb":
            kinds = {"PER": "per", "ORG": "org", "LOC": "geo", "DATE": "tim", "NAT": "gpe"}
            for i, label in enumerate(out):
                title = label.endswith("TITLE")
                behind = next((x for x in out[i:] if not x.endswith("TITLE")), "O")
                out[i] = ("O" if behind != "B-PER" else label[:2] + "per") if title else label
                if label == "B-PER" and i and out[i - 1].endswith("per"):
                    out[i] = "I-per"
                elif not title and label != "O":
                    out[i] = label[:2] + kinds[label[2:]]
            return out
        return [x if x[2:] in ("PER", "ORG", "LOC") else "O" for x in out]

    def bio(self, scheme):
        return "".join(f"{row[1]}\t{row[4]}\t{label}\n" for row, label in zip(self.rows, self.names(scheme))) + "\n"


def read():
    return [Sentence(block.split("\n")) for block in (ROOT / "training/smoke/own.conllu").read_text(encoding="utf-8").strip("\n").split("\n\n")]


def article_of(sentences, number):
    """-> the article as a row of a statements corpus, and its tokens as `evaluate tokens` gives them"""
    text, paragraphs, statements_of = "", [], []
    for s in sentences:
        if s.begins_paragraph:
            text = text.rstrip() + ("\n\n" if text else "")
            paragraphs.append([])
        places = []
        for row, misc in zip(s.rows, s.misc):
            places.append([len(text), len(text) + len(row[1])])
            text += row[1] + ("" if misc.get("SpaceAfter") == "No" else " ")
        text = text.rstrip() + " "
        paragraphs[-1].append(places)
        found = {}
        for role in ROLES:
            labels = [{"B": 1, "I": 2}.get(m.get(role), 0) for m in s.misc]
            found[role.lower()] = [[places[i][0], places[j - 1][1]] for i, j in spans_of(labels)]
        if found["cue"]:
            statements_of.append(found)
    return {"id": f"own-{number}", "text": text.rstrip(), "statements": statements_of}, {"id": f"own-{number}", "paragraphs": paragraphs}


def events_of(row):
    """A row of the event corpus: for want of better labels, each cue is an accusation by its source."""
    each = [{"trigger": s["cue"][0], "plover": "ACCUSE", "cameo": "111", "mode": "disapprove", "status": "occurred", "historical": False, "date": None, "place": None, "same": None,
             "actors": [{"span": span, "code": "KENGOV"} for span in s["source"][:1]], "recipients": []} for s in row["statements"]]
    return {"id": row["id"], "text": row["text"], "events": each}


def write_corpora(shared, work, sentences):
    def put(path, text):
        path = shared / "data" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())

    conllu = ["\n".join(s.lines) + "\n\n" for s in sentences]
    put("treebank/en_ewt-train.conllu.gz", "".join(conllu[:25]))
    put("treebank/en_gum-train.conllu.gz", "".join(conllu[25:]))
    for file, scheme in (("gmb-train.bio", "gmb"), ("gmb-more.bio.gz", "gmb"), ("wikigold.bio", "plain"), ("gum-train.bio", "plain"), ("uner_ewt-dev.bio", "plain")):
        put("treebank/ner/" + file, "".join(s.bio(scheme) for s in sentences))
    for file, lines in GAZETTEER.items():
        put("gazetteer/" + file, "\n".join(lines) + "\n")
    articles = []
    for s in sentences:
        if s.begins_article:
            articles.append([])
        articles[-1].append(s)
    rows, cut = zip(*(article_of(own, number) for number, own in enumerate(articles)))
    put("statements/polnear-train.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    put("events/corpus/train.jsonl", "".join(json.dumps(events_of(row)) + "\n" for row in rows))
    put("unlabelled/wikinews.jsonl.txt.gz", "".join(json.dumps({"text": row["text"]}) + "\n" for row in rows))
    work.mkdir()
    for name in ("polnear", "events"):
        (work / f"{name}-train.tokens.jsonl").write_text("".join(json.dumps(row) + "\n" for row in cut), encoding="utf-8")


def known(work, sentences):
    """How much of the fifty sentences the finished model knows: heads and relations, names, tokens of roles."""
    model, state = load_model(work / "second.pt", "roles.pt", "names.pt", "events.pt")
    annotate = evaluate.Annotator(model, state["labels"], {}, gazetteer.load(work), data.Vocabulary.load(work), Signs.load(work, "signs.pt"))
    own = [{"forms": [row[1] for row in s.rows], "doc": str(number)} for number, s in enumerate(sentences)]
    annotate(own, "sentence", ("tree", "entity", "span"))
    right = {"tree": [], "names": [], "roles": []}
    for s, gold in zip(own, sentences):
        right["tree"] += [(h, r) == (int(row[6]), row[7]) for h, r, row in zip(s["pred_head"], s["pred_rel"], gold.rows)]
        right["names"] += [p == g for p, g in zip(s["pred_entity"], (m.get("Name", "O") for m in gold.misc)) if g[2:] in ("PER", "ORG", "LOC")]
        right["roles"] += [bool(p) == (role in m) for k, role in enumerate(ROLES) for p, m in zip(s["pred_span"][k], gold.misc)]
    share = {what: sum(answers) / len(answers) for what, answers in right.items()}
    pairs = evaluate.windows_beside(model, data.Vocabulary.load(work), corpora.load("events", work.parent / "shared", work))
    found, _, annotated = evaluate.score_events(pairs)["type"]
    return {**share, "events": found / annotated}


def main():
    problems = [problem for path in sorted(written.ARTICLES.glob("*.txt")) for problem in written.read(path)[1]]
    assert not problems, "\n".join(problems)
    # The spans of the annotated newswire, where its text is.
    corpus = ROOT.parent / "shared"
    if not (corpus / "data/treebank/ner/gmb-more.bio.gz").exists():
        print(f"not checked, {corpus} is not there: that the annotated newswire fits its text")
    else:
        assert all(event["plover"] in TYPES for article in newswire.read(corpus) for event in article.events)
    torch.set_num_threads(1)
    for name in ("attitudes", "borders", "boundary"):
        importlib.import_module(name)
    sentences = read()
    with tempfile.TemporaryDirectory() as folder:
        shared, work = Path(folder, "shared"), Path(folder, "work")
        write_corpora(shared, work, sentences)

        def step(module, *options, reads=True):
            begun = time.time()
            sys.argv = [module.__name__, *(("--shared", str(shared)) if reads else ()), *(("--work", str(work)) if module is not None else ()), *options]
            with open(Path(folder, "log"), "a") as log, contextlib.redirect_stdout(log):
                module.main()
            print(f"{time.time() - begun:5.1f} s  {module.__name__} {' '.join(options)}", flush=True)

        step(unlabelled)
        step(vectors, "--least", "1", "--workers", "1", reads=False)
        step(gazetteer)
        step(pretrain, "--steps", "8", "--float32", reads=False)
        small = ("--float32", "--batch", "400", "--warmup", "10")
        step(train, "--steps", "120", *small, "--lr", "5e-3", "--init", "pretrained.pt")
        step(train, "--steps", "60", *small, "--sequences", "--from", "model.pt", "--out", "second.pt")
        step(train, "--steps", "40", *small, "--sequences", "--from", "second.pt", "--train", "span", "--branches", "span=2", "--shares",
             "ewt=0,gum=0,gmb=0,wikigold=0,gumner=0,uner=0", "--out", "roles.pt")
        step(doubt)
        step(signs, "--doubted", "doubted.pickle")
        step(signs, "--head", "event", "--sets", "events", "--out", "event-signs.pt")
        step(signs, "--head", "event", "--sets", "events", "--go-on", "event-signs.pt", "--passes", "1", "--out", "event-signs-again.pt")
        step(silver, "--model", "second.pt")
        heads = ("--sequences", "--from", "second.pt", "--train", "entity", "--doubted", "doubted.pickle", "--shares", "ewt=0,gum=0,statements=0,gmb-more=0.2,silver=0.3")
        step(train, "--steps", "40", *small, *heads, "--out", "names.pt")
        with contextlib.suppress(SystemExit):
            step(train, "--steps", "40", "--minutes", "0", *small, *heads, "--out", "again.pt")
        none = "ewt=0,gum=0,gmb=0,wikigold=0,gumner=0,uner=0,statements=0,"
        deeds = ("--sequences", "--train", "event", "--branches", "span=2,event=2")
        step(train, "--steps", "60", *small, *deeds, "--lr", "1e-2", "--from", "second.pt", "--shares", none + "events=1", "--out", "first-events.pt")
        step(silver_events, "--model", "first-events.pt", reads=False)
        step(train, "--steps", "60", *small, *deeds, "--lr", "5e-3", "--from", "first-events.pt", "--shares", none + "events=0.7,events-silver=0.3", "--out", "events.pt")
        step(train, "--steps", "40", "--resume", *small, *heads, "--out", "again.pt")
        one, other = (torch.load(work / name, weights_only=False)["model"] for name in ("names.pt", "again.pt"))
        assert all(torch.equal(one[name], other[name]) for name in one), "a run that was cut off and resumed ends with other weights"

        files = [Path(folder, name) for name in ("one.model", "two.model", "three.model")]
        parts = ("--model", "second.pt", "--with", "roles.pt", "names.pt", "events.pt", "--event-signs", "event-signs.pt", "--lean", "0.5", "0.2", "0.5", "--lean-events", "0.5", "0.5", "0.25", "1", "--vectors", str(work / "vectors.json"))
        for file in files[:2]:
            step(export, *parts, "--out", str(file))
        assert filecmp.cmp(*files[:2], shallow=False), "one model gave two files"
        step(restore, "--file", str(files[0]), reads=False)
        step(export, "--model", "restored.pt", "--base", str(files[0]), "--event-signs", "event-signs.pt", "--lean", "0.5", "0.2", "0.5", "--lean-events", "0.5", "0.5", "0.25", "1", "--vectors", str(work / "vectors.json"), "--out", str(files[2]))
        assert filecmp.cmp(files[0], files[2], shallow=False), "a file taken apart and put together is another"
        stages = [s["stage"] for s in model_file.File(files[0]).header["provenance"]["stages"]]
        assert stages == ["pretrain", *["train"] * 6, "signs", "signs"], stages

        share = known(work, sentences)
        print("known of the sentences learned from: " + ", ".join(f"{what} {x:.3f}" for what, x in share.items()))
        assert share["tree"] > 0.8 and share["names"] > 0.9 and share["roles"] > 0.85 and share["events"] > 0.7, "it does not learn"

        tiny = [Path(folder, "tiny"), Path(folder, "again")]
        for own in tiny:
            step(export, "--tiny", str(own))
        for name in ("tiny.model", "tiny.json"):
            assert filecmp.cmp(*(own / name for own in tiny), shallow=False), f"{name} is not the same twice"


if __name__ == "__main__":
    main()
