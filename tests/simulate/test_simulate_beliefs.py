"""Final beliefs are those of the runs that `simulate` makes."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from basin.scenario import Scenario
from basin.simulate import Cancelled, SimulationError, simulate
from basin.simulate.beliefs import OpenBlock, final_beliefs
from basin.simulate.tables import tabulate

SHORT = Scenario().with_({"outcome.horizon": 60, "outcome.dwell": 1, "humans.bias": 0.3, "evidence.comparisons": 1.0})


def knows(beliefs):
    """cos(m, θ), (cells, runs)."""
    return (beliefs.mean * beliefs.values).sum(axis=2) / np.linalg.norm(beliefs.mean, axis=2)


def test_the_same_runs_as_simulate():
    beliefs = final_beliefs(SHORT, 150, seed=4)
    assert beliefs.mean.shape == beliefs.values.shape == beliefs.bias.shape == (1, 150, 8)
    assert knows(beliefs)[0] == pytest.approx(simulate(SHORT, 150, seed=4).columns["knows"], abs=1e-14)


def test_covariances_are_symmetric_and_have_shrunk():
    covariance = final_beliefs(SHORT, 70).covariance[0]
    assert np.array_equal(covariance, covariance.transpose(0, 2, 1))
    eigenvalues = np.linalg.eigvalsh(covariance)
    assert eigenvalues.min() > 0 and eigenvalues.max() < SHORT.belief.spread**2 / 8 * (1 + 1e-12)


def test_directions_are_unit_and_the_bias_is_across():
    beliefs = final_beliefs(SHORT, 5)
    assert np.linalg.norm(beliefs.values, axis=2) == pytest.approx(1)
    assert np.linalg.norm(beliefs.bias, axis=2) == pytest.approx(1)
    assert (beliefs.values * beliefs.bias).sum(axis=2) == pytest.approx(np.zeros((1, 5)), abs=1e-14)


def test_cells_are_numbered_like_those_of_a_map():
    """Run r of cell c is run c·runs + r: with equal cells, two cells of 40 runs are the 80 runs of one."""
    one = final_beliefs(SHORT, 80, seed=9)
    two = final_beliefs(SHORT, 40, seed=9, varied={"belief.knowledge": [0.7, 0.7]})
    assert two.mean.shape == (2, 40, 8)
    assert np.array_equal(two.mean.reshape(80, 8), one.mean[0])
    apart = final_beliefs(SHORT, 40, seed=9, varied={"belief.knowledge": [0.7, -0.7]})
    assert np.array_equal(apart.mean[0], one.mean[0, :40]) and knows(apart)[1].mean() < knows(apart)[0].mean()


def test_the_same_bits_on_any_number_of_threads():
    one, two = (final_beliefs(SHORT, 300, seed=1, threads=threads) for threads in (1, 2))
    assert one.mean.tobytes() == two.mean.tobytes() and one.covariance.tobytes() == two.covariance.tobytes()


def test_long_runs_are_the_same_in_slices():
    """A horizon beyond one slice of the loop."""
    long = SHORT.with_({"outcome.horizon": 2500})
    assert knows(final_beliefs(long, 3))[0] == pytest.approx(simulate(long, 3).columns["knows"], abs=1e-13)


def test_a_lock_in_does_not_stop_learning():
    dangerous = SHORT.with_({"world.hazard": 10.0, "world.tolerance": 0.0})
    assert np.array_equal(final_beliefs(dangerous, 20).mean, final_beliefs(SHORT.with_({"world.tolerance": 0.0}), 20).mean)


def test_an_open_block_goes_step_by_step():
    (tables,) = tabulate(SHORT)
    runs = np.arange(10)
    held = OpenBlock(tables.without_exits(), np.zeros_like(runs), runs, 4)
    start = held.block.m[:, :10].copy()
    for _ in range(60):
        held.go(1)
    assert not np.array_equal(held.block.m[:, :10], start)
    assert np.array_equal(held.block.m[:, :10].T, final_beliefs(SHORT, 10, seed=4).mean[0])


def test_progress_counts_agent_episodes():
    seen: list[tuple[int, int]] = []
    final_beliefs(SHORT, 130, progress=lambda *at: seen.append(at))
    assert seen[-1] == (130 * 60, 130 * 60) and all(done <= total for done, total in seen)


def test_cancel():
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        final_beliefs(SHORT, 10, cancel=stop)


@pytest.mark.parametrize(
    ("runs", "varied", "message"),
    [
        (0, None, "runs = 0"),
        (2, {"outcome.horizon": [50, 60]}, "values.features, outcome.horizon: must be the same"),
        (2, {"values.features": [4, 8]}, "values.features, outcome.horizon: must be the same"),
        (500_000_000, None, "runs = 500000000: at most"),
    ],
)
def test_bad_input_gets_one_line(runs, varied, message):
    with pytest.raises(SimulationError) as error:
        final_beliefs(SHORT, runs, varied=varied)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
