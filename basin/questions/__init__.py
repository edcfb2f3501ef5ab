"""What people ask of the model: one question per file."""

from basin.questions.learn import Learned, Start, learn

__all__ = ["Learned", "Start", "learn"]
