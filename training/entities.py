"""The network that says whose state an entity is of and which sector it belongs to (`src/extract/who/network.rs`), fitted on what `evaluate trace` takes down.

  evaluate trace GOLD --out WORK/NAME.trace.jsonl       for who-train, events-train, who-dev and events-dev
  python training/entities.py --out models/who.model

Evidence has weights of its own, fitted first. Both questions hear the entity's words as the sum of their features' vectors. A candidate country is heard by its evidence, beside the strongest of each kind that any candidate has. A copy of
each question lacks what the entity's own words and the tables say, so that the rest learns to answer alone.
"""
import argparse
import collections
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import nn

import model_file
import provenance
import who
from features import fnv1a
from summed import Summed

WIDTH, HIDDEN = 48, 128
# Countries that are often asked about have a vector; half of the time it is hidden, so that it answers nothing alone.
COUNTRY, OFTEN, HIDDEN_COUNTRIES = 8, 20, 0.5
# Features of words are those that occur most often; entities that were annotated for the question itself are read twice.
KEEP, LEAST, WHOLE = 30_000, 2, 2
EPOCHS, BATCH, RATE, DECAY, DROPPED, FEATURES_DROPPED, SMOOTHED = 7, 128, 3e-3, 0.01, 0.3, 0.2, 0.02
# Networks that are learned from other beginnings; their mean answers, which is one network that is so many times as wide.
RUNS = 3
RIDGE = 3.0
# Evidence that occurs more seldom, or whose weight is set, is heard by its own weight alone.
SELDOM = 40
SETTINGS = {"width": WIDTH, "hidden": HIDDEN, "keep": KEEP, "whole": WHOLE, "epochs": EPOCHS, "batch": BATCH, "ridge": RIDGE, "rate": RATE, "decay": DECAY, "dropped": [DROPPED, FEATURES_DROPPED], "runs": RUNS}
PARTS = {"train": ("who-train", "events-train"), "written": ("who-written",), "dev": ("who-dev", "events-dev"), "held-out": ("who-held-out",)}
# What is added to a weight after all is learned: nearly all bodies of the corpora are known by name from their train part, so that they show too seldom what a table is worth without that.
RAISED = {"listed": 3.0}
# Evidence by which alone a country is no candidate.
FAINT = ("owner", "spoke_before", "distance", "only_named")


def questions(found, uses):
    """-> for each entity with a gold answer: kind, words, candidates as (code, evidence), right ones, mentions, whether annotated for the question, sector"""
    for article in found:
        words = {tuple(mentions): features for mentions, features in article.trace["sectors"]}
        for mentions, kind, key, candidates in article.trace["states"]:
            labels = [article.label[m] for m in mentions if article.label[m]]
            if not labels:
                continue
            country = collections.Counter(label[2] for label in labels).most_common(1)[0][0]
            rebuilt = without_own_use(article.id, key, candidates, uses)
            right = {i for i, (code, _) in enumerate(rebuilt) if code == country}
            yield kind, words[tuple(mentions)], rebuilt, right, len(labels), article.is_whole


def without_own_use(article, key, candidates, uses):
    """The candidates with what news know of the name from other articles alone."""
    total = collections.Counter()
    for other, counts in uses.get(key, {}).items() if key else ():
        if who.stem(other) != who.stem(article):
            total[counts.most_common(1)[0][0]] += 1
    share, rebuilt = dict(who.shares(total)), []
    for code, evidence in candidates:
        evidence = [(name, strength) for name, strength in evidence if name not in ("known_name", "none_known_name")]
        if (code or "-") in share:
            evidence.append(("known_name" if code else "none_known_name", share[code or "-"]))
        if code is None or any(name not in FAINT for name, _ in evidence):
            rebuilt.append((code, evidence))
    known = {code for code, _ in candidates}
    return rebuilt + [(code, [("known_name", part)]) for code, part in share.items() if code != "-" and code not in known]


