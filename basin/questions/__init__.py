"""What people ask of the model: one question per file."""

from basin.questions.learn import Learned, Start, learn
from basin.questions.size import size
from basin.questions.stability import stability
from basin.questions.system import system
from basin.questions.time import time

__all__ = ["Learned", "Start", "learn", "size", "stability", "system", "time"]
