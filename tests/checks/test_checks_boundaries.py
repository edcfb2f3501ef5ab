"""The checks of boundaries: elsewhere, and that they can fail."""

import numpy as np
import pytest

from basin import theory
from basin.analysis.boundary import boundary
from basin.analysis.map import Axis
from basin.checks import run
from basin.checks.boundaries import Region, _apart


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("smooth-entropy", {"samples": 20, "balls": 2000}),
        ("weierstrass-exponent", {"growth": 1.3, "pairs": 50_000}),
        ("newton-wada", {}),
        ("boundary-area", {"resolution": 512, "width": 0.001}),
        ("separatrix-curve", {"guarding": 0.03, "resolution": 16}),
        ("off-switch-curve", {"episodes": 30, "resolution": 32, "runs": 33}),
    ],
)
def test_they_hold_elsewhere(name, settings):
    results = run([name], settings or None, seed=2)
    assert results and all(result.passed for result in results)


def test_a_curve_elsewhere_is_noticed():
    overlap = np.linspace(-0.9, 0.9, 2001)
    known, other = (theory.separatrix(0.1, 0.05, overlap, strength) for strength in (1.0, 1.1))
    above = Region(lambda points: points[:, 1] > theory.separatrix(0.1, 0.05, points[:, 0], 1.0))
    found = boundary(above, (Axis("overlap", -0.9, 0.9), Axis("care", 0.05, 0.95)), 1, resolution=128)
    assert all(finding.passed for finding in _apart(found, overlap, known, 1.0))
    assert not any(finding.passed for finding in _apart(found, overlap, other, 1.0))
