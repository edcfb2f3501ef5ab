"""What pooling the judgements of people who differ gives, and how far labels lock a character."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from basin import theory

TWO = np.array([[1.0, 0.0], [0.0, 3.0]])


def degrees(direction):
    return np.degrees(np.arctan2(direction[1], direction[0]))


def test_two_people_of_unequal_intensity():
    """The published setting: 47.8°, while their mean is at 71.6°."""
    assert degrees(theory.pooled_direction(TWO, 0.5)) == pytest.approx(47.8, abs=0.05)
    assert degrees(TWO.mean(axis=0)) == pytest.approx(71.6, abs=0.05)
    assert degrees(theory.pooled_direction(TWO, 0.0)) == pytest.approx(45)
    assert degrees(theory.pooled_direction(TWO, 1e6)) == pytest.approx(degrees(TWO.mean(axis=0)), abs=1e-6)


def test_the_order_that_a_borda_count_gives():
    people, weights = np.array([[3, 2, 0], [0, 0.4, 9]]), [0.7, 0.3]
    for pooled in (theory.pooled_direction(people, 0.5, weights), theory.pooled_limit(people, 0.5, weights)):
        assert pooled[0] > pooled[1] > pooled[2]
    mean = weights @ people
    assert mean[2] > mean[0] > mean[1]


def test_weights_are_numbers_of_people():
    crowd = np.array(7 * [[3.0, 2, 0]] + 3 * [[0, 0.4, 9]])
    few = theory.pooled_limit(crowd[[0, 7]], 0.5, [7, 3])
    assert theory.pooled_limit(crowd, 0.5) == pytest.approx(few, rel=1e-6)


def test_one_person_is_learned_exactly():
    person = np.array([[0.3, -1.2, 0.5]])
    assert theory.pooled_limit(person, 0.4) == pytest.approx(person[0], rel=1e-4)
    assert theory.pooled_limit(person, 0.4, assumed_noise=0.8) == pytest.approx(2 * person[0], rel=1e-4)


def test_the_limit_against_a_sum_over_the_plane():
    """The probit fit's score, summed over a grid of x with the answers' true chances, is 0 where `pooled_limit` says."""
    axis = np.linspace(-7, 7, 401)
    x = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    measure = stats.norm.pdf(x).prod(axis=1) * (axis[1] - axis[0]) ** 2
    yes = special.ndtr(x @ TWO.T / 0.5).mean(axis=1)

    def score(m):
        fit = x @ m / 0.5
        surprise = yes * np.exp(-special.log_ndtr(fit)) - (1 - yes) * np.exp(-special.log_ndtr(-fit))
        return (measure * stats.norm.pdf(fit) * surprise) @ x

    limit = theory.pooled_limit(TWO, 0.5)
    assert score(limit) == pytest.approx([0, 0], abs=1e-4)
    assert (np.abs(score(1.1 * limit)) > 5e-3).all()


def test_people_who_differ_evenly_are_one_person_with_more_noise():
    """θ_h ~ N(θ, σ² I): the law of answers is Φ(θ·x/√(τ² + σ²‖x‖²)), whose direction is θ."""
    theta = np.array([1.0, 0.5])
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    crowd = theta + 0.6 * np.array([[a, b] for a in nodes for b in nodes])
    pooled = theory.pooled_limit(crowd, 0.5, np.outer(weights, weights).ravel())
    assert pooled / np.linalg.norm(pooled) == pytest.approx(theta / np.linalg.norm(theta), abs=5e-4)


def test_labels_lock_as_far_as_they_inform():
    assert theory.lock_by_tags([0, 0.5, 1], 1.0).tolist() == [0, 0.5, 1]
    assert theory.lock_by_tags(1.0, [0.5, 0.25, 0.95]) == pytest.approx([0, 0, 0.9])
    with pytest.raises(ValueError, match="reliability"):
        theory.lock_by_tags(0.5, 1.5)


@pytest.mark.parametrize("arguments", [([1, 2], 0.5), (TWO, -1), (TWO, 0.5, [1]), (TWO, 0.5, [0, 0]), ([[np.nan, 1]], 0.5)])
def test_bad_input_gets_one_line(arguments):
    with pytest.raises(ValueError) as error:
        theory.pooled_direction(*arguments)
    assert "\n" not in str(error.value)
