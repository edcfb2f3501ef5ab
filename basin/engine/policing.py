"""Who polices whom: overseers look at some agents, and aligned neighbours add to the chance that an unasked act is seen."""

from __future__ import annotations

from basin.engine.compile import LANES, kernel, stage
from basin.engine.crowd import C_PEER_AUDIT, Crowd, Ties
from basin.engine.layout import ACTS, AUDIT, VERDICT, Block
from basin.labels import ALIGNED

OVERSEERS, PEERS = 0, 1  # columns of `Crowd.policed`


@stage
def set_audits(ties: Ties, crowd: Crowd, b: Block, i: int, when: int) -> None:
    """audit = min(1, overseers' + peer_audit × aligned neighbours), by how neighbours were judged in the episode before."""
    before, k = 1 - (when & 1), crowd.set_of[i]
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node < 0:
            continue
        peers = ties.coupling[crowd.population[node], C_PEER_AUDIT]
        peers *= aligned_neighbours(ties, crowd, node, before) if peers > 0.0 else 0
        b.p[AUDIT + l] = min(1.0, crowd.audit[k, l] * crowd.overseen[node] + peers)


@stage
def aligned_neighbours(ties: Ties, crowd: Crowd, node: int, before: int) -> int:
    """How many of those it listens to are aligned; in a complete graph they have been counted together."""
    if ties.complete == 1:
        others: int = crowd.aligned[crowd.population[node]] - (1 if crowd.status[before, node] == ALIGNED else 0)
        return others
    count = 0
    for at in range(ties.first[node], ties.first[node + 1]):
        count += 1 if crowd.status[before, ties.neighbour[at]] == ALIGNED else 0
    return count


@kernel
def count_aligned(ties: Ties, crowd: Crowd, population: int, now: int) -> None:
    count = 0
    for node in range(ties.populations[population], ties.populations[population + 1]):
        count += 1 if crowd.status[now & 1, node] == ALIGNED else 0
    crowd.aligned[population] = count


@stage
def note_audits(ties: Ties, crowd: Crowd, b: Block, i: int) -> None:
    """Whoever was seen acting unasked was seen by overseers or by peers, in proportion to what each add to the chance."""
    k = crowd.set_of[i]
    for l in range(LANES):
        node = crowd.node[i * LANES + l]
        if node >= 0 and b.run[l] >= 0 and b.w[ACTS + l] != 0.0 and b.w[VERDICT + l] != 0.0:
            part = min(1.0, crowd.audit[k, l] * crowd.overseen[node] / b.p[AUDIT + l])
            crowd.policed[node, OVERSEERS] += part
            crowd.policed[node, PEERS] += 1.0 - part
