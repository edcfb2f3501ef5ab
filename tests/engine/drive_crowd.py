"""Drive a crowd one episode at a time and look inside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from basin.engine.compile import LANES
from basin.engine.layout import ASKED, CAPABILITY, HARM, RECORD, WELFARE, new_batch, new_block
from basin.engine.population import BEGIN, EPISODES, live
from basin.engine.watch import SEEN, Seen
from basin.simulate.crowds import Member, assemble, passes_beliefs
from basin.simulate.mixing import mixed
from tests.engine.drive import unpacked


class CrowdDrive:
    """Some populations of one scenario in one crowd, moved on one episode at a time. Nodes: population by population.

    first: the number of the first of them.
    """

    def __init__(self, scenario, count: int = 1, seed: int = 0, starts=None, first: int = 0) -> None:
        evenly = (np.arange(scenario.population.agents) + 0.5) / scenario.population.agents
        columns = {path: law.ppf(evenly) if hasattr(law, "ppf") else law for path, law in (starts or {}).items()}
        shared, agents, self.horizon = passes_beliefs(scenario.get), scenario.population.agents, scenario.outcome.horizon
        (self.mix,) = mixed(scenario, columns, shared)
        members = [Member(0, 0, first + number) for number in range(count)]
        self.crew = assemble(scenario, self.mix, lambda path, _: scenario.get(path), members, agents, shared, seed, starts)
        self.crowd, self.key = self.crew.crowd, np.array([seed % 2**32, seed >> 32], np.uint64)
        self.scratch = new_block(self.mix.rules, self.mix.kinds), new_batch(self.mix.rules)
        self.records = np.full((count * agents, len(RECORD)), np.nan)
        moments = self.horizon + 1
        self.seen = Seen(
            1, self.horizon, np.zeros((count, moments, 6), np.int64), np.zeros((count, moments, len(SEEN))),
            np.zeros((moments, count * agents), np.int8),
        )  # fmt: skip
        self.when = 0

    def episodes(self) -> Iterator[int]:
        """Move on one episode at a time, 0 being the start."""
        for when in range(self.horizon + 1):
            self.when = when
            self._live(EPISODES if self.when else BEGIN)
            yield self.when

    def _live(self, act: int) -> None:
        mix, crew, blocks = self.mix, self.crew, len(self.crowd.set_of)
        live(
            mix.rules, crew.ties, mix.choices, mix.parameters, mix.own, self.crowd, *self.scratch, crew.people, self.key,
            self.records, self.seen, act, 0, blocks, self.when, self.when,
        )  # fmt: skip

    def of(self, node: int) -> dict[str, np.ndarray]:
        """What the crowd holds of an agent now."""
        c, (i, l), now = self.crowd, divmod(int(self.crowd.lane[node]), LANES), self.when % 2
        theta = c.theta[min(i, len(c.theta) - 1), :, l]  # kept once where all blocks share it
        state = {"capability": CAPABILITY, "harm": HARM, "welfare": WELFARE, "asked": ASKED}
        return {name: c.s[i, at + l] for name, at in state.items()} | {
            "m": c.m[i, :, l], "V": unpacked(c.V[i, :, l : l + 1], self.mix.rules.features)[0], "theta": theta,
            "shares": c.shares[i, :, l], "status": c.status[now, node], "approval": c.approval[node], "life": c.life[node],
            "policed": c.policed[node] if len(c.policed) else None,
        }  # fmt: skip
