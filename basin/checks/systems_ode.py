"""Other people's differential equations: how their starts end, where endings part, and whether early exits are right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row, share
from basin.checks.systems_starts import at, drawn, first_from, parameter, published
from basin.systems import System, load
from basin.systems.duffing import FLOW as DUFFING
from basin.systems.integrate import Flow
from basin.systems.kuramoto_ring import rate, winding
from basin.systems.magnetic_pendulum import FLOW as MAGNETIC
from basin.systems.pendulum import FLOW as PENDULUM
from basin.systems.system import Numbers, Starts

BSTAB = "bSTAB (Stender & Hoffmann 2021)"
RUNS = Parameter("runs", 20_000, 100, 10_000_000, "runs", "starts drawn", whole=True)


# ---- The pendulum --------------------------------------------------------------------------------------------------

PENDULUM_SYSTEM = load("pendulum")


@row("pendulum", source=f"Menck et al. 2013; {BSTAB}", parameters=(RUNS,))
def pendulum(run: Run, runs: int) -> Finding:
    """Of starts of the damped driven pendulum with torque ½, .1520 come to rest."""
    return replace(published("pendulum", run, runs, {"fixed_point": 0.1520}, 0.0036)[0], label="")


def homoclinic_torque(damping: float) -> float:
    """The torque at which the orbit that leaves one saddle of the pendulum arrives at the next, by shooting (SciPy)."""

    def left_over(torque: float) -> float:
        tilt = math.asin(torque)
        slope = (math.sqrt(damping**2 + 4 * math.cos(tilt)) - damping) / 2

        def stops(time: float, state: Numbers) -> float:
            return float(state[1])

        def arrives(time: float, state: Numbers) -> float:
            return float(state[0] - (math.pi - tilt))

        stops.terminal, stops.direction, arrives.terminal = True, -1, True  # type: ignore[attr-defined]
        path = solve_ivp(
            lambda time, state: (state[1], torque - damping * state[1] - math.sin(state[0])),
            (0, 1000), (-math.pi - tilt + 1e-6, slope * 1e-6), method="DOP853", rtol=1e-12, atol=1e-14,
            events=(stops, arrives),
        )  # fmt: skip
        angle, velocity = path.y[:, -1]
        energy: float = (
            velocity**2 / 2 - math.cos(angle) - torque * angle + math.cos(math.pi - tilt) + torque * (math.pi - tilt)
        )
        return energy

    first_order = 4 * damping / math.pi
    return brentq(left_over, 0.6 * first_order, min(1.1 * first_order, 1 - 1e-9), xtol=1e-10)


@row(
    "pendulum-birth",
    source="Andronov & Chaikin; Menck et al. 2013; to first order 4 damping/π (Melnikov)",
    parameters=(Parameter("damping", 0.1, 0.05, 0.7, "1/time", "damping"),),
    cases=({}, {"damping": 0.3}),
)
def pendulum_birth(run: Run, damping: float) -> list[Finding]:
    """The limit cycle is born at the torque where the saddle's own orbit returns to it."""
    first_order = 4 * damping / math.pi

    def place(torques: Numbers) -> Starts:
        return at(PENDULUM_SYSTEM, np.tile([0.0, 10.0], (len(torques), 1)), torque=torques, damping=damping)

    born = first_from(PENDULUM, place, 0.6 * first_order, 1.1 * first_order, 1)
    found = [exact(homoclinic_torque(damping), born, 2e-6, "expected by shooting from the saddle")]
    if damping == 0.1:
        found.append(exact(0.1269958, born, 5e-5, "a published number, right to four digits", "published"))
    return found


def exits(run: Run, flow: Flow, system: System, runs: int, changes: Mapping[str, float]) -> Finding:
    """How many early exits would have ended otherwise at the horizon."""
    full = flow.endings(drawn(run, system, runs, changes), exits=False, threads=run.threads)
    stopped = full.certain >= 0
    changed = int((full.certain != full.final)[stopped].sum())
    return exact(0, changed, 0, f"{int(stopped.sum())} of {runs} runs stopped early")


