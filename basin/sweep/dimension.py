"""One dimension of a sweep: what is set at each position along it."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SCENARIO, OBJECTION, REPLICATE, SAMPLE = "scenario", "objection", "replicate", "sample"
OPTION = "options."  # the beginning of what sets an option of the measure, not a path of the scenario
NO_OBJECTION = "none"


@dataclass(frozen=True)
class Dimension:
    """name: of the dimension of the Dataset. settings: to what each target is set, a value for every position.

    A target is a path of a scenario, `scenario`, `objection` or `replicate`, or an option of the measure, `options.NAME`.
    about: of the dimension and of its targets, for people: `units`, `long_name`, and the `scale`, linear or log. said: how a
    sweep's file says it, where that is shorter than the values.
    """

    name: str
    settings: Mapping[str, tuple[Any, ...]]
    about: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.settings.values())))

    def at(self, position: int) -> dict[str, Any]:
        """What is set at a position, by target."""
        return {target: values[position] for target, values in self.settings.items()}

    @property
    def numeric(self) -> bool:
        """Whether all that it sets are numbers on paths of the scenario, which one table of the engine can hold."""
        return all(
            target not in (SCENARIO, OBJECTION, REPLICATE)
            and not target.startswith(OPTION)
            and all(is_number(value) for value in values)
            for target, values in self.settings.items()
        )

    def coordinates(self) -> dict[str, tuple[tuple[str], np.ndarray, dict[str, str]]]:
        """As coordinates of a Dataset: of the dimension itself where it sets what it is called after, else of all it sets."""
        columns = {target: _column(values) for target, values in self.settings.items()}
        if list(columns) != [self.name]:
            columns = {self.name: np.arange(len(self)), **columns}
        about = {name: described(name) | dict(self.about.get(name, {})) for name in columns}
        return {name: ((self.name,), column, about[name]) for name, column in columns.items()}


def described(name: str, units: str = "1", long_name: str = "", log: bool = False) -> dict[str, str]:
    """What a coordinate says of itself."""
    return {"units": units or "1", "long_name": long_name or name, "scale": "log" if log else "linear"}


def is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _column(values: tuple[Any, ...]) -> np.ndarray:
    """Numbers as they are; where there are words among them, all as words."""
    if all(is_number(value) for value in values):
        return np.array(values)
    return np.array([str(value) for value in values])
