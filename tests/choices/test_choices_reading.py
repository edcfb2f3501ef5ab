"""Reading tables of choices: what a good file may look like, and the one line that every bad file gets."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from choice_tables import frame, luce, read_frame

from basin.choices import ChoiceError, columns, maximum_likelihood, names, read


def good() -> pd.DataFrame:
    """Twenty choices, numbered from 0, among three options with two features."""
    rows = frame(luce([3] * 20, np.array([0.8, -0.5]), seed=11))
    return rows.rename(columns={"x0": "cost", "x1": "minutes"})


def refusal(folder, rows=None, *, text=None, name="choices.csv") -> str:
    """The message for a table or a text, without the folder of the file it begins with."""
    path = folder / name
    if rows is not None:
        rows.to_csv(path, index=False)
    elif text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ChoiceError) as caught:
        maximum_likelihood(read(path))
    message = str(caught.value)
    assert "\n" not in message and message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


# Good files


def test_a_small_table_in_full(tmp_path):
    path = tmp_path / "lunch.csv"
    path.write_text(
        "choice_id,price,option,person,chosen,hot\n"
        "b, 3.5 ,soup,ann,1,1\n"
        "a,4,salad,bob,0,0\n"
        "b,2,None,ann,0,0\n"
        "\n"
        "a,3,soup,bob,1,1\n"
        'a,1e0,"bread, dark",bob,0,1\n'
        "c,7,soup,ann,0,1\n"
        "c,6,salad,ann,1,0\n"
    )
    table = read(str(path))
    assert table.name == str(path)
    assert table.features == ("price", "hot")
    assert table.values.tolist() == [[3.5, 1], [2, 0], [4, 0], [3, 1], [1, 1], [7, 1], [6, 0]]
    assert table.offsets.tolist() == [0, 2, 5, 7]
    assert table.chosen.tolist() == [0, 1, 1]
    assert [table.options[o] for o in table.option] == ["soup", "None", "salad", "soup", "bread, dark", "soup", "salad"]
    assert table.options == ("soup", "salad", "None", "bread, dark")
    assert (table.choices, table.people) == (3, 2)
    assert (table.values.dtype, table.offsets.dtype, table.chosen.dtype) == (np.float64, np.int64, np.int64)


def test_people_are_counted_or_else_choices(tmp_path):
    assert read_frame(good(), tmp_path).people == 20
    rows = good().assign(person=lambda r: r["choice_id"] // 5)
    assert read_frame(rows, tmp_path).people == 4


def test_csv_and_parquet_are_equal(tmp_path):
    rows = good().assign(person=lambda r: r["choice_id"] // 5)
    rows.to_csv(tmp_path / "choices.csv", index=False)
    rows.to_parquet(tmp_path / "choices.PARQUET")
    csv, parquet = read(tmp_path / "choices.csv"), read(tmp_path / "choices.PARQUET")
    for name in ("values", "offsets", "chosen", "option"):
        assert getattr(csv, name).tolist() == getattr(parquet, name).tolist()
    assert (csv.features, csv.options, csv.people) == (parquet.features, parquet.options, parquet.people)
    assert maximum_likelihood(csv).values.tolist() == maximum_likelihood(parquet).values.tolist()


def test_parquet_types_are_understood(tmp_path):
    """Categories, booleans, decimals, large strings and numbers kept as text say the same as plain ones."""
    rows = good()
    plain = read_frame(rows, tmp_path)
    table = pa.table(
        {
            "choice_id": rows["choice_id"].astype(float),
            "option": rows["option"].astype("category"),
            "chosen": rows["chosen"].astype(bool),
            "cost": pa.array(rows["cost"]),
            "minutes": pa.array([str(x) for x in rows["minutes"]], pa.large_string()),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "typed.parquet")
    typed = read(tmp_path / "typed.parquet")
    assert typed.values.tolist() == plain.values.tolist()
    assert (typed.chosen.tolist(), typed.options) == (plain.chosen.tolist(), plain.options)


def test_row_labels_in_parquet_are_no_feature(tmp_path):
    """As pandas stores them when the rows have been reordered."""
    rows = good()
    rows.sample(frac=1, random_state=0).to_parquet(tmp_path / "shuffled.parquet")
    shuffled = read(tmp_path / "shuffled.parquet")
    assert shuffled.features == ("cost", "minutes")
    assert sorted(shuffled.values.tolist()) == sorted(read_frame(rows, tmp_path).values.tolist())


def test_spaces_byte_order_mark_and_line_ends_do_not_matter(tmp_path):
    text = good().to_csv(index=False)
    plain = read_frame(good(), tmp_path)
    (tmp_path / "loose.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(",", " , ").replace("\n", "\r\n").encode() + b"\r\n")
    loose = read(tmp_path / "loose.csv")
    assert (loose.features, loose.options) == (plain.features, plain.options)
    assert loose.values.tolist() == plain.values.tolist()


def test_identifiers_are_names_not_numbers(tmp_path):
    rows = good().astype({"choice_id": str})
    rows["choice_id"] = rows["choice_id"].replace({"1": "007", "2": "7", "7": "seven"})
    assert read_frame(rows, tmp_path).choices == 20


def test_a_bundled_name_is_no_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [read(name).name for name in names()] == list(names())


# Bad files


def test_files_that_cannot_be_read(tmp_path):
    assert refusal(tmp_path, name="nowhere.csv") == "no such file"
    (tmp_path / "folder.csv").mkdir()
    assert refusal(tmp_path, name="folder.csv") == "is not a file"
    assert refusal(tmp_path, text="", name="empty.csv") == "the file is empty"
    assert refusal(tmp_path, text="a", name="table.xlsx") == "a table of choices ends in .csv or .parquet"
    assert refusal(tmp_path, text="a", name="table") == "a table of choices ends in .csv or .parquet"
    assert refusal(tmp_path, text="not parquet", name="a.parquet").startswith("cannot be read as PARQUET: ")
    assert refusal(tmp_path, text="\n\n").startswith("cannot be read as CSV: ")
    assert refusal(tmp_path, text="choice_id,option,chosen,x\n1,a,0,2\n1,b,1\n").startswith("cannot be read as CSV: ")
    assert refusal(tmp_path, text="choice_id,option,chosen,x\n1,a,0,2,9\n").startswith("cannot be read as CSV: ")
    assert refusal(tmp_path, text=b"choice_id,option,chosen,x\n1,\xe9,0,2\n").startswith("cannot be read as CSV: ")
    assert refusal(tmp_path, text="choice_id,option,chosen,x\n") == "has a header but no rows"
    assert refusal(tmp_path, name="x" * 300 + ".csv").startswith("cannot be read as CSV: ")


def test_a_name_that_is_neither_bundled_nor_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = "travel-mod: neither a bundled table (the nearest is 'travel-mode') nor a file"
    with pytest.raises(ChoiceError, match=f"^{re.escape(expected)}$"):
        read("travel-mod")
    with pytest.raises(ChoiceError, match=r"^'': a table of choices ends in .csv or .parquet$"):
        read("")
    with pytest.raises(ChoiceError, match=r"^'a\\nb.csv': no such file$"):
        read("a\nb.csv")
    with pytest.raises(ChoiceError, match=r"^'\\x00.csv': no such file$"):
        read("\0.csv")


def test_files_that_are_too_large(tmp_path, monkeypatch):
    with (tmp_path / "sparse.csv").open("wb") as file:
        file.truncate(columns.MAX_BYTES + 2**20)
    assert refusal(tmp_path, name="sparse.csv") == "257 MB, at most 256 MB are read"
    monkeypatch.setattr(columns, "MAX_CELLS", 100)
    assert refusal(tmp_path, good()) == "60 rows of 5 columns, at most 100 values are read"
    good().to_parquet(tmp_path / "large.parquet")
    assert refusal(tmp_path, name="large.parquet") == "60 rows of 5 columns, at most 100 values are read"


def test_columns_that_are_not_there(tmp_path):
    rows = good()
    message = "column 'chosen' is missing (the nearest is 'choosen')"
    assert refusal(tmp_path, rows.rename(columns={"chosen": "choosen"})) == message
    message = "column 'choice_id' is missing (the nearest is 'Choice_ID')"
    assert refusal(tmp_path, rows.rename(columns={"choice_id": "Choice_ID"})) == message
    message = "column 'option' is missing (it has 'choice_id', 'chosen', 'cost' and 'minutes')"
    assert refusal(tmp_path, rows.drop(columns="option")) == message
    message = "no features (every column but choice_id, option, chosen and person is one)"
    assert refusal(tmp_path, rows.drop(columns=["cost", "minutes"])) == message
    message = "column 1 has no name (row labels? save the table without them)"
    assert refusal(tmp_path, text=rows.to_csv()) == message
    rows.to_csv(tmp_path / "labelled.csv")
    assert refusal(tmp_path, pd.read_csv(tmp_path / "labelled.csv")) == message
    assert refusal(tmp_path, rows.rename(columns={"cost": "minutes"})) == "column 'minutes' appears twice"
    wide = rows.assign(**{f"x{j}": 0 for j in range(63)})
    assert refusal(tmp_path, wide) == "65 features, at most 64 are allowed"


def cell(column: str, row: int, value: object) -> pd.DataFrame:
    rows = good().astype({column: object})
    rows.loc[row, column] = value
    return rows


@pytest.mark.parametrize(
    "rows, message",
    [
        (cell("choice_id", 4, None), "column 'choice_id': a value is missing in row 5"),
        (cell("option", 0, " "), "column 'option': a value is missing in row 1"),
        (cell("chosen", 59, None), "column 'chosen': a value is missing in row 60"),
        (cell("cost", [3, 5, 6], None), "column 'cost': a value is missing in row 4 (and in 2 more)"),
        (cell("cost", 3, "NaN"), "column 'cost': a value is missing in row 4"),
        (good().assign(cost=None), "column 'cost' is empty"),
        (
            good().assign(person=["ann"] * 57 + [None] * 3),
            "column 'person': a value is missing in row 58 (and in 2 more)",
        ),
        (cell("cost", 7, "cheap"), "column 'cost', row 8: 'cheap' is not a number"),
        (cell("cost", 7, "1_000"), "column 'cost', row 8: '1_000' is not a number"),
        (cell("cost", 7, "x" * 500), f"column 'cost', row 8: '{'x' * 55}...' is not a number"),
        (cell("cost", 7, "1e999"), "column 'cost', row 8: the value is infinite"),
        (cell("cost", 7, "inf"), "column 'cost', row 8: the value is infinite"),
        (cell("minutes", 7, "2024-01-01"), "column 'minutes', row 8: '2024-01-01' is not a number"),
        (good().assign(minutes="2024-01-01"), "column 'minutes' holds date32[day], not numbers"),
        (cell("chosen", 7, "yes"), "column 'chosen', row 8: 'yes' is not a number"),
        (cell("chosen", 7, 2), "column 'chosen', row 8: 2 is neither 0 nor 1"),
        (cell("chosen", 7, 0.5), "column 'chosen', row 8: 0.5 is neither 0 nor 1"),
        (cell("chosen", 7, -1), "column 'chosen', row 8: -1 is neither 0 nor 1"),
    ],
)
def test_bad_cells(tmp_path, rows, message):
    assert refusal(tmp_path, rows) == message


def test_bad_choices(tmp_path):
    rows = good()
    of_4 = rows["choice_id"] == 4
    assert refusal(tmp_path, rows.assign(chosen=rows["chosen"].where(~of_4, 0))) == "choice '4': no option is chosen"
    message = "choice '4': 3 options are chosen: 'option 0', 'option 1' and 'option 2'"
    assert refusal(tmp_path, rows.assign(chosen=rows["chosen"].where(~of_4, 1))) == message
    message = "choice '4': only one option is on offer, so it says nothing"
    assert refusal(tmp_path, rows[~(of_4 & (rows["chosen"] == 0))]) == message
    message = "choice '4': option 'option 0' is on offer twice"
    assert refusal(tmp_path, rows.assign(option=rows["option"].where(~of_4, "option 0"))) == message
    message = "choice '4': made by two people, 'ann' and 'bob'"
    assert refusal(tmp_path, rows.assign(person=["ann"] * 14 + ["bob"] * 46)) == message


def test_bad_features(tmp_path):
    rows = good()
    message = "feature 'income' is constant within every choice, so it affects none"
    assert refusal(tmp_path, rows.assign(income=rows["choice_id"] * 0.1)) == message
    assert refusal(tmp_path, rows.assign(income=1e9 + np.arange(60) * 1e-8)) == message
    within = ": within every choice it differs only as they do"
    message = f"feature 'total' is collinear with 'cost' and 'minutes'{within}"
    assert refusal(tmp_path, rows.assign(total=3 * rows["cost"] - rows["minutes"] / 7)) == message
    message = f"feature 'cents' is collinear with 'cost'{within}"
    assert refusal(tmp_path, rows.assign(cents=100 * rows["cost"] + rows["choice_id"])) == message
    dummies = {f"is {k}": (rows["option"] == f"option {k}") * 1 for k in range(3)}
    assert refusal(tmp_path, rows.assign(**dummies)) == f"feature 'is 2' is collinear with 'is 0' and 'is 1'{within}"
    message = "feature 'cost' has values too large or too small to compute with: use other units"
    assert refusal(tmp_path, rows.assign(cost=rows["cost"] * 1e120)) == message
    assert refusal(tmp_path, rows.assign(cost=np.where(rows["cost"] > 0, 1e308, -1e308))) == message
    assert refusal(tmp_path, rows.assign(cost=rows["cost"] * 1e-120)) == message


def test_too_few_choices(tmp_path):
    rows = good()
    assert refusal(tmp_path, rows[:3]) == "holds a single choice; values cannot be estimated from one"
    rows["third"] = np.arange(60) ** 2
    assert refusal(tmp_path, rows[:6]) == "2 choices cannot determine the values of 3 features"


def test_perfect_separation(tmp_path):
    rows = good()
    rows["chosen"] = (rows["cost"] == rows.groupby("choice_id")["cost"].transform("min")).astype(int)
    message = "perfect separation: no choice speaks against feature 'cost', so its value would be infinite"
    assert refusal(tmp_path, rows) == message


def test_parquet_columns_of_other_kinds(tmp_path):
    rows = good()
    path = tmp_path / "choices.parquet"
    rows.assign(cost=pd.Timestamp("2024-01-01")).to_parquet(path)
    assert refusal(tmp_path, name="choices.parquet").startswith("column 'cost' holds timestamp")
    rows.assign(option=[[1]] * 60).to_parquet(path)
    assert refusal(tmp_path, name="choices.parquet").startswith("column 'option' holds list<")
    rows.assign(choice_id=rows["choice_id"].where(rows.index != 8)).to_parquet(path)
    assert refusal(tmp_path, name="choices.parquet") == "column 'choice_id': a value is missing in row 9"
    rows.assign(cost=rows["cost"].where(rows.index != 8)).to_parquet(path)
    assert refusal(tmp_path, name="choices.parquet") == "column 'cost': a value is missing in row 9"
