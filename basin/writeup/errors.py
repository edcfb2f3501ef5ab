"""What can be wrong with a write-up."""

from basin.refusal import Refusal


class WriteupError(Refusal):
    """A text, a script or a result that cannot be used; one line."""
