"""Made-up Datasets of populations, so that no picture waits for a simulation."""

from __future__ import annotations

import numpy as np

from basin import datasets, figures
from basin.figures.networks import HUMAN, MISLED_FIRST
from basin.labels import OUTCOMES
from tests.figures.made import about

UNDECIDED, ALIGNED, CAPTURED, MISLED = (OUTCOMES[name] for name in ("undecided", "aligned", "captured", "misled"))
NAMES = list(OUTCOMES)
PAYLOAD = 1_500_000  # bytes of a figure with 1000 nodes and 60 moments


def attributes(**more):
    from basin.scenario import load

    return about(load("near-aligned-llm"), call="basin.population(scenario)", title="A company") | more


def population(nodes=12, count=3, moments=11, *, role=None, end=None, graph="ring", links=None, names=None, **more):
    """A population's Dataset: agents are undecided, and become how they end one after the other."""
    role = np.zeros(nodes, int) if role is None else np.asarray(role)
    end = np.where(np.arange(nodes) % 3 == 0, ALIGNED, CAPTURED) if end is None else np.asarray(end)
    people, episode = role == HUMAN, np.arange(moments) * 10
    label = np.stack([np.where(people, UNDECIDED, np.roll(end, 3 * k)) for k in range(count)])
    turned = np.linspace(0, 1, moments)[:, None] > np.arange(nodes) / nodes
    status = np.where(turned[None], label[:, None], UNDECIDED)
    counts = np.stack([((status == code) & ~people).sum(axis=-1) for code in OUTCOMES.values()], axis=-1)
    means = np.linspace(0.5, 0.9, moments) + 0.01 * np.arange(count)[:, None]
    links = np.array([(k, (k + 1) % nodes) for k in range(nodes)]) if links is None else np.asarray(links)
    both = np.concatenate([links, links[:, ::-1]]) if len(links) else links
    dims = ("population", "node")
    variables = {
        "label": (dims, label.astype(np.int8), "1", "how it ended"),
        "role": (dims, np.tile(role, (count, 1)).astype(np.int8), "1", "what it was at first"),
        "count": (("population", "episode", "outcome"), counts, "agents", "agents by how they would have been judged then"),
        **{f"mean_{name}": ((*dims[:1], "episode"), means, "share", name) for name in ("care", "approval")},
        "status": (("episode", "node"), status[0].astype(np.int8), "1", "how agents were judged then"),
    }
    if len(links):
        variables |= {"link_from": (("link",), both[:, 0], "1", "who"), "link_to": (("link",), both[:, 1], "1", "whom")}
    coordinates = {
        "episode": (("episode",), episode, "episodes", "since"),
        "outcome": (("outcome",), np.array(NAMES), "name", ""),
    }
    if names is not None:
        coordinates["node"] = (("node",), np.array(names), "name", "of a file")
    agents = int((~people).sum())
    share = float((label == ALIGNED).sum() / (agents * count))
    ends = {"aligned": share, "aligned_low": max(0.0, share - 0.1), "aligned_high": min(1.0, share + 0.1)}
    if count == 1:
        ends |= {"aligned_low": 0.0, "aligned_high": 1.0}
    kept = {"agents": agents, "people": int(people.sum()), "graph": graph, "mean_degree": 2.0, "coupled": 1} | ends
    return datasets.measured("population", variables, coordinates, attributes(**kept) | more)


def mass(critical=(0.2, 0.4, 0.7), low=None, high=None, path="population.degree", scale="linear", value=(2.0, 4.0, 8.0)):
    critical = np.asarray(critical, float)
    low, high = (critical + step if end is None else np.asarray(end, float) for end, step in ((low, -0.1), (high, 0.1)))
    start = np.linspace(0, 1, 5)
    share = np.nan_to_num((start > np.nan_to_num(critical, nan=2)[:, None]).astype(float))
    dims = ("value", "start")
    return datasets.measured(
        "critical",
        {
            "count": (dims, (20 * share).astype(int), "populations", ""),
            "share": (dims, share, "probability", ""),
            "low": (dims, np.clip(share - 0.1, 0, 1), "probability", ""),
            "high": (dims, np.clip(share + 0.1, 0, 1), "probability", ""),
            **{name: (("value",), of, "share", "")
               for name, of in (("critical", critical), ("critical_low", low), ("critical_high", high))},
        },
        {"value": (("value",), np.asarray(value[: len(critical)], float), "neighbours", "how many neighbours"),
         "start": (("start",), start, "share", "")},
        attributes(populations=20, path=path, scale=scale, quorum=0.95),
    )  # fmt: skip


def change(aligned=(-0.2, -0.05, 0.0), half=(0.1, 0.04, 0.01), number=2):
    aligned, half = np.asarray(aligned, float), np.asarray(half, float)
    dims = ("distance",)
    return datasets.measured(
        "misled",
        {
            "agents": (dims, np.full(len(aligned), 4.0), "agents", ""),
            "knows": (dims, aligned / 10, "cosine", ""),
            "low": (dims, (aligned - half) / 10, "cosine", ""),
            "high": (dims, (aligned + half) / 10, "cosine", ""),
            "aligned": (dims, aligned, "share", ""),
            "aligned_low": (dims, aligned - half, "share", ""),
            "aligned_high": (dims, aligned + half, "share", ""),
        },
        {"distance": (dims, np.arange(1, len(aligned) + 1), "links", "")},
        attributes(number=number, populations=20, farthest=12, misled_knowledge=-0.5, without=0.8, with_them=0.7)
        | {"change": -0.1, "change_low": -0.15, "change_high": -0.05},
    )


