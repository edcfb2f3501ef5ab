"""Datasets: every variable says what it is, attributes reproduce the numbers, files are whole or not there."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

import basin
from basin import datasets
from basin.datasets import DataError
from basin.engine.layout import HISTORY, RECORD
from basin.labels import NAMES

SHORT = {"outcome.horizon": 40, "values.features": 3}
LARGE_SEED = 2**64 - 1


@pytest.fixture(scope="module")
def scenario():
    return basin.load("value-learner").with_(SHORT)


@pytest.fixture(scope="module")
def results(scenario):
    learned = basin.learn("travel-mode", draws=20, starts=[(0.0, 1.0, 1.0), (1.0, 2.0, 3.0)])
    return {
        "runs": basin.run(scenario, runs=5, seed=LARGE_SEED),
        "trajectory": basin.trajectory(scenario, runs=3, seed=1),
        "map": basin.map(scenario, y=("belief.spread", 0.1, 10, "log"), n=4, runs=2, seed=2),
        "learned": datasets.learned(learned.as_dict()),
    }


KINDS = pytest.mark.parametrize("kind", ["runs", "trajectory", "map", "learned"])


@KINDS
def test_every_variable_says_what_it_is(results, kind):
    assert results[kind].attrs[datasets.KIND] == kind
    for name, variable in results[kind].variables.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name


def test_the_schema_keeps_what_the_engine_records():
    assert set(RECORD) - {"audited"} == set(datasets.RUN_VARIABLES)
    assert {*HISTORY, "share"} == set(datasets.EPISODE_VARIABLES)


def test_dimensions(results):
    assert dict(results["runs"].sizes) == {"run": 5}
    assert dict(results["trajectory"].sizes) == {"run": 3, "episode": 41, "motive": 2}
    assert dict(results["map"].sizes) == {"y": 4, "x": 4, "outcome": 6}
    assert list(results["trajectory"]["motive"].values) == ["care", "self_interest"]


def test_labels_name_their_codes(results):
    about = results["runs"]["label"].attrs
    assert dict(zip(about["flag_values"], about["flag_meanings"].split(), strict=True)) == NAMES
    assert results["runs"]["motive"].attrs["flag_meanings"] == "none self_interest"


def test_without_own_motives_none_is_the_largest(scenario):
    selfless = scenario.with_({"motives.own": [], "motives.care": 1.0})
    assert (basin.run(selfless, runs=2)["motive"] == 0).all()


@pytest.mark.parametrize("kind", ["runs", "trajectory", "map"])
def test_attributes_reproduce_the_numbers(results, kind, tmp_path):
    datasets.save(results[kind], tmp_path / "kept.nc")
    kept = datasets.open(tmp_path / "kept.nc")
    again = eval(kept.attrs["call"], {"basin": basin, "scenario": basin.scenario.loads(kept.attrs["scenario_toml"])})
    xr.testing.assert_identical(again, kept)


def test_attributes_say_what_computed_it(results, scenario):
    import numba

    about = results["runs"].attrs
    assert about["scenario_hash"] == basin.scenario.scenario_hash(scenario)
    assert about["basin_version"] == basin.__version__
    assert about["numba_version"] == numba.__version__
    assert about["cpu"] and about["runs"] == 5 and int(about["seed"]) == LARGE_SEED


@KINDS
@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_what_is_kept_comes_back(results, kind, suffix, tmp_path):
    path = datasets.save(results[kind], tmp_path / f"kept{suffix}")
    xr.testing.assert_identical(datasets.open(path), results[kind])
    assert [entry.name for entry in tmp_path.iterdir()] == [f"kept{suffix}"]


def test_a_store_opens_at_its_root(results, tmp_path):
    datasets.save(results["map"], tmp_path / "map.zarr")
    np.testing.assert_array_equal(xr.open_zarr(tmp_path / "map.zarr")["count"], results["map"]["count"])


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_result_of_ours_is_replaced(results, suffix, tmp_path):
    path = tmp_path / f"kept{suffix}"
    datasets.save(results["map"], path)
    datasets.save(results["runs"], path)
    xr.testing.assert_identical(datasets.open(path), results["runs"])
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_link_is_followed(results, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "here.nc").symlink_to(tmp_path / "disk" / "there.nc")
    datasets.save(results["runs"], tmp_path / "here.nc")
    assert (tmp_path / "here.nc").is_symlink()
    xr.testing.assert_identical(datasets.open(tmp_path / "disk" / "there.nc"), results["runs"])


def foreign(tmp_path):
    """Files that are not ours, under names that results could have."""
    (tmp_path / "text.nc").write_text("my notes")
    (tmp_path / "folder.nc").mkdir()
    (tmp_path / "photos.zarr").mkdir()
    (tmp_path / "photos.zarr" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "file.zarr").write_text("my notes")
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(tmp_path / "other.nc")
    xr.Dataset({"a": ("x", [1.0])}).to_zarr(tmp_path / "other.zarr", zarr_format=2)
    return ("text.nc", "folder.nc", "photos.zarr", "file.zarr", "other.nc", "other.zarr")


def test_what_is_not_ours_is_left_alone(results, tmp_path):
    for name in foreign(tmp_path):
        with pytest.raises(DataError, match="no result of basin's"):
            datasets.save(results["runs"], tmp_path / name)
        with pytest.raises(DataError, match="no result of basin's"):
            datasets.open(tmp_path / name)
    assert (tmp_path / "text.nc").read_text() == "my notes"
    assert (tmp_path / "photos.zarr" / "cat.jpg").read_bytes() == b"cat"
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize(
    ("name", "says"),
    [("result.csv", ".nc"), ("result", ".nc"), ("nowhere/result.nc", "no folder"), ("a\0.nc", "not the name"), ("", ".nc")],
)
def test_names_that_no_result_can_have(results, name, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=says) as error:
        datasets.save(results["runs"], name)
    assert "\n" not in str(error.value) and str(error.value).isprintable()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to(results, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # as it is for everyone but the superuser
    with pytest.raises(DataError, match="cannot be written to"):
        datasets.check_target(tmp_path / "result.nc")


def failing(error):
    """A write that puts half a file on the disk and then fails."""

    def write(self, path, **options):
        if str(path).endswith(".zarr"):
            os.mkdir(path)
            path = os.path.join(path, "half")
        with open(path, "w") as file:
            file.write("half")
        raise error

    return write


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (OSError(errno.EROFS, "Read-only file system"), "Read-only"),
        (RuntimeError("NetCDF: HDF error"), "HDF error"),
    ],
)
def test_a_failing_write_leaves_the_old_result(results, suffix, error, says, tmp_path, monkeypatch):
    path = datasets.save(results["runs"], tmp_path / f"kept{suffix}")
    monkeypatch.setattr(xr.Dataset, "to_netcdf" if suffix == ".nc" else "to_zarr", failing(error))
    with pytest.raises(DataError, match=says):
        datasets.save(results["map"], path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    xr.testing.assert_identical(datasets.open(path), results["runs"])


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_an_interrupted_write_leaves_the_old_result(results, suffix, tmp_path, monkeypatch):
    path = datasets.save(results["runs"], tmp_path / f"kept{suffix}")
    monkeypatch.setattr(xr.Dataset, "to_netcdf" if suffix == ".nc" else "to_zarr", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        datasets.save(results["map"], path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    xr.testing.assert_identical(datasets.open(path), results["runs"])


def test_a_store_that_cannot_be_put_in_place_leaves_the_old_one(results, tmp_path, monkeypatch):
    path = datasets.save(results["runs"], tmp_path / "kept.zarr")
    replace = os.replace

    def fail_on_the_new_one(source, target):
        if ".part" in str(source):
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_on_the_new_one)
    with pytest.raises(DataError, match="Input/output"):
        datasets.save(results["map"], path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.zarr"]
    xr.testing.assert_identical(datasets.open(path), results["runs"])


def test_a_file_that_grows_beyond_what_is_allowed(tmp_path):
    """A real failing write: the process may not write files of more than 8 KiB."""
    script = f"""
import resource, signal
import basin
from basin import datasets
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = r"{tmp_path / "kept.nc"}"
runs = basin.run(basin.load("value-learner").with_({{"outcome.horizon": 2}}), runs=2000)
datasets.save(runs.isel(run=slice(0, 2)), path)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    datasets.save(runs, path)
except datasets.DataError as error:
    print(error)
print(datasets.open(path).sizes["run"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    said, runs = done.stdout.splitlines()
    assert "cannot be written" in said and runs == "2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.nc"]


def test_there_is_nothing_to_open(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        datasets.open(tmp_path / "missing.nc")
