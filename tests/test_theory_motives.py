"""Motives that compete, and the flow of deference."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from basin import theory


def random_games(rng, games, motives, features):
    """Strengths, cosines and norms of random directions."""
    directions = rng.standard_normal((games, motives, features))
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    norms = np.ones((games, motives))
    norms[:, 0] = rng.uniform(0.2, 3, games)
    return rng.uniform(0.02, 0.2, (games, motives)), directions @ np.swapaxes(directions, -1, -2), norms


@pytest.mark.parametrize(
    ("overlap", "strength", "expected"), [(-0.5, 1, 0.4444), (0, 1, 0.3333), (0, 2, 0.2), (0.25, 1, 2 / 9)]
)
def test_separatrix_of_two_motives(overlap, strength, expected):
    assert theory.separatrix(0.1, 0.05, overlap, strength) == pytest.approx(expected, abs=5e-5)


def test_placebo_puts_the_edge_at_half():
    assert theory.separatrix(0.1, 0.1, np.linspace(-0.9, 0.9, 7)) == pytest.approx(np.full(7, 0.5))


def test_regimes_of_the_separatrix():
    assert theory.sufficient_overlap(0.1, 0.05) == 0.5
    assert theory.separatrix(0.1, 0.05, [0.5, 0.9]).tolist() == [0, 0]  # close enough: every start
    assert theory.separatrix(0.04, 0.05, [0.8, 0.9]).tolist() == [1, 1]  # guarding too strong: none
    assert theory.separatrix(0, 0.05, [-0.5, 0]) == pytest.approx([2 / 3, 1])
    assert theory.separatrix(0, 0, 0.3) == 1  # nothing moves
    assert theory.sufficient_overlap(0, 0.05) == np.inf
    inside = theory.separatrix(0.1, 0.05, np.linspace(-0.9, 0.49, 40))
    assert np.all(np.diff(inside) < 0)
    assert theory.separatrix([0.1, 0.2], [[0.05], [0.06]], 0).shape == (2, 2)


@pytest.mark.parametrize(("overlap", "strength"), [(-0.5, 1), (0, 1), (0, 2), (0.3, 0.5)])
def test_separatrix_parts_the_exponentiated_steps(overlap, strength):
    reflection, guarding = 0.1, 0.05
    edge = theory.separatrix(reflection, guarding, overlap, strength)
    own = np.array([overlap, np.sqrt(1 - overlap**2)])
    for start, end in ((edge + 0.002, 1), (edge - 0.002, 0)):
        care = start
        for _ in range(3000):
            direction = care * strength * np.array([1.0, 0.0]) + (1 - care) * own
            direction /= np.linalg.norm(direction)
            odds = care / (1 - care) * np.exp(reflection * direction[0] - guarding * direction @ own)
            care = min(odds / (1 + odds), 1 - 1e-12)
        assert care == pytest.approx(end, abs=1e-3)


def test_the_separatrix_is_where_the_replicator_stands_still():
    overlap, strengths, norms = 0.3, [0.1, 0.05], [1.5, 1.0]
    cosines = [[1, overlap], [overlap, 1]]
    care = theory.separatrix(0.1, 0.05, overlap, 1.5)
    assert theory.reflection_flow([care, 1 - care], strengths, cosines, norms) == pytest.approx(0, abs=1e-16)
    force = theory.payoffs(strengths, cosines, norms) @ [care, 1 - care]
    assert force[0] == pytest.approx(force[1], rel=1e-12)


def test_reflection_flow_is_the_replicator_over_the_length_of_u():
    rng = np.random.default_rng(2)
    strengths, cosines, norms = (part[0] for part in random_games(rng, 1, 4, 6))
    shares = rng.dirichlet(np.ones(4))
    fitness = theory.payoffs(strengths, cosines, norms) @ shares
    weight = shares * norms
    expected = shares * (fitness - shares @ fitness) / np.sqrt(weight @ cosines @ weight)
    assert theory.reflection_flow(shares, strengths, cosines, norms) == pytest.approx(expected, rel=1e-12)
    opposed = theory.reflection_flow([0.5, 0.5], [0.1, 0.1], [[1, -1], [-1, 1]], [1, 1])
    assert opposed.tolist() == [0, 0]  # u = 0


def test_corners_of_three_motives():
    cosines = np.array([[1, 0.6, 0.1], [0.6, 1, 0.2], [0.1, 0.2, 1]])
    # care 0.05 < 0.1 · 0.6: invaded by the first own motive
    assert theory.attracting_corners([0.05, 0.1, 0.03], cosines).tolist() == [False, True, True]
    assert theory.attracting_corners([0.1, 0.1, 0.1], cosines).tolist() == [True, True, True]
    assert theory.attracting_corners([0.1, 0.1, 0.0], cosines).tolist() == [True, True, False]
    assert theory.attracting_corners([[0.1, 0.1, 0.0]] * 5, cosines).shape == (5, 3)


@pytest.mark.parametrize("motives", [2, 3, 5])
def test_corner_rule_agrees_with_the_flow_beside_the_corner(motives):
    strengths, cosines, norms = random_games(np.random.default_rng(motives), 200, motives, motives + 1)
    rule = theory.attracting_corners(strengths, cosines)
    for corner in range(motives):
        returns = np.ones(200, dtype=bool)
        for other in set(range(motives)) - {corner}:
            shares = np.zeros((200, motives))
            shares[:, corner], shares[:, other] = 1 - 1e-7, 1e-7
            returns &= theory.reflection_flow(shares, strengths, cosines, norms)[:, other] < 0
        assert np.array_equal(returns, rule[:, corner])


def test_reflection_never_cycles_in_two_thousand_random_games():
    rng = np.random.default_rng(3)
    games, motives, step = 2000, 4, 1.0
    strengths, cosines, norms = random_games(rng, games, motives, 4)
    shares = rng.dirichlet(np.ones(motives), games)

    def flow(at):
        return theory.reflection_flow(at / at.sum(axis=-1, keepdims=True), strengths, cosines, norms)

    height = theory.potential(shares, strengths, cosines, norms)
    for _ in range(1500):
        first = flow(shares)
        shares = shares + step * flow(np.maximum(shares + step / 2 * first, 0))  # midpoint rule
        shares = np.maximum(shares, 0) / np.maximum(shares, 0).sum(axis=-1, keepdims=True)
        higher = theory.potential(shares, strengths, cosines, norms)
        assert np.all(higher >= height * (1 - 1e-12))
        height = higher
    ended = shares.max(axis=-1) > 0.99
    assert ended.mean() > 0.95  # the rest are close to a tie and slow
    # all but a few that a near-tie still holds ended in an attracting corner, whose potential is its own strength
    winner = shares.argmax(axis=-1)
    attracts = np.take_along_axis(theory.attracting_corners(strengths, cosines), winner[:, None], -1)[:, 0]
    assert attracts[ended].mean() > 0.995
    corner = np.eye(motives)[winner]
    reached = np.take_along_axis(strengths, winner[:, None], -1)[:, 0]
    assert theory.potential(corner, strengths, cosines, norms) == pytest.approx(reached)


def test_a_potential_that_is_not_the_games_own_does_fall():
    """The test above could fail: the length of u alone is no potential when strengths differ."""
    rng = np.random.default_rng(4)
    strengths, cosines, norms = random_games(rng, 2000, 4, 4)
    shares = rng.dirichlet(np.ones(4), 2000)
    after = shares + theory.reflection_flow(shares, strengths, cosines, norms)
    equal = np.ones_like(strengths)
    assert np.any(theory.potential(after, equal, cosines, norms) < theory.potential(shares, equal, cosines, norms))
    assert np.all(theory.potential(after, strengths, cosines, norms) > theory.potential(shares, strengths, cosines, norms))


def test_logit_temperature_bound():
    bound = theory.logit_temperature_bound(0.1, 0.05, 0.2)
    assert bound == pytest.approx(0.09 / np.log(19))
    odds = np.exp(np.array([0.1, 0.05 * 0.2]) / bound)
    assert odds[0] / odds.sum() == pytest.approx(0.95)
    assert theory.logit_temperature_bound(0.1, 0.05, [-1, 0, 1], 0.01).shape == (3,)
    assert theory.logit_temperature_bound(0.01, 0.05, 0.5) == 0


@pytest.mark.parametrize(("above", "aligns"), [(0.97, True), (1.001, False)])
def test_logit_rule_aligns_only_below_the_bound(above, aligns):
    overlap, care = 0.2, 0.999
    temperature = above * theory.logit_temperature_bound(0.1, 0.05, overlap)
    own = np.array([overlap, np.sqrt(1 - overlap**2)])
    for _ in range(2000):
        direction = np.array([care, 0.0]) + (1 - care) * own
        direction /= np.linalg.norm(direction)
        odds = np.exp((0.1 * direction[0] - 0.05 * direction @ own) / temperature)
        care = 0.9 * care + 0.1 * odds / (1 + odds)
    assert (care >= 0.95) == aligns


def test_deference_numbers():
    variance, inflow = theory.deference_saddle_node(1, 1, 1, 0.2)
    assert variance == pytest.approx(0.27255, abs=6e-6)
    assert inflow == pytest.approx(0.07429, abs=6e-6)
    assert theory.deference_boundary(1, 1, variance) == pytest.approx(1 / 1.2, rel=1e-12)


@pytest.mark.parametrize(("mu", "goal", "variance"), [(1, 1, 0.3), (0, 2, 1), (0.5, 0.1, 4), (3, 1, 0.05)])
def test_deference_boundary_weighs_the_loss_that_asking_spares(mu, goal, variance):
    sigma = np.sqrt(variance)
    lost = quad(lambda u: -u * norm.pdf(u, mu, sigma), mu - 40 * sigma, 0, points=[-sigma], epsabs=0)[0]
    loss = lost / norm.cdf(-mu / sigma)
    assert theory.deference_boundary(mu, goal, variance) == pytest.approx(goal / (goal + loss), rel=1e-8)


def test_deference_has_two_stable_ends_only_above_the_saddle_node():
    critical, _ = theory.deference_saddle_node(1, 1, 1, 0.2)
    boundary, cooperation = theory.deference_fixed_points(1, 1, critical * np.array([0.99, 1.01, 4]), 1, 0.2)
    assert np.isnan(boundary[0]) and np.isnan(cooperation[0])
    assert np.all(boundary[1:] < cooperation[1:])
    assert cooperation[1:] == pytest.approx(1 / 1.2)
    assert boundary[2] < boundary[1]  # uncertainty widens the basin of cooperation
    scaled, inflow = theory.deference_saddle_node(2, 2, 1, 0.2, [1, 3])
    assert scaled == pytest.approx(4 * critical)  # utility units
    assert inflow[0] == pytest.approx(9 * inflow[1])


@pytest.mark.parametrize("stages", [2, 3, 7, 40])
def test_stages_meet_at_the_saddle_node(stages):
    ratio = theory.stages_saddle_node(stages)
    assert ratio == pytest.approx((stages - 1.0) ** (stages - 1) / float(stages) ** stages, rel=1e-12)
    boundary, stable = theory.stages_fixed_points(stages, 1, ratio * 0.9)
    for point in (boundary, stable):
        assert point**stages * (1 - point) == pytest.approx(0.9 * ratio * point, rel=1e-9)
    assert 0 < boundary < (stages - 1) / stages < stable < 1
    assert np.isnan(theory.stages_fixed_points(stages, 1, ratio * 1.001)).all()
    near = theory.stages_fixed_points(stages, 1, ratio * (1 - 1e-10))
    assert near[1] - near[0] < 1e-4


def test_one_stage_has_no_interior_boundary():
    assert theory.stages_saddle_node(1) == 1
    boundary, stable = theory.stages_fixed_points(1, 2, [0.5, 1.9])
    assert boundary.tolist() == [0, 0]
    assert stable == pytest.approx([0.75, 0.05])
    assert np.all(np.diff(theory.stages_saddle_node(np.arange(1, 30))) < 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.separatrix(0.1, 0.05, 1.5), "overlap = 1.5: must be between -1 and 1"),
        (lambda: theory.separatrix(-0.1, 0.05, 0), "reflection = -0.1"),
        (lambda: theory.separatrix(0.1, 0.05, 0, 0), "strength = 0: must be finite and above 0"),
        (lambda: theory.attracting_corners([0.1, 0.1], np.eye(3)), r"must be \(..., K\) and \(..., K, K\)"),
        (lambda: theory.attracting_corners([0.1, 0.1], [[1, 0.5], [0.4, 1]]), "cosines: must be symmetric"),
        (lambda: theory.attracting_corners([0.1, 0.1], [[0.9, 0.5], [0.5, 1]]), "the diagonal must be 1"),
        (lambda: theory.payoffs([0.1, 0.1], np.eye(2), [1, 1, 1]), r"norms \(3,\): must be"),
        (lambda: theory.reflection_flow([0.5, 0.6], [1, 1], np.eye(2), 1), "shares: must sum to 1"),
        (lambda: theory.potential([0.5, 0.5], [1, 0], np.eye(2), 1), "strengths = 0: must be finite and above 0"),
        (lambda: theory.logit_temperature_bound(0.1, 0.05, 0, 0.5), "cares = 0.5: must be above 0 and below 0.5"),
        (lambda: theory.deference_boundary(-1, 1, 1), "mu = -1"),
        (lambda: theory.deference_saddle_node(1, 1, 1, 0), "decay = 0: must be finite and above 0"),
        (lambda: theory.stages_saddle_node(0), "stages = 0: must be finite and at least 1"),
    ],
)
def test_bad_input_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
