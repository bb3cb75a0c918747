"""Train the encoder with all heads, one task a batch.

Runs for --minutes of processor time on one thread along one cosine, so that a busy machine costs patience and not accuracy; a checkpoint
every three minutes holds everything, and --resume goes on from it. The tasks and their shares of the batches are TASKS below.

Two processes (--rank 0 --world 2, --rank 1 --world 2) train on different batches and average what they have every few
steps: about what twice the batch gives, without waiting for each other at every step.
"""
import argparse
import pickle
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

import data
from heads import Heads
from layers import Branch, Dense, Encoder

# task: (corpora, loss, share of the batches)
TASKS = {
    "tree": (("ewt", "gum"), "tree_loss", 0.47),
    "gmb": (("gmb",), "entity_loss", 0.15),
    "wikigold": (("wikigold",), "entity_loss", 0.06),
    "gumner": (("gumner",), "entity_loss", 0.05),
    "uner": (("uner",), "entity_loss", 0.02),
    "silver": (("silver",), "entity_loss", 0.0),
    "statements": (("polnear",), "span_loss", 0.25),
}


# The head that a loss trains, where that head may have layers of its own.
BRANCH_OF = {"entity_loss": "entity", "span_loss": "span"}
# What is trained with a branch: names of parameters begin so.
PARTS = {"entity": ("heads.entity_", "branches.entity."), "span": ("heads.span_", "heads.link", "branches.span.")}


class Model(nn.Module):
    """`branches`: for each head that has layers of its own how many."""

    def __init__(self, width, layers, labels, scripts, dropout=0.3, branches=None):
        super().__init__()
        self.encoder = Encoder(width, layers, dropout)
        self.heads = Heads(width, labels, scripts)
        self.branches = nn.ModuleDict({name: Branch(width, layers + 1, k, dropout) for name, k in (branches or {}).items()})

    def read(self, b, word_drop=0.0, stages=None, branch=None):
        """-> what the head named by `branch` reads; without one, what the encoder says"""
        own = branch in self.branches
        stages = {} if stages is None and own else stages
        # Nothing learns below a branch that is trained alone.
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.encoder.mix.weight.requires_grad):
            h = self.encoder(b["rows"], b["vectors"], b["flags"], b["start"], word_drop=word_drop, stages=stages)
        return self.branch(branch, stages, b) if own else h

    def branch(self, name, stages, b, seen=None):
        read = [v for k, v in stages.items() if k == "conv" or k.startswith("sru")]
        return self.branches[name](read, b["start"], seen, name)


class Peers:
    """Averaging among processes: dense weights plainly, a table's row among those that changed it."""

    def __init__(self, model, average, rank, world, meeting):
        self.model, self.average = model, average
        dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=world)
        self.world, self.table = world, model.encoder.tables.weight
        self.meet(0.0)

    def meet(self, spent):
        """-> the longest time spent by any, so that all stop together"""
        with torch.no_grad():
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
            clock = torch.tensor([spent])
            dist.all_reduce(clock, op=dist.ReduceOp.MAX)
        return float(clock)


def load(model, weights):
    """What the weights lack keeps its first value: a head or branch that came later."""
    missing, unknown = model.load_state_dict(weights, strict=False)
    assert not unknown and all(name.endswith("_next") or name.startswith("branches.") for name in missing), (missing, unknown)


