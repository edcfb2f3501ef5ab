"""What can go wrong with a sweep."""

from __future__ import annotations

from basin.refusal import Refusal


class SweepError(Refusal):
    """A sweep that cannot be run, or a store that cannot be used; one line that says why."""
