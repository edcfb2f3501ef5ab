"""Choice tables for tests: people who choose by Luce's rule with known values, as files and in memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from basin.choices import ChoiceTable, read


def luce(sizes: list[int] | np.ndarray, values: np.ndarray, seed: int) -> ChoiceTable:
    """One choice per entry of `sizes`, among that many options with standard normal features."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((int(np.sum(sizes)), len(values)))
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    # The largest of utilities with Gumbel noise is drawn with Luce's probabilities.
    noisy = features @ values + rng.gumbel(size=len(features))
    chosen = np.array([np.argmax(noisy[a:b]) for a, b in pairwise(offsets)])
    return ChoiceTable(
        name="luce",
        features=tuple(f"x{j}" for j in range(len(values))),
        values=features,
        offsets=offsets,
        chosen=chosen,
        options=tuple(f"option {k}" for k in range(max(sizes))),
        option=np.concatenate([np.arange(size) for size in sizes]),
        people=len(sizes),
    )


def frame(table: ChoiceTable) -> pd.DataFrame:
    """The table as its file would hold it."""
    choice = np.repeat(np.arange(table.choices), np.diff(table.offsets))
    columns = {
        "choice_id": choice,
        "option": [table.options[o] for o in table.option],
        "chosen": (np.arange(len(choice)) == (table.offsets[:-1] + table.chosen)[choice]).astype(int),
    }
    return pd.DataFrame(columns | dict(zip(table.features, table.values.T, strict=True)))


def read_frame(rows: pd.DataFrame, folder: Path) -> ChoiceTable:
    path = folder / "choices.csv"
    rows.to_csv(path, index=False)
    return read(path)
