"""Greene's travellers: the bundled file is statsmodels' dataset, and its fit is the published one."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import modechoice

from basin.choices import maximum_likelihood, names, read, standardise
from basin.choices.table import BUNDLED


def travel_mode() -> pd.DataFrame:
    """How the bundled file was made: choices among four modes, with constants for all but the car and income × air."""
    raw = modechoice.load_pandas().data.astype(int)
    table = pd.DataFrame({"choice_id": raw["individual"]})
    table["option"] = raw["mode"].map({1: "air", 2: "train", 3: "bus", 4: "car"})
    table["chosen"] = raw["choice"]
    for mode in ("air", "train", "bus"):
        table[mode] = (table["option"] == mode).astype(int)
    table["gc"] = raw["gc"]
    table["ttme"] = raw["ttme"]
    table["hinc_air"] = raw["hinc"] * table["air"]
    return table


def test_bundled_file_is_the_dataset_of_statsmodels():
    assert modechoice.COPYRIGHT == "This is public domain."
    assert travel_mode().to_csv(index=False, lineterminator="\n").encode() == (BUNDLED / "travel-mode.csv").read_bytes()


def test_shape():
    table = read("travel-mode")
    assert "travel-mode" in names()
    assert (table.choices, table.people, table.values.shape) == (210, 210, (840, 6))
    assert table.features == ("air", "train", "bus", "gc", "ttme", "hinc_air")
    assert table.options == ("air", "train", "bus", "car")
    taken = np.bincount(table.option[table.offsets[:-1] + table.chosen])
    assert taken.tolist() == [58, 63, 30, 59]  # Greene, Econometric Analysis, travel mode data


def test_published_fit():
    """Greene, Econometric Analysis: the conditional logit of the travel mode data, to the digits printed there."""
    estimate = maximum_likelihood(read("travel-mode"))
    assert estimate.values == pytest.approx([5.2074, 3.8690, 3.1632, -0.0155, -0.0961, 0.01329], abs=5e-5)
    assert estimate.values[5] == pytest.approx(0.01329, abs=5e-6)
    assert estimate.standard_errors == pytest.approx([0.7791, 0.4431, 0.4503, 0.00441, 0.01044, 0.01026], abs=5e-5)
    assert estimate.standard_errors[3:] == pytest.approx([0.00441, 0.01044, 0.01026], abs=5e-6)
    assert estimate.log_likelihood == pytest.approx(-199.1284, abs=5e-5)


def test_standardised():
    table = read("travel-mode")
    standard = standardise(table)
    assert np.linalg.norm(standard.theta) == pytest.approx(1, abs=1e-15)
    assert standard.options.mean(axis=0) == pytest.approx(np.zeros(6), abs=1e-13)
    assert standard.options.std(axis=0) == pytest.approx(np.ones(6), rel=1e-13)
    assert standard.options * standard.scale + standard.centre == pytest.approx(table.values, abs=1e-11)
    assert standard.to_units(standard.theta) == pytest.approx(maximum_likelihood(table).values, rel=1e-12)


def test_importing_is_quick():
    """Heavy libraries load when a table is read, not when the package is imported."""
    program = "import sys, basin.choices; print(*{'pandas', 'pyarrow', 'scipy', 'statsmodels'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == []
