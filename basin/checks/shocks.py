"""Shocks, edges and tipping points that others have published, or that a closed form gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from basin import theory
from basin.checks.motives import SEPARATRIX, two_motives
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row
from basin.checks.systems_ode import homoclinic_torque
from basin.questions.attractors import attractors
from basin.questions.continuation import continuation
from basin.questions.edge import edge
from basin.questions.shock import shock
from basin.questions.subject import subject
from basin.systems.magnetic_pendulum import MAGNETS

ROOT_DISTANCE = 0.6224  # as published, found by a search: a shorter shock that leaves is no contradiction
MAGNET_DISTANCE = 0.3925  # between 0.39 and 0.395, as published
GOVERNABILITY_SADDLE = 0.9345  # uncooperative share


@row(
    "shock-newton",
    source="Attractors.jl, minimal fatal shocks (Halekotte & Feudel 2020), whose tests bound it by 0.62009 and 0.629",
    parameters=(Parameter("root", 1, 1, 3, "number", "which of the three roots is shocked", whole=True),),
    cases=({}, {"root": 2}),
)
def shock_newton(run: Run, root: int) -> Finding:
    """From a root of z³ − 1 the smallest change that makes Newton's method end at another root is 0.6224."""
    angle = 2 * np.pi * (root - 1) / 3
    found = shock("newton", at={"x": float(np.cos(angle)), "y": float(np.sin(angle))}, seed=run.seed)
    if found.attrs["target"] != f"root_{root}":
        raise CheckError(f"root = {root}: Newton's method does not stay there")
    return exact(ROOT_DISTANCE, found.attrs["distance"], 5e-4, detail=_audited(found.attrs))


@row(
    "shock-magnetic",
    source="Attractors.jl, minimal fatal shocks (Halekotte & Feudel 2020), whose tests bound it by 0.39 and 0.395",
    parameters=(Parameter("magnet", 1, 1, 3, "number", "which of the three magnets it rests at", whole=True),),
)
def shock_magnetic(run: Run, magnet: int) -> Finding:
    """A pendulum at rest over one of three magnets ends at another if it is put 0.39 to 0.395 away."""
    x, y = (float(part) for part in MAGNETS[magnet - 1])
    found = shock("magnetic-pendulum", at={"x": x, "y": y}, samples=2000, seed=run.seed)
    return exact(MAGNET_DISTANCE, found.attrs["distance"], 2.5e-3, detail=_audited(found.attrs))


@row(
    "shock-ring",
    source="closed form: the distance to the nearest face of the polytope |θ_{i+1} − θ_i| < π",
    parameters=(
        Parameter("oscillators", 10, 5, 30, "oscillators", "n", whole=True),
        Parameter("winding", 0, -6, 6, "turns", "q, winding number of the splay state that is shocked", whole=True),
    ),
    cases=({}, {"winding": 1}, {"winding": 2}, {"oscillators": 20, "winding": -2}),
)
def shock_ring(run: Run, oscillators: int, winding: int) -> Finding:
    """A ring of n oscillators wound q times loses its winding number by a shock of (π/√2)(1 − 2|q|/n)."""
    if 4 * abs(winding) > oscillators:
        raise CheckError(f"winding = {winding}: at most a quarter of the {oscillators} oscillators, or it is not stable")
    ring = subject("kuramoto-ring").with_({"oscillators": oscillators})
    phases = 2 * np.pi * winding * np.arange(oscillators) / oscillators
    at = {axis.path: float(phase) for axis, phase in zip(ring.axes, phases, strict=True)}
    found = shock(ring, at=at, seed=run.seed)
    known = np.pi / np.sqrt(2) * (1 - 2 * abs(winding) / oscillators)
    return exact(known, found.attrs["distance"], 1e-3 * known, detail=_audited(found.attrs))


@row(
    "edge-pendulum",
    source="closed form: the saddle of θ'' = −damping θ' + T − sin θ",
    parameters=(
        Parameter("torque", 0.5, 0.2, 0.95, "1", "T, constant torque"),
        Parameter("damping", 0.1, 0.05, 0.15, "1/time", "damping"),
    ),
    cases=({}, {"torque": 0.8}),
)
def edge_pendulum(run: Run, torque: float, damping: float) -> Finding:
    """Between rest and rotation the damped driven pendulum's edge state is the saddle at the angle π − arcsin T."""
    found = edge(subject("pendulum").with_({"torque": torque, "damping": damping}), seed=run.seed)
    angle = float(found["state"].sel(coordinate="angle")) % (2 * np.pi)
    return exact(np.pi - np.arcsin(torque), angle, 1e-7, detail=_ways_out(found.attrs))


