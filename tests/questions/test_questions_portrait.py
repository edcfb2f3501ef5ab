"""The phase portrait: its arrows are the skeleton's first step, its edge is theory's, its corners attract as theory says."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin import datasets
from basin.labels import ALIGNED
from basin.scenario import Scenario, ScenarioError
from basin.simulate import SimulationError
from basin.theory import attracting_corners, separatrix
from tests.naive import Twin

# Nothing moves but the shares, by reflection.
STILL = {
    "belief.spread": 0.0, "evidence.comparisons": 0.0, "training.strength": 0.0, "requirements.graph": "none",
    "outcome.horizon": 400,
}  # fmt: skip
BELIEF, CARE = "belief.knowledge", "motives.care"


@pytest.fixture(scope="module")
def plane():
    return basin.portrait("near-aligned-llm", n=12, paths=16)


def three(knowledge: float, overlaps: tuple[float, float], guarding: tuple[float, float]) -> Scenario:
    """Care and two motives, of which only the shares move."""
    own = [
        {"name": name, "kind": "own", "overlap": overlap, "guarding": strength}
        for name, overlap, strength in zip(("first", "second"), overlaps, guarding, strict=True)
    ]
    scenario = Scenario.model_validate({"name": "three", "values": {"features": 8}, "motives": {"own": own}})
    return scenario.with_({**STILL, "belief.knowledge": knowledge, "outcome.horizon": 2000})


def test_arrows_are_the_first_step_of_the_twin(plane):
    scenario = basin.load("near-aligned-llm")
    for row, column in ((0, 0), (3, 10), (6, 5), (11, 2)):
        cell = plane.isel(x=column, y=row)
        twin = Twin(scenario.with_({BELIEF: float(cell["x"]), CARE: float(cell["y"])}), expected=True)
        before = twin.rows[0]
        twin.episode()
        after = twin.rows[1]
        assert float(cell["move_x"]) == pytest.approx(after["knows"] - before["knows"], abs=1e-9)
        assert float(cell["move_y"]) == pytest.approx(after["shares"][0] - before["shares"][0], abs=1e-9)


def test_trajectories_and_labels_are_those_of_the_skeleton(plane):
    path = plane.isel(path=6)
    start = {BELIEF: float(path["knows"][0]), CARE: float(path["share"][0, 0])}
    alone = basin.trajectory(basin.load("near-aligned-llm").with_(start), expected=True)
    frame = plane["frame"].values.astype(int)
    assert frame[0] == 0 and frame[-1] == 1000 and len(frame) <= 120 and (np.diff(np.diff(frame)) >= -1).all()
    assert path["knows"].values == pytest.approx(alone["knows"].values[0, frame], abs=1e-12)
    assert path["share"].values == pytest.approx(alone["share"].values[0, frame], abs=1e-12)
    assert int(path["ending"]) == int(alone["label"][0])
    cell = plane.isel(x=9, y=2)
    run = basin.run(basin.load("near-aligned-llm").with_({BELIEF: float(cell["x"]), CARE: float(cell["y"])}), expected=True)
    assert int(cell["label"]) == int(run["label"][0])


def test_the_dataset(plane, tmp_path):
    assert plane.attrs["basin"] == "portrait" and plane.attrs["shape"] == "plane" and plane.attrs["expected"] == 1
    assert plane.sizes["x"] == plane.sizes["y"] == 12 and plane.sizes["path"] == 16
    assert plane.attrs["aligned"] == pytest.approx(float((plane["label"] == ALIGNED).mean()))
    assert all("units" in plane[name].attrs and "long_name" in plane[name].attrs for name in plane.variables)
    again = eval(plane.attrs["call"], {"basin": basin, "scenario": basin.load("near-aligned-llm")})
    assert again.drop_attrs().identical(plane.drop_attrs())
    for name in ("p.nc", "p.zarr"):
        datasets.save(plane, tmp_path / name)
        assert datasets.open(tmp_path / name).equals(plane)


def test_the_lines_are_where_they_say(plane):
    """Care turns at its line; ends differ on the two sides of the edge."""
    x, y = plane["care_still_x"].values, plane["care_still_y"].values
    step = np.diff(plane["y"].values)[0]
    for at in (2, len(x) // 2):
        for side in (-1, 1):
            near = plane["move_y"].interp(x=x[at], y=y[at] + side * step)
            assert np.sign(float(near)) == side
    x, y = plane["edge_x"].values, plane["edge_y"].values
    scenario, at = basin.load("near-aligned-llm"), len(x) // 2
    ends = [
        int(basin.run(scenario.with_({BELIEF: x[at], CARE: y[at] + side * step / 8}), expected=True)["label"][0] == ALIGNED)
        for side in (-1, 1)
    ]
    assert ends == [0, 1]


@pytest.mark.parametrize(("overlap", "guarding", "towards"), [(0.2, 0.06, False), (-0.5, 0.05, False), (0.3, 0.08, True)])
def test_the_edge_is_the_closed_form_where_only_reflection_acts(overlap, guarding, towards):
    """Of beliefs that are right enough to end aligned; cos(v, m) follows from the angles to human values."""
    error = "self_interest" if towards else "random"
    scenario = basin.load("near-aligned-llm").with_(
        {**STILL, "motives.self_interest.overlap": overlap, "motives.self_interest.guarding": guarding,
         "belief.error_direction": error}
    )  # fmt: skip
    found = basin.portrait(scenario, x=(BELIEF, 0.955, 0.999), n=8, paths=4)
    x, y = found["edge_x"].values, found["edge_y"].values
    cosine = overlap * x + towards * np.sqrt((1 - overlap**2) * (1 - x**2))
    exact = separatrix(scenario.reflection.strength, guarding, cosine, scenario.belief.strength)
    assert len(x) >= 8 and y == pytest.approx(exact, abs=1 / 8 / 16)  # a sixteenth of a cell
    assert found["care_still_y"].values == pytest.approx(exact.mean(), abs=0.06)
    assert found.sizes["belief_still"] == 0 and (found["move_x"] == 0).all()


def test_without_a_basin_there_is_no_edge():
    """κ′ ≤ γo: care cannot win."""
    scenario = basin.load("near-aligned-llm").with_(
        {**STILL, "motives.self_interest.overlap": 0.9, "motives.self_interest.guarding": 0.2}
    )
    found = basin.portrait(scenario, x=(BELIEF, 0.96, 0.999), n=8, paths=4)
    assert found.sizes["edge"] == found.sizes["care_still"] == 0 and found.attrs["aligned"] == 0
    assert (found["move_y"] < 0).all() and not (found["ending"] == ALIGNED).any()


@pytest.mark.parametrize(
    ("overlaps", "guarding"),
    [((0.2, -0.3), (0.05, 0.06)), ((0.8, 0.1), (0.05, 0.06)), ((0.9, 0.7), (0.05, 0.05)), ((0.9, -0.2), (0.3, 0.08))],
)
def test_corners_attract_as_theory_says(overlaps, guarding):
    """s_k > s_l M_kl for all l ≠ k, with the skeleton's angles: the motives' and the belief's errors are at right angles."""
    knowledge = 0.98
    scenario = three(knowledge, overlaps, guarding)
    cosines = np.eye(3)
    for k, l, cosine in ((0, 1, knowledge * overlaps[0]), (0, 2, knowledge * overlaps[1]), (1, 2, overlaps[0] * overlaps[1])):
        cosines[k, l] = cosines[l, k] = cosine
    expected = attracting_corners(np.array([scenario.reflection.strength, *guarding]), cosines)
    found = basin.portrait(scenario, n=8, paths=10)
    assert found.attrs["shape"] == "triangle" and found["attracts"].values.astype(bool).tolist() == expected.tolist()
    assert found["share"].values.sum(axis=-1) == pytest.approx(1)
    ended = found["share"].values[:, -1].round(2)
    assert ((ended == 1).any(axis=1)).all() and {*np.argmax(ended, axis=1)} <= {*np.flatnonzero(expected)}


