"""`basin boundary`, `soft` and `fractality`: JSON that scripts rely on, words, and files that figures are drawn from."""

import pytest

from tests.cli.calling import SHORT, call

FEW = {
    "boundary": ("--resolution", 16, "--runs", 5),
    "soft": ("--n", 12, "--runs", 2),
    "fractality": ("--balls", 40, "--pairs", 100, "--samples", 8, "--sizes", "0.01:0.2"),
}


def ordered(part, called="mean"):
    return part["low"] <= part[called] <= part["high"]


def test_boundary():
    told = call("boundary", "newton", "--resolution", 128, "--json").json
    assert told["system"] == "newton" and told["target"] == "root_1" and told["resolution"] == 128
    assert ordered(told["area"], "fraction") and ordered({**told["missed"], "low": 0}, "fraction")
    assert sum(told["spent"].values()) == told["evaluations"] and told["dense"] == 128**2
    assert [side["path"] for side in told["axes"]] == ["x", "y"] and told["lines"] > 10


def test_boundary_in_three_axes():
    told = call("boundary", "pendulum", "--z", "torque=0.2:0.8", "--tolerance", 0.07, "--json").json
    assert told["resolution"] == 16 and told["facets"] > 100 and "lines" not in told


def test_soft():
    told = call("soft", "near-aligned-llm", *FEW["soft"], *SHORT, "--json").json
    assert told["scenario"] == "near-aligned-llm" and told["grid"] == [12, 12] and told["runs"] == 2
    assert ordered(told["whole"], "fraction") and ordered(told["entropy"])
    assert told["surely_above_half"] <= told["above_half"] <= 1 - told["surely_below_half"]


def test_fractality():
    told = call("fractality", "newton", *FEW["fractality"], "--json").json
    assert ordered(told["basin_entropy"]) and ordered(told["boundary_basin_entropy"]) and ordered(told["exponent"])
    assert told["exponent"]["dimension"] == pytest.approx(2 - told["exponent"]["mean"])
    assert told["uncertain"]["size"] == [2.0**-k for k in range(6, 2, -1)]
    assert told["wada"]["basins"] == 3


@pytest.mark.parametrize("verb", FEW)
def test_words_files_and_figures(verb, tmp_path):
    path = tmp_path / "result.nc"
    said = call(verb, "near-aligned-llm", *FEW[verb], *SHORT, "--out", path)
    assert said.code == 0 and "95%" in said.out and str(path) in said.out
    drawn = call("figure", verb, "--from", path, "--out", tmp_path / "picture", "--format", "json")
    assert drawn.code == 0 and (tmp_path / "picture.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("boundary", "newton", "--resolution", 64, "--tolerance", 0.1), "give one of them"),
        (("boundary", "newton", "--x", "q=0:1"), "q"),
        (("boundary", "newton", "--outcome", "root_7"), "root_7"),
        (("fractality", "newton", "--sizes", "small"), "LO:HI"),
        (("soft", "newton", "--bandwidth", 3), "bandwidth = 3"),
        (("soft", "nothing-such"), "nothing-such"),
    ],
)
def test_bad_input_is_one_line(words, said):
    told = call(*words)
    assert told.code == 2 and said in told.err and told.err.count("\n") == 1
