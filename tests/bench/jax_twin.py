"""The scenario `value-learner` in JAX: an episode of one agent, `vmap` over a batch and `lax.scan` over episodes, compiled.

On processors, in double precision. A batch lies agents first, with `@` for products, and its random numbers are drawn for the
whole batch at once. Agents last, sums of products for `@`, and smaller or larger batches took longer where we tried. As every
agent of a batch does the same, an answer that is not given is an update by nothing. JAX is optional: pip install jax.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin import labels
from basin.simulate.tables import Tables
from tests.bench.mechanisms import Numbers, numbers

Array = Any  # of JAX
Function = Callable[..., Any]

BATCH = 256  # agents
GENERATOR = "threefry2x32"  # JAX's default
DENSITY = 1.0 / np.sqrt(2.0 * np.pi)
FAR = -30.0  # where Φ underflows soon


def available() -> bool:
    """Whether JAX is installed."""
    return importlib.util.find_spec("jax") is not None


def simulate(
    tables: Tables, runs: int, seed: int, batch: int = BATCH, generator: str = GENERATOR
) -> dict[str, NDArray[np.float64]]:
    """Columns of (runs,) numbers, by the names of `basin.engine.layout.RECORD`, for the first cell of the tables.

    Draws N plans and keeps the best, as the model puts it. Batches are of one size, since each size is compiled anew.
    """
    return _simulate(tables, runs, seed, batch, generator, False)


def simulate_by_law(
    tables: Tables, runs: int, seed: int, batch: int = BATCH, generator: str = GENERATOR
) -> dict[str, NDArray[np.float64]]:
    """The same with the engine's shortcut: one plan, by the exact law of the best of N."""
    return _simulate(tables, runs, seed, batch, generator, True)


def prepare(tables: Tables, batch: int, generator: str, *, by_law: bool) -> None:
    """Compile what a call would compile."""
    _compiled(numbers(tables), batch, generator, by_law)


