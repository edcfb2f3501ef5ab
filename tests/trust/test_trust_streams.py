"""Random streams that are drawn from in turn do not know of each other: runs, episodes, uses; and dieharder finds no fault.

That the generator is Philox, and its numbers uniform and normal, is tested in tests/engine/test_random.py. Seeds are fixed;
with a correct generator each assertion would fail for one seed in 10⁴, except where another rate is stated.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from scipy import stats

from basin.engine import random
from basin.engine.compile import LANES
from tests.engine.test_random import numbers_from
from tests.trust import streams
from tests.trust.streams import BATTERY, QUICK, SLOTS, put_to, read_table, words

RARE = 1e-4


@pytest.fixture(scope="module")
def heard() -> dict[str, dict]:
    """What the engine draws from, listened to in plain Python."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "NUMBA_DISABLE_JIT": "1", "BASIN_LANES": "16"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.addresses"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """(episodes, slots, LANES, 4) words, as one block of runs draws them."""
    return np.stack(list(islice(words(11), 500)))


# ---- Addresses -----------------------------------------------------------------------------------------------------


def test_no_address_is_drawn_from_twice(heard):
    """One number serves one use: by one line of the code, in the episode that it belongs to."""
    for name, found in heard.items():
        assert found["count"] > 900 and not found["twice"] and not found["astray"], (
            name,
            found["twice"][:3],
            found["astray"][:3],
        )


def test_the_stream_is_drawn_from_the_slots_that_the_engine_draws_from(heard):
    assert set(SLOTS) == set(heard["everything"]["slots"]) | {random.CHOICE * random.SLOTS_PER_USE}
    assert random.CHOICE * random.SLOTS_PER_USE in heard["choices"]["slots"]


