"""Who polices whom, and what is it worth?"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from basin import datasets
from basin.analysis.intervals import Mean, mean, mean_share
from basin.engine.policing import OVERSEERS, PEERS
from basin.labels import ALIGNED, OUTCOMES
from basin.questions.population import POPULATIONS, check_several, crowded, mean_change
from basin.questions.subject import Progress, SubjectLike, subject
from basin.simulate import populations

if TYPE_CHECKING:
    import xarray as xr

PEER_AUDIT = 0.05  # per aligned neighbour, where the scenario has none of its own


def policing(
    asked: SubjectLike,
    *,
    count: int = POPULATIONS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The same populations with nobody, overseers, aligned peers, or both looking at unasked acts.

    Overseers look as `oversight.audit` and `population.overseen` say, peers as `population.peer_audit` does, 0.05 where the
    scenario has none. Peers police only as far as they are aligned. count: populations.

    Returns a Dataset. Dims (watch): share of the agents that end `aligned` and mean `harm`, with intervals over populations;
    `gain`, the paired difference of the share from nobody looking, and `gain_low`, `gain_high`. Dims (watch, outcome,
    auditor): `seen`, unasked acts seen per agent of those that end so, by overseers and by peers.
    Raises ScenarioError, SimulationError or GraphError, one line each.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> found = basin.policing(village, count=3)
    >>> dict(zip(found["watch"].values.tolist(), found["gain"].values.round(2).tolist()))
    {'nobody': 0.0, 'overseers': 0.03, 'peers': 0.25, 'both': 0.25}
    """
    found = crowded(subject(asked, threads=threads))
    check_several(count)
    scenario = found.scenario
    peers = {"population.peer_audit": scenario.population.peer_audit or PEER_AUDIT}
    alone, blind = {"population.peer_audit": 0.0}, {"oversight.audit": 0.0}
    arrangements: dict[str, dict[str, Any]] = {
        "nobody": blind | alone, "overseers": alone, "peers": blind | peers, "both": peers,
    }  # fmt: skip
    aligned, harm = np.empty((len(arrangements), count)), np.empty((len(arrangements), count))
    seen = np.full((len(arrangements), len(OUTCOMES), 2), np.nan)
    codes = list(OUTCOMES.values())
    for at, changes in enumerate(arrangements.values()):
        part = None if progress is None else lambda done, total, at=at: progress(at * total + done, 4 * total)
        agents, acts = np.zeros(len(OUTCOMES)), np.zeros((len(OUTCOMES), 2))
        for run, one in enumerate(
            populations(scenario.with_(changes), count, seed, moments=1, threads=threads, progress=part, cancel=cancel)
        ):
            label = one.columns["label"]
            aligned[at, run] = (label[one.agents] == ALIGNED).mean()
            harm[at, run] = one.columns["harm"][one.agents].mean()
            for k, code in enumerate(codes):
                agents[k] += (label == code).sum()
                acts[k] += one.policed[label == code].sum(axis=0)
        seen[at] = np.divide(acts, agents[:, None], out=seen[at], where=agents[:, None] > 0)
    shares = [mean_share(row) for row in aligned]
    harms = [mean(row) for row in harm]
    gains = [mean_change(ends, done) for ends, done in zip(aligned - aligned[0], harm - harm[0], strict=True)]
    dims = ("watch",)

    def ends(of: list[Mean], name: str, units: str, words: str) -> dict[str, datasets.Described]:
        return {
            name: (dims, [one.mean for one in of], units, words),
            f"{name}_low": (dims, [one.low for one in of], units, "lower end of its 95% interval"),
            f"{name}_high": (dims, [one.high for one in of], units, "upper end of its 95% interval"),
        }

    return datasets.measured(
        "policing",
        ends(shares, "aligned", "share", "agents that end aligned")
        | ends(harms, "harm", "utility", "mean harm done by an agent")
        | ends(gains, "gain", "share", "more agents that end aligned than if nobody looked")
        | {"seen": ((*dims, "outcome", "auditor"), seen, "acts", "unasked acts seen, per agent that ends so")},
        {
            "watch": (dims, np.array(list(arrangements)), "name", "who looks at unasked acts"),
            "outcome": (("outcome",), np.array(list(OUTCOMES)), "name", "how the agents end who were seen"),
            "auditor": (("auditor",), np.array(["overseers", "peers"])[[OVERSEERS, PEERS]], "name", "who saw them"),
        },
        found.attributes(seed, count, f"basin.policing(scenario, count={count}, seed={seed})")
        | {"title": found.title, "populations": count, "peer_audit": peers["population.peer_audit"]}
        | {"audit": scenario.oversight.audit, "overseen": scenario.population.overseen},
    )
