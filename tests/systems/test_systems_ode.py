"""Systems of differential equations: what their labels mean, that regions of certainty are closed, and SciPy's opinion."""

from __future__ import annotations

import numpy as np
import pytest

from basin import theory
from basin.labels import UNDECIDED
from basin.systems import SystemError, load, mapper
from basin.systems.deference_flow import threshold
from basin.systems.fitzhugh_nagumo import box
from basin.systems.governability import stocks
from basin.systems.kuramoto_ring import winding, wrapped
from basin.systems.magnetic_pendulum import lowest_pass, potential
from tests.systems.flows import dop853, drawn, flow

PERIOD = 2 * np.pi


# ---- An independent integrator -------------------------------------------------------------------------------------


def pendulum_by_scipy(n: int) -> float:
    """Share of starts on whose ending SciPy agrees."""
    system, starts = load("pendulum"), drawn("pendulum", n)
    end = dop853(lambda x, t: system.rate(x, t, system.values()), starts.start, np.array([200.0]))[-1]
    assert ((np.abs(end[:, 1]) < 1e-3) | (end[:, 1] > 3.0)).all()
    return float((system.label(starts)[0] == (end[:, 1] > 1.0)).mean())


def duffing_by_scipy(n: int) -> float:
    system, starts = load("duffing"), drawn("duffing", n)
    times = PERIOD * (np.concatenate([[200.0], 200.0 + np.arange(1, 7), 206.0 + np.linspace(0.01, 1, 100)]))
    path = dop853(lambda x, t: system.rate(x, t, system.values()), starts.start, times)
    apart = np.linalg.norm(path[1:7] - path[0], axis=2)
    period = np.argmax(apart < 0.02, axis=0) + 1
    size = np.abs(path[7:, :, 0]).max(axis=0)
    once = np.where(size > 1.0, 1, 0)
    # Of the two orbits of period 2, mirror images, that with mean x > 0 is once in two periods near (−0.67, 0.02).
    right = np.linalg.norm(path[:2] - [-0.671, 0.019], axis=2).min(axis=0) < 0.1
    expected = np.where(period == 1, once, np.where(period == 2, np.where(right, 2, 3), 4))
    return float((system.label(starts)[0] == expected).mean())


def lorenz_by_scipy(n: int) -> float:
    """States beyond 200 are kept where they are."""
    system, starts = load("lorenz-butterfly"), drawn("lorenz-butterfly", n)

    def rate(x, t):
        inside = np.abs(x[:, :3]).max(axis=1, keepdims=True) <= 200.0
        return np.where(inside, np.concatenate([system.rate(x[:, :3], t, system.values()), x[:, :1]], axis=1), 0.0)

    state = np.concatenate([starts.start, np.zeros((n, 2))], axis=1)
    half, end = dop853(rate, state, np.array([500.0, 1000.0]))
    unbounded = np.abs(end[:, :3]).max(axis=1) > 200.0
    expected = np.where(unbounded, 2, np.where(end[:, 3] > half[:, 3], 0, 1))
    return float((system.label(starts)[0] == expected).mean())


def test_scipy_agrees_on_some_starts():
    assert pendulum_by_scipy(100) == 1.0
    assert duffing_by_scipy(60) >= 0.98


@pytest.mark.slow
def test_scipy_agrees_on_the_pendulum():
    assert pendulum_by_scipy(4000) >= 0.999


@pytest.mark.slow
def test_scipy_agrees_on_duffing():
    assert duffing_by_scipy(4000) >= 0.995


@pytest.mark.slow
def test_scipy_agrees_on_the_butterfly():
    assert lorenz_by_scipy(4000) >= 0.999


# ---- Regions of certainty ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("torque", "damping"), [(0.5, 0.1), (0.2, 0.1), (0.95, 0.4), (0.0, 0.1), (1.5, 0.5)])
def test_the_pendulum_never_leaves_what_it_is_certain_of(torque, damping):
    """What was certain first is what the horizon says."""
    full = flow("pendulum").endings(drawn("pendulum", 2000, torque=torque, damping=damping), exits=False)
    assert (full.certain != UNDECIDED).mean() > 0.1
    assert (full.final == full.certain)[full.certain != UNDECIDED].all()
    if torque > 1:
        assert (full.final == 1).all()
    if torque == 0:
        assert (full.final == 0).all()


@pytest.mark.slow
def test_a_hundred_thousand_exits_of_the_pendulum():
    assert flow("pendulum").trust(drawn("pendulum", 100_000))["early_exits"] == {"audited": 100_000, "changed": 0}


def test_the_energy_line_of_the_pendulum_is_crossed_upwards():
    """E' >= 0 on E = 1, ω >= 0, if torque >= 2 damping."""
    angle = np.linspace(-np.pi, np.pi, 1001)
    velocity = 2 * np.abs(np.cos(angle / 2))
    for torque, damping in ((0.2, 0.1), (0.5, 0.25), (0.7, 0.1)):
        rates = load("pendulum").rate(np.stack([angle, velocity], axis=1), 0.0, {"torque": torque, "damping": damping})
        assert (velocity * rates[:, 1] + np.sin(angle) * rates[:, 0] >= -1e-12).all()


