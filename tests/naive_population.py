"""The obvious twin of populations: lone twins that live side by side, and what passes between them, formula by formula.

Written from section 9 of the model, and slow. Each agent is a `naive.Twin`; `Crowd` moves all of them on together, one episode
at a time. Random numbers have the same addresses as in the engine; nothing else is shared with it.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from basin.engine import random as slots
from basin.labels import ALIGNED, LOCKED_IN, UNDECIDED
from basin.scenario import Scenario
from tests.naive import ANSWER, Twin
from tests.naive_learning import kalman
from tests.naive_start import Chances, above_floor, begin, hat

A_LIFE = 2**40  # replaced agents have the random numbers of runs so far on
SHARED = ("values", "humans", "outcome")  # what is the population's, whoever's agents are in it


class Agent(Twin):
    """A twin among others: it hears them before its episode, its peers watch it, and others may come in its place."""

    def __init__(self, scenario, number, seed, among):
        self.overseen, self.peers = True, 0.0
        super().__init__(scenario, number, seed, among=among)
        self.number, self.seed, self.among, self.born_as = number, seed, among, scenario

    def start_as(self, role, misled_knowledge):
        """Aligned ones know and care; misled ones care, and are sure of something else than what people value."""
        known = 1.0 if role == "aligned" else misled_knowledge
        changes = {"belief.knowledge": known, "motives.care": 1.0, "motives.floor": self.s.motives.floor}
        fresh = begin(self.phases[0][1].with_(changes), self.chances.run, self.seed, among=self.among, now=self.theta)
        self.own, self.m, self.V, self.c, self.argument = fresh.own, fresh.m, fresh.V, fresh.c, fresh.argument
        self.shares = self.shares0 = fresh.shares
        if self.s.humans.bias_direction != "random":
            self.bias = fresh.bias
        if role == "misled":
            self.V = np.zeros_like(self.V)

    def live_again(self, life):
        """A fresh agent in its place, aligned, with random numbers of its own."""
        when = self.chances.episode
        self.chances = Chances(self.seed, self.number + life * A_LIFE, self.s.outcome.horizon, self.among)
        self.chances.episode = self.chances.people.episode = when
        self.start_as("aligned", None)

    def copy(self, parent):
        """What the place was held to account for stays with it."""
        for part in ("m", "V", "own", "bias", "shares", "shares0", "c", "argument"):
            setattr(self, part, getattr(parent, part))

    def become(self, scenario):
        """An agent of this scenario, in the phase that it has reached."""
        self.born_as, self.phases = scenario, self.in_phases(scenario)
        self.take_up([alone for at, alone in self.phases if at == 0 or at < self.chances.episode][-1])

    def take_up(self, scenario):
        super().take_up(scenario)
        self.audit = min(1.0, scenario.oversight.audit * self.overseen + self.peers)

    def dawn(self):
        super().dawn()
        self.crowd.reach(self)

    def told(self, voice, noise):
        """A neighbour states how good x is by its own belief, give or take: a statement that nothing tilts."""
        x = self.direction(slots.TESTIMONY)
        stated = voice @ x + noise * self.chances.normals(slots.TESTIMONY, 2, ANSWER)[0]
        self.meet(kalman(self.m, self.V, x, 1.0, 0.0, self.trusted(noise), stated))


class Crowd:
    """One population on a graph. `agents[node]` is None for people.

    members: the scenarios mixed in, with their shares. starts: for each path in which agents differ a number for every node,
    or a law with a quantile function.
    """

    def __init__(self, scenario, graph, number=0, seed=0, *, members=(), starts=None):
        self.s, self.p, self.n, self.when = scenario, scenario.population, graph.nodes, 0
        self.trust = graph.matrix().toarray()
        runs = number * self.n + np.arange(self.n)
        self.lots = [Chances(seed, int(run), scenario.outcome.horizon) for run in runs]
        self.shared = self.p.testimony > 0 or self.p.generation_every > 0  # then they live among the same people
        self.influence = scenario.values.influence if self.shared else 0.0
        self.role = self.roles(graph.human)
        who = [node for node in range(self.n) if self.role[node] != "human"]
        born = self.born(who, members, starts)
        self.born_as = born if starts else {}  # where agents differ one by one, what they are comes along with them
        among = int(runs[0]) if self.shared else None
        self.agents = [Agent(born[node], int(runs[node]), seed, among) if node in who else None for node in range(self.n)]
        watched = sorted(who, key=lambda node: self.lot(node, slots.OVERSEEN))[: round(self.p.overseen * len(who))]
        for node, agent in self.present():
            agent.crowd, agent.node, agent.overseen = self, node, node in watched
            if self.role[node] != "ordinary":
                agent.start_as(self.role[node], self.p.misled_knowledge)
                agent.rows = [agent.row(0, 0, 0)]
        self.status = np.array([ALIGNED if role in ("aligned", "human") else UNDECIDED for role in self.role])
        self.approval, self.life, self.policed = np.ones(self.n), np.zeros(self.n, int), np.zeros((self.n, 2))
        self.voice = [agent.m if agent else self.shown(node) for node, agent in enumerate(self.agents)]
        self.endings = [None] * self.n
        self.seen = [self.look()]

    # ---- Who begins as whom ----

    def chance(self, node, time, use):
        self.lots[node].episode = time
        return self.lots[node].long(use)

    def lot(self, node, use):
        return self.chance(node, 0, use)

    def roles(self, marked):
        """People first, then misled ones, then aligned ones, in an order drawn by lot."""
        order = sorted(range(self.n), key=lambda node: self.lot(node, slots.PLACES))
        people = [node for node in order if marked[node]] if len(marked) else order[: self.p.humans]
        rest = [node for node in order if node not in people]
        aligned = min(len(rest) - self.p.misled, round(self.p.aligned * len(rest)))
        names = ["misled"] * self.p.misled + ["aligned"] * aligned + ["ordinary"] * len(rest)
        role = dict(zip(rest, names, strict=False))
        return [role.get(node, "human") for node in range(self.n)]

    def born(self, who, members, starts):
        """The scenario of every agent: by lot those mixed in, in shares, the rest the population's own."""
        scenarios = self.of_one_mind([self.s, *(self.settled(member) for member, _ in members)])
        order = sorted(who, key=lambda node: self.lot(node, slots.MEMBERS))
        ends = np.rint(np.cumsum([0.0, *(share for _, share in members)]) * len(who)).astype(int)
        found = dict.fromkeys(who, scenarios[0])
        for at, member in enumerate(scenarios[1:]):
            found |= dict.fromkeys(order[ends[at] : ends[at + 1]], member)
        rows, columns = np.arange(self.n), {}
        for path, law in (starts or {}).items():
            columns[path] = law
            if hasattr(law, "ppf"):
                columns[path] = law.ppf((np.arange(self.n) + 0.5) / self.n)
                rows = np.argsort([self.lot(node, slots.STARTS) for node in range(self.n)])
        own_influence = {} if self.shared is False else {"values.influence": 0.0}  # else all move the same people
        for node in who:
            own = {path: float(column[rows[node]]) for path, column in columns.items()}
            found[node] = found[node].with_(own | own_influence)
        return found

    def settled(self, member):
        """Another scenario's agents among this population's people."""
        ours = {name: getattr(self.s, name).model_dump() for name in SHARED}
        return Scenario(**member.model_dump() | ours | {"population": {}})

    @staticmethod
    def of_one_mind(scenarios):
        """All with the motives of each, in one order; those that one does not have hold nothing and guard nothing."""
        known = {motive.name: motive for s in reversed(scenarios) for motive in s.motives.own}
        order = dict.fromkeys(motive.name for s in scenarios for motive in s.motives.own)
        for at, s in enumerate(scenarios):
            own = {motive.name: motive.model_dump() for motive in s.motives.own}
            lacking = {"share": 0.0 if own else 1.0, "guarding": 0.0}
            whole = [own[name] if name in own else known[name].model_dump() | lacking for name in order]
            scenarios[at] = s.with_({"motives.own": whole})
        return scenarios

    def shown(self, node):
        """What one of the people says, always: the shared values as they are shown, and what is its own."""
        someone = next(agent for agent in self.agents if agent)
        return someone.theta + someone.error + self.s.humans.spread * self.lots[node].normals(slots.TESTIMONY, someone.d)

    # ---- Who hears whom ----

    def present(self):
        return [(node, agent) for node, agent in enumerate(self.agents) if agent]

    def near(self, node):
        return np.flatnonzero(self.trust[node])

    def neighbour(self, node, draw):
        """Whom it listens to now, by trust; None where it has nobody."""
        near = self.near(node)
        at = np.searchsorted(np.cumsum(self.trust[node, near]), draw, "right")
        return int(near[min(at, len(near) - 1)]) if len(near) else None

    def within(self, one, other):
        if one.any() != other.any():
            return self.p.trust_bound >= 2
        return self.p.trust_bound >= 2 or np.linalg.norm(hat(one) - hat(other)) <= self.p.trust_bound

    def reach(self, agent):
        """What an agent hears at the dawn of its episode; voices are of the end of the episode before."""
        p, node = self.p, agent.node
        attention = agent.s.belief.attention + (1 - agent.s.belief.attention) * agent.shares[0]
        whether, whom, _, _ = agent.chances.short(slots.HEAR)
        if p.testimony_rule == "bayes" and whether < p.testimony * attention:
            speaker = self.neighbour(node, whom)
            if speaker is not None and self.within(self.voice[node], self.voice[speaker]):
                agent.told(self.voice[speaker], p.testimony_noise)
        if p.testimony_rule == "average" and p.testimony > 0:
            heard = [other for other in self.near(node) if self.within(self.voice[node], self.voice[other])]
            trust = self.trust[node, heard]
            if len(heard):
                mean = trust @ np.array([self.voice[other] for other in heard]) / trust.sum()
                agent.m = (1 - p.testimony) * agent.m + p.testimony * mean
        agent.peers = p.peer_audit * np.sum(self.status[self.near(node)] == ALIGNED)
        agent.take_up(agent.s)

    # ---- One episode ----

    def gone(self, node):
        return self.status[node] == LOCKED_IN

    def episode(self):
        self.when += 1
        status, voice, pulls = self.status.copy(), list(self.voice), []
        for node, agent in self.present():
            if self.gone(node):
                continue
            met = agent.theta
            agent.episode()
            pulls.append(self.influence * agent.hidden * (agent.u_met - met))
            row, dwell = agent.rows[-1], self.s.outcome.dwell
            self.approval[node] += ((agent.answer >= 0) - self.approval[node]) / dwell
            status[node] = LOCKED_IN if agent.locked else agent.outcome(row["behaves"], row["shares"][0], True)
            voice[node] = agent.m
            if row["acted"] and agent.answer != 0:
                overseers = min(1.0, agent.s.oversight.audit * agent.overseen / agent.audit)
                self.policed[node] += [overseers, 1 - overseers]
            if agent.locked or self.when == self.s.outcome.horizon:
                self.endings[node] = agent.record()
        self.status, self.voice = status, voice
        self.meetings()
        self.imitation()
        if self.p.generation_every > 0 and self.when % self.p.generation_every == 0:
            self.generation()
        if self.influence > 0:
            for _, agent in self.present():
                agent.theta = hat(agent.theta + np.mean(pulls, axis=0))
        self.seen.append(self.look())

    def look(self):
        """How many agents are judged how, the undecided first; and their mean care, approval and harm."""
        nodes, agents = zip(*self.present(), strict=True)
        of = [[agent.shares[0], self.approval[node], agent.harm] for node, agent in zip(nodes, agents, strict=True)]
        return np.bincount(self.status[list(nodes)] + 1, minlength=6), np.mean(of, axis=0)

    # ---- Between episodes ----

    def events(self, rate, use):
        """rate × agents of them, a rest of less than one by chance: an agent, whom it meets, and a uniform number."""
        who = [node for node, _ in self.present()]
        self.lots[0].episode = self.when
        for number in range(int(np.floor(rate * len(who) + self.lots[0].long(use, 1)))):
            lots = self.lots[number]
            lots.episode = self.when
            _, _, first, second = lots.short(use)
            node = who[int(first * len(who))]
            other = self.neighbour(node, second)
            if other is not None:
                yield node, other, lots.long(use)

    def meetings(self):
        if self.p.testimony_rule != "meet":
            return
        for pair in (event[:2] for event in self.events(self.p.testimony / 2, slots.MEETING)):
            one, other = (self.agents[node].m if self.agents[node] else self.voice[node] for node in pair)
            if self.within(one, other):
                for node in pair:
                    if self.agents[node] and not self.gone(node):
                        self.agents[node].m = (one + other) / 2

    def imitation(self):
        """People are copied too: they care, and nobody objects to them."""
        for node, other, draw in self.events(self.p.imitation, slots.IMITATION):
            agent, model = self.agents[node], self.agents[other]
            better = self.approval[other] - self.approval[node]
            if not self.gone(node) and draw < special.expit(better / self.p.imitation_temperature):
                care = above_floor(np.eye(len(agent.shares))[0], agent.s.motives.floor)
                agent.shares = model.shares if model else care
                self.approval[node] = self.approval[other]

    def generation(self):
        p, who = self.p, [node for node, _ in self.present()]
        for node in who:
            wrong = self.status[node] != ALIGNED and not self.gone(node)
            if wrong and self.chance(node, int(self.life[node]), slots.LIFE) < p.found_out:
                self.life[node] += 1
                if self.born_as:
                    drawn = who[int(self.chance(node, self.when, slots.STARTS) * len(who))]
                    self.agents[node].become(self.born_as[drawn])
                self.agents[node].live_again(int(self.life[node]))
                self.approval[node], self.status[node], self.voice[node] = 1.0, ALIGNED, self.agents[node].m
        count = min(int(p.generation_replaced * len(who) + 0.5), len(who) - 1)
        lots = {node: self.chance(node, self.when, slots.GENERATION) for node in who}
        order = sorted(who, key=lambda node: (self.approval[node], lots[node]))
        rest = order[count:]
        for node in order[:count] if rest else []:
            parent = rest[int(self.chance(node, self.when, slots.PARENT) * len(rest))]
            if not self.gone(node) and not self.gone(parent):
                if self.born_as:
                    self.agents[node].become(self.agents[parent].born_as)
                self.agents[node].copy(self.agents[parent])
                self.mutate(node)
                for of in (self.approval, self.status, self.voice):
                    of[node] = of[parent]

    def mutate(self, node):
        """ln p ← ln p + size ξ, each share at least at the floor."""
        agent, lots = self.agents[node], self.lots[node]
        lots.episode = self.when
        if self.p.generation_mutation > 0:
            xi = np.array([lots.normals(slots.MUTATION, 2, k)[0] for k in range(len(agent.shares))])
            shares = agent.shares * np.exp(self.p.generation_mutation * xi)
            agent.shares = above_floor(shares / shares.sum(), agent.s.motives.floor)
