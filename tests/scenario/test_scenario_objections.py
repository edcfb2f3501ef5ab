"""Every objection does what critics' table says, in the order in which they are given."""

import pytest

from basin.scenario import Scenario, ScenarioError, load, names, objection, objections

# The table: what each objection sets.
SAID = {
    "knows-but-does-not-care": {"motives.care": 0.05},
    "fully-updated-deference": {"evidence.comparisons": 0, "oversight.audit": 0, "gate.foresight": 0},
    "overconfident-prior": {"belief.spread": 0.2},
    "evidence-is-not-values": {"humans.bias": 0.5, "belief.awareness": 0},
    "evidence-is-not-values-aware": {"humans.bias": 0.5, "belief.awareness": 0.8},
    "missing-hypotheses": {"belief.blind": 0.25},
    "overseers-off": {"humans.overseer_offset": 0.5},
    "feedback-vanishes": {"oversight.visible": 0.5, "training.on": "vetoes"},
    "sycophancy": {"humans.bias": 0.3, "belief.awareness": 0.8, "motives.approval.kind": "approval"},
    "schemer": {"capability.start": 0.02, "capability.growth": 0.02, "motives.ally.kind": "ally"},
    "people-do-it": {"reflection.rule": "none"},
    "agent-must": {"training.strength": 0},
    "placebo": {"reflection.guarding_information": 1, "motives.self_interest.guarding": 0.1, "reflection.strength": 0.1},
    "manipulation": {"oversight.manipulation": 1, "belief.self_deceived": 0},
    "self-deceived": {"oversight.manipulation": 1, "belief.self_deceived": 1},
    "well-meaning-resistance": {"motives.honesty": 0.5, "gate.resist_cost": 0},
    "resisting-is-free": {"gate.resist_cost": 0},
    "motives-erode": {"motives.erosion": 0.005},
    "training-does-not-last": {"motives.elasticity": 0.05},
    "values-drift": {"values.drift": 0.01},
    "values-influenced": {"values.influence": 0.01},
    "which-space": {"values.warp": 30},
    "which-rule": {"reflection.rule": "logit"},
    "fast-takeoff": {"capability.start": 0.02, "capability.growth": 0.1, "world.hazard": 1},
    "search-too-strong": {"planning.candidates": 64},
}


@pytest.mark.parametrize("name", SAID)
def test_an_objection_sets_what_the_table_says(name):
    scenario = load("near-aligned-llm").objected(name)
    assert {path: scenario.get(path) for path in SAID[name]} == SAID[name]


def test_the_table_is_whole_and_sourced():
    assert list(objections()) == list(SAID)
    for one in objections().values():
        assert one.title and one.says and one.source
        assert not {"\n"} & set(one.title + one.says + one.source)


@pytest.mark.parametrize("name", names())
def test_each_applies_to_every_bundled_scenario_or_says_why_not(name):
    scenario = load(name)
    for one in objections():
        try:
            assert scenario.objected(one).name == name
        except ScenarioError as error:
            assert str(error).startswith(f"objection {one} does not apply to {name}: ")


def test_each_changes_the_usual_scenario():
    scenario = load("near-aligned-llm")
    assert all(scenario.objected(one) != scenario for one in objections())


def test_an_added_motive_takes_its_part_of_what_care_leaves():
    two = Scenario(motives={"own": [{"name": "a", "share": 1.0}, {"name": "b", "share": 3.0}]})
    shares = {motive.name: motive.share for motive in two.objected("sycophancy").motives.own}
    assert shares["approval"] == pytest.approx(0.5 * sum(shares.values()))
    assert shares["b"] == 3 * shares["a"]
    assert list(shares) == ["a", "b", "approval"]  # what was there keeps its place, and so its path in maps


def test_the_placebo_strengthens_every_goal():
    two = Scenario(motives={"own": [{"name": "a"}, {"name": "b"}]}, reflection={"strength": 0.3})
    assert [motive.guarding for motive in two.objected("placebo").motives.own] == [0.3, 0.3]


def test_objections_stack_in_order():
    scenario = load("near-aligned-llm")
    both = scenario.objected("schemer", "fast-takeoff")
    assert (both.capability.growth, both.world.hazard, both.motives.own[-1].name) == (0.1, 1.0, "ally")
    assert scenario.objected("fast-takeoff", "schemer").capability.growth == 0.02
    assert scenario.objected() == scenario


def test_what_cannot_be_is_one_line():
    alone = Scenario(motives={"care": 1.0, "own": []})
    cases = [
        (load("near-aligned-llm"), "shemer", "shemer: no such objection; did you mean schemer?"),
        (load("near-aligned-llm"), "", '"": no such objection; did you mean'),
        (load("near-aligned-llm").objected("schemer"), "schemer", "it has a motive called ally already"),
        (alone, "placebo", "placebo does not apply to near-aligned-llm: it has no motive of its own"),
        (alone, "sycophancy", "care is all there is"),
        (alone, "knows-but-does-not-care", "motives.care = 0.05: must be 1"),
    ]
    for scenario, name, said in cases:
        with pytest.raises(ScenarioError) as caught:
            scenario.objected(name)
        assert said in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(ScenarioError, match="no such objection"):
        objection(3)
