"""Kinds of figures: each refuses what is not its own, and none is hidden by the file that draws it."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from basin import figures


@pytest.mark.parametrize("kind", figures.KINDS)
def test_other_results_are_refused(kind):
    with pytest.raises(figures.FigureError, match=r"^this Dataset (holds no|is not a|follows no).*$") as said:
        getattr(figures, figures.KINDS[kind])(xr.Dataset(attrs={"basin": "something else"}))
    assert "\n" not in str(said.value)


def test_no_file_hides_the_function_of_its_name():
    """A submodule that is imported becomes an attribute of its package, in place of what the package gave out by that name."""
    files = {path.stem for path in Path(figures.__file__).parent.glob("*.py")}
    assert not files & set(figures.__all__)
