"""All claims, and the judge: each claim under each setting, and one verdict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from basin import datasets
from basin.claims.claim import Claim, ClaimError, Decision, Part, decided
from basin.claims.study import EFFECT, QUICK_EFFECT, SETTINGS, Study, runs_for
from basin.scenario.errors import nearest, shortened
from basin.simulate.runs import check_seed

if TYPE_CHECKING:
    import xarray as xr

FILES = (
    "good_intentions", "information", "corpus", "locks", "nearest_edge", "biased_evidence", "search_and_noise",
    "uncertainty_floor", "success", "waiting", "manipulation", "dimension", "caution", "takeoff", "allies", "self_deception",
)  # fmt: skip
CLAIMS: dict[str, Claim] = {claim.name: claim for claim in (import_module(f"basin.claims.{file}").CLAIM for file in FILES)}
VERDICTS = ("holds", "fails", "depends")
MORE_RUNS = "more runs: an interval still has its bound inside"


@dataclass(frozen=True)
class Finding:
    """A claim, judged. parts: by setting, as the model is first. depends_on: settings that change it, or more runs."""

    claim: Claim
    parts: dict[str, tuple[Part, ...]]

    @property
    def decisions(self) -> dict[str, Decision]:
        return {setting: decided(parts) for setting, parts in self.parts.items()}

    @property
    def depends_on(self) -> tuple[str, ...]:
        first, *others = self.decisions.items()
        if first[1] == "open":
            return (MORE_RUNS,)
        return tuple(f"{setting}: {decision}" for setting, decision in others if decision not in ("open", first[1]))

    @property
    def verdict(self) -> Literal["holds", "fails", "depends"]:
        first = next(iter(self.decisions.values()))
        return "depends" if self.depends_on or first == "open" else first


def judge(
    names: Sequence[str] | None = None,
    *,
    quick: bool = False,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> list[Finding]:
    """Run the claims of these names, all unless given, each under every setting. quick: fewer runs, wider intervals.

    Runs per arm follow from the minimum detectable difference of shares: 0.05, or 0.2 when quick (`study.runs_for`).
    progress: called with experiments done and in all, again and again while one runs; cancel: an Event; once set,
    `basin.simulate.Cancelled` is raised. Raises ClaimError for a name that none has.
    """
    check_seed(seed)
    chosen = [_claim(name) for name in dict.fromkeys(CLAIMS if names is None else names)]
    runs = runs_for(QUICK_EFFECT if quick else EFFECT)
    parts: dict[str, dict[str, tuple[Part, ...]]] = {claim.name: {} for claim in chosen}
    done, every = 0, len(SETTINGS) * len(chosen)

    def alive(_done: int, _runs: int) -> None:
        if progress is not None:
            progress(done, every)

    for setting in SETTINGS:
        study = Study(setting, runs, seed, threads, cancel, alive)
        for claim in chosen:
            parts[claim.name][setting.name] = tuple(claim.experiment(study))
            done += 1
            alive(0, 0)
    return [Finding(claim, parts[claim.name]) for claim in chosen]


def collected(findings: Sequence[Finding], *, quick: bool = False, seed: int = 0) -> xr.Dataset:
    """What `judge` found, given the same options, as a Dataset, dims (claim, setting, part)."""
    rows = [
        (finding.claim.name, setting, part)
        for finding in findings
        for setting, parts in finding.parts.items()
        for part in parts
    ]
    one, many = ("claim",), ("part",)

    def column(values: list[Any], units: str, words: str, dims: tuple[str, ...] = many) -> datasets.Described:
        return dims, np.array(values), units, words

    settings = [setting.name for setting in SETTINGS]
    grid = [[finding.decisions[setting] for setting in settings] for finding in findings]
    names = [finding.claim.name for finding in findings]
    texts = {
        "statement": "what is claimed",
        "source": "who claims it",
        "refuted_by": "what would refute it",
        "seen": "what was seen",
    }
    runs = runs_for(QUICK_EFFECT if quick else EFFECT)
    options = f"quick={quick}, seed={seed}"
    chosen = "" if names == list(CLAIMS) else f"{names!r}, "
    call = f"basin.claims.collected(basin.claims.judge({chosen}{options}), {options})"
    return datasets.measured(
        "claims",
        {
            **{
                name: column([getattr(finding.claim, name) for finding in findings], "text", words, one)
                for name, words in texts.items()
            },
            "verdict": column([finding.verdict for finding in findings], "name", "holds, fails or depends", one),
            "depends_on": column(["; ".join(finding.depends_on) for finding in findings], "text", "what on", one),
            "decision": (("claim", "setting"), np.array(grid), "name", "holds, fails or open under each setting"),
            "of_claim": column([name for name, _, _ in rows], "name", "the claim that a part belongs to"),
            "under": column([setting for _, setting, _ in rows], "name", "the setting that it was measured under"),
            "words": column([part.words for *_, part in rows], "text", "what was measured"),
            "value": column([part.value.mean for *_, part in rows], "as part_units", "the estimate"),
            "low": column([part.value.low for *_, part in rows], "as part_units", "lower end of its 95% interval"),
            "high": column([part.value.high for *_, part in rows], "as part_units", "upper end of its 95% interval"),
            "wants": column([part.wants for *_, part in rows], "name", "on which side of the bound the claim needs it"),
            "bound": column([part.bound for *_, part in rows], "as part_units", "the bound"),
            "part_units": column([part.units for *_, part in rows], "name", "units of the part"),
            "part_decision": column([part.decision for *_, part in rows], "name", "holds, fails or open"),
        },
        {
            "claim": column(names, "name", "the claim", one),
            "setting": (("setting",), np.array(settings), "name", "how the model was set"),
        },
        datasets.computed(seed, runs, call),
    )


def _claim(name: str) -> Claim:
    if name not in CLAIMS:
        raise ClaimError(f"{shortened(name)}: no such claim; did you mean {nearest(name, CLAIMS)}?")
    return CLAIMS[name]
