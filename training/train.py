"""Train the encoder with all heads, one task a batch, for --steps along one cosine.

The steps, the seed and the corpora decide what comes out; how fast the machine is does not. --minutes of processor time are a safety stop: a
run that reaches them leaves its checkpoint and fails, and --resume goes on from it exactly where it was.

Two processes (--rank 0 --world 2, --rank 1 --world 2) train on different batches and average what they have every few
steps: about what twice the batch gives, without waiting for each other at every step.
"""
import argparse
import contextlib
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist

import corpora
import data
import provenance
from feeds import OWNER, Elsewhere, Feed, Table, numbered
from layers import Dense
from model import Model, parts_of, put
from tasks import TASKS, events as events_task, names as names_task, statements as statements_task

# Minutes between two checkpoints.
SAVE = 3


class Peers:
    """Averaging among processes: dense weights plainly, a table's row among those that changed it."""

    def __init__(self, model, rank, world, meeting):
        self.model = model
        dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=world)
        self.world, self.table = world, model.encoder.tables.weight
        self.meet()

    @torch.no_grad()
    def meet(self):
        flat = torch.cat([p.view(-1) for p in self.model.parameters()])
        dist.all_reduce(flat)
        at = 0
        for p in self.model.parameters():
            p.copy_((flat[at:at + p.numel()] / self.world).view(p.shape))
            at += p.numel()
        if hasattr(self, "before"):
            change = self.table - self.before
            touched = (change != 0).any(1).float()
            dist.all_reduce(change)
            dist.all_reduce(touched)
            self.table.copy_(self.before + change / touched.clamp(min=1)[:, None])
        else:
            dist.broadcast(self.table, 0)
        self.before = self.table.clone()


def shares_of(text):
    """-> {corpus: share of the batches}, those of the tasks unless `text` (gmb=0.2,ewt=0.4) says otherwise"""
    other = {name: float(share) for name, _, share in (x.partition("=") for x in text.split(",") if x)}
    unknown = other.keys() - OWNER.keys()
    assert not unknown, f"--shares: no corpus {sorted(unknown)}, there are {sorted(OWNER)}"
    shares = {name: other.get(name, task.CORPORA[name].share) for name, task in OWNER.items()}
    return {name: share for name, share in shares.items() if share > 0}


def arguments():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--steps", type=int, required=True, help="how long to train")
    ap.add_argument("--minutes", type=float, default=600, help="of processor time, after which the run is given up")
    ap.add_argument("--width", type=int, default=128)
    ap.add_argument("--layers", type=int, default=3)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--dropout", type=float, default=0.3)
    ap.add_argument("--word-drop", type=float, default=0.15)
    ap.add_argument("--batch", type=int, default=1600)
    ap.add_argument("--warmup", type=int, default=200)
    ap.add_argument("--from", dest="first", default="", help="go on from this model in the work folder")
    ap.add_argument("--shares", default="", help="shares of the batches other than those of the tasks: gmb=0.2,ewt=0.4")
    ap.add_argument("--sequences", action="store_true", help="entities and spans: the loss of the whole label sequence, not of each token")
    ap.add_argument("--branches", default="", help="layers of their own for heads: entity=1,span=2")
    ap.add_argument("--train", default="", help="train these heads and their branches alone: entity,span")
    ap.add_argument("--doubted", default="", help="what doubt.py made, to be learned from in the place of the corpora's own labels")
    ap.add_argument("--init", default="", help="pretrained encoder in the work folder")
    ap.add_argument("--device", default="cpu", help="cuda: on a graphics processor (accelerated.py)")
    ap.add_argument("--workers", type=int, default=0, help="processes that make batches, for a device that is faster than one")
    ap.add_argument("--packed", default="", help="what pack.py wrote, in the place of the corpora")
    ap.add_argument("--float32", action="store_true", help="matrix products in 32 bits: faster where the processor has none in bfloat16")
    ap.add_argument("--out", default="model.pt")
    ap.add_argument("--resume", action="store_true")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--rank", type=int, default=0)
    ap.add_argument("--world", type=int, default=1)
    ap.add_argument("--every", type=int, default=20, help="steps between two averagings")
    return ap.parse_args()


