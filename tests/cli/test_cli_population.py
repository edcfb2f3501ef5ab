"""`basin population`: in words, in JSON and on disk, whatever is asked; and populations under the other commands."""

from __future__ import annotations

import numpy as np
import pytest

from basin import datasets
from basin.analysis import wilson
from basin.labels import OUTCOMES
from tests.cli.calling import call

TINY = (
    "--agents", 12, "--set", "population.degree=4", "--set", "values.features=3", "--set", "outcome.horizon=40",
    "--set", "outcome.dwell=5",
)  # fmt: skip
FEW = (*TINY, "--populations", 3)
OTHERS = ("--set", "population.agents=12", *TINY[2:])  # for commands without --agents


def fraction(part):
    """Whether a part is a fraction with its interval."""
    return {"fraction", "low", "high"} <= part.keys() and 0 <= part["low"] <= part["fraction"] <= part["high"] <= 1


def average(part):
    """Whether a part is a mean with its interval."""
    return part.keys() == {"mean", "low", "high"} and part["low"] <= part["mean"] <= part["high"]


def asked(ask, *more, scenario="critical-mass"):
    found = call("population", scenario, *FEW, "--ask", ask, *more, "--json").json
    assert (found["scenario"], found["seed"], found["ask"]) == (scenario, 0, ask)
    return found


# ---- How agents end ------------------------------------------------------------------------------------------------


def test_ends(tmp_path):
    out = tmp_path / "population.nc"
    found = call("population", "critical-mass", *FEW, "--seed", 4, "--json", "--out", out).json
    assert (found["scenario"], found["seed"], found["populations"], found["agents"]) == ("critical-mass", 4, 3, 12)
    assert found["people"] == 0 and found["graph"] == {"kind": "watts-strogatz", "mean_degree": 4.0, "links": 48}
    assert list(found["outcomes"]) == list(OUTCOMES) and all(fraction(part) for part in found["outcomes"].values())
    assert sum(part["count"] for part in found["outcomes"].values()) == 36
    assert found["whole"]["quorum"] == 0.95
    assert sum(found["whole"][name]["count"] for name in OUTCOMES) == 3
    for name in ("knows", "harm", "welfare", "asked", "approval"):
        assert average(found[name]), name
    assert all(found[name]["mean"] >= 0 for name in ("seen_by_overseers", "seen_by_peers", "replaced"))
    assert found["episode"] == list(range(41)) and list(found["share"]) == list(OUTCOMES)
    np.testing.assert_allclose(np.sum(list(found["share"].values()), axis=0), 1)

    kept = datasets.open(out)
    assert kept.attrs["command"].startswith("basin ")
    for name, code in OUTCOMES.items():
        assert found["outcomes"][name]["count"] == int((kept["label"] == code).sum())
        assert found["whole"][name]["count"] == int((kept["whole"] == code).sum())
        here = kept["count"].sel(outcome=name).mean("population") / 12
        np.testing.assert_allclose(found["share"][name], here)
    assert found["harm"]["mean"] == pytest.approx(float(kept["harm"].mean()))
    assert found["outcomes"]["aligned"]["low"] == pytest.approx(kept.attrs["aligned_low"])


def test_intervals_are_over_populations():
    part = call("population", "critical-mass", *FEW, "--json").json["outcomes"]["aligned"]
    low, high = wilson(part["count"], 36)
    assert part["high"] - part["low"] > high - low
    alone = ("--set", "population.imitation=0", "--set", "population.peer_audit=0")
    part = call("population", "critical-mass", *FEW, *alone, "--json").json["outcomes"]["aligned"]
    assert (part["low"], part["high"]) == pytest.approx(tuple(float(end) for end in wilson(part["count"], 36)))


def test_one_population_has_no_interval():
    found = call("population", "critical-mass", *TINY, "--populations", 1, "--json").json
    assert (found["outcomes"]["aligned"]["low"], found["outcomes"]["aligned"]["high"]) == (0, 1)
    assert found["harm"]["low"] is None and found["harm"]["mean"] >= 0
    assert "1 population of 12 agents;" in call("population", "critical-mass", *TINY, "--populations", 1).out


