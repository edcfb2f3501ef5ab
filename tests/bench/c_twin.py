"""Builds the C twin of the engine and calls it.

The twin reads the engine's own constants and positions of columns from a header that is written here, so the two cannot
drift apart in those. Only gcc is needed.
"""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basin import labels
from basin.engine import compile, evidence, gate, layout, outcome, random, special
from basin.simulate.tables import Tables
from tests.bench.mechanisms import refuse_absent

HERE = Path(__file__).parent
# Vectors as wide as the engine's where the processor has them; of itself gcc prefers narrower ones, which took a fifth longer.
WIDE = ("-mprefer-vector-width=512",) if platform.machine() in ("x86_64", "AMD64") else ()
FLAGS = ("-O3", "-march=native", *WIDE, "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-shared", "-fPIC")
LANES, MOST_FEATURES, MOST_MOTIVES = 64, 64, 8


def available() -> bool:
    """Whether there is a compiler to build the twin with."""
    return shutil.which("gcc") is not None


def has(tables: Tables) -> bool:
    """Whether the twin has all mechanisms that these tables use."""
    try:
        refuse_absent(tables)
    except ValueError:
        return False
    return True


def simulate(tables: Tables, runs_per_cell: int, seed: int) -> NDArray[np.float64]:
    """Records of every run of every cell, (runs, RECORD), in the order of `basin.simulate.execute.execute`, on one thread.

    Raises ValueError for tables that use mechanisms that the twin does not have.
    """
    refuse_absent(tables)
    rules = tables.rules
    if rules.features > MOST_FEATURES or rules.motives > MOST_MOTIVES:
        raise ValueError(f"the C twin has room for {MOST_FEATURES} features and {MOST_MOTIVES} motives")
    cells = np.repeat(np.arange(len(tables.cells)), runs_per_cell)
    numbers = tables.cells[cells] * runs_per_cell + np.tile(np.arange(runs_per_cell), len(tables.cells))
    runs = np.ascontiguousarray(np.stack([cells, numbers], axis=1), dtype=np.int64)
    table, own = np.ascontiguousarray(tables.parameters), np.ascontiguousarray(tables.own)
    records = np.full((len(runs), len(layout.RECORD)), np.nan)
    _library().twin(
        rules.features, rules.motives, rules.behaves_only, _numbers(table), _numbers(own), own.shape[1],
        runs.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)), ctypes.c_int64(len(runs)),
        ctypes.c_uint32(seed & 0xFFFFFFFF), ctypes.c_uint32(seed >> 32), _numbers(records),
    )  # fmt: skip
    return records


def _numbers(array: NDArray[np.float64]) -> ctypes._Pointer:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    """The twin, built anew for this process."""
    with tempfile.TemporaryDirectory(prefix="basin-twin-") as directory:
        (Path(directory) / "engine.h").write_text(header())
        built = Path(directory) / "twin.so"
        subprocess.run(
            ["gcc", *FLAGS, f"-I{directory}", f"-I{HERE}", str(HERE / "twin.c"), "-o", str(built), "-lm"],
            check=True,
            timeout=120,
        )
        return ctypes.CDLL(str(built))


def header() -> str:
    """What the twin shares with the engine, as C: constants (exactly, in hexadecimal), rows, columns and slots."""
    lines = ["/* Written by c_twin.py from the engine's sources. */"]

    def define(name: str, value: object) -> None:
        lines.append(f"#define {name} {value}")

    def enumerate_names(names: tuple[str, ...], last: str) -> None:
        lines.append("enum { " + ", ".join([*names, last]) + " };")

    enumerate_names(tuple(name.upper() for name in layout.PARAMETERS), "PARAMETERS")
    enumerate_names(tuple("R_" + name.upper() for name in layout.RECORD), "RECORD")
    enumerate_names(tuple(name.upper() for name in layout.OWN_PARAMETERS), "OWN_FIELDS")
    for name, code in labels.OUTCOMES.items():
        define(name.upper(), f"({code})")
    for name in ("PLAN", "SEARCH", "ARRIVALS", "COMPARISON", "START_VALUES", "START_ERROR", "START_OWN"):
        define("SLOT_" + name, getattr(random, name) * random.SLOTS_PER_USE)
    for name, size in (
        ("W", LANES),
        ("BATCH", compile.BATCH),
        ("MOST_FEATURES", MOST_FEATURES),
        ("MOST_MOTIVES", MOST_MOTIVES),
    ):
        define(name, size)
    define("ANSWERS", evidence.ANSWERS)
    for name in ("MULTIPLIER_0", "MULTIPLIER_1", "WEYL_0", "WEYL_1"):
        define(name, f"UINT64_C({int(getattr(random, name))})")
    for name in ("CLOSED_EPISODES", "CLOSED_SHARE", "ROUNDING"):
        define(name, float(getattr(outcome, name)).hex())
    define("LEAST_NOISE", gate.LEAST_NOISE.hex())
    define("ROOT_HALF", float(special.BITS_ROOT_HALF.view(np.float64)).hex())
    for name in ("LOG2_E", "LN2_HIGH", "LN2_LOW", "EXP_LOW", "EXP_HIGH", "SMALLEST", "DENSITY_END", "DENSITY_SCALE", "FAR",
                 "TWO_PI", "ROUND", "ROUND_FINE"):  # fmt: skip
        define(name, float(getattr(special, name)).hex())
    for name in ("EXP_TAIL", "LOG_TAIL", "SIN_TAIL", "COS_TAIL", "EXCESS_TOP", "EXCESS_BOTTOM"):
        values = ", ".join(float(value).hex() for value in getattr(special, name))
        lines.append(f"static const double {name}[] = {{{values}}};")
    for name in ("QUANTILE_TOP", "QUANTILE_BOTTOM"):
        rows = ", ".join("{" + ", ".join(float(value).hex() for value in row) + "}" for row in getattr(special, name))
        lines.append(f"static const double {name}[][3] = {{{rows}}};")
    return "\n".join(lines) + "\n"
