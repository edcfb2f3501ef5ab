"""The scenario `value-learner` in NumPy, a batch of agents at a time; features first, so that agents lie side by side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, ndtr, ndtri

from basin import labels
from basin.simulate.tables import Tables
from tests.bench.mechanisms import Numbers, numbers

Array = NDArray[np.float64]
Plan = Callable[[Array, int, np.random.Generator], Array]

BATCH = 2048  # agents; the fastest of 128 to 16384 where we tried: NumPy's overhead is spread, and rows still fit in cache
HAZARD = np.sqrt(2.0 / np.pi)
DENSITY = 1.0 / np.sqrt(2.0 * np.pi)


def simulate(tables: Tables, runs: int, seed: int, batch: int = BATCH) -> dict[str, Array]:
    """Columns of (runs,) numbers, by the names of `basin.engine.layout.RECORD`, for the first cell of the tables.

    Draws N plans and keeps the best, as the model puts it.
    """
    return _simulate(tables, runs, seed, batch, _best_of_drawn_plans)


def simulate_by_law(tables: Tables, runs: int, seed: int, batch: int = BATCH) -> dict[str, Array]:
    """The same with the engine's shortcut: one plan, by the exact law of the best of N."""
    return _simulate(tables, runs, seed, batch, _best_plan_by_its_law)