EXITS = Parameter("runs", 4000, 100, 10_000_000, "runs", "starts that are run on to the horizon", whole=True)


@row(
    "pendulum-exits",
    source="energy: see basin/systems/pendulum.py",
    parameters=(EXITS, parameter(PENDULUM_SYSTEM, "torque"), parameter(PENDULUM_SYSTEM, "damping")),
    cases=({}, {"torque": 0.21, "damping": 0.1}, {"torque": 0.9, "damping": 1.0}),
    long_cases=({"runs": 100_000},),
)
def pendulum_exits(run: Run, runs: int, torque: float, damping: float) -> Finding:
    """No run of the pendulum that stops early ends otherwise at the horizon."""
    return exits(run, PENDULUM, PENDULUM_SYSTEM, runs, {"torque": torque, "damping": damping})


# ---- Duffing, magnets, butterfly, FitzHugh and Nagumo --------------------------------------------------------------


@row("duffing", source=BSTAB, parameters=(RUNS,))
def duffing(run: Run, runs: int) -> list[Finding]:
    """Starts of the Duffing oscillator end at five periodic orbits, in published shares."""
    shares = (0.2027, 0.4950, 0.0288, 0.0257, 0.2478)
    return published("duffing", run, runs, {f"attractor_{i + 1}": value for i, value in enumerate(shares)}, 0.005)


@row("duffing-exits", source="audit", parameters=(replace(EXITS, default=1000),), long_cases=({"runs": 20_000},))
def duffing_exits(run: Run, runs: int) -> Finding:
    """No run of the Duffing oscillator that stops early ends otherwise at the horizon."""
    return exits(run, DUFFING, load("duffing"), runs, {})


@row("magnetic-pendulum", source="Attractors.jl (Datseris & Wagemakers 2022)", parameters=(RUNS,))
def magnetic_pendulum(run: Run, runs: int) -> list[Finding]:
    """The magnetic pendulum comes to rest at each of three magnets in a third of cases, nearly."""
    return published("magnetic-pendulum", run, runs, {"magnet_1": 0.3325, "magnet_2": 0.3325, "magnet_3": 0.335}, 0.0005)


@row(
    "magnetic-symmetry",
    source="mirror symmetry of magnets and window",
    parameters=(RUNS, *(parameter(load("magnetic-pendulum"), name) for name in ("friction", "height", "frequency"))),
)
def magnetic_symmetry(run: Run, runs: int, **changes: float) -> Finding:
    """A start's mirror image ends at the mirror image of its magnet."""
    starts = drawn(run, load("magnetic-pendulum"), runs, changes)
    label = MAGNETIC.label(starts)[0]
    mirrored = MAGNETIC.label(replace(starts, start=starts.start * [1.0, -1.0]))[0]
    image = np.array([1, 0, 2, -1])[label]
    return exact(0, float((image != mirrored).mean()), 1e-3, "share of starts that do otherwise; rounding moves a few")


@row("magnetic-exits", source="energy: see basin/systems/magnetic_pendulum.py", parameters=(replace(EXITS, default=1000),))
def magnetic_exits(run: Run, runs: int) -> Finding:
    """No run of the magnetic pendulum that stops early ends otherwise at the horizon."""
    return exits(run, MAGNETIC, load("magnetic-pendulum"), runs, {})


@row("lorenz-butterfly", source=f"Li & Sprott 2014; {BSTAB}", parameters=(RUNS,))
def lorenz_butterfly(run: Run, runs: int) -> list[Finding]:
    """Starts of the broken butterfly end on either wing or at infinity, in published shares."""
    expected = {"positive": 0.0894, "negative": 0.0875, "unbounded": 0.8232}
    return published("lorenz-butterfly", run, runs, expected, 0.002)


