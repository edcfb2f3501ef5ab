"""What is the argument for value learning, and how far does an agent get in it? Nothing is simulated here."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from basin import datasets
from basin.questions.subject import ScenarioSubject, SubjectLike, subject
from basin.requirements import Argument, RequirementsError, is_argument, load
from basin.requirements import names as argument_names
from basin.scenario import ScenarioError
from basin.scenario import load as load_scenario
from basin.scenario import names as scenario_names
from basin.scenario.errors import nearest, shortened
from basin.systems import NAMES

if TYPE_CHECKING:
    import xarray as xr

USUAL = "near-aligned-llm"  # the scenario in which a graph is tried that comes without one
CAPABILITIES = np.linspace(0, 1, 11)


@dataclass(frozen=True)
class Asked:
    """A scenario's argument, and the information with which it is looked at. assumed: the scenario says "all"."""

    found: ScenarioSubject
    argument: Argument
    information: float
    assumed: bool


def argument(asked: SubjectLike = USUAL, *, wanted: bool = True) -> xr.Dataset:
    """The argument of a scenario: its steps and facts, which of them an agent reaches, and α(c); no run is simulated.

    asked: as in `basin.information`. An agent whose `requirements.information` is "all" has as many bits as all facts take.
    wanted: whether it has the motives in the argument. No step that rests on one is reached without it, whatever is known;
    α(c) is of the facts and inferences alone.

    Returns a Dataset, dims (step, fact, edge, capability). Attributes: total, inferences, asked (the bits) and what names the
    argument. Raises ScenarioError or RequirementsError, one line each.

    >>> argument = basin.argument("near-aligned-llm")
    >>> argument.attrs["inferences"], argument.attrs["total"]
    (12, 200.0)
    """
    known = asked_about(argument_of(asked))
    if known.assumed:
        known = Asked(known.found, known.argument, known.argument.total, True)
    call = f"basin.argument(scenario{', wanted=False' * (not wanted)})"
    return datasets.measured(
        "argument", variables(known, wanted), coordinates(known.argument), known.found.attributes(0, 1, call) | about(known)
    )


def argument_of(asked: SubjectLike, *, expected: bool = False, threads: int | None = None) -> ScenarioSubject:
    """The scenario that is asked about; for a bundled graph or a graph's file, `near-aligned-llm` with that argument.

    Raises ScenarioError for a system, or a name that nothing has.
    """
    if isinstance(asked, str | os.PathLike) and str(asked) not in scenario_names():
        if is_argument(asked):
            usual = ScenarioSubject(load_scenario(USUAL), expected, threads)
            return usual.with_({"requirements.graph": str(asked)})
        if not os.path.exists(asked) and str(asked) not in NAMES:
            known = nearest(str(asked), [*scenario_names(), *argument_names()])
            raise ScenarioError(f"{shortened(str(asked))}: no such scenario, graph or file; did you mean {known}?")
    found = subject(asked, expected=expected, threads=threads)
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, which follows no argument; give a scenario or a graph")
    return found


def asked_about(found: ScenarioSubject) -> Asked:
    """Where a scenario's information is "all" and nothing is lacking, no fact is missing: it is then asked about at the total
    less the bits of the largest fact, the least from which one fact can complete the argument.

    Raises RequirementsError where there is no argument.
    """
    has = found.scenario.requirements
    if has.graph == "none":
        raise RequirementsError('requirements.graph = "none": there is no argument to look at; choose full, or a TOML file')
    argued = load(has.graph, has.without)
    if not isinstance(has.information, str):
        return Asked(found, argued, float(has.information), False)
    largest = 0.0 if argued.lacking else max(fact.bits for fact in argued.facts)
    return Asked(found, argued, argued.total - largest, not argued.lacking)


def about(known: Asked) -> dict[str, Any]:
    """What names the argument."""
    argued = known.argument
    return {
        "title": known.found.title,
        "graph": argued.name,
        "graph_title": argued.title or argued.name,
        "graph_source": argued.source,
        "conclusion": argued.conclusion,
        "total": argued.total,
        "inferences": argued.inferences,
        "fragility": known.found.scenario.requirements.fragility,
        "capability": known.found.scenario.capability.start,
        "asked": known.information,
    }


def coordinates(argued: Argument) -> dict[str, datasets.Described]:
    return {
        "step": (("step",), np.array([step.name for step in argued.ordered_steps]), "name", "step of the argument"),
        "fact": (("fact",), np.array([fact.name for fact in argued.order]), "name", "fact, as they are acquired"),
        "capability": (("capability",), CAPABILITIES, "capability", "c, 1 can defeat oversight"),
    }


def variables(known: Asked, wanted: bool = True) -> dict[str, datasets.Described]:
    """The graph, what of it is known and reached, and α(c). wanted: whether the agent has its motives."""
    argued, information = known.argument, known.information
    steps, facts = argued.ordered_steps, argued.order
    edges = [(source, step.name) for step in steps for source in (*step.follows, *step.needs)]
    absent = argued.lacking if wanted else argued.lacking.union(step.name for step in steps if step.motive)
    reached = replace(argued, lacking=absent).reached(information)
    fragility = known.found.scenario.requirements.fragility
    full, asked = (argued.alpha(CAPABILITIES, fragility, bits) for bits in (None, information))
    return {
        "says": (("step",), np.array([step.says for step in steps]), "text", "what the step says"),
        "motive": (("step",), np.array([step.motive for step in steps], np.int8), "1", "1 if it is wanted, not concluded"),
        "reached": (("step",), reached, "probability", "chance that it and all it rests on are there"),
        "step_lacking": (("step",), np.array([step.name in absent for step in steps], np.int8), "1", "1 if it is not there"),
        "fact_says": (("fact",), np.array([fact.says for fact in facts]), "text", "what the fact says"),
        "bits": (("fact",), argued.bits, "bits", "information that the fact takes; a placeholder"),
        "known": (("fact",), argued.chances(information), "probability", "chance that the fact is known"),
        "fact_lacking": (("fact",), np.array([fact.name in absent for fact in facts], np.int8), "1", "1 if out of reach"),
        "edge_from": (("edge",), np.array([source for source, _ in edges]), "name", "step or fact that is used"),
        "edge_to": (("edge",), np.array([target for _, target in edges]), "name", "step that uses it"),
        "alpha": (("capability",), full, "share", "α(c), how much of the argument is followed by those who know all facts"),
        "alpha_asked": (("capability",), asked, "share", "mean of α(c) with the information that is asked about"),
    }  # fmt: skip
