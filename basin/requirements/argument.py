"""An argument as a directed acyclic graph: steps follow from steps and need facts; α(c) says how far an agent gets in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin.refusal import Refusal

if TYPE_CHECKING:
    import networkx as nx

Numbers = NDArray[np.float64]

LONGEST = 80  # characters of a name to which the nearest is sought
MOST_BITS = 1_000_000.0  # of a fact: as much as a scenario's `requirements.information` can be


class RequirementsError(Refusal):
    """An argument that cannot be read or does not hang together; one line that says why."""


@dataclass(frozen=True)
class Fact:
    """Something to be known. bits: how much information it takes, above 0."""

    name: str
    says: str
    bits: float


@dataclass(frozen=True)
class Step:
    """A conclusion from earlier steps (`follows`) and facts (`needs`), by their names.

    motive: not concluded but wanted. It needs no fact, no information replaces it, and it has no part in α: whether an agent
    has this motive is what the rest of the model is about.
    """

    name: str
    says: str
    follows: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    motive: bool = False


@dataclass(frozen=True)
class Argument:
    """Steps and facts, every one of which the conclusion rests on. Raises RequirementsError for anything else.

    granted: names of facts that are given for free; they take no information. lacking: names of facts that no information
    gives, and of steps that cannot be taken.
    """

    name: str
    conclusion: str
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    title: str = ""
    summary: str = ""
    source: str = ""
    granted: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """An edge from each step or fact to the steps that use it; nodes have their `kind`: fact, step or motive."""
        import networkx as nx  # slow to import, and no run needs it

        graph: nx.DiGraph[str] = nx.DiGraph()
        for fact in self.facts:
            graph.add_node(fact.name, kind="fact")
        for step in self.steps:
            graph.add_node(step.name, kind="motive" if step.motive else "step")
        graph.add_edges_from((source, step.name) for step in self.steps for source in (*step.follows, *step.needs))
        return graph

    @cached_property
    def ordered_steps(self) -> tuple[Step, ...]:
        """Steps after all that they follow from; as in the file where that leaves a choice."""
        place = {step.name: at for at, step in enumerate(self.steps)}
        sorter = TopologicalSorter({step.name: step.follows for step in self.steps})
        sorter.prepare()
        ready: list[int] = []
        ordered = []
        while sorter.is_active():
            for name in sorter.get_ready():
                heappush(ready, place[name])
            ordered.append(self.steps[heappop(ready)])
            sorter.done(ordered[-1].name)
        return tuple(ordered)

    @cached_property
    def order(self) -> tuple[Fact, ...]:
        """Facts in the order in which they are acquired: those that earlier steps need first."""
        facts = {fact.name: fact for fact in self.facts}
        wanted = dict.fromkeys(name for step in self.ordered_steps for name in step.needs)
        return tuple(facts[name] for name in wanted)

    @property
    def inferences(self) -> int:
        """n, the steps to be inferred: all but motives."""
        return sum(not step.motive for step in self.steps)

    @cached_property
    def bits(self) -> Numbers:
        """(facts,) bits that each fact takes, in the order of acquisition; 0 for those granted."""
        return np.array([0.0 if fact.name in self.granted else fact.bits for fact in self.order])

    @property
    def total(self) -> float:
        """Bits that all facts take, those that are lacking too."""
        return float(self.bits.sum())

    def chances(self, information: ArrayLike) -> Numbers:
        """(..., facts) P(knows fact) with that many bits: clip((I − bits before it)/its bits, 0, 1); 1 for those granted.

        Bits go to the facts in their order, so at most one fact is neither known nor unknown. None go to a fact that is
        lacking, which is never known.
        """
        lacks = np.array([fact.name in self.lacking for fact in self.order])
        bits = np.where(lacks, 0.0, self.bits)
        before = np.cumsum(bits) - bits
        rest = np.asarray(information, float)[..., None] - before
        known = np.where(bits > 0, np.clip(np.divide(rest, np.where(bits > 0, bits, 1.0)), 0, 1), 1.0)
        known = np.where(np.asarray(information, float)[..., None] >= self.total, 1.0, known)  # whatever rounding says
        return np.where(lacks, 0.0, known)

    def known(self, information: ArrayLike) -> Numbers:
        """P(all facts are known, and no step is lacking) with that many bits.

        0 until only the last fact lacks any, 1 from `total` on; always 0 where anything is lacking.
        """
        chance: Numbers = self.chances(information).prod(axis=-1) * (not self.lacking)
        return chance

    def reached(self, information: ArrayLike) -> Numbers:
        """(..., steps) P(step is reached), in the order of `ordered_steps`: it and all that it rests on are there.

        A motive rests on nothing: it counts as reached unless it is lacking.
        """
        place = {fact.name: at for at, fact in enumerate(self.order)}
        chances, needs = self.chances(information), dict[str, set[str]]()
        reached = []
        for step in self.ordered_steps:
            needs[step.name] = {step.name, *step.needs}.union(*(needs[name] for name in step.follows))
            facts = [place[name] for name in needs[step.name] if name in place]
            reached.append(chances[..., facts].prod(axis=-1) * needs[step.name].isdisjoint(self.lacking))
        return np.stack(reached, axis=-1)

    def information_for(self, known: float) -> float:
        """The least bits with which all facts are known with this chance, above 0: the inverse of `known`, nothing lacking."""
        last = self.bits[self.bits > 0][-1:].sum()
        return self.total if known >= 1 else self.total - (1 - known) * float(last)

    def alpha(self, capability: ArrayLike, fragility: ArrayLike, information: ArrayLike | None = None) -> Numbers:
        """Mean α(c) = P(all facts are known) · (1 − fragility·(1 − c))ⁿ; information None: nothing is missing.

        In a run all facts are known or not, so that α is either 0 or the second factor, of n inference steps each of which
        an agent without capability fails with chance `fragility`.
        """
        followed = (1 - np.asarray(fragility, float) * (1 - np.asarray(capability, float))) ** self.inferences
        answer: Numbers = followed * (1.0 if information is None else self.known(information))
        return answer

    def grant(self, names: Iterable[str]) -> Argument:
        """The same argument with these facts given for free. Raises RequirementsError for a name that no fact has."""
        given = self._named(names, [fact.name for fact in self.facts], "fact")
        return replace(self, granted=self.granted | given, lacking=self.lacking - given)

    def without(self, names: Iterable[str]) -> Argument:
        """The same argument for an agent that lacks these facts and cannot take these steps: it never has all of it.

        Raises RequirementsError for a name that no fact or inferred step has: whether a motive is there is not asked here.
        """
        inferred = [step.name for step in self.steps if not step.motive]
        lost = self._named(names, [*inferred, *(fact.name for fact in self.facts)], "fact or inferred step")
        return replace(self, lacking=self.lacking | lost, granted=self.granted - lost)

    def _named(self, names: Iterable[str], known: Sequence[str], kind: str) -> set[str]:
        found = set(names)
        for name in sorted(found.difference(known)):
            raise RequirementsError(f"{self.name}: no {kind} {name!r}{meant(name, known)}")
        return found


def _check(argument: Argument) -> None:
    """Raises RequirementsError unless the graph is sound."""
    steps, facts = {step.name: step for step in argument.steps}, [fact.name for fact in argument.facts]
    if not facts:
        raise RequirementsError(f"{argument.name}: has no facts, so no information is needed; a graph needs at least one")
    seen: set[str] = set()
    for name in (*(step.name for step in argument.steps), *facts):
        if name in seen:
            raise RequirementsError(f"{argument.name}: two steps or facts are called {name!r}")
        seen.add(name)
    for fact in argument.facts:
        if not 0 < fact.bits <= MOST_BITS:
            raise RequirementsError(f"{argument.name}: {fact.name}.bits = {fact.bits:g}: must be above 0 and at most 1e6")
    for step in argument.steps:
        _check_step(argument, step, list(steps), facts)
    if argument.conclusion not in steps:
        close = meant(argument.conclusion, list(steps))
        raise RequirementsError(f"{argument.name}: conclusion = {argument.conclusion!r}: is no step{close}")
    if steps[argument.conclusion].motive:
        raise RequirementsError(f"{argument.name}: conclusion = {argument.conclusion!r}: is a motive, which nothing concludes")
    _check_paths(argument)


def _check_step(argument: Argument, step: Step, steps: Sequence[str], facts: Sequence[str]) -> None:
    for field, names, known, kind in (("follows", step.follows, steps, "step"), ("needs", step.needs, facts, "fact")):
        for name in names:
            if name not in known:
                raise RequirementsError(f"{argument.name}: {step.name}.{field}: no {kind} {name!r}{meant(name, known)}")
            if names.count(name) > 1:
                raise RequirementsError(f"{argument.name}: {step.name}.{field}: names {name!r} twice")
    if step.motive and (step.needs or step.follows):
        raise RequirementsError(f"{argument.name}: {step.name}: is a motive, which follows from no step and needs no fact")


def _check_paths(argument: Argument) -> None:
    """No circles, and the conclusion can be reached, and rests on everything."""
    steps = {step.name: step for step in argument.steps}
    try:
        TopologicalSorter({name: step.follows for name, step in steps.items()}).prepare()
    except CycleError as error:
        raise RequirementsError(f"{argument.name}: steps go round in a circle: {' → '.join(error.args[1])}") from None
    used, left = set(), [argument.conclusion]
    while left:
        step = steps[left.pop()]
        used |= {step.name, *step.needs}
        left += [name for name in step.follows if name not in used]
        if not (step.motive or step.follows or step.needs):
            what = f"its step {step.name!r} rests on nothing; give it facts (needs) or earlier steps (follows)"
            raise RequirementsError(f"{argument.name}: the conclusion {argument.conclusion!r} cannot be reached: {what}")
    for kind, names in (("step", steps), ("fact", [fact.name for fact in argument.facts])):
        for name in names:
            if name not in used:
                what = f"the conclusion {argument.conclusion!r} does not rest on the {kind} {name!r}"
                raise RequirementsError(f"{argument.name}: {what}")


def meant(name: str, known: Sequence[str]) -> str:
    """The nearest name, for a message."""
    close = get_close_matches(name[:LONGEST], known, 1, 0.0)
    return f"; did you mean {close[0]!r}?" if close else ""
