"""Scenarios that can be run, of every shape, and requests that cannot be met: hypothesis strategies."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from basin.scenario import Scenario, ScenarioError, dumps, objections, save
from basin.scenario.fields import section_of
from tests.choices.choice_tables import frame, luce
from tests.strategies import CONTRADICTIONS, broken_anywhere, passing, scenarios

FACTS = {"full": ("evolution", "tools", "built"), "own": ("rain", "wet")}  # some that an argument can be without
AGENTS = 5  # nodes of the graph in a file

ARGUMENT = """
conclusion = "umbrella"
[[steps]]
name = "wet"
needs = ["rain"]
[[steps]]
name = "umbrella"
follows = ["wet"]
needs = ["shops"]
[[facts]]
name = "rain"
bits = 3
[[facts]]
name = "shops"
bits = 20.5
"""


def lay_out(folder: Path) -> None:
    """Put the files that scenarios refer to into a folder."""
    (folder / "own.toml").write_text(ARGUMENT)
    (folder / "friends.csv").write_text("from,to,trust\n0,1,1\n1,2,0.5\n1,0,2\n2,3,1\n3,4,1\n4,0,7\n")
    frame(luce([2, 3, 4, 3, 2, 5, 3, 2] * 3, [1.0, -0.5, 0.2], 4)).to_csv(folder / "choices.csv", index=False)


# ---- What can be run -----------------------------------------------------------------------------------------------


@st.composite
def runnable(draw: st.DrawFn, folder: Path, many: bool) -> Scenario:
    """Short scenarios of lone agents or of populations, with arguments, tables, guests and objections; files in a folder."""
    s = draw(scenarios(runnable=True))
    if draw(st.booleans()):
        s = s.with_(draw(_argument(folder)))
    if draw(st.booleans()):
        table = draw(st.sampled_from(("travel-mode", str(folder / "choices.csv"))))
        s = s.with_({"evidence.choices_table": table, "evidence.choices": draw(st.floats(0, 1)), "values.target": "given"})
    for name in draw(st.lists(st.sampled_from(sorted(objections())), max_size=2, unique=True)):
        try:
            s = s.objected(name)
        except ScenarioError:
            continue  # it does not apply
    if many:
        s = s.with_(draw(passing()))
        if draw(st.booleans()):
            s = s.with_(draw(_company(s, folder)))
    return s


@st.composite
def _argument(draw: st.DrawFn, folder: Path) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(FACTS)))
    lacking = draw(st.lists(st.sampled_from(FACTS[name]), max_size=2, unique=True))
    return {
        "requirements.graph": name if name == "full" else str(folder / "own.toml"),
        "requirements.information": draw(st.just("all") | st.floats(0, 300)),
        "requirements.without": ", ".join(lacking),
    }


@st.composite
def _company(draw: st.DrawFn, s: Scenario, folder: Path) -> dict[str, Any]:
    """A graph from a file; or agents of a scenario that differs in what may differ, written into the folder."""
    if draw(st.booleans()):
        counts = {"population.agents": AGENTS, "population.humans": 0, "population.misled": draw(st.integers(0, AGENTS))}
        return counts | {"population.graph": str(folder / "friends.csv")}
    entries = [s.numeric_path(path) for path in ("belief.knowledge", "belief.blind", "capability.start", "gate.ask_cost")]
    own = {entry.path: draw(st.floats(0.01, min(0.99, entry.hi))) for entry in entries}
    save(s.with_(own | {"population.agents": 1, "population.humans": 0, "population.misled": 0}), folder / "guest.toml")
    return {"population.mix": [{"scenario": str(folder / "guest.toml"), "share": draw(st.floats(0, 1))}]}


# ---- What cannot ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """The text of a file, changes on top of it, and the words one of which the answer must hold."""

    text: str | bytes
    changes: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    runs: bool = False
    """Whether it is a scenario, that only running shows to be impossible."""


NOT_TOML = ("= 3", "[unclosed", "x = ", "x = [1, 2", 'x = "open', "x == 1", "x = 01", "x = 1 y = 2", "[a]\n[a]", "\x00")
NOT_A_SECTION = ("5", "true", '"x"', "[]", "[1]", "1979-05-27", "nan")
SECTIONS = [name for name, about in Scenario.model_fields.items() if section_of(about) is not None]

# Each a scenario by its own lights; words that the answer must hold
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"values.target": "mean", "evidence.choices_table": "travel-mode"}, "values.target"),
    ({"population.agents": 5, "population.graph": "ring", "population.degree": 3}, "population.degree"),
    ({"population.agents": 5, "population.graph": "watts-strogatz", "population.degree": 5}, "population.degree"),
    ({"population.agents": 5, "population.graph": "stochastic-block", "population.degree": 2}, "population.blocks"),
    ({"population.agents": 3, "population.humans": 3}, "population.humans"),
    ({"population.agents": 3, "population.graph": "no/such.graphml"}, "no/such.graphml"),
    ({"population.agents": 3, "population.mix": [{"scenario": "nobody", "share": 0.5}]}, "population.mix"),
    ({"requirements.graph": "no-such-argument"}, "no-such-argument"),
    ({"requirements.graph": "full", "requirements.without": "no_such_fact"}, "no_such_fact"),
    ({"evidence.choices": 0.5, "evidence.choices_table": "no/such.csv"}, "no/such.csv"),
    ({"phases": [{"name": "a"}, {"name": "b", "belief.knowledge": 0.1}]}, "phases.b.belief.knowledge"),
    ({"phases": [{"name": "a"}, {"name": "b", "motives.self_interest.share": 2.0}]}, "phases.b.motives.self_interest.share"),
]


def contradictions() -> list[Broken]:
    """Changes that fit no other setting, and scenarios that cannot be run: all that have a rule of their own."""
    text, sections = dumps(Scenario()), tuple(f"{section}." for section in SECTIONS)
    refused = [Broken(text, changes, sections) for changes in CONTRADICTIONS]
    return refused + [Broken(text, changes, (word,), runs=True) for changes, word in IMPOSSIBLE]


@st.composite
def broken(draw: st.DrawFn, how: str) -> Broken:
    """Requests that are refused: a "change" of a scenario that none accepts, a file that is "no TOML" or no text but "bytes",
    and something else where a "section" should be."""
    if how == "section":
        name = draw(st.sampled_from(SECTIONS))
        return Broken(f"{name} = {draw(st.sampled_from(NOT_A_SECTION))}", names=(name,))
    text = dumps(draw(scenarios(runnable=True)))
    if how == "change":
        changes = draw(broken_anywhere())
        return Broken(text, changes, tuple(changes))
    lines = text.splitlines()
    at = draw(st.integers(0, len(lines)))
    if how == "bytes":
        return Broken("\n".join(lines[:at]).encode() + b"\n\xff\xfe" + "\n".join(lines[at:]).encode(), names=("is not",))
    return Broken("\n".join([*lines[:at], draw(st.sampled_from(NOT_TOML)), *lines[at:]]), names=("is not TOML",))
