"""Other dynamics: textbook and rival systems with known answers, which every measure of a basin is tried on.

    system = load("pendulum")
    labels = mapper("pendulum", ["angle", "velocity"], {"torque": 0.5})(points, seed=1)

`basin/systems/system.py` says how to add one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module

from basin.systems.system import Coordinate, Parameter, Starts, System, SystemError, SystemMapper

__all__ = ["NAMES", "Coordinate", "Parameter", "Starts", "System", "SystemError", "SystemMapper", "load", "mapper"]

NAMES = (
    "newton",
    "henon",
    "weierstrass",
    "riddled",
    "double-well",
    "degroot",
    "friedkin-johnsen",
    "deffuant",
    "moran",
    "pendulum",
    "duffing",
    "magnetic-pendulum",
    "kuramoto-ring",
    "lorenz-butterfly",
    "fitzhugh-nagumo",
    "governability",
    "deference-flow",
    "lock-in",
)


def load(name: str) -> System:
    """The system of this name. Raises SystemError, with the nearest name, where there is none."""
    if name not in NAMES:
        close = get_close_matches(name, NAMES, 1, 0.0)
        raise SystemError(f"no system {name!r}; did you mean {close[0]}?")
    system: System = import_module(f"basin.systems.{name.replace('-', '_')}").SYSTEM
    return system


def mapper(
    system: System | str, paths: Sequence[str], changes: Mapping[str, float] | None = None, runs: int = 1
) -> SystemMapper:
    """A mapper over start coordinates and parameters of a system, by name, with some other parameters changed."""
    found = load(system) if isinstance(system, str) else system
    return SystemMapper(found, tuple(paths), runs, dict(changes or {}))
