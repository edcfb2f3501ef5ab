"""What can be wrong with a write-up."""


class WriteupError(ValueError):
    """A text, a script or a result that cannot be used; one line."""
