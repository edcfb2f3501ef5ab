"""The argument for value learning: steps, the facts they need, and how much of it an agent has and can follow.

    >>> from basin.requirements import load
    >>> argument = load("full")            # bundled, or the path of a TOML file
    >>> argument.total                     # bits that all its facts take
    200.0
    >>> float(argument.known(120.0))       # P(all facts are known) to an agent with 120 bits
    0.0
    >>> round(float(argument.alpha(0.5, fragility=0.1, information=200.0)), 3)
    0.54

To write one of your own, copy `library/full.toml`. The facts' bits there are placeholders of this project, meant to be edited.
"""

from basin.requirements.argument import Argument, Fact, RequirementsError, Step
from basin.requirements.files import is_argument, load, names

__all__ = ["Argument", "Fact", "RequirementsError", "Step", "is_argument", "load", "names"]
