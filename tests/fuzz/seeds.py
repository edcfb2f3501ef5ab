"""What a run begins with: the project's own files, and words of their formats."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from basin import choices, datasets, requirements, scenario, sweep
from basin.scenario import Scenario
from basin.sweep import store

ROOT = Path(__file__).parents[2]
MARK = "\n=== "  # before the name of each of a store's files


def packed(folder: Path) -> bytes:
    """A folder of files as bytes."""
    found = b""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found += f"{MARK}{path.relative_to(folder)}\n".encode() + path.read_bytes()
    return found


def unpacked(content: bytes) -> dict[str, bytes]:
    """Its files by their names."""
    parts = [part.partition(b"\n") for part in content.split(MARK.encode())]
    return {name.decode("latin-1"): inside for name, _, inside in parts if name}


# ---- TOML ------------------------------------------------------------------------------------------------------------


def scenarios() -> list[bytes]:
    return [path.read_bytes() for path in sorted((Path(scenario.__file__).parent / "library").glob("*.toml"))]


def scenario_words() -> list[str]:
    return [entry.path for entry in Scenario().numeric_paths()] + [
        *JUNK_WORDS,
        "evidence",
        "[[motives.own]]",
        "population.mix",
    ]


def sweeps() -> list[bytes]:
    """Those of the project, and one that says everything in little."""
    small = """title = "t"
scenarios = ["near-aligned-llm", "value-learner"]
objections = ["none", "placebo+fast-takeoff"]
compute = "size"
replicates = 2
seed = 1
budget = 9.5
[set]
outcome.horizon = 60
[axes]
"capability.growth" = { lo = 0.001, hi = 1, n = 4, log = true }
"reflection.rule" = ["endorsement", "logit"]
pair = { "reflection.strength" = [0.1, 0.2], "training.strength" = [0.1, 0.2] }
[sobol]
n = 4
"belief.knowledge" = { lo = 0, hi = 1 }
[options]
samples = 8
[quick]
n = 2
replicates = 1
"""
    return [small.encode(), *(path.read_bytes() for path in sorted((ROOT / "sims").glob("*.toml")))]


def arguments() -> list[bytes]:
    small = """conclusion = "b"
[[steps]]
name = "a"
needs = ["f"]
[[steps]]
name = "w"
motive = true
[[steps]]
name = "b"
follows = ["a", "w"]
needs = ["g"]
[[facts]]
name = "f"
bits = 3
[[facts]]
name = "g"
bits = 0.5
"""
    return [small.encode(), *(path.read_bytes() for path in sorted(requirements.files.LIBRARY.glob("*.toml")))]


# ---- Tables ----------------------------------------------------------------------------------------------------------


@cache
def _choices() -> pd.DataFrame:
    """Ten of the recorded choices, with people."""
    table = pd.read_csv(Path(choices.__file__).parent / "data" / "travel-mode.csv", nrows=40)
    return table.assign(person=table["choice_id"] // 2)[["choice_id", "person", "option", "chosen", "gc", "ttme"]]


def _starts() -> pd.DataFrame:
    return pd.DataFrame({"motives.care": [0.1, 0.5, 0.9], "belief.knowledge": [0.2, 0.4, 1.0], "weight": [1, 2, 3]})


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def _parquet(table: pd.DataFrame, **options: object) -> bytes:
    written = io.BytesIO()
    table.to_parquet(written, **options)
    return written.getvalue()


def choices_csv() -> list[bytes]:
    return [_csv(_choices()), b"choice_id,option,chosen,x\na,1,1,0.5\na,2,0,1\nb,1,0,2\nb,2,1,-1\nc,1,1,1\nc,2,0,3\n"]


def choices_parquet() -> list[bytes]:
    return [
        _parquet(_choices(), compression=None),
        _parquet(_choices().astype({"option": "category", "gc": "Int64"}), index=True, row_group_size=9),
    ]


def starts_csv() -> list[bytes]:
    return [_csv(_starts()), _csv(_starts()[["motives.care"]])]


def starts_parquet() -> list[bytes]:
    return [_parquet(_starts(), compression=None), _parquet(_starts().astype({"weight": "Float64"}), index=True)]


# ---- Graphs of populations -------------------------------------------------------------------------------------------


def lists() -> list[bytes]:
    return [
        b"a,b\nx,y\ny,z\n",
        b"from,to,trust\nx,y,1.5\ny,z,2\nz,x,0.25\n",
        b'# people\n"Ann, E.",Bob\nBob,"C ""D"""\n',
        b"0 1 2\n1 2 0.5 # close\n2 0 1e3\n",
        b"x\ty\ny\tz\n",
    ]


def graphml() -> list[bytes]:
    keys = '<key id="t" for="edge" attr.name="trust"><default>2</default></key><key id="h" for="node" attr.name="human"/>'
    nodes = '<node id="p"><data key="h">true</data></node><node id="q"/><node id="r"/>'
    edges = '<edge source="p" target="q"><data key="t">1.5</data></edge><edge source="q" target="r"/>'
    return [
        f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}<graph edgedefault="{kind}">{nodes}{edges}</graph>'
        "</graphml>".encode()
        for kind in ("directed", "undirected")
    ]


# ---- Results ---------------------------------------------------------------------------------------------------------


