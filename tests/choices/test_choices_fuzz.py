"""Whatever stands in a file: a finite estimate, or one clear line."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from choice_tables import frame, luce
from hypothesis import given, settings
from hypothesis import strategies as st

from basin.choices import ChoiceError, maximum_likelihood, read, standardise

JUNK = [
    "",
    "NaN",
    "inf",
    "-inf",
    "abc",
    "1e300",
    "-1e-300",
    "1e40",
    "0",
    "1",
    "2",
    "0.5",
    "é",
    "1,2",
    '"',
    "\0",
    "None",
]


def complaint(path: Path) -> str | None:
    """The one line about a file that gives no estimate; None after checking the estimate of one that does."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            table = read(path)
            estimate = maximum_likelihood(table)
            standard = standardise(table, estimate)
        except ChoiceError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error) and len(str(error)) < 1000
            return str(error)
    for numbers in (estimate.values, estimate.standard_errors, estimate.covariance, standard.theta, standard.options):
        assert np.isfinite(numbers).all()
    assert (estimate.standard_errors > 0).all()
    assert -np.inf < estimate.log_likelihood <= 0
    assert np.isclose(np.linalg.norm(standard.theta), 1) and np.isfinite(standard.rationality)
    return None


@st.composite
def mangled(draw) -> pd.DataFrame:
    """A table of choices after up to three accidents; often none of them matters."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=25))
    features = draw(st.integers(1, 4))
    values = np.array(draw(st.lists(st.floats(-3, 3), min_size=features, max_size=features)))
    rows = frame(luce(sizes, values, draw(st.integers(0, 1000)))).astype(object)
    for _ in range(draw(st.integers(0, 3))):
        accident = draw(st.sampled_from(["cell", "row", "scale", "round", "copy", "drop", "shuffle", "rename"]))
        column = draw(st.sampled_from([*rows.columns]))
        row = draw(st.integers(0, len(rows) - 1))
        numeric = [name for name in rows.columns if str(name).startswith("x")]
        if accident == "cell":
            rows.iloc[row, rows.columns.get_loc(column)] = draw(st.sampled_from(JUNK))
        elif accident == "row" and len(rows) > 1:
            rows = rows.drop(index=rows.index[row])
        elif accident in ("scale", "round") and column in numeric:
            numbers = pd.to_numeric(rows[column], errors="coerce")
            power = draw(st.integers(-120, 120))
            numbers = numbers * 10.0**power if accident == "scale" else numbers.round(draw(st.integers(0, 1)))
            rows[column] = numbers.astype(object)
        elif accident == "copy" and numeric:
            rows[f"{column} again"] = rows[column]
        elif accident == "drop" and len(rows.columns) > 1:
            rows = rows.drop(columns=column)
        elif accident == "shuffle":
            rows = rows.sample(frac=1, random_state=row)
        elif accident == "rename":
            rows = rows.rename(columns={column: draw(st.sampled_from(["", "person", "chosen", "y"]))})
            rows = rows.loc[:, ~rows.columns.duplicated()]
    return rows


@settings(max_examples=300, deadline=None)
@given(mangled(), st.sampled_from([".csv", ".parquet"]))
def test_mangled_tables(rows, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"choices{suffix}"
        if suffix == ".csv":
            rows.to_csv(path, index=False)
        else:
            rows.astype(str).to_parquet(path)
        complaint(path)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".parquet"]), st.booleans())
def test_arbitrary_bytes(content, suffix, header):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"choices{suffix}"
        path.write_bytes((b"choice_id,option,chosen,x\n" if header else b"") + content)
        assert complaint(path)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_small_tables_of_small_numbers(data):
    """Ties, constants, collinearity and separation in every combination, where no random draw would find them."""
    features = data.draw(st.integers(1, 3))
    lines = []
    for choice in range(data.draw(st.integers(2, 8))):
        options = data.draw(st.integers(2, 3))
        taken = data.draw(st.integers(0, options - 1))
        for option in range(options):
            numbers = data.draw(st.lists(st.integers(-1, 1), min_size=features, max_size=features))
            lines.append([choice, option, int(option == taken), *numbers])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "choices.csv"
        columns = ["choice_id", "option", "chosen", *(f"x{j}" for j in range(features))]
        pd.DataFrame(lines, columns=columns).to_csv(path, index=False)
        assert "no clear maximum" not in (complaint(path) or "")