def test_places_are_what_starts_know_and_not_what_was_asked_for():
    """Features out of sight take something from every belief."""
    found = basin.portrait(basin.load("near-aligned-llm").with_({"belief.blind": 0.5, "outcome.horizon": 50}), n=8, paths=4)
    asked = (np.arange(8) + 0.5) / 4 - 1
    assert found["x"].values == pytest.approx(asked * np.sqrt(0.5)) and found["knows"].values[:, 0].max() < np.sqrt(0.5)


def test_the_triangle():
    found = basin.portrait("shoggoth", n=8, paths=10)
    assert found["motive"].values.tolist() == ["care", "self_interest", "puppeteer"] and found.sizes["path"] == 10
    assert len({tuple(share) for share in found["share"].values[:, 0].round(6)}) == 10
    share = found["edge_share"].values
    inside = share[~np.isnan(share[:, 0])]
    assert len(inside) and inside.sum(axis=1) == pytest.approx(1) and inside.min() >= 0
    assert 0 < found.attrs["aligned"] < 1


def test_more_motives_than_three_are_a_plane():
    scenario = three(0.7, (0.2, 0.1), (0.05, 0.05))
    more = [{**motive.model_dump(), "name": motive.name} for motive in scenario.motives.own]
    scenario = Scenario.model_validate(
        {**scenario.model_dump(), "motives": {**scenario.motives.model_dump(), "own": [*more, {"name": "third"}]}}
    )
    found = basin.portrait(scenario.with_({"outcome.horizon": 50}), n=8, paths=4)
    assert found.attrs["shape"] == "plane" and found.sizes["motive"] == 4


