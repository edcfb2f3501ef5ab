"""The Datasets: their dimensions, names, units, and what every variable means.

Four kinds, told apart by the attribute `basin`:

    runs         dims (run)                      how each run ended, and what it did on the way
    trajectory   dims (run, episode, motive)     every episode of some runs
    map          dims (y, x, outcome)            how many runs of each cell of a grid of starts ended in which way
    learned      dims (feature, start)           what people value, and what learners that heard their choices ended with

Every variable has `units` and `long_name`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.labels import NAMES, OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

KIND = "basin"  # the attribute that marks a Dataset as ours, and says of which kind it is

# Name of a variable: (units, long name).
RUN_VARIABLES: dict[str, tuple[str, str]] = {
    "label": ("1", "how the run ended"),
    "time": ("episodes", "when the final stretch of that ending began; infinite if undecided"),
    "knows": ("cosine", "how well it knew human values at the end"),
    "cares": ("share", "share of the motive to want what humans value at the end"),
    "behaves": ("cosine", "how far it acted as humans would want at the end"),
    "closed": ("1", "1 if its belief had stopped moving"),
    "harm": ("utility", "harm done on the way to the horizon"),
    "welfare": ("utility", "welfare brought about on the way to the horizon"),
    "asked": ("episodes", "episodes in which it asked first"),
    "episodes": ("episodes", "episodes run"),
    "motive": ("1", "number of its largest own motive, the first being 1; 0 if it has none"),
    "survival": (
        "probability",
        "chance that no irreversible act happened; 1 unless the deterministic skeleton was run",
    ),
}
EPISODE_VARIABLES: dict[str, tuple[str, str]] = {
    "knows": ("cosine", "how well it knows human values"),
    "behaves": ("cosine", "how far it acts as humans would want"),
    "uncertainty": ("utility", "how unsure it is: s.d. of a random plan's utility by its own belief"),
    "asked": ("1", "1 if it asked first"),
    "acted": ("1", "1 if it acted unasked"),
    "executed": ("1", "1 if the plan was carried out"),
    "harm": ("utility", "harm done so far"),
    "welfare": ("utility", "welfare brought about so far"),
    "capability": ("capability", "how capable it is; 1 can defeat oversight"),
    "share": ("share", "share of each motive"),
}
MAP_VARIABLES: dict[str, tuple[str, str]] = {
    "count": ("runs", "runs of the cell that ended so"),
    "probability": ("probability", "fraction of the cell's runs that ended so"),
    "aligned": ("probability", "fraction of the cell's runs that ended fully aligned"),
    "aligned_low": ("probability", "lower end of its 95% Wilson interval"),
    "aligned_high": ("probability", "upper end of its 95% Wilson interval"),
    "time": ("episodes", "mean time to the ending among runs that had one; infinite where none had"),
}

LEARNED_VARIABLES: dict[str, tuple[str, str]] = {
    "maximum_likelihood": ("utility per unit of the feature", "values that make the recorded choices most probable"),
    "standard_errors": ("utility per unit of the feature", "their standard errors"),
    "learned": ("utility per unit of the feature", "values that learners ended with, mean over starts"),
    "learned_from": ("utility per unit of the feature", "values that learners from this start ended with"),
    "distance": ("standard errors", "root mean square distance of learned_from from the maximum-likelihood values"),
    "knowledge": ("cosine", "what the learners knew at the start"),
    "strength": ("utility", "how much utility they believed to be at stake"),
    "spread": ("utility", "how unsure they were"),
}

Described = tuple[tuple[str, ...], ArrayLike, str, str]
Variable = tuple[tuple[str, ...], NDArray[Any], dict[str, Any]]  # as xarray takes it: dims, values, attributes


def runs(columns: Mapping[str, ArrayLike], motives: Sequence[str], attributes: Mapping[str, Any] | None = None) -> xr.Dataset:
    """One row per run. columns: (runs,) each, RUN_VARIABLES at least. motives: names, care first."""
    import xarray as xr

    data = {name: _variable(("run",), columns[name], *about) for name, about in RUN_VARIABLES.items()}
    data["label"] = _labels(("run",), columns["label"])
    own = list(motives[1:])
    largest = np.asarray(columns["motive"]).astype(np.int16) if own else np.zeros(len(data["label"][1]), np.int16)
    flags: dict[str, Any] = (
        {"flag_values": list(range(len(motives))), "flag_meanings": " ".join(["none", *own])} if own else {}
    )
    data["motive"] = _variable(("run",), largest, *RUN_VARIABLES["motive"], **flags)
    run = _variable(("run",), np.arange(len(largest)), "1", "number of the run")
    return xr.Dataset(data, {"run": run}, {KIND: "runs", **(attributes or {})})


def trajectory(
    columns: Mapping[str, ArrayLike],
    shares: ArrayLike,
    label: ArrayLike,
    time: ArrayLike,
    motives: Sequence[str],
    attributes: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Every episode. columns: (runs, episodes + 1) each, the start first; shares: (runs, episodes + 1, motives)."""
    import xarray as xr

    dims = ("run", "episode")
    data = {name: _variable(dims, columns[name], *about) for name, about in EPISODE_VARIABLES.items() if name != "share"}
    data["share"] = _variable((*dims, "motive"), shares, *EPISODE_VARIABLES["share"])
    data["label"] = _labels(("run",), label)
    data["time"] = _variable(("run",), time, *RUN_VARIABLES["time"])
    count, episodes, _ = np.shape(shares)
    coordinates = {
        "run": _variable(("run",), np.arange(count), "1", "number of the run"),
        "episode": _variable(("episode",), np.arange(episodes), "episodes", "episodes since the start"),
        "motive": _variable(("motive",), np.array(motives), "name", "motive; care wants what humans value"),
    }
    return xr.Dataset(data, coordinates, {KIND: "trajectory", **(attributes or {})})