class States:
    """Questions on states as arrays."""

    def __init__(self, rows, evidence, kinds, known, countries):
        self.rows = []
        for kind, words, candidates, right, mentions, is_whole in rows:
            x = np.zeros((len(candidates), len(evidence)), np.float32)
            for i, (_, own) in enumerate(candidates):
                for name, strength in own:
                    x[i, evidence[name]] = strength
            self.rows.append((x, kinds.index(kind), [known[w] for w in words if w in known] or [0], right, [countries.get(code, 0) for code, _ in candidates]))
        self.mentions, self.is_whole = np.array([r[4] for r in rows]), np.array([r[5] for r in rows])

    def batch(self, which):
        rows = [self.rows[i] for i in which]
        x = torch.from_numpy(np.concatenate([r[0] for r in rows]))
        sizes = [len(r[0]) for r in rows]
        right = torch.zeros(len(x), dtype=torch.bool)
        right[[at + i for at, r in zip(np.cumsum([0, *sizes]), rows) for i in r[3]]] = True
        return x, torch.tensor([r[1] for r in rows]), *bag([r[2] for r in rows]), torch.from_numpy(np.repeat(np.arange(len(rows)), sizes)), torch.tensor(list(chain.from_iterable(r[4] for r in rows))), right


def bag(lists):
    return torch.tensor(list(chain.from_iterable(lists))), torch.from_numpy(np.cumsum([0, *map(len, lists)])[:-1])


class Network(nn.Module):
    def __init__(self, n_words, kinds, evidence, seldom, sectors, n_countries, plain):
        super().__init__()
        self.summed = Summed(n_words, WIDTH, len(sectors), sparse=False)
        self.kind = nn.Embedding(len(kinds), WIDTH)
        nn.init.normal_(self.kind.weight, 0, 0.1)
        self.country = nn.Embedding(n_countries + 1, COUNTRY, padding_idx=0)
        nn.init.normal_(self.country.weight, 0, 0.05)
        self.country.weight.data[0] = 0
        # What evidence says by itself, by kind: fitted before.
        self.register_buffer("plain", torch.tensor(plain, dtype=torch.float32))
        self.often = torch.tensor([name not in seldom for name in evidence], dtype=torch.float32)
        self.state_hidden, self.state_out = nn.Linear(2 * len(evidence) + WIDTH + COUNTRY, HIDDEN), nn.Linear(HIDDEN, 1)
        self.sector_hidden, self.sector_out = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, len(sectors))
        self.drop = nn.Dropout(DROPPED)

    def state(self, x, kind, words, starts, owner, country):
        n = len(kind)
        heard = self.drop(torch.relu(self.summed.heard(words, starts) + self.kind(kind)))
        often = x * self.often
        largest = torch.zeros(n, x.shape[1]).scatter_reduce(0, owner[:, None].expand(-1, x.shape[1]), often, "amax")
        hidden = self.drop(torch.relu(self.state_hidden(torch.cat([often, largest[owner], heard[owner], self.country(country)], 1))))
        return (x * self.plain[kind][owner]).sum(1) + self.state_out(hidden)[:, 0]

    def sector(self, words, starts):
        heard = self.drop(torch.relu(self.summed.heard(words, starts)))
        return self.summed.says(words, starts) + self.sector_out(self.drop(torch.relu(self.sector_hidden(heard))))


def log_sums(scores, owner, n):
    top = torch.full((n,), -1e9).scatter_reduce(0, owner, scores, "amax").detach()
    return top + torch.log(torch.zeros(n).index_add(0, owner, torch.exp(scores - top[owner])) + 1e-9)


def figures(networks, states, sectors, rows):
    """Of the mean of some networks."""
    for network in networks:
        network.eval()
    right = []
    with torch.no_grad():
        for first in range(0, len(states.rows), 512):
            x, kind, words, starts, owner, country, wanted = states.batch(range(first, min(first + 512, len(states.rows))))
            scores = sum(network.state(x, kind, words, starts, owner, country) for network in networks).numpy()
            owner, wanted = owner.numpy(), wanted.numpy()
            for k in range(len(kind)):
                own = owner == k
                right.append(bool(wanted[own][scores[own].argmax()]))
        best = sum(network.sector(*bag([r[0] for r in sectors])) for network in networks).argmax(1).numpy()
    for network in networks:
        network.train()
    right, whole, n = np.array(right), states.is_whole, states.mentions
    good, of, counts, has = best == [r[1] for r in sectors], np.array([r[1] for r in rows]), np.array([r[2] for r in rows]), np.array([r[3] for r in rows])
    share = lambda ok, which, weight: 100 * (ok * weight)[which].sum() / weight[which].sum()
    return (f"states of entities {share(right, whole, np.ones(len(n))):.1f}, by mentions {share(right, whole, n):.1f}, of parties {share(right, ~whole, np.ones(len(n))):.1f}; "
            f"sectors by mentions {share(good, of, counts):.1f}, where annotated {share(good, of & has, counts):.1f}, of parties {share(good, ~of & has, counts):.1f}")


