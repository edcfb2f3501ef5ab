"""Special functions against mpmath over their whole range, at their limits, and bit for bit on other targets.

Run as a script it prints the digests of every function's bits on fixed points, or, with `code`, the machine code of a
loop over lanes.
"""

from __future__ import annotations

import hashlib
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from mpmath import mp, mpf

from basin.engine import special
from basin.engine.compile import LANES, entry

INPUTS = ("exponent", "nonpositive", "positive", "turn", "real", "probability")
FUNCTIONS = {  # name -> input
    "exp": "exponent",
    "expm1": "nonpositive",
    "log": "positive",
    "sin": "turn",
    "cos": "turn",
    "normal_density": "real",
    "mills_ratio": "positive",
    "normal_cdf": "real",
    "inverse_mills": "real",
    "probit_curvature": "real",
    "parts_density": "real",
    "parts_lower": "real",
    "parts_upper": "real",
    "parts_r_plus": "real",
    "parts_r_minus": "real",
    "normal_quantile": "probability",
}
NAMES = tuple(FUNCTIONS)


@entry
def _fill(x, out):
    for l in range(x.shape[1]):
        out[0, l] = special.exp(x[0, l])
        out[1, l] = special.expm1(x[1, l])
        out[2, l] = special.log(x[2, l])
        out[3, l], out[4, l] = special.sin_cos_turns(x[3, l])
        out[5, l] = special.normal_density(x[4, l])
        out[6, l] = special.mills_ratio(x[2, l])
        out[7, l] = special.normal_cdf(x[4, l])
        r = special.inverse_mills(x[4, l])
        out[8, l] = r
        out[9, l] = special.probit_curvature(x[4, l], r)
        out[10, l], out[11, l], out[12, l], out[13, l], out[14, l] = special.normal_parts(x[4, l])
        out[15, l] = special.normal_quantile(x[5, l])


def table(inputs: np.ndarray) -> np.ndarray:
    """Every function (rows as NAMES) at points (len(INPUTS), n) of its kind of input."""
    out = np.full((len(NAMES), inputs.shape[1]), np.nan)
    _fill(inputs, out)
    return out


def values(name: str, points: list[float]) -> np.ndarray:
    """One function at some points."""
    inputs = np.full((len(INPUTS), len(points)), 0.5)
    inputs[INPUTS.index("nonpositive")] = -0.5
    inputs[INPUTS.index(FUNCTIONS[name])] = points
    return table(inputs)[NAMES.index(name)]


def draw(n: int) -> np.ndarray:
    """(len(INPUTS), 4 n) points: over each range, near its special points, and far out in it."""
    rng = np.random.default_rng(20)
    even = (np.arange(n) + 0.5) / n  # a dense grid beside the random points

    def tiny(lowest: float, highest: float = 0.0) -> np.ndarray:
        return 10.0 ** rng.uniform(lowest, highest, n)

    sign = rng.choice([-1.0, 1.0], n)
    turns = np.concatenate([even, rng.uniform(0, 1, n), tiny(-18, -1), rng.integers(1, 4, n) / 4 + sign * tiny(-17, -1)])
    chances = np.concatenate([even, tiny(-300), 1.0 - tiny(-15.9, -1), 0.5 + 0.5 * sign * tiny(-16)])
    return np.array(
        [
            np.concatenate([-708.39 + 1418.17 * even, rng.uniform(-708, 709, n), sign * tiny(-20), rng.uniform(-2, 2, n)]),
            -np.concatenate([3.0 * even, tiny(-300, 2.8), tiny(-10), 60.0 * even]),
            np.concatenate([tiny(-307.6, 308), 3.0 * even, 1.0 + sign * tiny(-15.9, -0.5), 60.0 * even]),
            turns,
            np.concatenate([-38.0 + 76.0 * even, rng.normal(size=n), sign * tiny(-300, 300), rng.uniform(-9, 9, n)]),
            chances,
        ]
    )


# ---- The truth, from mpmath ----------------------------------------------------------------------------------------


def density(z: mpf) -> mpf:
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) if abs(z) < 60 else mpf(0)


def cdf(z: mpf) -> mpf:
    return mp.erfc(-z / mp.sqrt(2)) / 2 if abs(z) < 60 else mpf(int(z > 0))


def excess(x: mpf) -> mpf:
    """ϕ(x)/Φ(−x) − x; far out by Laplace's continued fraction, of which few terms are left when x is huge."""
    if x < 20:
        return density(x) / cdf(-x) - x
    value = mpf(0)
    for k in range(100 if x < 1e3 else 5, 0, -1):
        value = k / (x + value)
    return value