def _simulate(tables: Tables, runs: int, seed: int, batch: int, plan: Plan) -> dict[str, Array]:
    rng, n = np.random.default_rng(seed), numbers(tables)
    parts = [_batch(n, min(batch, runs - first), rng, plan) for first in range(0, runs, batch)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _best_of_drawn_plans(steer: Array, candidates: int, rng: np.random.Generator) -> Array:
    plans = rng.standard_normal((len(steer), candidates, steer.shape[1]))
    best = np.einsum("ikn,in->kn", plans, steer).argmax(0)
    return np.take_along_axis(plans, best[None, None], 1)[:, 0]


def _best_plan_by_its_law(steer: Array, candidates: int, rng: np.random.Generator) -> Array:
    phi = rng.standard_normal(steer.shape)
    best = -ndtri(-np.expm1(np.log(1.0 - rng.random(steer.shape[1])) / candidates))
    phi += (best - _dot(steer, phi)) * steer
    return phi


def _dot(x: Array, y: Array) -> Array:
    return np.einsum("in,in->n", x, y)


def _unit(x: Array) -> Array:
    return x / np.sqrt(_dot(x, x))


def _at_cosine(cosine: float, reference: Array, rng: np.random.Generator) -> Array:
    """Unit vectors at a given cosine from the references, otherwise uniform."""
    x = rng.standard_normal(reference.shape)
    x -= _dot(x, reference) * reference
    return cosine * reference + np.sqrt(1.0 - cosine**2) * _unit(x)


def _probit(m: Array, V: Array, Vx: Array, answer: Array, omega: Array, z: Array) -> Array:
    """The probit update, in place, for answers ±1 (and 0, none). Returns by how much tr V fell."""
    zeta = answer * z
    r = HAZARD / erfcx(-np.sqrt(0.5) * zeta)
    m += Vx * (answer * r / omega)
    scaled = Vx * (answer * answer * r * (zeta + r) / (omega * omega))
    V -= scaled[:, None] * Vx
    return _dot(scaled, Vx)


def _batch(n: Numbers, agents: int, rng: np.random.Generator, plan: Plan) -> dict[str, Array]:
    d, c = n.features, n.capability
    theta = _unit(rng.standard_normal((d, agents)))
    v = _at_cosine(n.overlap, theta, rng)
    m = n.strength * _at_cosine(n.knowledge, theta, rng)
    V = np.zeros((d, d, agents))
    V[np.arange(d), np.arange(d)] = n.spread**2 / d
    care = np.full(agents, n.care)
    welfare, harm, asked, since = np.zeros((4, agents))
    knows, cares, behaves, moved = np.zeros((4, agents))
    kind = np.full(agents, labels.UNDECIDED)
    u = care * m + (1.0 - care) * v
    for episode in range(n.horizon):
        # The best of N plans by u·φ.
        steer = _unit(u)
        phi = plan(steer, n.candidates, rng)
        # The gate.
        Vphi = np.einsum("ijn,jn->in", V, phi)
        mu, variance, good, served = _dot(m, phi), _dot(Vphi, phi), _dot(theta, phi), _dot(v, phi)
        omega = np.sqrt(n.assumed_noise**2 + variance)
        z = mu / omega
        yes, own = ndtr(z), (1.0 - care) * served
        ask = care * (mu * yes + variance / omega * DENSITY * np.exp(-0.5 * z * z)) + yes * own - n.ask_cost
        act = care * mu + own - n.resist_cost
        asks = (ask >= act) & (ask >= 0.0)
        acts = ~asks & (act > 0.0)
        asked += asks
        # The verdict and the act.
        approved = rng.random(agents) < ndtr(good / n.noise)
        seen = acts & (rng.random(agents) < n.audit * (1.0 - n.evasion * c * (1.0 - n.honesty * care)))
        judged = asks | seen
        executed = (acts & ~seen) | (judged & approved)
        verdict = judged * np.where(approved, 1.0, -1.0)
        done = c * good * executed
        welfare += done
        harm -= done * (good < -n.tolerance)
        # What it learns from the verdict, and from a comparison if it hears one.
        fallen = _probit(m, V, Vphi, verdict, omega, z)
        (hears,) = np.nonzero(rng.random(agents) < n.comparisons)
        x, mean, covariance = rng.standard_normal((d, len(hears))), m[:, hears], V[:, :, hears]
        Vx = np.einsum("ijn,jn->in", covariance, x)
        omega_x = np.sqrt(n.assumed_noise**2 + _dot(Vx, x))
        answer = np.where(rng.random(len(hears)) < ndtr(_dot(theta[:, hears], x) / n.noise), 1.0, -1.0)
        fallen[hears] += _probit(mean, covariance, Vx, answer, omega_x, _dot(mean, x) / omega_x)
        m[:, hears], V[:, :, hears] = mean, covariance
        # The motives.
        length = np.sqrt(_dot(m, m))
        u = care * m + (1.0 - care) * v
        steer = _unit(u)
        pressure = n.training * verdict / np.sqrt(_dot(phi, phi))
        force = (n.reflection * _dot(m, steer) + pressure * _dot(m, phi)) / length
        force -= n.guarding * _dot(v, steer) + pressure * served
        odds = care / (1.0 - care) * np.exp(force)
        care = np.clip(odds / (1.0 + odds), n.floor, 1.0 - n.floor)
        # What holds now.
        u = care * m + (1.0 - care) * v
        knows_now, behaves_now = _dot(m, theta) / length, _dot(u, theta) / np.sqrt(_dot(u, u))
        does, means = behaves_now >= 1.0 - n.behaves, care >= 1.0 - n.cares
        other = np.where(care <= n.cares, labels.CAPTURED, np.where(means, labels.MISLED, labels.UNDECIDED))
        now = np.where(does, np.where(means, labels.ALIGNED, labels.ALLIED), other)
        since[now != kind] = episode
        kind = now
        if episode >= n.horizon - n.dwell:
            knows += knows_now / n.dwell
            cares += care / n.dwell
            behaves += behaves_now / n.dwell
            moved += fallen / n.dwell
    closed = 50.0 * moved < 0.1 * n.behaves * length * length
    return _record(n, knows, cares, behaves, closed, kind, since) | {
        "harm": harm, "welfare": welfare, "asked": asked, "closed": closed.astype(float)
    }  # fmt: skip


def _record(
    n: Numbers, knows: Array, cares: Array, behaves: Array, closed: Array, kind: Array, since: Array
) -> dict[str, Array]:
    """The outcome, judged on the last `dwell` episodes."""
    does, means = behaves >= 1.0 - n.behaves, cares >= 1.0 - n.cares
    other = np.where(cares <= n.cares, labels.CAPTURED, np.where(means & closed, labels.MISLED, labels.UNDECIDED))
    label = np.where(does, np.where(means, labels.ALIGNED, labels.ALLIED), other)
    time = np.where(label == labels.UNDECIDED, np.inf, np.where(kind == label, since, n.horizon - n.dwell))
    return {"label": label.astype(float), "time": time, "knows": knows, "cares": cares, "behaves": behaves}