def learned(network, states, sectors, n_train, order):
    """The network after all passes over the questions `states` and `sectors`."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = n_train // BATCH + 1
    n_masked, n_sectors = len(states["masked"].rows) // 2 // steps, len(sectors) // steps + 1
    for epoch in range(EPOCHS):
        mixed, other, third = (order.permutation(n) for n in (n_train, len(states["masked"].rows), len(sectors)))
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = RATE * max(0.02, 1 - (epoch * steps + step) / (EPOCHS * steps))
            loss = 0
            for part, which in (("train", mixed[step * BATCH:(step + 1) * BATCH]), ("masked", other[step * n_masked:(step + 1) * n_masked])):
                if len(which):
                    x, kind, w, starts, owner, country, right = states[part].batch(which)
                    scores = network.state(x, kind, w * (torch.rand(len(w)) > FEATURES_DROPPED), starts, owner, country * (torch.rand(len(kind)) > HIDDEN_COUNTRIES)[owner])
                    good = log_sums(torch.where(right, scores, torch.full_like(scores, -1e9)), owner, len(kind))
                    loss = loss + (log_sums(scores, owner, len(kind)) - good).sum() / BATCH
            drawn = [sectors[i] for i in third[step * n_sectors:(step + 1) * n_sectors]]
            if drawn:
                w, starts = bag([r[0] for r in drawn])
                loss = loss + nn.functional.cross_entropy(network.sector(w * (torch.rand(len(w)) > FEATURES_DROPPED), starts), torch.tensor([r[1] for r in drawn]), label_smoothing=SMOOTHED)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network


@torch.no_grad()
def joined(networks, hashes, raised):
    """Sections of the one network that answers what the networks do on average: their vectors and hidden layers stand side by side, and no weight leads from one to another."""
    n, first = len(networks), networks[0]
    n_evidence = first.often.shape[0]
    side_by_side = lambda of: torch.cat([of(x) for x in networks], -1)
    mean = lambda of: sum(of(x) for x in networks) / n
    apart = lambda of: torch.block_diag(*map(of, networks))

    def state_hidden(x):
        weight = x.state_hidden.weight.T.clone()
        weight[:2 * n_evidence] *= torch.cat([x.often, x.often])[:, None]
        return weight

    # A row for each input: most inputs are nothing. Evidence is heard by all alike, words and countries by each in its own way.
    hidden = torch.cat([side_by_side(lambda x: state_hidden(x)[:2 * n_evidence]), apart(lambda x: state_hidden(x)[2 * n_evidence:2 * n_evidence + WIDTH]),
                        apart(lambda x: state_hidden(x)[2 * n_evidence + WIDTH:])])
    table = torch.cat([side_by_side(lambda x: x.summed.vectors.weight), mean(lambda x: x.summed.says.weight)], 1)[1:]
    number = lambda t: t.numpy().astype(np.float32)
    return {
        "who.features.hash": (hashes, "u64"), "who.features.weight": (number(table), "i8"), "who.bias": (number(side_by_side(lambda x: x.summed.bias)), "f32"),
        "who.kind": (number(side_by_side(lambda x: x.kind.weight)), "f32"), "who.evidence": (number(first.plain) + raised, "f32"),
        "who.state.hidden.weight": (number(hidden), "f32"), "who.state.hidden.bias": (number(side_by_side(lambda x: x.state_hidden.bias)), "f32"),
        "who.state.out": (number(side_by_side(lambda x: x.state_out.weight[0]) / n), "f32"), "who.country": (number(side_by_side(lambda x: x.country.weight[1:])), "f32"),
        "who.sector.hidden.weight": (number(apart(lambda x: x.sector_hidden.weight.T)), "f32"), "who.sector.hidden.bias": (number(side_by_side(lambda x: x.sector_hidden.bias)), "f32"),
        "who.sector.out.weight": (number(torch.cat([x.sector_out.weight.T for x in networks]) / n), "f32"), "who.sector.out.bias": (number(mean(lambda x: x.sector_out.bias)), "f32"),
    }


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--version", default="1")
    ap.add_argument("--out", default="models/who.model")
    a = ap.parse_args()
    torch.set_num_threads(1)
    who.WORK, who.CORPUS = Path(a.work), Path(a.shared) / "data/events/corpus"
    found = {part: who.articles(names) for part, names in PARTS.items()}
    # What is known of a name comes from the train part alone, as data/who/known.tsv does: names in articles written for this are invented.
    uses = who.uses_of_names(found["train"])
    asked = {part: list(questions(found[part], uses)) for part in PARTS}
    with_sector = {part: [(features, sector, weight, whole) for features, sector, weight, whole in who.sector_rows(found[part])] for part in PARTS}
    for of in (asked, with_sector):
        of["train"] += of.pop("written")
    tests = [part for part in asked if part != "train" and asked[part]]
    count = collections.Counter(w for features, *_ in with_sector["train"] for w in features)
    words = sorted(w for w, n in count.most_common(KEEP) if n >= LEAST)
    # Rows in the order of their hashes.
    hashes = np.array([int(fnv1a(w.encode("utf-8"))) for w in words], np.uint64)
    words = [words[i] for i in np.argsort(hashes)]
    hashes.sort()
    known = {w: i + 1 for i, w in enumerate(words)}
    often = collections.Counter(name for _, _, candidates, *_ in asked["train"] for _, evidence in candidates for name, _ in evidence)
    evidence = sorted({*often, *(name.split("\t")[1] for name in who.PRIOR)})
    seldom = {name for name in evidence if often[name] < SELDOM or f"*\t{name}" in who.PRIOR}
    kinds, sectors = sorted({q[0] for q in asked["train"]}), sorted({row[1] for row in with_sector["train"]})
    asked_of = collections.Counter(code for _, _, candidates, *_ in asked["train"] for code, _ in candidates if code)
    countries = {code: i + 1 for i, code in enumerate(sorted(code for code, n in asked_of.items() if n >= OFTEN))}
    print(f"{len(countries)} countries, {len(words)} features; evidence heard by its own weight alone: {sorted(seldom)}")
    place = {name: i for i, name in enumerate(evidence)}
    train = [q for q in asked["train"] if q[3]]
    train += [q for q in train if q[5] for _ in range(WHOLE - 1)]
    masked = [(kind, w, *m, n, whole) for kind, w, candidates, right, n, whole in train if (m := who.mask(candidates, right))]
    # The weights of evidence alone come first; the corpora show some of it too seldom to tell, and its weights are set. The network learns what they leave.
    alone = who.softmax_fit([([who.crossed(q[0], evidence_of) for _, evidence_of in q[2]], q[3], weight) for part, weight in ((train, 1.0), (masked, 0.5)) for q in part], RIDGE, 150)
    plain = [[who.PRIOR.get(f"*\t{name}", alone.get(f"*\t{name}", 0.0) + alone.get(f"{kind}\t{name}", 0.0)) for name in evidence] for kind in kinds]
    states = {name: States(rows, place, kinds, known, countries) for name, rows in (("train", train), ("masked", masked), *((part, asked[part]) for part in tests))}
    rows = {part: [([known[w] for w in features if w in known] or [0], sectors.index(sector) if sector in sectors else -1) for features, sector, *_ in with_sector[part]] for part in with_sector}
    rows["train"] += [row for row, (_, _, _, whole) in zip(list(rows["train"]), with_sector["train"]) if whole for _ in range(WHOLE - 1)]
    shown = {part: [(None, whole, weight, sector != "-") for _, sector, weight, whole in with_sector[part]] for part in tests}
    figures_of = lambda networks: "; ".join(f"{part}: {figures(networks, states[part], rows[part], shown[part])}" for part in tests)
    networks = []
    for run in range(RUNS):
        torch.manual_seed(run)
        network = Network(len(words), kinds, evidence, seldom, sectors, len(countries), plain)
        networks.append(learned(network, states, rows["train"], len(train), np.random.default_rng(run)))
        print(f"run {run + 1}, of 100: {figures_of([network])}", flush=True)
    print(f"their mean, of 100: {figures_of(networks)}")
    sections = joined(networks, hashes, np.array([RAISED.get(name, 0.0) for name in evidence], np.float32))
    files = {f"work/{name}.trace.jsonl": who.WORK / f"{name}.trace.jsonl" for name in PARTS["train"] + PARTS["written"] if (who.WORK / f"{name}.trace.jsonl").exists()}
    header = {"name": "who", "version": a.version, "license": "CC BY-SA 4.0", "attribution": ["Voice of America", "Wikipedia, Portal: Current events (CC BY-SA 4.0)", "Wikinews (CC BY 2.5)", "training/articles (Apache-2.0)"], "config": {},
              "labels": {"kind": kinds, "country": list(countries), "evidence": evidence, "sector": sectors}, "provenance": {"stages": [provenance.stage("entities", SETTINGS, files)]}}
    model_file.write(a.out, header, sections)


if __name__ == "__main__":
    main()
