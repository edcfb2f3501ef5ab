"""Ten thousand scenarios that nobody chose, in parts: numbers that make sense, or one clear line; and that checks can fail."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from basin.labels import ALIGNED
from basin.scenario import Scenario, dumps
from tests.sound import assert_sound_beliefs, assert_sound_runs, assert_sound_summary
from tests.trust.drawn import Broken, contradictions
from tests.trust.scenarios import PART, check, check_refused, refusal

SHAPES = {"lone agent", "skeleton too", "population", "refused"}


def test_some_scenarios():
    """Of another seed than the parts have."""
    assert set(check(1000, 40)) == SHAPES


@pytest.mark.parametrize("asked", contradictions(), ids=lambda asked: str(asked.changes)[:60])
def test_every_contradiction_is_refused(asked, tmp_path):
    check_refused(asked, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_ten_thousand_scenarios(part):
    counts = check(part)
    assert counts.total() >= 0.98 * PART and set(counts) == SHAPES  # hypothesis stops where it has drawn all there is


# ---- What these would find -------------------------------------------------------------------------------------------


def runs(**columns: float) -> dict[str, np.ndarray]:
    sound = {
        "label": ALIGNED, "time": 3.0, "knows": 0.9, "cares": 0.9, "behaves": 0.9, "closed": 1.0, "harm": 0.0, "welfare": 1.0,
        "asked": 2.0, "episodes": 1000.0, "motive": 1.0, "survival": 1.0,
    }  # fmt: skip
    return {name: np.array([value], float) for name, value in (sound | columns).items()}


def test_sound_runs_are_sound():
    assert_sound_runs(Scenario(), runs())


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": 9.0}, {"label": -1.0}, {"time": 1001.0}, {"knows": 1.1}, {"cares": -0.1}, {"harm": -1e-300},
        {"welfare": np.nan}, {"welfare": np.inf}, {"asked": 1001.0}, {"episodes": 999.0}, {"motive": 2.0}, {"survival": 1.1},
    ],
)  # fmt: skip
def test_numbers_that_make_no_sense_are_found(wrong):
    with pytest.raises(AssertionError):
        assert_sound_runs(Scenario(), runs(**wrong))


@pytest.mark.parametrize("covariance", [[[1, 0.1], [0, 1]], [[1, 2], [2, 1]], [[1, 0], [0, -1e-9]], [[np.nan, 0], [0, 1]]])
def test_covariances_that_are_none_are_found(covariance):
    with pytest.raises(AssertionError):
        assert_sound_beliefs(Scenario(), np.zeros(2), np.array(covariance, float))


@pytest.mark.parametrize(
    "part",
    [
        {"count": 3, "fraction": 0.3, "low": 0.31, "high": 0.6},
        {"count": 3, "fraction": 0.3, "low": 0.1, "high": np.nan},
        {"count": 2, "fraction": 0.3, "low": 0.1, "high": 0.6},
        {"count": 11, "fraction": 1.1, "low": 0.1, "high": 1.2},
    ],
)
def test_intervals_that_are_none_are_found(part):
    whole = {"count": 10, "fraction": 1.0, "low": 0.7, "high": 1.0}
    assert_sound_summary({"outcomes": {"aligned": whole}, "harm": {"mean": 1.0, "low": 0.5, "high": 2.0}}, 10)
    with pytest.raises(AssertionError):
        assert_sound_summary({"outcomes": {"aligned": whole}, "knows": part}, 10)


def test_a_request_that_is_met_is_no_refusal(tmp_path):
    (tmp_path / "s.toml").write_text(dumps(Scenario()))
    with pytest.raises(AssertionError):
        refusal(tmp_path / "s.toml", Broken("", {"motives.care": 0.3}))


def test_a_bug_is_no_refusal(tmp_path, monkeypatch):
    (tmp_path / "s.toml").write_text(dumps(Scenario()))
    monkeypatch.setattr("tests.trust.scenarios.load", lambda path: SimpleNamespace(with_=lambda changes: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        refusal(tmp_path / "s.toml", Broken("", {}))
