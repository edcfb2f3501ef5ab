"""Known shocks, edges and tipping points: they hold elsewhere, and a wrong number would be noticed."""

import dataclasses

import numpy as np
import pytest

from basin import theory
from basin.analysis.clusters import agreement
from basin.checks import CheckError, run, shocks
from basin.checks.row import Run


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("shock-newton", {"root": 3}),
        ("shock-ring", {"oscillators": 7, "winding": 1}),
        ("edge-pendulum", {"torque": 0.35, "damping": 0.08}),
        ("shock-magnetic", {"magnet": 2}),
        ("tip-pendulum", {"damping": 0.2}),
        ("edge-skeleton", {"overlap": 0.2, "strength": 1.5}),
        ("attractors-pendulum", {"torque": 0.3}),
    ],
)
def test_they_hold_elsewhere(name, settings):
    (result,) = run([name], settings)
    assert result.passed, result


@pytest.mark.parametrize(
    ("row", "constant", "wrong"),
    [
        (shocks.shock_newton, "ROOT_DISTANCE", 0.6235),
        (shocks.edge_governability, "GOVERNABILITY_SADDLE", 0.9347),
        (shocks.shock_magnetic, "MAGNET_DISTANCE", 0.402),
        (shocks.tip_pendulum, "homoclinic_torque", lambda damping: 0.1271),
    ],
)
def test_another_number_fails(monkeypatch, row, constant, wrong):
    monkeypatch.setattr(shocks, constant, wrong)
    (finding,) = row.findings(Run(), {})
    assert not finding.passed


def test_another_separatrix_fails(monkeypatch):
    right = theory.separatrix
    monkeypatch.setattr(theory, "separatrix", lambda k, g, o, s: right(k, g, o + 0.01, s))
    (finding,) = shocks.edge_skeleton.findings(Run(), {})
    assert not finding.passed


def test_another_start_fails(monkeypatch):
    """A shock from elsewhere is not the root's; a clustering that is shuffled agrees with nothing."""
    found = shocks.shock
    monkeypatch.setattr(shocks, "shock", lambda asked, at, seed: found(asked, at={path: 0.9 * x for path, x in at.items()}))
    assert not shocks.shock_newton.findings(Run(), {})[0].passed
    assert not shocks.shock_ring.findings(Run(), {"winding": 2})[0].passed
    whole = shocks.attractors

    def shuffled(*arguments, **options):
        result = whole(*arguments, **options)
        chance = np.random.default_rng(0)
        result.attrs["agreement"] = agreement(chance.permutation(result["cluster"].values), result["label"].values)
        return result

    monkeypatch.setattr(shocks, "attractors", shuffled)
    assert not shocks.attractors_pendulum.findings(Run(), {})[0].passed


def test_settings_that_mean_nothing():
    with pytest.raises(CheckError, match="winding = 3: at most a quarter"):
        run(["shock-ring"], {"winding": 3})


def test_findings_are_exact():
    (finding,) = shocks.edge_fitzhugh_nagumo.findings(Run(), {})
    assert finding.error is None and finding.passed
    assert not dataclasses.replace(finding, measured=1e-6).passed
