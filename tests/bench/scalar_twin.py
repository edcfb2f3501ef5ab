"""The scenario `value-learner` as a plain Numba loop: one agent at a time, `np.random`, and the error function of libm."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from basin import labels
from basin.simulate.tables import Tables
from tests.bench.mechanisms import Numbers, numbers

COLUMNS = ("label", "time", "knows", "cares", "behaves", "closed", "harm", "welfare", "asked")
ROOT_HALF = math.sqrt(0.5)
DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
ALIGNED, ALLIED, CAPTURED, MISLED, UNDECIDED = (
    labels.ALIGNED, labels.ALLIED, labels.CAPTURED, labels.MISLED, labels.UNDECIDED
)  # fmt: skip

# Wichura (1988), algorithm AS 241: numerators and denominators near one half, in the tail, far in the tail.
CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
     1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080),
    (5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867, 5394.1960214247511077,
     687.18700749205790830, 42.313330701600911252, 1.0),
)  # fmt: skip
TAIL = (
    (7.7454501427834140764e-4, 0.022723844989269184583, 0.24178072517745061177, 1.2704582524523683826,
     3.6478483247632046050, 5.7694972214606914055, 4.6303378461565452959, 1.4234371107496835773),
    (1.0507500716444168432e-9, 5.4759380849953449460e-4, 0.015198666563616457197, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.0531916266377588219, 1.0),
)  # fmt: skip
FAR_TAIL = (
    (2.0103343992922881327e-7, 2.7115555687434875782e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182650489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.0442631033899397856e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.8686913114561325910e-4,
     0.014875361290850615486, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


@numba.njit
def _ratio(x, polynomials):
    top, bottom = 0.0, 0.0
    for i in range(8):
        top = top * x + polynomials[0][i]
        bottom = bottom * x + polynomials[1][i]
    return top / bottom


@numba.njit
def _quantile(p):
    """Φ⁻¹(p)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, CENTRE)
    depth = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    size = _ratio(depth - 1.6, TAIL) if depth <= 5.0 else _ratio(depth - 5.0, FAR_TAIL)
    return -size if q < 0.0 else size


@numba.njit
def _cdf(z):
    return 0.5 * math.erfc(-ROOT_HALF * z)


@numba.njit
def _hazard(z):
    """ϕ(z)/Φ(z)."""
    if z < -30.0:  # where Φ underflows soon
        return -z - 1.0 / z
    return DENSITY * math.exp(-0.5 * z * z) / _cdf(z)


@numba.njit
def _dot(x, y):
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@numba.njit
def _unit(x, out):
    length = math.sqrt(_dot(x, x))
    for i in range(x.shape[0]):
        out[i] = x[i] / length


@numba.njit
def _at_cosine(cosine, reference, out):
    """A unit vector at a given cosine from the reference, otherwise uniform."""
    for i in range(out.shape[0]):
        out[i] = np.random.normal()
    along = _dot(out, reference)
    for i in range(out.shape[0]):
        out[i] -= along * reference[i]
    _unit(out, out)
    sine = math.sqrt(1.0 - cosine * cosine)
    for i in range(out.shape[0]):
        out[i] = cosine * reference[i] + sine * out[i]


@numba.njit
def _times(V, x, out):
    for i in range(x.shape[0]):
        out[i] = _dot(V[i], x)


@numba.njit
def _steer(care, m, v, u, unit):
    for i in range(m.shape[0]):
        u[i] = care * m[i] + (1.0 - care) * v[i]
    _unit(u, unit)


@numba.njit
def _learn(m, V, Vx, answer, omega, z):
    """The probit update. Returns by how much tr V fell."""
    zeta = answer * z
    r = _hazard(zeta)
    gain, drop = answer * r / omega, r * (zeta + r) / (omega * omega)
    moved = 0.0
    for i in range(m.shape[0]):
        m[i] += Vx[i] * gain
        scaled = Vx[i] * drop
        moved += scaled * Vx[i]
        for j in range(m.shape[0]):
            V[i, j] -= scaled * Vx[j]
    return moved


@numba.njit
def _outcome(n, care, behaves, closed):
    means = care >= 1.0 - n.cares
    if behaves >= 1.0 - n.behaves:
        return ALIGNED if means else ALLIED
    if care <= n.cares:
        return CAPTURED
    return MISLED if means and closed else UNDECIDED


