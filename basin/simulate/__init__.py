"""How it is run: a scenario's tables, chunks on threads, and what comes out: runs, trajectories, labels."""

from basin.simulate.errors import Cancelled, SimulationError
from basin.simulate.mapper import Mapper, mapper
from basin.simulate.runs import Runs, simulate
from basin.simulate.trajectory import trajectory

__all__ = ["Cancelled", "Mapper", "Runs", "SimulationError", "mapper", "simulate", "trajectory"]
