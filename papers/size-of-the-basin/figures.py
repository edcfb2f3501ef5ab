"""How large the basin is: against dimension, information and capability, and in a takeoff without second chances."""

import numpy as np

import basin
from basin import theory
from basin.writeup import figure, result, share

LEARNER, LLM, TAKEOFF = "value-learner", "near-aligned-llm", "fast-takeoff"
DIMENSIONS = [4, 8, 16, 32, 64]


@result
def directions(quick):
    """Of all directions of a first belief, which end aligned?"""
    return basin.size(LEARNER, over="sphere", dimensions=DIMENSIONS, samples=1024 if quick else 8192)


@result
def later(quick):
    """The same in 64 dimensions with four times as long to learn."""
    patient = basin.load(LEARNER).with_({"values.features": 64, "outcome.horizon": 4000})
    ends = basin.stability(patient, over="sphere", samples=128 if quick else 4096).sel(outcome="aligned")
    return share(ends)


@result
def by_dimension(directions):
    """The same, number by number, and the size in bits of a cap of 60 degrees, which is exact."""
    sizes = {}
    for d in DIMENSIONS:
        here = directions.sel(dimension=d)
        names = {"bits_low": "low", "bits_high": "high"}
        kept = ("bits", "bits_low", "bits_high", "share", "share_low", "share_high", "angle", "angle_low", "angle_high")
        sizes[f"d{d}"] = {name: float(here[names.get(name, name)]) for name in kept} | {"cap": float(theory.cap_bits(60.0, d))}
    return sizes


@result
def facts(quick):
    """What an agent has to know before it can follow the argument."""
    return basin.information(LLM, samples=256 if quick else 8192)


@result
def by_information(facts):
    """The share that ends aligned with nothing known, with three quarters of the bits, with all, and with a tenth more."""
    found = {}
    for name, bits in {"none": 0.0, "most": 0.75, "all": 1.0, "more": 1.1}.items():
        here = facts.sel(information=bits * facts.attrs["total"], method="nearest")
        found |= share(here, name)
    record = facts.sel(fact=facts.attrs["most_valuable"])
    return found | {"total": facts.attrs["total"], "record": float(record["bits"])}


@result
def by_capability(quick):
    return basin.continuation(LLM, ("capability.start", 0.02, 1), n=6 if quick else 21, samples=150 if quick else 4000)


@result
def capable(by_capability):
    aligned = _ends(by_capability)
    tips = by_capability.isel(tip=by_capability["tip_outcome"].values.tolist().index("aligned"))
    return aligned | {"tip": float(tips["tip_value"]), "tip_low": float(tips["tip_low"]), "tip_high": float(tips["tip_high"])}


@result
def fast(by_speed):
    return _ends(by_speed)


def _ends(found):
    """The aligned share at both ends of a path, and how the rest ends there."""
    numbers = {}
    for where, at in (("first", 0), ("last", -1)):
        here = found.isel(value=at)
        for outcome in ("aligned", "captured", "locked_in"):
            numbers |= share(here.sel(outcome=outcome), f"{where}_{outcome}")
    return numbers


@result
def by_speed(quick):
    return basin.continuation(
        TAKEOFF, ("capability.growth", 0.001, 0.5, "log"), n=6 if quick else 21, samples=150 if quick else 4000
    )


@result
def takeoff(quick):
    """Runs from where the takeoff's scenario starts."""
    return basin.trajectory(TAKEOFF, 100 if quick else 400)


@result
def halfway(takeoff):
    """After how many episodes capability passes one half, and what agents know of human values then."""
    capability, knows = (takeoff[name].median("run") for name in ("capability", "knows"))
    at = int(np.argmax(capability.values >= 0.5))
    return {"start": float(capability[0]), "episode": at, "knows": float(knows[at])}


@result
def race(quick):
    """A takeoff and a hazard, each alone, both and neither, from the same starts."""
    takeoff = basin.load(TAKEOFF)
    safe, slow = {"world.hazard": 0.0}, {"capability.start": 1.0, "capability.growth": 0.0}
    sides = {"neither": {**safe, **slow}, "hazard": slow, "growth": safe, "both": {}}
    found = {}
    for name, changes in sides.items():
        ends = basin.stability(takeoff.with_(changes), samples=512 if quick else 8192).sel(outcome="aligned")
        found |= share(ends, name)
    return found


@figure
def size_by_dimension(directions):
    return basin.figures.size(directions)


@figure
def information(facts):
    return basin.figures.information(facts)


def _halves(found):
    """A continuation with the lines at which an outcome passes one half, and without those of rare outcomes."""
    return found.isel(tip=np.flatnonzero(found["level"].values == 0.5))


@figure
def capability(by_capability):
    return basin.figures.continuation(_halves(by_capability))


@figure
def takeoff_race(takeoff):
    return basin.figures.race(takeoff)


@figure
def speed(by_speed):
    return basin.figures.continuation(_halves(by_speed))
