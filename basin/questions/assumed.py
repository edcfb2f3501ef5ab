"""A scenario as a function of its assumptions: which of the same runs end aligned at each point."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from basin.analysis.sampling import SamplingError, Window, draw
from basin.questions.subject import Progress, ScenarioSubject
from basin.scenario import ScenarioError
from basin.simulate import SimulationError

Numbers = NDArray[np.float64]

MOST_CELLS = 100_000  # of one call of a mapper: their parameters take a kilobyte each
MOST_RUNS = 1_000_000


class Assumed:
    """Points (n, k) along `paths` to which of `runs` runs end aligned, (n, runs): the same runs at every point.

    Run r takes the same chances at every point, so that points differ by what is assumed and not by chance. starts: a window
    over which run r's start is drawn, once for all points; None: every run starts as the scenario says.
    """

    def __init__(
        self,
        found: ScenarioSubject,
        paths: Sequence[str],
        runs: int,
        seed: int,
        starts: Window | None = None,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        if isinstance(runs, bool) or not isinstance(runs, int | np.integer) or not 1 <= runs <= MOST_RUNS:
            raise SamplingError(f"runs = {runs}: must be a whole number from 1 to {MOST_RUNS}")
        self.found, self.paths, self.seed, self.starts = found, tuple(paths), seed, starts
        self.runs = 1 if self.certain else int(runs)
        self.progress, self.cancel = progress, cancel
        self.drawn = draw(starts, self.runs, seed) if starts is not None else np.empty((1, 0))

    def aligned(self, points: Numbers) -> NDArray[np.bool_]:
        """(n, runs) Raises ScenarioError or SimulationError, in one line, for a point that is no valid scenario."""
        each = len(self.drawn)  # cells of a point
        step = max(1, MOST_CELLS // each)
        parts = [self._part(points[at : at + step], at, len(points)) for at in range(0, len(points), step)]
        return np.concatenate(parts) if parts else np.empty((0, self.runs), bool)

    def shares(self, points: Numbers) -> Numbers:
        """(n,) shares of runs that end aligned; NaN at points that are no valid scenario."""
        try:
            aligned: Numbers = self.aligned(points).mean(axis=1)
            return aligned
        except (ScenarioError, SimulationError):
            if len(points) == 1:
                return np.array([np.nan])
            half = len(points) // 2
            return np.concatenate([self.shares(points[:half]), self.shares(points[half:])])

    @property
    def certain(self) -> bool:
        """Whether nothing is left to chance, and one run says all."""
        return not self.found.stochastic and self.starts is None

    def _part(self, points: Numbers, before: int, total: int) -> NDArray[np.bool_]:
        each = len(self.drawn)
        cells = np.hstack([np.repeat(points, each, axis=0), np.tile(self.drawn, (len(points), 1))])
        paths = self.paths + (self.starts.paths if self.starts is not None else ())

        def report(done: int, of: int) -> None:
            if self.progress is not None:
                self.progress((before + done * len(points) // max(1, of)) * self.runs, total * self.runs)

        mapper = self.found.mapper(
            paths, self.runs // each, progress=report if self.progress is not None else None, cancel=self.cancel, alike=each
        )
        label = mapper(cells, self.seed).label.reshape(len(points), self.runs)
        aligned: NDArray[np.bool_] = label == self.found.outcomes[self.found.target]
        return aligned