def test_people_are_counted_apart():
    found = call("population", "critical-mass", *FEW, "--set", "population.humans=2", "--json").json
    assert (found["agents"], found["people"]) == (10, 2)
    assert sum(part["count"] for part in found["outcomes"].values()) == 30
    assert sum(part["fraction"] for part in found["outcomes"].values()) == pytest.approx(1)
    np.testing.assert_allclose(np.sum(list(found["share"].values()), axis=0), 1)
    assert found["harm"]["mean"] >= 0 and 0 <= found["approval"]["mean"] <= 1


def test_agents_and_set_and_seed_mean_something():
    def harm(*arguments):
        return call("population", "critical-mass", *FEW, *arguments, "--json").json["harm"]["mean"]

    assert harm() == harm("--seed", 0) == harm("--threads", 1)
    assert len({harm(), harm("--seed", 1), harm("--set", "motives.care=0.3"), harm("--objection", "overseers-off")}) == 4
    assert call("population", "critical-mass", *FEW, "--agents", 14, "--json").json["agents"] == 14
    assert call("population", "critical-mass", *FEW, "--set", "population.agents=10", "--json").json["agents"] == 10
    found = call("population", "value-learner", "--agents", 5, "--populations", 2, "--set", "outcome.horizon=20", "--json")
    assert found.json["agents"] == 5 and found.json["graph"]["kind"] == "complete"


def test_words():
    told = call("population", "critical-mass", *FEW, "--set", "population.humans=2")
    assert told.code == 0 and told.err == ""
    for said in (
        "Agents who copy and police one another (critical-mass)", "3 populations of 10 agents and 2 people",
        "graph watts-strogatz, 4 neighbours on average; seed 0", "Agents end", "95% interval", "whole populations",
        "A population ends as a whole in some way if 95.0% of its agents do", "Per agent: harm", "by overseers", "by peers",
    ):  # fmt: skip
        assert said in told.out, said


def test_quiet_is_quiet(tmp_path):
    path = tmp_path / "kept.zarr"
    assert call("population", "critical-mass", *FEW, "--quiet", "--out", path) == (0, "", "")
    assert datasets.open(path).attrs[datasets.KIND] == "population"
    assert f"Written to {tmp_path / 'again.nc'}" in call(
        "population", "critical-mass", *FEW, "--out", tmp_path / "again.nc"
    ).out.replace("\n", "")


# ---- What else is asked --------------------------------------------------------------------------------------------


def test_critical():
    found = asked("critical")
    assert found["path"] is None and found["populations"] == 3 and found["start"] == np.linspace(0, 1, 9).tolist()
    (row,) = found["values"]
    assert row["value"] is None and row["critical"].keys() == {"share", "low", "high"}
    assert 0 <= row["critical"]["low"] < row["critical"]["share"] <= row["critical"]["high"] <= 1
    assert all(len(row["aligned"][name]) == 9 for name in ("fraction", "low", "high"))
    assert row["aligned"]["fraction"][-1] == 1
    found = asked("critical", "--along", "population.peer_audit=0.02:0.2:log", "--n", 2)
    assert found["path"] == "population.peer_audit"
    assert [one["value"] for one in found["values"]] == pytest.approx([0.02, 0.2])


def test_no_critical_share_is_null_and_said():
    hopeless = ("--set", "population.misled=3", "--set", "population.imitation=0")
    (row,) = asked("critical", *hopeless)["values"]
    assert row["critical"] == {"share": None, "low": None, "high": None}
    assert "none suffices" in call("population", "critical-mass", *FEW, "--ask", "critical", *hopeless).out


def test_misled():
    found = asked("misled", "--number", 2, scenario="echo-chamber")
    assert found["misled"] == 2 and found["populations"] == 3 and average(found["change"])
    assert found["with"] - found["without"] == pytest.approx(found["change"]["mean"])
    assert [one["distance"] for one in found["by_distance"]] == list(range(1, 1 + len(found["by_distance"])))
    assert sum(one["agents"] for one in found["by_distance"]) == pytest.approx(10)
    assert all(one.keys() == {"distance", "agents", "knows", "aligned"} for one in found["by_distance"])
    assert average(found["by_distance"][0]["knows"])