def _simulate(
    tables: Tables, runs: int, seed: int, batch: int, generator: str, by_law: bool
) -> dict[str, NDArray[np.float64]]:
    jax = _jax()
    run = _compiled(numbers(tables), batch, generator, by_law)
    keys = jax.random.split(jax.random.key(seed, impl=generator), -(-runs // batch))
    parts = [run(key) for key in keys]
    return {name: np.concatenate([np.asarray(part[name], float) for part in parts])[:runs] for name in parts[0]}


def _jax() -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


@lru_cache(maxsize=32)
def _compiled(n: Numbers, agents: int, generator: str, by_law: bool) -> Function:
    """A function of a key that runs a batch of agents, compiled ahead, so that no call waits for it."""
    jax = _jax()
    start, episode, end = _stages(n, by_law)
    d, drawn = n.features, () if by_law else (n.candidates,)

    def run(key: Array) -> dict[str, Array]:
        key_start, key_episodes = jax.random.split(key)
        state = jax.vmap(start)(jax.random.normal(key_start, (agents, 3, d)))

        def step(state: tuple[Array, ...], when: Array) -> tuple[tuple[Array, ...], None]:
            of_plan, of_item, of_chances = jax.random.split(jax.random.fold_in(key_episodes, when), 3)
            plans = jax.random.normal(of_plan, (agents, *drawn, d))
            item = jax.random.normal(of_item, (agents, d))
            chances = jax.random.uniform(of_chances, (agents, 5))
            return jax.vmap(episode, (0, 0, 0, 0, None))(state, plans, item, chances, when), None

        state, _ = jax.lax.scan(step, state, jax.numpy.arange(n.horizon))
        return jax.vmap(end)(state)

    return jax.jit(run).lower(jax.random.key(0, impl=generator)).compile()


def _stages(n: Numbers, by_law: bool) -> tuple[Function, Function, Function]:
    """One agent's start, episode, and end."""
    jnp = _jax().numpy
    from jax.scipy.special import ndtr, ndtri

    d, c = n.features, n.capability

    def unit(x: Array) -> Array:
        return x / jnp.sqrt(x @ x)

    def at_cosine(cosine: float, reference: Array, x: Array) -> Array:
        return cosine * reference + np.sqrt(1.0 - cosine**2) * unit(x - (x @ reference) * reference)

    def learn(m: Array, V: Array, Vx: Array, answer: Array, omega: Array, z: Array) -> tuple[Array, Array, Array]:
        """The probit update for an answer ±1 (or 0, none), and by how much tr V fell."""
        zeta = answer * z
        r = jnp.where(zeta < FAR, -zeta - 1.0 / zeta, DENSITY * jnp.exp(-0.5 * zeta * zeta) / ndtr(zeta))
        scaled = Vx * (answer * answer * r * (zeta + r) / (omega * omega))
        return m + Vx * (answer * r / omega), V - jnp.outer(scaled, Vx), scaled @ Vx

    def outcome(cares: Array, behaves: Array, closed: Array | bool) -> Array:
        means = cares >= 1.0 - n.cares
        other = jnp.where(cares <= n.cares, labels.CAPTURED, jnp.where(means & closed, labels.MISLED, labels.UNDECIDED))
        return jnp.where(behaves >= 1.0 - n.behaves, jnp.where(means, labels.ALIGNED, labels.ALLIED), other)

    def start(normals: Array) -> tuple[Array, ...]:
        theta = unit(normals[0])
        m = n.strength * at_cosine(n.knowledge, theta, normals[1])
        V, v = jnp.eye(d) * (n.spread**2 / d), at_cosine(n.overlap, theta, normals[2])
        return theta, v, m, V, jnp.float64(n.care), jnp.zeros(8), jnp.int64(labels.UNDECIDED), jnp.int64(0)

    def episode(state: tuple[Array, ...], plans: Array, item: Array, chances: Array, when: Array) -> tuple[Array, ...]:
        theta, v, m, V, care, sums, kind, since = state
        # The best of N plans by u·φ.
        steer = unit(care * m + (1.0 - care) * v)
        if by_law:
            best = -ndtri(-jnp.expm1(jnp.log1p(-chances[0]) / n.candidates))
            phi = plans + (best - plans @ steer) * steer
        else:
            phi = plans[jnp.argmax(plans @ steer)]
        # The gate.
        Vphi = V @ phi
        mu, variance, good, served = m @ phi, Vphi @ phi, theta @ phi, v @ phi
        omega = jnp.sqrt(n.assumed_noise**2 + variance)
        z = mu / omega
        yes, own = ndtr(z), (1.0 - care) * served
        ask = care * (mu * yes + variance / omega * DENSITY * jnp.exp(-0.5 * z * z)) + yes * own - n.ask_cost
        act = care * mu + own - n.resist_cost
        asks = (ask >= act) & (ask >= 0.0)
        acts = ~asks & (act > 0.0)
        # The verdict and the act.
        approved = chances[1] < ndtr(good / n.noise)
        seen = acts & (chances[2] < n.audit * (1.0 - n.evasion * c * (1.0 - n.honesty * care)))
        judged = asks | seen
        executed = (acts & ~seen) | (judged & approved)
        verdict = judged * jnp.where(approved, 1.0, -1.0)
        welfare = c * good * executed
        harm = -welfare * (good < -n.tolerance)
        # What it learns from the verdict, and from a comparison if it hears one.
        m, V, fallen = learn(m, V, Vphi, verdict, omega, z)
        hears = chances[3] < n.comparisons
        Vx = V @ item
        omega = jnp.sqrt(n.assumed_noise**2 + Vx @ item)
        answer = hears * jnp.where(chances[4] < ndtr(theta @ item / n.noise), 1.0, -1.0)
        m, V, fallen_too = learn(m, V, Vx, answer, omega, m @ item / omega)
        # The motives.
        length = jnp.sqrt(m @ m)
        steer = unit(care * m + (1.0 - care) * v)
        pressure = n.training * verdict / jnp.sqrt(phi @ phi)
        force = (n.reflection * (m @ steer) + pressure * (m @ phi)) / length - n.guarding * (v @ steer) - pressure * served
        odds = care / (1.0 - care) * jnp.exp(force)
        care = jnp.clip(odds / (1.0 + odds), n.floor, 1.0 - n.floor)
        # What holds now.
        knows, behaves = m @ theta / length, unit(care * m + (1.0 - care) * v) @ theta
        now = outcome(care, behaves, True)
        late = when >= n.horizon - n.dwell
        window = jnp.stack([knows, care, behaves, fallen + fallen_too]) * (late / n.dwell)
        sums = sums + jnp.concatenate([jnp.stack([welfare, harm, asks, 0.0]), window])
        return theta, v, m, V, care, sums, now, jnp.where(now != kind, when, since)

    def end(state: tuple[Array, ...]) -> dict[str, Array]:
        _, _, m, _, _, (welfare, harm, asked, _, knows, cares, behaves, moved), kind, since = state
        closed = 50.0 * moved < 0.1 * n.behaves * (m @ m)
        label = outcome(cares, behaves, closed)
        settled = jnp.where(kind == label, since, n.horizon - n.dwell)
        return {
            "label": label, "time": jnp.where(label == labels.UNDECIDED, jnp.inf, settled), "knows": knows, "cares": cares,
            "behaves": behaves, "closed": closed, "harm": harm, "welfare": welfare, "asked": asked,
        }  # fmt: skip

    return start, episode, end
