"""Any scenario and any override, valid or not: never a traceback, never NaN, and the exit code that was predicted."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basin.scenario import Scenario, save
from tests.cli.calling import call
from tests.strategies import as_text, broken_overrides, scenarios

COMMANDS = {
    "run": ("--runs", 3),
    "trajectory": ("--runs", 2),
    "map": ("--x", "gate.ask_cost=0:1", "--y", "world.tolerance=0.1:10:log", "--n", 2, "--runs", 2),
    "show": (),
}
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=150)


def valid(scenario, command):
    with tempfile.TemporaryDirectory() as folder:
        save(scenario, Path(folder) / "drawn.toml")
        called = call(command, Path(folder) / "drawn.toml", "--json", *COMMANDS[command])
    assert (called.code, called.err) == (0, "")
    assert isinstance(called.json, dict)  # strict: NaN and infinity would raise
    if command == "run":
        assert sum(part["count"] for part in called.json["outcomes"].values()) == 3


def invalid(changes, command):
    with tempfile.TemporaryDirectory() as folder:
        save(Scenario(), Path(folder) / "default.toml")
        overrides = [word for path, value in changes.items() for word in ("--set", as_text(path, value))]
        called = call(command, Path(folder) / "default.toml", "--json", *COMMANDS[command], *overrides)
    assert called.code == 2 and called.out == ""
    assert called.err.startswith("basin: ") and called.err.count("\n") == 1


@FEW
@given(scenarios(runnable=True), st.sampled_from(sorted(COMMANDS)))
def test_scenarios_that_can_be_run(scenario, command):
    valid(scenario, command)


@FEW
@given(broken_overrides(), st.sampled_from(sorted(COMMANDS)))
def test_overrides_that_nothing_accepts(changes, command):
    invalid(changes, command)


@pytest.mark.slow
@MANY
@given(scenarios(runnable=True), st.sampled_from(sorted(COMMANDS)))
def test_many_scenarios_that_can_be_run(scenario, command):
    valid(scenario, command)


@pytest.mark.slow
@MANY
@given(broken_overrides(), st.sampled_from(sorted(COMMANDS)))
def test_many_overrides_that_nothing_accepts(changes, command):
    invalid(changes, command)
