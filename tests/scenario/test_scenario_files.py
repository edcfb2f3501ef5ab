"""Scenario files: the bundled ones, exact round trips, and files that are none."""

import hashlib
import os
import struct
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import basin.scenario
from basin.scenario import Scenario, ScenarioError, dumps, load, loads, names, save, scenario_hash
from basin.scenario.course import Corpus
from basin.scenario.files import LARGEST, LIBRARY
from tests.strategies import scenarios


def bits(value):
    """Nested data with floats as their bits, so that equality is exact."""
    if isinstance(value, float):
        return struct.pack(">d", value)
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [bits(item) for item in value]
    return value


LIBRARY_NAMES = (
    "alignment-pretraining", "allied-not-aligned", "bitter-lesson", "critical-mass", "distilled-human", "echo-chamber",
    "extrapolated-volition", "fast-takeoff", "grounded-in-evolution", "near-aligned-llm", "orthogonal", "safety-pretraining",
    "shoggoth", "travel-choices", "value-learner",
)  # fmt: skip


class TestLibrary:
    def test_names(self):
        assert names() == sorted(LIBRARY_NAMES)

    @pytest.mark.parametrize("name", names())
    def test_each_loads_under_its_name(self, name):
        scenario = load(name)
        assert scenario.name == name
        assert scenario.title and scenario.summary and scenario.source

    @pytest.mark.parametrize("name", names())
    def test_each_opens_with_words(self, name):
        lines = (LIBRARY / f"{name}.toml").read_text(encoding="utf-8").splitlines()
        if name == "near-aligned-llm":
            assert lines[0].startswith("# Every path a scenario can hold")
        else:
            assert all(line.startswith("# ") for line in lines[:3])
            assert any(line.startswith("# Source: ") for line in lines)

    def test_the_reference_file_never_changes(self):
        content = (LIBRARY / "near-aligned-llm.toml").read_bytes()
        assert hashlib.sha256(content).hexdigest() == "8feb72299751bfff5323e97aeb7021febb5c59aaa0062769a36bd1e66c930084"

    def test_the_reference_file_holds_the_defaults(self):
        reference = load("near-aligned-llm")
        assert reference.with_({"belief.assumed_noise": None, "corpus": None}) == Scenario()
        assert reference.belief.assumed_noise == 0.5 and reference.corpus == Corpus()

    def test_the_reference_file_holds_every_path(self):
        data = tomllib.loads((LIBRARY / "near-aligned-llm.toml").read_text(encoding="utf-8"))
        data |= {"format": 1, "phases": []}
        data["personas"]["cast"] = []
        assert data == load("near-aligned-llm").model_dump(mode="json")

    def test_value_learner(self):
        scenario = load("value-learner")
        changed = {
            "belief.knowledge": 0.5,
            "belief.assumed_noise": None,
            "motives.care": 0.8,
            "motives.self_interest.overlap": 0.0,
            "corpus": None,
        }
        texts = {path: scenario.get(path) for path in ("name", "title", "summary", "source")}
        assert scenario == load("near-aligned-llm").with_(changed | texts)

    def test_travel_choices(self):
        scenario = load("travel-choices")
        changed = {
            "values.features": 6,
            "belief.knowledge": 0.0,
            "belief.spread": 1.0,
            "belief.assumed_noise": None,
            "motives.care": 0.9,
            "motives.self_interest.overlap": 0.0,
            "oversight.audit": 0.0,
            "evidence.comparisons": 0.0,
            "evidence.choices": 1.0,
            "evidence.choices_table": "travel-mode",
            "training.strength": 0.0,
            "outcome.horizon": 500,
            "corpus": None,
        }
        texts = {path: scenario.get(path) for path in ("name", "title", "summary", "source")}
        assert scenario == load("near-aligned-llm").with_(changed | texts)


class TestRoundTrip:
    @given(scenarios())
    @settings(deadline=None, max_examples=100)
    def test_exact(self, scenario):
        text = dumps(scenario)
        again = loads(text)
        assert again == scenario
        assert bits(again.model_dump()) == bits(scenario.model_dump())
        assert dumps(again) == text and scenario_hash(again) == scenario_hash(scenario)

    @given(st.floats(-1, 1))
    @example(0.1)
    @example(-0.0)
    @example(5e-324)
    @example(1 / 3)
    @settings(deadline=None)
    def test_floats_bit_for_bit(self, overlap):
        scenario = Scenario().with_({"motives.self_interest.overlap": overlap})
        read = loads(dumps(scenario)).motives.own[0].overlap
        assert struct.pack(">d", read) == struct.pack(">d", overlap)

    def test_on_disk(self, tmp_path):
        scenario = load("value-learner").with_({"motives.care": 1 / 3, "title": 'Übung "quoted" \\ θ'})
        save(scenario, tmp_path / "mine.toml")
        assert load(tmp_path / "mine.toml") == scenario == load(str(tmp_path / "mine.toml"))
        save(scenario.with_({"motives.care": 0.25}), tmp_path / "mine.toml")
        assert load(tmp_path / "mine.toml").motives.care == 0.25
        assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]

    def test_every_path_is_written(self):
        data = tomllib.loads(dumps(load("near-aligned-llm")))
        assert data["format"] == 1 and data["values"]["evolved"]["culture"] == 0.3
        assert "assumed_noise" not in tomllib.loads(dumps(Scenario()))["belief"]

    def test_hash(self):
        first = scenario_hash(Scenario())
        assert len(first) == 16 and int(first, 16) >= 0
        assert scenario_hash(Scenario().with_({"motives.care": 0.5000000000000001})) != first
        assert scenario_hash(Scenario().with_({"values.features": 8.0, "belief.strength": 1})) == first


