"""Which directions can have the overlaps and the mutual cosine that a scenario asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from basin.scenario.errors import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from basin.scenario.model import Scenario

TOLERANCE = 1e-9  # of cosines and eigenvalues, which decimals in a file cannot meet exactly


def mutual_gram(scenario: Scenario) -> NDArray[np.float64]:
    """Cosines among the parts of the own motives that are orthogonal to human values.

    For the n motives of kind own and ally in their order, with overlaps o and mutual cosine c,
    v_j = o_j θ + √(1 − o_j²) w_j with w_j ⊥ θ, so that w_j·w_k = (c − o_j o_k)/√((1 − o_j²)(1 − o_k²)): the (n, n)
    matrix returned. A motive that is θ or −θ has no such part: its row and column are 0. Scenarios whose matrix is
    impossible do not exist (`gram_problem`). Raises ScenarioError when `motives.mutual` is "random".
    """
    import numpy as np

    mutual = scenario.motives.mutual
    if isinstance(mutual, str):
        raise ScenarioError('motives.mutual = "random": no cosine is asked for')
    overlap = np.array([motive.overlap for motive in scenario.motives.own if motive.kind != "approval"], dtype=float)
    across = np.sqrt((1 - overlap) * (1 + overlap))
    scale = np.outer(across, across)
    gram = np.divide(mutual - np.outer(overlap, overlap), scale, out=np.zeros_like(scale), where=scale > 0)
    np.fill_diagonal(gram, np.where(across > 0, 1.0, 0.0))
    return gram


def gram_problem(scenario: Scenario) -> str | None:
    """Why no directions have the cosines asked for, or None where some have."""
    import numpy as np

    gram = mutual_gram(scenario)
    if len(gram) < 2:
        return None
    mutual = float(scenario.motives.mutual)
    overlap = np.array([motive.overlap for motive in scenario.motives.own if motive.kind != "approval"])
    for j in np.flatnonzero(np.diag(gram) == 0):
        others = np.delete(overlap, j)
        if np.abs(overlap[j] * others - mutual).max() > TOLERANCE:
            return f"impossible: a motive with overlap {overlap[j]:g} has {overlap[j]:g} · overlap as cosine with others"
    if np.abs(gram).max() > 1 + TOLERANCE or np.linalg.eigvalsh(gram)[0] < -TOLERANCE * len(gram):
        return "impossible with these overlaps: no directions have these cosines with values and with each other"
    rank = int(np.linalg.matrix_rank(gram, tol=TOLERANCE * len(gram), hermitian=True))
    room = scenario.values.features - 1
    if rank > room:
        return f"these cosines need {rank + 1} value features; values.features is {room + 1}"
    return None
