"""Fits what the article graph knows (`data/who`) on articles whose entities are annotated.

  evaluate trace GOLD --out TRACE      for each gold file, with the program that is to use the tables
  python training/who.py TABLE…        TABLE: nouns, known, links (in this order, tracing anew in between); whose state and which sector is for entities.py

Gold: who-train.jsonl (entities with all their mentions) and the event corpus's train.jsonl (parties with their codes). The traces stand in
training/.work as who-train.trace.jsonl and events-train.trace.jsonl. `folds` prints ten-fold figures by article instead of writing a table.
"""

import argparse
import collections
import json
import math
import pathlib
import re

import numpy
from scipy.optimize import minimize

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared/data/events/corpus"
WORK = ROOT / "training/.work"
DATA = ROOT / "data/who"

# A lemma is a noun for people or bodies if this share of its uses is one, and it was seen so often as one.
NOUN_SHARE, NOUN_COUNT = 0.4, 2

# What people say something in: whose it is speaks.
DOCUMENTS = set(
    "statement report analysis survey poll study letter message article announcement document footage projection comment remark speech interview communique "
    "declaration resolution story column editorial post tweet email memo review assessment estimate forecast finding figure data release call appeal decision demand "
    "request proposal complaint criticism accusation allegation claim warning testimony video tape recording broadcast account version view opinion belief "
    "response reaction reply answer plan bid effort offer pledge promise website".split()
)


# Adjectives for what is of no one country.
FOREIGN = set("foreign international global western european african arab asian multinational worldwide regional latin non-american independent islamic".split())

# Lemmas that pass by chance: deeds, things and slips of the lemmatizer that annotators marked within a longer phrase.
NOT_PEOPLE = set(
    "affair apology approval audit bid cell channel closure debt house mandate name notice platform refusal ring ship station tactic wn anger repression resistance "
    "stronghold swap van advice airliner aspiration assassination cable conviction convoy discussion dozen effigy exchange favor goods gunship harassment hare hometown "
    "hundred identity militiame militiay businessme tribesme policey overthrow remains resignation score sein signature tank tour tree warplane yard remnant ten thousand agenda movement "
    "permission half number majority".split()
)

# Kinds that the annotated uses are too few to tell.
KINDS = {"ally": "person", "rival": "person", "sponsor": "person", "media": "body", "cartel": "body", "crew": "group", "outlet": "body", "organisation": "body", "militia": "group",
         "troops": "group", "people": "group", "personnel": "group", "faction": "body", "gang": "body", "movement": "body", "lady": "person", "union": "body"}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def overlap(a, b):
    return min(a[1], b[1]) - max(a[0], b[0])


def likeness(a, b):
    """Share of characters that two spans have in common, of all that they cover."""
    both = overlap(a, b)
    return both / (max(a[1], b[1]) - min(a[0], b[0])) if both > 0 else 0.0


class Article:
    """A traced article with its gold: for each mention of the trace the entity or party that it is of."""

    def __init__(self, gold, trace):
        self.id, self.text, self.trace = gold["id"], gold["text"], trace
        self.gold = []  # (span, key of the entity, country, sector)
        if "entities" in gold:
            self.is_whole = True
            for number, entity in enumerate(gold["entities"]):
                for span in entity["mentions"]:
                    self.gold.append((span, number, entity["country"], entity["sector"], entity["kind"]))
        else:
            self.is_whole = False
            for event in gold["events"]:
                for party in event["actors"] + event["recipients"]:
                    country, sector = split_code(party["code"])
                    self.gold.append((party["span"], ("party", tuple(party["span"])), country, sector, None))
        self.label = [self.best(mention["span"]) for mention in trace["mentions"]]

    def best(self, span):
        """The gold mention that a span is, if one is enough like it."""
        scored = [(likeness(span, row[0]), -index) for index, row in enumerate(self.gold)]
        if not scored or max(scored)[0] < 0.34:
            return None
        return self.gold[-max(scored)[1]]


