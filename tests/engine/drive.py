"""Drive the engine one episode at a time and look inside its block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from basin.engine.block import advance
from basin.engine.compile import LANES
from basin.engine.layout import HISTORY, PARAMETERS, RECORD, new_batch, new_block
from basin.simulate.tables import Tables


class Drive:
    """The first LANES or fewer runs of one table, in the lanes of one block: run i in lane i, until it ends."""

    def __init__(self, tables: Tables, runs: Sequence[int], seed: int = 0, cells: Sequence[int] | None = None) -> None:
        assert len(runs) <= LANES
        self.tables, self.n = tables, len(runs)
        self.block, self.batch = new_block(tables.rules, tables.kinds), new_batch(tables.rules)
        self.key = np.array([seed % 2**32, seed >> 32], np.uint64)
        self.queue = np.array([[0] * self.n if cells is None else cells, runs], np.int64).T.copy()
        horizon, columns = int(tables.column("outcome_horizon").max()), len(HISTORY) + tables.rules.motives
        self.records = np.full((self.n, len(RECORD)), np.nan)
        self.history = np.full((self.n, horizon + 1, columns), np.nan)
        self.next_run = 0
        self.advance(0)

    def advance(self, episodes: int = 1) -> int:
        """Returns how many runs are not done yet."""
        t = self.tables
        self.next_run, live = advance(
            t.rules, t.choices, t.parameters, t.own, self.queue, self.next_run, episodes, self.block, self.batch,
            self.key, self.records, self.history,
        )  # fmt: skip
        return live

    def episodes(self) -> Iterator[int]:
        """Move on one episode at a time until every run is done, 0 being the start."""
        yield 0
        episode, live = 0, self.n
        while live:
            live = self.advance()
            episode += 1
            yield episode

    @property
    def m(self) -> np.ndarray:
        """(runs, d)"""
        return self.block.m[:, : self.n].T.copy()

    @property
    def theta(self) -> np.ndarray:
        """(runs, d)"""
        return self.block.theta[:, : self.n].T.copy()

    @property
    def V(self) -> np.ndarray:
        """(runs, d, d)"""
        return unpacked(self.block.V[:, : self.n], self.tables.rules.features)

    def row(self, block_rows: np.ndarray, at: int) -> np.ndarray:
        """(runs,) one row of `block.s`, `block.w` or `block.p`."""
        return block_rows[at : at + self.n].copy()


def unpacked(packed: np.ndarray, d: int) -> np.ndarray:
    """Symmetric matrices (n, d, d) from packed lower triangles (d(d+1)/2, n)."""
    full = np.zeros((packed.shape[1], d, d))
    rows, columns = np.tril_indices(d)
    full[:, rows, columns] = packed.T
    full[:, columns, rows] = packed.T
    return full


def with_parameters(tables: Tables, **values: float) -> Tables:
    """The same tables with some parameters, by their names in `layout.PARAMETERS`, at these values in every cell."""
    parameters = tables.parameters.copy()
    for name, value in values.items():
        parameters[:, PARAMETERS.index(name)] = value
    return Tables(tables.rules, tables.kinds, tables.choices, parameters, tables.own, tables.cells)
