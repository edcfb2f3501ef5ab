"""What a map's Dataset says, in the form that a picture needs: edges, most frequent outcomes, words for each cell."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin.figures.errors import FigureError
from basin.figures.outcomes import LOOKS
from basin.figures.words import capital, interval, listed, number, percent

if TYPE_CHECKING:
    import xarray as xr

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One axis of a map: values, log or not, and words."""

    values: Numbers
    path: str
    log: bool
    units: str
    text: str

    @classmethod
    def of(cls, coordinate: xr.DataArray) -> Side:
        about = coordinate.attrs
        path = str(about.get("path", coordinate.name))
        units = str(about.get("units", "1"))
        text = str(about.get("long_name", path))
        return cls(np.asarray(coordinate.values, float), path, about.get("scale") == "log", units, text)

    @property
    def name(self) -> str:
        """What the axis is called within a sentence: `self interest overlap`, `care`."""
        *inner, last = self.path.split(".")
        words = " ".join([*inner[1:], last] if inner[:1] == ["motives"] else [last]).replace("_", " ")
        return re.sub(r"\bai\b", "AI", words)

    @property
    def title(self) -> str:
        units = "" if self.units in ("1", "", "name") else f" ({self.units})"
        about = "" if self.text == self.path else f": {self.text}"
        about = re.sub(r"(?<=,) (?=[^()]*\))", "\N{NO-BREAK SPACE}", about)  # cos(v, θ) stays on one line
        return f"{capital(self.name)}{about}{units}"

    @cached_property
    def edges(self) -> Numbers:
        """(n + 1,) borders of the cells, half-way between the values; a lone value gets a cell of some width."""
        at = np.log(self.values) if self.log else self.values
        step = np.diff(at) if len(at) > 1 else np.ones(1)
        inner = at[:-1] + np.diff(at) / 2
        edges = np.concatenate([[at[0] - step[0] / 2], inner, [at[-1] + step[-1] / 2]])
        return np.exp(edges) if self.log else edges

    def on_axis(self, value: float) -> float:
        """A value as annotations want it: plotly takes those of a logarithmic axis in powers of ten."""
        return float(np.log10(value)) if self.log else float(value)

    @property
    def axis(self) -> dict[str, Any]:
        """The axis as plotly takes it."""
        kept = {"type": "log" if self.log else "linear", "range": [self.on_axis(end) for end in self.edges[[0, -1]]]}
        if len(self.values) > 1 and not self.log:
            return kept
        ticks = self.values if len(self.values) == 1 else _round_numbers(*self.edges[[0, -1]])
        return kept | {"tickvals": ticks, "ticktext": [number(tick) for tick in ticks]}


def _round_numbers(lo: float, hi: float) -> list[float]:
    """Ticks for a logarithmic axis: 1, 2 and 5 times powers of ten, or the powers alone where those are many."""
    decades = range(int(np.floor(np.log10(lo))), int(np.ceil(np.log10(hi))) + 1)
    steps = (1, 2, 5) if len(decades) <= 5 else (1,)
    return [step * 10.0**decade for decade in decades for step in steps if lo <= step * 10.0**decade <= hi]


@dataclass(frozen=True)
class Cells:
    """A map. count: (y, x, outcomes), the outcomes in the order of LOOKS."""

    x: Side
    y: Side
    count: NDArray[np.int64]
    low: Numbers
    high: Numbers
    attributes: dict[str, Any]

    @classmethod
    def of(cls, dataset: xr.Dataset) -> Cells:
        """Raises FigureError for a Dataset that is no map."""
        missing = {"count", "aligned", "aligned_low", "aligned_high", "x", "y"} - set(dataset.variables)
        if missing:
            raise FigureError(f"this Dataset is not a map: it has no {listed(sorted(missing))}")
        count = dataset["count"].transpose("y", "x", "outcome").sel(outcome=list(LOOKS)).values
        low, high = (dataset[name].transpose("y", "x").values for name in ("aligned_low", "aligned_high"))
        return cls(Side.of(dataset["x"]), Side.of(dataset["y"]), count, low, high, dict(dataset.attrs))

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario's tables, as its TOML says; empty if the map comes from something else."""
        return tomllib.loads(str(self.attributes.get("scenario_toml", "")))

    @cached_property
    def runs(self) -> NDArray[np.int64]:
        """(y, x): runs per cell."""
        runs: NDArray[np.int64] = self.count.sum(axis=-1)
        return runs

    @cached_property
    def share(self) -> Numbers:
        """(y, x, outcomes): how the runs of each cell ended, as fractions."""
        return self.count / np.maximum(self.runs, 1)[..., None]

    @property
    def aligned(self) -> Numbers:
        return self.share[..., list(LOOKS).index("aligned")]

    @cached_property
    def pooled(self) -> dict[str, float]:
        """Each outcome's fraction of all runs."""
        return dict(zip(LOOKS, (self.count.sum((0, 1)) / self.count.sum()).tolist(), strict=True))

    @property
    def headline(self) -> str:
        """What the map says, in one line."""
        return f"{percent(self.pooled['aligned'])} of these starts end fully aligned"

    @property
    def confidence(self) -> str:
        """How sure that is."""
        total = f"{self.runs.sum():,} runs"
        if self.attributes.get("expected"):
            return f"nothing left to chance, {total}"
        low, high = (float(self.attributes[f"aligned_{end}"]) for end in ("low", "high"))
        return f"95% interval {interval(low, high)}, from {total}"

    @cached_property
    def words(self) -> NDArray[np.str_]:
        """(y, x): each cell in sentences, in lines that a telephone has room for."""
        ends = ["aligned" if name == "aligned" else look.name for name, look in LOOKS.items()]
        own = [motive["name"] for motive in self.scenario.get("motives", {}).get("own", ())]
        ends[list(LOOKS).index("captured")] = f"captured by {own[0].replace('_', ' ')}" if len(own) == 1 else "captured"
        across = [f"{capital(self.x.name)} {number(value)}<br>" for value in self.x.values]
        upwards = [f"{self.y.name} {number(value)}<br>" for value in self.y.values]
        ending = lru_cache(maxsize=None)(partial(_ending, ends))  # few cells end as no other does
        rows = zip(upwards, self.count.tolist(), self.low.tolist(), self.high.tolist(), strict=True)
        return np.array([
            [where + up + ending(tuple(count), low, high)
             for where, count, low, high in zip(across, *row, strict=True)]
            for up, *row in rows
        ])  # fmt: skip


def _ending(ends: list[str], count: tuple[int, ...], low: float, high: float) -> str:
    """How the runs of a cell ended. ends: the outcomes' names. low, high: 95% interval of its share that is aligned."""
    runs, of = sum(count), max(1, sum(count))  # a cell that was not run has none
    rest = sorted((k for k in range(1, len(ends)) if count[k]), key=lambda k: -count[k])
    if runs == 1:
        return f"Its one run ends {ends[count.index(1)]}"
    lines = [f"{percent(count[0] / of)} of {runs} runs end aligned", f"95% interval {interval(low, high)}"]
    if len(rest) == 1:
        lines.append(f"{'The rest' if count[0] else 'All'}: {ends[rest[0]]}")
    elif rest:
        lines.append(f"The rest: {listed([f'{percent(count[k] / of)} {ends[k]}' for k in rest])}")
    return "<br>".join(lines)
