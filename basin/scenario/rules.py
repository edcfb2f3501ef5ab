"""What the fields of a scenario owe to each other. Each rule yields one line that names the paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from basin.scenario.course import Persona
from basin.scenario.errors import ScenarioError, nearest, setting, shown
from basin.scenario.fields import allowed_number, metadata
from basin.scenario.gram import gram_problem
from basin.scenario.paths import unknown

if TYPE_CHECKING:
    from basin.scenario.model import Scenario

STIFFEST = 1e4  # largest ratio of prior spread to assumed noise that keeps a belief's covariance positive
SMALLEST_NOISE = 1e-12  # what a noise of 0 counts as
MOST_WEIGHED = 256  # candidates that a cautious search can weigh one by one
UNCHANGING = ("phases.", "corpus.", "population.", "outcome.", "values.features.")  # these describe a whole run


def problems(scenario: Scenario) -> list[str]:
    """The rules that a scenario breaks, in the order of its sections; those of its phases once it is itself sound."""
    found = [
        *_directions(scenario),
        *_uncertainty(scenario),
        *_motives(scenario),
        *_planning(scenario),
        *_evidence(scenario),
        *_personas(scenario),
        *_population(scenario),
    ]
    return found or list(_phases(scenario))


def _directions(scenario: Scenario) -> Iterator[str]:
    fixed = ["random", *(motive.name for motive in scenario.motives.own if motive.kind != "approval")]
    named = {
        "humans.bias_direction": scenario.humans.bias_direction,
        "belief.error_direction": scenario.belief.error_direction,
    }
    for path, name in named.items():
        if name not in fixed:
            rule = 'must be "random" or the name of an own motive of kind own or ally'
            yield f"{setting(path, name)}: {rule}; did you mean {nearest(name, fixed)}?"


def _uncertainty(scenario: Scenario) -> Iterator[str]:
    belief = scenario.belief
    path, noise = "belief.assumed_noise", belief.assumed_noise
    if noise is None:
        path, noise = "humans.noise", scenario.humans.noise
    if belief.spread > STIFFEST * max(noise, SMALLEST_NOISE):
        yield f"belief.spread = {belief.spread}: must be at most {STIFFEST:g} times {path} = {noise}"


def _motives(scenario: Scenario) -> Iterator[str]:
    motives = scenario.motives
    names = [motive.name for motive in motives.own]
    yield from _repeated("motives.own", names)
    # A path through such a name, or a share under it in a persona, would mean something else
    reserved = {"random", *type(motives).model_fields, *Persona.model_fields}
    for name in names:
        if name in reserved:
            yield f"{setting(f'motives.{name}.name', name)}: this name has a meaning of its own; choose another"
    if not motives.own and motives.care != 1:
        yield f"motives.care = {motives.care}: must be 1 when there is no motive in motives.own"
    if motives.own and not sum(motive.share for motive in motives.own) > 0:
        yield f"motives.{names[0]}.share = {motives.own[0].share}: the shares of own motives must have a positive sum"
    count = 1 + len(motives.own)
    if count * motives.floor >= 1:
        yield f"motives.floor = {motives.floor}: must be below 1/{count} with {count} motives"
    if motives.elasticity > 0 and motives.floor == 0:
        yield f"motives.elasticity = {motives.elasticity}: needs motives.floor above 0"
    if motives.mutual != "random":
        problem = gram_problem(scenario)
        if problem:
            yield f"motives.mutual = {motives.mutual}: {problem}"


def _planning(scenario: Scenario) -> Iterator[str]:
    candidates, caution = scenario.planning.candidates, scenario.planning.caution
    if caution != 0 and candidates > MOST_WEIGHED:
        limit = f"must be at most {MOST_WEIGHED} with {setting('planning.caution', caution)}"
        yield f"planning.candidates = {candidates}: {limit}"


def _evidence(scenario: Scenario) -> Iterator[str]:
    if scenario.evidence.choices > 0 and not scenario.evidence.choices_table:
        yield f"evidence.choices = {scenario.evidence.choices}: needs a table of choices in evidence.choices_table"


def _personas(scenario: Scenario) -> Iterator[str]:
    cast = scenario.personas.cast
    yield from _repeated("personas.cast", [persona.name for persona in cast])
    if cast and not sum(persona.weight for persona in cast) > 0:
        yield f"personas.{cast[0].name}.weight = {cast[0].weight}: the weights of the cast must have a positive sum"
    known = ["care", *(motive.name for motive in scenario.motives.own)]
    bounds = {**metadata(Persona.model_fields["shares"]), "kind": "float"}
    for persona in cast:
        prefix = f"personas.{persona.name}"
        if persona.name in type(scenario.personas).model_fields:
            yield f"{setting(f'{prefix}.name', persona.name)}: this name has a meaning of its own; choose another"
        total, sound = 0.0, True
        for name, share in persona.shares:
            if name not in known:
                options = [f"{prefix}.{option}" for option in (*Persona.model_fields, *known) if option != "shares"]
                yield str(unknown(f"{prefix}.{name}", share, options))
                sound = False
                continue
            try:
                total += allowed_number(bounds, share)
            except ValueError as error:
                yield f"{setting(f'{prefix}.{name}', share)}: {error}"
                sound = False
        if sound and total == 0:
            yield f"{prefix}: needs a positive share of some motive ({', '.join(known)})"


def _phases(scenario: Scenario) -> Iterator[str]:
    yield from _repeated("phases", [phase.name for phase in scenario.phases])
    for phase in scenario.phases:
        for path, value in phase.changes:
            for_good = "." not in path or f"{path}.".startswith(UNCHANGING)
            if for_good or not isinstance(value, bool | int | float | str):
                yield f"{setting(f'phases.{phase.name}.{path}', value)}: a phase cannot change this"
                break
        else:
            try:
                scenario.with_({**dict(phase.changes), "phases": ()})
            except ScenarioError as error:
                yield f"phases.{phase.name}.{error}"


def _population(scenario: Scenario) -> Iterator[str]:
    population = scenario.population
    agents = f"population.agents = {population.agents}"
    many = [name for name in ("humans", "misled") if getattr(population, name) > population.agents]
    for name in many:
        yield f"population.{name} = {getattr(population, name)}: must be at most {agents}"
    if not many and population.humans + population.misled > population.agents:
        yield f"population.misled = {population.misled}: with population.humans = {population.humans}, more than {agents}"
    yield from _repeated("population.mix", [part.scenario for part in population.mix])
    total = sum(part.share for part in population.mix)
    if total > 1 + 1e-9:
        yield f"population.mix: the shares sum to {total:.15g}; must be at most 1"


def _repeated(path: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{path}: two members are called {shown(name)}"
        seen.add(name)
