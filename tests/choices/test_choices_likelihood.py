"""The maximum-likelihood values of choices: closed forms, a second implementation, symmetries, and recovery."""

import time
from dataclasses import replace

import numpy as np
import pytest
from choice_tables import frame, luce, read_frame
from statsmodels.discrete.conditional_models import ConditionalLogit

from basin.choices import ChoiceError, ChoiceTable, maximum_likelihood, standardise


def constants(counts: list[int], scale: float = 1.0) -> ChoiceTable:
    """Option j is taken counts[j] times; all are always on offer, and features are constants for all but the last."""
    options = len(counts)
    chosen = np.repeat(np.arange(options), counts)
    return ChoiceTable(
        name="constants",
        features=tuple(f"c{j}" for j in range(options - 1)),
        values=scale * np.tile(np.eye(options)[:, :-1], (len(chosen), 1)),
        offsets=np.arange(0, options * len(chosen) + 1, options),
        chosen=chosen,
        options=tuple(f"option {j}" for j in range(options)),
        option=np.tile(np.arange(options), len(chosen)),
        people=len(chosen),
    )


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6, 1e60])
@pytest.mark.parametrize("counts", [[2, 1], [30, 7], [1, 100_000], [3, 5, 8], [400, 30, 2, 1, 17]])
def test_constants_have_a_closed_form(counts, scale):
    """With constants only, the fit reproduces the shares: w_j = ln(n_j/n_last), variance 1/n_j + 1/n_last."""
    estimate = maximum_likelihood(constants(counts, scale))
    taken, last = np.array(counts[:-1]), counts[-1]
    assert estimate.values * scale == pytest.approx(np.log(taken / last), rel=1e-11)
    assert estimate.standard_errors * scale == pytest.approx(np.sqrt(1 / taken + 1 / last), rel=1e-9)
    shares = np.array(counts) / sum(counts)
    assert estimate.log_likelihood == pytest.approx(np.sum(counts * np.log(shares)), rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(100 + seed)
    table = luce(rng.integers(2, 7, size=300), rng.standard_normal(1 + seed), seed)
    rows = frame(table)
    model = ConditionalLogit(
        rows["chosen"].to_numpy(), rows[list(table.features)].to_numpy(), groups=rows["choice_id"].to_numpy()
    )
    theirs = model.fit(method="newton")  # its default, BFGS, stops at four digits
    ours = maximum_likelihood(table)
    assert ours.values == pytest.approx(theirs.params, abs=1e-8)
    assert ours.standard_errors == pytest.approx(theirs.bse, rel=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)


def test_gradient_vanishes_and_covariance_is_the_inverse_information():
    """Choice by choice, as the formulas are written: E[x] = x taken on average, covariance = (Σ Var x)⁻¹."""
    table = luce([2, 5, 3, 4] * 100, np.array([1.0, -2.0, 0.5]), seed=5)
    estimate = maximum_likelihood(table)
    gradient, information, log_likelihood = np.zeros(3), np.zeros((3, 3)), 0.0
    for first, end, chosen in zip(table.offsets[:-1], table.offsets[1:], table.chosen, strict=True):
        x = table.values[first:end]
        p = np.exp(x @ estimate.values) / np.exp(x @ estimate.values).sum()
        mean = p @ x
        gradient += x[chosen] - mean
        information += sum(p[j] * np.outer(x[j] - mean, x[j] - mean) for j in range(len(x)))
        log_likelihood += np.log(p[chosen])
    assert np.abs(gradient).max() < 1e-11
    assert estimate.covariance @ information == pytest.approx(np.eye(3), abs=1e-10)
    assert estimate.standard_errors == pytest.approx(np.sqrt(np.diag(estimate.covariance)), rel=1e-15)
    assert estimate.log_likelihood == pytest.approx(log_likelihood, rel=1e-13)


@pytest.mark.parametrize("scale", [[1e6, 1e-6, 1.0], [1e40, 1e-40, 1e8], [-1.0, 2.0, 1e-12]])
def test_units_change_nothing_but_the_units(scale):
    table = luce([3] * 200, np.array([1.0, -0.5, 0.3]), seed=1)
    plain, scaled = maximum_likelihood(table), maximum_likelihood(replace(table, values=table.values * scale))
    assert scaled.values * scale == pytest.approx(plain.values, rel=1e-10)
    assert scaled.standard_errors * np.abs(scale) == pytest.approx(plain.standard_errors, rel=1e-10)
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)
    theta = standardise(replace(table, values=table.values * scale)).theta
    assert theta * np.sign(scale) == pytest.approx(standardise(table).theta, rel=1e-10)


