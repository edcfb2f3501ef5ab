"""Random numbers: published vectors, exact uniforms, moments, independence of addresses, the same bits elsewhere.

Run as a script it prints a digest of the bits on fixed addresses, or, with `code`, the machine code of a loop over
lanes.

The statistical tests use fixed seeds. With a correct generator each assertion would fail for one seed in 10⁴.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numba
import numpy as np
import pytest
from mpmath import mp, mpf
from scipy import stats

from basin.engine import random
from basin.engine.compile import LANES, entry

WORD = np.uint64(2**32 - 1)


@entry
def _words(address, out):
    for l in range(address.shape[1]):
        out[0, l], out[1, l], out[2, l], out[3, l] = random.philox(
            address[0, l], address[1, l], address[2, l], address[3, l], address[4, l], address[5, l]
        )


@entry
def _numbers(words, out):
    for l in range(words.shape[1]):
        out[0, l] = random.uniform52(words[0, l], words[1, l])
        out[1, l] = random.uniform32(words[2, l])
        out[2, l], out[3, l] = random.normal_pair(words[0, l], words[1, l], words[2, l], words[3, l])


def words_at(address: np.ndarray) -> np.ndarray:
    """The four words (4, n) at addresses (6, n): run low and high, episode, slot, key low and high."""
    out = np.zeros((4, address.shape[1]), np.uint64)
    _words(np.ascontiguousarray(address, np.uint64), out)
    return out


def numbers_from(words: np.ndarray) -> np.ndarray:
    """(4, n): uniform52 of words 0 and 1, uniform32 of word 2, and the two normals of all four."""
    out = np.full((4, words.shape[1]), np.nan)
    _numbers(np.ascontiguousarray(words, np.uint64), out)
    return out


def addresses(n: int, *, seed: int = 7, **varying: np.ndarray) -> np.ndarray:
    """(6, n) addresses of one seed: all 0 but for the named ones."""
    result = np.zeros((6, n), np.uint64)
    result[4] = seed
    for name, value in varying.items():
        result[("run_low", "run_high", "episode", "slot", "key_low", "key_high").index(name)] = value
    return result


# ---- Philox --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # Random123's known answers for philox4x32-10: zeros, ones, and the digits of π
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_known_answers(counter, key, expected):
    address = np.array([[int(word, 16)] for word in f"{counter} {key}".split()], np.uint64)
    assert " ".join(f"{int(word):08x}" for word in words_at(address)[:, 0]) == expected


def test_every_part_of_the_address_counts():
    n = 64
    index = np.arange(n)
    draws = [words_at(addresses(n, **{name: index}))[0] for name in ("run_low", "run_high", "episode", "slot", "key_high")]
    assert len(np.unique(np.concatenate(draws))) == 1 + 5 * (n - 1)  # index 0 is the same address in all


# ---- Uniform numbers -----------------------------------------------------------------------------------------------


def test_uniforms_are_exact_and_never_0_or_1():
    rng = np.random.default_rng(3)
    words = rng.integers(0, 2**32, (4, 1000), dtype=np.uint64)
    words[:, 0], words[:, 1] = 0, WORD
    long, short, *_ = numbers_from(words)
    for a, b, c, u, v in zip(*words[:3].tolist(), long.tolist(), short.tolist(), strict=True):
        assert Fraction(u) == (Fraction((b << 32 | a) >> 12) + Fraction(1, 2)) / 2**52
        assert Fraction(v) == (Fraction(c) + Fraction(1, 2)) / 2**32
    assert (long[0], long[1]) == (2.0**-53, 1 - 2.0**-53)
    assert (short[0], short[1]) == (2.0**-33, 1 - 2.0**-33)


N = 200_000
FOUR = 4.0  # standard errors: 6 in 10⁵, two-sided


def test_uniforms_are_uniform():
    long, short, *_ = numbers_from(words_at(addresses(N, run_low=np.arange(N))))
    for sample in (long, short):
        assert abs(sample.mean() - 1 / 2) < FOUR * math.sqrt(1 / 12 / N)
        assert abs((sample**2).mean() - 1 / 3) < FOUR * math.sqrt(4 / 45 / N)
        assert stats.kstest(sample, "uniform").pvalue > 1e-4


# ---- Normal numbers ------------------------------------------------------------------------------------------------


def test_normal_pair_is_box_and_muller():
    words = words_at(addresses(300, episode=np.arange(300)))
    words[:, 0], words[:, 1] = 0, WORD
    out = numbers_from(words)
    with mp.workdps(40):
        for a, b, c, d, x, y in zip(*words.tolist(), *out[2:].tolist(), strict=True):
            u, v = ((mpf((high << 32 | low) >> 12) + 0.5) / 2**52 for low, high in ((a, b), (c, d)))
            radius = mp.sqrt(-2 * mp.log(u))
            for got, truth in ((x, radius * mp.cospi(2 * v)), (y, radius * mp.sinpi(2 * v))):
                assert abs(got - truth) <= 1e-14 * abs(truth)
    assert np.abs(out[2:]).max() < 8.58


@pytest.mark.parametrize("varying", ["run_low", "episode", "slot"])
def test_normals_are_normal_and_independent(varying):
    x, y = numbers_from(words_at(addresses(N, seed=11, **{varying: np.arange(N)})))[2:]
    for sample in (x, y):
        for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
            assert abs((sample**power).mean() - moment) < FOUR * math.sqrt(variance / N)
        assert stats.kstest(sample, "norm").pvalue > 1e-4
        for lag in (1, 2, 64):  # neighbours along this part of the address, and their squares
            assert abs((sample[lag:] * sample[:-lag]).mean()) < FOUR / math.sqrt(N - lag)
            assert abs(((sample[lag:] ** 2 - 1) * (sample[:-lag] ** 2 - 1)).mean()) < FOUR * 2 / math.sqrt(N - lag)
    assert abs((x * y).mean()) < FOUR / math.sqrt(N)
    assert abs(((x * x - 1) * (y * y - 1)).mean()) < FOUR * 2 / math.sqrt(N)


def test_seeds_give_unrelated_normals():
    run = np.arange(N)
    first, second = (numbers_from(words_at(addresses(N, seed=seed, run_low=run)))[2] for seed in (0, 1))
    assert abs((first * second).mean()) < FOUR / math.sqrt(N)


def test_slots_of_two_uses_never_meet():
    uses = [value for name, value in vars(random).items() if name.isupper() and isinstance(value, int)]
    uses.remove(random.SLOTS_PER_USE)
    assert len(uses) == len(set(uses)) > 0
    assert all(0 <= use < 2**32 // random.SLOTS_PER_USE for use in uses)


# ---- Bits and machine code -----------------------------------------------------------------------------------------


def digest() -> str:
    """Of the bits of words and numbers at fixed addresses."""
    n = 300
    words = words_at(np.random.default_rng(4).integers(0, 2**32, (6, n), dtype=np.uint64))
    return hashlib.sha256(words.tobytes() + numbers_from(words).tobytes()).hexdigest()


def run_as_script(*arguments: str, **environment: str) -> str:
    """What this file prints as a script, in a process of its own, where every warning is an error."""
    root = str(Path(random.__file__).parents[2])
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
    assert run_as_script(**environment) == digest()


def lane_loop(address, out):
    for l in range(LANES):
        w0, w1, w2, w3 = random.philox(
            address[0, l], address[1, l], address[2, l], address[3, l], address[4, l], address[5, l]
        )
        x, y = random.normal_pair(w0, w1, w2, w3)
        out[l] = x + y + random.uniform52(w0, w1) + random.uniform32(w2)


def machine_code() -> str:
    """Assembly of that loop, compiled anew: numba keeps no assembly of what it finds in its cache."""
    compiled = numba.njit(error_model="numpy")(lane_loop)
    compiled(np.zeros((6, LANES), np.uint64), np.empty(LANES))
    return "\n".join(compiled.inspect_asm().values())


def test_a_loop_over_lanes_is_simd_code_without_libm():
    code = run_as_script("code", NUMBA_DISABLE_JIT="0")
    assert len(re.findall(r"\bv?pmuludq\b", code)) >= 20
    assert len(re.findall(r"\bv?divpd\b", code)) >= 1
    assert not re.findall(r"\$(?:log|sin|cos)\b", code)


if __name__ == "__main__":
    print(machine_code() if sys.argv[1:] == ["code"] else digest())
