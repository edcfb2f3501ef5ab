"""Which assumption matters most?"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import wilson
from basin.analysis.extras import needed
from basin.analysis.paired import paired
from basin.analysis.sampling import Window
from basin.analysis.sensitivity import VERB, Screened, SensitivityError, Shares, morris, sobol
from basin.questions.assumed import Assumed
from basin.questions.ranges import RangeLike, Ranges, possible, ranges
from basin.questions.starts import described
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate import SimulationError
from basin.simulate.runs import check_seed
from basin.simulate.whole import has_many

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]

METHODS, OF = ("morris", "sobol"), ("aligned", "bits")
UNITS = {"aligned": "probability", "bits": "bits"}
SAMPLES, FEW_SAMPLES = {"morris": 16, "sobol": 64}, {"morris": 4, "sobol": 8}  # of lone agents, of populations
RUNS, FEW_RUNS = 64, 8  # at each point


def sensitivity(
    asked: SubjectLike,
    paths: Sequence[str] | None = None,
    *,
    method: str = "morris",
    of: str = "aligned",
    samples: int | None = None,
    runs: int | None = None,
    ranges: Mapping[str, RangeLike] | None = None,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """How much each assumption of a scenario matters for how it ends, while all of them vary at once.

    asked: a scenario, or its name. paths: which numeric paths vary; all, unless given (see `questions.ranges` for their
    ranges, and for what is left out). ranges: `(lo, hi)` or `(lo, hi, "log")` by path, instead; they also say which paths.
    method: "morris", elementary effects along `samples` random walks: which assumptions matter at all, in samples (k + 1)
    points; or "sobol", shares of the variance, first and total order, in samples (k + 2) points, samples a power of two.
    runs: at each point.

    of: "aligned", P(aligned) of runs that start as the scenario says; or "bits", the size of the basin,
    −log₂((aligned + ½)/(runs + 1)) of runs whose starts are drawn, once for all points, uniformly over those of the scenario's
    default axes along which it can be run. An axis that is among the paths is an assumption then: it has its value of the
    point, and starts differ along the other axis alone, or not at all. Of all paths the axes are no part. The ½ and 1 keep an
    empty basin finite; it is log₂(2 runs + 2) bits, and basins smaller than about 1/runs are not told apart.

    All points are run in one go and take the same chances and starts, run by run. So what is left to chance is which runs
    these are: attribute `noise` is the standard error of f at one point, and differences between points, which share their
    runs, err by less than √2 times that. Intervals are for the design's chance, given these runs.

    Returns a Dataset, dims (path), what matters most first, and of equals what does more by itself: `lo`, `hi`, `log`,
    `base` (the scenario's value); of "morris" `mu`, `mu_star` with `mu_star_low` and `mu_star_high`, and `sigma`, changes of f
    per width of a range (steps are two thirds of it); of "sobol" `first` and `total`, each with `_low` and `_high`; and f with
    this assumption alone at an end: `at_lo`, `at_hi`, each with a 95% interval of its difference from the scenario itself.
    Attributes: `base_value`, f of the scenario itself with its interval; `left_out`; `idle`, paths that enter nothing here,
    and so have no effect at all.
    Raises SensitivityError, RangeError, MissingError (without SALib) or ScenarioError, one line each.

    >>> short = basin.load("near-aligned-llm").with_({"outcome.horizon": 40})
    >>> found = basin.sensitivity(short, ["motives.care", "belief.knowledge"], samples=2, runs=20)
    >>> found["path"].values.tolist()
    ['motives.care', 'belief.knowledge']
    """
    found = subject(asked, expected=expected, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, and this is asked of the assumptions of scenarios")
    check_seed(seed)
    for name, value, options in (("method", method, METHODS), ("of", of, OF)):
        if value not in options:
            raise SensitivityError(f"{name} = {value!r}: must be {' or '.join(options)}")
    needed("SALib", VERB)
    window = tuple(axis for axis in found.axes if possible(found, axis)) if of == "bits" else ()
    varied = _ranges(found, paths, ranges, [axis.path for axis in window])
    if not varied.axes:
        raise SensitivityError(f"{found.name}: none of its assumptions can vary; give one with a range")
    many = has_many(found.scenario, varied.paths)
    samples = samples if samples is not None else (FEW_SAMPLES if many else SAMPLES)[method]
    runs = runs if runs is not None else FEW_RUNS if many else RUNS
    apart = tuple(axis for axis in window if axis.path not in varied.paths)
    over = Window(apart) if apart else None
    assumed = Assumed(found, varied.paths, runs, seed, over, progress, cancel)
    called = _Called(assumed, varied, of)
    told = (morris if method == "morris" else sobol)(called, len(varied.axes), samples=samples, seed=seed)
    indices = _indices(told, of)
    star = indices["mu_star" if method == "morris" else "total"][0]
    alone = called.alone()
    swing = np.ptp([alone["at_lo"][0], alone["at_hi"][0], np.full(len(star), called.base()[0])], axis=0)
    order = np.lexsort([-swing, -star])  # by itself where the others decide everything
    dims = ("path",)
    variables: dict[str, datasets.Described] = {
        **{name: (dims, values[order], units, words) for name, (values, units, words) in indices.items()},
        **{name: (dims, values[order], units, words) for name, (values, units, words) in alone.items()},
        "lo": (dims, np.array([axis.lo for axis in varied.axes])[order], "units of the path", "lower end of its range"),
        "hi": (dims, np.array([axis.hi for axis in varied.axes])[order], "units of the path", "upper end of its range"),
        "base": (dims, varied.base[order], "units of the path", "the scenario's own value; none where it holds no number"),
    }
    base, low, high = called.base()
    call = (
        f"basin.sensitivity(scenario, {f'{list(paths)!r}, ' if paths is not None else ''}method={method!r}, of={of!r}, "
        f"samples={samples}, runs={assumed.runs}, {f'ranges={dict(ranges)!r}, ' if ranges else ''}seed={seed}"
        f"{', expected=True' * expected})"
    )
    texts = {
        "unit": ([axis.units or "1" for axis in varied.axes], "its unit"),
        "meaning": ([axis.label or axis.path for axis in varied.axes], "what it is"),
    }
    return datasets.measured(
        "sensitivity",
        variables,
        {
            "path": (dims, np.array(varied.paths)[order], "name", "assumption"),
            "log": (dims, np.array([axis.log for axis in varied.axes], np.int8)[order], "1", "1 if it varies by ratios"),
            **{name: (dims, np.array(words)[order], "name", text) for name, (words, text) in texts.items()},
        },
        found.attributes(seed, assumed.runs, call)
        | {
            "title": found.title,
            "target": found.target,
            "method": method,
            "of": of,
            "samples": int(samples),
            "points": len(told.values),
            "starts_from": described(over) if over is not None else "as the scenario says",
            "base_value": base,
            "base_low": low,
            "base_high": high,
            "noise": called.noise(),
            "varies": float(told.values.std()),
            "left_out": "; ".join(f"{path}: {why}" for path, why in varied.left_out.items()),
            "idle": ", ".join(varied.idle),
        },
    )


def _ranges(*given: Any) -> Ranges:
    """`ranges`, which is also the name of an argument."""
    return ranges(*given)


class _Called:
    """The function whose inputs are judged: positions in the ranges, 0 to 1, to P(aligned) or bits.

    It is called once, and runs in the same go the scenario itself and every assumption alone at either end.
    """

    def __init__(self, assumed: Assumed, varied: Ranges, of: str) -> None:
        self.assumed, self.varied, self.of = assumed, varied, of
        middle = np.array([float(axis.values(3)[len(axis.values(3)) // 2]) for axis in varied.axes])
        start = np.where(np.isfinite(varied.base), varied.base, middle)
        ends = np.array([[axis.lo, axis.hi] for axis in varied.axes])
        alone = np.tile(start, (1 + 2 * len(start), 1))
        for at in range(len(start)):
            alone[1 + 2 * at : 3 + 2 * at, at] = ends[at]
        self.alone_points = alone
        self.counts, self.own = np.empty(0, np.int64), np.empty((0, 0), bool)

    def __call__(self, parts: Numbers) -> Numbers:
        points = np.vstack([self.alone_points, Window(self.varied.axes).points(parts)])
        try:
            aligned = self.assumed.aligned(points)
        except (ScenarioError, SimulationError) as error:
            raise SensitivityError(f"ranges that do not go together: {error}; give a narrower range") from None
        self.own, self.counts = aligned[: len(self.alone_points)], aligned[len(self.alone_points) :].sum(axis=1)
        return self.value(self.counts)

    def value(self, counts: Numbers | NDArray[np.int64]) -> Numbers:
        runs = self.assumed.runs
        return 0.0 - np.log2((counts + 0.5) / (runs + 1)) if self.of == "bits" else np.asarray(counts / runs, float)

    def between(self, low: float, high: float) -> list[float]:
        """An interval of a share as one of f."""
        return sorted(self.value(np.clip([low, high], 0, 1) * self.assumed.runs).tolist())

    def base(self) -> tuple[float, float, float]:
        """f of the scenario itself, with a 95% interval."""
        count, runs = int(self.own[0].sum()), self.assumed.runs
        ends = (count / runs, count / runs) if self.assumed.certain else tuple(map(float, wilson(count, runs)))
        low, high = self.between(*ends)
        return float(self.value(np.array(count))), low, high

    def alone(self) -> dict[str, tuple[Numbers, str, str]]:
        """f with one assumption at an end of its range, and the rest as the scenario has it."""
        share, units = float(self.own[0].mean()), UNITS[self.of]
        told: dict[str, tuple[Numbers, str, str]] = {}
        for end, name, word in ((0, "lo", "lower"), (1, "hi", "upper")):
            rows = self.own[1 + end :: 2]
            ends = []
            for row in rows:
                change = paired(self.own[0], row)
                sure = (change.mean, change.mean) if self.assumed.certain else (change.low, change.high)
                ends.append(self.between(share + sure[0], share + sure[1]))
            low, high = np.array(ends).T
            told |= {
                f"at_{name}": (self.value(rows.sum(axis=1)), units, f"with it at its {word} end, all else as it is"),
                f"at_{name}_low": (low, units, "lower end of the 95% interval of that change, beside the scenario's own"),
                f"at_{name}_high": (high, units, "upper end of it"),
            }
        return told

    def noise(self) -> float:
        """The standard error of f at one point, root mean square over the design."""
        if self.assumed.certain:
            return 0.0
        runs = self.assumed.runs
        if self.of == "aligned":
            share = self.counts / runs
            return float(np.sqrt(np.mean(share * (1 - share) / runs)))
        share = (self.counts + 0.5) / (runs + 1)
        return float(np.sqrt(np.mean((1 - share) / (share * runs))) / np.log(2))


def _indices(told: Screened | Shares, of: str) -> dict[str, tuple[Numbers, str, str]]:
    """What was measured, with units and words."""
    if isinstance(told, Screened):
        change = "change per width of its range, the others anywhere in theirs"
        texts = {
            "mu": f"mean {change}",
            "mu_star": f"mean size of the {change}",
            "mu_star_low": "lower end of its 95% interval",
            "mu_star_high": "upper end of its 95% interval",
            "sigma": "standard deviation of that change: what it depends on the others, or bends",
        }
        kept = {
            "mu": told.mu,
            "mu_star": told.mu_star,
            "mu_star_low": told.low,
            "mu_star_high": told.high,
            "sigma": told.sigma,
        }
        return {name: (kept[name], UNITS[of], words) for name, words in texts.items()}
    texts = {"first": "share of the variance that it decides alone", "total": "share that it decides alone or with others"}
    return {
        f"{name}{end}": (getattr(told, f"{name}{end}"), "share", words if not end else f"{which} end of its 95% interval")
        for name, words in texts.items()
        for end, which in (("", ""), ("_low", "lower"), ("_high", "upper"))
    }
