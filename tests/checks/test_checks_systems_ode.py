"""Checks of the systems of differential equations: what is published is expected, elsewhere too, and each can fail."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from basin import theory
from basin.checks import CheckError, run, systems_ode, systems_rival
from basin.checks.systems_ode import homoclinic_torque, winding_share
from basin.checks.systems_rival import resting_shares
from basin.systems import load


def expected(name: str, **settings: float) -> dict[str, float]:
    return {result.name: result.expected for result in run([name], settings or None)}


def test_what_is_expected_is_what_is_published():
    assert expected("pendulum", runs=200) == {"pendulum": 0.1520}
    assert expected("pendulum-birth", damping=0.1)["pendulum-birth (published)"] == 0.1269958
    assert list(expected("duffing", runs=200).values()) == [0.2027, 0.4950, 0.0288, 0.0257, 0.2478]
    assert list(expected("magnetic-pendulum", runs=200).values()) == [0.3325, 0.3325, 0.335]
    assert list(expected("lorenz-butterfly", runs=200).values()) == [0.0894, 0.0875, 0.8232]
    assert list(expected("governability").values()) == [0.2522, 0.9345]
    ring = [expected("kuramoto-ring", runs=200, winding=number)["kuramoto-ring"] for number in (0, 1, 2)]
    assert ring == pytest.approx([0.430418, 0.243149, 0.040256], abs=5e-7)


def test_governability_rests_where_its_authors_say():
    assert resting_shares(load("governability").values()) == pytest.approx([0.2522, 0.9345], abs=5e-5)


def test_the_torque_of_birth_tends_to_its_first_order():
    """4 damping/π, with an error that falls as damping³."""
    errors = [4 * damping / math.pi - homoclinic_torque(damping) for damping in (0.2, 0.1)]
    assert errors[0] / errors[1] == pytest.approx(8, rel=0.02)


@pytest.mark.parametrize("oscillators", [3, 4, 11, 64])
def test_winding_numbers_share_everything(oscillators):
    most = (oscillators - 1) // 2
    shares = [winding_share(oscillators, number) for number in range(-most - 1, most + 2)]
    assert sum(shares) == pytest.approx(1.0) and shares == pytest.approx(shares[::-1])
    assert shares[0] == 0.0 or oscillators % 2 == 0
    spread = sum(share * number**2 for share, number in zip(shares, range(-most - 1, most + 2), strict=True))
    assert spread == pytest.approx((oscillators - 1) / 12 + 1 / 12, rel=0.02 if oscillators > 3 else 0.1)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("pendulum-birth", {"damping": 0.05}),
        ("pendulum-birth", {"damping": 0.6}),
        ("pendulum-exits", {"runs": 1000, "torque": 1.5, "damping": 0.3}),
        ("magnetic-symmetry", {"runs": 2000, "height": 0.3, "friction": 0.1}),
        ("fitzhugh-nagumo", {"runs": 4000, "epsilon": 1.0, "recovery": 2.0}),
        ("kuramoto-ring", {"oscillators": 3, "winding": 1}),
        ("kuramoto-ring", {"oscillators": 80, "winding": -4}),
        ("kuramoto-conserved", {"oscillators": 5}),
        ("governability", {"k_uu": 1.02}),
        ("governability", {"k_cu": 0.03, "rho": 2.0}),
        ("deference-boundary", {"mu": 0.2, "delta": 0.4, "noise": 2.0, "drift": 0.05}),
        ("deference-saddle-node", {"mu": 0.5, "g": 0.4, "delta": 0.3}),
        ("deference-stages", {"stages": 5, "eta": 2.0, "delta": 0.1}),
        ("deference-stages", {"stages": 3, "delta": 0.2}),  # beyond the saddle-node: nothing takes hold
    ],
)
def test_it_holds_elsewhere(name, settings):
    assert [result for result in run([name], settings) if not result.passed] == []


@pytest.mark.parametrize("name", ["pendulum", "duffing", "lorenz-butterfly"])
def test_wrong_equations_are_found_out(monkeypatch, name):
    """With parameters a tenth off, or less, shares are not the published ones."""
    system = load(name)
    label, off = system.label, 1.1 if name == "pendulum" else 1.05
    monkeypatch.setitem(vars(system), "label", lambda starts: label(replace(starts, parameters=off * starts.parameters)))
    assert not all(result.passed for result in run([name]))


def test_wrong_formulas_are_found_out(monkeypatch):
    for name, formula, wrong in (
        ("deference-boundary", "deference_boundary", lambda right, mu, g, v: right(mu, 1.01 * g, v)),
        ("deference-saddle-node", "deference_saddle_node", lambda right, m, g, e, d, n: right(m, 1.01 * g, e, d, n)),
        ("deference-stages", "stages_fixed_points", lambda right, k, e, d: right(k, e, 1.01 * d)),
    ):
        right = getattr(theory, formula)
        monkeypatch.setattr(theory, formula, lambda *a, right=right, wrong=wrong: wrong(right, *a))
        assert not run([name])[0].passed
    monkeypatch.setattr(systems_ode, "homoclinic_torque", lambda damping: 1.0001 * homoclinic_torque(damping))
    assert not run(["pendulum-birth"])[0].passed
    monkeypatch.setattr(systems_ode, "winding_share", lambda oscillators, number: winding_share(oscillators + 2, number))
    assert not run(["kuramoto-ring"])[0].passed
    monkeypatch.setattr(systems_rival, "opacity", lambda values: 1.01)
    assert not run(["governability"], {"k_uu": 1.001})[0].passed


def test_a_wrong_exit_is_found_out(monkeypatch):
    from basin.systems.compile import lane

    @lane
    def hasty(left, x, p, m):
        return 0 if x[1] < 0.0 else -1, 0 if x[1] * x[1] < 1.0 else 1, m

    monkeypatch.setattr(systems_ode, "PENDULUM", replace(systems_ode.PENDULUM, name="hasty check", judge=hasty, looks=100))
    assert not run(["pendulum-exits"], {"runs": 500})[0].passed


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("kuramoto-ring", {"winding": 5}, "kuramoto-ring: winding = 5: must be from -4 to 4 for 10 oscillators"),
        ("governability", {"k_cu": 0.2}, "governability: no resting share between 0 and 1"),
        ("deference-boundary", {"drift": 0.01}, "deference-boundary: drift = 0.01: deference does not maintain itself"),
        ("deference-boundary", {"mu": 0.5, "g": 0.3, "drift": 0.5}, "deference-boundary: drift = 0.5: who stops asking"),
        ("pendulum-birth", {"damping": 2}, "pendulum-birth: damping = 2: must be a number from 0.05 to 0.7"),
    ],
)
def test_bad_settings_get_one_line(name, settings, message):
    with pytest.raises(CheckError) as error:
        run([name], settings)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
