"""What can go wrong with a figure."""


class FigureError(ValueError):
    """A figure that cannot be drawn or written; one line that says why."""
