"""What can go wrong when a valid scenario is run."""

from basin.refusal import Refusal


class SimulationError(Refusal):
    """This version cannot run what was asked; one line says what and why."""


class Cancelled(Exception):
    """The caller cancelled a simulation before it was done."""