def main():
    a = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    work = Path(a.work)
    shares = shares_of(a.shares)
    trained = [x for x in a.train.split(",") if x]
    before = torch.load(work / a.first, weights_only=False) if a.first else None
    packed = pickle.loads((work / a.packed).read_bytes()) if a.packed else None
    sets = packed["sets"] if packed else {name: corpora.load(name, a.shared, work) for name in (shares if before else OWNER.keys() - {"silver", "names-silver", "gmb-more", "events-silver", "events-rare", "written"} | shares.keys())}
    if packed:
        # What was made since, of the packed.
        sets.update({name: OWNER[name].CORPORA[name].read(*OWNER[name].CORPORA[name].paths(a.shared, work)) for name in shares if name not in sets})
    labels = packed["labels"] if packed else {k: v for task in TASKS if not before or task is events_task for k, v in task.labels(sets).items()}
    labels = {**labels, **(before["labels"] if before else {})}
    files = packed["files"] if packed else provenance.files_of(shares, a.shared, work)
    if a.doubted:
        names_task.believe(sets, work / a.doubted)
        files["work/" + a.doubted] = work / a.doubted
    vocabulary = data.Vocabulary.load(work)
    for name in shares:
        vocabulary.add([f for s in sets[name] for f in s["forms"]])
    others = None
    if a.workers:
        # Whatever noise makes of a form is numbered here: the processes cannot tell each other.
        for change in (lambda f: f.translate(statements_task.STRAIGHT), str.lower, str.upper):
            vocabulary.add([change(f) for f in list(vocabulary.ids)])
        others = Elsewhere(a.workers, sets, shares, vocabulary, labels, a.batch, a.seed)
    branches = {**(before or {}).get("branches", {}), **{name: int(k) for name, k in (x.split("=") for x in a.branches.split(",") if x)}}
    model = Model(a.width, a.layers, labels, a.dropout, branches)
    if a.init:
        begun = torch.load(work / a.init, weights_only=False)
        model.encoder.load_state_dict(begun["encoder"])
        print(f"encoder from {a.init}, {begun['words']} words")
    if before:
        put(model, before["model"])
    for name, branch in model.branches.items():
        if not before or f"branches.{name}.mix" not in before["model"]:
            branch.begin_as(model.encoder)
    if trained:
        wanted = tuple(x for name in trained for x in parts_of(name))
        for name, p in model.named_parameters():
            p.requires_grad_(name.startswith(wanted))
    # Tensors are made there unless told otherwise.
    torch.set_default_device(a.device)
    model.to(a.device)
    if others:
        table = Table.of(vocabulary, a.device)
    opt = Dense(model, a.lr, a.steps, warmup=a.warmup, average=0.998)
    seed = a.seed + 1000 * a.rank
    rng, spent, given = np.random.default_rng(seed), 0.0, {}
    torch.manual_seed(seed)
    path = work / (a.out + ".checkpoint")
    if a.resume and path.exists():
        state = torch.load(path, weights_only=False)
        model.load_state_dict(state["model"])
        opt.opt.load_state_dict(state["opt"])
        opt.mean, opt.at, spent, given = state["mean"], state["at"], state["spent"], state["given"]
        model.encoder.tables.m, model.encoder.tables.v = state["tables"]
        rng.bit_generator.state = state["noise"]
        torch.set_rng_state(state["chance"])
    peers = Peers(model, a.rank, a.world, (work / f"meeting-{a.out}").resolve()) if a.world > 1 else None
    feeds = {name: Feed(sets[name], OWNER[name], [seed, k], a.batch, given.get(name, 0)) for k, name in enumerate(OWNER) if name in shares}
    order, weight = list(feeds), np.array([shares[name] for name in feeds])
    options = {k: v for k, v in vars(a).items() if k not in ("shared", "work", "minutes", "resume", "rank", "every", "first", "steps", "shares", "packed")}
    stages = (before or {}).get("stages", []) + (begun["stages"] if a.init else [])
    stages = stages + [provenance.stage("train", {"steps": a.steps, "from": a.first, **options, "shares": shares}, files)]
    common = {"width": a.width, "layers": a.layers, "branches": branches, "trained": trained, "labels": labels, "stages": stages}

    def checkpoint():
        part = path.with_suffix(".part")
        torch.save(dict(common, model=model.state_dict(), opt=opt.opt.state_dict(), mean=opt.mean, at=opt.at, spent=spent,
                        given={name: feed.given for name, feed in feeds.items()}, noise=rng.bit_generator.state, chance=torch.get_rng_state(),
                        tables=(model.encoder.tables.m, model.encoder.tables.v)), part)
        part.rename(path)

    model.train()
    if trained:
        model.encoder.eval()
    last, saved, shown, losses, counts = time.process_time(), time.time(), time.time(), {}, {}
    exact = contextlib.nullcontext() if a.float32 else torch.autocast(a.device, torch.bfloat16)
    while opt.at < a.steps:
        if others:
            name, b = next(others)
            task, b = OWNER[name], numbered(b, table)
        else:
            name = order[rng.choice(len(order), p=weight / weight.sum())]
            task = OWNER[name]
            b = data.batch(next(feeds[name]), vocabulary, task, labels, rng)
        with exact:
            loss = model.heads[task.NAME].loss(model.read(b, word_drop=a.word_drop, branch=task.NAME), b, a.dropout, a.sequences)
        loss.backward()
        if not trained:
            model.encoder.tables.step(opt.rate())
        opt.step()
        now = time.process_time()
        spent, last = spent + (now - last) / 60, now
        if peers and opt.at % a.every == 0:
            peers.meet()
        losses[name] = losses.get(name, 0.0) + loss.detach()
        counts[name] = counts.get(name, 0) + 1
        if time.time() - shown > (60 if a.device == "cpu" else 15) or opt.at == a.steps:
            losses = {n: float(x) for n, x in losses.items()}
            print(f"{spent:5.1f} min  step {opt.at:6d}  rate {opt.rate():.5f}  " +
                  "  ".join(f"{n} {losses[n] / counts[n]:.3f}" for n in sorted(losses)), flush=True)
            losses, counts, shown = {}, {}, time.time()
        if a.rank == 0 and (time.time() - saved > 60 * SAVE or spent > a.minutes):
            checkpoint()
            saved = time.time()
        if spent > a.minutes:
            sys.exit(f"given up at step {opt.at} of {a.steps} after {spent:.1f} minutes; --resume goes on from {path}")
    if a.rank == 0:
        mean = dict(zip((n for n, p in model.named_parameters() if p.requires_grad), opt.mean))
        torch.save(dict(common, model={k: x.cpu() for k, x in {**model.state_dict(), **mean}.items()}), work / a.out)
        path.unlink(missing_ok=True)
    print(f"done: {opt.at} steps in {spent:.1f} minutes")


if __name__ == "__main__":
    main()
