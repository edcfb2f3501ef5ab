"""Learners of real choices end where maximum likelihood is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from basin.choices import ChoiceError, read
from basin.questions import learn
from basin.scenario import ScenarioError
from basin.simulate import SimulationError
from tests.choices.choice_tables import frame, luce


@pytest.fixture(scope="module")
def travellers():
    return learn("travel-mode", seed=3)


def test_travellers(travellers):
    """Greene, Econometric Analysis, to the digits printed; and the learners come to it from everywhere."""
    assert (travellers.choices, travellers.people) == (210, 210)
    assert travellers.features == ("air", "train", "bus", "gc", "ttme", "hinc_air")
    assert travellers.maximum_likelihood == pytest.approx([5.2074, 3.8690, 3.1632, -0.0155, -0.0961, 0.01329], abs=5e-5)
    assert travellers.log_likelihood == pytest.approx(-199.1284, abs=5e-5)
    assert travellers.distance < 0.05
    assert max(start.distance for start in travellers.starts) < 0.1


def test_distance_is_in_standard_errors(travellers):
    off = (travellers.learned - travellers.maximum_likelihood) / travellers.standard_errors
    assert travellers.distance == pytest.approx(np.sqrt(np.mean(off**2)))
    assert travellers.learned == pytest.approx(np.mean([start.learned for start in travellers.starts], axis=0))
    for start in travellers.starts:
        off = (start.learned - travellers.maximum_likelihood) / travellers.standard_errors
        assert start.distance == pytest.approx(np.sqrt(np.mean(off**2)))


def test_starts_are_far_apart(travellers):
    assert {start.knowledge for start in travellers.starts} == {-1.0, 0.0, 1.0}
    assert {start.strength for start in travellers.starts} == {0.5, 2.0}
    assert len({start.spread for start in travellers.starts}) == 2


def test_a_short_lesson_leaves_learners_where_they_began():
    """The distance is not small by construction."""
    far = learn("travel-mode", draws=3, starts=[(-1.0, 2.0, 0.3)])
    assert far.starts[0].distance > 3 and far.distance == far.starts[0].distance


def test_more_choices_bring_learners_nearer():
    """The scatter of a mean of ten learners is √(choices/(10·draws)) standard errors."""
    near = [learn("travel-mode", seed=2, draws=draws, starts=[(1.0, 1.0, 2.0)]).distance for draws in (2000, 32_000)]
    assert near[0] < 4 * np.sqrt(210 / 20_000) and near[1] < 4 * np.sqrt(210 / 320_000)


@pytest.fixture
def table(tmp_path):
    def write(sizes, values, units=None):
        rows = frame(luce(np.asarray(sizes), np.asarray(values, dtype=float), seed=5))
        for feature, unit in (units or {}).items():
            rows[feature] *= unit
        path = tmp_path / "choices.csv"
        rows.to_csv(path, index=False)
        return path

    return write


def test_another_table_in_its_own_units(table):
    """Unequal sets, up to thirty options, features whose units differ by ten orders of magnitude."""
    sizes = np.random.default_rng(0).integers(2, 31, 120)
    plain = learn(table(sizes, [1.0, -0.5, 0.3]), draws=4000)
    scaled = learn(table(sizes, [1.0, -0.5, 0.3], {"x0": 1e6, "x2": 1e-4}), draws=4000)
    assert plain.choices == 120 and plain.features == ("x0", "x1", "x2")
    assert plain.distance < 0.05 and max(start.distance for start in plain.starts) < 0.2
    assert np.all(np.abs(plain.maximum_likelihood - [1.0, -0.5, 0.3]) < 4 * plain.standard_errors)
    units = np.array([1e6, 1.0, 1e-4])
    assert scaled.maximum_likelihood * units == pytest.approx(plain.maximum_likelihood, rel=1e-7)
    assert scaled.learned * units == pytest.approx(plain.learned, rel=1e-5)
    assert scaled.distance == pytest.approx(plain.distance, abs=1e-4)


def test_a_single_feature(table):
    learned = learn(table([2] * 60, [0.7]), draws=5000)
    assert learned.distance < 0.05 and {start.knowledge for start in learned.starts} == {-1.0, 0.0, 1.0}


def test_columns_keep_the_order_of_the_file(table, tmp_path):
    import pandas as pd

    rows = pd.read_csv(table([3] * 80, [1.0, -0.5]))
    turned = tmp_path / "turned.csv"
    rows[["x1", "chosen", "x0", "option", "choice_id"]].to_csv(turned, index=False)
    learned = learn(turned, draws=3000)
    assert learned.features == ("x1", "x0") == read(turned).features
    assert learned.maximum_likelihood[0] < 0 < learned.maximum_likelihood[1]
    assert learned.learned[0] < 0 < learned.learned[1]


def test_large_tables_are_heard_less_often(table):
    from basin.questions.learn import MOST_DRAWS, USUAL_DRAWS, _enough

    assert _enough(read("travel-mode")) == USUAL_DRAWS
    assert _enough(read(table([40] * 100, np.linspace(-1, 1, 12)))) == 1736
    assert _enough(read(table([2] * 30_000, [0.5]))) == 60_000 < MOST_DRAWS


def test_same_bits_on_any_number_of_threads():
    one, two = (learn("travel-mode", 7, draws=500, threads=threads) for threads in (1, 2))
    assert one.learned.tobytes() == two.learned.tobytes()
    assert one.learned.tobytes() != learn("travel-mode", 8, draws=500).learned.tobytes()


def test_progress_and_json():
    seen: list[tuple[int, int]] = []
    learned = learn("travel-mode", draws=3000, starts=[(0.0, 1.0, 1.0)], progress=lambda *at: seen.append(at))
    assert seen and all(0 <= done <= total == 30_000 for done, total in seen) and seen[-1][0] == 30_000
    shown = json.loads(json.dumps(learned.as_dict(), allow_nan=False))
    assert {"choices", "people", "features", "maximum_likelihood", "standard_errors", "log_likelihood", "learned"} <= set(
        shown
    )
    assert shown["distance"] == learned.distance and len(shown["starts"][0]["learned"]) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path_or_name": "travel-mod"}, ChoiceError, "travel-mod: neither a bundled table"),
        ({"starts": [(2.0, 1.0, 1.0)]}, ScenarioError, "belief.knowledge = 2.0"),
        ({"starts": []}, SimulationError, "starts"),
        ({"draws": 0}, SimulationError, "draws = 0"),
        ({"draws": 10**7}, SimulationError, "draws = 10000000"),
        ({"draws": 2.5}, SimulationError, "draws = 2.5"),
        ({"seed": -1}, SimulationError, "seed = -1"),
    ],
)
def test_bad_input_gets_one_line(arguments, error, message):
    with pytest.raises(error) as raised:
        learn(**({"path_or_name": "travel-mode"} | arguments))
    assert str(raised.value).startswith(message) and "\n" not in str(raised.value)