def test_together_they_draw_from_every_use(heard):
    """Those of the start apart: they have the episode 0."""
    seen = {slot // random.SLOTS_PER_USE for found in heard.values() for slot in found["slots"]}
    uses = {value for name, value in vars(random).items() if name.isupper() and isinstance(value, int)}
    starts = {value for name, value in vars(random).items() if name.startswith("START")}
    lots = {random.PLACES, random.MEMBERS, random.OVERSEEN, random.AUDIT_EXIT}
    assert uses - starts - lots - {random.SLOTS_PER_USE} == seen


# ---- Independence --------------------------------------------------------------------------------------------------


def correlated(streams: np.ndarray) -> tuple[float, float]:
    """p-values of all correlations between the columns of (n, streams) numbers: of their sum of squares, and the largest."""
    n, count = streams.shape
    unit = (streams - streams.mean(axis=0)) / streams.std(axis=0)
    r = (unit.T @ unit / n)[np.triu_indices(count, 1)]
    # r² of independent normal columns has mean 1/(n - 1) and variance 2 (n - 2)/((n - 1)² (n + 1)); of uniform ones, nearly
    spread = np.sqrt(len(r) * 2 * (n - 2) / ((n - 1) ** 2 * (n + 1)))
    total = 2 * stats.norm.sf(abs((r**2).sum() - len(r) / (n - 1)) / spread)
    largest = -np.expm1(len(r) * np.log1p(-2 * stats.norm.sf(np.abs(r).max() * np.sqrt(n))))
    return float(total), float(largest)


def uniform(words: np.ndarray) -> np.ndarray:
    return (words + 0.5) / 2**32


@pytest.mark.parametrize("power", [1, 2], ids=["themselves", "how far they are from the middle"])
def test_uses_are_uncorrelated(drawn, power):
    """Every word of every slot with every other, over runs and episodes: 25,878 pairs."""
    columns = uniform(drawn).transpose(0, 2, 1, 3).reshape(-1, len(SLOTS) * 4)
    assert min(correlated(np.abs(columns - 0.5) ** power if power == 2 else columns)) > RARE


@pytest.mark.parametrize("axis", ["runs", "episodes"])
def test_runs_and_episodes_are_uncorrelated(drawn, axis):
    """Each run with every other of its block; and episodes with those up to 63 later, over all slots."""
    numbers = uniform(drawn)
    columns = numbers.transpose(0, 1, 3, 2).reshape(-1, LANES)
    if axis == "episodes":
        columns = numbers[: len(numbers) // LANES * LANES].reshape(-1, LANES, len(SLOTS) * LANES * 4)
        columns = columns.transpose(0, 2, 1).reshape(-1, LANES)
    assert min(correlated(columns)) > RARE


@pytest.mark.parametrize("axis", ["run", "episode", "slot", "word"])
def test_neighbours_are_independent(drawn, axis):
    """A number and the next along one part of the address fall into 32 x 32 cells as often as chance says."""
    cells = np.moveaxis(drawn >> np.uint32(27), {"episode": 0, "slot": 1, "run": 2, "word": 3}[axis], 0)
    first, second = cells[:-1:2].reshape(-1), cells[1::2].reshape(-1)  # pairs that do not overlap
    counts = np.bincount(first.astype(np.int64) * 32 + second, minlength=1024)
    p = stats.chisquare(counts).pvalue
    assert RARE / 2 < p < 1 - RARE / 2


def test_bytes_of_the_interleaved_stream_are_uniform(drawn):
    for byte in range(4):
        counts = np.bincount(((drawn.reshape(-1) >> np.uint32(8 * byte)) & np.uint32(255)).astype(np.int64), minlength=256)
        assert RARE / 2 < stats.chisquare(counts).pvalue < 1 - RARE / 2


def test_normals_of_the_interleaved_stream_are_uniform_where_they_should_be(drawn):
    """Φ of the normals, in 1,000 cells of equal chance; and the largest is as large as among so many normals."""
    x = numbers_from(drawn.reshape(-1, 4).T)[2:].reshape(-1)
    counts = np.bincount((stats.norm.cdf(x) * 1000).astype(np.int64), minlength=1000)
    assert RARE / 2 < stats.chisquare(counts).pvalue < 1 - RARE / 2
    largest = np.exp(len(x) * stats.norm.logcdf(x.max()))
    assert RARE / 2 < largest < 1 - RARE / 2


def test_a_stream_that_another_follows_is_found_out(drawn):
    """What these tests would miss is small: one use in 200 that shares a tenth of another's numbers."""
    columns = uniform(drawn).transpose(0, 2, 1, 3).reshape(-1, len(SLOTS) * 4)
    columns[::10, 5] = columns[::10, 150]
    assert min(correlated(columns)) < RARE


# ---- dieharder -----------------------------------------------------------------------------------------------------

TABLE = """
#=============================================================================#
        test_name   |ntup| tsamples |psamples|  p-value |Assessment
#=============================================================================#
   diehard_birthdays|   0|       100|     100|0.31928311|  PASSED
          sts_serial|  16|    100000|     100|0.99912345|   WEAK
         sts_monobit|   1|    100000|     100|0.00000000|  FAILED
"""


def test_tables_are_read():
    assert [verdict.assessment for verdict in read_table(TABLE)] == ["PASSED", "WEAK", "FAILED"]
    assert read_table(TABLE)[1] == ("sts_serial", 16, 0.99912345, "WEAK")


needs_dieharder = pytest.mark.skipif(shutil.which("dieharder") is None, reason="needs dieharder: apt-get install dieharder")


@pytest.mark.slow
@needs_dieharder
@pytest.mark.parametrize("test", QUICK)
def test_dieharder_finds_no_fault(test):
    """A perfect generator would fail for one seed in 500,000 per p-value."""
    assert [verdict for verdict in put_to(test, words(test)) if verdict.assessment == "FAILED"] == []


@pytest.mark.slow
@needs_dieharder
def test_dieharder_finds_a_fault():
    """The lowest bit of one word in four is stuck."""

    def faulty():
        for some in words(0):
            some[..., 0] |= np.uint32(1)
            yield some

    assert put_to(100, faulty())[0].assessment == "FAILED"


def test_the_battery_is_of_tests_called_good():
    assert set(QUICK) <= set(BATTERY) and not {5, 6, 7, 14} & set(BATTERY)
    assert streams.EPISODES >= 500
