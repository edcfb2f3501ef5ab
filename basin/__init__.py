"""Basin: simulate value learners and measure from which starting points they end fully aligned.

    >>> import basin
    >>> scenario = basin.load("near-aligned-llm").with_({"oversight.audit": 0.3})
    >>> runs = basin.run(scenario, runs=40, seed=1)     # Dataset, one row per run
    >>> field = basin.map(scenario, n=4)                # Dataset, a grid of starting points
    >>> fig = basin.figures.map(field)                  # plotly's; fig.show() opens it
    >>> print(fig.layout.meta["title"])
    69% of these starts end fully aligned

Whatever cannot be used raises a ValueError of the package's own, with one line that says what is wrong.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from basin.version import VERSION

if TYPE_CHECKING:
    from basin import claims, datasets, figures, sweep, writeup
    from basin.api import default_axes, map, run, trajectory
    from basin.checks import run as check
    from basin.questions.argument import argument
    from basin.questions.attractors import attractors
    from basin.questions.boundary import boundary
    from basin.questions.committor import committor
    from basin.questions.continuation import continuation, tipping
    from basin.questions.corpus import corpus as start_cloud
    from basin.questions.critical import critical
    from basin.questions.echo import echo
    from basin.questions.edge import edge
    from basin.questions.extrapolation import extrapolation
    from basin.questions.fractality import fractality
    from basin.questions.generations import generations
    from basin.questions.learn import learn
    from basin.questions.misled import misled
    from basin.questions.objections import objections
    from basin.questions.policing import policing
    from basin.questions.population import population
    from basin.questions.portrait import portrait
    from basin.questions.rare import rare
    from basin.questions.requirements import requirements as information
    from basin.questions.resilience import resilience
    from basin.questions.sensitivity import sensitivity
    from basin.questions.shock import shock
    from basin.questions.signs import signs
    from basin.questions.size import size
    from basin.questions.soft import soft
    from basin.questions.stability import stability
    from basin.questions.system import system
    from basin.questions.time import time
    from basin.questions.worst import worst
    from basin.scenario import Scenario, ScenarioError, load, names

__version__ = VERSION

__all__ = [
    "Scenario",
    "ScenarioError",
    "argument",
    "attractors",
    "boundary",
    "check",
    "claims",
    "committor",
    "continuation",
    "critical",
    "datasets",
    "default_axes",
    "echo",
    "edge",
    "extrapolation",
    "figures",
    "fractality",
    "generations",
    "information",
    "learn",
    "load",
    "map",
    "misled",
    "names",
    "objections",
    "policing",
    "population",
    "portrait",
    "rare",
    "resilience",
    "run",
    "sensitivity",
    "shock",
    "signs",
    "size",
    "soft",
    "stability",
    "start_cloud",
    "sweep",
    "system",
    "time",
    "tipping",
    "trajectory",
    "worst",
    "writeup",
]

# Name: (module, what it is called there; empty: the module itself). Imported when first used: `import basin` is free.
_LAZY = {
    "soft": ("basin.questions", "soft"),
    "Scenario": ("basin.scenario", "Scenario"),
    "ScenarioError": ("basin.scenario", "ScenarioError"),
    "argument": ("basin.questions", "argument"),
    "attractors": ("basin.questions", "attractors"),
    "boundary": ("basin.questions", "boundary"),
    "check": ("basin.checks", "run"),
    "claims": ("basin.claims", ""),
    "committor": ("basin.questions", "committor"),
    "continuation": ("basin.questions", "continuation"),
    "critical": ("basin.questions", "critical"),
    "datasets": ("basin.datasets", ""),
    "echo": ("basin.questions", "echo"),
    "generations": ("basin.questions", "generations"),
    "misled": ("basin.questions", "misled"),
    "policing": ("basin.questions", "policing"),
    "population": ("basin.questions", "population"),
    "portrait": ("basin.questions", "portrait"),
    "default_axes": ("basin.api", "default_axes"),
    "edge": ("basin.questions", "edge"),
    "extrapolation": ("basin.questions", "extrapolation"),
    "figures": ("basin.figures", ""),
    "fractality": ("basin.questions", "fractality"),
    "information": ("basin.questions", "requirements"),  # `basin.requirements` and `basin.corpus` are packages
    "learn": ("basin.questions", "learn"),
    "load": ("basin.scenario", "load"),
    "map": ("basin.api", "map"),
    "names": ("basin.scenario", "names"),
    "objections": ("basin.questions", "objections"),
    "rare": ("basin.questions", "rare"),
    "run": ("basin.api", "run"),
    "resilience": ("basin.questions", "resilience"),
    "sensitivity": ("basin.questions", "sensitivity"),
    "shock": ("basin.questions", "shock"),
    "signs": ("basin.questions", "signs"),
    "size": ("basin.questions", "size"),
    "stability": ("basin.questions", "stability"),
    "start_cloud": ("basin.questions", "corpus"),
    "sweep": ("basin.sweep", ""),
    "writeup": ("basin.writeup", ""),
    "system": ("basin.questions", "system"),
    "time": ("basin.questions", "time"),
    "tipping": ("basin.questions", "tipping"),
    "trajectory": ("basin.api", "trajectory"),
    "worst": ("basin.questions", "worst"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'basin' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    found = import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
