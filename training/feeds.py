"""Where batches come from: of one corpus in this process, or of all of them made by other processes."""
import multiprocessing
from typing import NamedTuple

import numpy as np
import torch

import data
from tasks import TASKS

OWNER = {name: task for task in TASKS for name in task.CORPORA}


class Feed:
    """Batches of one corpus; `given` of them have been taken, those before are passed over."""

    def __init__(self, sentences, task, seed, size, given=0):
        self.given, self.task = given, task
        self.batches = data.endless(sentences, np.random.default_rng(seed), size, getattr(task, "WHOLE", False))
        for _ in range(given):
            next(self.batches)

    def __next__(self):
        self.given += 1
        return next(self.batches)


class Elsewhere:
    """Batches made by other processes, taken from each in turn: one process can't make them as fast as an accelerator learns from them."""

    def __init__(self, count, sets, shares, vocabulary, labels, size, seed):
        context = multiprocessing.get_context("fork")
        self.queues = [context.Queue(4) for _ in range(count)]
        self.at = 0
        for number, queue in enumerate(self.queues):
            context.Process(target=self.work, args=(queue, sets, shares, vocabulary, labels, size, [seed, number]), daemon=True).start()

    @staticmethod
    def work(queue, sets, shares, vocabulary, labels, size, seed):
        torch.set_num_threads(1)
        rng = np.random.default_rng(seed)
        feeds = {name: Feed(sets[name], OWNER[name], [*seed, k], size) for k, name in enumerate(OWNER) if name in shares}
        order, weight = list(feeds), np.array([shares[name] for name in feeds])
        while True:
            name = order[rng.choice(len(order), p=weight / weight.sum())]
            b = data.batch(next(feeds[name]), vocabulary, OWNER[name], labels, rng, numbers=False)
            queue.put((name, {k: x.numpy() for k, x in b.items()}))

    def __next__(self):
        name, b = self.queues[self.at].get()
        self.at = (self.at + 1) % len(self.queues)
        return name, {k: torch.from_numpy(x) for k, x in b.items()}


class Table(NamedTuple):
    """What the vocabulary knows of each token type, where the model is."""

    rows: torch.Tensor
    vector_row: torch.Tensor
    vectors: torch.Tensor

    @staticmethod
    def of(vocabulary, device):
        return Table(*(x.to(device) for x in (torch.from_numpy(vocabulary.rows), torch.from_numpy(vocabulary.vector_row), vocabulary.vectors)))


def numbered(b, table):
    """A batch of token types (data.batch without numbers) as the model reads it."""
    b = {k: x.to(table.rows.device, non_blocking=True) for k, x in b.items()}
    return dict(b, rows=table.rows[b["ids"]], vectors=table.vectors[table.vector_row[b["ids"]]], flags=b["flags"].float())