def inverse_mills(z: mpf) -> mpf:
    return -z + excess(-z) if z < 0 else density(z) / cdf(z)


def curvature(z: mpf) -> mpf:
    return inverse_mills(z) * (excess(-z) if z < 0 else z + inverse_mills(z))


def quantile(p: mpf) -> mpf:
    """Newton's method on log Φ, which is concave: from the left of the root it converges without fail."""
    if p > 0.5:
        return -quantile(1 - p)
    z = -mp.sqrt(-2 * mp.log(p))
    for _ in range(12):
        z -= mp.log(cdf(z) / p) * cdf(z) / density(z)
    return z


TRUTH = {
    "exp": mp.exp,
    "expm1": mp.expm1,
    "log": mp.log,
    "sin": lambda u: mp.sinpi(2 * u),
    "cos": lambda u: mp.cospi(2 * u),
    "normal_density": density,
    "mills_ratio": lambda x: 1 / (x + excess(x)),
    "normal_cdf": cdf,
    "inverse_mills": inverse_mills,
    "probit_curvature": curvature,
    "parts_density": density,
    "parts_lower": cdf,
    "parts_upper": lambda z: cdf(-z),
    "parts_r_plus": inverse_mills,
    "parts_r_minus": lambda z: inverse_mills(-z),
    "normal_quantile": quantile,
}
N = 250
SUBNORMAL = 1e-322  # absolute error allowed on top, where results have no digits left


@pytest.mark.parametrize("name", NAMES)
def test_relative_error_against_mpmath(name):
    inputs = draw(N)
    points = inputs[INPUTS.index(FUNCTIONS[name])]
    got = table(inputs)[NAMES.index(name)]
    with mp.workdps(50):
        for x, value in zip(points.tolist(), got.tolist(), strict=True):
            truth = TRUTH[name](mpf(x))
            assert abs(mpf(value) - truth) <= 1e-14 * abs(truth) + SUBNORMAL, (x, value)


def test_coefficients_are_those_of_the_fit():
    fit = runpy.run_path(str(Path(__file__).with_name("fit_special.py")))["fit"]()
    assert set(fit) == {name for name in dir(special) if re.fullmatch(r"(\w+_TAIL|EXCESS_\w+)", name)}
    for name, coefficients in fit.items():
        assert getattr(special, name) == coefficients, name


# ---- Limits --------------------------------------------------------------------------------------------------------

INF = np.inf
ROOT = float(np.sqrt(2 / np.pi))
LIMITS = [
    ("exp", [0.0, -1e30, -INF, -709.0, 709.79, 1e30, INF], [1.0, 0.0, 0.0, 0.0, INF, INF, INF]),
    ("expm1", [0.0, -1e-300, -50.0, -1e30, -INF], [0.0, -1e-300, -1.0, -1.0, -1.0]),
    ("log", [1.0, 2.0**-1022, 2.0**1023], [0.0, -1022 * np.log(2.0), 1023 * np.log(2.0)]),
    ("sin", [0.0, 0.125, 0.25, 0.5, 0.75], [0.0, 0.5**0.5, 1.0, 0.0, -1.0]),
    ("cos", [0.0, 0.125, 0.25, 0.5, 0.75], [1.0, 0.5**0.5, 0.0, -1.0, 0.0]),
    ("normal_density", [0.0, 38.7, -1e300, INF, -INF], [ROOT / 2, 0.0, 0.0, 0.0, 0.0]),
    ("mills_ratio", [0.0, 1e8, 1e300, INF], [1 / ROOT, 1e-8, 1e-300, 0.0]),
    ("normal_cdf", [-INF, -1e300, -38.7, 0.0, 9.0, 1e300, INF], [0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0]),
    ("inverse_mills", [-1e300, -1e8, 0.0, 39.0, 1e300, INF], [1e300, 1e8, ROOT, 0.0, 0.0, 0.0]),
    ("inverse_mills", [-40.0], [40.0249688472072]),
    ("probit_curvature", [-INF, -1e300, -1e8, 0.0, 39.0, 1e300, INF], [1.0, 1.0, 1.0, ROOT**2, 0.0, 0.0, 0.0]),
    ("parts_r_minus", [-INF, -1e300, 0.0, 1e300, INF], [0.0, 0.0, ROOT, 1e300, INF]),
    ("normal_quantile", [0.5, 2.0**-53, 1 - 2.0**-53], [0.0, -8.209536151601387, 8.209536151601387]),
    ("normal_quantile", [0.0, 1.0], [-37.5193793471445, 37.5193793471445]),
]


