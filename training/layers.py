"""The encoder: hashed embeddings and a word vector, one mix, one convolution, three bidirectional SRU layers.

Tokens of all segments of a batch lie one after another in one matrix, as at run time, so nothing is padded and
every projection is one matrix product. The recurrence and the sparse update run in sru.c, compiled on first use.
The forward pass is specified in docs/model-format.md; change both or neither.
"""
import ctypes
import hashlib
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from features import TABLE_DIM, TABLE_ROWS

VECTOR_DIM = 100
FLAG_DIM = 32  # gazetteer bits and flags: see docs/model-format.md


def library(name, *options):
    """The C file beside this one as a library, compiled once for each state of the C files."""
    source = Path(__file__).with_name(name)
    digest = hashlib.sha256(b"".join(f.read_bytes() for f in sorted(source.parent.glob("*.c")))).hexdigest()[:16]
    built = Path(tempfile.gettempdir()) / f"demarche-{source.stem}-{digest}.so"
    if not built.exists():
        part = built.with_suffix(".part")
        subprocess.run(["cc", "-O3", "-march=native", *options, "-shared", "-fPIC", str(source), "-o", str(part), "-lm"], check=True)
        part.rename(built)
    return ctypes.CDLL(str(built))


LIB = library("sru.c", "-ffast-math")
# Not fast: a run without an allowed path is told by a number that is none.
CRF = library("crf.c", "-fno-math-errno")
CRF.crf.restype = ctypes.c_double


def _p(t):
    return ctypes.c_void_p(t.data_ptr())


def _l(n):
    return ctypes.c_long(n)


def full(x):
    """Out of bfloat16, in which matrix products run."""
    return x.float() if x.dtype == torch.bfloat16 else x


def leaky(x):
    return F.leaky_relu(x, 0.1)


_POOL = {}


def drop(x, p):
    """Dropout from a pool of masks drawn once: drawing fresh ones took a seventh of the training time."""
    if not p:
        return x
    if x.is_cuda:
        return F.dropout(x, p)
    if p not in _POOL:
        # Not from the common generator: a run that is resumed goes on as if it had not been cut.
        _POOL[p] = (torch.rand(1 << 23, generator=torch.Generator().manual_seed(1)) >= p).float() / (1 - p)
    pool, n = _POOL[p], x.numel()
    at = int(torch.randint(len(pool) - n, (1,)))
    return x * pool[at:at + n].view(x.shape).to(x.dtype)


def recurrence(u, x, v, b, start):
    """What Recurrence computes, token by token: slow, and in whatever precision it is asked in."""
    n, d = u.shape[0], u.shape[1] // 6
    h = torch.zeros(n, 2 * d, dtype=u.dtype)
    for k in range(2):
        a, f, r = u[:, 3 * d * k:3 * d * (k + 1)].split(d, 1)
        (vf, vr), (bf, br), own = v[k].split(d), b[k].split(d), slice(d * k, d * (k + 1))
        for i, j in zip(start.tolist(), start.tolist()[1:]):
            c = torch.zeros(d, dtype=u.dtype)
            for t in range(j - 1, i - 1, -1) if k else range(i, j):
                forget, reset = torch.sigmoid(f[t] + vf * c + bf), torch.sigmoid(r[t] + vr * c + br)
                c = forget * c + (1 - forget) * a[t]
                h[t, own] = reset * c + (1 - reset) * x[t, own]
    return h


def apart(x, name):
    """Recurrence or Chain as computed where the tensor lies: accelerated.py is asked for on a graphics processor alone."""
    if x.is_cuda:
        import accelerated
        return getattr(accelerated, name).apply
    return {"Recurrence": Recurrence, "Chain": Chain}[name].apply


