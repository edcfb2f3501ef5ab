"""Bad input: exit code 2 and one line that says what to do instead."""

import io

import pytest

from basin import __version__
from basin.cli import main, output
from tests.cli.calling import SHORT, call

BAD = [
    (("run", "valu-learner"), "did you mean value-learner"),
    (("run", "missing.toml"), "no such scenario or file"),
    (("run",), "Missing argument 'SCENARIO'"),
    (("nothing",), "No such command 'nothing'"),
    (("run", "value-learner", "extra"), "extra"),
    (("run", "value-learner", "--nonsense"), "--nonsense"),
    (("run", "value-learner", "--runs", "many"), "'many' is not a whole number"),
    (("run", "value-learner", "--runs", "0"), "from 1"),
    (("run", "value-learner", "--runs", "10000000000"), "runs = 10000000000"),
    (("run", "value-learner", "--seed", "-1"), "seed = -1"),
    (("run", "value-learner", "--seed", "0.5"), "'0.5' is not a whole number"),
    (("run", "value-learner", "--threads", "0"), "--threads"),
    (("run", "value-learner", "--set", "motives.care=2"), "motives.care = 2: must be between 0 and 1"),
    (("run", "value-learner", "--set", "motives.car=0.2"), "did you mean motives.care"),
    (("run", "value-learner", "--set", "motives.care"), "write PATH=VALUE"),
    (("run", "value-learner", "--set", "planning.candidates=1.5"), "whole number"),
    (("run", "value-learner", "--set", "reflection.rule=logits"), "did you mean logit"),
    (("trajectory", "value-learner", "--set", "population.agents=9"), "population.agents"),
    (("run", "value-learner", "--out", "result.csv"), ".nc"),
    (("run", "value-learner", "--out", "nowhere/result.nc"), "no folder"),
    (("trajectory", "value-learner", "--runs", "100000"), "fits at most"),
    (("trajectory", "value-learner", "--out", "x"), ".nc"),
    (("map", "value-learner", "--x", "motives.care"), "write PATH=LO:HI"),
    (("map", "value-learner", "--x", "motives.care=1"), "write PATH=LO:HI"),
    (("map", "value-learner", "--x", "=0:1"), "write PATH=LO:HI"),
    (("map", "value-learner", "--x", "motives.care=0:1:cube"), "write PATH=LO:HI"),
    (("map", "value-learner", "--x", "motives.care=low:1"), "'low' is not a number"),
    (("map", "value-learner", "--x", "motives.care=0.9:0.1"), "lower to a higher"),
    (("map", "value-learner", "--x", "motives.care=0:1:log"), "above 0"),
    (("map", "value-learner", "--x", "motives.care=0:nan"), "motives.care"),
    (("map", "value-learner", "--y", "motives.care=0:2"), "motives.care = 2"),
    (("map", "value-learner", "--y", "gate.asc_cost=0:1"), "did you mean gate.ask_cost"),
    (("map", "value-learner", "--y", "reflection.rule=0:1"), "not a number"),
    (("map", "value-learner", "--n", "1"), "n = 1"),
    (("map", "value-learner", "--x", "motives.care=0:1", "--y", "motives.care=0:1"), "same path"),
    (("show", "value-learner", "--set", "nothing=1"), "nothing"),
    (("learn", "nowhere.csv"), "nowhere.csv"),
    (("learn", "travel-mod"), "travel-mode"),
    (("learn", "travel-mode", "--draws", "0"), "--draws"),
    (("check", "off-switch-gat"), "off-switch-gate"),
    (("check", "off-switch-gate", "--set", "tau"), "write NAME=VALUE"),
    (("check", "off-switch-gate", "--set", "taus=1"), "tau"),
    (("check", "off-switch-gate", "--set", "tau=-1"), "tau"),
    (("check", "--set", "tau=1"), "name it"),
    (("figure", "map", "--from", "nowhere.nc"), "no such file"),
    (("figure", "map"), "give a scenario"),
    (("figure", "map", "value-learner", "--from", "nowhere.nc"), "give a scenario"),
    (("figure", "trajectory", "value-learner", "--out", ""), "give the name"),
    (("figure", "map", "value-learner", "--format", "gif"), "html, svg"),
    (("figure", "map", "value-learner", "--show", "nothing"), "outcome or aligned"),
    (("figure", "maps"), "No such command"),
    (("demo", "--out", "taken/by-a-file"), "cannot be made"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_clear_line(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("")
    for more in ((), ("--json",)):
        code, out, err = call(*arguments, *more)
        assert code == 2 and out == ""
        assert says in err and err.startswith("basin: ") and err.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


def test_a_result_cannot_be_changed(tmp_path):
    assert call("map", "value-learner", "--n", 2, "--quiet", "--out", tmp_path / "map.nc", *SHORT).code == 0
    code, _, err = call("figure", "map", "--from", tmp_path / "map.nc", "--set", "motives.care=0.1")
    assert code == 2 and "only a scenario can be changed" in err


def test_what_is_not_ours_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.nc").write_text("years of work")
    code, _, err = call("run", "value-learner", "--out", tmp_path / "thesis.nc", *SHORT)
    assert code == 2 and "no result of basin's" in err
    assert (tmp_path / "thesis.nc").read_text() == "years of work"


@pytest.mark.parametrize("arguments", [(), ("run", "value-learner"), ("scenarios",), ("figure", "map"), ("check",), ("app",)])
def test_every_command_says_its_version(arguments):
    assert call(*arguments, "--version") == (0, f"basin {__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("map", "--help"), ("figure",), ("figure", "map", "-h")])
def test_help_is_no_error(arguments):
    code, out, err = call(*arguments)
    assert code == 0 and "Usage: basin" in out and err == ""


def test_a_bug_is_one_line_too(monkeypatch):
    from basin import api

    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(api, "map", broken)
    code, out, err = call("map", "value-learner")
    assert code == 70 and out == "" and err.count("\n") == 1 and "ZeroDivisionError" in err
    monkeypatch.setenv("BASIN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["map", "value-learner"])


def test_memory_that_runs_out_is_one_line(monkeypatch):
    from basin import api

    def broken(*_, **__):
        raise MemoryError

    monkeypatch.setattr(api, "map", broken)
    code, _, err = call("map", "value-learner")
    assert code == 2 and "not enough memory" in err and err.count("\n") == 1


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "quiet", "patience", "shown"),
    [(Terminal, False, 0, True), (Terminal, False, 3600, False), (Terminal, True, 0, False), (io.StringIO, False, 0, False)],
)
def test_progress_appears_on_a_terminal_when_it_takes_long(stream, quiet, patience, shown, monkeypatch):
    monkeypatch.setattr(output, "PATIENCE", patience)
    monkeypatch.setattr("sys.stderr", err := stream())
    with output.progress(quiet) as bar:
        for done in (1, 2) if bar is not None else ():
            bar(done, 2)
    assert ("2/2" in err.getvalue()) is shown


def test_waiting_for_the_compiler_is_announced_once(monkeypatch, tmp_path):
    from basin.engine import compile

    assert call("run", "value-learner", "--runs", 1, *SHORT).code == 0
    for directory, announced in ((compile.CACHE_DIRECTORY, False), (tmp_path, True)):
        monkeypatch.setattr(compile, "CACHE_DIRECTORY", str(directory))
        monkeypatch.setattr("sys.stderr", err := Terminal())
        with output.progress(quiet=False):
            pass
        assert ("compiling" in err.getvalue()) is announced


def test_a_reader_that_has_read_enough(monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

        def fileno(self):
            return spare

    import os
    import tempfile

    with tempfile.TemporaryFile() as file:
        spare = file.fileno()
        monkeypatch.setattr("sys.stdout", Closed())
        monkeypatch.setattr("sys.stderr", err := io.StringIO())
        assert main(["show", "value-learner", "--toml"]) == 141
        assert err.getvalue() == ""
        assert os.path.samestat(os.fstat(spare), os.stat(os.devnull))
