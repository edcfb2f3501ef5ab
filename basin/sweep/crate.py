"""An RO-Crate 1.1 of a store (https://w3id.org/ro/crate/1.1): data, sweep, scenarios, pictures, and what made what."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from basin.analysis.extras import needed
from basin.sweep.portable import Portable, portable
from basin.sweep.store import COMPUTED, DONE, Store

if TYPE_CHECKING:
    import xarray as xr

METADATA = "ro-crate-metadata.json"
MARK = "#basin"  # the identifier of this software within a crate, by which crates of ours are known
LICENSE = "https://spdx.org/licenses/MIT"
FORMATS = {".nc": "application/x-netcdf", ".toml": "application/toml", ".json": "application/json", ".html": "text/html",
           ".svg": "image/svg+xml", ".csv": "text/csv", ".parquet": "application/vnd.apache.parquet"}  # fmt: skip


def library() -> Any:
    """The module that writes crates. Raises MissingError where it is not installed."""
    return needed("rocrate.rocrate", "an RO-Crate", "publish")


def crate(store: Store, scratch: Path) -> Any:
    """The crate, ready to be written; its files are in the folder `scratch` until then. Raises OSError."""
    from basin import datasets
    from basin.scenario import dumps
    from basin.sweep.export import dataset, notes, unplaced

    meant = portable(store)
    found = dataset(store, meant)
    kind = library().ROCrate
    made = kind(version="1.1") if "version" in inspect.signature(kind).parameters else kind()
    datasets.save(found, scratch / "data.nc")
    data = _added(made, scratch, "data.nc", "Results", _variables(found))
    sweep = _text(made, scratch, "sweep.toml", meant.toml, "The sweep: `basin sweep sweep.toml` computes it again")
    inputs = [sweep]
    for name, place in meant.scenarios.items():
        scenario = meant.sweep.scenarios[name]
        inputs.append(_text(made, scratch, place, dumps(scenario), f"Scenario: {scenario.title or name}"))
    for place, path in meant.files.items():
        _kept(scratch, place).write_bytes(path.read_bytes())
        inputs.append(_added(made, scratch, place, "A file that a scenario names"))
    failures = {meant.sweep.where(point): unplaced(why) for point, why in store.failures().items()}
    results = [data]
    if failures:
        text = json.dumps(failures, indent=1, ensure_ascii=False)
        results.append(_text(made, scratch, "failures.json", text, "Why points failed, by what was set at them"))
    pictures = _pictures(made, scratch, found)
    _say(made, store, meant, found, notes(store))
    _made_by(made, store, found, inputs, results, pictures)
    return made


def _text(made: Any, scratch: Path, place: str, text: str, name: str) -> Any:
    _kept(scratch, place).write_text(text, encoding="utf-8")
    return _added(made, scratch, place, name)


def _kept(scratch: Path, place: str) -> Path:
    path = scratch / place
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _added(made: Any, scratch: Path, place: str, name: str, about: dict[str, Any] | None = None) -> Any:
    path = scratch / place
    kept = {"name": name, "contentSize": str(path.stat().st_size), **(about or {})}
    if path.suffix in FORMATS:
        kept["encodingFormat"] = FORMATS[path.suffix]
    return made.add_file(path, place, properties=kept)


def _variables(found: xr.Dataset) -> dict[str, Any]:
    return {"description": f"netCDF: {', '.join(map(str, found.data_vars))}, over {', '.join(map(str, found[DONE].dims))}"}


def _pictures(made: Any, scratch: Path, found: xr.Dataset) -> list[Any]:
    """A picture as a page, and for print where a browser is found; none where nothing can be drawn."""
    from basin import figures

    try:
        figure = figures.sweep(found)
    except figures.FigureError:
        return []
    kept = []
    for path in figures.export(figure, scratch / "figures" / "sweep", ("html", "svg")):
        about = {"description": str(figure.layout.meta["caption"])}
        kept.append(_added(made, scratch, f"figures/{path.name}", "Picture of the results", about))
    return kept


def _say(made: Any, store: Store, meant: Portable, found: xr.Dataset, notes: list[str]) -> None:
    """What the crate is, in words and numbers."""
    from rocrate.model.contextentity import ContextEntity

    sweep = meant.sweep
    made.name = sweep.title or f"Sweep of {', '.join(sweep.scenarios)}"
    along = " × ".join(f"{len(one)} {one.name}" for one in sweep.dimensions) or "one point"
    done = int((store.state() == COMPUTED).sum())
    what = f"`{sweep.compute}` at {done:,} of {sweep.points:,} points: {along}."
    made.description = " ".join(part for part in (sweep.question, what, *(f"Note: {note}." for note in notes)) if part)
    made.datePublished = datetime.now(UTC).replace(microsecond=0)
    made.root_dataset["identifier"] = meant.hash
    about = {"@type": "CreativeWork", "name": "MIT License", "identifier": LICENSE}
    made.license = made.add(ContextEntity(made, LICENSE, properties=about))
    variables = []
    for name, one in found.data_vars.items():
        if name != DONE:
            about = {"@type": "PropertyValue", "name": str(name), "unitText": str(one.attrs.get("units", "1")),
                     "description": str(one.attrs.get("long_name", name))}  # fmt: skip
            variables.append(made.add(ContextEntity(made, f"#variable-{name}", properties=about)))
    made.root_dataset["variableMeasured"] = variables


def _made_by(made: Any, store: Store, found: xr.Dataset, inputs: list[Any], results: list[Any], pictures: list[Any]) -> None:
    """What made the data of what, and the pictures of the data."""
    from rocrate.model.contextentity import ContextEntity

    version, commit = str(found.attrs["basin_version"]), str(found.attrs.get("git_commit", ""))
    about = {"@type": "SoftwareApplication", "name": "basin", "version": version, "softwareVersion": version}
    software = made.add(ContextEntity(made, MARK, properties=about))
    if commit:
        kept = {"@type": "PropertyValue", "name": "git commit", "value": commit}
        software["identifier"] = made.add(ContextEntity(made, "#commit", properties=kept))
    ended = max(path.stat().st_mtime for path in store.path.rglob("*") if path.is_file())
    told = {
        "name": str(found.attrs["call"]),
        "endTime": datetime.fromtimestamp(ended, UTC).isoformat(timespec="seconds"),
    }
    made.add_action(software, "#computation", inputs, results, told)
    if pictures:
        made.add_action(software, "#drawing", results[:1], pictures, {"name": "basin figure sweep --from data.nc"})
