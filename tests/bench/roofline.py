"""How long an agent-episode would take if all this machine can do at most were used: operations and bytes, counted, at peaks,
measured.

Counted from the sources of `basin.engine`, for the scenario `value-learner` with K = 2 motives, as functions of d. Sums and
products count alike; comparisons, selections, bit tricks and conversions are not counted, so the bound is a little too low. No
product is fused with a sum: the results must be the same bits on every processor, so the peak is that without.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.stats import binom

from basin.engine import special
from basin.engine.compile import BATCH, LANES
from basin.engine.layout import zeros
from tests.bench import c_twin

NOTE = (
    "Operations and bytes of an agent-episode, counted; what each would take at this machine's peaks if all else were free; "
    "and the largest of those as a share of what the engine takes. Near: the first level of cache; far: the second, where the "
    "packed covariances of a block do not fit into the first. Products and sums are not fused, since bits must be the same "
    "everywhere."
)
NUMBER = 8  # bytes


@dataclass(frozen=True)
class Cost:
    """Operations per agent: sums and products, quotients, roots, Philox calls (four words); bytes moved from and to the first
    level of cache, and of those the bytes of whole covariances."""

    flops: float = 0.0
    divisions: float = 0.0
    roots: float = 0.0
    words: float = 0.0
    near: float = 0.0
    of_covariance: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __mul__(self, times: float) -> Cost:
        return Cost(*(getattr(self, each.name) * times for each in fields(self)))

    def far(self, d: int, first_level: float) -> float:
        """Bytes that come from the second level: those of covariances that do not fit into the first."""
        return self.of_covariance if NUMBER * LANES * d * (d + 1) / 2 > first_level else 0.0


# ---- Special functions, by basin/engine/special.py -----------------------------------------------------------------


def _polynomial(coefficients: tuple) -> int:
    return 2 * (len(coefficients) - 1)


EXP_TAIL = _polynomial(special.EXP_TAIL)
REDUCE = 7  # to n ln 2 + r
EXP = Cost(flops=REDUCE + EXP_TAIL + 4)
EXPM1 = Cost(flops=REDUCE + EXP_TAIL + 6)
LOG = Cost(flops=12 + _polynomial(special.LOG_TAIL), divisions=1)
SIN_COS = Cost(flops=11 + _polynomial(special.SIN_TAIL) + _polynomial(special.COS_TAIL))
DENSITY = Cost(flops=14 + REDUCE + EXP_TAIL)
EXCESS = Cost(flops=_polynomial(special.EXCESS_TOP) + _polynomial(special.EXCESS_BOTTOM), divisions=1)
HAZARD = EXCESS + Cost(flops=1)
CDF = DENSITY + HAZARD + Cost(flops=1, divisions=1)
PARTS = DENSITY + HAZARD + Cost(flops=1, divisions=2)
CURVATURE = EXCESS + Cost(flops=2)
QUANTILE = LOG + Cost(flops=6 + 2 * _polynomial(special.QUANTILE_TOP), divisions=1, roots=1)
NORMAL_PAIR = LOG + SIN_COS + Cost(flops=5, roots=1, words=1)

# ---- Vectors and matrices: each element is loaded, and what a pass changes is stored -------------------------------


def dots(count: int, d: int) -> Cost:
    """Inner products."""
    return Cost(flops=2 * count * d, near=NUMBER * 2 * count * d)


def sums(count: int, d: int) -> Cost:
    """Vectors that become themselves plus a multiple of another."""
    return Cost(flops=2 * count * d, near=NUMBER * 3 * count * d)


def normals(d: int) -> Cost:
    return NORMAL_PAIR * ((d + 1) // 2) + Cost(near=NUMBER * d)


def times_covariance(d: int) -> Cost:
    """Vx: every entry of the packed triangle beside the diagonal is used twice, the second time while it is near."""
    return Cost(flops=2 * d * d, near=NUMBER * 3 * d * d, of_covariance=NUMBER * d * (d + 1) / 2)


def learn_along(d: int) -> Cost:
    """m, V and the fall of tr V."""
    entries = d * (d + 1) / 2
    return sums(1, d) + Cost(flops=2 * entries + 3 * d, near=NUMBER * 3 * entries, of_covariance=NUMBER * 2 * entries)


# ---- An episode ----------------------------------------------------------------------------------------------------


def batched_share(rate: float) -> float:
    """How many agents of a block learn in batches, padding included, as a share: batches are whole."""
    met = np.arange(LANES + 1)
    return float(binom.pmf(met, LANES, rate) @ (BATCH * np.ceil(met / BATCH))) / LANES


def episode(d: int, rate: float) -> dict[str, Cost]:
    """What an agent-episode costs, by mechanism, where a comparison is met with this probability."""
    entries = d * (d + 1) / 2
    moved = NUMBER * (entries + 3 * d + 15)  # of an agent that joins a batch; V and m come back
    comparison = (
        normals(d) + times_covariance(d) + dots(5, d) + CDF + PARTS + CURVATURE + learn_along(d)
        + Cost(flops=30, divisions=3, roots=2, words=1)
    )  # fmt: skip
    in_batch = replace(comparison, of_covariance=0.0)  # a batch is a quarter of a block
    settle = dots(2, d) + Cost(flops=3 * d, roots=2, near=NUMBER * 2 * d)
    return {
        "plan, normals": normals(d),
        "plan, best of N": dots(1, d) + sums(1, d) + LOG + EXPM1 + QUANTILE + Cost(flops=6, divisions=1, words=1),
        "V φ": times_covariance(d),
        "gate": dots(5, d) + PARTS + Cost(flops=50, divisions=4, roots=1),
        "verdict and act": CDF + Cost(flops=25, divisions=1, roots=1),
        "its update of V": learn_along(d) + CURVATURE + Cost(flops=6, divisions=1),
        "comparisons": in_batch * batched_share(rate) + Cost(flops=2, words=1),
        "in and out of batches": Cost(
            near=2 * moved * batched_share(rate) + 2 * NUMBER * (entries + d) * rate,
            of_covariance=NUMBER * entries * (batched_share(rate) + rate),
        ),
        "motives": settle * 2 + dots(3, d) + EXP * 2 + Cost(flops=45 + d, divisions=8, roots=1, near=NUMBER * 2 * d),
        "judging": dots(2, d) + Cost(flops=20, divisions=2),
    }


# ---- Peaks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Peaks:
    """Per second: sums and products apart and fused, quotients, roots, Philox calls; bytes loaded from either level of cache,
    and changed there (each counted as loaded and stored). first_level: bytes."""

    flops: float
    fused: float
    divisions: float
    roots: float
    words: float
    near_load: float
    near_update: float
    far_load: float
    far_update: float
    first_level: float

    def described(self) -> Iterator[tuple[str, float]]:
        for name, what in (
            ("flops", "sums and products"), ("fused", "the same, fused"), ("divisions", "quotients"), ("roots", "roots"),
            ("words", "Philox calls, four words each"), ("near_load", "bytes loaded, first level of cache"),
            ("near_update", "bytes loaded and stored, first level"), ("far_load", "bytes loaded, second level"),
            ("far_update", "bytes loaded and stored, second level"),
        ):  # fmt: skip
            yield what, getattr(self, name) / 1e9

    def bound(self, cost: Cost, d: int) -> dict[str, float]:
        """Nanoseconds: of all computing, of the first level of cache, and of the second."""
        compute = cost.flops / self.flops + cost.divisions / self.divisions + cost.roots / self.roots + cost.words / self.words
        near, far = cost.near / max(self.near_load, self.near_update), cost.far(d, self.first_level)
        return {"compute": 1e9 * compute, "near": 1e9 * near, "far": 1e9 * far / max(self.far_load, self.far_update)}


def peaks(quick: bool = False) -> Peaks:
    """Measured here, each the best of several loops of some milliseconds."""
    wide = 8 if "+avx512f" in _features() else 4
    chains, turns = 12, 1 if quick else 15
    first_level = _first_level()
    apart, fused = _library("off"), _library("fast")

    def best(function: Callable[..., float], amount: float, times: int, *arguments: object) -> float:
        rates = []
        for _ in range(turns):
            begun = time.process_time_ns()
            function(ctypes.c_int64(times), *arguments)
            rates.append(amount * times / max(1, time.process_time_ns() - begun) * 1e9)
        return max(rates)

    def bandwidth(function: Callable[..., float], size: float, streams: int) -> float:
        count = int(size / NUMBER) // (wide * chains) * wide * chains
        numbers = zeros(count)
        pointer = numbers.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        times = max(1, (50_000 if quick else 20_000_000) // count)
        return best(function, streams * NUMBER * count, times, ctypes.c_int64(count), pointer)

    short, many = (1000, 1000) if quick else (1_000_000, 100_000)
    near, far = 0.5 * first_level, 8 * first_level
    return Peaks(
        flops=best(apart.product_and_sum, 2 * wide * chains, short),
        fused=best(fused.product_and_sum, 2 * wide * chains, short),
        divisions=best(apart.quotient, wide * chains, many),
        roots=best(apart.root, wide * chains, many),
        words=best(apart.words, LANES, many),
        near_load=bandwidth(apart.load, near, 1),
        near_update=bandwidth(apart.update, near, 2),
        far_load=bandwidth(apart.load, far, 1),
        far_update=bandwidth(apart.update, far, 2),
        first_level=first_level,
    )


def _features() -> str:
    from numba.core.codegen import get_host_cpu_features

    return get_host_cpu_features()


def _first_level() -> float:
    """Bytes of the first level of cache for data; 32 KiB where the system does not say."""
    try:
        return 1024 * float(Path("/sys/devices/system/cpu/cpu0/cache/index0/size").read_text().strip().removesuffix("K"))
    except (OSError, ValueError):
        return 32 * 1024


@lru_cache(maxsize=2)
def _library(contract: str) -> ctypes.CDLL:
    flags = [f"-ffp-contract={contract}" if flag.startswith("-ffp-contract") else flag for flag in c_twin.FLAGS]
    with tempfile.TemporaryDirectory(prefix="basin-peaks-") as directory:
        (Path(directory) / "engine.h").write_text(c_twin.header())
        built = Path(directory) / "peaks.so"
        call = ["gcc", *flags, f"-I{directory}", f"-I{c_twin.HERE}", str(c_twin.HERE / "peaks.c"), "-o", str(built), "-lm"]
        subprocess.run(call, check=True, timeout=120)
        library = ctypes.CDLL(str(built))
    for name in ("product_and_sum", "quotient", "root", "words", "load", "update"):
        getattr(library, name).restype = ctypes.c_double
    return library