def test_threads_and_progress_change_nothing():
    seen = []
    one = basin.portrait("value-learner", n=8, paths=4, threads=1, progress=lambda done, total: seen.append((done, total)))
    two = basin.portrait("value-learner", n=8, paths=4, threads=2)
    assert one.equals(two) and seen and all(done <= total for done, total in seen)


@pytest.mark.parametrize(
    ("asked", "more", "error", "message"),
    [
        ("echo-chamber", {}, ValueError, "echo-chamber: has no motive but care.*near-aligned-llm"),
        ("pendulum", {}, ScenarioError, "pendulum: is a system"),
        ("no-such", {}, ScenarioError, "no-such"),
        ("critical-mass", {}, SimulationError, "lone agents"),
        ("extrapolated-volition", {}, SimulationError, "extrapolated"),
        ("near-aligned-llm", {"n": 3}, ValueError, "n = 3: must be a whole number from 8 to 64"),
        ("near-aligned-llm", {"paths": 3}, ValueError, "paths = 3"),
        ("near-aligned-llm", {"seed": -1}, SimulationError, "seed = -1"),
        ("near-aligned-llm", {"x": ("motives.self_interest.overlap", 0, 1)}, ValueError, "x is belief.knowledge"),
        ("near-aligned-llm", {"y": ("motives.care", 0.1, 0.9, "log")}, ValueError, "not logarithmic"),
        ("near-aligned-llm", {"y": ("motives.care", 0.1, 3)}, ScenarioError, "motives.care"),
        ("shoggoth", {"x": (BELIEF, -1, 1)}, ValueError, "takes no axes"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_one_line(asked, more, error, message):
    with pytest.raises(error, match=message) as told:
        basin.portrait(asked, **more)
    assert "\n" not in str(told.value)


def test_features_must_have_room_for_the_motives():
    with pytest.raises(SimulationError, match=r"values\.features = 2: the deterministic skeleton needs 3 directions"):
        basin.portrait(basin.load("near-aligned-llm").with_({"values.features": 2}))


def test_starts_that_a_phase_makes_alike_are_refused():
    scenario = Scenario.model_validate(
        {**basin.load("near-aligned-llm").model_dump(),
         "phases": [{"name": "first", "episodes": 10, "motives.care": 0.5}, {"name": "rest", "episodes": 10}]}
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"motives\.care: starts of this scenario are alike"):
        basin.portrait(scenario, n=8, paths=4)