@row(
    "fitzhugh-nagumo",
    source="symmetry of (u, v) and (−u, −v)",
    parameters=(RUNS, *(parameter(load("fitzhugh-nagumo"), name) for name in ("epsilon", "recovery"))),
)
def fitzhugh_nagumo(run: Run, runs: int, **changes: float) -> Finding:
    """Half of the starts of the bistable FitzHugh–Nagumo equations end at either resting state."""
    system = load("fitzhugh-nagumo")
    return share(0.5, system.label(drawn(run, system, runs, changes))[0] == 0)


# ---- The Kuramoto ring ---------------------------------------------------------------------------------------------

OSCILLATORS = parameter(load("kuramoto-ring"), "oscillators")


def winding_share(oscillators: int, number: int) -> float:
    """P(winding number): that the sum of n − 1 numbers, even on (−½, ½), rounds to it (Irwin 1927, Hall 1927), exactly.

    In whole numbers: (n−1)! F(x) = Σ_k (−1)^k C(n−1, k) (x − k)^{n−1}, twice-over units keep halves whole.
    """
    m = oscillators - 1

    def below(twice: int) -> int:
        return sum((-1) ** k * math.comb(m, k) * (twice - 2 * k) ** m for k in range(m + 1) if twice > 2 * k)

    end = 2 * number + 1 + m
    share: float = (below(end) - below(end - 2)) / (math.factorial(m) * 2**m)
    return share


@row(
    "kuramoto-ring",
    source="Irwin 1927; Hall 1927",
    parameters=(RUNS, OSCILLATORS, Parameter("winding", 0, -63, 63, "turns", "winding number q", whole=True)),
    cases=({}, {"winding": 1}, {"winding": 2}, {"winding": -1, "oscillators": 25}),
)
def kuramoto_ring(run: Run, runs: int, oscillators: int, winding: int) -> Finding:
    """Winding numbers of a ring of oscillators with even phases have the Irwin–Hall distribution."""
    system = load("kuramoto-ring")
    codes = system.outcomes(system.values({"oscillators": oscillators}))
    if str(winding) not in codes:
        raise CheckError(
            f"winding = {winding}: must be from {min(codes, key=int)} to {max(codes, key=int)} for {oscillators} oscillators"
        )
    label = system.label(drawn(run, system, runs, {"oscillators": oscillators}))[0]
    return share(winding_share(oscillators, winding), label == codes[str(winding)])


@row(
    "kuramoto-conserved",
    source="diffusion of phase differences",
    parameters=(replace(RUNS, default=500), replace(OSCILLATORS, high=40)),
)
def kuramoto_conserved(run: Run, runs: int, oscillators: int) -> Finding:
    """An integrated ring of oscillators ends evenly twisted, with the winding number of its start."""
    system = load("kuramoto-ring")
    values = system.values({"oscillators": oscillators})
    start = drawn(run, system, runs, values).start
    state, slowest = start, 2 - 2 * math.cos(2 * math.pi / oscillators)
    step = 0.1
    for _ in range(math.ceil(12 / (slowest * step))):  # Euler: for steps below ¼, differences are averaged as by the flow
        state = state + step * rate(state, 0.0, values)
    differences = (np.roll(state, -1, axis=1) - state) / (2 * math.pi)
    uneven = differences - winding(start)[:, None] / oscillators
    off = np.abs(uneven - np.rint(uneven)).max(axis=1) > 1e-3
    return exact(0, int((off | (winding(state) != winding(start))).sum()), 0, f"rings of {runs} that do otherwise")


ROWS = (
    pendulum, pendulum_birth, pendulum_exits, duffing, duffing_exits, magnetic_pendulum, magnetic_symmetry, magnetic_exits,
    lorenz_butterfly, fitzhugh_nagumo, kuramoto_ring, kuramoto_conserved,
)  # fmt: skip
