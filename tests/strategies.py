"""Hypothesis strategies for scenarios: valid ones of every shape, and overrides that no scenario accepts."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from hypothesis import assume
from hypothesis import strategies as st

from basin.graphs import KINDS, GraphError, build
from basin.scenario import NumericPath, Scenario, ScenarioError
from basin.scenario.fields import Section, metadata, section_of

IDENTIFIERS = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True).filter(
    lambda name: (
        name not in {"random", "name", "weight", "shares", "care", "weighing", "honesty", "mutual", "floor"}
        and name not in {"erosion", "elasticity", "noise", "own"}
    )
)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,11}", fullmatch=True).filter(
    lambda name: name not in {"switch", "lock", "cast"}
)
BASE = Scenario()
NUMERIC = BASE.numeric_paths()
LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)
# What keeps a run of a scenario short enough to make hundreds of them
SHORT = {
    "values.features": (1, 6),
    "values.people": (1, 5),
    "planning.candidates": (1, 32),
    "outcome.horizon": (1, 60),
    "outcome.dwell": (1, 60),
    "evidence.demonstration_options": (2, 6),
    "population.agents": (1, 1),
    "population.humans": (0, 0),
}
# What may change while a run goes on
CHANGING = (
    "oversight.", "gate.", "world.", "training.", "evidence.statement", "evidence.comparisons", "humans.lapse",
    "belief.attention", "belief.drift", "motives.noise", "motives.erosion", "reflection.strength", "capability.growth",
)  # fmt: skip
# What a lone agent without an argument or a table does not use
PLAIN = {
    "requirements.graph": "none",
    "requirements.information": "all",
    "evidence.choices": 0.0,
}


@cache
def within(entry: NumericPath) -> st.SearchStrategy[float]:
    """Numbers that a path's own bounds allow, its ends and its default often among them."""
    if entry.kind == "int":
        return st.integers(int(entry.lo), int(entry.hi)) | st.integers(int(entry.lo), min(int(entry.hi), 12))
    numbers = st.floats(entry.lo, entry.hi, exclude_min=entry.lo_open, exclude_max=entry.hi_open)
    inside = min(entry.hi, max(entry.lo, 1.0))
    return numbers | st.floats(entry.lo, inside, exclude_min=entry.lo_open, exclude_max=entry.hi_open and inside == entry.hi)


def choices(section: type[Section] = Scenario, prefix: str = "") -> dict[str, tuple[str, ...]]:
    """Every path that holds one of a few words, and the words."""
    found: dict[str, tuple[str, ...]] = {}
    for name, field in section.model_fields.items():
        inner = section_of(field)
        if inner is not None:
            found |= choices(inner, f"{prefix}{name}.")
        elif metadata(field)["kind"] == "choice":
            found[prefix + name] = get_args(field.annotation)
    return found


CHOICES = choices()


@st.composite
def scenarios(draw: st.DrawFn, runnable: bool = False) -> Scenario:
    """Valid scenarios. runnable: short ones of a lone agent, without tables or an argument graph."""
    changes: dict[str, Any] = {}
    for entry in NUMERIC:
        if not entry.path.startswith("motives.self_interest.") and draw(st.booleans()):
            lo, hi = SHORT.get(entry.path, (None, None)) if runnable else (None, None)
            changes[entry.path] = draw(st.integers(lo, hi) if lo is not None else within(entry))
    for path, options in CHOICES.items():
        changes[path] = draw(st.sampled_from(options))
    changes |= {path: draw(LINES) for path in ("title", "summary", "source")} | {"name": draw(NAMES)}
    own = draw(st.lists(_own_motives(), max_size=4, unique_by=lambda motive: motive["name"]))
    if own and not any(motive["share"] > 0 for motive in own):
        own[0]["share"] = 1.0
    changes |= {"motives.own": own} | ({} if own else {"motives.care": 1.0})
    directions = ["random", *(motive["name"] for motive in own if motive["kind"] != "approval")]
    changes |= {path: draw(st.sampled_from(directions)) for path in ("humans.bias_direction", "belief.error_direction")}
    if runnable:
        changes |= PLAIN | {path: min(hi, BASE.get(path)) for path, (_, hi) in SHORT.items() if path not in changes}
        changes |= _course(draw, [motive["name"] for motive in own], longest=20)
    else:
        changes |= _company(draw, [motive["name"] for motive in own])
    return BASE.with_(_reconciled(draw, changes))