def load_model(path, *others):
    """`others` are models of which only what was trained in them (--train) is taken."""
    state = torch.load(path, weights_only=False)
    state.setdefault("branches", {})
    for other in others:
        more = torch.load(path.with_name(other), weights_only=False)
        state["branches"].update({name: more["branches"][name] for name in more["trained"] if name in more["branches"]})
        prefixes = tuple(x for name in more["trained"] for x in PARTS[name])
        kept = {k: v for k, v in state["model"].items() if not k.startswith(prefixes)}
        state["model"] = {**kept, **{k: v for k, v in more["model"].items() if k.startswith(prefixes)}}
    model = Model(state["width"], state["layers"], state["labels"], state["scripts"], branches=state["branches"])
    load(model, state["model"])
    return model.eval(), state


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--shared", default="../shared")
    ap.add_argument("--work", default="training/.work")
    ap.add_argument("--minutes", type=float, default=40)
    ap.add_argument("--width", type=int, default=128)
    ap.add_argument("--layers", type=int, default=3)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--dropout", type=float, default=0.3)
    ap.add_argument("--word-drop", type=float, default=0.15)
    ap.add_argument("--batch", type=int, default=1600)
    ap.add_argument("--from", dest="first", default="", help="go on from this model in the work folder")
    ap.add_argument("--shares", default="", help="shares of the batches other than those of TASKS: gmb=0.2,tree=0.4")
    ap.add_argument("--sequences", action="store_true", help="entities and spans: the loss of the whole label sequence, not of each token")
    ap.add_argument("--branches", default="", help="layers of their own for heads: entity=1,span=2")
    ap.add_argument("--train", default="", help="train these heads and their branches alone: entity,span")
    ap.add_argument("--doubted", default="", help="what doubt.py made, to be learned from in the place of GMB's own labels")
    ap.add_argument("--silver", default="", help="sentences of silver.py in the work folder, for the task of that name")
    ap.add_argument("--init", default="", help="pretrained encoder in the work folder")
    ap.add_argument("--out", default="model.pt")
    ap.add_argument("--resume", action="store_true")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--rank", type=int, default=0)
    ap.add_argument("--world", type=int, default=1)
    ap.add_argument("--every", type=int, default=20, help="steps between two averagings")
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    work = Path(a.work)
    corpora = data.load(a.shared, work, doubted=a.doubted)
    labels = dict(corpora["labels"], index={k: {x: i for i, x in enumerate(v)} for k, v in corpora["labels"].items()})
    corpora["sets"]["silver"] = pickle.loads((work / a.silver).read_bytes()) if a.silver else []
    # Scripts beyond the head's share are known to the lexicon only.
    labels["index"]["lemma"] = {x: i for x, i in labels["index"]["lemma"].items() if i < corpora["scripts"]}
    vocabulary = data.Vocabulary(work)
    for name in corpora["sets"]:
        vocabulary.add([f for s in corpora["sets"][name] for f in s["forms"]])
    branches = {name: int(k) for name, k in (x.split("=") for x in a.branches.split(",") if x)}
    trained = [x for x in a.train.split(",") if x]
    model = Model(a.width, a.layers, corpora["labels"], corpora["scripts"], a.dropout, branches)
    if a.init:
        state = torch.load(work / a.init, weights_only=False)
        model.encoder.load_state_dict(state["encoder"])
        print(f"encoder from {a.init}, {state['words']} words")
    if a.first:
        load(model, torch.load(work / a.first, weights_only=False)["model"])
    for branch in model.branches.values():
        branch.begin_as(model.encoder)
    if trained:
        wanted = tuple(x for name in trained for x in PARTS[name])
        for name, p in model.named_parameters():
            p.requires_grad_(name.startswith(wanted))
    opt = Dense(model, a.lr, 1, warmup=200, average=0.998)
    spent, path = 0.0, work / (a.out + ".checkpoint")
    if a.resume and path.exists():
        state = torch.load(path, weights_only=False)
        model.load_state_dict(state["model"])
        opt.opt.load_state_dict(state["opt"])
        opt.mean, opt.at, spent = state["mean"], state["at"], state["spent"]
        model.encoder.tables.m, model.encoder.tables.v = state["tables"]
    peers = Peers(model, a.every, a.rank, a.world, (work / f"meeting-{a.out}").resolve()) if a.world > 1 else None
    a.seed += 1000 * a.rank
    rng = np.random.default_rng(a.seed)
    torch.manual_seed(a.seed)
    feeds = {name: data.endless([s for c in sets for s in corpora["sets"][c]], np.random.default_rng([a.seed, i, opt.at]), a.batch)
             for i, (name, (sets, _, _)) in enumerate(TASKS.items())}
    other = {name: float(share) for name, _, share in (x.partition("=") for x in a.shares.split(",") if x)}
    names, shares = list(TASKS), np.array([other.get(name, t[2]) for name, t in TASKS.items()])

    def save(final):
        weights = model.state_dict()
        common = {"width": a.width, "layers": a.layers, "branches": branches, "trained": trained, "labels": corpora["labels"], "scripts": corpora["scripts"], "steps": opt.at, "minutes": spent}
        if final:
            torch.save(dict(common, model=weights), work / ("last-" + a.out))
            averaged = dict(weights)
            averaged.update({n: m for (n, p), m in zip(((n, p) for n, p in model.named_parameters() if p.requires_grad), opt.mean)})
            torch.save(dict(common, model=averaged), work / a.out)
        else:
            torch.save(dict(common, model=weights, opt=opt.opt.state_dict(), mean=opt.mean, at=opt.at, spent=spent,
                            tables=(model.encoder.tables.m, model.encoder.tables.v)), str(path) + ".part")
            Path(str(path) + ".part").rename(path)

    model.train()
    if trained:
        model.encoder.eval()
    last, saved, shown, losses, counts = time.process_time(), time.time(), time.time(), {}, {}
    finished = False
    while not finished:
        name = names[rng.choice(len(names), p=shares / shares.sum())]
        b = data.batch(next(feeds[name]), vocabulary, labels, rng)
        with torch.autocast("cpu", torch.bfloat16):
            h = model.read(b, word_drop=a.word_drop, branch=BRANCH_OF.get(TASKS[name][1]))
            loss_of = getattr(model.heads, TASKS[name][1])
            loss = loss_of(h, b, a.dropout, a.sequences)
        loss.backward()
        now = time.process_time()
        spent, last = spent + (now - last) / 60, now
        opt.steps = max(opt.at + 1, int(opt.at / max(spent / a.minutes, 1e-3)))
        if not trained:
            model.encoder.tables.step(opt.rate())
        opt.step()
        if peers and opt.at % a.every == 0:
            agreed = peers.meet(spent)
            spent = max(agreed, spent)
            finished = agreed >= a.minutes
        elif not peers:
            finished = spent >= a.minutes
        losses[name] = losses.get(name, 0.0) + loss.item()
        counts[name] = counts.get(name, 0) + 1
        if time.time() - shown > 60:
            print(f"{spent:5.1f} min  step {opt.at:6d}  rate {opt.rate():.5f}  " +
                  "  ".join(f"{n} {losses[n] / counts[n]:.3f}" for n in sorted(losses)), flush=True)
            losses, counts, shown = {}, {}, time.time()
        if a.rank == 0 and time.time() - saved > 180:
            save(False)
            saved = time.time()
    if a.rank == 0:
        save(True)
    print(f"done: {opt.at} steps in {spent:.1f} minutes")


if __name__ == "__main__":
    main()
