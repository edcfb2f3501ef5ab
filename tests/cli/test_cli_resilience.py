"""`basin resilience` in words and in JSON."""

import json

from basin.cli import main


def test_the_table_in_json_and_on_disk(capsys, tmp_path):
    out = tmp_path / "r.nc"
    assert main(["resilience", "newton", "--samples", "200", "--json", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["system"] == "newton" and told["target"] == "root_1" and out.exists()
    names = [one["name"] for one in told["measures"]]
    assert names[0] == "basin stability" and len(set(names)) == len(names)
    for one in told["measures"]:
        assert (one["value"] is None) == bool(one["note"]) and one["units"] and one["meaning"] and one["verb"]


def test_bad_input_is_one_line(capsys):
    assert main(["resilience", "newton", "--outcome", "root_9"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1 and "did you mean root_" in told.err
