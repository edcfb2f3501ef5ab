"""From a scenario to the tables that the engine reads: one row of parameters per cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin import choices as choice_tables
from basin import requirements, theory
from basin.engine.layout import (
    APPROVAL_KIND,
    KINDS,
    OWN_FIELDS,
    OWN_PARAMETERS,
    PARAMETERS,
    RANDOM_DIRECTION,
    TARGETS,
    Choices,
    Rules,
    motive_parameters,
)
from basin.scenario import Scenario, ScenarioError, mutual_gram
from basin.simulate import phases
from basin.simulate.cast import cast_columns, redraw_chance
from basin.simulate.errors import SimulationError
from basin.simulate.whose import check_target, people_columns

Numbers = NDArray[np.float64]

GRAM_TOLERANCE = 1e-9  # pivots below this are directions that add nothing, as in the scenario's own rule


@dataclass(frozen=True)
class Tables:
    """What one call of the engine needs. `cells` says which of the caller's cells its own are.

    A cell has one row of parameters for each phase: row P c + f is phase f of cell c, P = `rules.phases`.
    """

    rules: Rules
    kinds: NDArray[np.int64]  # (K-1,)
    choices: Choices
    parameters: Numbers  # (cells P, PARAMETERS)
    own: Numbers  # (cells P, parameters of the motives and of the cast)
    cells: NDArray[np.int64]  # (cells,)

    def column(self, name: str) -> Numbers:
        """A parameter over the rows, by its name in `layout.PARAMETERS`."""
        return self.parameters[:, PARAMETERS.index(name)]

    def without_exits(self) -> Tables:
        """The same, every run going on to its horizon."""
        parameters = self.parameters.copy()
        parameters[:, PARAMETERS.index("outcome_exits")] = 0.0
        return Tables(self.rules, self.kinds, self.choices, parameters, self.own, self.cells)


def tabulate(
    scenario: Scenario, varied: Mapping[str, ArrayLike] | None = None, *, expected: bool = False, many: bool = False,
    alike: int = 0,
) -> list[Tables]:  # fmt: skip
    """Tables for a scenario whose numeric paths `varied` take one value per cell, (cells,) each; none: one cell.

    many: for a population's agents, which otherwise are refused. Cells that differ in their number of value features come in
    separate tables, since the engine's arrays do. alike: cells come in groups of so many that differ along few paths, and are
    checked group by group.
    Raises ScenarioError where a cell would not be a valid scenario, SimulationError where this version cannot run it.
    """
    if scenario.population.agents > 1 and not many:
        raise SimulationError(f"population.agents = {scenario.population.agents}: this is asked of lone agents, 1")
    columns = {
        scenario.numeric_path(path).path: _on_its_grid(scenario, path, values) for path, values in (varied or {}).items()
    }
    cells = len(next(iter(columns.values()))) if columns else 1
    _check_cells(scenario, columns, cells, alike)
    recorded = _recorded(scenario.evidence.choices_table) if scenario.evidence.choices_table else None
    features = np.full(cells, scenario.values.features)
    if recorded is not None:
        features[:] = recorded.options.shape[1]
    elif "values.features" in columns:
        features = columns["values.features"].astype(int)
    return [
        _in_phases(scenario, columns, np.flatnonzero(features == d), int(d), recorded, expected) for d in np.unique(features)
    ]


def _on_its_grid(scenario: Scenario, path: str, values: ArrayLike) -> Numbers:
    column = np.array(values, dtype=float).reshape(-1)
    return np.rint(column) if scenario.numeric_path(path).kind == "int" else column


def _check_cells(scenario: Scenario, columns: Mapping[str, Numbers], cells: int, alike: int = 0) -> None:
    """Raises ScenarioError where a cell would not be a valid scenario."""
    whole = {path for path in columns if scenario.numeric_path(path).kind == "int"}  # looked up once: it takes a while

    def check(values: Iterable[tuple[str, float]]) -> None:
        changes = {path: int(value) if path in whole else float(value) for path, value in values}
        # a mutual cosine is checked per cell, in `_mutual_factors`: what is possible there is not a box
        scenario.with_({**changes, "motives.mutual": "random"} if _mutual(scenario) else changes)

    def sound(group: Mapping[str, Numbers], count: int) -> bool:
        # Bounds and the rules between paths are monotone: where the corners of the box around the cells are valid, so is
        # each cell. Many paths have more corners than cells, and a corner that is no cell may be invalid where no cell is.
        ends = [[(path, bound) for bound in np.unique([column.min(), column.max()])] for path, column in group.items()]
        if prod(len(bounds) for bounds in ends) >= count:
            return False
        try:
            for corner in product(*ends):
                check(corner)
        except ScenarioError:
            return False
        return True

    if cells == 0 or sound(columns, cells):
        return
    for first in range(0, cells, alike or cells):
        group = {path: column[first : first + alike] if alike else column for path, column in columns.items()}
        if alike and sound(group, alike):
            continue
        count = min(alike or cells, cells - first)
        at_ends = sum(((column == column.min()) | (column == column.max()) for column in group.values()), np.zeros(count))
        for cell in np.argsort(-at_ends, kind="stable"):  # the ends of the axes first: they say best what is wrong
            check((path, column[cell]) for path, column in group.items())


def _mutual(scenario: Scenario) -> bool:
    return not isinstance(scenario.motives.mutual, str)


def _recorded(name: str) -> _Recorded:
    """A table of choices with its maximum-likelihood values, read anew when its file has changed."""
    try:
        status = os.stat(name)
        return _read_recorded(name, (status.st_mtime_ns, status.st_size))
    except OSError:  # a bundled name, or an error that reading it will put in words
        return _read_recorded(name, None)


@lru_cache(maxsize=8)
def _read_recorded(name: str, version: tuple[int, int] | None) -> _Recorded:
    table = choice_tables.read(name)
    return _Recorded(table, choice_tables.standardise(table))


@dataclass(frozen=True)
class _Recorded:
    table: Any
    standard: Any

    @property
    def options(self) -> Numbers:
        options: Numbers = self.standard.options
        return options

    @property
    def largest(self) -> int:
        return int(np.diff(self.table.offsets).max())

    def choices(self) -> Choices:
        standard, table = self.standard, self.table
        return Choices(standard.options, table.offsets, table.chosen, standard.theta, float(standard.rationality))


def _no_choices(d: int) -> Choices:
    return Choices(np.zeros((0, d)), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0), 1.0)


def _in_phases(
    scenario: Scenario,
    columns: Mapping[str, Numbers],
    cells: NDArray[np.int64],
    d: int,
    recorded: _Recorded | None,
    expected: bool,
) -> Tables:
    """The cells that have d value features, with a row for each phase of each."""
    if not scenario.phases:
        return _table(scenario, columns, cells, d, recorded, expected)
    varied = {path: column[cells] for path, column in columns.items()}
    parts = []
    for alone, own_columns, end in phases.split(scenario, varied, len(cells)):
        part = _table(alone, own_columns, np.arange(len(cells)), d, recorded, expected)
        part.column("phases_end")[:] = end
        part.column("outcome_exits")[np.isfinite(end)] = 0.0  # nothing is certain before the last phase
        parts.append(part)
    if expected:
        phases.check_skeleton(scenario, parts)
    rules = parts[0].rules._replace(
        phases=len(parts),
        cast=max(part.rules.cast for part in parts),
        most_options=max(part.rules.most_options for part in parts),
    )
    width = max(part.own.shape[1] for part in parts)
    wide = [np.pad(part.own, ((0, 0), (0, width - part.own.shape[1]))) for part in parts]
    parameters = np.stack([part.parameters for part in parts], axis=1).reshape(-1, len(PARAMETERS))
    return Tables(rules, parts[0].kinds, parts[0].choices, parameters, np.stack(wide, axis=1).reshape(-1, width), cells)


def _table(
    scenario: Scenario,
    columns: Mapping[str, Numbers],
    cells: NDArray[np.int64],
    d: int,
    recorded: _Recorded | None,
    expected: bool,
) -> Tables:
    """The same, of a scenario without phases: one row per cell."""
    varied = {path: column[cells] for path, column in columns.items()}

    def value(path: str) -> Any:
        return varied[path] if path in varied else scenario.get(path)

    motives = scenario.motives.own
    names = [motive.name for motive in motives]
    parameters = np.empty((len(cells), len(PARAMETERS)))
    check_target(scenario, expected)
    derived = _derived(scenario, value, d, expected) | people_columns(scenario, value, d, expected)
    for at, name in enumerate(PARAMETERS):
        section, field = name.split("_", 1)
        parameters[:, at] = derived[name] if name in derived else value(f"{section}.{field}")
    mutual = bool(names) and _mutual(scenario)
    cast = len(scenario.personas.cast) if np.any(np.greater(derived["personas_redraw"], 0)) else 0
    own = np.zeros((len(cells), max(1, motive_parameters(1 + len(motives), mutual, cast))))
    for k, name in enumerate(names):
        for at, field in enumerate(OWN_PARAMETERS):
            own[:, OWN_FIELDS * k + at] = value(f"motives.{name}.{field}")
    if names and not (own[:, [OWN_FIELDS * k + OWN_PARAMETERS.index("share") for k in range(len(names))]].sum(1) > 0).all():
        raise SimulationError(f"motives.{names[0]}.share: the shares of own motives must have a positive sum in every cell")
    if mutual:
        of_motives = slice(OWN_FIELDS * len(motives), motive_parameters(1 + len(motives), True))
        own[:, of_motives] = _mutual_factors(scenario, varied, len(cells))
    if cast:
        own[:, motive_parameters(1 + len(motives), mutual) :] = cast_columns(scenario, value, len(cells))
    kinds = np.array([KINDS.index(motive.kind) for motive in motives] or [0], dtype=np.int64)
    options = value("evidence.demonstration_options") if np.max(value("evidence.demonstrations")) > 0 else 1
    rules = Rules(
        features=d,
        motives=1 + len(motives),
        behaves_only=int(scenario.outcome.criterion == "behaves"),
        initial=int(scenario.outcome.score_target == "initial"),
        bias_direction=_direction(scenario.humans.bias_direction, names),
        error_direction=_direction(scenario.belief.error_direction, names),
        mutual=int(mutual),
        moving=int(any(motive.kind != "own" for motive in motives)),
        allies=int(any(motive.kind == "ally" for motive in motives)),
        expected=int(expected),
        most_options=max(int(np.max(options)), recorded.largest if recorded is not None else 1),
        target=TARGETS.index(scenario.values.target),
        most_people=int(np.max(derived["values_people"])),
        cast=cast,
        phases=1,
    )
    if expected:
        _check_skeleton(scenario, rules, parameters)
    choices = recorded.choices() if recorded is not None else _no_choices(d)
    return Tables(rules, kinds, choices, parameters, own, cells)


def _direction(name: str, names: list[str]) -> int:
    return RANDOM_DIRECTION if name == "random" else names.index(name)


def _derived(scenario: Scenario, value: Any, d: int, expected: bool) -> dict[str, Any]:
    """Parameters that are not a path's own number."""
    expected_maximum = theory.best_of(value("planning.candidates"))
    caution = value("planning.caution")
    assumed = value("belief.assumed_noise")
    hidden = np.minimum(d - 1, np.rint(np.asarray(value("belief.blind"), float) * d))
    moving = ("values.drift", "values.influence", "motives.noise", "motives.erosion", "motives.elasticity", "world.hazard",
              "belief.drift")  # fmt: skip
    redraw = redraw_chance(scenario, value)
    still = np.equal(redraw, 0) & np.all(np.broadcast_arrays(*[np.equal(value(path), 0) for path in moving]), axis=0)
    grown = np.equal(value("capability.growth"), 0) | np.equal(value("capability.start"), 1)
    rule = scenario.reflection.rule
    certified = scenario.outcome.exit == "certified" and rule == "endorsement"
    return {
        "motives_direction": float(scenario.motives.weighing == "direction"),
        "evidence_axes": float(scenario.evidence.design == "axes"),
        "reflection_endorses": float(rule == "endorsement"),
        "reflection_logit": float(rule == "logit"),
        "training_vetoes": float(scenario.training.on == "vetoes"),
        "personas_redraw": redraw,
        "phases_end": np.inf,
        "belief_assumed_noise": value("humans.noise") if assumed is None else assumed,
        "belief_visible": d - hidden,
        "planning_caution": expected_maximum if isinstance(caution, str) else caution,
        "planning_expected_maximum": expected_maximum,
        **_argument(scenario, value, expected),
        "outcome_exits": (still & grown).astype(float) if certified else 0.0,
    }


