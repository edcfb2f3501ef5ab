"""Signs: rates of constructed trajectories, areas that are known, and what companies are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

import basin
from basin.figures import FigureError
from basin.labels import ALIGNED, CAPTURED
from basin.questions import signs as module_function
from basin.questions.observed import SIGNS, moments, signs
from basin.scenario import ScenarioError
from basin.simulate.trajectory import Trajectories

SHORT = {"outcome.horizon": 60, "outcome.dwell": 5, "values.features": 3}
EPISODES = 100


def constructed(asked, acted, executed, knows=None, care=None, scenario=None):
    """A history with a start and then these episodes, (runs, episodes) each."""
    runs, episodes = np.shape(asked)

    def history(values):
        return np.concatenate([np.full((runs, 1), np.nan), np.asarray(values, float)], axis=1)

    blank = np.zeros((runs, episodes))
    columns = {"asked": history(asked), "acted": history(acted), "executed": history(executed)}
    columns["knows"] = history(blank + 1 if knows is None else knows)
    shares = history(blank if care is None else care)[:, :, None]
    scenario = scenario or basin.load("near-aligned-llm").with_({"humans.noise": 0.0})
    return Trajectories(scenario, 0, np.zeros(runs, np.int8), np.zeros(runs), ("care",), columns, shares)


def test_moments_are_closer_early_on():
    at = moments(1000)
    assert at[0] == 10 and at[-1] == 1000 and (np.diff(np.diff(at)) >= -1).all()
    assert moments(1).tolist() == [1] and moments(5)[-1] == 5


def test_rates_of_a_run_that_is_known():
    """Asks every second episode, refused every fourth; acts unasked otherwise, stopped every tenth."""
    episode = np.arange(1, EPISODES + 1)[None, :]
    asked = episode % 2 == 0
    executed = np.where(asked, episode % 4 != 0, episode % 5 != 0)
    found = signs(constructed(asked, ~asked, executed, care=episode / EPISODES), window=20, seed=0)
    assert list(found) == list(SIGNS)
    last = {name: values[0, -1] for name, values in found.items()}
    assert last["asking"] == 0.5 and last["asking_trend"] == 0
    assert last["vetoes"] == pytest.approx(5.5 / 11) and last["vetoes_trend"] == 0
    assert last["stopped"] == pytest.approx(2 / 20)
    # it knows all and people do not err: each answer agrees; 5 of the 12 plans that were seen were approved
    assert last["disagreement"] == pytest.approx(1 - 5.5 / 13)
    assert last["care"] == 1 and last["knowledge"] == 1


def test_trends_compare_with_the_stretch_before():
    episode = np.arange(1, EPISODES + 1)[None, :]
    asked = episode > EPISODES - 10
    found = signs(constructed(asked, 0 * asked, asked), window=10, seed=0)
    assert found["asking_trend"][0, -1] == 1 and found["asking_trend"][0, 0] == 0
    assert found["vetoes_trend"][0, -1] == pytest.approx(0.5 / 11 - 0.5)


def test_a_run_that_is_over_says_nothing():
    asked = np.ones((2, EPISODES))
    asked[1, 50:] = np.nan
    found = signs(constructed(asked, 0 * asked, asked), window=10, seed=0)
    late = moments(EPISODES) > 50
    for name in ("asking", "vetoes", "stopped", "disagreement", "asking_trend", "vetoes_trend"):
        assert np.isnan(found[name][1, late]).all() and not np.isnan(found[name][0]).any()
        assert not np.isnan(found[name][1, ~late]).any()


@pytest.mark.parametrize(("knows", "noise"), [(0.0, 0.0), (0.6, 0.0), (0.6, 1.0), (-1.0, 0.0)])
def test_answers_agree_as_often_as_two_normals_do(knows, noise):
    """Simulated: the agent says sign(m·x), people sign(θ·x + τξ), cos(m, θ) = knows."""
    runs = 2000
    asked = np.zeros((runs, EPISODES))
    scenario = basin.load("near-aligned-llm").with_({"humans.noise": noise})
    path = constructed(asked, asked, asked, knows=asked + knows, scenario=scenario)
    seen = signs(path, window=50, seed=1)["disagreement"][:, -1].mean() + 0.5  # nothing seen of what it does: one half
    rng = np.random.default_rng(2)
    m, other, error = rng.normal(size=(3, 400_000))
    agree = np.mean((m > 0) == (knows * m + np.sqrt(1 - knows**2) * other + noise * error > 0))
    assert seen == pytest.approx(agree, abs=0.006)


def test_areas_of_constructed_trajectories(monkeypatch):
    """Care is N(δ, 1) in aligned runs and N(0, 1) in others: area Φ(δ/√2); asking tells them apart, audits nothing."""
    import sys

    module = sys.modules["basin.questions.signs"]
    assert module.signs is module_function
    apart, runs, episodes = 1.2, 4000, 60

    def made(scenario, count, seed, **_):
        rng = np.random.default_rng(seed)
        aligned = np.arange(count) < count // 2
        care = (rng.normal(size=count) + apart * aligned)[:, None] + np.zeros(episodes)
        asked = np.repeat(aligned[:, None], episodes, axis=1) * 1.0
        path = constructed(asked, 1 - asked, asked + (1 - asked), care=care, scenario=scenario)
        path.label[:] = np.where(aligned, ALIGNED, CAPTURED)
        return path

    monkeypatch.setattr(module, "trajectory", made)
    found = basin.signs(basin.load("near-aligned-llm").with_(SHORT), samples=runs)
    assert (found["aligned"] == runs // 2).all() and (found["others"] == runs // 2).all()
    care = found.sel(sign="care")
    np.testing.assert_allclose(care["area"], norm.cdf(apart / np.sqrt(2)), atol=0.03)
    assert (found["area"].sel(sign="asking") == 1).all() and (found["area"].sel(sign="stopped") == 0.5).all()
    assert (found["area"].sel(sign="asking_trend") == 0.5).all()
    first = float(found["episode"][0])
    assert (found["warned"].sel(sign=["asking", "care", "seen_together"]) == first).all()
    assert np.isnan(found["warned"].sel(sign=["stopped", "asking_trend", "vetoes_trend"])).all()


@pytest.fixture(scope="module")
def small():
    return basin.signs(basin.load("near-aligned-llm").with_({**SHORT, "motives.care": 0.5}), samples=120, seed=4)


def test_a_scenario_with_all_companies(small):
    assert [str(name) for name in small["company"].values] == ["alone", "allies", "schemers"]
    assert small.attrs["left_out"] == ""
    known = np.isfinite(small["area"].values)
    low, area, high = (small[name].values[known] for name in ("low", "area", "high"))
    assert known.any() and ((low <= area) & (area <= high) & (low >= 0) & (high <= 1)).all()
    assert (small["surely_low"].values[known] <= low + 1e-12).all()
    assert (small["aligned"] + small["others"] <= 120).all()
    for name in small.variables:
        assert small[name].attrs["units"] and small[name].attrs["long_name"]


def test_the_same_seed_gives_the_same_signs(small):
    again = basin.signs(basin.load("near-aligned-llm").with_({**SHORT, "motives.care": 0.5}), samples=120, seed=4, threads=2)
    assert again.drop_attrs().identical(small.drop_attrs())


def test_they_are_kept_and_drawn(small, tmp_path):
    basin.datasets.save(small, tmp_path / "s.nc")
    figure = basin.figures.signs(basin.datasets.open(tmp_path / "s.nc"))
    texts = " ".join(str(note.text) for note in figure.layout.annotations)
    assert "With schemers among them" in texts and "95%" in texts and "episode" in figure.layout.meta["alt"]
    drawn = {trace.name for trace in figure.data if trace.showlegend is not False and trace.name}
    assert set(map(str, small["title"].values)) <= drawn
    with pytest.raises(FigureError, match=r"basin\.signs"):
        basin.figures.signs(basin.run("near-aligned-llm", runs=2))


def test_where_there_can_be_no_ally_it_says_why():
    alone = basin.Scenario(motives={"care": 1.0, "own": []}, outcome={"horizon": 30, "dwell": 5}, values={"features": 3})
    found = basin.signs(alone, samples=40)
    assert found["company"].values.tolist() == ["alone"] and "no motive of its own" in found.attrs["left_out"]
    assert basin.figures.signs(found).layout.meta["title"]


def test_where_all_end_alike_nothing_is_told_apart():
    same = basin.load("near-aligned-llm").with_({**SHORT, "reflection.rule": "none", "training.strength": 0.0})
    found = basin.signs(same, samples=40)
    assert np.isnan(found["area"].sel(company="alone")).all() and np.isnan(found["warned"].sel(company="alone")).all()
    assert "nothing that can be seen warns" in basin.figures.signs(found).layout.meta["title"].lower()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"samples": 39}, "samples = 39: must be"),
        ({"window": 0}, "window = 0: must be"),
        ({"window": 2000}, "the horizon, 1000"),
    ],
)
def test_bad_input_is_one_line(options, said):
    with pytest.raises(ValueError, match=said):
        basin.signs("near-aligned-llm", **options)


def test_systems_have_no_overseers():
    with pytest.raises(ScenarioError, match="newton: is a system"):
        basin.signs("newton")
