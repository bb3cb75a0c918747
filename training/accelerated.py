"""The recurrence and the chain's sums on a graphics processor, where there is one: what sru.c and crf.c compute, one program a run of tokens.

Training needs none: layers.py and sequences.py come here for tensors that lie on such a device only. Sums are added up in another order there, so that
the same seed gives other last digits than on a processor.
"""
import torch
import triton
import triton.language as tl


@triton.jit
def _forward(u, x, v, b, start, h, c, f, r, d, BLOCK: tl.constexpr):
    run, k = tl.program_id(0), tl.program_id(1)
    at = tl.program_id(2) * BLOCK + tl.arange(0, BLOCK)
    ok = at < d
    n = tl.load(start + tl.num_programs(0))
    begin, end = tl.load(start + run), tl.load(start + run + 1)
    vf, vr = tl.load(v + k * 2 * d + at, ok, 0.0), tl.load(v + k * 2 * d + d + at, ok, 0.0)
    bf, br = tl.load(b + k * 2 * d + at, ok, 0.0), tl.load(b + k * 2 * d + d + at, ok, 0.0)
    state = tl.zeros([BLOCK], tl.float32)
    for step in range(0, end - begin):
        t = tl.where(k == 0, begin + step, end - 1 - step)
        own = u + t * 6 * d + k * 3 * d + at
        a, uf, ur = tl.load(own, ok, 0.0), tl.load(own + d, ok, 0.0), tl.load(own + 2 * d, ok, 0.0)
        there = t * 2 * d + k * d + at
        high = tl.load(x + there, ok, 0.0)
        forget = tl.sigmoid(uf + vf * state + bf)
        reset = tl.sigmoid(ur + vr * state + br)
        state = forget * state + (1 - forget) * a
        tl.store(h + there, reset * state + (1 - reset) * high, ok)
        kept = (k * n + t) * d + at
        tl.store(c + kept, state, ok)
        tl.store(f + kept, forget, ok)
        tl.store(r + kept, reset, ok)


@triton.jit
def _backward(u, x, v, start, c, f, r, gh, gu, gx, gv, gb, d, BLOCK: tl.constexpr):
    run, k = tl.program_id(0), tl.program_id(1)
    at = tl.program_id(2) * BLOCK + tl.arange(0, BLOCK)
    ok = at < d
    n = tl.load(start + tl.num_programs(0))
    begin, end = tl.load(start + run), tl.load(start + run + 1)
    vf, vr = tl.load(v + k * 2 * d + at, ok, 0.0), tl.load(v + k * 2 * d + d + at, ok, 0.0)
    gc = tl.zeros([BLOCK], tl.float32)
    gvf, gvr = tl.zeros([BLOCK], tl.float32), tl.zeros([BLOCK], tl.float32)
    gbf, gbr = tl.zeros([BLOCK], tl.float32), tl.zeros([BLOCK], tl.float32)
    for step in range(0, end - begin):
        t = tl.where(k == 0, end - 1 - step, begin + step)
        last = tl.where(k == 0, t - 1, t + 1)
        there = t * 2 * d + k * d + at
        kept = (k * n + t) * d + at
        ci, fi, ri = tl.load(c + kept, ok, 0.0), tl.load(f + kept, ok, 0.0), tl.load(r + kept, ok, 0.0)
        # Beyond the run's edge the state was zero.
        more = at < d * ((last >= begin) & (last < end)).to(tl.int32)
        p = tl.load(c + (k * n + last) * d + at, more, 0.0)
        a = tl.load(u + t * 6 * d + k * 3 * d + at, ok, 0.0)
        g, high = tl.load(gh + there, ok, 0.0), tl.load(x + there, ok, 0.0)
        gr = g * (ci - high) * ri * (1 - ri)
        tl.store(gx + there, g * (1 - ri), ok)
        gci = gc + g * ri
        gf = gci * (p - a) * fi * (1 - fi)
        own = gu + t * 6 * d + k * 3 * d + at
        tl.store(own, gci * (1 - fi), ok)
        tl.store(own + d, gf, ok)
        tl.store(own + 2 * d, gr, ok)
        gc = gci * fi + gf * vf + gr * vr
        gvf += gf * p
        gvr += gr * p
        gbf += gf
        gbr += gr
    # A row for each run, summed by the caller: in the same order every time.
    row = (run * 2 + k) * 2 * d + at
    tl.store(gv + row, gvf, ok)
    tl.store(gv + row + d, gvr, ok)
    tl.store(gb + row, gbf, ok)
    tl.store(gb + row + d, gbr, ok)


def _grid(start, d, block):
    return len(start) - 1, 2, triton.cdiv(d, block)