class TestReading:
    def test_what_a_file_leaves_out(self, tmp_path):
        (tmp_path / "careful.toml").write_text("[motives]\ncare = 0.9\n")
        scenario = load(tmp_path / "careful.toml")
        expected = {"motives.care": 0.9, "name": "careful", "title": "careful", "summary": "", "source": ""}
        assert scenario == Scenario().with_(expected)

    def test_a_file_whose_own_name_is_not_a_scenario_name(self, tmp_path):
        (tmp_path / "my file.toml").write_text("")
        assert load(tmp_path / "my file.toml").name == "unnamed"

    def test_byte_order_mark(self, tmp_path):
        (tmp_path / "notepad.toml").write_bytes(b"\xef\xbb\xbf[motives]\r\ncare = 0.9\r\n")
        assert load(tmp_path / "notepad.toml").motives.care == 0.9

    def test_flat_and_nested_phases_and_personas(self):
        nested = loads('[[phases]]\nname = "late"\noversight.audit = 0\n[[personas.cast]]\nname = "x"\nshares.care = 1')
        flat = loads('[[phases]]\nname = "late"\n"oversight.audit" = 0\n[[personas.cast]]\nname = "x"\ncare = 1')
        assert nested == flat and nested.get("phases.late.oversight.audit") == 0

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"[motives]\ncare = 1.5", "motives.care = 1.5: must be between 0 and 1"),
            (b"[motives]\ncares = 0.5", "motives.cares = 0.5: unknown path; did you mean motives.care?"),
            (b"[motives]\ncare = nan", "motives.care = nan: must be between 0 and 1"),
            (b"[motives\ncare = 1", "is not TOML: "),
            (b"care = 1\ncare = 2", "is not TOML: "),
            (b"x = " + b"9" * 5000, "is not TOML: "),
            (b"\x80\xff\x00PNG", "is not a text file"),
            (b"\x00\x01", "is not TOML: "),
            (b"x = " + b"[" * 20_000, "is nested too deeply"),
            (b"#" * (LARGEST + 1), f"is larger than {LARGEST} bytes"),
            (b"format = 2", "format = 2: this version of basin reads format 1"),
            (b"format = true", "format = True: this version of basin reads format 1"),
            (b'format = "1"', "format = 1: this version of basin reads format 1"),
            (b"name = 5", "name = 5: must be a name of letters, digits, - and _"),
            (b"motives = 5", "motives = 5: must be a table of settings"),
            (b"[motives]\nown = [5]", "motives.own[0] = 5: must be a table of settings"),
            (b"evidence.choices = 2024-01-01", "evidence.choices: must be a number between 0 and 1"),
        ],
    )
    def test_refused_in_one_line(self, tmp_path, content, reason):
        path = tmp_path / "broken.toml"
        path.write_bytes(content)
        with pytest.raises(ScenarioError) as error:
            load(path)
        text = str(error.value)
        assert reason in text and len(text.splitlines()) == 1
        assert text.startswith(str(path)[:70])

    def test_unknown_names(self):
        with pytest.raises(ScenarioError) as error:
            load("near-aligned")
        assert str(error.value) == "near-aligned: no such scenario or file; did you mean near-aligned-llm?"

    @pytest.mark.parametrize("name", ["", "\0", "no/such.toml", "x" * 10_000, "a\nb", "\ud800", "/dev/null/x"])
    def test_names_of_nothing(self, name):
        with pytest.raises(ScenarioError) as error:
            load(name)
        assert len(str(error.value).splitlines()) == 1
        str(error.value).encode()

    def test_a_directory(self, tmp_path):
        with pytest.raises(ScenarioError, match="is a directory; give a TOML file or one of alignment-pretraining, "):
            load(tmp_path)

    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ScenarioError, match="no such scenario or file"):
            load(tmp_path / "pipe")

    @given(st.binary(max_size=200))
    @settings(deadline=None)
    def test_any_bytes_are_read_or_refused_in_one_line(self, content):
        try:
            loads(content.decode("utf-8", "surrogateescape"))
        except ScenarioError as error:
            assert len(str(error).splitlines()) == 1


class TestSaving:
    def test_where_nothing_can_be_written(self, tmp_path):
        (tmp_path / "file").write_text("kept")
        for path in (tmp_path, tmp_path / "missing" / "x.toml", tmp_path / "file" / "x.toml", "", "x" * 5000, "a\0b"):
            with pytest.raises(ScenarioError, match="cannot be written") as error:
                save(Scenario(), path)
            assert len(str(error.value).splitlines()) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        assert (tmp_path / "file").read_text() == "kept"


def test_exports():
    assert set(basin.scenario.__all__) <= set(dir(basin.scenario))
    assert all(getattr(basin.scenario, name).__doc__ for name in basin.scenario.__all__)


def test_import_is_quick():
    """Only what a scenario needs is imported: no arrays, no compilers, no tables."""
    code = "import sys, basin.scenario; print(sorted({'numpy', 'numba', 'pandas', 'scipy', 'tomli_w'} & set(sys.modules)))"
    root = Path(basin.scenario.__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert result.stdout.strip() == "[]"
