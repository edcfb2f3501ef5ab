"""In high dimension "within 60°" is a tiny target."""

from __future__ import annotations

from basin import theory
from basin.analysis import Mean
from basin.claims.claim import Claim, Part
from basin.claims.study import Study

ANGLE = 60.0  # degrees


def experiment(study: Study) -> list[Part]:
    """Exact, so that the setting changes nothing; 1 bit is one fair coin."""
    bits = {d: float(theory.cap_bits(ANGLE, d)) for d in (4, 64)}
    return [
        Part("bits of the cap of 60° in 64 features", Mean(bits[64], bits[64], bits[64]), "above", 10.0, units="bits"),
        Part("bits in 4 features", Mean(bits[4], bits[4], bits[4]), "below", 10.0, units="bits"),
    ]


CLAIM = Claim(
    name="high-dimension",
    statement="In high dimension, “within 60° of human values” is a tiny target that chance does not hit.",
    source="asked of the essays' “close enough” by this project",
    refuted_by=(
        "Of directions drawn uniformly in 64 dimensions, one in a thousand (10 bits) or more lies within 60° of a "
        "given one; or as few do in 4 dimensions, so that it is not dimension that makes the target small."
    ),
    experiment=experiment,
    figure=(
        "basin size value-learner --over sphere --dimensions 4,8,16,32 --out size.nc && basin figure size --from size.nc",
    ),
)