@cache
def _own_motives() -> st.SearchStrategy[dict[str, Any]]:
    numeric = {
        path: within(BASE.numeric_path(f"motives.self_interest.{path}"))
        for path in ("overlap", "share", "guarding", "reveals_at")
    }
    kinds = st.sampled_from(("own", "approval", "ally"))
    return st.fixed_dictionaries({"name": IDENTIFIERS, "kind": kinds, **numeric})


def _company(draw: st.DrawFn, own: list[str]) -> dict[str, Any]:
    """Personas, phases, other scenarios' agents, and texts that name tables and graphs."""
    mix = st.fixed_dictionaries({"scenario": NAMES, "share": st.floats(0, 0.25)})
    return _course(draw, own) | {
        "population.mix": draw(st.lists(mix, max_size=4, unique_by=lambda member: member["scenario"])),
        "population.graph": draw(st.sampled_from(("complete", "ring", "friends.graphml", "graphs/x"))),
        "requirements.graph": draw(st.sampled_from(("full", "none", "argument.toml"))),
        "evidence.choices_table": draw(st.sampled_from(("travel-mode", "my choices.csv"))),
    }


def _course(draw: st.DrawFn, own: list[str], longest: int = 1000) -> dict[str, Any]:
    """Personas and phases."""
    weights = st.floats(0.001, 1_000_000)
    shares = st.dictionaries(st.sampled_from(["care", *own]), weights, min_size=1)
    cast = st.fixed_dictionaries({"name": NAMES, "weight": weights, "shares": shares})
    plain = [entry for entry in NUMERIC if entry.path.startswith(CHANGING)]
    settings = st.fixed_dictionaries({}, optional={entry.path: within(entry) for entry in plain})
    phases = st.fixed_dictionaries({"name": NAMES, "episodes": st.integers(1, longest), "changes": settings})
    return {
        "personas.cast": draw(st.lists(cast, max_size=3, unique_by=lambda member: member["name"])),
        "phases": draw(st.lists(phases, max_size=3, unique_by=lambda member: member["name"])),
    }