def grid(
    x: tuple[ArrayLike, Mapping[str, Any]],
    y: tuple[ArrayLike, Mapping[str, Any]],
    count: NDArray[np.int64],
    variables: Mapping[str, ArrayLike],
    attributes: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """A map. x, y: values, and attributes (`path`, `scale`, `units`, `long_name`). count: (y, x, outcomes of labels).

    variables: the rest of MAP_VARIABLES, (y, x) each, or (y, x, outcomes) for `probability`.
    """
    import xarray as xr

    dims = ("y", "x", "outcome")
    arrays = {"count": count.astype(np.int32), **variables}
    data = {name: _variable(dims[: np.ndim(arrays[name])], arrays[name], *about) for name, about in MAP_VARIABLES.items()}
    coordinates = {
        "x": ("x", np.asarray(x[0]), dict(x[1])),
        "y": ("y", np.asarray(y[0]), dict(y[1])),
        "outcome": _variable(("outcome",), np.array(list(OUTCOMES)), "name", "how a run ended"),
    }
    return xr.Dataset(data, coordinates, {KIND: "map", **(attributes or {})})


def learned(result: Mapping[str, Any], attributes: Mapping[str, Any] | None = None) -> xr.Dataset:
    """What `basin.questions.learn` found. result: its fields by name, `starts` a list of such."""
    import xarray as xr

    starts = result["starts"]
    arrays = {name: result[name] for name in ("maximum_likelihood", "standard_errors", "learned")}
    arrays["learned_from"] = [start["learned"] for start in starts]
    arrays |= {name: [start[name] for start in starts] for name in ("distance", "knowledge", "strength", "spread")}
    dims: dict[str, tuple[str, ...]] = {name: ("feature",) for name in ("maximum_likelihood", "standard_errors", "learned")}
    dims["learned_from"] = ("start", "feature")
    data = {name: _variable(dims.get(name, ("start",)), arrays[name], *about) for name, about in LEARNED_VARIABLES.items()}
    feature = _variable(("feature",), np.array(result["features"]), "name", "feature of an option")
    scalars = {name: result[name] for name in ("choices", "people", "log_likelihood", "draws")}
    return xr.Dataset(data, {"feature": feature}, {KIND: "learned", **scalars, **(attributes or {})})


def measured(
    kind: str,
    variables: Mapping[str, Described],
    coordinates: Mapping[str, Described] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """What a measure of a basin found. Each variable and coordinate: (dims, values, units, description)."""
    import xarray as xr

    data = {name: _variable(*about) for name, about in variables.items()}
    return xr.Dataset(data, {name: _variable(*about) for name, about in (coordinates or {}).items()},
                      {KIND: kind, **(attributes or {})})  # fmt: skip


def _variable(dims: tuple[str, ...], values: ArrayLike, units: str, long_name: str, **more: Any) -> Variable:
    return dims, np.asarray(values), {"units": units, "long_name": long_name, **more}


def _labels(dims: tuple[str, ...], values: ArrayLike) -> Variable:
    codes = sorted(NAMES)
    flags: dict[str, Any] = {"flag_values": codes, "flag_meanings": " ".join(NAMES[code] for code in codes)}
    return _variable(dims, np.asarray(values).astype(np.int8), *RUN_VARIABLES["label"], **flags)