def result():
    """A small result with everything that attributes say."""
    learner = Scenario()
    attributes = {
        "scenario_toml": scenario.dumps(learner)[:3000].rpartition("\n")[0], "seed": 1,
        "command": "basin map value-learner --objection placebo",
    }  # fmt: skip
    share = np.array([[0.25, 0.5], [1.0, np.nan]])
    return datasets.measured(
        "map",
        {"aligned": (("y", "x"), share, "probability", "share"), "count": (("y", "x"), share > 0.3, "runs", "runs")},
        {"x": (("x",), np.array([0.0, 1.0]), "1", "x"), "objection": (("y",), np.array(["none", "placebo"]), "name", "o")},
        attributes,
    )


@cache
def _saved(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = datasets.save(result(), Path(folder) / f"result{suffix}")
        return path.read_bytes() if suffix == ".nc" else packed(path)


def netcdf() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        classic = Path(folder) / "classic.nc"
        result().drop_vars("count").to_netcdf(classic, engine="netcdf4", format="NETCDF3_CLASSIC")
        return [_saved(".nc"), classic.read_bytes()]


def zarr() -> list[bytes]:
    return [_saved(".zarr")]


@cache
def stores() -> list[bytes]:
    text = """scenario = "near-aligned-llm"
[axes]
"motives.care" = { lo = 0.1, hi = 0.9, n = 2 }
"reflection.rule" = ["endorsement", "logit"]
"""
    with tempfile.TemporaryDirectory() as folder:
        variables = {"aligned": ((), np.zeros(4), {"units": "probability", "long_name": "share"})}
        made = store.create(Path(folder) / "s.zarr", sweep.parse(text), variables, {}, (1, 2), "basin sweep s.toml")
        made.write(0, {"aligned": ((), np.array([0.25, 0.5]), {})}, np.array([store.COMPUTED, store.FAILED], np.int8))
        made.keep_failures({1: "why"})
        return [packed(made.path)]


# ---- Write-ups and options -------------------------------------------------------------------------------------------


def texts() -> list[bytes]:
    small = b"""---
title: T
---
{{ race.both | share }} of {{ race.runs | count }} {{race.name}} {{ race.part.x | .2f }} {{ race.both | between }}

{{ figure speed }}
"""
    return [small, *(path.read_bytes() for path in sorted((ROOT / "papers").glob("*/text.md")))]


def kept_results() -> list[bytes]:
    inside = b'"both": 0.25, "both_low": 0.2, "both_high": 0.3, "name": "n", "part": {"x": 1.5}'
    return [b'{"key": "key", "seconds": 1.0, "numbers": {' + inside + b"}}", b'{"key": "key", "seconds": 1.0}']


def overrides() -> list[bytes]:
    return [b"motives.care=0.5", b"reflection.rule=logit", b"requirements.information=all", b"outcome.horizon = 5_0",
            b'motives.own=[{name="x", overlap=0.5}]', b"population.mix=[]"]  # fmt: skip


def axes() -> list[bytes]:
    return [b"motives.care=0.02:0.98", b"world.tolerance=0.1:10:log", b"motives.self_interest.overlap=-1:1"]


# ---- Words -----------------------------------------------------------------------------------------------------------

JUNK_WORDS = ["1e9", "-1", "nan", "inf", "1e400", "9223372036854775808", "true", "=", ":", ":log", "[", "]", "{",
              "}", '"', "'",
              "\\n", "\\u2028", "\N{LINE SEPARATOR}", "\x00", "\x1b[0m", ".", "é"]  # fmt: skip
SWEEP_WORDS = [*sweep.file.KEYS, *sweep.file.QUICK, *sweep.file.GRID, "motives.care", "options.samples", "none", "placebo",
               *JUNK_WORDS]  # fmt: skip
ARGUMENT_WORDS = ["conclusion", "[[steps]]", "[[facts]]", "name", "says", "follows", "needs", "motive", "bits", "format",
                  *JUNK_WORDS]  # fmt: skip
CHOICE_WORDS = ["choice_id", "option", "chosen", "person", "__index_level_0__", "Unnamed: 0", "\n", ",", ",,", *JUNK_WORDS]
START_WORDS = ["motives.care", "belief.knowledge", "weight", "planning.candidates", "\n", ",", ",,", *JUNK_WORDS]
LIST_WORDS = ["from,to", "source,target", "a,b", "trust", "weight", "#", "\t", "\n", ",", *JUNK_WORDS]
GRAPHML_WORDS = ["<node id='s'/>", "<edge source='p' target='q'>", "</edge>", "</graph>", "<graph edgedefault='directed'>",
                 "<data key='t'>", "</data>", "<key id='k'/>", "<default>", "</default>", "<!DOCTYPE x>", "&lt;", "&x;",
                 "<![CDATA[", "<!--", "<?xml version='1.0' encoding='utf-16'?>", "<port>", "<hyperedge/>", " directed='1'",
                 *JUNK_WORDS]  # fmt: skip
RESULT_WORDS = ["_FillValue", "scale_factor", "add_offset", "_Unsigned", "coordinates", "dtype", "bool", "units",
                "missing_value",
                "basin", "scenario_toml", "command", "shape", "chunks", "compressor", "filters", "fill_value", "dimensions",
                "<U9", "|O", "<f8", "|S0", "<M8[ns]", "_ARRAY_DIMENSIONS", "sweep", "numbers", "key", *JUNK_WORDS]  # fmt: skip
TEXT_WORDS = ["{{", "}}", "{{ race.both | share }}", "race.both", "whole.x", "| share", "| between", "| count",
              "| number_between",
              "| percent", "| .2f", "| 1000000000d", "| .999999f", "| c", "{{ figure x }}", "---", "\n",
              *JUNK_WORDS]  # fmt: skip
