"""How the package refuses what it is given: in one line that can be read, whatever of a file it repeats."""

from __future__ import annotations

LONGEST = 1000  # characters


class Refusal(ValueError):
    """What cannot be used. Its text is one printable line; of a very long one the beginning and the end."""

    def __init__(self, text: str) -> None:
        printable = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[: 100 * LONGEST])
        half = LONGEST // 2
        super().__init__(printable if len(printable) <= LONGEST else f"{printable[:half]} … {printable[3 - half :]}")
