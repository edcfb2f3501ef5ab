"""Lock-in: its labels are those of everyone's observations and beliefs, kept one by one."""

from __future__ import annotations

import json

import numpy as np
import pytest

import basin
from basin.systems import SystemError, load, mapper
from basin.systems.lock_in import late_weight

NOWHERE = np.zeros((1, 0))


def beliefs(agents: int, in_people: float, in_ai: float, steps: int) -> np.ndarray:
    """(agents, agents·steps) the weight of each one's observation at each step in what each believes in the end.

    The whole matrix of trust, and means that are pooled by precision, as one would write it down.
    """
    trust = np.zeros((agents, agents))
    trust[0, 1:], trust[1:, 0] = in_people, in_ai
    precision, mean = np.zeros(agents), np.zeros((agents, agents, steps))
    for t in range(1, steps + 1):
        private = np.zeros((agents, agents, steps))
        private[np.arange(agents), np.arange(agents), :t] = 1 / t
        pooled = t + trust @ precision
        mean = (t * private + np.einsum("ij,j,jks->iks", trust, precision, mean)) / pooled[:, None, None]
        precision = pooled
    return mean.reshape(agents, -1)


@pytest.mark.parametrize(("agents", "in_people", "in_ai", "steps"), [
    (2, 1.0, 1.0, 10), (4, 0.2, 1.5, 21), (6, 0.0, 3.0, 12), (3, 2.0, 0.1, 30), (10, 0.2, 1.0, 40), (5, 10.0, 10.0, 11),
])  # fmt: skip
def test_weights_are_those_of_observations_kept_one_by_one(agents, in_people, in_ai, steps):
    weights = beliefs(agents, in_people, in_ai, steps)
    assert weights.sum(axis=1) == pytest.approx(np.ones(agents))
    late = weights.mean(axis=0).reshape(agents, steps)[:, steps // 2 :].sum()
    assert late_weight(np.array([[agents, in_people, in_ai, steps]])) == pytest.approx([late], rel=1e-12)
    label = mapper("lock-in", [], {"agents": agents, "trust_in_people": in_people, "trust_in_ai": in_ai, "steps": steps})
    assert label(NOWHERE, 0).label[0, 0] == (0 if late >= 0.25 else 1)


def test_the_weight_of_the_last_half_is_a_half_a_quarter_or_none():
    """Below, at and above a spectral radius of 1, for many steps."""
    trust = np.array([0.5, 1.0, 2.0]) / (9 * 0.2)
    parameters = np.array([[10, 0.2, each, 100_000] for each in trust])
    assert late_weight(parameters) == pytest.approx([0.5, 0.25, 0], abs=1e-4)


def test_a_group_below_keeps_learning_and_one_above_does_not():
    """From drawn observations: the error goes on falling, or all believe what they did early on."""
    observed = np.random.default_rng(3).standard_normal((400, 10, 120))

    def end(in_ai: float, steps: int) -> np.ndarray:
        return observed[:, :, :steps].reshape(400, -1) @ beliefs(10, 0.2, in_ai, steps).T

    early, late = (np.sqrt((end(0.2, steps) ** 2).mean()) for steps in (30, 120))
    assert late < 0.6 * early < 0.1
    assert end(2.0, 120) == pytest.approx(end(2.0, 40), abs=1e-8)
    assert np.sqrt((end(2.0, 120) ** 2).mean()) > 0.3


def test_two_frozen_beliefs_are_swapped_for_ever():
    observed = np.random.default_rng(4).standard_normal((10, 61))
    even, odd = (beliefs(10, 0.2, 2.0, steps) @ observed[:, :steps].ravel() for steps in (60, 61))
    assert even[1:] == pytest.approx(np.full(9, odd[0]), abs=1e-6) and odd[1:] == pytest.approx(np.full(9, even[0]), abs=1e-6)
    assert abs(even[0] - odd[0]) > 0.01


def test_nothing_overflows():
    extreme = np.array([[1000, 10, 10, 100_000], [1000, 0, 10, 100_000], [2, 10, 0, 10], [2, 0, 0, 10]], dtype=float)
    weight = late_weight(extreme)
    assert np.isfinite(weight).all() and weight[0] == 0.0 and weight[3] == 0.5
    assert weight[1] == pytest.approx(0.5, abs=1e-4)


def test_rows_do_not_know_one_another_and_nothing_is_drawn():
    trust = np.linspace(0, 1.2, 50)[:, None]
    labels = mapper("lock-in", ["trust_in_ai"], runs=3)(trust, 1)
    assert (labels.label == labels.label[:, :1]).all() and (labels.time == 400).all()
    assert (np.diff(labels.label[:, 0]) >= 0).all() and set(labels.label[:, 0].tolist()) == {0, 1}
    alone = mapper("lock-in", ["trust_in_ai"])(trust[::-7], 2)
    np.testing.assert_array_equal(alone.label[:, 0], labels.label[::-7, 0])
    assert not load("lock-in").stochastic


def test_any_parameter_can_be_an_axis():
    points = np.array([[5.0, 0.1, 50.0], [100.0, 0.1, 60.0], [100.0, 0.0, 61.0]])
    labels = mapper("lock-in", ["agents", "trust_in_people", "steps"])(points)
    assert labels.label[:, 0].tolist() == [0, 1, 0] and labels.time[:, 0].tolist() == [50, 60, 61]


def test_what_is_said_about_it():
    found = basin.system("lock-in", 5)
    assert json.loads(found.attrs["extras"])["spectral_radius"] == pytest.approx(np.sqrt(9 * 0.2))
    assert json.loads(found.attrs["extras"])["late_weight"] < 1e-20
    assert found["fraction"].values.tolist()[:2] == [0.0, 1.0] and found.attrs["target"] == "truth"
    found = basin.system("lock-in", 5, {"trust_in_ai": 0.3})
    assert json.loads(found.attrs["extras"])["late_weight"] == pytest.approx(0.5, abs=0.01)
    assert found["fraction"].values.tolist()[:2] == [1.0, 0.0]


def test_bad_values_get_one_line():
    with pytest.raises(SystemError, match=r"^lock-in: steps = 5: must be a whole number from 10 to 100000$"):
        mapper("lock-in", [], {"steps": 5})
