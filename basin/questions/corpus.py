"""Where do agents start that were trained on a corpus, and how many of them end aligned?"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets
from basin.analysis import Mean, wilson
from basin.analysis.paired import mixture
from basin.analysis.sampling import SamplingError, child
from basin.corpus import ALIGNED, MISALIGNED, PERSONAS, SPREAD, Mix, Persona, cloud, conditions, fit, fitted, predictions
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 2048  # starts around each persona, unless said otherwise
GRID, CELL_RUNS = 32, 4  # of the map below the cloud
CARES = (0.02, 0.98)  # over which that map runs
MOST_SAMPLES = 10_000_000
ORDER = (ALIGNED, MISALIGNED)
Numbers = NDArray[np.float64]


def corpus(
    asked: SubjectLike,
    *,
    personas: Mapping[str, Persona] | None = None,
    spread: float = SPREAD,
    samples: int = SAMPLES,
    n: int = GRID,
    seed: int = 0,
    expected: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The cloud of starts that a scenario's corpus gives, and the share of it that ends aligned.

        P(aligned end) = Σ_persona P(persona | corpus) · P(aligned end | start around the persona)

    The corpus is the scenario's [corpus]; without one, ordinary text. Odds of the personas: `basin.corpus.Mix`. personas: by
    the names aligned and misaligned, `basin.corpus.PERSONAS` unless given; where the scenario's personas.cast has one of
    these names, its share of care is that persona's. spread: of the clouds (`basin.corpus.cloud`). samples: starts around
    each persona, one run from each. n: side of the map of P(aligned) over overlap and care below the cloud. Tags of the
    corpus lock the character, as in every run.

    Returns a Dataset, dims (persona, start, y, x, mix, comparison): the starts and how they ended; P(aligned) of each persona,
    of this mix (attributes `aligned`, `_low`, `_high`) and of the four published ones, with 95% intervals, in which the
    published shares count as exact; and every published share beside the rule's.
    Raises CorpusError, ScenarioError or another ValueError of ours, one line each.

    >>> found = basin.start_cloud("alignment-pretraining", samples=32, n=2)
    >>> round(found.attrs["aligned"], 2)
    0.96
    """
    found, overlap = _scenario(subject(asked, expected=expected, threads=threads))
    check_seed(seed)
    for name, value, least, most in (("samples", samples, 2, MOST_SAMPLES), ("n", n, 2, 512)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
            raise SamplingError(f"{name} = {value}: must be a whole number from {least} to {most}")
    scenario = found.scenario
    mix = Mix(**scenario.corpus.model_dump()) if scenario.corpus is not None else Mix()
    share = mix.misaligned
    kinds = personas_of(found, personas)
    known = scenario.belief.knowledge
    starts = np.stack([cloud(kinds[name], known, _uniforms(seed, k, samples), spread) for k, name in enumerate(ORDER)])
    paths = ("motives.care", overlap, "belief.knowledge")
    mapper = found.mapper(paths, progress=progress, cancel=cancel)
    label = mapper(starts.reshape(-1, 3), seed).label[:, 0].reshape(2, samples)
    counts = (label == found.outcomes[found.target]).sum(axis=1)
    along_x, along_y, field = _map(found, overlap, n, child(seed, 0xC0), progress, cancel)
    end = _end(counts, samples, share)
    options = {"personas": dict(personas) if personas else None, "spread": spread, "samples": samples, "n": n, "seed": seed,
               "expected": expected or None}  # fmt: skip
    said = ", ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
    call = f"basin.start_cloud(scenario, {said})"
    result = datasets.measured(
        "corpus",
        _starts(starts, label) | _personas(kinds, known, share, counts, samples)
        | {"map": (("y", "x"), field, "probability", "fraction of a start's runs that ends aligned")}
        | _mixes(mix, counts, samples) | _comparisons(mix),
        {
            "persona": (("persona",), np.array(ORDER), "name", "character that the agent starts as"),
            "x": (("x",), along_x, "cosine", "how far its own motive agrees with human values, cos(v, θ)"),
            "y": (("y",), along_y, "share", "p₀, share of the motive that wants what humans value"),
        },
        found.attributes(seed, 1, call)
        | {
            "title": found.title,
            "target": found.target,
            "odds": mix.odds,
            "misaligned": share,
            "lock": mix.lock,
            "spread": float(spread),
            "samples": int(samples),
            **{f"mix_{name}": float(value) for name, value in vars(mix).items()},
            **{f"fit_{name}": float(value) for name, value in vars(fit(mix.talk_good)).items()},
            "fit_asymmetry": fit(mix.talk_good).asymmetry,
            "aligned": end.mean,
            "aligned_low": end.low,
            "aligned_high": end.high,
        },
    )  # fmt: skip
    for side, path in (("x", overlap), ("y", "motives.care")):
        result[side].attrs |= {"path": path, "scale": "linear"}
    return result


def personas_of(found: ScenarioSubject, given: Mapping[str, Persona] | None = None) -> dict[str, Persona]:
    """Both personas of a scenario: as given, else with the share of care that the scenario's cast gives them, else ours."""
    cast = {persona.name: dict(persona.shares) for persona in found.scenario.personas.cast}
    kinds = {}
    for name in ORDER:
        persona = PERSONAS[name]
        if name in cast:
            persona = persona.with_(care=cast[name].get("care", 0.0) / sum(cast[name].values()))
        kinds[name] = (given or {}).get(name, persona)
    return kinds


def _scenario(found: Any) -> tuple[ScenarioSubject, str]:
    """The scenario and the path of its first own motive's overlap."""
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system, which was trained on nothing; give a scenario")
    own = [motive.name for motive in found.scenario.motives.own if motive.kind != "approval"]
    if not own:
        raise ScenarioError(f"{found.name}: has no motive of kind own or ally in motives.own, in which personas could differ")
    return found, f"motives.{own[0]}.overlap"


def _uniforms(seed: int, persona: int, samples: int) -> Numbers:
    return np.random.default_rng((seed, 0xC0, persona)).random((samples, 3))


def _map(
    found: ScenarioSubject, overlap: str, n: int, seed: int, progress: Progress | None, cancel: threading.Event | None
) -> tuple[Numbers, Numbers, Numbers]:
    """P(aligned) over overlap and care, at the knowledge that the scenario says."""
    along_x, along_y = np.linspace(-1, 1, n), np.linspace(*CARES, n)
    points = np.stack([np.tile(along_x, n), np.repeat(along_y, n)], axis=1)
    runs = CELL_RUNS if found.stochastic else 1
    label = found.mapper((overlap, "motives.care"), runs, progress=progress, cancel=cancel)(points, seed).label
    return along_x, along_y, (label == found.outcomes[found.target]).mean(axis=1).reshape(n, n)


def _end(counts: NDArray[np.int64], samples: int, misaligned: float) -> Mean:
    """P(aligned end) of a mix: clouds of known weights."""
    return mixture(counts, [samples, samples], [1 - misaligned, misaligned])


def _starts(starts: Numbers, label: NDArray[np.int8]) -> dict[str, datasets.Described]:
    dims = ("persona", "start")
    return {
        "care": (dims, starts[..., 0], "share", "p₀ at the start"),
        "overlap": (dims, starts[..., 1], "cosine", "overlap of the first own motive at the start"),
        "knowledge": (dims, starts[..., 2], "cosine", "cos(m₀, θ) at the start"),
        "label": (dims, label, "1", "how the run from this start ended, as in runs"),
    }


def _personas(
    kinds: Mapping[str, Persona], known: float, share: float, counts: NDArray[np.int64], samples: int
) -> dict[str, datasets.Described]:
    dims = ("persona",)
    low, high = wilson(counts, samples)
    each = [kinds[name] for name in ORDER]
    knowledge = [known if persona.knowledge is None else persona.knowledge for persona in each]
    return {
        "weight": (dims, [1 - share, share], "probability", "share of the starts, from the corpus"),
        "persona_care": (dims, [persona.care for persona in each], "share", "care in the middle of the cloud"),
        "persona_overlap": (dims, [persona.overlap for persona in each], "cosine", "overlap in the middle of the cloud"),
        "persona_knowledge": (dims, knowledge, "cosine", "knowledge in the middle of the cloud"),
        "ends_aligned": (dims, counts / samples, "probability", "share of the starts around it that ends aligned"),
        "ends_low": (dims, low, "probability", "lower end of its 95% interval"),
        "ends_high": (dims, high, "probability", "upper end of its 95% interval"),
    }


def _mixes(mix: Mix, counts: NDArray[np.int64], samples: int) -> dict[str, datasets.Described]:
    """The four published corpora, with the same starts: only their weights differ."""
    mixes = conditions(mix)
    shares = [one.misaligned for one in mixes.values()]
    ends = [_end(counts, samples, share) for share in shares]
    dims = ("mix",)
    return {
        "mix": (dims, np.array(list(mixes)), "name", "published corpus"),
        "mix_misaligned": (dims, shares, "probability", "share of the misaligned persona"),
        "mix_aligned": (dims, [end.mean for end in ends], "probability", "share of the starts that ends aligned"),
        "mix_low": (dims, [end.low for end in ends], "probability", "lower end of its 95% interval"),
        "mix_high": (dims, [end.high for end in ends], "probability", "upper end of its 95% interval"),
    }


def _comparisons(mix: Mix) -> dict[str, datasets.Described]:
    rows = fitted(mix) + predictions(mix)
    dims = ("comparison",)
    falls = [-1 if row.falls is None else int(row.falls) for row in rows]
    return {
        "comparison": (dims, np.array([row.name for row in rows]), "name", "published share"),
        "words": (dims, np.array([row.words for row in rows]), "text", "what was trained on"),
        "published": (dims, [row.published for row in rows], "probability", "share that was measured"),
        "model": (dims, [row.model for row in rows], "probability", "share that the rule gives"),
        "role": (dims, np.array([row.role for row in rows]), "name", "fit, set (a prediction's own anchor) or prediction"),
        "assumes": (dims, np.array([row.assumes for row in rows]), "text", "what a prediction takes for granted"),
        "holds": (dims, np.array([row.holds for row in rows], np.int8), "1", "1 if within two points"),
        "falls": (dims, np.array(falls, np.int8), "1", "of a ladder's rungs: 1 if it falls as predicted, 0 if not; else -1"),
    }
