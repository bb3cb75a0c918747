"""The encoder with the heads of all tasks, and its state on disk."""
import torch
from torch import nn

from layers import Branch, Encoder
from tasks import TASKS


class Model(nn.Module):
    """`branches`: for each head that has layers of its own how many."""

    def __init__(self, width, layers, labels, dropout=0.3, branches=None):
        super().__init__()
        self.encoder = Encoder(width, layers, dropout)
        # A file from before a task came has no labels for it.
        self.heads = nn.ModuleDict({task.NAME: task.Head(width, labels) for task in TASKS if getattr(task, "LAYER", task.NAME) in labels})
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
        return self.branches[name](read, b.get(name + ".runs", b["runs"]), seen, name)


def parts_of(name):
    """What is trained with a head: names of parameters begin so."""
    return f"heads.{name}.", f"branches.{name}."


def put(model, weights):
    """What the weights lack keeps its first value: a head or branch that came later."""
    missing, unknown = model.load_state_dict(weights, strict=False)
    assert not unknown and all(name.endswith(".next") or name.startswith(("branches.", "heads.event.")) for name in missing), (missing, unknown)


def load_model(path, *others):
    """`others` are models of which only what was trained in them (--train) is taken."""
    state = torch.load(path, weights_only=False)
    for other in others:
        more = torch.load(path.with_name(other), weights_only=False)
        state["branches"].update({name: more["branches"][name] for name in more["trained"] if name in more["branches"]})
        state["labels"] = {**more["labels"], **state["labels"]}
        prefixes = tuple(x for name in more["trained"] for x in parts_of(name))
        kept = {k: v for k, v in state["model"].items() if not k.startswith(prefixes)}
        state["model"] = {**kept, **{k: v for k, v in more["model"].items() if k.startswith(prefixes)}}
        state["stages"] = state["stages"] + [s for s in more["stages"] if s not in state["stages"]]
    model = Model(state["width"], state["layers"], state["labels"], branches=state["branches"])
    put(model, state["model"])
    return model.eval(), state
