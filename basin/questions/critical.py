"""How many agents must be aligned at first for the whole to end aligned?"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets
from basin.analysis import Axis, wilson
from basin.analysis.crossing import crossing
from basin.labels import ALIGNED
from basin.questions.population import crowded
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate.runs import check_count, check_seed

if TYPE_CHECKING:
    import xarray as xr

START = "population.aligned"
POPULATIONS, VALUES, SHARES = 40, 5, 9
HALVINGS = 5  # of a step between shares


def critical(
    asked: SubjectLike,
    along: AxisLike | Axis | None = None,
    *,
    n: int = VALUES,
    shares: int = SHARES,
    halvings: int = HALVINGS,
    populations: int = POPULATIONS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The critical mass: the least share of agents that must start aligned for a population to be likelier than not to end
    aligned as a whole (`population.quorum` of its agents).

    along: `(path, lo, hi[, "log"])`, such as population.degree, population.trust_bound or capability.start; n values of it.
    shares: starting shares from 0 to 1 at which P(whole aligned) is measured first; between the two where it passes ½ the
    critical share is bisected, with the same populations and random numbers throughout, so that it is a function of the share.
    halvings: how often that step between two shares is halved. populations: at each share.

    Returns a Dataset. Dims (value, start): `count` of populations that end aligned, `share` with `low`, `high` (95% Wilson).
    Dims (value): `critical` with `critical_low`, `critical_high` (95%, by inversion); 0 where no agent needs to start
    aligned, NaN where not even all starting aligned suffices.
    Raises ScenarioError, SimulationError or GraphError, one line each.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> found = basin.critical(village, shares=3, halvings=1, populations=4)
    >>> float(found["critical"][0])
    0.875
    """
    found = subject(asked, threads=threads)
    path = found.axis(along) if along is not None else None
    if path is None or path.path != "population.agents":
        found = crowded(found)
    assert isinstance(found, ScenarioSubject)  # no system has such a path
    if path is not None and path.path == START:
        raise ScenarioError(f"{START}: is what is asked for; follow another path")
    check_seed(seed)
    check_count("populations", populations)
    for name, value, least in (("n", n, 2), ("shares", shares, 3), ("halvings", halvings, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= 1000:
            raise ScenarioError(f"{name} = {value}: must be a whole number from {least} to 1000")
    grid, values = np.linspace(0, 1, shares), path.values(n) if path is not None else np.zeros(1)
    if path is not None and path.path == "population.agents" and values[0] < 2:
        raise ScenarioError(f"population.agents = {values[0]:g}: many agents are asked about; begin with 2 or more")
    count = np.zeros((len(values), shares), np.int64)
    found_at = np.full((3, len(values)), np.nan)
    for at, value in enumerate(values):
        one = found if path is None else found.with_({path.path: int(value) if path.integer else float(value)})
        part = None if progress is None else _part(progress, at, len(values))
        ask = _Ask(one, populations, seed, shares + 3 * halvings, cancel, part)
        count[at] = ask(grid)
        found_at[:, at] = _critical(ask, grid, count[at], populations, halvings)
    low, high = wilson(count, populations)
    dims, units = ("value", "start"), path.units if path is not None and path.units else "1"
    call = (
        f"basin.critical(scenario, along={path and path.spec!r}, n={n}, shares={shares}, halvings={halvings}, "
        f"populations={populations}, seed={seed})"
    )
    return datasets.measured(
        "critical",
        {
            "count": (dims, count, "populations", "populations that end aligned"),
            "share": (dims, count / populations, "probability", "share of the populations that ends aligned"),
            "low": (dims, low, "probability", "lower end of its 95% interval"),
            "high": (dims, high, "probability", "upper end of its 95% interval"),
            "critical": (("value",), found_at[0], "share", "agents that must start aligned for the whole to end so"),
            "critical_low": (("value",), found_at[1], "share", "lower end of its 95% interval"),
            "critical_high": (("value",), found_at[2], "share", "upper end of its 95% interval"),
        },
        {
            "value": (("value",), values, units, path.label or path.path if path is not None else "as the scenario says"),
            "start": (("start",), grid, "share", "agents that start aligned"),
        },
        found.attributes(seed, populations, call)
        | {"title": found.title, "populations": populations, "path": path.path if path is not None else ""}
        | {"scale": "log" if path is not None and path.log else "linear", "quorum": found.scenario.population.quorum},
    )  # fmt: skip


class _Ask:
    """How many populations end aligned from some starting shares, each share asked once."""

    def __init__(
        self, found: ScenarioSubject, populations: int, seed: int, most: int, cancel: threading.Event | None,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.found, self.populations, self.seed, self.cancel, self.progress = found, populations, seed, cancel, progress
        self.counts: dict[float, int] = {}
        self.most = most  # shares that may be asked about, for progress

    def __call__(self, shares: np.ndarray) -> np.ndarray:
        # every share is asked by itself, so that its populations are the same ones as at any other
        return np.array([self.count(share) for share in shares])

    def count(self, share: float) -> int:
        if share not in self.counts:
            shown = None if self.progress is None else _part(self.progress, len(self.counts), self.most)
            mapper = self.found.mapper((START,), self.populations, progress=shown, cancel=self.cancel)
            self.counts[share] = int((mapper(np.array([[share]]), self.seed).label == ALIGNED).sum())
        return self.counts[share]


def _critical(
    ask: _Ask, grid: np.ndarray, count: np.ndarray, populations: int, halvings: int = HALVINGS
) -> tuple[float, float, float]:
    above = count > populations / 2
    if above[0]:  # the end of the interval: the first share of the grid from which it is surely likelier than not
        surely = np.flatnonzero(wilson(count, populations)[0] > 0.5)
        return 0.0, 0.0, float(grid[surely[0]]) if len(surely) else 1.0
    if not above.any():
        return np.nan, np.nan, np.nan
    step = int(np.argmax(above)) - 1
    at = crossing(ask.count, populations, grid, step, halvings=halvings)
    return at.value, at.low, at.high


def _part(progress: Progress, at: int, parts: int) -> Progress:
    return lambda done, total: progress(at * total + done, parts * total)
