"""The obvious twin's chances and starts: the same random numbers as the engine's, and section 7 of the model in NumPy.

`basin.engine.random` says which address each random number lives at; the rest is written from the model's text.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np

from basin import choices, values
from basin.engine import random as slots

WORD = np.uint64(0xFFFFFFFF)
LEAST_LENGTH = 1e-14  # shorter than this, a direction is none


def philox(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Philox4x32-10 (Salmon et al. 2011): counters (..., 4) to random words (..., 4), 32 bits each, in uint64."""
    c0, c1, c2, c3 = (counter[..., i].astype(np.uint64) for i in range(4))
    for number in range(10):
        k0, k1 = (np.uint64((k + number * step) % 2**32) for k, step in zip(key, (0x9E3779B9, 0xBB67AE85), strict=True))
        a, b = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (b >> np.uint64(32)) ^ c1 ^ k0, b & WORD, (a >> np.uint64(32)) ^ c3 ^ k1, a & WORD
    return np.stack([c0, c1, c2, c3], axis=-1)


def uniform52(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Two words to (k + ½) 2^-52."""
    return (((high << np.uint64(32) | low) >> np.uint64(12)).astype(float) + 0.5) / 2.0**52


class Chances:
    """The random numbers of one run at its current `episode` (0: the start), and of the people it lives among, its own or
    another run's."""

    def __init__(self, seed: int, run: int, episodes: int, people: int | None = None) -> None:
        self.people = self if people is None else Chances(seed, people, episodes)
        self.key = (seed % 2**32, seed >> 32)
        self.run = run
        self.episodes = episodes
        self.episode = 0
        self._tables: dict[tuple, np.ndarray] = {}

    def move_on(self) -> None:
        """To the next episode."""
        self.people.episode = self.episode = self.episode + 1

    def words(self, use: int, first: int, count: int) -> np.ndarray:
        """(episodes + 1, count, 4): all episodes at once, since NumPy is slow one by one."""
        counter = np.zeros((self.episodes + 1, count, 4), np.uint64)
        counter[..., 0], counter[..., 1] = self.run % 2**32, self.run >> 32
        counter[..., 2] = np.arange(self.episodes + 1)[:, None]
        counter[..., 3] = use * slots.SLOTS_PER_USE + first + np.arange(count)
        return philox(counter, self.key)

    def _now(self, name: str, make, use: int, first: int, count: int) -> np.ndarray:
        key = (name, use, first, count)
        if key not in self._tables:
            self._tables[key] = make(self.words(use, first, count))
        return self._tables[key][self.episode]

    def normals(self, use: int, n: int, first: int = 0) -> np.ndarray:
        """(n,) standard normals, two from each slot (Box & Muller 1958)."""

        def make(words: np.ndarray) -> np.ndarray:
            radius = np.sqrt(-2 * np.log(uniform52(words[..., 0], words[..., 1])))
            angle = 2 * np.pi * uniform52(words[..., 2], words[..., 3])
            pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
            return pairs.reshape(len(words), -1)

        return self._now("normals", make, use, first, (n + 1) // 2)[:n]

    def long(self, use: int, at: int = 0) -> float:
        """A uniform number from the first two words of a slot."""
        return self._now("long", lambda words: uniform52(words[:, 0, 0], words[:, 0, 1]), use, at, 1)

    def second(self, use: int, at: int = 0) -> float:
        """A uniform number from the last two words of a slot."""
        return self._now("second", lambda words: uniform52(words[:, 0, 2], words[:, 0, 3]), use, at, 1)

    def short(self, use: int, at: int = 0) -> np.ndarray:
        """(4,) uniform numbers (word + ½) 2^-32, one from each word of a slot."""
        return self._now("short", lambda words: (words[:, 0].astype(float) + 0.5) / 2.0**32, use, at, 1)


def hat(x: np.ndarray) -> np.ndarray:
    """The unit vector along x; 0 where x is 0."""
    length = np.sqrt(x @ x)
    return x / length if length > 0 else np.zeros_like(x)


class Space:
    """The space in which start angles are measured: x is seen as A x."""

    def __init__(self, A: np.ndarray) -> None:
        self.A = A

    def dot(self, x: np.ndarray, y: np.ndarray) -> float:
        return (self.A @ x) @ (self.A @ y)

    def unit(self, x: np.ndarray) -> np.ndarray:
        length = np.sqrt(self.dot(x, x))
        return x / length if length > LEAST_LENGTH else np.zeros_like(x)

    def across(self, x: np.ndarray, *others: np.ndarray) -> np.ndarray:
        """The unit direction of x's part at right angles to some orthogonal unit vectors."""
        for _ in range(2):
            for other in others:
                x = x - self.dot(x, other) * other
        return self.unit(x)

    def at_angle(self, cosine: float, axis: np.ndarray, across: np.ndarray) -> np.ndarray:
        """The direction at this cosine from a unit axis, toward `across`; ± the axis where there is no room."""
        if not across.any():
            cosine = 1.0 if cosine >= 0 else -1.0
        return hat(cosine * axis + np.sqrt(1 - cosine**2) * across)


def warped(condition: float, normals: np.ndarray) -> np.ndarray:
    """A random linear map with singular values from 1 down to 1/condition, evenly in the logarithm."""
    d = len(normals)
    q, r = np.linalg.qr(normals.T)
    rows = (q * np.sign(np.diag(r))).T  # Gram-Schmidt of the rows
    return condition ** (-np.arange(d) / max(d - 1, 1))[:, None] * rows


def mutual_coordinates(overlap: np.ndarray, cosine: float) -> np.ndarray:
    """(n, n): parts of the motives ⊥ θ, in some orthonormal basis, so that any two motives have this cosine."""
    n = len(overlap)
    found = np.zeros((n, n))
    used = 0
    for k in range(n):
        if abs(overlap[k]) == 1:
            continue
        earlier = [j for j in range(k) if abs(overlap[j]) < 1]
        wanted = [(cosine - overlap[j] * overlap[k]) / np.sqrt((1 - overlap[j] ** 2) * (1 - overlap[k] ** 2)) for j in earlier]
        if earlier:
            found[k] = np.linalg.lstsq(found[earlier], np.array(wanted), rcond=1e-6)[0]
        left = 1 - found[k] @ found[k]
        if left > 1e-9 * n:
            found[k, used] += np.sqrt(left)
            used += 1
    return found


@cache
def table_of_choices(name: str) -> tuple[choices.ChoiceTable, choices.Standardised]:
    table = choices.read(name)
    return table, choices.standardise(table)


def target(scenario, chances: Chances, expected: bool) -> tuple[np.ndarray, np.ndarray]:
    """θ, and which features are within the agent's hypotheses."""
    table = scenario.evidence.choices_table
    recorded = table_of_choices(table)[1].theta if table else None
    d = len(recorded) if table else scenario.values.features
    visible = d - min(d - 1, round(scenario.belief.blind * d))
    theta = hat(chances.normals(slots.START_VALUES, d))
    if table:
        theta = recorded
    elif expected:  # what the blind features hold of a random θ on average
        theta = np.zeros(d)
        theta[d - 1] = np.sqrt(1 - visible / d)
        theta[0] = np.sqrt(visible / d)
    return theta, np.arange(d) < visible


def people(scenario, theta: np.ndarray, chances: Chances, expected: bool) -> tuple[np.ndarray, np.ndarray]:
    """θ, and how each of H people differs from it (H, d); in the skeleton, and where they do not differ, one who does not."""
    v, d = scenario.values, len(theta)
    spread = own_spread(scenario, d)
    if expected or spread == 0:
        return theta, np.zeros((1, d))
    xi = chances.normals(slots.START_PEOPLE, v.people * d).reshape(v.people, d)
    differ = spread * np.sqrt(v.people / (v.people - 1)) * (xi - xi.mean(axis=0))
    if v.target == "extrapolated":
        limit = theta + values.limits(differ, v.extrapolated.trust_bound).values[0]
        unit = np.sqrt(limit @ limit)
        return limit / unit, (theta + differ - limit) / unit
    return theta, differ


def own_spread(scenario, d: int) -> float:
    """The s.d., in one feature, of what is each person's own."""
    v = scenario.values
    if v.people == 1 or v.target == "given":
        return 0.0
    if v.target == "mean":
        return scenario.humans.spread
    return (v.evolved if v.target == "evolved" else v.extrapolated).personal / np.sqrt(d)


def begin(
    scenario, run: int, seed: int, *, expected: bool = False, known: float = 1.0, among: int | None = None, now=None
) -> SimpleNamespace:
    """Where a run starts: directions, belief, shares, capability. known: P(all facts of the argument are known). among: the
    run whose people it lives among, if they are not its own. now: their θ, where it has moved since they began."""
    s, chances = scenario, Chances(seed, run, 0, among)
    theta, seen = target(s, chances.people, expected)
    theta, differ = people(s, theta, chances.people, expected)
    theta = theta if now is None else now
    d, motives = len(theta), s.motives.own
    warp = s.values.warp
    space = Space(warped(warp, chances.normals(slots.START_WARP, d * d).reshape(d, d)) if warp > 1 else np.eye(d))
    flat = Space(np.eye(d))

    n = hat(np.eye(d)[0] - theta)
    mirror = np.eye(d) - 2 * np.outer(n, n)  # takes the first axis to θ; the other columns are the skeleton's

    def across(number: int, random: np.ndarray) -> np.ndarray:
        """A direction before its angle with θ is set: random, or in the skeleton a column of the mirror."""
        if not expected:
            return random
        return mirror[:, number] if number < d else np.zeros(d)

    raw = chances.normals(slots.START_OWN, len(motives) * d).reshape(len(motives), d)
    axis = space.unit(theta)
    residual: list[np.ndarray] = []
    for k in range(len(motives)):
        others = residual if s.motives.mutual != "random" else []
        residual.append(space.across(across(2 + k, raw[k]), axis, *others))
    if s.motives.mutual != "random":
        fixed = [k for k, motive in enumerate(motives) if motive.kind != "approval"]
        coordinates = np.zeros((len(motives), len(motives)))
        overlaps = np.array([motives[k].overlap for k in fixed])
        coordinates[np.ix_(fixed, np.arange(len(fixed)))] = mutual_coordinates(overlaps, s.motives.mutual)
        residual = list(coordinates @ np.array(residual).reshape(len(motives), d))
    own = np.array([space.at_angle(motive.overlap, axis, w) for motive, w in zip(motives, residual, strict=True)])

    names = [motive.name for motive in motives]
    number = 2 + len(motives)  # θ, the error and the motives have the first columns
    if s.humans.bias_direction == "random":
        bias = across(number, chances.people.normals(slots.START_BIAS, d))
        number += s.humans.bias != 0
    else:
        bias = residual[names.index(s.humans.bias_direction)]
    offset = across(number, chances.people.normals(slots.START_OVERSEER, d))
    number += s.humans.overseer_offset != 0
    culture = across(number, chances.people.normals(slots.START_CULTURE, d))

    if s.belief.error_direction == "random":
        error = across(1, chances.normals(slots.START_ERROR, d))
    else:
        error = residual[names.index(s.belief.error_direction)]
    known_part = space.unit(np.where(seen, theta, 0))
    direction = space.at_angle(s.belief.knowledge, known_part, space.across(np.where(seen, error, 0), known_part))

    weights = np.array([motive.share for motive in motives])
    shares = np.array([s.motives.care, *((1 - s.motives.care) * weights / weights.sum())]) if motives else np.ones(1)
    return SimpleNamespace(
        d=d, seen=seen, theta=theta, own=own.reshape(len(motives), d), bias=flat.across(bias, theta),
        offset=flat.across(offset, theta), culture=flat.across(culture, theta), people=differ, m=s.belief.strength * direction,
        V=np.diag(np.where(seen, s.belief.spread**2 / d, 0)), shares=above_floor(shares, s.motives.floor),
        c=s.capability.start, argument=float(chances.long(slots.START_FACTS) < known),
    )  # fmt: skip


def above_floor(shares: np.ndarray, floor: float) -> np.ndarray:
    """Shares at or below the floor are put there; what the others have above it is scaled so that the sum is 1."""
    above = np.maximum(shares - floor, 0)
    return floor + above * ((1 - len(shares) * floor) / above.sum())