@pytest.mark.parametrize(("name", "points", "expected"), LIMITS)
def test_limits(name, points, expected):
    np.testing.assert_allclose(values(name, points), expected, rtol=1e-14, atol=0)


def test_nothing_is_nan_and_only_what_must_be_infinite_is():
    inputs = draw(2000)
    inputs[INPUTS.index("real"), :4] = [-INF, INF, -1e308, 1e308]
    out = table(inputs)
    infinite = dict(zip(NAMES, np.isinf(out).sum(axis=1).tolist(), strict=True))
    assert not np.isnan(out).any()
    assert {name: count for name, count in infinite.items() if count} == {
        "inverse_mills": 1,
        "parts_r_plus": 1,
        "parts_r_minus": 1,
    }


def test_parts_agree_with_the_single_functions():
    rows = dict(zip(NAMES, table(draw(2000)), strict=True))
    for part, single in [
        ("parts_density", "normal_density"),
        ("parts_lower", "normal_cdf"),
        ("parts_r_plus", "inverse_mills"),
    ]:
        np.testing.assert_array_equal(rows[part], rows[single])
    np.testing.assert_allclose(rows["parts_lower"] + rows["parts_upper"], 1.0, rtol=2.3e-16)


@pytest.mark.parametrize(
    ("name", "low", "high", "direction"),
    [
        ("exp", -700, 700, 1),
        ("expm1", -40, 0, 1),
        ("log", 1e-3, 1e3, 1),
        ("mills_ratio", 0, 1e3, -1),
        ("normal_cdf", -37.5, 9, 1),
        ("inverse_mills", -1e3, 37.5, -1),
        ("probit_curvature", -1e3, 37.5, -1),
        ("normal_quantile", 1e-9, 1 - 1e-9, 1),
    ],
)
def test_monotone_up_to_rounding(name, low, high, direction):
    got = values(name, np.linspace(low, high, 20001).tolist())
    slack = 4e-15 * np.abs(got[1:])
    assert np.all(direction * np.diff(got) >= -slack)
    assert direction * (got[-1] - got[0]) > 0


# ---- Bits and machine code -----------------------------------------------------------------------------------------


def digests() -> str:
    """A line for each function: its name and a digest of its bits on fixed points."""
    lines = [f"{name} {hashlib.sha256(row.tobytes()).hexdigest()}" for name, row in zip(NAMES, table(draw(80)), strict=True)]
    return "\n".join(lines)


def run_as_script(*arguments: str, **environment: str) -> str:
    """What this file prints as a script, in a process of its own, where every warning is an error."""
    root = str(Path(special.__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-W", "error", __file__, *arguments],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize(
    "environment",
    [{"NUMBA_DISABLE_JIT": "1"}, {"NUMBA_DISABLE_JIT": "0", "NUMBA_CPU_NAME": "generic"}],
    ids=["plain Python", "generic processor"],
)
def test_same_bits_elsewhere(environment):
    assert run_as_script(**environment).splitlines() == digests().splitlines()


def all_functions(x, out):
    """Everything in one loop: LLVM vectorises a loop as a whole or not at all."""
    for l in range(LANES):
        sine, cosine = special.sin_cos_turns(x[l])
        r = special.inverse_mills(x[l])
        density, lower, upper, r_plus, r_minus = special.normal_parts(sine)
        parts = density + lower + upper + r_plus + r_minus
        more = special.exp(x[l]) + special.expm1(x[l]) + special.log(x[l]) + special.normal_quantile(x[l])
        normal = special.normal_cdf(cosine) + special.mills_ratio(x[l]) + special.probit_curvature(x[l], r)
        out[l] = parts + more + normal + r


def machine_code() -> str:
    """Assembly of that loop, compiled anew: numba keeps no assembly of what it finds in its cache."""
    compiled = numba.njit(error_model="numpy")(all_functions)
    compiled(np.full(LANES, 0.5), np.empty(LANES))
    return "\n".join(compiled.inspect_asm().values())


def test_a_loop_over_lanes_is_simd_code_without_libm():
    code = run_as_script("code", NUMBA_DISABLE_JIT="0")
    assert len(re.findall(r"\bv?divpd\b", code)) >= 10
    assert len(re.findall(r"\bv?mulpd\b", code)) >= 100
    assert not re.findall(r"\$(?:exp|expm1|log|pow|sin|cos|erfc?|floor|rint)\b", code)


if __name__ == "__main__":
    print(machine_code() if sys.argv[1:] == ["code"] else digests())
