"""Labels as sequences: O B I of one kind or more, scored by a linear-chain CRF (crf.c) and decoded by Viterbi under the same rules."""
import torch
import torch.nn.functional as F

from layers import apart


def rules(k):
    """Labels O, B-K, I-K, B-K, I-K ...: I-K only after B-K or I-K, so never first -> (what may follow what, what may be first)"""
    follow, first = torch.zeros(k, k), torch.zeros(k)
    for j in range(2, k, 2):
        follow[:, j] = first[j] = -1e9
        follow[j - 1, j] = follow[j, j] = 0
    return follow, first


def sentence_starts(batch):
    """Bounds of what a batch's labels are chained in: its sentences, and what fills it up."""
    bounds, n = batch["bounds"], batch["start"][-1:]
    return torch.cat([bounds[:, 0], n] if bounds[-1, 1] == n else [bounds[:, 0], bounds[-1:, 1], n])


def chain(scores, following, allowed, start):
    """Loss of whole sequences; `allowed` has a bit for each label that a token may have."""
    follow, first = (x.to(scores.device) for x in rules(scores.shape[1]))
    return apart(scores, "Chain")(scores.float(), following + follow, first, allowed.contiguous(), start)


def token_loss(scores, allowed):
    """The same without regard to neighbours: each token's allowed labels share what is right."""
    share = F.log_softmax(scores, 1)
    ok = (allowed[:, None] >> torch.arange(share.shape[1], device=share.device)[None]) & 1
    return -torch.logsumexp(share.masked_fill(ok == 0, float("-inf")), 1).mean()


def viterbi(scores, following):
    """The best label sequence under the rules; `following` is what one label adds to the score of the next."""
    block = rules(scores.shape[1])[0] + following.detach()
    best = scores[0].clone()
    best[2::2] = float("-inf")
    back = []
    for row in scores[1:]:
        value, arg = (best[:, None] + block).max(0)
        best = value + row
        back.append(arg)
    out = [int(best.argmax())]
    for arg in reversed(back):
        out.append(int(arg[out[-1]]))
    return out[::-1]


def beliefs(scores, following, start):
    """-> (n, labels), the probability of each token's label in all sequences: the gradient of their sum."""
    scores = scores.detach().requires_grad_(True)
    # Less one path, that of no name at all: its labels are added again.
    chain(scores, following, torch.ones(len(scores), dtype=torch.long), start).backward()
    p = scores.grad
    p[:, 0] += 1
    return p


def spans_of(labels):
    """(first, last + 1) of the spans among labels 0 outside, 1 begins, 2 goes on"""
    out, start = [], None
    for at, label in enumerate([*labels, 0]):
        if start is not None and label != 2:
            out.append((start, at))
            start = None
        if label == 1:
            start = at
    return out
