"""Many agents: every closed form against another way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.stats import beta as beta_law

from basin import theory

MOST_SIGMAS = 3.5

# ---- Police --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("c", "s", "k"), [(1.0, 0.2, 0.05), (2.0, 0.0, 0.1), (0.5, 0.1, 0.0), (3.0, 1.0, 0.3)])
def test_thresholds_are_where_the_flow_rests(c, s, k):
    lower, upper = theory.policed_thresholds(c, s, k)

    def gain(x):
        return (1 - x) * (c * x - s) - k

    middle = (c + s) / (2 * c)
    assert lower == pytest.approx(brentq(gain, s / c - 1e-9, middle, xtol=1e-15), rel=1e-9, abs=1e-12)
    assert upper == pytest.approx(brentq(gain, middle, 1 + 1e-9, xtol=1e-15), rel=1e-9)
    assert theory.police_flow([lower, upper, 0.0], c, s, k) == pytest.approx([0, 0, 0], abs=1e-12)


def test_thresholds_part_what_lasts_from_what_is_lost():
    lower, upper = theory.policed_thresholds(1.0, 0.2, 0.05)
    for start, end in ((lower - 0.01, 0.0), (lower + 0.01, upper), (1.0, upper)):
        path = solve_ivp(lambda _, x: theory.police_flow(np.clip(x, 0, 1), 1.0, 0.2, 0.05), (0, 500), [start], rtol=1e-8)
        assert path.y[0, -1] == pytest.approx(end, abs=1e-4)


def test_no_thresholds():
    # c <= s; c = 0; (c − s)² just below and just above 4ck; squares large enough, but of a negative difference
    c, s, k = np.array([[1, 1, 0], [0, 0, 0], [1, 0.2, 0.1601], [1, 0.2, 0.1599], [1, 9, 0.1]]).T
    lower, upper = theory.policed_thresholds(c, s, k)
    assert np.isnan(lower).tolist() == [True, True, True, False, True]
    np.testing.assert_array_equal(np.isnan(lower), np.isnan(upper))
    assert lower[3] < 0.6 < upper[3]
    assert theory.policed_thresholds(1.0, 0.0, 0.0) == (0.0, 1.0)


# ---- Imitation -----------------------------------------------------------------------------------------------------


def test_fermi_probability():
    difference = np.array([-3.0, -0.1, 0, 0.5, 2])
    assert theory.fermi_probability(difference, 0.7) == pytest.approx(1 / (1 + np.exp(-difference / 0.7)), rel=1e-14)
    with np.errstate(all="raise", under="ignore"):
        huge = theory.fermi_probability([-1e300, -1e4, 0, 1e4, 1e300], [[1e-300], [1.0]])
    assert huge.tolist() == 2 * [[0, 0, 0.5, 1, 1]]
    assert theory.fermi_probability(1.0, 1e9) == pytest.approx(0.5)


def absorbed(up, down) -> np.ndarray:
    """(N + 1,) chances of a walk to end at N and not at 0, from its chances to go up and down at 1, …, N − 1."""
    agents = len(up) + 1
    chain = np.zeros((agents + 1, agents + 1))
    for i in range(1, agents):
        chain[i, i + 1], chain[i, i - 1], chain[i, i] = up[i - 1], down[i - 1], 1 - up[i - 1] - down[i - 1]
    inner = slice(1, agents)
    found = np.linalg.solve(np.eye(agents - 1) - chain[inner, inner], chain[inner, agents])
    return np.concatenate([[0.0], found, [1.0]])


@pytest.mark.parametrize(("agents", "fitness"), [(2, 1.5), (12, 1.1), (30, 0.8), (7, 1.0)])
def test_fixation_is_the_moran_chains(agents, fitness):
    i = np.arange(1, agents)
    births = fitness * i / (fitness * i + agents - i)
    found = absorbed(births * (agents - i) / agents, (1 - births) * i / agents)
    assert theory.fixation_probability(np.arange(agents + 1), agents, fitness) == pytest.approx(found, rel=1e-10)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 30.0])
def test_pairwise_fixation_is_the_imitation_chains(temperature):
    agents = 15
    i = np.arange(1, agents)
    differences = np.random.default_rng(5).normal(0.1, 0.5, agents - 1)  # no pattern at all
    copied = theory.fermi_probability(differences, temperature)
    meet = i * (agents - i) / agents**2
    found = absorbed(meet * copied, meet * (1 - copied))
    start = np.arange(agents + 1)
    assert theory.pairwise_fixation(differences, temperature, start) == pytest.approx(found, rel=1e-9)
    assert theory.pairwise_fixation(differences, temperature) == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize(("difference", "agents"), [(0.3, 50), (-0.3, 50), (0.0, 9), (1e-13, 1000), (2.0, 5000), (-0.2, 2000)])
def test_a_constant_difference_is_a_ratio(difference, agents):
    ratio = math.exp(difference / 2)
    expected = theory.fixation_probability([1, 3, agents - 1], agents, ratio)
    found = theory.pairwise_fixation(np.full(agents - 1, difference), 2.0, [1, 3, agents - 1])
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_fixation_is_exact_where_floats_are_not():
    from mpmath import mp, mpf

    with mp.workdps(60):
        for ratio in (1 + 1e-15, 1 - 1e-12, 0.999, 1.5, 1e-3):
            for start, agents in ((1, 10**6), (7, 1000), (999, 1000), (10**6 - 1, 10**6)):
                exact = (1 - mpf(ratio) ** -start) / (1 - mpf(ratio) ** -agents)
                found = theory.fixation_probability(start, agents, ratio)
                assert found == pytest.approx(float(exact), rel=1e-9, abs=1e-300), (ratio, start, agents)
    with np.errstate(all="raise", under="ignore"):
        assert theory.fixation_probability([0, 1, 10**9], 10**9, [[2.0], [0.5], [1.0]]) == pytest.approx(
            np.array([[0, 0.5, 1], [0, 0, 1], [0, 1e-9, 1]]), abs=1e-12
        )


# ---- Drift ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alpha", "beta", "detected"), [(0.2, 1.0, 0.9), (0.01, 1.0, 0.99), (1.0, 3.0, 0.5), (4.0, 0.3, 0.8)])
def test_drift_solves_the_renewal_equation(alpha, beta, detected):
    t = np.arange(3001)
    lasts = np.array([math.exp(math.lgamma(beta + n) + math.lgamma(alpha + beta) - math.lgamma(beta)
                               - math.lgamma(alpha + beta + n)) for n in t])  # fmt: skip
    whole = quad(lambda p: (1 - p) ** 7 * beta_law.pdf(p, alpha, beta), 0, 1, limit=500)[0]
    assert lasts[7] == pytest.approx(whole, rel=1e-6)
    share = lfilter([1.0], np.append(1.0, detected * np.diff(lasts)), lasts)
    assert theory.detected_drift_share(t, alpha, beta, detected) == pytest.approx(share, abs=1e-11)


def test_drift_is_what_agents_do():
    """40,000 agents one by one."""
    chance = np.random.default_rng(11)
    agents, when = 40_000, (1, 5, 20, 100, 300)
    p, aligned = chance.beta(0.2, 1.0, agents), np.ones(agents, dtype=bool)
    expected = theory.detected_drift_share(when)
    for t in range(1, when[-1] + 1):
        drifts = aligned & (chance.random(agents) < p)
        found = drifts & (chance.random(agents) < 0.9)
        aligned &= ~drifts | found
        p[found] = chance.beta(0.2, 1.0, int(found.sum()))
        if t in when:
            known = expected[when.index(t)]
            z = (aligned.mean() - known) / math.sqrt(known * (1 - known) / agents)
            assert abs(z) < MOST_SIGMAS, (t, z)


def test_drift_at_the_ends():
    assert theory.detected_drift_share([0, 10, 20_000], detected=1.0) == pytest.approx([1, 1, 1], abs=1e-12)
    # with a uniform p and nothing found, S(t) = 1/(t + 1)
    t = np.array([[0, 1], [99, 20_000]])
    assert theory.detected_drift_share(t, 1.0, 1.0, 0.0) == pytest.approx(1 / (t + 1), abs=1e-14)
    assert theory.detected_drift_share(3) <= 1 and theory.detected_drift_share([]).shape == (0,)
    late = theory.detected_drift_share([10**5, 10**6], 3.0, 1.0, 0.5)  # S(t)/(1 − d) in the long run
    assert late == pytest.approx(6.0 / np.array([1e15, 1e18]) / 0.5, abs=1e-11)


def test_drift_numbers():
    """Falls by more in each factor of ten: .076, .101, .120."""
    assert theory.detected_drift_share([10, 100, 1000, 10_000]) == pytest.approx(
        [0.9378667568, 0.8622907926, 0.7617775503, 0.6417720820], abs=1e-9
    )


# ---- Averaging -----------------------------------------------------------------------------------------------------


def network(agents: int, seed: int) -> np.ndarray:
    matrix = np.random.default_rng(seed).exponential(size=(agents, agents)) ** 3
    return matrix / matrix.sum(axis=1, keepdims=True)


def test_consensus_is_where_averaging_goes():
    matrix = network(8, 1)
    start = np.random.default_rng(2).random((3, 8))
    last = start @ np.linalg.matrix_power(matrix, 2000).T
    assert theory.degroot_consensus(matrix, start) == pytest.approx(last[:, 0], abs=1e-12)
    assert last == pytest.approx(np.repeat(last[:, :1], 8, axis=1), abs=1e-12)
    assert theory.degroot_consensus(matrix, start[0]) == pytest.approx(last[0, 0], abs=1e-12)


def test_rate_is_how_fast():
    matrix = (network(6, 3) + network(6, 3).T) / 2
    matrix += np.diag(2 - matrix.sum(axis=1))
    matrix /= 2  # symmetric: the second eigenvalue is real, and differences shrink evenly
    assert (matrix >= 0).all()
    apart = np.random.default_rng(4).random(6)
    for _ in range(400):
        apart = matrix @ (apart - apart.mean())
        apart /= np.linalg.norm(apart)
    assert theory.degroot_rate(matrix) == pytest.approx(np.linalg.norm(matrix @ apart), rel=1e-6)
    assert theory.degroot_rate([[1.0]]) == 0.0 and theory.degroot_consensus([[1.0]], [3.0]) == 3.0


def test_some_hear_a_leader_who_hears_nobody():
    matrix = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0, 0.9, 0.1]])
    assert theory.degroot_consensus(matrix, [7.0, 1, 2]) == pytest.approx(7)
    assert theory.degroot_rate(matrix) == pytest.approx(0.5)


@pytest.mark.parametrize("matrix", [np.eye(2), [[0, 1], [1, 0]], [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]]])
def test_no_consensus(matrix):
    assert theory.degroot_rate(matrix) == pytest.approx(1)
    with pytest.raises(ValueError, match="matrix: leads to no consensus"):
        theory.degroot_consensus(matrix, np.ones(len(matrix)))


@pytest.mark.parametrize("susceptibility", [0.0, 0.7, [0.9, 1.0, 0.3, 0.0, 0.95], [1.0, 1.0, 1.0, 1.0, 0.5]])
def test_stubborn_people_settle(susceptibility):
    matrix = network(5, 6)
    start = np.random.default_rng(7).random((4, 5))
    opinion = start.copy()
    for _ in range(20_000):
        opinion = np.array(susceptibility) * (opinion @ matrix.T) + (1 - np.array(susceptibility)) * start
    assert theory.stubborn_equilibrium(matrix, susceptibility, start) == pytest.approx(opinion, abs=1e-10)
    assert theory.stubborn_equilibrium(matrix, susceptibility, start[1]) == pytest.approx(opinion[1], abs=1e-10)


def test_zealots_on_a_line():
    """A fair walk: opinions lie evenly between the two ends."""
    line = np.zeros((11, 11))
    for i in range(1, 10):
        line[i, i - 1] = line[i, i + 1] = 0.5
    line[0, 0] = line[10, 10] = 1.0
    ends = np.arange(11) % 10 == 0
    assert theory.zealot_equilibrium(line, ends, [0.0, 1.0]) == pytest.approx(np.linspace(0, 1, 11))
    assert theory.zealot_equilibrium(line, ends, 4.0) == pytest.approx(np.full(11, 4.0))
    assert theory.zealot_equilibrium(line, np.full(11, True), np.arange(11)) == pytest.approx(np.arange(11))


def test_zealots_win_by_how_they_are_heard():
    matrix, held = network(9, 8), np.arange(9) >= 6
    values = np.array([1.0, -1.0, 0.5])
    others = ~held
    inverse = np.linalg.inv(np.eye(6) - matrix[np.ix_(others, others)])
    found = theory.zealot_equilibrium(matrix, held, values)
    assert found[others] == pytest.approx(inverse @ matrix[np.ix_(others, held)] @ values, rel=1e-10)
    assert found[held].tolist() == values.tolist()
    opinion = np.zeros(9)
    for _ in range(5000):
        opinion = np.where(held, found, matrix @ opinion)
    assert found == pytest.approx(opinion, abs=1e-10)


# ---- Echoes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "testimony"), [(1.0, 0.0), (0.3, 0.7), (0.5, 4.0), (2.0, 0.1), (0.0, 1.0), (0.0, 0.0)])
def test_echo_error_is_its_product(evidence, testimony):
    product = [1.0]
    for s in range(1, 41):
        heard = evidence + testimony
        product.append(product[-1] * (3.0 + (s - 1) * heard + testimony) / (3.0 + s * heard))
    found = theory.echo_error(-2.0, 3.0, evidence, testimony, np.arange(41))
    assert found == pytest.approx(-2 * np.array(product), rel=1e-11)


def test_echoes_are_evidence_that_leans():
    t = np.linspace(0, 1, 6)
    for episodes in (1, 30, 10**9):
        leaning = theory.self_confirming_error(1.5, 4.0, t, episodes)
        assert theory.echo_error(1.5, 4.0, 1 - t, t, episodes) == pytest.approx(leaning, rel=1e-12)


def test_echo_error_is_what_learners_do():
    """Populations of 20 Gaussian learners, each of whom hears the world and three others; they take all for evidence."""
    chance = np.random.default_rng(12)
    crowds, agents, evidence, testimony, prior, truth = 500, 20, 0.5, 1.5, 2.0, 1.0
    belief, items = np.zeros((crowds, agents)), prior
    for _ in range(15):
        world = truth + chance.standard_normal(belief.shape) / math.sqrt(evidence)
        told = np.zeros_like(belief)
        for apart in (1, 2, 5):  # on a ring, so that everyone is heard alike
            noise = chance.standard_normal(belief.shape) / math.sqrt(testimony / 3)
            told += (np.roll(belief, apart, axis=1) + noise) / 3
        belief = (items * belief + evidence * world + testimony * told) / (items + evidence + testimony)
        items += evidence + testimony
    error = (truth - belief).mean(axis=1)
    expected = theory.echo_error(1.0, prior, evidence, testimony, 15)
    assert abs(error.mean() - expected) / (error.std(ddof=1) / math.sqrt(crowds)) < MOST_SIGMAS
    alone = theory.echo_error(1.0, prior, evidence, 0.0, 15)
    assert expected > 2 * alone  # talk slows learning down


def test_spectral_radius_of_a_star():
    for agents, ai, humans in ((2, 1.0, 1.0), (10, 1.0, 0.2), (5, 0.3, 0.0), (40, 2.5, 0.01)):
        trust = np.zeros((agents, agents))
        trust[0, 1:], trust[1:, 0] = humans, ai
        radius = abs(np.linalg.eigvals(trust)).max()
        assert theory.lock_in_spectral(agents, ai, humans) == pytest.approx(radius, abs=1e-9)
    assert theory.lock_in_spectral([2, 5], 1.0, 1.0).tolist() == [1.0, 2.0]


# ---- Bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "arguments", "message"),
    [
        ("policed_thresholds", (-1, 0, 0), "c = -1: must be finite and at least 0"),
        ("policed_thresholds", (1, 0, np.nan), "k = nan: must be finite and at least 0"),
        ("policed_thresholds", ([1, 2], [0, 0, 0], 0), "shapes do not fit together: c (2,), s (3,), k ()"),
        ("police_flow", (1.1, 1, 0, 0), "x = 1.1: must be between 0 and 1"),
        ("fermi_probability", (1, 0), "temperature = 0: must be finite and above 0"),
        ("fixation_probability", (3, 2, 1.5), "start = 3: must be at most agents = 2"),
        ("fixation_probability", (1.5, 2, 1.5), "start = 1.5: must be a whole number"),
        ("fixation_probability", (1, 0, 1.5), "agents = 0: must be finite and at least 1"),
        ("fixation_probability", (1, 2, 0), "ratio = 0: must be finite and above 0"),
        ("pairwise_fixation", ([], 1), "differences (0,): must be one row, for 1 to N − 1 mutants"),
        ("pairwise_fixation", ([[1.0]], 1), "differences (1, 1): must be one row, for 1 to N − 1 mutants"),
        ("pairwise_fixation", ([1.0], 1, 3), "start = 3: must be between 0 and 2"),
        ("pairwise_fixation", ([1.0], -1), "temperature = -1: must be finite and above 0"),
        ("pairwise_fixation", ([1e300], 1e-300), "differences/temperature = inf: must be finite"),
        ("detected_drift_share", (-1,), "generations = -1: must be between 0 and 1e+06"),
        ("detected_drift_share", (0.5,), "generations = 0.5: must be a whole number"),
        ("detected_drift_share", (1, 0), "alpha = 0: must be finite and above 0"),
        ("detected_drift_share", (1, 1, -1), "beta = -1: must be finite and above 0"),
        ("detected_drift_share", (1, 1, 1, 2), "detected = 2: must be between 0 and 1"),
        ("degroot_rate", ([[0.5, 0.4], [0, 1]],), "matrix: row 0 sums to 0.9: must be 1"),
        ("degroot_rate", ([[1.5, -0.5], [0, 1]],), "matrix = -0.5: must be finite and at least 0"),
        ("degroot_rate", ([1.0],), "matrix (1,): must be (n, n)"),
        ("degroot_consensus", ([[1.0]], [1, 2]), "start (2,): must be (..., 1), one for each agent"),
        ("stubborn_equilibrium", (np.eye(2), 1.5, [0, 1]), "susceptibility = 1.5: must be between 0 and 1"),
        (
            "stubborn_equilibrium",
            (np.eye(2), [0.5, 0.5, 0.5], [0, 1]),
            "susceptibility (3,): must be one number for all or (2,), one for each",
        ),
        ("stubborn_equilibrium", (np.eye(2), [0.5, 1], [0, 1]), "susceptibility = 1: some people hear, even through others,"),
        ("zealot_equilibrium", (np.eye(2), [True, False], 1.0), "zealots: some agents hear none of them, even through others"),
        ("zealot_equilibrium", (np.eye(2), [1, 0], 1.0), "zealots (2,): must be true or false for each of 2 agents"),
        ("zealot_equilibrium", (np.eye(2), [True, True], [1.0]), "values (1,): must be one number for all or (2,)"),
        ("echo_error", (1, 0, 1, 1, 1), "prior_items = 0: must be finite and above 0"),
        ("echo_error", (1, 1, -1, 1, 1), "evidence = -1: must be finite and at least 0"),
        ("echo_error", (1, 1, 1, 1, 1.5), "episodes = 1.5: must be a whole number"),
        ("lock_in_spectral", (1, 1, 1), "agents = 1: must be finite and at least 2"),
        ("lock_in_spectral", (2, -1, 1), "trust_in_ai = -1: must be finite and at least 0"),
    ],
)
def test_bad_input_gets_one_line(formula, arguments, message):
    with pytest.raises(ValueError) as error:
        getattr(theory, formula)(*arguments)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