def test_policing():
    found = asked("policing")
    assert [row["watch"] for row in found["arrangements"]] == ["nobody", "overseers", "peers", "both"]
    assert (found["audit"], found["overseen"], found["peer_audit"], found["populations"]) == (0.02, 1, 0.05, 3)
    nobody, _, _, both = found["arrangements"]
    assert nobody["gain"] == {"mean": 0, "low": 0, "high": 0}
    for row in found["arrangements"]:
        assert average(row["aligned"]) and average(row["harm"]) and set(row["seen"]) <= set(OUTCOMES)
    assert all(who == {"overseers": 0, "peers": 0} for who in nobody["seen"].values())
    assert max(who["peers"] for who in both["seen"].values()) > 0


def test_echo():
    found = asked("echo", "--rates", "0,0.5", scenario="echo-chamber")
    assert [row["rate"] for row in found["rates"]] == [0, 0.5] and found["populations"] == 3
    for row in found["rates"]:
        assert all(average(row[name]) for name in ("error", "unsure", "ratio", "aligned", "common"))
    assert found["rates"][1]["ratio"]["mean"] > found["rates"][0]["ratio"]["mean"]


def test_generations():
    found = asked("generations", "--dose", 0, "--first", 0.25, scenario="near-aligned-llm")
    assert found["generation"] == list(range(31)) and (found["dose"], found["first"]) == (0, 0.25)
    assert all(len(found[name]) == 31 for name in ("share", "low", "high", "expected"))
    assert len(set(found["expected"][1:])) == 1 and found["expected"][0] == 0.25
    (rest,) = found["rests"]
    assert rest["attracts"] is True and rest["share"] == pytest.approx(found["expected"][1])


@pytest.mark.parametrize(
    ("ask", "scenario", "says"),
    [
        ("critical", "critical-mass", ["must start aligned", "critical share", "from 50.0%", "3 populations at each share"]),
        ("misled", "echo-chamber", ["one misled agent", "links away", "change of the share aligned"]),
        ("policing", "critical-mass", ["who looks", "nobody", "overseers", "peers", "more than with nobody"]),
        ("echo", "echo-chamber", ["hears", "claims", "error/claim", "in common"]),
        ("generations", "near-aligned-llm", ["share aligned", "95% of the lineages", "follow themselves", "attracts"]),
    ],
)
def test_answers_in_words_and_on_disk(ask, scenario, says, tmp_path):
    out = tmp_path / "kept.nc"
    told = call("population", scenario, *FEW, "--ask", ask, "--out", out)
    assert told.code == 0 and told.err == "" and f"({scenario})" in told.out
    for said in says:
        assert said in told.out, said
    assert datasets.open(out).attrs[datasets.KIND] == ask
    again = tmp_path / "again.nc"
    assert call("population", scenario, *FEW, "--ask", ask, "--quiet", "--out", again) == (0, "", "")
    for name, variable in datasets.open(out).variables.items():
        np.testing.assert_array_equal(variable, datasets.open(again)[name], err_msg=str(name))


# ---- Populations under other commands ------------------------------------------------------------------------------


def test_runs_of_a_population_are_grouped():
    found = call("run", "critical-mass", "--runs", 100, "--json").json
    assert found["runs"] == 100 and list(found["outcomes"]) == list(OUTCOMES)
    assert sum(part["count"] for part in found["outcomes"].values()) == 100
    for part in (*found["outcomes"].values(), found["resolved"], found["cares"]):
        assert fraction(part)
        low, high = wilson(part["count"], 100)  # as if every agent were independent
        assert part["low"] <= low and high <= part["high"] and part["high"] - part["low"] > 1.2 * (high - low)
    assert average(found["harm"]) and average(found["time"])


def test_more_populations_say_more():
    few, many = (call("run", "critical-mass", "--runs", runs, "--json", *OTHERS).json for runs in (60, 600))
    assert few["harm"]["high"] - few["harm"]["low"] > 2 * (many["harm"]["high"] - many["harm"]["low"])
    words = call("run", "critical-mass", "--runs", 60, *OTHERS).out
    assert "60 runs of 40 episodes" in words and "95% interval" in words


def test_a_map_of_populations():
    found = call("map", "critical-mass", "--n", 3, "--runs", 2, "--json", *OTHERS).json
    assert (found["x"]["path"], found["y"]["path"]) == ("population.aligned", "motives.care")
    assert found["grid"] == [3, 3] and fraction(found["aligned"])
    assert found["episodes"] == 3 * 3 * 2 * 12 * 40 and found["audited"] == found["changed"] == 0
    assert found["exits_off"] is False
    words = call("map", "critical-mass", "--n", 3, "--runs", 2, *OTHERS).out
    assert "across   population.aligned from 0 to 1" in words and "audit" not in words


