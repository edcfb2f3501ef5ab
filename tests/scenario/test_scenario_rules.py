"""What the fields owe to each other: each rule, one line, with the paths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.scenario import Scenario, ScenarioError, mutual_gram

OWN = [{"name": "wealth", "overlap": 0.5}, {"name": "fame", "overlap": -0.2}]


def refusal(changes: dict) -> str:
    with pytest.raises(ScenarioError) as error:
        Scenario().with_(changes)
    return str(error.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"belief.assumed_noise": 0.0},
            "belief.spread = 0.5: must be at most 10000 times belief.assumed_noise = 0.0",
        ),
        ({"humans.noise": 1e-5}, "belief.spread = 0.5: must be at most 10000 times humans.noise = 1e-05"),
        (
            {"planning.candidates": 257, "planning.caution": 0.5},
            "planning.candidates = 257: must be at most 256 with planning.caution = 0.5",
        ),
        (
            {"planning.candidates": 257, "planning.caution": "look-elsewhere"},
            'planning.candidates = 257: must be at most 256 with planning.caution = "look-elsewhere"',
        ),
        ({"motives.own": []}, "motives.care = 0.5: must be 1 when there is no motive in motives.own"),
        (
            {"motives.self_interest.share": 0},
            "motives.self_interest.share = 0.0: the shares of own motives must have a positive sum",
        ),
        (
            {"motives.own": [{"name": f"m{k}"} for k in range(100)], "motives.floor": 0.01},
            "motives.floor = 0.01: must be below 1/101 with 101 motives",
        ),
        (
            {"motives.elasticity": 0.1, "motives.floor": 0},
            "motives.elasticity = 0.1: needs motives.floor above 0",
        ),
        ({"motives.own": [{"name": "a"}, {"name": "a"}]}, 'motives.own: two members are called "a"'),
        (
            {"motives.own": [{"name": "two words"}]},
            'motives.two words.name = "two words": must be a name of letters, digits and _ that starts with no digit',
        ),
        ({"motives.own": [{"kind": "own"}]}, "motives.own[0].name: is missing"),
        ({"motives.own": [3]}, "motives.own[0] = 3: must be a table of settings"),
        ({"motives.own": "greed"}, 'motives.own = "greed": must be a list'),
        ({"motives.own": [{"name": f"m{k}"} for k in range(129)]}, "motives.own: must have at most 128 members"),
        (
            {"humans.bias_direction": "self-interest"},
            'humans.bias_direction = "self-interest": must be "random" or the name of an own motive of kind own or '
            "ally; did you mean self_interest?",
        ),
        (
            {"motives.self_interest.kind": "approval", "belief.error_direction": "self_interest"},
            'belief.error_direction = "self_interest": must be "random" or the name of an own motive of kind own or '
            "ally; did you mean random?",
        ),
        ({"evidence.choices": 0.5}, "evidence.choices = 0.5: needs a table of choices in evidence.choices_table"),
        ({"population.humans": 2}, "population.humans = 2: must be at most population.agents = 1"),
        (
            {"population.mix": [{"scenario": "a", "share": 0.6}, {"scenario": "b", "share": 0.5}]},
            "population.mix: the shares sum to 1.1; must be at most 1",
        ),
        ({"population.mix": [{"scenario": "a"}] * 2}, 'population.mix: two members are called "a"'),
        ({"phases": [{"name": "deploy"}] * 2}, 'phases: two members are called "deploy"'),
        ({"phases": [{"name": "a.b"}]}, 'phases.a.b.name = "a.b": must be a name of letters, digits, - and _'),
        (
            {"phases": [{"name": "deploy", "oversight.audt": 0.5}]},
            "phases.deploy.oversight.audt = 0.5: unknown path; did you mean oversight.audit?",
        ),
        (
            {"phases": [{"name": "deploy", "oversight": {"audit": 2}}]},
            "phases.deploy.oversight.audit = 2: must be between 0 and 1",
        ),
        (
            {"phases": [{"name": "deploy", "humans.noise": 0}]},
            "phases.deploy.belief.spread = 0.5: must be at most 10000 times humans.noise = 0.0",
        ),
        ({"personas.cast": [{"name": "a", "care": 1}] * 2}, 'personas.cast: two members are called "a"'),
        (
            {"personas.cast": [{"name": "a", "care": 1, "weight": 0}]},
            "personas.a.weight = 0.0: the weights of the cast must have a positive sum",
        ),
        (
            {"personas.cast": [{"name": "a", "cares": 1}]},
            "personas.a.cares = 1: unknown path; did you mean personas.a.care?",
        ),
        (
            {"personas.cast": [{"name": "a", "care": -1}]},
            "personas.a.care = -1: must be between 0 and 1000000",
        ),
        (
            {"personas.cast": [{"name": "a", "care": 0}]},
            "personas.a: needs a positive share of some motive (care, self_interest)",
        ),
        (
            {"personas.cast": [{"name": "lock", "care": 1}]},
            'personas.lock.name = "lock": this name has a meaning of its own; choose another',
        ),
        ({"personas.cast": [{"name": "a", "shares": 5}]}, "personas.a.shares = 5: must be a list"),
    ],
)
def test_refusals(changes, text):
    assert refusal(changes) == text


@pytest.mark.parametrize(
    "name",
    ["care", "weighing", "honesty", "mutual", "floor", "erosion", "elasticity", "noise", "own", "random", "weight"],
)
def test_names_with_a_meaning_are_not_for_motives(name):
    expected = f'motives.{name}.name = "{name}": this name has a meaning of its own; choose another'
    assert refusal({"motives.own": [{"name": name}]}) == expected


@pytest.mark.parametrize(
    "path", ["outcome.horizon", "values.features", "population.agents", "corpus.human", "phases", "title"]
)
def test_phases_cannot_change_the_whole_run(path):
    assert refusal({"phases": [{"name": "late", path: 3}]}) == f"phases.late.{path} = 3: a phase cannot change this"


def test_phases_cannot_change_lists():
    phase = {"name": "late", "changes": {"motives.own": [{"name": "a"}]}}
    assert refusal({"phases": [phase]}) == "phases.late.motives.own: a phase cannot change this"


def test_several_problems_are_counted():
    text = refusal({"motives.care": 2, "humans.lapse": 2, "gate.ask_cost": -1})
    assert text == "humans.lapse = 2: must be between 0 and 1 (and 2 more)"
    text = refusal({"evidence.choices": 1, "population.humans": 2})
    assert text == "evidence.choices = 1.0: needs a table of choices in evidence.choices_table (and 1 more)"


@pytest.mark.parametrize(
    "changes",
    [
        {"belief.assumed_noise": 0, "belief.spread": 0},
        {"belief.assumed_noise": 0, "belief.spread": 1e-8},
        {"humans.noise": 0, "belief.assumed_noise": 0.5},
        {"belief.spread": 1e4, "humans.noise": 1},
        {"planning.caution": 2, "planning.candidates": 256},
        {"planning.candidates": 1_000_000},
        {"motives.own": [], "motives.care": 1},
        {"outcome.dwell": 2000, "outcome.horizon": 10},
        {"motives.own": [{"name": "a", "share": 0}, {"name": "b", "share": 2}]},
        {"motives.own": [{"name": "friend", "kind": "ally"}], "humans.bias_direction": "friend"},
        {
            "population.mix": [
                {"scenario": "a", "share": 0.7},
                {"scenario": "b", "share": 0.1},
                {"scenario": "c", "share": 0.2},
            ]
        },
        {"population.humans": 5, "population.agents": 5},
        {
            "phases": [
                {"name": "train", "episodes": 10},
                {"name": "deploy", "training.strength": 0, "oversight": {"audit": 0}},
            ]
        },
        {"motives.mutual": 0.9, "values.features": 1},  # with one own motive nothing is mutual
    ],
)
def test_what_is_allowed(changes):
    assert isinstance(Scenario().with_(changes), Scenario)


def test_a_phase_belongs_to_the_scenario_it_changes():
    scenario = Scenario().with_({"phases": [{"name": "deploy", "motives.self_interest.guarding": 0.1}]})
    renamed = {"motives.own": [{"name": "greed"}]}
    with pytest.raises(ScenarioError, match=r"phases\.deploy.motives.self_interest.guarding = 0.1: unknown path"):
        scenario.with_(renamed)


class TestMutualGram:
    def test_formula(self):
        gram = mutual_gram(Scenario().with_({"motives.own": OWN, "motives.mutual": 0.3}))
        expected = (0.3 + 0.5 * 0.2) / np.sqrt((1 - 0.25) * (1 - 0.04))
        np.testing.assert_allclose(gram, [[1, expected], [expected, 1]], rtol=1e-15)

    def test_approval_has_no_fixed_direction(self):
        own = [OWN[0], {"name": "praise", "kind": "approval"}, {"name": "friend", "kind": "ally", "overlap": 0}]
        assert mutual_gram(Scenario().with_({"motives.own": own, "motives.mutual": 0.0})).shape == (2, 2)

    def test_no_motives(self):
        scenario = Scenario().with_({"motives.own": [], "motives.care": 1, "motives.mutual": 0.5})
        assert mutual_gram(scenario).shape == (0, 0)

    def test_random_has_none(self):
        with pytest.raises(ScenarioError, match=r'motives.mutual = "random"'):
            mutual_gram(Scenario())

    @pytest.mark.parametrize("overlap", [1, -1])
    def test_a_motive_along_values_drops_out(self, overlap):
        own = [{"name": "a", "overlap": overlap}, {"name": "b", "overlap": 0.4}]
        scenario = Scenario().with_({"motives.own": own, "motives.mutual": overlap * 0.4, "values.features": 2})
        np.testing.assert_array_equal(mutual_gram(scenario), [[0, 0], [0, 1]])
        text = refusal({"motives.own": own, "motives.mutual": 0.1})
        assert text.startswith("motives.mutual = 0.1: impossible: a motive with overlap")

    def test_values_and_their_opposite(self):
        own = [{"name": "a", "overlap": 1}, {"name": "b", "overlap": -1}]
        scenario = Scenario().with_({"motives.own": own, "motives.mutual": -1, "values.features": 1})
        np.testing.assert_array_equal(mutual_gram(scenario), np.zeros((2, 2)))

    def test_impossible_cosines(self):
        own = [{"name": "a", "overlap": 0.9}, {"name": "b", "overlap": -0.9}]
        text = refusal({"motives.own": own, "motives.mutual": 0.5})
        expected = "impossible with these overlaps: no directions have these cosines with values and with each other"
        assert text == f"motives.mutual = 0.5: {expected}"
        three = [{"name": name, "overlap": 0} for name in "abc"]
        assert "impossible" in refusal({"motives.own": three, "motives.mutual": -0.6})
        assert Scenario().with_({"motives.own": three, "motives.mutual": -0.5})  # just possible: they sum to 0

    def test_rank_fits_the_features(self):
        three = [{"name": name, "overlap": 0} for name in "abc"]
        text = refusal({"motives.own": three, "motives.mutual": 0, "values.features": 3})
        assert text == "motives.mutual = 0.0: these cosines need 4 value features; values.features is 3"
        assert Scenario().with_({"motives.own": three, "motives.mutual": 0, "values.features": 4})
        assert Scenario().with_({"motives.own": three, "motives.mutual": -0.5, "values.features": 3})
        assert Scenario().with_({"motives.own": three, "motives.mutual": 1, "values.features": 2})

    @given(st.integers(2, 6), st.integers(2, 5), st.floats(-1, 1), st.integers(0, 2**32 - 1), st.floats(-0.99, 0.99))
    @settings(deadline=None)
    def test_accepted_exactly_when_directions_exist(self, features, count, mutual, seed, scale):
        """Against the other definition: the Gram matrix of values and motives together, in d dimensions."""
        overlap = np.random.default_rng(seed).uniform(-abs(scale), abs(scale), count)
        whole = np.full((count + 1, count + 1), mutual)
        np.fill_diagonal(whole, 1)
        whole[0, 1:] = whole[1:, 0] = overlap
        eigenvalues = np.linalg.eigvalsh(whole)
        possible = eigenvalues[0] > 1e-6 and features >= count + 1
        impossible = eigenvalues[0] < -1e-6 or (eigenvalues[0] > 1e-6 and features < count + 1)
        own = [{"name": f"m{k}", "overlap": value} for k, value in enumerate(overlap)]
        changes = {"motives.own": own, "motives.mutual": mutual, "values.features": features}
        try:
            Scenario().with_(changes)
        except ScenarioError:
            assert not possible
        else:
            assert not impossible
