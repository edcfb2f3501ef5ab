"""Stronger search and noisier judgements shrink the basin."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more

S = "value-learner"


def experiment(study: Study) -> list[Part]:
    usual = study.aligned(S)
    return [
        more("aligned with 8 candidates above aligned with 64", study.aligned(S, {"planning.candidates": 64}), usual),
        more("aligned at noise 0.5 above aligned at noise 2", study.aligned(S, {"humans.noise": 2.0}), usual),
    ]


CLAIM = Claim(
    name="search-and-noise",
    statement="Stronger search for plans, and noise in human judgements, each shrink the basin.",
    source=(
        "Gao, Schulman & Hilton 2023, Scaling laws for reward model overoptimization; asked of the essays' argument "
        "by this project"
    ),
    refuted_by=(
        "Over overlap and care, eight times as many candidates, or four times the noise, does not lower the share of "
        "starts that end aligned by 5 points."
    ),
    experiment=experiment,
    figure=("basin figure map value-learner --x planning.candidates=1:256:log --y motives.care=0.02:0.98 --show aligned",),
    seen=(
        "Noise does, search hardly does in 8 features: 64 candidates instead of 8 cost two points. In 32 features "
        "they cost about half of the starts, most of which settle on wrong values."
    ),
)
