"""Basin: simulate value learners and measure from which starting points they end fully aligned."""

__version__ = "0.1.0"
