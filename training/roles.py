"""The network that says what each word of a sentence is to a trigger: none, actor, recipient, date, place (`heads/events/roles.rs`), over the features that `evaluate trace --events` writes.

Fitted on the corpus and the teacher's labels; how much the layers of the head weigh beside it, which have seen the train part, is fitted on the dev part. `asked.py fit` calls it.
"""
import numpy as np
import scipy.sparse as sparse
import torch
from torch import nn

from logistic import fit, log_odds, softmax
from summed import Summed, averaged, begin_layers, grown, layers, rows
from traced import likeness, matched, rows as rows_of

LABELS = ("none", "actors", "recipients", "date", "place")
WIDTH, HIDDEN = 32, 64
# Features are those that occur most often; how often the corpus is read beside the teacher's labels; steps are of so many triggers.
KEEP, TIMES, EPOCHS, BATCH = 150_000, 3, 4, 256
# Features that a file has at most.
MOST = 250_000
RATE, DROPPED, FEATURES_DROPPED, SMOOTHED = 2e-3, 0.3, 0.2, 0.03
# Where it goes on from a file: how often each part is read, with what rate, how many features are new, and of how many runs in another order the mean is taken.
TUNED_TIMES, TUNED_EPOCHS, TUNED_RATE, MORE_KEPT, RUNS = {"train": 2, "written": 2, "taught": 1}, 2, 7e-4, 50_000, 2
PARTS = ("query", "hidden", "out")
SETTINGS = {"width": WIDTH, "hidden": HIDDEN, "keep": KEEP, "times": TIMES, "epochs": EPOCHS, "batch": BATCH, "rate": RATE, "dropped": [DROPPED, FEATURES_DROPPED], "smoothed": SMOOTHED}
TUNED = {"times": TUNED_TIMES, "epochs": TUNED_EPOCHS, "rate": TUNED_RATE, "more_kept": MORE_KEPT, "runs": RUNS}
# Roles (of the four) that a party, a date, a place can play.
KINDS = ((0, 1), (2,), (3,))
IGNORED = -100


def labels_of(trigger, event):
    """-> for each word its label: of the words in a stretch the one whose phrase is most like it plays the role. What the teacher is not sure of is ignored."""
    labels = [0] * len(trigger["words"])

    def best(span):
        inside = [(likeness(w["span"], span), -i) for i, w in enumerate(trigger["words"]) if span[0] <= w["head"][0] < span[1]]
        return -max(inside)[1] if inside else None

    stretches = [(label, party["span"]) for label in (1, 2) for party in event[LABELS[label]]]
    stretches += [(label, event[LABELS[label]]) for label in (3, 4) if event.get(LABELS[label])]
    stretches += [(IGNORED, span) for span in event.get("unsure", ())]
    for label, span in stretches:
        at = best(span)
        if at is not None and not labels[at]:
            labels[at] = label
    return labels


def words(asked, gold):
    """-> keys, labels, what the layers see, number of the trigger, number of the article, of every word beside a trigger"""
    keys, labels, seen, of, articles, numbers = [], [], [], [], [], {}
    for number, (article, trigger, event) in enumerate(matched(asked, gold)):
        for word, label in zip(trigger["words"], labels_of(trigger, event)):
            keys.append(np.array(word["keys"], np.uint64))
            labels.append(label)
            seen.append(word["seen"] or [0.0] * 7)
            of.append(number)
            articles.append(numbers.setdefault(article, len(numbers)))
    return np.stack(keys), np.array(labels), np.array(seen, np.float32), np.array(of), np.array(articles)


def taught(asked, told):
    """The same of words that a teacher has told what they are: `told` are probabilities of the labels, of all words of the triggers with words, in their order. Returned in the place of labels."""
    keys, of, number = [], [], 0
    for article in rows_of(asked):
        for trigger in article["triggers"]:
            keys += [np.array(word["keys"], np.uint64) for word in trigger["words"]]
            of += [number] * len(trigger["words"])
            number += 1
    return np.stack(keys), np.load(told).astype(np.float32), None, np.array(of), None