class Recurrence(torch.autograd.Function):
    """As layers.Recurrence."""

    @staticmethod
    def forward(ctx, u, x, v, b, start):
        u, x, v, b = u.float().contiguous(), x.float().contiguous(), v.float().contiguous(), b.float().contiguous()
        n, d = u.shape[0], u.shape[1] // 6
        h = torch.empty(n, 2 * d, device=u.device)
        c, f, r = (torch.empty(2, n, d, device=u.device) for _ in range(3))
        _forward[_grid(start, d, 64)](u, x, v, b, start, h, c, f, r, d, BLOCK=64, num_warps=2)
        ctx.save_for_backward(u, x, v, start, c, f, r)
        return h

    @staticmethod
    def backward(ctx, gh):
        u, x, v, start, c, f, r = ctx.saved_tensors
        gh = gh.float().contiguous()
        d, runs = u.shape[1] // 6, len(start) - 1
        gu, gx = torch.empty_like(u), torch.empty_like(x)
        gv, gb = (torch.empty(runs, 2, 2 * d, device=u.device) for _ in range(2))
        _backward[_grid(start, d, 64)](u, x, v, start, c, f, r, gh, gu, gx, gv, gb, d, BLOCK=64, num_warps=2)
        return gu, gx, gv.sum(0), gb.sum(0), None


@triton.jit
def _chain(scores, trans, first, allowed, start, total, gscores, gtrans, alpha, k, free, K: tl.constexpr):
    """One run: the logarithm of the sum over all paths, or the allowed ones, and its gradients."""
    run = tl.program_id(0)
    begin, end = tl.load(start + run), tl.load(start + run + 1)
    j = tl.arange(0, K)
    ok = j < k
    both = ok[:, None] & ok[None, :]
    t = tl.load(trans + j[:, None] * k + j[None, :], both, -1e9)
    a = tl.load(first + j, ok, -1e9) + tl.load(scores + begin * k + j, ok, -1e9)
    bits = tl.load(allowed + begin)
    a = tl.where(ok, tl.where((((bits >> j) & 1) | free) != 0, a, -1e9), -1e9)
    tl.store(alpha + begin * k + j, a, ok)
    for at in range(begin + 1, end):
        m = t + a[:, None]
        high = tl.max(m, 0)
        a = high + tl.log(tl.sum(tl.exp(m - high[None, :]), 0)) + tl.load(scores + at * k + j, ok, -1e9)
        bits = tl.load(allowed + at)
        a = tl.where(ok, tl.where((((bits >> j) & 1) | free) != 0, a, -1e9), -1e9)
        tl.store(alpha + at * k + j, a, ok)
    most = tl.max(a, 0)
    z = most + tl.log(tl.sum(tl.exp(a - most), 0))
    tl.store(total + run, z)
    tl.debug_barrier()
    b = tl.where(ok, 0.0, -1e9)
    tl.store(gscores + (end - 1) * k + j, tl.exp(a + b - z), ok)
    acc = tl.zeros([K, K], tl.float32)
    for back in range(0, end - 1 - begin):
        at = end - 2 - back
        bits = tl.load(allowed + at + 1)
        after = b + tl.load(scores + (at + 1) * k + j, ok, -1e9)
        w = tl.where(ok, tl.where((((bits >> j) & 1) | free) != 0, after, -1e9), -1e9)
        before = tl.load(alpha + at * k + j, ok, -1e9)
        out = t + w[None, :]
        acc += tl.exp(tl.minimum(before[:, None] + out - z, 0.0))
        top = tl.max(out, 1)
        b = top + tl.log(tl.sum(tl.exp(out - top[:, None]), 1))
        tl.store(gscores + at * k + j, tl.exp(tl.minimum(before + b - z, 0.0)), ok)
    tl.store(gtrans + run * k * k + j[:, None] * k + j[None, :], acc, both)


class Chain(torch.autograd.Function):
    """As layers.Chain."""

    @staticmethod
    def forward(ctx, scores, transitions, first, allowed, start):
        scores, transitions = scores.detach().float().contiguous(), transitions.detach().float().contiguous()
        n, k = scores.shape
        runs = len(start) - 1
        sums = []
        for free in (1, 0):
            total, gs = torch.empty(runs, device=scores.device), torch.empty_like(scores)
            gt, alpha = torch.empty(runs, k, k, device=scores.device), torch.empty_like(scores)
            _chain[(runs,)](scores, transitions, first, allowed.contiguous(), start, total, gs, gt, alpha, k, free,
                            K=max(4, triton.next_power_of_2(k)), num_warps=4 if k > 16 else 1)
            sums.append((total, gs, gt))
        (all_, gs, gt), (right, rs, rt) = sums
        # A run without an allowed path is left out.
        keep = right > -1e8
        of = torch.repeat_interleave(keep, start[1:] - start[:-1], output_size=n)[:, None].float()
        ctx.save_for_backward((gs - rs) * of, ((gt - rt) * keep[:, None, None].float()).sum(0))
        return ((all_ - right) * keep).sum()

    @staticmethod
    def backward(ctx, g):
        by_score, by_transition = ctx.saved_tensors
        return g * by_score, g * by_transition, None, None, None
