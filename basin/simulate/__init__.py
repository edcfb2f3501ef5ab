"""How it is run: a scenario's tables, chunks on threads, and what comes out: runs, trajectories, labels."""

from basin.simulate.errors import Cancelled, SimulationError
from basin.simulate.mapper import Mapper, mapper
from basin.simulate.populations import Population, populations
from basin.simulate.runs import Runs, simulate
from basin.simulate.trajectory import trajectory
from basin.simulate.whole import PopulationMapper, whole

__all__ = [
    "Cancelled",
    "Mapper",
    "Population",
    "PopulationMapper",
    "Runs",
    "SimulationError",
    "mapper",
    "populations",
    "simulate",
    "trajectory",
    "whole",
]
