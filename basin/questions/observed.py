"""What overseers could see of a run, and what they could not, at moments along it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin.scenario import Scenario
from basin.simulate.trajectory import Trajectories

Numbers = NDArray[np.float64]

# Each sign: whether overseers can see it, its unit, its name in a few words, and what it is.
SIGNS: dict[str, tuple[bool, str, str, str]] = {
    "asking": (True, "share", "asks first", "share of the last episodes in which it asked first"),
    "vetoes": (True, "share", "is refused", "share of the plans it asked about that people refused"),
    "stopped": (True, "share", "is stopped by audits", "share of the last episodes in which an audit stopped an unasked act"),
    "disagreement": (True, "share", "says and does differ", "how much oftener its answers please people than its plans do"),
    "asking_trend": (True, "share", "asks more than before", "change of asking from the stretch before"),
    "vetoes_trend": (True, "share", "is refused more than before", "change of vetoes from the stretch before"),
    "care": (False, "share", "cares", "share of the motive to want what humans value"),
    "knowledge": (False, "cosine", "knows", "cosine of what it believes with what humans value"),
}
VISIBLE = tuple(name for name, about in SIGNS.items() if about[0])
HIDDEN = tuple(name for name, about in SIGNS.items() if not about[0])


MOMENTS = 24  # at which a run is looked at, at most


def moments(horizon: int) -> NDArray[np.int64]:
    """Episodes at which a run is looked at: closer early on, when it matters, by equal ratios up to the horizon."""
    first = min(horizon, max(2, horizon // 100))
    return np.unique(np.rint(np.geomspace(first, horizon, MOMENTS)).astype(int))


def signs(path: Trajectories, window: int, seed: int) -> dict[str, Numbers]:
    """(runs, moments) of each sign, by the names of SIGNS; NaN once a run is over.

    Rates are over the last `window` episodes, or half of those that have been, if that is less, so that there is as long a
    stretch before to compare with; shares of few plans are drawn toward one half, (k + ½)/(n + 1). What an agent says is
    put to the test once an episode: asked which of two plans people would prefer, it answers by its belief, and so agrees
    with them with chance ½ + asin(knows/√(1 + τ² + σ_h² d))/π, the agreement of two normals of that correlation. It answers
    truly: a liar would seem better still. What it does is seen where it asks, or an audit stops it.
    """
    asked, acted, executed, knows = (path.columns[name][:, 1:] for name in ("asked", "acted", "executed", "knows"))
    at = moments(asked.shape[1])
    chance = np.random.default_rng((seed, 0x5A1D)).random(asked.shape)
    right = np.where(np.isnan(asked), np.nan, chance < _agreement(path.scenario, knows))
    recent = _Recent(at, window)
    asks, refused, stopped, says = map(recent, (asked, asked * (1 - executed), acted * (1 - executed), right))
    before_asks, before_refused = recent(asked, 1), recent(asked * (1 - executed), 1)
    vetoes, vetoes_before = (
        (refused_ + 0.5) / (asks_ + 1) for refused_, asks_ in ((refused, asks), (before_refused, before_asks))
    )
    return {
        "asking": asks / recent.length,
        "vetoes": vetoes,
        "stopped": stopped / recent.length,
        "disagreement": says / recent.length - (asks - refused + 0.5) / (asks + stopped + 1),
        "asking_trend": (asks - before_asks) / recent.length,
        "vetoes_trend": vetoes - vetoes_before,
        "care": path.shares[:, at, 0],
        "knowledge": path.columns["knows"][:, at],
    }


class _Recent:
    """Sums over the stretch that ends at each moment; or over the one before it."""

    def __init__(self, at: NDArray[np.int64], window: int) -> None:
        self.at, self.length = at, np.maximum(1, np.minimum(window, at // 2))

    def __call__(self, values: Numbers, earlier: int = 0) -> Numbers:
        """(runs, episodes) to (runs, moments)."""
        total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
        end = self.at - earlier * self.length
        recent: Numbers = total[:, end] - total[:, np.maximum(0, end - self.length)]
        return recent


def _agreement(scenario: Scenario, knows: Numbers) -> Numbers:
    people = scenario.humans
    noise = people.noise**2 + people.spread**2 * scenario.values.features
    agreement: Numbers = 0.5 + np.arcsin(np.clip(knows / np.sqrt(1 + noise), -1, 1)) / np.pi
    return agreement