INTERNATIONAL = {"IGO", "NGO", "MNC", "INT", "IMG", "EUR", "WST", "MEA", "AFR", "ASA", "LAM", "SEA", "SAS", "CAU", "CAS", "EAF", "WAF", "NAF", "BLK", "CFR", "EEU", "SAF", "CAF", "---"}


SECTORS = set("GOV MIL COP LEG JUD OPP REB PTY CVL MED BUS CRM SPY ELI JRN REL LAB EDU HLH NGO IGO UAF MNC AGR ENV SET REF".split())


def split_code(code):
    """Country (none for international heads) and sector of an actor code."""
    head, rest = code[:3], code[3:6]
    if head in ("IGO", "EUR"):
        return None, "IGO"
    if head in ("NGO", "MNC"):
        return None, head
    return (None if head in INTERNATIONAL else head), (rest if rest in SECTORS else None)


def articles(names):
    found = []
    for name in names:
        path = CORPUS / {"events-train": "train.jsonl", "events-dev": "dev.jsonl"}.get(name, f"{name}.jsonl")
        path = path if path.exists() else WORK / path.name
        if not (WORK / f"{name}.trace.jsonl").exists():
            print(f"{name} has not been traced")
            continue
        gold = {row["id"]: row for row in rows(path)}
        for trace in rows(WORK / f"{name}.trace.jsonl"):
            found.append(Article(gold[trace["id"]], trace))
    return found


def write(name, header, lines):
    path = DATA / f"{name}.tsv"
    path.write_text(header + "".join(line + "\n" for line in lines), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines)} rows, {path.stat().st_size / 1000:.0f} kB")


def nouns():
    uses, hits, kinds = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
    for article in articles(["who-train"]):
        for span, lemma, plural in article.trace["nouns"]:
            uses[lemma] += 1
            gold = article.best(span)
            if gold:
                hits[lemma] += 1
                kinds[lemma][gold[4], plural] += 1
    parties, all_uses = collections.Counter(), collections.Counter()
    for article in articles(["events-train"]):
        for span, lemma, _ in article.trace["nouns"]:
            all_uses[lemma] += 1
            parties[lemma] += article.best(span) is not None
    table = collections.defaultdict(list)
    table["document"] = sorted(DOCUMENTS)
    table["foreign"] = sorted(FOREIGN)
    for lemma in sorted(set(uses) | set(all_uses)):
        share = hits[lemma] / uses[lemma] if uses[lemma] else 0
        by_parties = parties[lemma] >= 4 and parties[lemma] / all_uses[lemma] >= 0.4
        if lemma in DOCUMENTS or lemma in NOT_PEOPLE or not re.fullmatch(r"[a-z][a-z-]+", lemma) or not (hits[lemma] >= NOUN_COUNT and share >= NOUN_SHARE or by_parties):
            continue
        of = kinds[lemma]
        singular = collections.Counter({kind: n for (kind, plural), n in of.items() if not plural})
        top = singular.most_common(1)[0][0] if singular else None
        if top is None:
            top = "ORG" if of.get(("ORG", True), 0) > of.get(("GRP", True), 0) else "PER"
        if lemma in KINDS:
            table[KINDS[lemma]].append(lemma)
            continue
        table[{"PER": "person", "ORG": "body", "STATE": "body", "GRP": "group"}[top]].append(lemma)
    header = (
        "# Nouns that stand for people or bodies which speak or act.\n"
        "# Columns: kind (person: one in the singular, several in the plural; body; group: several in the singular, too; document: what people say something in; foreign: adjectives for what is of no one country) | lemmas, blanks between them.\n"
        "# Origin: training/who.py, by how often news use a noun so (agency newswire, Wikipedia's current events, Wikinews). Facts only.\n"
        "kind\tlemmas\n"
    )
    write("nouns", header, [f"{kind}\t{' '.join(lemmas)}" for kind, lemmas in sorted(table.items())])


def uses_of_names(found):
    """For each key the articles that use it, and for which country: {key: {article: country}}."""
    uses = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for article in found:
        for mention, label in zip(article.trace["mentions"], article.label):
            if mention["key"] and label and mention["sort"] in ("person", "body"):
                uses[mention["key"]][article.id][label[2] or "-"] += 1
    return uses


