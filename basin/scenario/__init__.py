"""What is assumed: scenarios, their paths, bounds and units, and the bundled ones.

A scenario says everything about one agent, its humans and its world. It is frozen and always valid; `with_` makes
another one from it. A path such as `motives.care` means the same in Python, in TOML files and on the command line.
"""

from basin.scenario.errors import ScenarioError
from basin.scenario.files import dumps, load, loads, names, save, scenario_hash
from basin.scenario.gram import mutual_gram
from basin.scenario.model import Scenario
from basin.scenario.objection import Objection, object_to, objection, objections
from basin.scenario.paths import NumericPath, WordPath, parse_override

__all__ = [
    "NumericPath",
    "Objection",
    "Scenario",
    "ScenarioError",
    "WordPath",
    "dumps",
    "load",
    "loads",
    "mutual_gram",
    "names",
    "object_to",
    "objection",
    "objections",
    "parse_override",
    "save",
    "scenario_hash",
]