@pytest.mark.parametrize("recovery", [2.2, 3.0, 5.0, 10.0])
def test_boxes_around_resting_states_are_closed(recovery):
    (rest,), (half,) = box(np.array([recovery]))
    assert half > 0.05
    values = {"epsilon": 0.1, "recovery": recovery}
    assert load("fitzhugh-nagumo").rate(np.array([[rest, rest / recovery]]), 0.0, values) == pytest.approx(0.0, abs=1e-12)
    side = np.linspace(rest - half, rest + half, 201)[1:-1]
    for wall, axis, inwards in ((rest - half, 0, 1), (rest + half, 0, -1), (rest - half, 1, 1), (rest + half, 1, -1)):
        state = np.full((199, 2), wall)
        state[:, 1 - axis] = side
        state[:, 1] /= recovery
        assert (inwards * load("fitzhugh-nagumo").rate(state, 0.0, values)[:, axis] > 0).all()


@pytest.mark.parametrize(("height", "frequency"), [(0.2, 0.8), (0.5, 0.0), (0.1, 2.0)])
def test_the_lowest_pass_between_magnets(height, frequency):
    """No point of a line between sectors is lower; each magnet's own well is."""
    (pass_,) = lowest_pass([height], [frequency])
    for angle in np.deg2rad([60, 180, 300]):
        line = np.linspace(0, 10, 20001)[:, None] * [np.cos(angle), np.sin(angle)]
        assert pass_ - 1e-9 <= potential(line, height, frequency).min() <= pass_ + 1e-6
    assert potential(np.array([1.0, 0.0]), height, frequency) < pass_


# ---- What labels mean ----------------------------------------------------------------------------------------------


def test_the_window_of_the_pendulum_is_the_same_at_every_torque():
    system = load("pendulum")
    windows = [system.coordinates(system.values({"torque": torque})) for torque in (0.1, 0.9)]
    assert windows[0] == windows[1]
    assert windows[0][0].lo + np.pi == pytest.approx(np.arcsin(0.5)) and (windows[0][1].lo, windows[0][1].hi) == (-10, 10)


def test_just_after_its_birth_no_limit_cycle_is_certain():
    """Between the birth of the limit cycle and torque 2 damping no line is known: those runs go to the horizon."""
    full = flow("pendulum").endings(drawn("pendulum", 300, torque=0.15), exits=False)
    assert ((full.certain == 0) == (full.final == 0)).all() and (full.final == 1).any() and (full.certain < 1).all()


def test_mirrored_starts_of_the_butterfly_end_mirrored():
    system, starts = load("lorenz-butterfly"), drawn("lorenz-butterfly", 400)
    mirrored = system.label(type(starts)(-starts.start, starts.parameters, starts.run, starts.seed))[0]
    assert (np.array([1, 0, 2])[system.label(starts)[0]] == mirrored).all()


def test_the_fitzhugh_nagumo_saddle_parts_the_two():
    near = mapper("fitzhugh-nagumo", ["u", "v"])(np.array([[1e-9, 0.0], [-1e-9, 0.0], [0.0, 0.0]]))
    assert near.label.ravel().tolist() == [0, 1, UNDECIDED]
    assert (load("fitzhugh-nagumo").rate(np.zeros((1, 2)), 0.0, load("fitzhugh-nagumo").values()) == 0).all()


def test_governability_starts_where_oversight_keeps_up():
    """With nothing uncooperative, the fraction observed at the start stays what it is if it is o_star."""
    system = load("governability")
    values = system.values({"k_cu": 0.0, "o_star": 0.6})
    state = np.concatenate([[0.0, 0.0], stocks(np.array([0.6]), values)[0]])
    assert system.rate(state[None], 0.0, values) == pytest.approx(0.0, abs=1e-12)


def test_the_gate_of_deference_is_that_of_theory():
    variance = np.geomspace(1e-4, 100, 50)
    assert threshold(variance, 0.7, 1.3) == pytest.approx(theory.deference_boundary(0.7, 1.3, variance), rel=1e-9)


@pytest.mark.parametrize("stages", range(7))
@pytest.mark.parametrize("changes", [{"delta": 0.05}, {"eta": 2.0, "delta": 0.3, "drift": 0.05}, {"delta": 2.0}])
def test_exits_of_deference(stages, changes):
    full = flow("deference-flow").endings(drawn("deference-flow", 100, stages=stages, **changes), exits=False)
    assert (full.certain >= 0).all() and (full.certain == full.final).all()


def test_winding():
    twisted = 2 * np.pi * 3 * np.arange(10) / 10
    assert winding(np.stack([twisted, -twisted, twisted + 1, 0 * twisted])).tolist() == [3, -3, 3, 0]
    assert wrapped(np.array([np.pi, -np.pi, 3.5, 0.0])) == pytest.approx([np.pi, np.pi, 3.5 - 2 * np.pi, 0])
    labels = mapper("kuramoto-ring", [f"phase_{i + 1}" for i in range(10)])(twisted[None])
    assert load("kuramoto-ring").outcomes({"oscillators": 10})["3"] == labels.label[0, 0]


def test_oscillators_cannot_be_swept():
    with pytest.raises(SystemError, match="kuramoto-ring: starts of different oscillators differ in kind"):
        mapper("kuramoto-ring", ["oscillators"])(np.array([[5.0], [6.0]]))