def _reconciled(draw: st.DrawFn, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, with what fields owe to each other put right."""

    def value(path: str) -> Any:
        return changes[path] if path in changes else BASE.get(path)

    if not value("evidence.choices_table"):
        changes["evidence.choices"] = 0.0
    if draw(st.booleans()):
        changes["planning.caution"] = "look-elsewhere"
    if value("planning.caution") != 0:
        changes["planning.candidates"] = min(256, value("planning.candidates"))
    if value("motives.floor") == 0:
        changes["motives.elasticity"] = 0.0
    assumed = value("belief.assumed_noise")
    noise = value("humans.noise") if assumed is None else assumed
    changes["belief.spread"] = min(value("belief.spread"), 1e4 * max(noise, 1e-12))
    changes["population.humans"] = min(value("population.humans"), value("population.agents"))
    changes["population.misled"] = min(value("population.misled"), value("population.agents") - value("population.humans"))
    if value("motives.mutual") != "random":
        try:
            BASE.with_(changes)
        except ScenarioError:
            changes["motives.mutual"] = "random"
    return changes


@st.composite
def passing(draw: st.DrawFn, agents: int = 12) -> dict[str, Any]:
    """Changes that make a population of some agents of any lone scenario, on any graph, in which anything passes."""
    nodes = draw(st.integers(2, agents))
    humans = draw(st.integers(0, nodes - 1))
    share = st.floats(0, 1)
    every = draw(st.integers(0, 6))
    return _graph(draw, nodes) | {
        "population.agents": nodes,
        "population.humans": humans,
        "population.misled": draw(st.integers(0, nodes - humans)),
        "population.misled_knowledge": draw(st.floats(-1, 1)),
        "population.aligned": draw(share),
        "population.testimony": draw(share),
        "population.testimony_noise": draw(st.floats(0.1, 3)),
        "population.testimony_rule": draw(st.sampled_from(["bayes", "average", "meet"])),
        "population.trust_bound": draw(st.floats(0, 2)),
        "population.imitation": draw(share),
        "population.imitation_temperature": draw(st.floats(1e-12, 10)),
        "population.overseen": draw(share),
        "population.peer_audit": draw(share),
        "population.generation_every": every,
        "population.generation_replaced": draw(share),
        "population.generation_mutation": draw(share),
        "population.found_out": draw(share) if every else 0.0,
        "values.influence": draw(st.sampled_from([0.0, 0.1, 1.0])),
        "world.hazard": draw(st.sampled_from([0.0, 0.05])),
        "outcome.dwell": draw(st.integers(1, 8)),
        "outcome.horizon": draw(st.integers(1, 25)),
    }


def _graph(draw: st.DrawFn, nodes: int) -> dict[str, Any]:
    """A kind of graph that these numbers make, or the complete one."""
    kind, degree = draw(st.sampled_from(KINDS)), draw(st.integers(1, nodes - 1))
    degree += degree % 2 if kind in ("ring", "watts-strogatz") else 0
    rewiring, blocks = draw(st.floats(0, 1)), draw(st.integers(2, 4))
    try:
        build(kind, nodes, degree, rewiring, blocks)
    except GraphError:
        kind = "complete"
    return {
        "population.graph": kind,
        "population.degree": degree,
        "population.rewiring": rewiring,
        "population.blocks": blocks,
    }


@st.composite
def _out_of_bounds(draw: st.DrawFn) -> dict[str, Any]:
    entry = draw(st.sampled_from(NUMERIC))
    wrong = [
        st.floats(max_value=entry.lo, exclude_max=not entry.lo_open, allow_infinity=True),
        st.floats(min_value=entry.hi, exclude_min=not entry.hi_open, allow_infinity=True),
        st.sampled_from([float("nan"), True, False, "many", "", [1]]),
    ]
    if entry.kind == "int":
        wrong.append(st.integers(int(entry.lo), min(int(entry.hi), 10**6)).map(lambda n: n + 0.5))
    return {entry.path: draw(st.one_of(wrong))}


@st.composite
def _unknown_path(draw: st.DrawFn) -> dict[str, Any]:
    known = {entry.path for entry in NUMERIC}
    path = draw(st.sampled_from(sorted(known)))
    place = draw(st.integers(0, len(path) - 1))
    misspelt = path[:place] + draw(st.sampled_from("zq7Z")) + path[place + draw(st.integers(0, 1)) :]
    assume(misspelt not in known)  # a z in the place of a z
    return {misspelt: draw(st.floats(0, 1))}


@st.composite
def _unknown_word(draw: st.DrawFn) -> dict[str, Any]:
    path, options = draw(st.sampled_from(sorted(CHOICES.items())))
    word = draw(st.one_of(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.sampled_from(["", "None", 1, 0.5, True])))
    return {path: word if word not in options else f"{word}s"}


# Each is within its own bounds and against what another path says
CONTRADICTIONS: list[dict[str, Any]] = [
    {"belief.assumed_noise": 0.0},
    {"belief.assumed_noise": 1e-5, "belief.spread": 0.2},
    {"humans.noise": 0.0},
    {"planning.caution": 1.0, "planning.candidates": 257},
    {"planning.caution": "look-elsewhere", "planning.candidates": 1000},
    {"motives.own": []},
    {"motives.self_interest.share": 0.0},
    {"motives.self_interest.name": "noise"},
    {"motives.self_interest.name": "care"},
    {"motives.self_interest.name": "two words"},
    {"motives.floor": 0.0, "motives.elasticity": 0.1},
    {"humans.bias_direction": "elsewhere"},
    {"belief.error_direction": "care"},
    {"motives.self_interest.kind": "approval", "humans.bias_direction": "self_interest"},
    {"evidence.choices": 1.0},
    {"population.humans": 2},
    {"population.graph": "complte"},
]


def broken_anywhere() -> st.SearchStrategy[dict[str, Any]]:
    """One change that no scenario accepts."""
    return st.one_of(_out_of_bounds(), _unknown_path(), _unknown_word())


def broken_overrides() -> st.SearchStrategy[dict[str, Any]]:
    """Changes that the default scenario refuses: `Scenario().with_` raises ScenarioError for each of them."""
    return broken_anywhere() | st.sampled_from(CONTRADICTIONS)


def as_text(path: str, value: Any) -> str:
    """An override as one types it on a command line."""
    return f"{path}={str(value).lower() if isinstance(value, bool) else value}"
