"""Sensitivity of functions whose indices are known in closed form."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from basin.analysis.extras import MissingError, needed
from basin.analysis.sensitivity import SensitivityError, morris, sobol


def ishigami(parts, a=7.0, b=0.1):
    x = np.pi * (2 * parts - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """Ishigami & Homma 1990."""
    one, two, both = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, b**2 * np.pi**8 * 8 / 225
    total = one + two + both
    return np.array([one, two, 0]) / total, np.array([one + both, two, both]) / total


WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(parts):
    return np.prod((np.abs(4 * parts - 2) + WEIGHTS) / (1 + WEIGHTS), axis=1)


def g_indices():
    """Sobol' 1993; Saltelli & Sobol' 1995."""
    own = 1 / (3 * (1 + WEIGHTS) ** 2)
    total = np.prod(1 + own) - 1
    return own / total, own * np.prod(1 + own) / (1 + own) / total


@pytest.mark.parametrize(
    ("function", "known"), [(ishigami, ishigami_indices()), (g_function, g_indices())], ids=["Ishigami", "Sobol' G"]
)
def test_indices_of_known_functions(function, known):
    told = sobol(function, len(known[0]), samples=32768, seed=1)
    for at, name in enumerate(("first", "total")):
        found, low, high = (getattr(told, f"{name}{end}") for end in ("", "_low", "_high"))
        np.testing.assert_allclose(found, known[at], atol=0.02)
        half = (high - low) / 2
        assert (np.abs(found - known[at]) <= 2 * half + 1e-12).all()  # twice: ten intervals are looked at
        assert (half < 0.1).all()


def test_intervals_hold_about_as_often_as_stated():
    first, total = ishigami_indices()
    held = []
    for seed in range(40):
        told = sobol(ishigami, 3, samples=256, seed=seed)
        held += [
            (told.first_low <= first) & (first <= told.first_high),
            (told.total_low <= total) & (total <= told.total_high),
        ]
    assert np.mean(held) > 0.9


def test_elementary_effects_of_a_plane_are_its_slopes():
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    told = morris(lambda parts: parts @ slopes, 4, samples=6, seed=2)
    np.testing.assert_allclose(told.mu, slopes, atol=1e-12)
    np.testing.assert_allclose(told.mu_star, np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(told.sigma, 0, atol=1e-7)
    np.testing.assert_allclose([told.low, told.high], [np.abs(slopes)] * 2, atol=1e-7)


def test_effects_that_cancel_show_in_mu_star_and_sigma():
    told = morris(lambda parts: (parts[:, 0] - 0.5) * (parts[:, 1] - 0.5), 3, samples=200, seed=3)
    assert abs(told.mu[0]) < 0.1 < told.mu_star[0] and told.sigma[0] > 0.2
    assert told.mu_star[2] == told.sigma[2] == told.high[2] == 0  # exactly


def test_an_input_that_does_nothing_is_exactly_nothing():
    told = sobol(lambda parts: parts[:, 0] ** 2, 2, samples=512, seed=4)
    assert told.first[1] == told.total[1] == told.total_high[1] == 0
    assert told.total[0] == pytest.approx(1, abs=0.1)


def test_an_input_that_matters_in_one_place_only_has_wide_intervals_within_reason():
    told = sobol(lambda parts: (parts.max(axis=1) > 0.97).astype(float), 2, samples=16, seed=6)
    assert np.isfinite(told[:6]).all() and (told.total_low >= 0).all()
    assert (told.total_low <= told.total).all() and (told.total <= told.total_high).all()
    assert (told.total_high <= np.maximum(1, told.total)).all()


def test_a_function_that_does_not_vary_has_no_shares():
    told = sobol(lambda parts: np.full(len(parts), 2.0), 2, samples=8)
    assert not np.any([told.first, told.total, told.first_low, told.total_high])


@pytest.mark.parametrize("method", [morris, sobol])
def test_the_same_seed_gives_the_same_and_nothing_else_is_touched(method):
    np.random.seed(7)
    before = np.random.random()
    np.random.seed(7)
    one, two = (method(ishigami, 3, samples=16, seed=0) for _ in range(2))
    assert np.random.random() == before
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(method(ishigami, 3, samples=16, seed=1).values, one.values)


def test_the_function_is_called_once():
    calls = []
    for method in (morris, sobol):
        method(lambda parts: calls.append(len(parts)) or parts.sum(axis=1), 3, samples=8)
    assert calls == [8 * 4, 8 * 5]


def test_what_cannot_be_asked():
    with pytest.raises(SensitivityError, match="samples = 1: must be"):
        morris(ishigami, 3, samples=1)
    with pytest.raises(SensitivityError, match="samples = 100: Sobol' indices take a power of two"):
        sobol(ishigami, 3, samples=100)
    with pytest.raises(SensitivityError, match="nothing varies"):
        morris(ishigami, 0, samples=4)
    with pytest.raises(SensitivityError, match="no finite number"):
        morris(lambda parts: np.full(len(parts), np.nan), 2, samples=4)


def test_a_library_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(MissingError, match=r"^basin sensitivity needs SALib: pip install 'basin\[search\]'$"):
        morris(ishigami, 3, samples=4)
    with pytest.raises(MissingError, match="needs SALib"):
        needed("SALib", "basin sensitivity")