class Recurrence(torch.autograd.Function):
    """Both directions of one layer: u (n, 6d), x (n, 2d), v and b (2, 2d) -> h (n, 2d)."""

    @staticmethod
    def forward(ctx, u, x, v, b, start):
        u, x, v, b = u.float().contiguous(), x.float().contiguous(), v.float().contiguous(), b.float().contiguous()
        n, d = u.shape[0], u.shape[1] // 6
        h = torch.empty(n, 2 * d)
        c, f, r = (torch.empty(2, n, d) for _ in range(3))
        for k in range(2):
            LIB.sru_forward(_p(u[:, 3 * d * k:]), _l(6 * d), _p(x[:, d * k:]), _l(2 * d), _p(v[k]), _p(b[k]), _p(start), _l(len(start) - 1),
                            _l(d), k, _p(h[:, d * k:]), _l(2 * d), _p(c[k]), _p(f[k]), _p(r[k]))
        ctx.save_for_backward(u, x, v, start, c, f, r)
        return h

    @staticmethod
    def backward(ctx, gh):
        u, x, v, start, c, f, r = ctx.saved_tensors
        gh = gh.float().contiguous()
        n, d = u.shape[0], u.shape[1] // 6
        gu, gx, gv, gb = torch.empty_like(u), torch.empty_like(x), torch.zeros_like(v), torch.zeros_like(v)
        for k in range(2):
            LIB.sru_backward(_p(u[:, 3 * d * k:]), _l(6 * d), _p(x[:, d * k:]), _l(2 * d), _p(v[k]), _p(start), _l(len(start) - 1), _l(d), k,
                             _p(c[k]), _p(f[k]), _p(r[k]), _p(gh[:, d * k:]), _l(2 * d), _p(gu[:, 3 * d * k:]), _l(6 * d),
                             _p(gx[:, d * k:]), _l(2 * d), _p(gv[k]), _p(gb[k]))
        return gu, gx, gv, gb, None


class Chain(torch.autograd.Function):
    """Loss of a linear-chain CRF over runs of tokens: scores (n, k), transitions (k, k), first (k), allowed (n) bit masks,
    start (runs + 1) -> a sum over all runs. See crf.c."""

    @staticmethod
    def forward(ctx, scores, transitions, first, allowed, start):
        scores, transitions = scores.detach().float().contiguous(), transitions.detach().float().contiguous()
        by_score, by_transition = torch.zeros_like(scores), torch.zeros_like(transitions)
        loss = CRF.crf(_p(scores), _p(transitions), _p(first), _p(allowed), _p(start), _l(len(start) - 1), _l(scores.shape[1]),
                       _p(by_score), _p(by_transition))
        ctx.save_for_backward(by_score, by_transition)
        return torch.tensor(loss, dtype=torch.float32)

    @staticmethod
    def backward(ctx, g):
        by_score, by_transition = ctx.saved_tensors
        return g * by_score, g * by_transition, None, None, None


