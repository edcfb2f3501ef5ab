"""What agents learn from one another, and from what those before them wrote."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import basin
from basin.analysis.intervals import mean
from basin.analysis.paired import mixture
from basin.corpus import Mix
from basin.questions.generations import _rests
from basin.simulate import populations
from tests.questions.companies import SAMPLES

# ---- echo ----------------------------------------------------------------------------------------------------------


def test_agents_who_hear_each_other_grow_too_sure():
    found = basin.echo("echo-chamber", (0, 0.1, 0.8), count=5)
    ratio, unsure, common = (found[name].values for name in ("ratio", "unsure", "common"))
    assert 0.7 < ratio[0] < 1.2 and ratio[2] > 1.5 and ratio[0] < ratio[1] < ratio[2]
    assert (np.diff(unsure) < 0).all() and (np.diff(common) > 0).all() and common[0] < 0.1 and common[2] > 0.7
    for name in ("error", "unsure", "ratio", "aligned", "common"):
        assert ((found[f"{name}_low"] <= found[name]) & (found[name] <= found[f"{name}_high"])).all()
    for name in ("aligned", "common"):
        assert (found[f"{name}_low"] >= 0).all() and (found[f"{name}_high"] <= 1).all()


def test_echoes_are_means_over_populations(results, talkers):
    found, ratio = results["echo"], []
    for one in populations(talkers.with_({"population.testimony": 0.2}), 4, 3, moments=1):
        square = ((one.belief - one.target) ** 2).sum(axis=1).mean()
        ratio.append(np.sqrt(square / (one.unsure**2).mean()))
    assert [float(found[name][1]) for name in ("ratio", "ratio_low", "ratio_high")] == pytest.approx(list(mean(ratio)))
    assert found["rate"].values.tolist() == [0, 0.2, 0.8]


@pytest.mark.parametrize(
    ("changes", "trust"),
    [
        ({"population.graph": "complete"}, 1 / 15),
        ({"population.graph": "ring", "population.degree": 4}, 1 / 4),  # every row of links sums to 4
    ],
)
def test_trust_at_which_a_network_would_lock_in(changes, trust, talkers):
    quick = talkers.with_(changes | {"outcome.horizon": 5})
    assert basin.echo(quick, (0.1,), count=2).attrs["critical_trust"] == pytest.approx(trust, rel=1e-6)


# ---- generations ---------------------------------------------------------------------------------------------------


def test_the_map_from_one_generation_to_the_next(results):
    found, about = results["generations"], results["generations"].attrs
    assert 0 < about["p_misaligned"] < about["p_aligned"] < 1
    now, following = found["now"].values, found["next"].values
    for share in (0.0, 0.3, 1.0):
        written = {"ai_good": about["dose"] * share, "ai_bad": about["dose"] * (1 - share)}
        misaligned = Mix(**written).misaligned
        known = (1 - misaligned) * about["p_aligned"] + misaligned * about["p_misaligned"]
        assert following[np.argmin(abs(now - share))] == pytest.approx(known, rel=1e-12)
    assert (np.diff(following) > 0).all()  # the more end aligned, the more write well
    assert ((found["next_low"] <= following) & (following <= found["next_high"])).all()
    counts = np.rint(np.array([about["p_aligned"], about["p_misaligned"]]) * SAMPLES)
    told = mixture(counts, [SAMPLES] * 2, [1 - misaligned, misaligned])
    assert (float(found["next_low"][-1]), float(found["next_high"][-1])) == pytest.approx(told[1:], abs=1e-12)
    expected = found["expected"].values
    assert expected[0] == 0.5 and expected[1:] == pytest.approx(np.interp(expected[:-1], now, following), abs=1e-4)
    assert expected[-1] == pytest.approx(float(found["rest"][-1]), abs=1e-3)


def test_rests_follow_themselves(results):
    found = results["generations"]
    rests = found["rest"].values
    assert len(rests) > 0
    assert np.interp(rests, found["now"], found["next"]) == pytest.approx(rests, abs=1e-9)  # a chord between grid points
    assert found["attracts"].values.tolist()[-1] == 1


@pytest.mark.parametrize(
    ("follow", "rests", "attracts"),
    [
        (lambda x: 0.3 + 0.4 * x, [0.5], [True]),
        (lambda x: x**2, [0.0, 1.0], [True, False]),  # at both ends, and it repels at 1
        (lambda x: np.sqrt(x), [0.0, 1.0], [False, True]),
        (lambda x: 0 * x, [0.0], [True]),
        (lambda x: 0 * x + 1, [1.0], [True]),
        (lambda x: 1 - x, [0.5], [False]),  # to and fro for ever
        (lambda x: np.clip(0.9 - 1.7 * (x - 0.5), 0, 1), [0.5 + 0.4 / 2.7], [False]),  # crosses downwards, but too steeply
        (lambda x: 3 * x**2 - 2 * x**3, [0.0, 0.5, 1.0], [True, False, True]),
        (lambda x: 0.25 + x**2, [0.5], [False]),  # touches and does not cross
    ],
)
def test_where_a_map_rests(follow, rests, attracts):
    now = np.linspace(0, 1, 201)
    found, near = _rests(now, follow(now))
    assert found == pytest.approx(rests, abs=1e-4) and near.tolist() == attracts


def test_agents_who_write_nothing_leave_the_corpus_as_it_is(lone):
    found = basin.generations(lone, dose=0.0, first=0.9, count=5, samples=SAMPLES, lineages=400, agents=500)
    about = found.attrs
    misaligned = Mix().misaligned
    known = (1 - misaligned) * about["p_aligned"] + misaligned * about["p_misaligned"]
    assert np.ptp(found["next"].values) == 0 and found["next"].values[0] == pytest.approx(known)
    assert found["expected"].values == pytest.approx([0.9, *(known,) * 5])
    assert found["rest"].values == pytest.approx([known]) and found["attracts"].values.tolist() == [1]
    # every generation is drawn anew: a binomial law
    error = np.sqrt(known * (1 - known) / 500)
    assert found["share"].values[1:] == pytest.approx([known] * 5, abs=5 * error / np.sqrt(400))
    width = (found["high"] - found["low"]).values[1:]
    assert width == pytest.approx([2 * 1.96 * error] * 5, rel=0.2)
    assert [float(found[name][0]) for name in ("share", "low", "high")] == pytest.approx([0.9, 0.9, 0.9])


def test_more_agents_stay_closer_to_what_is_expected(lone):
    few, many = (basin.generations(lone, agents=agents, samples=SAMPLES, count=6) for agents in (50, 50_000))
    assert ((many["high"] - many["low"])[1:] < 0.1 * (few["high"] - few["low"])[1:]).all()
    assert many["share"].values == pytest.approx(many["expected"].values, abs=0.005)


def test_a_generation_of_a_population_lives_alone(police):
    found = basin.generations(police.with_({"population.humans": 3}), samples=50, count=2)
    alone = basin.generations(police.with_({"population.agents": 1}), samples=50, count=2)
    xr.testing.assert_equal(found, alone)