def test_a_common_amount_in_a_choice_changes_nothing():
    table = luce([3] * 200, np.array([1.0, -0.5, 0.3]), seed=1)
    common = np.repeat(np.random.default_rng(0).uniform(-1e3, 1e3, (200, 3)), 3, axis=0)
    assert maximum_likelihood(replace(table, values=table.values + common)).values == pytest.approx(
        maximum_likelihood(table).values, rel=1e-9
    )


def test_nearly_collinear_features_keep_their_precision():
    """x0 and x0 + 1e-6 x1 say the same as x0 and x1: the values are w0 − 1e6 w1 and 1e6 w1."""
    table = luce([4] * 500, np.array([1.0, 0.5]), seed=2)
    mixed = table.values @ np.array([[1.0, 1.0], [0.0, 1e-6]])
    plain, near = maximum_likelihood(table).values, maximum_likelihood(replace(table, values=mixed)).values
    assert near == pytest.approx([plain[0] - 1e6 * plain[1], 1e6 * plain[1]], rel=1e-8)


def test_order_of_rows_changes_nothing(tmp_path):
    rows = frame(luce([2, 3, 6] * 40, np.array([0.7, -0.4]), seed=3))
    ordered = maximum_likelihood(read_frame(rows, tmp_path))
    shuffled = maximum_likelihood(read_frame(rows.sample(frac=1, random_state=0), tmp_path))
    assert shuffled.values == pytest.approx(ordered.values, rel=1e-11)
    assert shuffled.covariance == pytest.approx(ordered.covariance, rel=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_known_values_are_recovered(seed):
    rng = np.random.default_rng(1000 + seed)
    values = rng.standard_normal(4)
    estimate = maximum_likelihood(luce(rng.integers(2, 9, size=2000), values, seed))
    assert np.abs((estimate.values - values) / estimate.standard_errors).max() < 3.5


def test_standard_errors_are_those_of_repeats():
    """z scores of 400 repeats have variance 1, to within 3.5 standard errors of a variance."""
    values = np.array([1.0, -0.5])
    estimates = [maximum_likelihood(luce([3] * 200, values, seed)) for seed in range(400)]
    z = np.array([(e.values - values) / e.standard_errors for e in estimates])
    assert np.abs(np.mean(z**2) - 1) < 3.5 * np.sqrt(2 / z.size)


def test_one_exception_among_many_certain_choices_is_enough():
    """All but one choice follow a rule: values are large, but finite and exact."""
    table = luce([4] * 1000, np.array([1.0, -2.0, 1.0]), seed=4)
    chosen = (table.values @ [1.0, -2.0, 1.0]).reshape(-1, 4).argmax(axis=1)
    with pytest.raises(ChoiceError, match="perfect separation"):
        maximum_likelihood(replace(table, chosen=chosen))
    chosen[0] = (chosen[0] + 1) % 4
    estimate = maximum_likelihood(replace(table, chosen=chosen))
    assert np.isfinite(estimate.values).all() and np.isfinite(estimate.standard_errors).all()
    assert -1000 < estimate.log_likelihood < 0


@pytest.mark.parametrize("outlier", [1e3, 1e9, 1e15])
def test_an_outlier_does_not_hide_the_rest(outlier):
    """An option never taken and infinitely bad might as well not be there."""
    table = luce([3] * 300, np.array([-1.0, 0.5]), seed=6)
    worst = int(table.offsets[0] + (table.chosen[0] + 1) % 3)
    values = table.values.copy()
    values[worst, 0] = outlier
    without = replace(
        table,
        values=np.delete(values, worst, axis=0),
        offsets=np.concatenate(([0], table.offsets[1:] - 1)),
        chosen=np.concatenate(([table.chosen[0] - (worst < table.chosen[0])], table.chosen[1:])),
        option=np.delete(table.option, worst),
    )
    estimate, expected = maximum_likelihood(replace(table, values=values)), maximum_likelihood(without)
    assert estimate.values == pytest.approx(expected.values, rel=1e-8)
    assert estimate.standard_errors == pytest.approx(expected.standard_errors, rel=1e-8)


def test_an_outlier_beyond_computing_is_reported():
    table = luce([3] * 300, np.array([-1.0, 0.5]), seed=6)
    values = table.values.copy()
    values[table.offsets[0] + table.chosen[0], 0] = 1e40
    with pytest.raises(ChoiceError, match="luce: the likelihood has no clear maximum: look for outliers"):
        maximum_likelihood(replace(table, values=values))


SEPARATED = [
    (lambda x: x[:, 0].argmax(), r"no choice speaks against feature 'x0', so"),
    (lambda x: x[:, 1].argmin(), r"no choice speaks against feature 'x1', so"),
    (lambda x: (x[:, 0] - x[:, 2]).argmax(), r"no choice speaks against a combination of 'x0'.* and 'x2', so"),
]


@pytest.mark.parametrize("rule, message", SEPARATED)
def test_perfect_separation_names_the_features(rule, message):
    table = luce([3] * 60, np.zeros(3), seed=7)
    chosen = np.array([rule(x) for x in table.values.reshape(-1, 3, 3)])
    with pytest.raises(ChoiceError, match=f"^luce: perfect separation: {message} its value would be infinite$"):
        maximum_likelihood(replace(table, chosen=chosen))


def test_an_option_never_taken_has_no_finite_constant():
    with pytest.raises(ChoiceError, match="no choice speaks against feature 'c1', so"):
        maximum_likelihood(constants([5, 0, 9]))


@pytest.mark.parametrize("choices", [50, 1000])
def test_separation_in_some_choices_is_enough(choices):
    """x0 and x1 are equal in half of the choices, which say nothing of x0 − x1; in the others it decides."""
    table = luce([4] * choices, np.zeros(3), seed=8)
    values, chosen = table.values.reshape(-1, 4, 3).copy(), table.chosen.copy()
    values[: choices // 2, :, 1] = values[: choices // 2, :, 0]
    chosen[choices // 2 :] = (values[choices // 2 :, :, 0] - values[choices // 2 :, :, 1]).argmax(axis=1)
    table = replace(table, values=values.reshape(-1, 3), chosen=chosen)
    with pytest.raises(ChoiceError, match=r"no choice speaks against a combination of 'x0' and 'x1', so"):
        maximum_likelihood(table)
    chosen[-1] = (chosen[-1] + 1) % 4
    assert np.isfinite(maximum_likelihood(replace(table, chosen=chosen)).standard_errors).all()


def test_choices_without_a_preference_have_no_direction():
    table = constants([20, 20, 20])
    assert maximum_likelihood(table).values == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(ChoiceError, match="constants: the choices show no preference"):
        standardise(table)


def test_standardising_accepts_a_known_estimate():
    table = luce([3] * 200, np.array([1.0, -0.5]), seed=1)
    estimate = maximum_likelihood(table)
    given, fitted = standardise(table, estimate), standardise(table)
    assert given.theta.tolist() == fitted.theta.tolist() and given.rationality == fitted.rationality
    beliefs = np.array([[1.0, 0.0], [0.0, 2.0]])
    assert given.to_units(beliefs) == pytest.approx(given.rationality * beliefs / given.scale, rel=1e-15)


def test_ten_thousand_choices_take_seconds():
    table = luce(np.full(10_000, 10), np.linspace(-1, 1, 10), seed=9)
    maximum_likelihood(luce([3] * 50, np.array([0.1]), seed=0))  # imports SciPy
    start = time.perf_counter()
    maximum_likelihood(table)
    assert time.perf_counter() - start < 5


@pytest.mark.slow
def test_a_hundred_thousand_choices_are_feasible():
    values = np.linspace(-1, 1, 10)
    start = time.perf_counter()
    estimate = maximum_likelihood(luce(np.full(100_000, 10), values, seed=10))
    assert time.perf_counter() - start < 60
    assert np.abs((estimate.values - values) / estimate.standard_errors).max() < 3.5
