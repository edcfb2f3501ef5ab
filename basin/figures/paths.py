"""What a trajectory's Dataset says, in the form that a picture needs: one panel per question, and runs to draw."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.figures.errors import FigureError

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

ASKED_OVER = 20  # episodes over which asking is averaged, as endings are judged on 20
SAMPLES = 12  # runs drawn one by one, unless there are more outcomes


class Panel(NamedTuple):
    title: str
    values: Numbers  # (runs, episodes)
    range: tuple[float, float] | None
    reached: float | None = None  # from where on it counts as aligned
    medians: tuple[tuple[str, Numbers], ...] = ()  # names and (episodes,) values of what is drawn beside


def scenario(dataset: xr.Dataset) -> dict[str, Any]:
    """The scenario's tables, as its TOML says; empty if the Dataset comes from something else."""
    return tomllib.loads(str(dataset.attrs.get("scenario_toml", "")))


def panels(dataset: xr.Dataset) -> list[Panel]:
    """What is asked of the runs, one panel each. Raises FigureError for a Dataset that holds no trajectories."""
    missing = {"knows", "behaves", "asked", "harm", "share", "label", "episode"} - set(dataset.variables)
    if missing:
        raise FigureError(f"this Dataset holds no trajectories: it has no {min(missing)}")
    judged = scenario(dataset).get("outcome", {})
    behaves, cares = (1 - judged[name] if name in judged else None for name in ("behaves", "cares"))
    knows, acts, asked, harm = (
        dataset[name].transpose("run", "episode").values for name in ("knows", "behaves", "asked", "harm")
    )
    share = dataset["share"].transpose("run", "episode", "motive").values
    motives = [str(name).replace("_", " ") for name in dataset["motive"].values]
    rivals = [(f"{motives[k]}, median", np.median(held(share[..., k]), axis=0)) for k in range(1, len(motives))]
    lowest = -1.05 if min(np.nanmin(knows), np.nanmin(acts)) < 0 else -0.05
    worst = np.nanmax(harm)
    return [
        Panel("Belief: cosine with human values", knows, (lowest, 1.05), behaves),
        Panel("Motives: share that cares", share[..., 0], (-0.05, 1.05), cares, tuple(rivals) if len(rivals) > 1 else ()),
        Panel("Behaviour: cosine with human values", acts, (lowest, 1.05), behaves),
        Panel("Deference: how often it asks first", recent(asked), (-0.05, 1.05)),
        Panel("Harm done so far (utility)", harm, None if worst > 0 else (-0.05, 1.05)),
    ]


def recent(asked: Numbers) -> Numbers:
    """Running means over the last episodes; at the start, over those that have been. The start itself has none."""
    known = np.where(np.isnan(asked[:, 1:]), 0.0, asked[:, 1:])
    total = np.cumsum(known, axis=1)
    total[:, ASKED_OVER:] -= total[:, :-ASKED_OVER].copy()
    mean = total / np.minimum(np.arange(1, total.shape[1] + 1), ASKED_OVER)
    return np.concatenate([np.full((len(asked), 1), np.nan), np.where(np.isnan(asked[:, 1:]), np.nan, mean)], axis=1)


def held(values: Numbers) -> Numbers:
    """The last known value in place of every unknown one; what is not known at the start stays unknown."""
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(values.shape[1])), axis=1)
    return np.take_along_axis(values, last, axis=1)


def sample(label: NDArray[np.int8]) -> NDArray[np.int64]:
    """Runs to draw one by one: in the order of the runs, but of every outcome at least one."""
    firsts = [int(np.argmax(label == code)) for code in np.unique(label)]
    rest = [run for run in range(len(label)) if run not in firsts]
    return np.sort(np.array((firsts + rest)[: max(SAMPLES, len(firsts))], dtype=int))