# ---- Bad input -----------------------------------------------------------------------------------------------------

POPULATION = ("population", "critical-mass")
BAD = [
    (("population",), "Missing argument 'SCENARIO'"),
    (("population", "critical-mas"), "did you mean critical-mass"),
    (("population", "newton"), "newton: no such scenario"),
    (("population", "value-learner"), "population.agents = 1: many agents are asked about"),
    ((*POPULATION, "--agents", "1"), "population.agents = 1: many agents are asked about"),
    ((*POPULATION, "--agents", "0"), "from 1"),
    ((*POPULATION, "--agents", "8"), "population.degree = 8: must be below"),
    ((*POPULATION, "--populations", "many"), "'many' is not a whole number"),
    ((*POPULATION, "--populations", "0"), "from 1"),
    ((*POPULATION, "--seed", "-1"), "seed = -1"),
    ((*POPULATION, "--out", "x.csv"), ".nc"),
    ((*POPULATION, "--out", "nowhere/x.nc"), "no folder"),
    ((*POPULATION, "--ask", "criticl"), "must be one of ends, critical, misled, policing, echo, generations"),
    ((*POPULATION, "--along", "population.degree=4:8"), "--along: goes with --ask critical"),
    ((*POPULATION, "--ask", "misled", "--rates", "0,1"), "--rates: goes with --ask echo"),
    ((*POPULATION, "--ask", "echo", "--number", "2"), "--number: goes with --ask misled"),
    ((*POPULATION, "--ask", "policing", "--dose", "0.1"), "--dose: goes with --ask generations"),
    ((*POPULATION, "--ask", "ends", "--first", "0.1"), "--first: goes with --ask generations"),
    ((*POPULATION, "--n", "3"), "--n: goes with --ask critical"),
    ((*POPULATION, "--ask", "critical", "--n", "3"), "--n: goes with --along"),
    ((*POPULATION, "--ask", "critical", "--along", "population.degree"), "write PATH=LO:HI"),
    ((*POPULATION, "--ask", "critical", "--along", "population.degree=8:4"), "lower to a higher"),
    ((*POPULATION, "--ask", "critical", "--along", "population.degre=4:8"), "did you mean population.degree"),
    ((*POPULATION, "--ask", "critical", "--along", "population.aligned=0:1"), "is what is asked for"),
    ((*POPULATION, "--ask", "critical", "--along", "population.degree=4:8", "--n", "1"), "n = 1"),
    ((*POPULATION, "--ask", "misled", "--populations", "1"), "must be at least 2"),
    ((*POPULATION, "--ask", "misled", "--number", "0"), "from 1"),
    ((*POPULATION, "--ask", "misled", "--number", "61"), "population.misled = 61"),
    ((*POPULATION, "--ask", "misled", "--number", "60", "--populations", "2"), "must leave other agents"),
    ((*POPULATION, "--ask", "echo", "--rates", "0,often"), "write numbers"),
    ((*POPULATION, "--ask", "echo", "--rates", ""), "write numbers"),
    ((*POPULATION, "--ask", "echo", "--rates", "2"), "population.testimony = 2.0"),
    ((*POPULATION, "--ask", "echo", "--rates", "nan"), "population.testimony = nan"),
    ((*POPULATION, "--ask", "generations", "--dose", "-1"), "dose = -1"),
    ((*POPULATION, "--ask", "generations", "--dose", "much"), "--dose"),
    ((*POPULATION, "--ask", "generations", "--first", "2"), "first = 2"),
    ((*POPULATION, "--set", "population.degree=7"), "population.degree = 7: must be even"),
    ((*POPULATION, "--set", "population.degree=7", "--set", "population.graph=ring"), "population.degree = 7: must be even"),
    ((*POPULATION, "--set", "population.graph=rings"), "did you mean ring"),
    ((*POPULATION, "--set", "population.humans=60"), "no agent is left"),
    ((*POPULATION, "--set", "population.humans=61"), "population.humans = 61: must be at most"),
    ((*POPULATION, "--set", "population.misled=61"), "population.misled = 61: must be at most"),
    ((*POPULATION, "--set", "population.humans=40", "--set", "population.misled=40"), "population.misled = 40"),
    ((*POPULATION, "--set", "population.quorum=0"), "population.quorum = 0"),
    ((*POPULATION, "--set", "population.testimony_rule=averge"), "did you mean average"),
    (
        (
            *POPULATION,
            "--set",
            'population.mix=[{scenario="near-aligned-llm",share=0.7},{scenario="value-learner",share=0.5}]',
        ),
        "population.mix: the shares sum to 1.2; must be at most 1",
    ),
    ((*POPULATION, "--set", 'population.mix=[{scenario="no-such-one",share=0.5}]'), "no such scenario"),
    (("run", "critical-mass", "--expected"), "population.agents: the deterministic skeleton is of lone agents"),
    (("map", "critical-mass", "--expected"), "population.agents: the deterministic skeleton is of lone agents"),
    (("trajectory", "critical-mass"), "population.agents = 60: this is asked of lone agents, 1"),
    (("figure", "trajectory", "critical-mass"), "population.agents = 60"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_clear_line(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments, *(() if arguments[0] == "figure" else ("--json",)))
    assert code == 2 and out == ""
    assert says in err and err.startswith("basin: ") and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


MARKED = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<key id="k" for="node" attr.name="human" attr.type="boolean"/><graph edgedefault="undirected">{}</graph></graphml>'
)


def marked(people):
    """Four nodes on a ring, the first of them people."""
    nodes = "".join(f'<node id="n{at}"><data key="k">{str(at < people).lower()}</data></node>' for at in range(4))
    return MARKED.format(nodes + "".join(f'<edge source="n{at}" target="n{(at + 1) % 4}"/>' for at in range(4)))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("apart.csv", "ann,bob\ncid,dee\n", "falls apart into 2 parts"),
        ("itself.csv", "ann,bob\nbob,cid\ncid,dee\ncid,cid\n", "'cid' is linked to itself"),
        ("twice.csv", "ann,bob\nbob,cid\ncid,dee\nbob,ann\n", "is there twice"),
        ("negative.csv", "from,to,trust\nann,bob,-1\nbob,cid,1\ncid,dee,1\n", "trust = -1: must be a finite number above 0"),
        ("three.csv", "ann,bob\nbob,cid\n", "has 3 nodes, population.agents = 4"),
        ("nothing.csv", "", "is empty"),
        ("broken.graphml", "<graphml>", "no well-formed XML"),
        ("notes.doc", "ann,bob\n", "must end in"),
        ("people.graphml", marked(4), "no agent is left"),
    ],
)
def test_bad_graphs_are_one_clear_line(name, text, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    for ask in ("ends", "policing"):
        arguments = ("--agents", 4, "--populations", 2, "--set", f"population.graph={name}", "--ask", ask, "--json")
        code, out, err = call("population", "critical-mass", *arguments)
        assert code == 2 and out == "" and says in err and err.startswith("basin: ") and err.count("\n") == 1


def test_a_graph_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("population", "critical-mass", "--agents", 4, "--set", "population.graph=missing.csv", "--json")
    assert code == 2 and out == "" and "missing.csv: cannot be read: No such file or directory" in err


def test_a_graph_from_a_file_with_its_people(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "marked.graphml").write_text(marked(1))
    arguments = ("--agents", 4, "--populations", 2, "--set", "population.graph=marked.graphml", "--set", "outcome.horizon=20")
    found = call("population", "critical-mass", *arguments, "--json").json
    assert (found["agents"], found["people"]) == (3, 1) and found["graph"]["links"] == 8
    more = ("--set", "population.humans=2")
    code, _, err = call("population", "critical-mass", *arguments, *more)
    assert code == 2 and "population.humans = 2: the graph's file marks 1 people" in err


def test_a_mix_of_scenarios():
    mix = 'population.mix=[{scenario="near-aligned-llm",share=0.5}]'
    found = call("population", "critical-mass", *FEW, "--set", mix, "--json").json
    assert found["agents"] == 12 and sum(part["count"] for part in found["outcomes"].values()) == 36
    assert found["harm"]["mean"] != call("population", "critical-mass", *FEW, "--json").json["harm"]["mean"]
