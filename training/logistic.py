"""Multinomial logistic regression over sparse features."""
import numpy as np
from scipy.optimize import minimize


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def fit(x, labels, n, penalty, steps=60, weight=None, constants=True):
    """Multinomial logistic regression -> (columns + 1, n) weights, the last row the constants"""
    across, wanted = x.T.tocsr(), np.eye(n, dtype=np.float32)[labels]
    weight = np.ones(len(labels), np.float32) if weight is None else weight

    def loss(w):
        w = w.reshape(-1, n).astype(np.float32)
        p = softmax(x @ w[:-1] + w[-1])
        slope = (p - wanted) * weight[:, None]
        grown = np.concatenate([across @ slope + penalty * w[:-1], constants * slope.sum(0, keepdims=True)])
        cost = -(weight * np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12))).sum() + penalty / 2 * (w[:-1] ** 2).sum()
        return float(cost), grown.ravel().astype(np.float64)

    found = minimize(loss, np.zeros((x.shape[1] + 1) * n), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 5})
    return found.x.reshape(-1, n).astype(np.float32)


def log_odds(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))
