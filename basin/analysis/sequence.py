"""A confidence sequence: intervals that all hold at once, so that one may look at any time and stop when one likes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from basin.analysis.intervals import CONFIDENCE, Interval

HALVINGS = 60


def anytime(total: ArrayLike, count: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """(low, high) of the mean of numbers in [0, 1] that sum to `total` after `count` of them, however one chose to stop.

    For the true mean p, the mixture over q ~ Beta(½, ½) of the likelihood ratios q^S (1 − q)^(n−S) / p^S (1 − p)^(n−S),

        M_n(p) = B(S + ½, n − S + ½) / (B(½, ½) p^S (1 − p)^(n−S)),

    is a martingale for zeros and ones, and, x ↦ a^x b^(1−x) being convex, a supermartingale for all numbers in [0, 1] (the
    shares of several runs from one start, say). By Ville's inequality it ever reaches 1/(1 − confidence) with probability
    at most 1 − confidence; the interval is where it has not. In plain words: a bet against p that has not yet paid.
    All intervals together hold with `confidence` at least; each alone is wider than Wilson's.
    Source: Robbins 1970; Lai 1976; Howard, Ramdas, McAuliffe & Sekhon 2021; for bounded means Waudby-Smith & Ramdas 2024.
    """
    from scipy.special import betaln, xlog1py, xlogy

    total, count = np.broadcast_arrays(np.asarray(total, float), np.asarray(count, float))
    least = betaln(total + 0.5, count - total + 0.5) - betaln(0.5, 0.5) + np.log1p(-confidence)
    share = np.divide(total, count, out=np.full(count.shape, 0.5), where=count > 0)

    def end(outside: float) -> np.ndarray:
        """Where the log likelihood falls to `least` between the share, where it is largest, and an end of [0, 1]."""
        out, inside = np.full(share.shape, outside), share.copy()
        for _ in range(HALVINGS):
            middle = (out + inside) / 2
            holds = xlogy(total, middle) + xlog1py(count - total, -middle) >= least
            inside, out = np.where(holds, middle, inside), np.where(holds, out, middle)
        return out

    low = np.where(total <= 0, 0.0, end(0.0))
    high = np.where(total >= count, 1.0, end(1.0))
    return low, high
