"""Integrators are as exact as they say, and what they say of a run depends on that run alone."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from basin.systems import NAMES, load, mapper
from basin.systems.compile import lane
from basin.systems.integrate import CHUNK, TILE, TILES
from basin.systems.steps import classical, embedded, sine
from basin.systems.system import Starts
from tests.systems.flows import FLOWS, drawn, flow


def same(one, other) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_the_cheap_sine():
    x = np.concatenate([np.linspace(-20, 20, 4001), np.random.default_rng(0).uniform(-1e5, 1e5, 4000)])
    assert max(abs(sine(value) - math.sin(value)) for value in x) < 4e-11


@pytest.mark.parametrize(("make", "order"), [(classical, 4), (lambda rate: lambda *a: embedded(rate)(*a, 1.0)[0], 5)])
def test_order_of_a_step(make, order):
    """Over one period of a forced oscillator whose solution is known, the error falls as step^order."""

    @lane
    def rate(t, x, p):
        return x[1], -p[0] * x[0] + np.cos(2 * t)

    errors = []
    for steps in (40, 80):
        x, step, h = (1.0, 0.0), make(rate), 2 * np.pi / steps
        for s in range(steps // 4):
            x = step(s * h, h, x, (1.0,))
        t = np.pi / 2  # x = 4/3 cos t − 1/3 cos 2t
        errors.append(math.hypot(x[0] - (4 / 3 * math.cos(t) - math.cos(2 * t) / 3), x[1] + 4 / 3 * math.sin(t)))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.35)


def test_the_error_that_steps_adapt_to_is_of_the_order_below():
    @lane
    def rate(t, x, p):
        return (x[0] * np.cos(t),)

    step = embedded(rate)
    errors = [step(0.3, h, (1.0,), (0.0,), 1.0)[1] for h in (0.1, 0.05)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(5, abs=0.4)


@pytest.mark.parametrize("name", FLOWS)
def test_kernels_and_numpy_have_the_same_equations(name):
    system, equations = load(name), flow(name)
    starts = drawn(name, 50)
    states, given = equations.prepare(starts)
    states = states + np.random.default_rng(0).uniform(0.0, 0.1, states.shape)
    values = system.values()
    width = {"duffing": 2, "lorenz-butterfly": 3}.get(name, states.shape[1])  # integrals of the state come after it
    for t in (0.0, 0.7):
        expected = system.rate(states[:, :width], t, values)
        found = np.array([equations.rate(t, tuple(x), tuple(p)) for x, p in zip(states, given, strict=True)])
        assert found[:, :width] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", FLOWS)
def test_a_run_ends_alike_alone_together_and_on_any_number_of_threads(name):
    equations, starts = replace(flow(name), looks=min(flow(name).looks, 60)), drawn(name, CHUNK + 70)
    together = equations.endings(starts, threads=2)
    assert same(together, equations.endings(starts, threads=1))
    for at in (0, 1, TILE, TILES * TILE + 1, CHUNK, CHUNK + 69):
        rows = slice(at, at + 1)
        alone = equations.endings(Starts(starts.start[rows], starts.parameters[rows], starts.run[rows], starts.seed))
        assert same(alone, [array[rows] for array in together])


@pytest.mark.parametrize("name", FLOWS)
def test_early_exits_change_nothing(name):
    equations, starts = flow(name), drawn(name, 150)
    full, early = equations.endings(starts, exits=False), equations.endings(starts)
    assert full.reached.all() and (early.certain == full.certain).all() and (early.when == full.when).all()
    assert same(equations.labels(full), equations.labels(early))
    assert (early.reached == (early.certain < 0)).all() or name == "governability"


@pytest.mark.parametrize("name", FLOWS)
def test_adaptive_steps_agree(name):
    equations, starts = flow(name), drawn(name, 150, seed=5, **({"k_uu": 1.03} if name == "governability" else {}))
    fixed, adaptive = equations.labels(equations.endings(starts))[0], equations.labels(equations.endings_by_dp5(starts))[0]
    assert (fixed != adaptive).sum() <= (1 if name in ("duffing", "lorenz-butterfly") else 0)
    assert len(np.unique(fixed)) > 1


def test_parameters_are_each_runs_own():
    """Labels of a batch whose runs differ in torque are those of each torque by itself."""
    starts = drawn("pendulum", 400)
    torque = np.linspace(0.0, 1.2, 400)
    varied = replace(starts, parameters=np.stack([torque, np.full(400, 0.1)], axis=1))
    label = flow("pendulum").label(varied)[0]
    for at in (0, 100, 399):
        alone = drawn("pendulum", 400, torque=torque[at])
        assert flow("pendulum").label(alone)[0][at] == label[at]
    assert (label[torque < 0.12] == 0).all() and (label[torque > 1.0] == 1).all()


def test_how_far_labels_can_be_trusted():
    trusted = flow("pendulum").trust(drawn("pendulum", 300))
    assert trusted == {"early_exits": {"audited": 300, "changed": 0}, "half_step": {"computed": 300, "changed": 0}}


def test_a_wrong_exit_and_a_long_step_are_found_out():
    @lane
    def hasty(left, x, p, m):
        return 0 if x[1] < 0.0 else -1, 0 if x[0] * x[0] + x[1] * x[1] < 3.0 else 1, m

    wrong = replace(flow("pendulum"), name="hasty pendulum", judge=hasty, looks=100)
    trusted = wrong.trust(drawn("pendulum", 300))
    assert trusted["early_exits"]["changed"] > 10
    long = replace(flow("pendulum"), name="long steps", step=1.0, steps=1)
    assert long.trust(drawn("pendulum", 300))["half_step"]["changed"] > 3


def test_no_starts_are_no_trouble():
    label, time = flow("pendulum").label(drawn("pendulum", 0))
    assert label.shape == time.shape == (0,)


# Looks that are few enough for plain Python, where some take a hundred steps each.
LOOKS = {"duffing": 1, "lorenz-butterfly": 2, "magnetic-pendulum": 3}
FEW_AGENTS = {"agents": 6}


def small_endings() -> str:
    """Every system, from a few starts for a short while."""
    lines = []
    for name in NAMES:
        if name in FLOWS:
            equations, starts = replace(flow(name), looks=LOOKS.get(name, 6)), drawn(name, 2)
            found = [equations.endings(starts, exits=False), equations.endings_by_dp5(starts)]
            lines += [str([array.tolist() for array in endings]) for endings in found]
        else:
            made = mapper(name, [], FEW_AGENTS if name in ("deffuant", "moran", "degroot", "friedkin-johnsen") else {}, 3)
            lines.append(str([array.tolist() for array in made.system.label(made.starts(np.empty((1, 0)), 1))]))
    return "\n".join(lines)


def small_steps() -> str:
    equations = flow("pendulum")
    step, lines = classical(equations.rate), []
    for x, p in zip(*equations.prepare(drawn("pendulum", 5)), strict=True):
        x = tuple(x)
        for _ in range(20):
            x = step(0.0, 0.1, x, tuple(p))
        lines.append(str([float(value).hex() for value in x]))
    return "\n".join(lines)


def test_plain_python_has_the_same_bits():
    code = "from tests.systems.test_systems_integrate import *; print(small_endings(), small_steps(), sep='\\n')"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines() == [*small_endings().splitlines(), *small_steps().splitlines()]
