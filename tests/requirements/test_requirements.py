"""Arguments: what is a sound one, in which order facts are acquired, and what α is."""

from __future__ import annotations

import numpy as np
import pytest

from basin.requirements import Argument, Fact, RequirementsError, Step, is_argument, load, names

TOML = """
conclusion = "end"
[[steps]]
name = "start"
needs = ["first"]
[[steps]]
name = "wish"
motive = true
[[steps]]
name = "end"
says = "Therefore."
follows = ["start", "wish"]
needs = ["last"]
[[facts]]
name = "last"
bits = 2
[[facts]]
name = "first"
bits = 8.0
"""


def written(tmp_path, text=TOML):
    path = tmp_path / "argument.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_bundled_argument_is_sound_and_marks_the_good_intention_step():
    assert names() == ["full"]
    argument = load("full")
    assert [step.name for step in argument.steps if step.motive] == ["care"]
    assert argument.inferences == len(argument.steps) - 1 == 12
    assert argument.total == sum(fact.bits for fact in argument.facts) == 200
    assert all(step.says.endswith(".") and len(step.says) > 20 for step in argument.steps)
    assert "ours" in argument.source


def test_a_file_says_what_a_bundled_one_does(tmp_path):
    argument = load(written(tmp_path))
    assert argument.name == "argument" and argument.conclusion == "end"
    assert argument.steps[0] == Step("start", "start", (), ("first",), False)
    assert argument.steps[2].says == "Therefore." and argument.steps[1].motive
    assert argument.facts == (Fact("last", "last", 2.0), Fact("first", "first", 8.0))
    assert [fact.name for fact in argument.order] == ["first", "last"]  # as the steps need them, not as the file lists them


def test_a_file_that_changes_is_read_anew(tmp_path):
    path = written(tmp_path)
    assert load(path).total == 10
    assert load(written(tmp_path, TOML.replace("bits = 8.0", "bits = 80.5"))).total == 82.5
    assert load(path).total == 82.5


def test_facts_are_acquired_one_after_the_other(tmp_path):
    argument = load(written(tmp_path))
    np.testing.assert_allclose(argument.chances([0, 4, 8, 9, 10, 99]), [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1], [1, 1]])
    np.testing.assert_allclose(argument.known([0, 4, 8, 9, 9.5, 10, 99]), [0, 0, 0, 0.5, 0.75, 1, 1])
    assert argument.known(9.0) == 0.5  # one number gives one


@pytest.mark.parametrize("known", [0.01, 0.3, 0.999, 1.0])
def test_information_for_a_chance_inverts_the_chance(known):
    argument = load("full")
    assert argument.known(argument.information_for(known)) == pytest.approx(known, abs=1e-12)


def test_information_that_sums_to_the_total_is_enough_whatever_rounding_says():
    steps = (Step("end", "end", (), ("a", "b", "c")),)
    argument = Argument("x", "end", steps, tuple(Fact(name, name, 0.1) for name in "abc"))
    assert argument.known(argument.total) == 1.0


def test_alpha_is_the_chance_of_knowing_times_that_of_following():
    argument = load("full")
    assert argument.alpha(1.0, 0.3) == 1.0
    assert argument.alpha(0.5, 0.1) == pytest.approx(0.95**12)
    assert argument.alpha(0.0, 1.0) == 0.0
    np.testing.assert_allclose(argument.alpha([0, 1], 0.1, 198.0), [0.6 * 0.9**12, 0.6])


def test_a_granted_fact_takes_no_information(tmp_path):
    argument = load(written(tmp_path))
    free = argument.grant(["first"])
    assert free.total == 2 and list(free.chances(0.0)) == [1.0, 0.0]
    np.testing.assert_allclose(free.known([0, 1, 2]), [0, 0.5, 1])
    assert argument.grant(["first", "last"]).known(0.0) == 1.0
    assert argument.grant(["last"]).known(7.0) == 0.875  # the one before decides then
    with pytest.raises(RequirementsError, match=r"no fact 'lats'; did you mean 'last'\?"):
        argument.grant(["lats"])


def test_without_a_fact_or_a_step_no_information_is_enough(tmp_path):
    argument = load(written(tmp_path))
    for lost in ("first", "last", "start", "end"):
        less = argument.without([lost])
        assert list(less.known([0.0, 10.0, 1e6])) == [0, 0, 0] and less.alpha(1.0, 0.0, 1e6) == 0
        assert less.total == 10
    np.testing.assert_allclose(argument.without(["first"]).chances([1, 2, 99]), [[0, 0.5], [0, 1], [0, 1]])  # no bits go to it
    np.testing.assert_allclose(argument.without(["start"]).chances(9.0), [1, 0.5])  # a step takes no fact away
    assert argument.without(["last"]).grant(["last"]).known(8.0) == 1
    assert argument.grant(["last"]).without(["last"]).known(99.0) == 0
    assert argument.without([]) == argument
    with pytest.raises(RequirementsError, match=r"no fact or inferred step 'wihs'"):
        argument.without(["wihs"])
    with pytest.raises(RequirementsError, match=r"no fact or inferred step 'wish'"):
        argument.without(["wish"])


def test_a_step_is_reached_where_all_it_rests_on_is_there(tmp_path):
    argument = load(written(tmp_path))
    assert [step.name for step in argument.ordered_steps] == ["start", "wish", "end"]
    np.testing.assert_allclose(argument.reached([0, 4, 8, 9, 10]), [[0, 1, 0], [0.5, 1, 0], [1, 1, 0], [1, 1, 0.5], [1, 1, 1]])
    np.testing.assert_allclose(argument.without(["last"]).reached(99), [1, 1, 0])
    np.testing.assert_allclose(argument.without(["start"]).reached(99), [0, 1, 0])
    full = load("full")
    for lost in (*full.facts, *(step for step in full.steps if not step.motive)):
        less, names = full.without([lost.name]), [step.name for step in full.ordered_steps]
        after = {name for name in full.graph if lost.name in ancestors(full, name)} | {lost.name}
        assert {name for name, there in zip(names, less.reached(1e6), strict=True) if not there} == after & set(names)


