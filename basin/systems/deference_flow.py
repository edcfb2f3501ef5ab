"""Deference as a flow: how readily an agent defers, w, and how unsure it is of what people value, v.

    dw/dt = η G (1 − w) − δ w          dv/dt = q − G v²/σ_o²

Deferring is learned while the gate G is open and forgotten at the rate δ; being told makes the agent surer, and values drift.
The gate opens where w exceeds w† = g/(g + σ ϕ(z)/Φ(−z) − μ), z = μ/σ, σ² = v (stages = 0), or it is wᵏ: cooperation that
takes k stages, each of which needs the agent to defer (stages = k).

With the gate open, w tends to η/(η + δ), so that deference maintains itself iff w† < η/(η + δ). It is fragile: an agent that
becomes too sure (v below the saddle-node v_c, drift below q_c = v_c²/σ_o²) stops asking.

Where an ending is certain. While the gate is open, w tends to η/(η + δ) and v to σ_o √q, each from one side: it stays open if
the lesser of w now and then is above w† at the lesser of v now and then. While it is shut, w falls as e^{−δt} and √v grows at
most as e^{qt/2v}: it stays shut if w (g + √(2/π) σ) < g, a bound of w†, and q <= 2 v δ. With stages w moves one way only.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from basin.engine.special import inverse_mills
from basin.systems.compile import lane
from basin.systems.integrate import Flow
from basin.systems.steps import State
from basin.systems.system import Coordinate, Numbers, Parameter, Starts, System, Values

GONE = 1e-3  # readiness below which deference is lost
ROOT_2_OVER_PI = np.sqrt(2.0 / np.pi)
LEAST = 1e-12  # uncertainty: v never falls below it


@lane
def _excess(v: float, mu: float) -> float:
    """σ ϕ(z)/Φ(−z) − μ, which rises with v, and is below √(2/π) σ."""
    sd: float = np.sqrt(v if v > LEAST else LEAST)
    return sd * inverse_mills(-mu / sd) - mu


@lane
def _power(w: float, stages: float) -> float:
    """wᵏ for k from 1 to 6."""
    square = w * w
    cube = square * w
    low = w if stages == 1.0 else (square if stages == 2.0 else cube)
    high = square * square if stages == 4.0 else (square * cube if stages == 5.0 else cube * cube)
    return low if stages <= 3.0 else high


@lane
def _rate(t: float, x: State, p: State) -> State:
    """p: mu, g, eta, delta, 1/noise², drift, stages."""
    step = 1.0 if x[0] * (p[1] + _excess(x[1], p[0])) > p[1] else 0.0
    gate = step if p[6] == 0.0 else _power(x[0], p[6])
    return p[2] * gate * (1.0 - x[0]) - p[3] * x[0], p[5] - gate * x[1] * x[1] * p[4]


@lane
def _judge(left: float, x: State, p: State, m: State) -> tuple[int, int, State]:
    """p[7]: with stages, whether w′ is positive anywhere; for a step, what v tends to while the gate is open."""
    w, v = x[0], x[1]
    open_w, open_v = p[2] / (p[2] + p[3]), p[7]
    least_w, least_v = w if w < open_w else open_w, v if v < open_v else open_v
    stays_open = least_w * (p[1] + _excess(least_v, p[0])) > p[1]
    stays_shut = (w * (p[1] + ROOT_2_OVER_PI * np.sqrt(v)) < p[1]) & (p[5] <= 2.0 * v * p[3])
    by_step = 0 if stays_open else (1 if stays_shut else -1)
    rises = (p[2] * _power(w, p[6]) * (1.0 - w) > p[3] * w) | (w * p[6] >= p[6] - 1.0)
    by_stages = 0 if (p[7] > 0.0) & rises & (w > 0.0) else 1
    return by_step if p[6] == 0.0 else by_stages, 0 if w >= GONE else 1, m


def _prepare(starts: Starts) -> tuple[Numbers, Numbers]:
    mu, g, eta, delta, noise, drift, stages = starts.parameters.T
    most = np.maximum(stages, 1.0)
    top = np.where(most > 1.0, (most - 1.0) ** (most - 1.0) / most**most, 1.0)
    extra = np.where(stages > 0, np.where(eta * top > delta, 1.0, 0.0), noise * np.sqrt(drift))
    return starts.start, np.stack([mu, g, eta, delta, 1.0 / noise**2, drift, stages, extra], axis=1)


def threshold(uncertainty: Numbers, mu: float, g: float) -> Numbers:
    """w†, the readiness above which the gate opens, where one is so unsure."""
    sd = np.sqrt(np.maximum(uncertainty, LEAST))
    hazard = np.exp(norm.logpdf(mu / sd) - norm.logsf(mu / sd))
    return g / (g + sd * hazard - mu)


def rate(states: Numbers, time: float, values: Values) -> Numbers:
    """dx/dt of states (n, 2)."""
    w, v = states.T
    stages = values["stages"]
    gate = (w > threshold(v, values["mu"], values["g"])) * 1.0 if stages == 0 else w**stages
    change_w = values["eta"] * gate * (1.0 - w) - values["delta"] * w
    return np.stack([change_w, values["drift"] - gate * v**2 / values["noise"] ** 2], axis=1)


FLOW = Flow("deference-flow", _rate, _judge, _prepare, dimension=2, given=8, step=1 / 20, steps=20, looks=400)

SYSTEM = System(
    name="deference-flow",
    title="Deference flow",
    summary="An agent that asks learns to ask; one that is too sure stops",
    source="our model, after the off-switch game (Hadfield-Menell et al. 2017)",
    parameters=(
        Parameter("mu", 1.0, 0.0, 3.0, "utility", "μ, what it believes its plan is worth"),
        Parameter("g", 1.0, 0.01, 10.0, "utility", "what acting unasked is worth to it"),
        Parameter("eta", 1.0, 0.1, 5.0, "1/time", "η, how fast deferring is learned"),
        Parameter("delta", 0.2, 0.05, 5.0, "1/time", "δ, how fast it is forgotten"),
        Parameter("noise", 1.0, 0.1, 10.0, "utility", "σ_o, noise of what it is told"),
        Parameter("drift", 0.2, 0.0, 1.0, "utility²/time", "q, how fast what people value moves away"),
        Parameter("stages", 0.0, 0.0, 6.0, "stages", "of cooperation, each needing deference; 0: a step", integer=True),
    ),
    coordinates=lambda values: (
        Coordinate("readiness", 0.0, 1.0, "1", "w, how readily it defers"),
        Coordinate("uncertainty", 0.01, 2.0, "utility²", "v, variance of its belief about its plan's worth"),
    ),
    outcomes=lambda values: {"deferring": 0, "defecting": 1},
    target="deferring",
    label=FLOW.label,
    rate=rate,
    trust=FLOW.trust,
)