def known():
    uses = uses_of_names(articles(["who-train", "events-train"]))
    lines = []
    for key, by_article in sorted(uses.items()):
        total = collections.Counter()
        for counts in by_article.values():
            total[counts.most_common(1)[0][0]] += 1
        cells = shares(total)
        if cells and len(key) > 1 and "\t" not in key and "|" not in key:
            lines.append(f"{key}\t" + "|".join(f"{country} {share:.2f}" for country, share in cells))
    header = (
        "# Names that news use as known: whose state those are who are called so.\n"
        "# Columns: name in lower case, without \"the\" and dots | countries (ISO 3166-1 alpha-3, - for none), each with its share of the articles, lowered where they are few.\n"
        "# Origin: training/who.py, from agency newswire, Wikipedia's current events and Wikinews. Facts only.\n"
        "key\tcountries\n"
    )
    write("known", header, lines)


def shares(total):
    """Countries with their shares of the articles, one article more assumed for none of them."""
    n = sum(total.values())
    cells = [(country, count / (n + 1)) for country, count in total.most_common(3)]
    return [cell for cell in cells if cell[1] >= 0.4]


# What the corpora never show, or hardly: they have no datelines, no publishers, few days. Their weights are drawn to these instead of to nothing.
PRIOR = {"*\tpublisher": 3.0, "*\tdateline": 1.2, "*\tparenthesis": 3.0, "*\tin_office": 2.0, "*\tto": -2.5}


