"""What a result was computed from and by: attributes that reproduce it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from basin.version import VERSION


def provenance(
    *,
    scenario: str,
    scenario_toml: str,
    scenario_hash: str,
    seed: int,
    runs: int,
    expected: bool,
    call: str,
) -> dict[str, Any]:
    """Attributes that reproduce a result on a scenario, and say what computed it."""
    about = {"scenario": scenario, "scenario_toml": scenario_toml, "scenario_hash": scenario_hash}
    return about | computed(seed, runs, call) | {"expected": int(expected)}


def system_provenance(*, system: str, parameters: Mapping[str, float], seed: int, runs: int, call: str) -> dict[str, Any]:
    """The same for a result on a textbook system."""
    return {"system": system, "parameters": json.dumps(dict(parameters))} | computed(seed, runs, call)


def computed(seed: int, runs: int, call: str) -> dict[str, Any]:
    """What computed a result, for one that is about no single scenario or system.

    `seed` is a whole number, or its digits where it does not fit into 63 bits, which file formats limit it to."""
    import numba
    from llvmlite.binding import get_host_cpu_name

    kept = {
        "seed": int(seed) if seed < 2**63 else str(seed),
        "runs": int(runs),
        "call": call,
        "basin_version": VERSION,
        "numba_version": numba.__version__,
        "cpu": numba.config.CPU_NAME or get_host_cpu_name(),
    }
    commit = _git_commit()
    return kept | ({"git_commit": commit} if commit else {})


@lru_cache(maxsize=1)
def _git_commit() -> str:
    """The commit of the checkout that this package is run from, with "-dirty" where it differs; empty elsewhere."""
    root = Path(__file__).resolve().parent.parent.parent
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