def targets(labels):
    """What is wanted, as shares of the labels: of annotated words a little less than all for the right one, of those that are ignored nothing."""
    if labels.ndim == 2:
        return labels
    wanted = np.full((len(labels), len(LABELS)), SMOOTHED / len(LABELS), np.float32)
    wanted[np.arange(len(labels)), np.maximum(labels, 0)] += 1 - SMOOTHED
    return wanted * (labels != IGNORED)[:, None]


def most_frequent(parts):
    """The features that occur most often, by key; `parts` are keys with how often they are read."""
    found, where = np.unique(np.concatenate([keys.ravel() for keys, _ in parts]), return_inverse=True)
    count = np.bincount(where, np.concatenate([np.full(keys.size, times) for keys, times in parts]))
    return np.sort(found[np.argsort(-count, kind="stable")[:KEEP]])


class Network(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.summed = Summed(n, WIDTH, len(LABELS))
        self.query, self.hidden, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(2 * WIDTH, HIDDEN), nn.Linear(HIDDEN, len(LABELS))
        self.drop = nn.Dropout(DROPPED)

    def forward(self, x, of, n):
        """(words, features) numbers, and which of the n triggers each word is asked for -> (words, labels) scores"""
        v = self.drop(torch.relu(self.summed.heard(x)))
        largest = torch.zeros(n, WIDTH).scatter_reduce(0, of[:, None].expand(-1, WIDTH), self.query(v), "amax")
        return self.out(self.drop(torch.relu(self.hidden(torch.cat([v, largest[of]], 1))))) + self.summed.says(x)


def batch(part, triggers):
    """The words of some triggers -> numbers of features, labels, place of the trigger"""
    x, y, starts = part
    at = np.concatenate([np.arange(starts[t], starts[t + 1]) for t in triggers])
    of = np.repeat(np.arange(len(triggers)), [starts[t + 1] - starts[t] for t in triggers])
    return torch.from_numpy(x[at]), torch.from_numpy(y[at]), torch.from_numpy(of)


def scores(network, part):
    network.eval()
    n, found = len(part[2]) - 1, []
    with torch.no_grad():
        for first in range(0, n, 512):
            triggers = range(first, min(first + 512, n))
            x, _, of = batch(part, triggers)
            found.append(network(x, of, len(triggers)))
    network.train()
    return torch.cat(found).numpy()


def figures(probabilities, labels, sure=0.4):
    """F1 of parties, dates and places"""
    best = probabilities[:, 1:].argmax(1) + 1
    said = np.where(probabilities[:, 1:].max(1) > sure, best, 0)
    told = []
    for of in ((1, 2), (3,), (4,)):
        right = ((said == labels) & np.isin(labels, of)).sum()
        told.append(200 * right / max(1, np.isin(said, of).sum() + np.isin(labels, of).sum()))
    return "  ".join(f"{name} {f:.1f}" for name, f in zip(("parties", "dates", "places"), told))


def heard(tree, seen):
    """What both models say of words: see `heard` in participants.rs."""
    there = (seen[:, 4:] > 0).astype(np.float32)
    kind_of_role = np.array([k for k, roles in enumerate(KINDS) for _ in roles])
    return sparse.csr_matrix(np.column_stack([tree[:, 1:] - tree[:, :1], there, there * log_odds(seen[:, 4:]), there[:, kind_of_role] * log_odds(seen[:, :4])]))


def begun(known, begin):
    """A network as a file has it, or a new one."""
    network = Network(len(known))
    if begin is not None:
        network.summed.begin(begin, "event.role", known)
        begin_layers(network, begin, "event.role", PARTS)
    return network


def trained(known, parts, times, tests, begin, seed):
    """A network. `parts` are words by name, those of `times` are learned from, so often; `tests` print what they find."""
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    epochs, rate = (EPOCHS, RATE) if begin is None else (TUNED_EPOCHS, TUNED_RATE)
    network = begun(known, begin)
    slow = torch.optim.Adam(network.summed.rest(network), lr=rate)
    fast = torch.optim.SparseAdam(network.summed.tables(), lr=rate)
    every = [(name, t) for name in sorted(times) for t in range(len(parts[name][2]) - 1) for _ in range(times[name])]
    total, step = epochs * len(every) // BATCH + 1, 0
    for epoch in range(epochs):
        mixed = order.permutation(len(every))
        for first in range(0, len(mixed), BATCH):
            chosen, drawn = [every[i] for i in mixed[first:first + BATCH]], []
            n = 0
            for name in sorted(times):
                own = [t for part, t in chosen if part == name]
                if own:
                    x, y, of = batch(parts[name], own)
                    drawn.append((x, y, of + n))
                    n += len(own)
            x, y, of = (torch.cat(t) for t in zip(*drawn))
            x = x * (torch.rand(x.shape) > FEATURES_DROPPED)
            for optimizer in (slow, fast):
                optimizer.param_groups[0]["lr"] = rate * max(0.02, 1 - step / total)
                optimizer.zero_grad()
            said = torch.log_softmax(network(x, of, n), 1)
            (-(y * said).sum() / y.sum()).backward()
            slow.step(), fast.step()
            step += 1
        tests(network, f"after pass {epoch + 1}")
    return network


@torch.no_grad()
def lightened(network, known, parts):
    """-> the features that say most: how far their numbers are from nothing, times how often they occur. The others leave the network; `parts` are rows of features with how often they are read."""
    count = sum(n * np.bincount(x.ravel(), minlength=len(known) + 1) for x, n in parts)[1:]
    said = torch.cat(network.summed.tables(), 1)[1:].norm(dim=1).numpy() * count
    kept = np.sort(np.argsort(-said, kind="stable")[:MOST])
    at = torch.from_numpy(np.concatenate([[0], kept + 1]))
    for table in (network.summed.vectors, network.summed.says):
        table.weight.data = table.weight.data[at]
    return known[kept]


def fitted(files, begin=None):
    """-> the sections of the network and of how it is weighed. `begin` is a file with a network to go on from."""
    read = {name: taught(*pair) if name == "taught" else words(*pair) for name, pair in files.items()}
    times = {"train": TIMES, "silver": 1} if begin is None else TUNED_TIMES
    times = {name: n for name, n in times.items() if name in read}
    known = most_frequent([(read[name][0], n) for name, n in times.items()]) if begin is None else grown(begin, "event.role", np.concatenate([read[name][0].ravel() for name in times]), MORE_KEPT)
    starts = lambda of: np.concatenate([[0], np.flatnonzero(np.diff(of)) + 1, [len(of)]])
    parts = {name: (rows(keys, known), targets(labels), starts(of)) for name, (keys, labels, _, of, _) in read.items()}

    def tests(network, when):
        for name in parts:
            if name not in times:
                print(f"roles on {name} {when}, words asked, tree alone: {figures(softmax(scores(network, parts[name])), read[name][1])}", flush=True)

    if begin is not None and "taught" in parts:
        # The teacher and the network that learns are wrong in other places.
        x, told, first = parts["taught"]
        parts["taught"] = x, (told + softmax(scores(begun(known, begin), parts["taught"]))) / 2, first
    network = averaged([trained(known, parts, times, tests, begin, run) for run in range(1 if begin is None else RUNS)])
    tests(network, "of all runs")
    network.eval()
    known = lightened(network, known, [(parts[name][0], n) for name, n in times.items()])
    parts = {name: (rows(read[name][0], known), *parts[name][1:]) for name in read if name not in times}
    # The file's rounding is the network's.
    network.summed.round()
    tests(network, "as it lies in the file")
    _, labels, seen, _, articles = read["dev"]
    both, held = heard(scores(network, parts["dev"]), seen), np.zeros((len(labels), len(LABELS)))
    for k in range(10):
        test = articles % 10 == k
        z = fit(both[~test], labels[~test], len(LABELS), 0.01, 300)
        held[test] = softmax(both[test] @ z[:-1] + z[-1])
    print(f"layers alone: {figures(np.column_stack([np.zeros(len(seen)), seen[:, :4]]), labels, 0.35)}")
    print(f"both, ten folds: {figures(held, labels)}")
    z = fit(both, labels, len(LABELS), 0.01, 300)
    weighed = (z - z[:, :1])[:, 1:].T
    sections = network.summed.sections("event.role", known) | layers(network, "event.role", PARTS)
    return sections | {"event.role.weighed": (weighed.astype(np.float32).reshape(-1), "f32")}