def softmax_fit(questions, ridge, steps=300):
    """Weights of a softmax over candidates. `questions`: (candidates as {feature: value}, indices of the right ones, weight)."""
    names = sorted({name for candidates, _, _ in questions for features in candidates for name in features})
    prior = numpy.array([PRIOR.get(name, 0.0) for name in names])
    place = {name: index for index, name in enumerate(names)}
    row, column, value, owner, right, weights = [], [], [], [], [], []
    n = 0
    for number, (candidates, answers, weight) in enumerate(questions):
        weights.append(weight)
        for index, features in enumerate(candidates):
            for name, strength in features.items():
                row.append(n)
                column.append(place[name])
                value.append(strength)
            owner.append(number)
            right.append(index in answers)
            n += 1
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((value, (row, column)), shape=(n, len(names)))
    owner, right, weights = numpy.array(owner), numpy.array(right), numpy.array(weights)
    starts = numpy.flatnonzero(numpy.r_[True, owner[1:] != owner[:-1]])

    def loss(x):
        scores = matrix @ x
        top = numpy.maximum.reduceat(scores, starts)
        exp = numpy.exp(scores - top[owner])
        total = numpy.add.reduceat(exp, starts)
        good = numpy.add.reduceat(exp * right, starts)
        p = exp / total[owner]
        q = exp * right / good[owner]
        value = -(weights * numpy.log(good / total)).sum() + 0.5 * ridge * ((x - prior) @ (x - prior))
        gradient = matrix.T @ ((p - q) * weights[owner]) + ridge * (x - prior)
        return value, gradient

    result = minimize(loss, numpy.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return {name: result.x[place[name]] for name in names}


def score(weights, features):
    return sum(weights.get(name, 0.0) * strength for name, strength in features.items())


def crossed(kind, features):
    """Features that count for all classes, and the same for this class."""
    return {f"{where}\t{name}": strength for name, strength in features for where in ("*", kind)}


def link_questions(found):
    questions, ids = [], []
    for article in found:
        if not article.is_whole:
            continue
        label = article.label
        gold_of = lambda mention: label[mention][1] if label[mention] else None
        for mention, kind, candidates in article.trace["links"]:
            own = gold_of(mention)
            if own is None:
                continue
            answers = [index for index, (other, _) in enumerate(candidates) if other is not None and gold_of(other) == own]
            if not answers:
                answers = [0]
            questions.append(([crossed(kind, features) for _, features in candidates], set(answers), 1.0))
            ids.append(article.id)
    return questions, ids


# What the entity's own words and the tables say: taken away from a copy of each question, so that the rest learns to answer alone.
OWN = {"adjective", "possessive", "compound", "of", "people", "at_first", "repeated", "known_name", "none_known_name", "in_office", "in_career", "listed", "listed_only"}


def mask(candidates, answers):
    """The question without what its own words and the tables say, and its answer: none, if the right country would be no candidate any more.
    Nothing if they say nothing."""
    if not any(name in OWN for index in answers for name, _ in candidates[index][1]):
        return None
    masked = []
    for code, features in candidates:
        rest = [feature for feature in features if feature[0] not in OWN]
        if code is None and not any(name == "none_unmarked" for name, _ in rest):
            rest.append(("none_unmarked", 1.0))
        masked.append((code, rest))
    is_candidate = lambda features: any(name not in ("owner", "spoke_before", "distance", "only_named") for name, _ in features)
    left = {index for index in answers if is_candidate(masked[index][1]) or masked[index][0] is None}
    kept = [place for place, (code, features) in enumerate(masked) if code is None or is_candidate(features)]
    none = next(place for place, index in enumerate(kept) if masked[index][0] is None)
    return [masked[index] for index in kept], {kept.index(index) for index in left} or {none}


def weights_table(name, what, weights):
    lines = [f"{key}\t{weight:.3f}" for key, weight in sorted(weights.items()) if abs(weight) >= 0.005]
    header = (
        f"# What each piece of evidence weighs for the question {what}: log-odds.\n"
        "# Columns: class of the question (* for all; the weights of a class are added) | evidence (src/extract/who) | weight.\n"
        "# Origin: training/who.py, fitted on annotated news.\n"
        "class\tevidence\tweight\n"
    )
    write(name, header, lines)


def ten_folds(questions, ids, ridge, counts=None):
    """Share of questions right, fitted on nine tenths of the articles and asked about the last."""
    stems = sorted({stem(i) for i in ids})
    fold = {name: index % 10 for index, name in enumerate(stems)}
    right = total = weighted = weighted_total = 0
    by_class = collections.defaultdict(lambda: [0, 0])
    for number in range(10):
        train = [q for q, i in zip(questions, ids) if fold[stem(i)] != number and q[1]]
        weights = softmax_fit(train, ridge, 150)
        for place, (q, i) in enumerate(zip(questions, ids)):
            if fold[stem(i)] != number:
                continue
            candidates, answers, _ = q
            best = max(range(len(candidates)), key=lambda index: score(weights, candidates[index]))
            ok = best in answers
            right, total = right + ok, total + 1
            if counts:
                weighted, weighted_total = weighted + ok * counts[place], weighted_total + counts[place]
            kind = next(name for name in candidates[0] if not name.startswith("*")).split("\t")[0]
            by_class[kind][0] += ok
            by_class[kind][1] += 1
    print(f"  ridge {ridge}: {right / total:.4f} of {total}" + (f", by mentions {weighted / weighted_total:.4f}" if counts else ""),
          {kind: f"{a / b:.3f} of {b}" for kind, (a, b) in sorted(by_class.items())})


def stem(name):
    return name.split(".w")[0]


def links():
    questions, ids = link_questions(articles(["who-train"]))
    if ARGUMENTS.folds:
        return ten_folds(questions, ids, 3.0)
    weights_table("links", "who is meant by a pronoun or description", softmax_fit(questions, 3.0))


def sector_rows(found):
    """-> for each entity with a gold answer: features of its words, sector, annotated mentions, whether annotated for the question"""
    data = []
    for article in found:
        for mentions, features in article.trace["sectors"]:
            labels = [article.label[mention] for mention in mentions if article.label[mention]]
            if labels and "kind state" not in features:
                sectors = collections.Counter(label[3] for label in labels)
                data.append((features, sectors.most_common(1)[0][0] or "-", len(labels), article.is_whole))
    return data


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", choices=["nouns", "known", "links"])
    parser.add_argument("--folds", action="store_true", help="print ten-fold figures, write nothing")
    ARGUMENTS = parser.parse_args()
    for table in ARGUMENTS.tables:
        globals()[table]()
