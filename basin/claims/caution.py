"""Cautious agents do less harm on the way."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, average

S = "value-learner"
CAUTIOUS = {"planning.caution": 1.0}
LEAST_PART = 0.05  # of the harm: less is no difference


def experiment(study: Study) -> list[Part]:
    bold, careful = (study.simulated(S, changes).columns["harm"] for changes in ({}, CAUTIOUS))
    saved = (bold - careful) / bold.mean()
    return [average("harm that caution of one standard deviation saves", saved, "above", LEAST_PART, "share of the harm")]


CLAIM = Claim(
    name="caution",
    statement="Cautious agents do less harm on the way.",
    source="asked of the essays' argument by this project; winner's curse in search, Smith & Winkler 2006",
    refuted_by=(
        "A caution of one standard deviation does not lower the harm that a value learner does until the horizon by 5% of it."
    ),
    experiment=experiment,
    figure=("basin time value-learner --set planning.caution=1 --out time.nc && basin figure time --from time.nc",),
)