def _argument(scenario: Scenario, value: Any, expected: bool) -> dict[str, Any]:
    """How likely all facts of the argument for value learning are known, and how many steps it takes; α = 1 without one.

    The deterministic skeleton leaves nothing to chance: all facts are known where that is at least as likely as not.
    """
    if scenario.requirements.graph == "none":
        return {"requirements_known": 1.0, "requirements_steps": 0.0}
    argument = requirements.load(scenario.requirements.graph, scenario.requirements.without)
    information = value("requirements.information")
    known = argument.known(np.inf if isinstance(information, str) else information)
    known = np.greater_equal(known, 0.5) if expected else known
    surely = np.equal(value("capability.start"), 1) | np.equal(value("requirements.fragility"), 0)
    steps = np.where(surely, 0.0, argument.inferences)  # steps that cannot fail need no time in the engine
    return {"requirements_known": known, "requirements_steps": steps}


def _mutual_factors(scenario: Scenario, varied: Mapping[str, Numbers], cells: int) -> Numbers:
    """(cells, packed triangle) factors L of the motives' Gram matrices, L Lᵀ = Gram."""
    if not any(path == "motives.mutual" or path.endswith(".overlap") for path in varied):
        return np.broadcast_to(_mutual_factor(scenario), (cells, len(_mutual_factor(scenario))))
    whole = {path: int if scenario.numeric_path(path).kind == "int" else float for path in varied}
    return np.array(
        [
            _mutual_factor(scenario.with_({path: whole[path](column[c]) for path, column in varied.items()}))
            for c in range(cells)
        ]
    )