class Sru(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(2 * width, 6 * width, bias=False)
        self.v = nn.Parameter(torch.zeros(2, 2 * width))
        self.b = nn.Parameter(torch.zeros(2, 2 * width))
        nn.init.uniform_(self.v, -0.05, 0.05)
        nn.init.xavier_uniform_(self.project.weight)

    def forward(self, x, start):
        return (recurrence if x.dtype == torch.float64 else apart(x, "Recurrence"))(self.project(x), x, self.v, self.b, start)


class Tables(nn.Module):
    """All hashed tables in one matrix, updated row by row outside the dense optimiser."""

    def __init__(self):
        super().__init__()
        rows = sum(TABLE_ROWS)
        self.register_buffer("weight", torch.randn(rows, TABLE_DIM) * 0.1)
        self.register_buffer("m", torch.zeros(rows, TABLE_DIM), persistent=False)
        self.register_buffer("v", torch.zeros(rows), persistent=False)
        self.last = None

    def forward(self, rows):
        """rows (n, 6) int32 -> (n, 6 * 64)"""
        out = self.weight[rows.long().view(-1)]
        if self.training:
            out.requires_grad_(True)
            self.last = (rows.contiguous().view(-1), out)
        return out.view(len(rows), -1)

    def step(self, lr, betas=(0.9, 0.99), eps=1e-6):
        rows, out = self.last
        if rows.is_cuda:
            return self.step_there(rows, out.grad, lr, betas, eps)
        grad, order = out.grad.contiguous(), torch.argsort(rows)
        LIB.sparse_adam(_p(self.weight), _p(self.m), _p(self.v), _p(rows), _p(order), _p(grad), _l(len(rows)), _l(TABLE_DIM),
                        *(ctypes.c_float(z) for z in (lr, betas[0], betas[1], eps)))
        self.last = None

    @torch.no_grad()
    def step_there(self, rows, grad, lr, betas, eps):
        """The same on a graphics processor: what was not looked up stays as it is."""
        rows, place = torch.unique(rows.long(), return_inverse=True)
        total = torch.zeros(len(rows), grad.shape[1], device=grad.device).index_add_(0, place, grad.float())
        self.v[rows] = betas[1] * self.v[rows] + (1 - betas[1]) * total.square().mean(1)
        self.m[rows] = betas[0] * self.m[rows] + (1 - betas[0]) * total
        self.weight[rows] -= (lr / (self.v[rows].sqrt() + eps))[:, None] * self.m[rows]
        self.last = None


class Encoder(nn.Module):
    def __init__(self, width=128, layers=3, dropout=0.3):
        super().__init__()
        self.width = width
        self.tables = Tables()
        self.mix = nn.Linear(len(TABLE_ROWS) * TABLE_DIM + VECTOR_DIM + FLAG_DIM, 2 * width)
        self.norm = nn.LayerNorm(2 * width)
        self.conv = nn.Linear(6 * width, 2 * width)
        self.sru = nn.ModuleList(Sru(width) for _ in range(layers))
        self.hidden = nn.Parameter(torch.randn(2 * width) * 0.1)  # stands for a masked word in pretraining only
        self.dropout = dropout

    def forward(self, rows, vectors, flags, start, masked=None, word_drop=0.0, stages=None):
        """rows (n, 6), vectors (n, 100), flags (n, 32), start: segment bounds (k + 1) -> (n, 2W)"""
        n, p = len(rows), self.dropout if self.training else 0.0
        e = self.tables(rows)
        if word_drop:
            # The word itself is hidden, its affixes and shape stay: what an unknown word looks like.
            keep = (torch.rand(n, 1, device=e.device) >= word_drop).float()
            d = TABLE_DIM
            e = torch.cat([e[:, :d] * keep, e[:, d:5 * d], e[:, 5 * d:] * keep], 1)
            vectors = vectors * keep
        x = torch.cat([drop(e, p * 0.5), drop(vectors, p * 0.5), flags], 1)
        x = full(self.mix(x))
        if masked is not None:
            x = torch.where(masked[:, None], self.hidden, x)
        x = F.gelu(self.norm(x), approximate="tanh")
        if stages is not None:
            stages["mix"] = x
        x = drop(x, p)
        first = torch.zeros(n, 1, device=x.device)
        first[start[:-1]] = 1
        last = torch.zeros(n, 1, device=x.device)
        last[start[1:] - 1] = 1
        before = F.pad(x, (0, 0, 1, 0))[:-1] * (1 - first)
        after = F.pad(x, (0, 0, 0, 1))[1:] * (1 - last)
        x = x + F.gelu(full(self.conv(torch.cat([before, x, after], 1))), approximate="tanh")
        if stages is not None:
            stages["conv"] = x
        for k, layer in enumerate(self.sru):
            x = layer(drop(x, p), start)
            if stages is not None:
                stages[f"sru{k}"] = x
        return drop(x, p)


class Branch(nn.Module):
    """Layers of one head's own: a weighted sum of what the encoder's stages say, then SRU layers."""

    def __init__(self, width, stages, layers, dropout=0.3):
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(stages, 2 * width))
        nn.init.ones_(self.mix[-1])
        self.sru = nn.ModuleList(Sru(width) for _ in range(layers))
        self.dropout = dropout

    def begin_as(self, encoder):
        """Takes the place of the encoder's last layers, with their weights."""
        first = len(encoder.sru) - len(self.sru)
        with torch.no_grad():
            self.mix.zero_()
            self.mix[first] = 1
        for own, layer in zip(self.sru, encoder.sru[first:]):
            own.load_state_dict(layer.state_dict())

    def forward(self, stages, start, seen=None, name=""):
        """stages: conv, sru0, sru1 ..., each (n, 2W); start: bounds of what is read as one run -> (n, 2W)"""
        p = self.dropout if self.training else 0.0
        x = sum(w * stage for w, stage in zip(self.mix, stages))
        for k, layer in enumerate(self.sru):
            x = layer(drop(x, p), start)
            if seen is not None:
                seen[f"{name}.sru{k}"] = x
        return drop(x, p)


class Dense:
    """AdamW over everything but the tables, with warm-up and cosine decay, and a running average of the weights."""

    def __init__(self, module, lr, steps, warmup=200, decay=0.01, average=0.0):
        self.params = [p for p in module.parameters() if p.requires_grad]
        self.opt = torch.optim.AdamW(self.params, lr=lr, betas=(0.9, 0.98), weight_decay=decay, fused=True)
        self.lr, self.steps, self.warmup, self.at = lr, steps, warmup, 0
        self.average = average
        self.mean = [p.detach().clone() for p in self.params] if average else None

    def rate(self):
        if self.at < self.warmup:
            return self.lr * (self.at + 1) / self.warmup
        done = min(1.0, (self.at - self.warmup) / max(1, self.steps - self.warmup))
        return self.lr * (0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * done))))

    def step(self):
        nn.utils.clip_grad_norm_(self.params, 2.0)
        for g in self.opt.param_groups:
            g["lr"] = self.rate()
        self.opt.step()
        self.opt.zero_grad(set_to_none=True)
        self.at += 1
        if self.average:
            k = min(self.average, (1 + self.at) / (10 + self.at))
            torch._foreach_lerp_(self.mean, [p.detach() for p in self.params], 1 - k)