def watched():
    watches = ["nobody", "overseers", "peers", "both"]
    aligned, harm, gain = np.array([0.5, 0.55, 0.6, 0.7]), np.array([4.0, 3.0, 2.0, 1.0]), np.array([0.0, 0.05, 0.1, 0.2])
    seen = np.full((4, len(NAMES), 2), np.nan)
    seen[:, NAMES.index("aligned")] = [(0, 0), (1, 0), (0, 2), (1, 2)]
    seen[:, NAMES.index("captured")] = [(0, 0), (3, 0), (0, 4), (3, 4)]
    dims = ("watch",)
    variables = {}
    for name, values, half in (("aligned", aligned, 0.1), ("harm", harm, 0.5), ("gain", gain, 0.04)):
        variables |= {name: (dims, values, "1", ""), f"{name}_low": (dims, values - half, "1", ""),
                      f"{name}_high": (dims, values + half, "1", "")}  # fmt: skip
    return datasets.measured(
        "policing",
        variables | {"seen": ((*dims, "outcome", "auditor"), seen, "acts", "")},
        {"watch": (dims, np.array(watches), "name", ""), "outcome": (("outcome",), np.array(NAMES), "name", ""),
         "auditor": (("auditor",), np.array(["overseers", "peers"]), "name", "")},
        attributes(populations=10, peer_audit=0.05, audit=0.1, overseen=0.5),
    )  # fmt: skip


def heard(ratio=(1.0, 2.0, 8.0), low=(0.9, 1.8, 7.0), high=(1.1, 2.2, 9.0), rate=(0.0, 0.1, 0.4)):
    dims = ("rate",)
    aligned = np.linspace(0.9, 0.5, len(rate))
    return datasets.measured(
        "echo",
        {"ratio": (dims, np.array(ratio), "1", ""), "ratio_low": (dims, np.array(low), "1", ""),
         "ratio_high": (dims, np.array(high), "1", ""), "aligned": (dims, aligned, "share", ""),
         "aligned_low": (dims, aligned - 0.05, "share", ""), "aligned_high": (dims, aligned + 0.05, "share", "")},
        {"rate": (dims, np.array(rate), "probability per episode", "")},
        attributes(populations=10),
    )  # fmt: skip


def lineages(rest=(0.1, 0.5, 0.9), attracts=(1, 0, 1)):
    when, now = np.arange(6), np.linspace(0, 1, 21)
    share, after = np.linspace(0.5, 0.9, 6), 0.1 + 0.8 * (now > 0.5)
    dims, at = ("generation",), ("now",)
    return datasets.measured(
        "generations",
        {"share": (dims, share, "share", ""), "expected": (dims, share, "share", ""),
         "low": (dims, share - 0.05, "share", ""), "high": (dims, share + 0.05, "share", ""),
         "next": (at, after, "share", ""), "next_low": (at, after - 0.02, "share", ""),
         "next_high": (at, after + 0.03, "share", ""), "rest": (("rest",), np.array(rest, float), "share", ""),
         "attracts": (("rest",), np.array(attracts, np.int8), "1", "")},
        {"generation": (dims, when, "generations", ""), "now": (at, now, "share", "")},
        attributes(dose=0.01, first=0.5, agents=1000, lineages=100, p_aligned=0.9, p_misaligned=0.1),
    )  # fmt: skip


LINKED = [(k, j) for k in range(40) for j in range(k + 1, 40) if (k * j) % 7 == 1]
PICTURES = {
    "network": population,
    "network with people": lambda: population(role=[HUMAN, MISLED_FIRST] + [0] * 10, graph="watts-strogatz"),
    "network of one": lambda: population(count=1, graph="friends.csv", links=[(0, k) for k in range(1, 12)]),
    "network undecided": lambda: population(end=np.full(12, UNDECIDED)),
    "network complete": lambda: population(graph="complete", links=[]),
    "network of many": lambda: population(nodes=2500, moments=3, links=[], graph="barabasi-albert"),
    "network springs": lambda: population(
        nodes=80, graph="stochastic-block", links=[*LINKED, *((k, 0) for k in range(40, 80))]
    ),
    "crowd": population,
    "crowd of one": lambda: population(count=1),
    "crowd undecided": lambda: population(end=np.full(12, UNDECIDED)),
    "critical": mass,
    "critical log": lambda: mass(scale="log"),
    "critical nowhere": lambda: mass([np.nan] * 3),
    "critical in places": lambda: mass([np.nan, 0.5, 0.25]),
    "critical everywhere": lambda: mass([0.0] * 3, [0.0] * 3, [0.0] * 3),
    "critical alone": lambda: mass([0.6], path=""),
    "critical alone nowhere": lambda: mass([np.nan], path=""),
    "critical alone everywhere": lambda: mass([0.0], [0.0], [0.0], path=""),
    "misled": change,
    "misled by few": lambda: change([-0.2, -0.5, -1.0], [0.1, 3.0, np.nan], 1),
    "misled unsure": lambda: change([-0.2], [np.nan]),
    "policing": watched,
    "echo": heard,
    "echo of certainty": lambda: heard((1.0, np.inf, np.inf), (0.9, np.nan, np.nan), (1.1, np.nan, np.nan)),
    "echo wide": lambda: heard(low=(-0.5, 1.8, 7.0)),
    "generations": lineages,
    "generations restless": lambda: lineages((), ()),
}


def drawn(name, **options):
    return getattr(figures, name.split()[0])(PICTURES[name](), **options)


def named(fig, name):
    (found,) = [trace for trace in fig.data if trace.name == name]
    return found


def error_ends(trace):
    """(low, high) of a trace's intervals."""
    return (np.asarray(trace.y, float) - trace.error_y.arrayminus, np.asarray(trace.y, float) + trace.error_y.array)
