"""How small is a basin: its size in bits, and how that grows with the dimension of what there is to learn."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets, theory
from basin.analysis import Axis
from basin.analysis.sampling import Cosine, SamplingError, child
from basin.analysis.size import Size, stratified
from basin.analysis.size import size as measured_size
from basin.analysis.stability import at_random, evenly
from basin.questions.stability import METHODS, SAMPLES, call_of, target_of
from basin.questions.starts import Over, described, starts
from basin.questions.subject import AxisLike, Progress, ScenarioSubject, Subject, SubjectLike, SystemSubject, subject
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

FEATURES = "values.features"
WHATEVER = {"sphere": "every direction alike", "uniform": "uniform over the window"}  # the dimension


def size(
    asked: SubjectLike,
    over: Over = "uniform",
    dimensions: Sequence[int] | None = None,
    *,
    axes: Sequence[AxisLike | Axis] | None = None,
    samples: int = SAMPLES,
    method: str = "random",
    outcome: str | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Size in bits: −log₂ of the share of starts that ends in the target, against dimension.

    One bit is half of all starts. asked: a scenario or a system, or its name. over, axes: which starts
    (`questions.starts.starts`). dimensions: numbers of value features of a scenario; of a system, values of the parameter
    that says how many coordinates a start has. As it is, unless given. samples: starts at each. method: "random", or
    "sobol" for even starts.

    Over the sphere of beliefs only the cosine between belief and values decides, and its law is known: strata of that
    cosine reach shares of 2^−100 and below (`analysis.size.stratified`; `method` is not used).

    Returns a Dataset, dims (dimension): `bits` with `low` and `high`, 95%; `surely`, bits at least whatever happens where
    none of the strata's starts was seen to end in the target; `share` with its interval; over a sphere of beliefs
    `angle`, the half-angle of the cap around the values that is as large. Raises ValueErrors of ours.

    >>> found = basin.size("henon", samples=200)
    >>> found["bits"].values.round(2)
    array([1.32])
    """
    found = subject(asked, expected=expected, threads=threads)
    check_seed(seed)
    if method not in METHODS:
        raise SamplingError(f"method = {method!r}: must be {' or '.join(METHODS)}")
    target = target_of(found, outcome)
    sizes: list[tuple[int, Size]] = []
    said = ""
    for at, (dimension, one) in enumerate(_subjects(found, dimensions)):
        drawn = starts(one, over, axes)
        said = described(drawn) if at == 0 or not isinstance(over, str) or over not in WHATEVER else WHATEVER[over]
        own = child(seed, at) if at else seed
        mapper = one.mapper(drawn.paths, 1, progress=progress, cancel=cancel)
        code = one.outcomes[target]
        if isinstance(drawn, Cosine) and drawn.dimension > 1:
            known = float(theory.cap_bits(_known_angle(one), drawn.dimension))
            sizes.append((dimension, stratified(mapper, drawn.at_tail, code, depth=known + 1, samples=samples, seed=own)))
        else:
            way = at_random if method == "random" else evenly
            told = way(mapper, drawn, one.outcomes, target, samples=samples, seed=own)
            sizes.append((dimension, measured_size(told.outcomes[target], told.starts)))
    call = call_of(
        "size", axes, over, dimensions=list(dimensions) if dimensions else None, samples=samples, method=method,
        outcome=outcome, seed=seed, expected=expected,
    )  # fmt: skip
    about = found.attributes(seed, 1, call) | {
        "title": found.title,
        "target": target,
        "over": over if isinstance(over, str) else "given",
        "starts_from": said,
    }
    variables = _variables([one for _, one in sizes], target.replace("_", " "))
    if over == "sphere" and isinstance(found, ScenarioSubject):
        variables |= _angles(sizes)
        about["known_angle"] = _known_angle(found)
    numbers = [dimension for dimension, _ in sizes]
    long_name = "value features" if isinstance(found, ScenarioSubject) else _parameter(found) or "coordinates of a start"
    return datasets.measured("size", variables, {"dimension": (("dimension",), numbers, "1", long_name)}, about)


def _variables(sizes: list[Size], target: str) -> dict[str, datasets.Described]:
    dims = ("dimension",)
    return {
        "bits": (dims, [one.bits.mean for one in sizes], "bits", "size of the basin; infinite where no start was seen in it"),
        "low": (dims, [one.bits.low for one in sizes], "bits", "lower end of its 95% interval"),
        "high": (dims, [one.bits.high for one in sizes], "bits", "upper end of its 95% interval"),
        "surely": (dims, [one.surely for one in sizes], "bits", "bits at least, trusting no stratum to be empty"),
        "share": (dims, [one.share.mean for one in sizes], "probability", f"share of the starts that ends {target}"),
        "share_low": (dims, [one.share.low for one in sizes], "probability", "lower end of its 95% interval"),
        "share_high": (dims, [one.share.high for one in sizes], "probability", "upper end of its 95% interval"),
        "starts": (dims, [one.starts for one in sizes], "starts", "how many were drawn"),
    }


def _angles(sizes: list[tuple[int, Size]]) -> dict[str, datasets.Described]:
    """The caps that are as large, in degrees."""

    def angle(dimension: int, share: float) -> float:
        cosine = float(Cosine("", dimension).at_tail(np.asarray(share)))
        return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))

    dims = ("dimension",)
    ends = {
        "angle": ("mean", "half-angle of the cap that is as large"),
        "angle_low": ("low", "lower end of its 95% interval"),
        "angle_high": ("high", "upper end of its 95% interval"),
    }
    return {
        name: (dims, [angle(dimension, getattr(one.share, end)) for dimension, one in sizes], "degrees", words)
        for name, (end, words) in ends.items()
    }


def _known_angle(found: Subject) -> float:
    """Degrees between belief and values from which on a scenario says that the agent knows."""
    assert isinstance(found, ScenarioSubject)
    return float(np.degrees(np.arccos(1 - found.scenario.outcome.behaves)))


def _subjects(found: Subject, dimensions: Sequence[int] | None) -> list[tuple[int, Subject]]:
    """The subject at each dimension."""
    path = FEATURES if isinstance(found, ScenarioSubject) else _parameter(found)
    if dimensions is None:
        if isinstance(found, ScenarioSubject):
            from basin.questions.starts import features

            return [(features(found), found)]
        return [(len(found.axes), found)] if path is None else [(int(found.values[path]), found)]  # type: ignore[attr-defined]
    if path is None:
        raise SamplingError(f"dimensions: {found.name} has {len(found.axes)} coordinates, and no parameter changes that")
    if isinstance(found, ScenarioSubject) and found.scenario.evidence.choices_table:
        raise SamplingError("dimensions: a table of recorded choices has the features that it has")
    for dimension in dimensions:
        if isinstance(dimension, bool) or not isinstance(dimension, int | np.integer):
            raise SamplingError(f"dimensions: {dimension!r} is not a whole number")
    if not len(dimensions) or len(set(dimensions)) < len(dimensions):
        raise SamplingError("dimensions: give one or more, each once")
    return [(int(dimension), found.with_({path: int(dimension)})) for dimension in dimensions]


def _parameter(found: Subject) -> str | None:
    """The whole-number parameter of a system that says how many coordinates a start has, if there is one."""
    if not isinstance(found, SystemSubject):
        return None
    values, count = found.values, len(found.axes)
    for entry in found.system.parameters:
        if entry.integer:
            other = values[entry.name] + (1 if values[entry.name] < entry.hi else -1)
            if len(found.system.coordinates({**values, entry.name: other})) != count:
                return entry.name
    return None
