"""What people ask of the model: one question per file."""

from basin.questions.argument import argument
from basin.questions.attractors import attractors
from basin.questions.boundary import boundary
from basin.questions.committor import committor
from basin.questions.continuation import continuation, tipping
from basin.questions.corpus import corpus
from basin.questions.critical import critical
from basin.questions.echo import echo
from basin.questions.edge import edge
from basin.questions.extrapolation import extrapolation
from basin.questions.fractality import fractality
from basin.questions.generations import generations
from basin.questions.learn import Learned, Start, learn
from basin.questions.misled import misled
from basin.questions.objections import objections
from basin.questions.policing import policing
from basin.questions.population import population
from basin.questions.portrait import portrait
from basin.questions.rare import rare
from basin.questions.requirements import requirements
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

__all__ = [
    "Learned",
    "Start",
    "argument",
    "attractors",
    "boundary",
    "committor",
    "continuation",
    "corpus",
    "critical",
    "echo",
    "edge",
    "extrapolation",
    "fractality",
    "generations",
    "learn",
    "misled",
    "objections",
    "policing",
    "population",
    "portrait",
    "rare",
    "requirements",
    "resilience",
    "sensitivity",
    "shock",
    "signs",
    "size",
    "soft",
    "stability",
    "system",
    "time",
    "tipping",
    "worst",
]
