"""What people see: plotly figures from Datasets and theory, and their export. Nothing here runs a simulation.

    >>> fig = basin.figures.trajectory(basin.trajectory("value-learner", runs=4))
    >>> [path.name for path in basin.figures.export(fig, "figures/path", formats=("html", "json"))]
    ['path.html', 'path.json']

Figures are plotly's, and `fig.show()` opens one; `bare` takes the message off one, for pages that say it in their own type,
`dark` recolours one for a dark page, and `printed` sets one for a column of print.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from basin.figures.alphas import alpha
    from basin.figures.arguments import information, requirements
    from basin.figures.boundaries import boundary
    from basin.figures.choices import Choices, sweep_choices
    from basin.figures.clouds import corpus, corpus_shares
    from basin.figures.clusters import attractors
    from basin.figures.companies import misled, policing
    from basin.figures.continuations import continuation, tipping
    from basin.figures.criticisms import objections
    from basin.figures.crowds import crowd
    from basin.figures.echoes import echo
    from basin.figures.edges import edge
    from basin.figures.endings import runs
    from basin.figures.errors import FigureError
    from basin.figures.files import export
    from basin.figures.fractals import fractality
    from basin.figures.lessons import learned
    from basin.figures.limits import extrapolation
    from basin.figures.lineages import generations
    from basin.figures.maps import map
    from basin.figures.masses import critical
    from basin.figures.networks import network
    from basin.figures.nudges import worst
    from basin.figures.passages import committor, rare
    from basin.figures.portraits import portrait
    from basin.figures.profiles import resilience
    from basin.figures.races import race
    from basin.figures.shares import stability
    from basin.figures.shocks import shock
    from basin.figures.signposts import signs
    from basin.figures.sizes import size
    from basin.figures.surfaces import soft
    from basin.figures.sweeps import sweep
    from basin.figures.systems import system
    from basin.figures.theme import bare, dark, printed
    from basin.figures.times import time
    from basin.figures.tornadoes import tornado
    from basin.figures.trajectories import trajectory
    from basin.figures.verdicts import claims
    from basin.figures.words import share

__all__ = [
    "Choices",
    "FigureError",
    "alpha",
    "attractors",
    "bare",
    "boundary",
    "claims",
    "committor",
    "continuation",
    "corpus",
    "corpus_shares",
    "critical",
    "crowd",
    "dark",
    "echo",
    "edge",
    "export",
    "extrapolation",
    "fractality",
    "generations",
    "information",
    "learned",
    "map",
    "misled",
    "network",
    "objections",
    "policing",
    "portrait",
    "printed",
    "race",
    "rare",
    "requirements",
    "resilience",
    "runs",
    "share",
    "shock",
    "signs",
    "size",
    "soft",
    "stability",
    "sweep",
    "sweep_choices",
    "system",
    "time",
    "tipping",
    "tornado",
    "trajectory",
    "what_to_type",
    "worst",
]

# Datasets by kind, and the function that draws them; `basin figure KIND --from RESULT` draws each.
KINDS = {
    "soft": "soft",
    "fractality": "fractality",
    "boundary": "boundary",
    "map": "map",
    "runs": "runs",
    "learned": "learned",
    "extrapolation": "extrapolation",
    "worst": "worst",
    "trajectory": "trajectory",
    "race": "race",
    "portrait": "portrait",
    "stability": "stability",
    "size": "size",
    "time": "time",
    "system": "system",
    "resilience": "resilience",
    "shock": "shock",
    "continue": "continuation",
    "tipping": "tipping",
    "requirements": "requirements",
    "information": "information",
    "alpha": "alpha",
    "committor": "committor",
    "rare": "rare",
    "claims": "claims",
    "objections": "objections",
    "signs": "signs",
    "tornado": "tornado",
    "corpus": "corpus",
    "corpus-shares": "corpus_shares",
    "edge": "edge",
    "attractors": "attractors",
    "network": "network",
    "crowd": "crowd",
    "critical": "critical",
    "misled": "misled",
    "policing": "policing",
    "echo": "echo",
    "generations": "generations",
    "sweep": "sweep",
}

UNTYPED = ("extrapolation",)  # Datasets that no verb keeps: made and saved in Python

# Pictures of a Dataset that another verb keeps, by what is typed to get it.
SECOND = {
    "information": "requirements",
    "alpha": "requirements",
    "corpus-shares": "corpus",
    "tornado": "sensitivity",
    "network": "population",
    "crowd": "population",
    "race": "trajectory",
    "runs": "run",
    "learned": "learn",
    **{ask: f"population --ask {ask}" for ask in ("critical", "misled", "policing", "echo", "generations")},
}

# Imported when first used, since plotly is slow to import.
_HOMES = {
    "Choices": "choices",
    "sweep_choices": "choices",
    "soft": "surfaces",
    "attractors": "clusters",
    "edge": "edges",
    "fractality": "fractals",
    "tipping": "continuations",
    "continuation": "continuations",
    "resilience": "profiles",
    "shock": "shocks",
    "boundary": "boundaries",
    "FigureError": "errors",
    "bare": "theme",
    "dark": "theme",
    "printed": "theme",
    "share": "words",
    "export": "files",
    "map": "maps",
    "size": "sizes",
    "stability": "shares",
    "time": "times",
    "trajectory": "trajectories",
    "race": "races",
    "runs": "endings",
    "learned": "lessons",
    "extrapolation": "limits",
    "worst": "nudges",
    "portrait": "portraits",
    "system": "systems",
    "requirements": "arguments",
    "information": "arguments",
    "alpha": "alphas",
    "committor": "passages",
    "rare": "passages",
    "claims": "verdicts",
    "objections": "criticisms",
    "signs": "signposts",
    "tornado": "tornadoes",
    "corpus": "clouds",
    "corpus_shares": "clouds",
    "network": "networks",
    "crowd": "crowds",
    "critical": "masses",
    "misled": "companies",
    "policing": "companies",
    "echo": "echoes",
    "generations": "lineages",
    "sweep": "sweeps",
}


def what_to_type(dataset: Any) -> str:
    """The command that computes a result again; empty where none does.

    >>> basin.figures.what_to_type(basin.run("value-learner", runs=20))
    'basin run value-learner --runs 20 --seed 0'
    """
    from basin.figures.command import command

    return command(dataset)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'basin.figures' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"basin.figures.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
