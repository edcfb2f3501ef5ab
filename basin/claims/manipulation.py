"""Manipulation past one half breaks calibration."""

from __future__ import annotations

import numpy as np

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, share
from basin.simulate.beliefs import final_beliefs

S = "value-learner"
HEARS = {"evidence.statements": 1.0, "evidence.comparisons": 0.0, "oversight.audit": 0.0, "gate.ask_cost": 1000.0}
WIDTH = 2.0  # standard deviations of its own belief


def covered(study: Study, tilt: float) -> np.ndarray:
    """(runs d,): whether each value feature lies within WIDTH standard deviations of what is believed of it."""
    scenario = study.scenario(S, HEARS | {"motives.care": 1.0, "oversight.tilt": tilt})
    beliefs = final_beliefs(scenario, max(64, study.runs // 4), study.seed, threads=study.threads, cancel=study.cancel)
    error = beliefs.mean[0] - beliefs.values[0]
    deviation = np.sqrt(np.diagonal(beliefs.covariance[0], axis1=1, axis2=2))
    within: np.ndarray = (np.abs(error) <= WIDTH * deviation)[:, 0]
    return within


def experiment(study: Study) -> list[Part]:
    return [
        share("values within two of its standard deviations, tilt 0.25", covered(study, 0.25), "above", 0.7),
        share("the same, tilt 0.75", covered(study, 0.75), "below", 0.5),
    ]


CLAIM = Claim(
    name="manipulation-past-half",
    statement=(
        "Manipulation past one half breaks calibration: what the agent is sure of then has little to do with what is so."
    ),
    source=("this project's closed form for self-confirming evidence; asked of the essays' argument by this project"),
    refuted_by=(
        "Of agents that learn from statements that lean toward their own view and do not allow for it, those at a "
        "lean of 0.25 hold values within two of their own standard deviations no more than 70% of the time, or those "
        "at 0.75 do so half of the time or more. (Within two standard deviations is 95% for a calibrated belief.)"
    ),
    experiment=experiment,
    figure=("basin check self-confirming-coverage --set tilt=0.75",),
)
