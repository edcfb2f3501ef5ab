"""Dotted paths: read, set, list, and what is said when one does not exist."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.scenario import NumericPath, Scenario, ScenarioError, parse_override
from tests.strategies import scenarios

RICH = Scenario().with_(
    {
        "phases": [{"name": "train", "episodes": 10}, {"name": "deploy", "oversight": {"audit": 0.2}}],
        "personas.cast": [
            {"name": "assistant", "care": 0.9, "self_interest": 0.1},
            {"name": "Villain-2", "self_interest": 1},
        ],
        "population.mix": [{"scenario": "value-learner", "share": 0.3}, {"scenario": "./my.toml", "share": 0.1}],
    }
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("values.features", 8),
        ("values.evolved.culture", 0.3),
        ("belief.assumed_noise", None),
        ("motives.care", 0.5),
        ("motives.self_interest.overlap", 0.2),
        ("motives.own.self_interest.overlap", 0.2),
        ("phases.train.episodes", 10),
        ("phases.deploy.oversight.audit", 0.2),
        ("personas.assistant.weight", 1.0),
        ("personas.cast.assistant.care", 0.9),
        ("personas.Villain-2.self_interest", 1),
        ("population.value-learner.share", 0.3),
        ("population.mix.value-learner.share", 0.3),
        ("population../my.toml.share", 0.1),
        ("corpus.relevance", 764.0),  # absent, so its default
        ("corpus", None),
        ("title", "An approximately aligned assistant"),
        ("planning", {"candidates": 8, "caution": 0.0}),
    ],
)
def test_get(path, value):
    assert RICH.get(path) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("motives.self_interest.overlap", 0.7),
        ("motives.own.self_interest.overlap", 0.7),
        ("values.extrapolated.trust_bound", 2.5),
        ("phases.deploy.episodes", 7),
        ("phases.deploy.oversight.audit", 0.6),
        ("phases.train.gate.ask_cost", 0.6),
        ("personas.Villain-2.care", 0.25),
        ("population.value-learner.share", 0.5),
        ("corpus.ai_good", 0.01),
        ("belief.assumed_noise", 0.25),
    ],
)
def test_with_sets_one_path_and_nothing_else(path, value):
    before = RICH.model_dump()
    changed = RICH.with_({path: value})
    assert changed.get(path) == value
    assert RICH.model_dump() == before
    assert changed != RICH
    others = [entry.path for entry in RICH.numeric_paths() if entry.path not in (path, path.replace("own.", ""))]
    assert [changed.get(other) for other in others] == [RICH.get(other) for other in others]


def test_with_renames_a_motive():
    greedy = Scenario().with_({"motives.self_interest.name": "greed"})
    assert greedy.get("motives.greed.overlap") == 0.2
    with pytest.raises(ScenarioError, match="unknown path"):
        greedy.get("motives.self_interest.overlap")


def test_with_validates_once_all_paths_are_set():
    both = {"planning.candidates": 1000, "planning.caution": 0}
    assert Scenario().with_({"planning.caution": 1}).with_(both).planning.candidates == 1000


def test_with_resolves_paths_in_what_it_has_already_set():
    changes = {"motives.own": [{"name": "praise", "kind": "approval"}], "motives.praise.share": 0.5}
    assert Scenario().with_(changes).motives.own[0].share == 0.5


def test_with_takes_members_of_another_scenario():
    other = Scenario().with_({"motives.own": [{"name": "greed"}, {"name": "fame"}]})
    assert Scenario().with_({"motives.own": other.motives.own}).motives == other.motives


def test_with_nothing_is_the_same():
    assert RICH.with_({}) == RICH


def test_a_corpus_comes_and_goes():
    assert Scenario().corpus is None
    corpus = Scenario().with_({"corpus.ai_good": 0.01}).corpus
    assert corpus is not None and (corpus.human, corpus.ai_good) == (1.0, 0.01)
    assert Scenario(corpus=corpus).with_({"corpus": None}) == Scenario()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("motives.cares", "motives.cares = 0.5: unknown path; did you mean motives.care?"),
        ("motive.care", "motive.care = 0.5: unknown path; did you mean motives.care?"),
        ("care", "care = 0.5: unknown path; did you mean motives.care?"),
        ("horizon", "horizon = 0.5: unknown path; did you mean outcome.horizon?"),
        (
            "motives.selfinterest.overlap",
            "motives.selfinterest.overlap = 0.5: unknown path; did you mean motives.self_interest.overlap?",
        ),
        (
            "motives.own.self_interest.overlp",
            "motives.own.self_interest.overlp = 0.5: unknown path; did you mean motives.self_interest.overlap?",
        ),
        ("phases.deploy.episode", "phases.deploy.episode = 0.5: a phase cannot change this"),
        (
            "personas.assistant.cares",
            "personas.assistant.cares = 0.5: unknown path; did you mean personas.assistant.care?",
        ),
        ("motives.care.x", "motives.care.x = 0.5: unknown path; did you mean motives.care?"),
        ("motives..care", "motives..care = 0.5: unknown path; did you mean motives.care?"),
        ("deploy.episodes", "deploy.episodes = 0.5: unknown path; did you mean phases.deploy.episodes?"),
        ("motives", "motives is a section: set one of its paths, such as motives.care"),
        ("values.evolved", "values.evolved is a section: set one of its paths, such as values.evolved.culture"),
        ("corpus", "corpus is a section: set one of its paths, such as corpus.human"),
        ("motives.own", "motives.own = 0.5: must be a list"),
    ],
)
def test_paths_that_cannot_be_set(path, text):
    with pytest.raises(ScenarioError) as error:
        RICH.with_({path: 0.5})
    assert str(error.value) == text


@pytest.mark.parametrize("path", ["", ".", "x\ny", "\ud800", "x" * 100_000, "motives.", ".care", "é"])
def test_strange_paths_get_one_short_printable_line(path):
    for call in (lambda: RICH.with_({path: 1}), lambda: RICH.get(path), lambda: RICH.numeric_path(path)):
        with pytest.raises(ScenarioError) as error:
            call()
        text = str(error.value)
        assert len(text.splitlines()) == 1 and len(text) < 300
        text.encode()


def test_unknown_fields_in_data_name_the_nearest():
    for data, text in [
        ({"motives": {"cares": 0.5}}, "motives.cares = 0.5: unknown path; did you mean motives.care?"),
        ({"motive": {"care": 0.5}}, "motive: unknown path; did you mean motives?"),
        (
            {"motives": {"own": [{"name": "greed", "overlp": 1}]}},
            "motives.greed.overlp = 1: unknown path; did you mean motives.greed.overlap?",
        ),
        ({"corpus": {"humn": 1}}, "corpus.humn = 1: unknown path; did you mean corpus.human?"),
        ({"humans": 5}, "humans = 5: must be a table of settings"),
    ]:
        for make in (Scenario.model_validate, lambda given: Scenario(**given)):
            with pytest.raises(ScenarioError) as error:
                make(data)
            assert str(error.value) == text


class TestNumericPaths:
    def test_one_entry(self):
        entry = RICH.with_({"motives.care": 0.25}).numeric_path("motives.care")
        description = "p₀, share of the motive that wants what humans value"
        assert entry == NumericPath("motives.care", "float", 0.0, 1.0, False, False, "share", description, 0.5, 0.25)
        assert RICH.numeric_path("belief.blind").hi_open and RICH.numeric_path("capability.start").lo_open

    def test_order_and_names(self):
        paths = [entry.path for entry in RICH.numeric_paths()]
        assert paths[:3] == ["values.features", "values.people", "values.drift"]
        assert len(set(paths)) == len(paths)
        assert paths.index("motives.noise") < paths.index("motives.self_interest.overlap") < paths.index("planning.candidates")
        for path in (
            "phases.deploy.episodes",
            "phases.deploy.oversight.audit",
            "personas.assistant.care",
            "corpus.human",
        ):
            assert path in paths
        assert not {"format", "name", "evidence.design", "humans.bias_direction"} & set(paths)

    def test_words_and_absence(self):
        assert RICH.numeric_path("motives.mutual").value == "random"
        assert RICH.numeric_path("belief.assumed_noise").value is None
        assert RICH.with_({"planning.caution": 2}).numeric_path("planning.caution").value == 2.0

    def test_entries_of_phases_and_personas(self):
        audit = RICH.numeric_path("phases.deploy.oversight.audit")
        assert (audit.hi, audit.value, audit.default, audit.unit) == (1.0, 0.2, 0.1, "probability")
        care = RICH.numeric_path("personas.assistant.care")
        assert (care.lo, care.hi, care.value, care.default) == (0.0, 1e6, 0.9, None)

    def test_long_form(self):
        assert RICH.numeric_path("motives.own.self_interest.overlap") == RICH.numeric_path("motives.self_interest.overlap")

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("evidence.design", "evidence.design is not a number; the nearest that is: evidence.choices"),
            ("motives.cares", "motives.cares: unknown path; did you mean motives.care?"),
            ("motives", "motives is not a number; the nearest that is: motives.care"),
        ],
    )
    def test_not_numbers(self, path, text):
        with pytest.raises(ScenarioError) as error:
            RICH.numeric_path(path)
        assert str(error.value) == text

    @given(scenarios())
    @settings(deadline=None, max_examples=30)
    def test_every_listed_path_can_be_read_and_set(self, scenario):
        for entry in scenario.numeric_paths():
            value = scenario.get(entry.path)
            assert value == entry.value
            assert type(value) in ({int, float} if entry.kind == "float" else {int}) or isinstance(value, str | None)
        everything = {entry.path: entry.value for entry in scenario.numeric_paths() if entry.value is not None}
        if scenario.corpus is None:
            everything = {path: value for path, value in everything.items() if not path.startswith("corpus.")}
        assert scenario.with_(everything) == scenario


class TestParseOverride:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("motives.care=0.5", ("motives.care", 0.5)),
            (" motives.care = 5e-1 ", ("motives.care", 0.5)),
            ("motives.care=.5", ("motives.care", 0.5)),
            ("motives.care=-.5e1", ("motives.care", -5.0)),
            ("values.features=8", ("values.features", 8)),
            ("values.features=8.", ("values.features", 8.0)),
            ("planning.candidates=1_000", ("planning.candidates", 1000)),
            ("reflection.rule=logit", ("reflection.rule", "logit")),
            ('reflection.rule="logit"', ("reflection.rule", "logit")),
            ("planning.caution=look-elsewhere", ("planning.caution", "look-elsewhere")),
            ("evidence.choices_table=data/my choices.csv", ("evidence.choices_table", "data/my choices.csv")),
            ("title=a=b", ("title", "a=b")),
            ("title=", ("title", "")),
            ("title=2024-01-01", ("title", "2024-01-01")),
            ("title=[unfinished", ("title", "[unfinished")),
            ("title=1\ncare = 2", ("title", "1\ncare = 2")),
            ("title=" + "[" * 5000, ("title", "[" * 5000)),
            ("motives.care=true", ("motives.care", True)),
            ("motives.care=7 # days", ("motives.care", 7)),
            ('motives.own=[{name="a"}]', ("motives.own", [{"name": "a"}])),
        ],
    )
    def test_values(self, text, expected):
        path, value = parse_override(text)
        assert (path, value) == expected and type(value) is type(expected[1])

    @pytest.mark.parametrize("text", ["motives.care", "=0.5", "", "   = 1"])
    def test_not_an_override(self, text):
        with pytest.raises(ScenarioError, match="write PATH=VALUE, as in "):
            parse_override(text)

    @given(st.text())
    @settings(deadline=None)
    def test_any_text_is_parsed_or_refused_in_one_line(self, text):
        try:
            path, value = parse_override(text)
            Scenario().with_({path: value})
        except ScenarioError as error:
            assert len(str(error).splitlines()) == 1
