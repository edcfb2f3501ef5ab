"""A scenario with some of its numeric paths as axes: the mapper that basin analysis works on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.engine.layout import AUDIT_CHANGED, NOT_AUDITED, R_AUDITED, R_EPISODES, R_LABEL, R_TIME
from basin.labels import Labels
from basin.scenario import Scenario
from basin.simulate.execute import Progress, execute
from basin.simulate.runs import check_count, check_seed
from basin.simulate.tables import Tables, tabulate
from basin.simulate.whole import PopulationMapper, check_chance, has_many

MOST_CHANGED = 0.001  # share of audited exits whose label changed, above which exits are not trusted


@dataclass
class Mapper:
    """Points along the paths to labels: `mapper(points (n, k), seed) -> Labels (n, runs)`.

    Only endings are asked for, so runs whose ending is certified stop early where `outcome.exit` allows it; a hundredth of
    them run on to the horizon as an audit. Counts over all calls: `episodes` simulated, exits `audited` and `changed`.
    alike: points come in groups of so many, one after the other, and the same place in every group takes the same chances,
    so that groups differ by what is changed and not by chance; 0: every point has chances of its own.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    runs: int = 1
    expected: bool = False
    threads: int | None = None
    progress: Progress | None = None
    cancel: threading.Event | None = None
    alike: int = 0
    episodes: int = 0
    audited: int = 0
    changed: int = 0
    exits_off: bool = field(default=False)

    def __call__(self, points: NDArray[np.float64], seed: int = 0) -> Labels:
        """Raises ScenarioError or SimulationError for points that are no valid scenario."""
        check_seed(seed)
        check_count("runs", self.runs)
        points = np.asarray(points, dtype=float)
        columns = {path: points[:, at] for at, path in enumerate(self.paths)}
        tables = tabulate(self.scenario, columns, expected=self.expected, alike=self.alike)
        labels = Labels(np.empty((len(points), self.runs), np.int8), np.empty((len(points), self.runs)))
        audited, changed = self._fill(labels, tables, seed, len(points))
        self.audited += audited
        self.changed += changed
        if changed > MOST_CHANGED * audited:
            self.exits_off = True
            self._fill(labels, [table.without_exits() for table in tables], seed, len(points))
        return labels

    def _fill(self, labels: Labels, tables: Sequence[Tables], seed: int, points: int) -> tuple[int, int]:
        audited = changed = before = 0
        total = points * self.runs
        for table in tables:
            label, time = np.empty(len(table.cells) * self.runs, np.int8), np.empty(len(table.cells) * self.runs)
            dealt = replace(table, cells=table.cells % self.alike) if self.alike else table  # what chances are dealt by
            report = None
            if self.progress is not None:
                show, start = self.progress, before

                def report(done: int, _: int, show: Progress = show, start: int = start) -> None:
                    show(start + done, total)

            for chunk, records, _ in execute(
                dealt, self.runs, seed, threads=self.threads, progress=report, cancel=self.cancel
            ):
                label[chunk], time[chunk] = records[:, R_LABEL], records[:, R_TIME]
                self.episodes += int(records[:, R_EPISODES].sum())
                audited += int((records[:, R_AUDITED] != NOT_AUDITED).sum())
                changed += int((records[:, R_AUDITED] == AUDIT_CHANGED).sum())
            labels.label[table.cells] = label.reshape(-1, self.runs)
            labels.time[table.cells] = time.reshape(-1, self.runs)
            before += len(label)
        return audited, changed


def mapper(
    scenario: Scenario, paths: Sequence[str], runs: int = 1, *, expected: bool = False, **options: Any
) -> Mapper | PopulationMapper:
    """A mapper over numeric paths of a scenario: to endings of lone agents, or of populations where there are many.

    Raises ScenarioError for a path that holds no number, SimulationError for populations without chance.
    """
    meant = tuple(scenario.numeric_path(path).path for path in paths)
    if has_many(scenario, meant):
        check_chance(expected)
        return PopulationMapper(scenario, meant, runs, **options)
    return Mapper(scenario, meant, runs, expected, **options)