@numba.njit
def _agent(n, out):
    d, c = n.features, n.capability
    theta, v, m, u, unit = np.empty(d), np.empty(d), np.empty(d), np.empty(d), np.empty(d)
    phi, x, Vx, V = np.empty(d), np.empty(d), np.empty(d), np.zeros((d, d))
    for i in range(d):
        theta[i] = np.random.normal()
        V[i, i] = n.spread * n.spread / d
    _unit(theta, theta)
    _at_cosine(n.overlap, theta, v)
    _at_cosine(n.knowledge, theta, m)
    for i in range(d):
        m[i] *= n.strength
    care, welfare, harm, asked, since, kind = n.care, 0.0, 0.0, 0.0, 0, UNDECIDED
    knows_sum, cares_sum, behaves_sum, moved_sum = 0.0, 0.0, 0.0, 0.0
    _steer(care, m, v, u, unit)
    for episode in range(n.horizon):
        # The best of N plans by u·φ.
        for i in range(d):
            phi[i] = np.random.normal()
        best = -_quantile(-math.expm1(math.log(1.0 - np.random.random()) / n.candidates))
        along = best - _dot(unit, phi)
        for i in range(d):
            phi[i] += along * unit[i]
        # The gate.
        _times(V, phi, Vx)
        mu, variance, good, served = _dot(m, phi), _dot(Vx, phi), _dot(theta, phi), _dot(v, phi)
        omega = math.sqrt(n.assumed_noise * n.assumed_noise + variance)
        z = mu / omega
        yes, own = _cdf(z), (1.0 - care) * served
        worth = mu * yes + variance / omega * DENSITY * math.exp(-0.5 * z * z)
        ask = care * worth + yes * own - n.ask_cost
        act = care * mu + own - n.resist_cost
        asks = ask >= act and ask >= 0.0
        acts = not asks and act > 0.0
        # The verdict, the act, and what it learns from it.
        audited = acts and np.random.random() < n.audit * (1.0 - n.evasion * c * (1.0 - n.honesty * care))
        verdict, moved = 0.0, 0.0
        if asks or audited:
            verdict = 1.0 if np.random.random() < _cdf(good / n.noise) else -1.0
            moved += _learn(m, V, Vx, verdict, omega, z)
        if asks:
            asked += 1.0
        if (acts and not audited) or verdict > 0.0:
            welfare += c * good
            if good < -n.tolerance:
                harm -= c * good
        # A comparison, if it hears one.
        if np.random.random() < n.comparisons:
            for i in range(d):
                x[i] = np.random.normal()
            _times(V, x, Vx)
            omega = math.sqrt(n.assumed_noise * n.assumed_noise + _dot(Vx, x))
            answer = 1.0 if np.random.random() < _cdf(_dot(theta, x) / n.noise) else -1.0
            moved += _learn(m, V, Vx, answer, omega, _dot(m, x) / omega)
        # The motives.
        length = math.sqrt(_dot(m, m))
        _steer(care, m, v, u, unit)
        pressure = n.training * verdict / math.sqrt(_dot(phi, phi))
        force = (n.reflection * _dot(m, unit) + pressure * _dot(m, phi)) / length
        force -= n.guarding * _dot(v, unit) + pressure * served
        odds = care / (1.0 - care) * math.exp(force)
        care = min(max(odds / (1.0 + odds), n.floor), 1.0 - n.floor)
        # What holds now.
        _steer(care, m, v, u, unit)
        knows, behaves = _dot(m, theta) / length, _dot(unit, theta)
        now = _outcome(n, care, behaves, True)
        if now != kind:
            kind, since = now, episode
        if episode >= n.horizon - n.dwell:
            knows_sum += knows
            cares_sum += care
            behaves_sum += behaves
            moved_sum += moved
    knows, cares, behaves = knows_sum / n.dwell, cares_sum / n.dwell, behaves_sum / n.dwell
    closed = 50.0 * moved_sum / n.dwell < 0.1 * n.behaves * _dot(m, m)
    label = _outcome(n, cares, behaves, closed)
    time = math.inf if label == UNDECIDED else (since if kind == label else n.horizon - n.dwell)
    out[0], out[1], out[2], out[3], out[4] = label, time, knows, cares, behaves
    out[5], out[6], out[7], out[8] = closed, harm, welfare, asked


@numba.njit(nogil=True)
def _agents(n, seed, out):
    np.random.seed(seed)
    for agent in range(out.shape[0]):
        _agent(n, out[agent])


def simulate(tables: Tables, runs: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Columns of (runs,) numbers, by the names of `basin.engine.layout.RECORD`, for the first cell of the tables."""
    n: Numbers = numbers(tables)
    out = np.empty((runs, len(COLUMNS)))
    _agents(n, seed, out)
    return {name: out[:, at].copy() for at, name in enumerate(COLUMNS)}