@row("edge-fitzhugh-nagumo", source="closed form: by its symmetry (u, v) → (−u, −v)")
def edge_fitzhugh_nagumo(run: Run) -> Finding:
    """Between the two rests of u' = 10(u − u³ − v), v' = u − 3v the edge state is (0, 0)."""
    found = edge("fitzhugh-nagumo", seed=run.seed)
    return exact(0.0, float(np.abs(found["state"].values).max()), 1e-9, detail=_ways_out(found.attrs))


@row("edge-governability", source="EleutherAI 2026 (D. Johnston), A Dynamical Model of AI Governability")
def edge_governability(run: Run) -> Finding:
    """Between endemic shares of uncooperative AI and a takeover sits a saddle at a share of 0.9345."""
    found = edge("governability", seed=run.seed)
    return exact(GOVERNABILITY_SADDLE, float(found["state"][0]), 5e-5, detail=_ways_out(found.attrs))


@row(
    "edge-skeleton",
    source=SEPARATRIX,
    parameters=(
        Parameter("overlap", 0.0, -0.9, 0.4, "cosine", "o, between the own motive and what people value"),
        Parameter("strength", 1.0, 0.1, 10, "utility", "ρ = ‖m‖, utility that care believes is at stake"),
    ),
    cases=({}, {"overlap": -0.5}, {"strength": 2.0}),
)
def edge_skeleton(run: Run, overlap: float, strength: float) -> Finding:
    """A learner of two motives that begins on the boundary lingers at the care share of the separatrix."""
    changes = {"belief.strength": strength, "reflection.strength": 0.1, "outcome.horizon": 2000}
    found = edge(two_motives(overlap, 0.05).with_(changes), axes=[("motives.care", 0.02, 0.98)], threads=run.threads)
    lingers = float(found["state"].sel(coordinate="share of care"))
    return exact(float(theory.separatrix(0.1, 0.05, overlap, strength)), lingers, 1e-4)


@row(
    "tip-pendulum",
    source="homoclinic bifurcation (Andronov & Chaikin), by shooting from the saddle with SciPy",
    parameters=(Parameter("damping", 0.1, 0.05, 0.6, "1/time", "damping"),),
    cases=({}, {"damping": 0.3}),
)
def tip_pendulum(run: Run, damping: float) -> Finding:
    """Basin continuation finds the torque at which the pendulum's limit cycle is born."""
    known = homoclinic_torque(damping)
    pendulum = subject("pendulum").with_({"damping": damping})
    found = continuation(pendulum, ("torque", 0.9 * known, 1.1 * known), n=4, samples=400, seed=run.seed)
    born = (found["tip_outcome"] == "limit_cycle") & (found["event"] == "appears")
    (at,) = np.flatnonzero(born.values)
    return exact(known, float(found["tip_value"][at]), 2e-5, detail=f"kind: {found['kind'].values[at]}")


@row(
    "attractors-pendulum",
    source="Datseris & Wagemakers 2022: recurrences; agreement: Hubert & Arabie 1985",
    parameters=(Parameter("torque", 0.5, 0.2, 0.95, "1", "T, constant torque"),),
)
def attractors_pendulum(run: Run, torque: float) -> Finding:
    """Attractors of the pendulum that are found without names are the named ones: adjusted Rand index 1."""
    found = attractors(subject("pendulum").with_({"torque": torque}), samples=300, seed=run.seed)
    return exact(1.0, found.attrs["agreement"], 0.02, detail=f"{found.sizes['group']} attractors")


def _audited(about: dict[str, Any]) -> str:
    return f"of {about['samples']} starts within it none leaves: at most {100 * about['leaving_at_most']:.2g}% does (95%)"


def _ways_out(about: dict[str, Any]) -> str:
    return f"unstable directions: {about['unstable']}; runs part at the rate {about['growth']:.4g}"


ROWS = (
    shock_newton,
    shock_magnetic,
    shock_ring,
    edge_pendulum,
    edge_fitzhugh_nagumo,
    edge_governability,
    edge_skeleton,
    tip_pendulum,
    attractors_pendulum,
)