def _mutual_factor(scenario: Scenario) -> Numbers:
    """A row-packed factor with as many columns as the matrix has rank; motives without a fixed direction have none."""
    kinds = [KINDS.index(motive.kind) for motive in scenario.motives.own]
    fixed = [k for k, kind in enumerate(kinds) if kind != APPROVAL_KIND]
    gram = np.zeros((len(kinds), len(kinds)))
    gram[np.ix_(fixed, fixed)] = mutual_gram(scenario)
    factor = np.zeros_like(gram)
    pivots: list[int] = []
    for row in range(len(gram)):
        for column, pivot in enumerate(pivots):
            rest = gram[row, pivot] - factor[row, :column] @ factor[pivot, :column]
            factor[row, column] = rest / factor[pivot, column]
        square = gram[row, row] - factor[row, : len(pivots)] @ factor[row, : len(pivots)]
        if square > GRAM_TOLERANCE * len(gram):
            factor[row, len(pivots)] = np.sqrt(square)
            pivots.append(row)
    return factor[np.tril_indices(len(gram))]


def _check_skeleton(scenario: Scenario, rules: Rules, parameters: Numbers) -> None:
    """The skeleton sets directions at right angles, so they must fit; and has no rule for demonstrations."""
    used = 1 + rules.motives  # θ, the belief's error, the own motives
    used += int(rules.bias_direction == RANDOM_DIRECTION and np.any(parameters[:, PARAMETERS.index("humans_bias")] != 0))
    used += int(np.any(parameters[:, PARAMETERS.index("humans_overseer_offset")] != 0))
    used += int(np.any(parameters[:, PARAMETERS.index("values_culture")] != 0))
    if rules.features < used:
        raise SimulationError(
            f"values.features = {rules.features}: the deterministic skeleton needs {used} directions at right angles here"
        )
    if np.any(parameters[:, PARAMETERS.index("evidence_demonstrations")] > 0):
        raise SimulationError("evidence.demonstrations: the deterministic skeleton has no rule for them; set it to 0")
