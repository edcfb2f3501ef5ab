"""Every field says what it is, in what unit and within which bounds, and keeps to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.scenario import Scenario, ScenarioError, dumps, loads, parse_override
from basin.scenario.fields import Section, member_of, metadata, section_of
from tests.strategies import as_text, broken_overrides, choices, scenarios, within


def every_field(section: type[Section] = Scenario, prefix: str = ""):
    for name, field in section.model_fields.items():
        inner = section_of(field)
        if inner is not None:
            yield from every_field(inner, f"{prefix}{name}.")
            continue
        yield pytest.param(field, id=prefix + name)
        if member_of(field) is not None:
            yield from every_field(member_of(field), f"{prefix}{name}[].")


@pytest.mark.parametrize("field", list(every_field()))
def test_metadata(field):
    extra = metadata(field)
    assert field.description and "\n" not in field.description
    assert extra["unit"]
    bounds = {
        "float": ("minimum", "maximum"),
        "int": ("minimum", "maximum"),
        "text": ("maxLength", "pattern"),
        "list": ("maxItems",),
        "entries": (),
        "choice": (),
    }[extra["kind"]]
    for bound in bounds:
        assert bound in extra or f"exclusive{bound.capitalize()}" in extra
    if extra["kind"] in ("float", "int"):
        assert all(math.isfinite(extra[key]) for key in extra if key.lower().endswith("imum"))


def test_sections_say_what_they_are():
    for name, field in Scenario.model_fields.items():
        section = section_of(field)
        assert section is None or section.__doc__, name


def test_json_schema_carries_the_bounds():
    schema = Scenario.model_json_schema()
    lapse = schema["$defs"]["Humans"]["properties"]["lapse"]
    assert (lapse["minimum"], lapse["maximum"], lapse["unit"]) == (0, 1, "probability")
    blind = schema["$defs"]["Belief"]["properties"]["blind"]
    assert blind["exclusiveMaximum"] == 1 and "maximum" not in blind


NUMERIC = Scenario().numeric_paths()


@pytest.mark.parametrize("entry", NUMERIC, ids=lambda entry: entry.path)
def test_ends_of_the_bounds(entry):
    table = {"evidence.choices_table": "travel-mode", "population.agents": 1_000_000, "humans.noise": 1e4}
    table |= {"belief.assumed_noise": 1e4} if entry.path == "humans.noise" else {}  # leaves room for 0
    rest = {path: value for path, value in table.items() if path != entry.path}
    rest |= {"belief.spread": 0} if entry.path == "belief.assumed_noise" else {}
    rest |= {"population.humans": 0} if entry.path == "population.agents" else {}
    base = Scenario().with_(rest)
    step = 1 if entry.kind == "int" else 1e-9
    needs_share = entry.path == "motives.self_interest.share"
    for end, is_open, outward in ((entry.lo, entry.lo_open, -step), (entry.hi, entry.hi_open, step)):
        outside = end if is_open else end + outward * max(1.0, abs(end))
        with pytest.raises(ScenarioError, match="must be"):
            base.with_({entry.path: outside})
        inside = end - outward * max(1.0, abs(end)) if is_open or (needs_share and end == 0) else end
        assert base.with_({entry.path: inside}).get(entry.path) == inside


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, True, False, "0.5", None, [0.5], {}, 1j, b"1"])
@pytest.mark.parametrize("path", ["motives.care", "values.features", "outcome.dwell"])
def test_what_is_not_a_finite_number(path, wrong):
    with pytest.raises(ScenarioError) as error:
        Scenario().with_({path: wrong})
    assert str(error.value).startswith(path) and "must be" in str(error.value)


@pytest.mark.parametrize("number", [8.0, np.float64(8), np.float32(8), np.int16(8), Fraction(8)])
def test_whole_numbers_in_any_dress(number):
    features = Scenario().with_({"values.features": number}).values.features
    assert features == 8 and type(features) is int


@pytest.mark.parametrize("number", [1, np.float32(1), np.int64(1), Fraction(1)])
def test_numbers_become_floats(number):
    assert type(Scenario().with_({"motives.care": number}).motives.care) is float


@pytest.mark.parametrize("number", [8.5, 10**400, -(10**400), np.float64(8.5)])
def test_what_is_not_a_whole_number_in_range(number):
    with pytest.raises(ScenarioError, match=r"values\.features = .*: must be a whole number between 1 and 64"):
        Scenario().with_({"values.features": number})


@pytest.mark.parametrize(
    ("path", "word"),
    [("planning.caution", "look-elsewhere"), ("requirements.information", "all"), ("motives.mutual", "random")],
)
def test_words_in_place_of_numbers(path, word):
    assert Scenario().with_({path: word}).get(path) == word
    assert Scenario().with_({path: 0}).get(path) == 0.0
    with pytest.raises(ScenarioError, match=f'{path} = "{word}s": must be a number between .* or "{word}"'):
        Scenario().with_({path: f"{word}s"})


@pytest.mark.parametrize("path", choices())
def test_choices(path):
    for option in choices()[path]:
        assert Scenario().with_({path: option}).get(path) == option
    with pytest.raises(ScenarioError, match=rf"{path} = \"{option}x\": must be one of .*{option}.*did you mean {option}\?"):
        Scenario().with_({path: option + "x"})


@pytest.mark.parametrize("text", ["two\nlines", "\x00", "\ud800", "x" * 201, 3, None, "\u2028"])
def test_titles_are_one_line(text):
    with pytest.raises(ScenarioError) as error:
        Scenario().with_({"title": text})
    assert str(error.value).startswith("title") and "must be" in str(error.value)


def test_a_graph_is_a_kind_or_a_file():
    assert Scenario().with_({"population.graph": "friends.graphml"}).population.graph == "friends.graphml"
    with pytest.raises(ScenarioError, match=r'population.graph = "rng": must be one of .*did you mean ring\?'):
        Scenario().with_({"population.graph": "rng"})


def test_a_scenario_is_frozen_and_hashable():
    scenario = Scenario()
    with pytest.raises(ValueError, match="frozen"):
        scenario.motives.care = 0.1
    assert hash(scenario) == hash(Scenario()) and scenario == Scenario()


@given(scenarios())
@settings(deadline=None, max_examples=50)
def test_valid_scenarios_are_valid(scenario):
    assert Scenario(**scenario.model_dump()) == scenario
    for entry in scenario.numeric_paths():
        if not isinstance(entry.value, str | None):
            assert entry.lo <= entry.value <= entry.hi


@given(scenarios(runnable=True))
@settings(deadline=None, max_examples=50)
def test_runnable_scenarios_are_short(scenario):
    assert scenario.outcome.horizon <= 60 and scenario.values.features <= 6 and scenario.planning.candidates <= 32
    assert all(phase.episodes <= 20 for phase in scenario.phases) and scenario.evidence.choices == 0


@given(broken_overrides())
@settings(deadline=None, max_examples=300)
def test_broken_overrides_are_refused_in_one_line(changes):
    with pytest.raises(ScenarioError) as error:
        Scenario().with_(changes)
    text = str(error.value)
    assert len(text.splitlines()) == 1 and len(text) < 400
    typed = dict(parse_override(as_text(path, value)) for path, value in changes.items())
    with pytest.raises(ScenarioError):
        Scenario().with_(typed)


KEYS = st.sampled_from(
    [
        "name",
        "care",
        "own",
        "share",
        "shares",
        "cast",
        "changes",
        "episodes",
        "mix",
        "motives",
        "oversight.audit",
        "x",
        "",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | KEYS
NESTED = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
MEMBERS = st.lists(st.dictionaries(KEYS, NESTED, max_size=4), max_size=3)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{name: NESTED for name in ("name", "values", "motives", "corpus", "population", "x")},
            "phases": MEMBERS,
            "personas": st.fixed_dictionaries({"cast": MEMBERS}),
        },
    )
)
@settings(deadline=None, max_examples=300)
def test_any_data_is_a_scenario_or_refused_in_one_line(data):
    try:
        scenario = Scenario(**data)
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert loads(dumps(scenario)) == scenario


@given(st.data(), st.sampled_from(NUMERIC))
@settings(deadline=None)
def test_within_stays_within(data, entry):
    value = data.draw(within(entry))
    assert entry.lo < value if entry.lo_open else entry.lo <= value
    assert value < entry.hi if entry.hi_open else value <= entry.hi