def ancestors(argument, name):
    import networkx as nx

    return nx.ancestors(argument.graph, name)


def test_what_is_lacking_is_named_with_commas(tmp_path):
    path = written(tmp_path)
    assert load(path, "start ,last").lacking == {"start", "last"} and load(path, "") == load(path)
    with pytest.raises(RequirementsError, match=r"no fact or inferred step 'frist'; did you mean 'first'\?"):
        load(path, "last,frist")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (('name = "first"\n', 'name = "last"\n'), "two steps or facts are called 'last'"),
        (('name = "first"\n', 'name = "start"\n'), "two steps or facts are called 'start'"),
        (('needs = ["first"]', 'needs = ["frist"]'), "start.needs: no fact 'frist'; did you mean 'first'?"),
        (('["start", "wish"]', '["strat", "wish"]'), "end.follows: no step 'strat'; did you mean 'start'?"),
        (('["start", "wish"]', '["start", "start", "wish"]'), "end.follows: names 'start' twice"),
        (('needs = ["first"]', 'needs = ["first"]\nfollows = ["end"]'), "steps go round in a circle: "),
        (('needs = ["first"]', 'needs = ["first"]\nfollows = ["start"]'), "steps go round in a circle: start → start"),
        (('needs = ["first"]', ""), "the conclusion 'end' cannot be reached: its step 'start' rests on nothing"),
        (('needs = ["last"]', ""), "the conclusion 'end' does not rest on the fact 'last'"),
        (('["start", "wish"]', '["start"]'), "the conclusion 'end' does not rest on the step 'wish'"),
        (('conclusion = "end"', 'conclusion = "edn"'), "conclusion = 'edn': is no step; did you mean 'end'?"),
        (('conclusion = "end"', ""), "says nowhere what it concludes"),
        (('conclusion = "end"', "conclusion = 3"), "conclusion: must be one line of text"),
        (("motive = true", 'motive = true\nneeds = ["first"]'), "wish: is a motive, which follows from no step and needs no"),
        (("motive = true", 'motive = "yes"'), "wish.motive = yes: must be true or false"),
        (("bits = 2", "bits = 0"), "last.bits = 0: must be above 0 and at most 1e6"),
        (("bits = 2", "bits = nan"), "last.bits = nan: must be above 0"),
        (("bits = 2", "bits = true"), "last.bits = True: must be a number above 0"),
        (("bits = 2", ""), "last.bits is missing"),
        (("bits = 2", "bit = 2"), "last.bit: unknown; did you mean 'bits'?"),
        (('name = "wish"', ""), "steps[2].name is missing"),
        (('name = "wish"', 'name = "a wish"'), "steps[2].name = 'a wish': must be letters"),
        (('needs = ["last"]', 'needs = "last"'), "end.needs: must be a list of names"),
        (('says = "Therefore."', "says = 3"), "end.says: must be one line of text"),
        (('conclusion = "end"', 'conclusion = "end"\nformat = 2'), "format = 2: this version of basin reads format 1"),
        (('conclusion = "end"', 'conclusion = "end"\nstep = 2'), "step: unknown; did you mean 'steps'?"),
        (("[[facts]]", "[facts]"), "is not TOML"),
    ],
)
def test_what_is_no_sound_argument_is_one_line(tmp_path, change, line):
    assert change[0] in TOML
    path = written(tmp_path, TOML.replace(*change, 1))
    with pytest.raises(RequirementsError) as raised:
        load(path)
    assert line in str(raised.value) and "\n" not in str(raised.value)
    assert str(raised.value).startswith(str(path)[:70])


def test_an_argument_without_facts_is_refused(tmp_path):
    text = 'conclusion = "end"\n[[steps]]\nname = "end"\n'
    with pytest.raises(RequirementsError, match="has no facts"):
        load(written(tmp_path, text))
    with pytest.raises(RequirementsError, match="is a motive, which nothing concludes"):
        Argument("x", "wish", (Step("wish", "", motive=True),), (Fact("a", "a", 1),))


@pytest.mark.parametrize("name", ["fulll", "no/such/file.toml", "", "a\0b", "x" * 500])
def test_an_argument_that_does_not_exist_is_one_line(name):
    with pytest.raises(RequirementsError, match="no such graph; must be full, none, or the path") as raised:
        load(name)
    assert str(raised.value).isprintable() and len(str(raised.value)) < 200


def test_files_that_are_no_text_no_toml_or_too_large_are_one_line(tmp_path):
    path = tmp_path / "argument.toml"
    for content, line in ((b"\xff\xfe\x00", "is not a text file"), (b"a = ", "is not TOML"), (b"#" * 1_000_001, "is larger"),
                          (b"a = " + b"[" * 100_000, "is nested too deeply")):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(RequirementsError, match=line):
            load(path)
    with pytest.raises(RequirementsError, match="cannot be read"):
        load(tmp_path)


def test_arguments_are_told_from_scenarios(tmp_path):
    assert is_argument("full") and is_argument(written(tmp_path))
    assert not is_argument("value-learner") and not is_argument(tmp_path / "none.toml") and not is_argument(tmp_path)
    assert not is_argument(written(tmp_path, 'name = "a-scenario"\n'))
