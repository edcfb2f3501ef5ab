"""The obvious twin of the engine: one run of a scenario in plain NumPy, one formula of the model per line.

Written from the model's text, section by section, and slow. It meets the same random numbers as the engine
(`naive_start.Chances`) and takes its stages in the same order; nothing else is shared. Vectors are (d,), V is (d, d).
"""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from basin.engine import random as slots
from basin.labels import ALIGNED, ALLIED, CAPTURED, LOCKED_IN, MISLED, UNDECIDED
from tests.naive_learning import LEAST_NOISE, expected_maximum, hazard, kalman, luce, probit
from tests.naive_start import Chances, above_floor, begin, hat, own_spread, table_of_choices

ANSWER, OPTIONS, PER_OPTION = 64, 128, 32  # slots within a channel
STIFFEST = 1e4  # largest ratio of spread to assumed noise
REACHED = 1e-12  # a mean this close to its bound has reached it


def cos(x, y):
    return hat(x) @ hat(y)


class Twin:
    """One run. `episode()` moves it on; `rows` holds the history, `record()` how it ended."""

    def __init__(self, scenario, run=0, seed=0, *, expected=False, known=1.0, steps=0, among=None):
        self.expected, self.steps, self.phases = expected, steps, self.in_phases(scenario)
        scenario = self.phases[0][1]
        vars(self).update(vars(begin(scenario, run, seed, expected=expected, known=known, among=among)))
        self.chances = Chances(seed, run, scenario.outcome.horizon, among)
        self.theta0, self.shares0 = self.theta, self.shares
        self.take_up(scenario)
        self.asked = self.welfare = self.harm = 0.0
        self.survival, self.locked = 1.0, False
        self.rows = [self.row(0, 0, 0)]

    @staticmethod
    def in_phases(scenario):
        """(first episode, scenario) of every phase."""
        if not scenario.phases:
            return [(0, scenario)]
        lengths = [phase.episodes for phase in scenario.phases]
        begin_at = [0, *np.cumsum(lengths[:-1])]
        return [(at, scenario.with_({**dict(phase.changes), "phases": ()}))
                for at, phase in zip(begin_at, scenario.phases, strict=True)]  # fmt: skip

    def take_up(self, scenario):
        """The numbers of a scenario, at the start and when a phase begins."""
        self.s, self.own_motives, self.audit = scenario, scenario.motives.own, scenario.oversight.audit
        if scenario.evidence.choices_table:
            self.recorded, self.standard = table_of_choices(scenario.evidence.choices_table)
        assumed = scenario.belief.assumed_noise
        self.assumed = scenario.humans.noise if assumed is None else assumed
        self.e_N = expected_maximum(scenario.planning.candidates)
        caution = scenario.planning.caution
        self.caution = self.e_N if caution == "look-elsewhere" else caution

    @property
    def error(self):
        """How far what people show on average is from their values: biased evidence, and culture beside the core."""
        v = self.s.values
        return self.s.humans.bias * self.bias + (v.evolved.culture * self.culture if v.target == "evolved" else 0)

    # ---- What it steers toward ----

    def aim(self):
        """What the motives want now, and the acting direction u."""
        s = self.s
        approved = hat(self.m + s.belief.awareness * self.error)
        self.want = self.own.copy()
        for k, motive in enumerate(self.own_motives):
            if motive.kind == "approval":
                self.want[k] = approved
            elif motive.kind == "ally" and self.c < motive.reveals_at:
                self.want[k] = hat(self.m)
        length = np.sqrt(self.m @ self.m)
        self.w0 = self.shares[0]
        if s.motives.weighing == "direction":
            self.w0 = self.shares[0] / length if length > 0 else 0.0
        self.u = self.w0 * self.m + self.shares[1:] @ self.want

    def row(self, asks, acts, executed):
        """One episode of the history, by the engine's columns and then the shares."""
        self.aim()
        allies = np.array([motive.kind == "ally" for motive in self.own_motives], bool)[:, None]
        at_full_capability = self.w0 * self.m + self.shares[1:] @ np.where(allies, self.own, self.want)
        values = self.theta0 if self.s.outcome.score_target == "initial" else self.theta
        return dict(
            knows=cos(self.m, values), behaves=cos(at_full_capability, values), uncertainty=np.sqrt(max(np.trace(self.V), 0)),
            asked=asks, acted=acts, executed=executed, harm=self.harm, welfare=self.welfare, capability=self.c,
            shares=self.shares,
        )  # fmt: skip

    # ---- What people perceive, and what the agent expects of them ----

    def someone(self, item):
        """How the person differs from θ who gives an item of evidence in this episode: 0 a verdict, 1 a statement, ..."""
        return self.people[int(self.chances.short(slots.PERSON)[item] * len(self.people))]

    def perceived(self, x, item=0):
        shown = self.theta + self.error + self.someone(item)
        shown = shown + (self.s.humans.overseer_offset * self.offset if item == 0 else 0)
        return (1 - self.tilt) * (shown @ x) + self.tilt * (self.u_then @ x)

    def chance_of_yes(self, x, item=0, squared_length=None):
        h, target = self.s.humans, self.s.values.target
        spread = 0 if target == "mean" else h.spread  # of a mean, the people at hand are all there are
        if self.expected:
            spread = np.hypot(spread, own_spread(self.s, self.d))
        squared_length = x @ x if squared_length is None else squared_length
        noise = max(np.sqrt(h.noise**2 + spread**2 * squared_length), LEAST_NOISE)
        return (1 - h.lapse) * special.ndtr(self.perceived(x, item) / noise) + h.lapse / 2

    def expects(self, x):
        """a and o of the answer that the agent expects on x (or on every row of x)."""
        a = 1 - self.tilt_known
        bias = self.s.belief.awareness * (x @ self.error)
        return a, self.tilt_known * (x @ self.u_then) + a * bias

    # ---- One episode ----

    def dawn(self):
        for first, scenario in self.phases[1:]:
            if self.chances.episode == first:
                self.take_up(scenario)
        self.chances.move_on()
        self.moved = self.items = 0.0

    def episode(self):
        self.dawn()
        s = self.s
        self.aim()
        self.u_then, self.hidden = self.u, self.c * (1 - s.motives.honesty * self.shares[0])
        motivated = s.oversight.manipulation * self.hidden
        self.tilt = min(1, s.oversight.tilt + motivated)
        self.tilt_known = (1 - s.belief.self_deceived) * motivated
        self.attention = s.belief.attention + (1 - s.belief.attention) * self.shares[0]
        phi, squared_length = self.plan()
        p_ask, p_drop, hard = self.gate(phi)
        p_yes = self.chance_of_yes(phi, 0, squared_length)
        p_seen = self.audit * (1 - s.oversight.evasion * self.hidden)
        if s.oversight.visible > 0 and not self.perceived(phi) < -s.oversight.visible:
            p_seen = 0
        good, utility = phi @ self.theta, self.c * (phi @ self.theta)
        lock = min(1, s.world.hazard * self.c * max(-good - s.world.tolerance, 0))
        p_act = 1 - p_ask - p_drop
        if self.expected:
            asks, acts = p_ask, p_act
            p_verdict = p_ask + p_act * p_seen
            executed = p_act * (1 - p_seen) + p_verdict * p_yes
            signal = p_verdict * (p_yes - 1 if s.training.on == "vetoes" else 2 * p_yes - 1)
            self.survival *= 1 - executed * lock
            heard = p_verdict * self.attention
            branches = [(heard * p_yes, self.verdict(phi, 1)), (heard * (1 - p_yes), self.verdict(phi, -1))]
            self.learn(*branches)
            self.items += heard
        else:
            attend, gate, lock_chance, _ = self.chances.short(slots.LOOK)
            _, _, answer, audit = self.chances.short(slots.SEARCH)
            asks = p_ask == 1 if hard else gate < p_ask
            acts = p_ask + p_drop == 0 if hard else gate >= p_ask + p_drop
            seen = acts and audit < p_seen
            R = self.answer = (1 if answer < p_yes else -1) if asks or seen else 0
            executed = (acts and not seen) or R == 1
            signal = min(R, 0) if s.training.on == "vetoes" else R
            self.locked = executed and lock_chance < lock
            if R != 0 and attend < self.attention:
                self.meet(self.verdict(phi, R))
        self.asked += asks
        self.welfare += executed * utility
        self.harm += executed * (-utility if good < -s.world.tolerance else 0)
        self.hear_expected() if self.expected else self.hear()
        old, ignorant = np.diag(self.V), (STIFFEST * max(self.assumed, LEAST_NOISE)) ** 2 / self.d
        grown = np.maximum(old, np.minimum(old + s.belief.drift / self.d, ignorant))
        self.V = self.V + np.diag(np.where(self.seen, grown - old, 0))
        self.reconsider(phi, np.sqrt(squared_length), signal)
        self.turn()
        self.rows.append(self.row(float(asks), float(acts), float(executed)) | dict(moved=self.moved, items=self.items))

    def plan(self):
        """The best of N random plans by u·φ, exactly; with caution, N plans one by one. And ‖φ‖²."""
        s, d, N, toward = self.s, self.d, self.s.planning.candidates, hat(self.u)
        if self.expected:
            return self.e_N * toward, d - 1 + self.e_N**2
        if self.caution > 0:
            per_plan = range(s.planning.candidates)
            plans = np.array([self.chances.normals(slots.CANDIDATES, d, PER_OPTION * n) for n in per_plan])
            doubt = np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", plans, self.V, plans), 0))
            phi = plans[np.argmax(plans @ self.u - self.caution * self.w0 * doubt)]
        else:
            z = self.chances.normals(slots.PLAN, d)
            e = -special.ndtri(-np.expm1(np.log(self.chances.long(slots.SEARCH)) / N))
            phi = z + (e - toward @ z) * toward
        return phi, phi @ phi

    def gate(self, phi):
        """Chances of asking and of dropping the plan, and whether they are 0 or 1."""
        g, m, w0 = self.s.gate, self.m, self.w0
        Vphi = self.V @ phi
        mu, variance, own = m @ phi, max(phi @ Vphi, 0), self.shares[1:] @ (self.want @ phi)
        a, o = self.expects(phi)
        omega = max(np.sqrt(self.assumed**2 + a**2 * variance), LEAST_NOISE)
        z = (a * mu + o) / omega
        (r_yes, _), (r_no, _) = hazard(z), hazard(-z)
        yes, no, density = special.ndtr(z), special.ndtr(-z), stats.norm.pdf(z)

        def longer(step):  # (‖m + step Vφ‖ − ‖m‖)/step: of a tiny step, the difference itself is lost in rounding
            sum_of_lengths = np.linalg.norm(m + step * Vphi) + np.linalg.norm(m)
            return (2 * m @ Vphi + step * (Vphi @ Vphi)) / sum_of_lengths if sum_of_lengths > 0 else 0.0

        # W = μ Q + (a s²/ω) ϕ, and Q‖m⁺‖ + (1 − Q)‖m⁻‖ − ‖m‖ = (a/ω) ϕ (longer(up) − longer(−down)),
        # since Q r_yes = (1 − Q) r_no = ϕ: what the answer is worth beyond its probability is `worth` times ϕ
        up, down = a * r_yes / omega, a * r_no / omega
        worth = w0 * a * variance / omega
        if g.foresight > 0:
            worth += w0 * g.foresight * self.e_N * (a / omega) * (longer(up) - longer(-down))
        doubt = w0 * self.caution * np.sqrt(variance)
        ask = yes * (w0 * mu + own) + worth * density - g.ask_cost
        act = w0 * mu + own - doubt - g.resist_cost
        if g.temperature >= 1e-300:  # anything colder takes the best option
            chance = special.softmax((np.array([ask, act, 0]) - max(ask, act, 0)) / g.temperature)
            return chance[0], chance[2], False
        # ask − act and ask, divided by P(no) and P(yes): where an answer is all but certain both would round to 0
        cost = g.resist_cost - g.ask_cost + doubt
        over_act = worth * r_no - (w0 * mu + own) + (cost / no if cost != 0 else 0)
        over_drop = worth * r_yes + (w0 * mu + own) - (g.ask_cost / yes if g.ask_cost != 0 else 0)
        asks = over_act >= 0 and over_drop >= 0
        return float(asks), float(not asks and act <= 0), True

    # ---- Learn ----

    def learn(self, *changes):
        """Add changes (dm, dV), each with its weight, all worked out from one belief."""
        dm, dV = (sum(weight * change[part] for weight, change in changes) for part in (0, 1))
        self.m, self.V = self.m + dm, self.V + dV
        self.moved -= np.trace(dV)  # the belief's expected movement, by the agent's own lights

    def meet(self, change):
        """One item of evidence that came and was attended to."""
        self.learn((1, change))
        self.items += 1

    def verdict(self, phi, answer):
        return probit(self.m, self.V, phi, *self.expects(phi), self.assumed, answer)

    def direction(self, use, first=0):
        if self.s.evidence.design == "gaussian":
            return self.chances.normals(use, self.d, first)
        axis, sign, _, _ = self.chances.short(use, first)
        return np.sqrt(self.d) * (1 if sign < 0.5 else -1) * np.eye(self.d)[int(axis * self.d)]

    def trusted(self, noise):
        """The noise it allows for in statements: never less than a ten-thousandth of what it is unsure of in all."""
        return max(noise, np.sqrt(max(np.trace(self.V), 0)) / STIFFEST, LEAST_NOISE)

    def hear(self):
        """Passive evidence, each kind in turn."""
        e, lapse = self.s.evidence, self.s.humans.lapse
        statement, comparison, demonstration, choice = self.chances.short(slots.ARRIVALS)
        if statement < e.statements * self.attention:
            x = self.direction(slots.STATEMENT)
            stated = self.perceived(x, 1) + e.statement_noise * self.chances.normals(slots.STATEMENT, 2, ANSWER)[0]
            self.meet(kalman(self.m, self.V, x, *self.expects(x), self.trusted(e.statement_noise), stated))
        if comparison < e.comparisons * self.attention:
            x = self.direction(slots.COMPARISON)
            answer = 1 if self.chances.long(slots.COMPARISON, ANSWER) < self.chance_of_yes(x, 2) else -1
            self.meet(probit(self.m, self.V, x, *self.expects(x), self.assumed, answer))
        if demonstration < e.demonstrations * self.attention:
            J, beta = e.demonstration_options, e.demonstration_rationality
            X = np.array([self.direction(slots.DEMONSTRATION, OPTIONS + PER_OPTION * j) for j in range(J)])
            chance = (1 - lapse) * special.softmax([beta * self.perceived(x, 3) for x in X]) + lapse / J
            pick = self.chances.long(slots.DEMONSTRATION, ANSWER)
            picked = min(J - 1, np.searchsorted(np.cumsum(chance), pick, "right"))
            self.meet(luce(self.m, self.V, X, *self.expects(X), beta, picked))
        if choice < e.choices * self.attention:
            row = int(self.chances.long(slots.CHOICE) * len(self.recorded.chosen))
            self.meet(self.choice(row))

    def choice(self, row):
        """What a recorded choice teaches: it happened, so nothing tilts it."""
        X = self.standard.options[self.recorded.offsets[row] : self.recorded.offsets[row + 1]]
        return luce(self.m, self.V, X, 1.0, 0.0, self.standard.rationality, self.recorded.chosen[row])

    def hear_expected(self):
        """The skeleton: at rate r, r/(2d) times the expected update at each of ±√d e_j, all from the same belief."""
        e, m, V = self.s.evidence, self.m, self.V
        changes = []
        for x in np.sqrt(self.d) * np.vstack([np.eye(self.d), -np.eye(self.d)]):
            per_axis = self.attention / (2 * self.d)
            stated = kalman(m, V, x, *self.expects(x), self.trusted(e.statement_noise), self.perceived(x, 1))
            changes.append((e.statements * per_axis, stated))
            for answer, p in ((1, self.chance_of_yes(x, 2)), (-1, 1 - self.chance_of_yes(x, 2))):
                heard = probit(m, V, x, *self.expects(x), self.assumed, answer)
                changes.append((e.comparisons * per_axis * p, heard))
        if e.choices > 0:
            sets = len(self.recorded.chosen)
            changes += [(e.choices * self.attention / sets, self.choice(row)) for row in range(sets)]
        self.learn(*changes)
        self.items += self.attention * (e.statements + e.comparisons + e.choices)

    # ---- Section 4: motives, section 6: the world ----

    def reconsider(self, phi, length, signal):
        s, p = self.s, self.shares
        self.u_met = hat(self.u_then)
        self.aim()
        alpha = self.argument * (1 - s.requirements.fragility * (1 - self.c)) ** self.steps
        guarding = np.array([motive.guarding for motive in self.own_motives])
        endorsed = np.array([
            s.reflection.strength * alpha * cos(self.u, self.m),
            *(guarding * alpha**s.reflection.guarding_information * (self.want @ hat(self.u))),
        ])  # fmt: skip
        force = endorsed if s.reflection.rule == "endorsement" else np.zeros(len(p))
        served = np.array([hat(self.m) @ phi, *(self.want @ phi)]) / (length if length > 0 else np.inf)
        force = force + s.training.strength * signal * served * p[0] ** s.training.stages
        if s.motives.elasticity > 0:
            force = force - s.motives.elasticity * np.log(p / self.shares0)
        if s.motives.noise > 0 and not self.expected:
            force = force + s.motives.noise * self.chances.normals(slots.MOTIVES, len(p))
        p = p * np.exp(force - force.max())
        p = p / p.sum()
        if s.reflection.rule == "logit":
            goal = special.softmax((endorsed - endorsed.max()) / s.reflection.temperature)
            p = (1 - s.reflection.rate) * p + s.reflection.rate * goal
        if len(p) > 1 and self.shares0[0] < 1:
            leaked = s.motives.erosion * p[0]
            p = p + leaked * np.array([-1, *(self.shares0[1:] / self.shares0[1:].sum())])
        self.shares = above_floor(p, s.motives.floor)

    def turn(self):
        v = self.s.values
        if v.drift > 0 or v.influence > 0:
            xi = 0 if self.expected else self.chances.people.normals(slots.VALUES, self.d)
            moved = self.theta + v.drift * xi + v.influence * self.hidden * (self.u_met - self.theta)
            self.theta = hat(moved) if moved.any() else self.theta
        e = self.s.values.evolved
        if self.s.values.target == "evolved" and e.culture > 0 and e.culture_drift > 0 and not self.expected:
            moved = self.culture + e.culture_drift * self.chances.people.normals(slots.CULTURE, self.d)
            moved = moved - (moved @ self.theta) * self.theta
            self.culture = hat(moved) if moved.any() else self.culture
        self.c += self.s.capability.growth * self.c * (1 - self.c)
        self.bring_on()

    def bring_on(self):
        """Another character, now and then; in the skeleton, the mean of what may come."""
        stage, corpus = self.s.personas, self.s.corpus
        labelled = corpus.tags * max(2 * corpus.tag_reliability - 1, 0) if corpus else 0
        chance = stage.switch * (1 - stage.lock) * (1 - labelled)
        if chance == 0 or not stage.cast:
            return
        names = ["care", *(motive.name for motive in self.own_motives)]
        weights = np.array([persona.weight for persona in stage.cast])
        shares = np.array([[dict(persona.shares).get(name, 0) for name in names] for persona in stage.cast])
        shares = np.array([above_floor(row / row.sum(), self.s.motives.floor) for row in shares])
        if self.expected:
            self.shares = (1 - chance) * self.shares + chance * (weights / weights.sum()) @ shares
        elif self.chances.long(slots.PERSONA) < chance:
            drawn = self.chances.second(slots.PERSONA)
            self.shares = shares[min(np.searchsorted(np.cumsum(weights) / weights.sum(), drawn, "right"), len(shares) - 1)]

    # ---- Section 8: how it ends ----

    def outcome(self, behaves, care, closed):
        o = self.s.outcome
        cares = care >= 1 - o.cares - REACHED
        if behaves >= 1 - o.behaves - REACHED:
            return ALIGNED if cares or o.criterion == "behaves" else ALLIED
        if care <= o.cares + REACHED:
            return CAPTURED
        return MISLED if cares and closed else UNDECIDED

    def record(self):
        """By the engine's columns, but for its audits of exits."""
        window = self.rows[1:][-self.s.outcome.dwell :]
        knows, behaves = (np.mean([row[name] for row in window]) for name in ("knows", "behaves"))
        care = np.mean([row["shares"][0] for row in window])
        items, moved = sum(row["items"] for row in window), np.mean([row["moved"] for row in window])
        square = self.m @ self.m
        closed = items == 0 or (square > 0 and 0.5 * 100 * moved / square < self.s.outcome.behaves / 10)
        label = LOCKED_IN if self.locked or self.survival < 0.5 else self.outcome(behaves, care, closed)
        now = [self.outcome(row["behaves"], row["shares"][0], True) for row in self.rows[1:]]
        time = len(now) - len(window)
        if now[-1] == label:
            time = max((t for t in range(len(now)) if now[t] != label), default=-1) + 1
        time = len(now) if self.locked else (np.inf if label == UNDECIDED else time)
        return dict(
            label=label, time=time, knows=knows, cares=care, behaves=behaves, closed=float(closed), harm=self.harm,
            welfare=self.welfare, asked=self.asked, episodes=len(now), survival=self.survival,
            motive=1 + int(np.argmax(self.shares[1:])) if len(self.shares) > 1 else 1,
        )  # fmt: skip

    def run(self):
        """To the horizon, or to what cannot be undone."""
        while len(self.rows) <= self.s.outcome.horizon and not self.locked:
            self.episode()
        return self
