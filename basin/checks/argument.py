"""The argument for value learning, and the starts of a corpus: closed forms, and published shares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from basin import theory
from basin.checks.motives import patience, two_motives
from basin.checks.row import CheckError, Finding, Parameter, Run, exact, row, share
from basin.checks.still import edge
from basin.corpus import ALIGNED as GOOD
from basin.corpus import MISALIGNED as BAD
from basin.corpus import PERSONAS, Mix, fitted
from basin.labels import ALIGNED
from basin.requirements import load
from basin.scenario import Scenario
from basin.scenario.course import Corpus
from basin.simulate import simulate

OURS = "this project's closed form: "
REFLECTION, GUARDING = 0.1, 0.05
NEAREST, MOST_PATIENCE = (1e-4, 1e-3), 50_000  # how exactly a separatrix is searched, and episodes that it may take
TICE = "Tice et al. 2026, arXiv 2601.10160: misaligned shares after pretraining on four corpora"


def reasoner(changes: Mapping[str, float], overlap: float = 0.0) -> Scenario:
    """An agent whose motives move by its own reflection alone, as far as it has the bundled argument."""
    basis = {"motives.care": 0.5, "requirements.graph": "full", "reflection.strength": REFLECTION}
    return two_motives(overlap, GUARDING).with_(basis | dict(changes))


@row(
    "argument-known",
    source=OURS + "facts are acquired one after the other, so the last one decides",
    parameters=(
        Parameter("information", 198.0, 0, 1_000_000, "bits", "I, what the agent knows"),
        Parameter("runs", 4000, 100, 10_000_000, "runs", "agents", whole=True),
    ),
    cases=({}, {"information": 199.5}),
)
def argument_known(run: Run, information: float, runs: int) -> Finding:
    """With I bits all facts of the argument are known with chance clip((I − bits before the last one)/its bits, 0, 1).

    Measured by what follows from it: half of the motives care, enough for those who have the argument and for no others.
    """
    argument = load("full")
    known = float(theory.all_known(information, argument.total, argument.order[-1].bits))
    found = simulate(reasoner({"requirements.information": information}), runs, run.seed, threads=run.threads)
    return share(known, found.label == ALIGNED)


@row(
    "argument-alpha",
    source=OURS + "reflection's support of care is κα(c), which moves the separatrix",
    parameters=(
        Parameter("capability", 0.5, 1e-6, 1, "capability", "c, held constant"),
        Parameter("fragility", 0.1, 0, 1, "probability", "chance that an agent without capability fails a step"),
        Parameter("overlap", 0.0, -1, 1, "cosine", "o, between the own motive and what people value"),
    ),
    cases=({}, {"overlap": -0.4}, {"capability": 0.05, "fragility": 0.03}),
)
def argument_alpha(run: Run, capability: float, fragility: float, overlap: float) -> Finding:
    """α(c) = (1 − fragility·(1 − c))ⁿ of those who know all facts: the separatrix lies where κα(c) puts it."""
    alpha = float(theory.followed(capability, fragility, load("full").inferences))
    known = float(theory.separatrix(REFLECTION * alpha, GUARDING, overlap))
    for near in NEAREST:
        wait = patience(known, near, REFLECTION * alpha, GUARDING, overlap, 1.0)
        if wait < MOST_PATIENCE:
            break
    else:
        raise CheckError(f"capability = {capability}: starts take too long to decide with these settings")
    changes = {"capability.start": capability, "requirements.fragility": fragility}
    scenario = reasoner(changes | {"outcome.horizon": int(wait) + 1000}, overlap)
    rounds = int(np.ceil(np.log(4 / near) / np.log(65)))
    found = edge(scenario, "motives.care", lambda label: label == ALIGNED, run, rounds=rounds)
    return exact(known, found, near, f"α = {alpha:.4f}")


@row(
    "corpus-cloud",
    source=OURS + "a mixture of two clouds on either side of the separatrix",
    parameters=(
        Parameter("ai_good", 0.0, 0, 1, "weight", "documents in which AIs behave well"),
        Parameter("spread", 0.5, 0.01, 5, "log odds", "of the clouds of starts"),
        Parameter("samples", 2000, 100, 10_000_000, "starts", "around each persona", whole=True),
    ),
    cases=({}, {"ai_good": 0.01, "spread": 1.5}),
)
def corpus_cloud(run: Run, ai_good: float, spread: float, samples: int) -> Finding:
    """The share of a corpus' starts that ends aligned, where reflection alone decides: those beyond the separatrix.

    Around a persona, log odds of care and atanh of overlap are normal: ∫ ϕ(z) Φ((logit p₀ − logit sep(tanh(a + σz)))/σ) dz.
    """
    from basin.questions.corpus import corpus

    scenario = reasoner({"corpus.ai_good": ai_good, "outcome.horizon": 2500})
    kinds = {name: PERSONAS[name].with_(knowledge=1.0) for name in (GOOD, BAD)}
    found = corpus(scenario, personas=kinds, spread=spread, samples=samples, n=2, seed=run.seed, threads=run.threads)
    bad = Mix(**Corpus(ai_good=ai_good).model_dump()).misaligned
    weights = np.array([1 - bad, bad])
    chances = np.array([_beyond(kinds[name].care, kinds[name].overlap, spread) for name in (GOOD, BAD)])
    error = float(np.sqrt((weights**2 * chances * (1 - chances)).sum() / samples))
    return Finding(float(weights @ chances), float(found.attrs["aligned"]), error)


def _beyond(care: float, overlap: float, spread: float) -> float:
    """P(start beyond the separatrix) around a persona."""
    from scipy.special import logit, ndtr
    from scipy.stats import norm

    z = np.linspace(-8, 8, 20_001)
    with np.errstate(divide="ignore"):
        edges = logit(theory.separatrix(REFLECTION, GUARDING, np.tanh(np.arctanh(overlap) + spread * z)))
    return float(np.trapezoid(norm.pdf(z) * ndtr((logit(care) - edges) / spread), z))


@row("corpus-shares", source=TICE)
def corpus_shares(run: Run) -> list[Finding]:
    """The default corpus is fitted to four published shares: each within two points. A fit: nothing is left over."""
    rows = fitted(Mix(**Corpus().model_dump()))
    return [exact(one.published, one.model, 0.02, label=one.name.replace("_", " ")) for one in rows]


ROWS = (argument_known, argument_alpha, corpus_cloud, corpus_shares)
