"""Numbers as people read them, in titles, captions and hover texts."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def percent(fraction: float, digits: int = 0) -> str:
    """A fraction as a percentage with this many digits: finer where that would hide it, 0% and 100% only where exact."""
    if fraction in (0, 1):
        return f"{fraction:.0%}"
    edge = min(fraction, 1 - fraction)
    if edge < 0.0001:
        return "below 0.01%" if fraction < 0.5 else "above 99.99%"
    return f"{100 * fraction:.{max(digits, 0 if edge >= 0.0495 else 1 if edge >= 0.00495 else 2)}f}%"


def interval(low: float, high: float) -> str:
    """A 95% interval of a fraction: `60–64%`, with as many digits as it takes to tell its ends apart."""
    for digits in range(3):
        first, last = percent(low, digits), percent(high, digits)
        if first != last:
            break
    return f"{first.removesuffix('%')}–{last}" if first[0].isdigit() and last[0].isdigit() else f"{first} to {last}"


def share(mean: float, low: float, high: float) -> str:
    """A fraction with half the width of its 95% interval, as exactly as it is known: `62% ± 2%`, or `at most 0.1%` if none.

    >>> basin.figures.share(0.62, 0.6, 0.64)
    '62% ± 2%'
    """
    if mean in (0, 1):
        left = high if mean == 0 else 1 - low
        digits = max(1, -math.floor(math.log10(100 * left))) if left > 0 else 1
        return f"at most {high:.{digits}%}" if mean == 0 else f"at least {low:.{digits}%}"
    half = (high - low) / 2
    digits = 0 if half >= 0.0095 else 1 if half >= 0.00095 else 2
    return f"{mean:.{digits}%} ± {half:.{digits}%}"


def number(value: float) -> str:
    """Three or four digits, with a true minus sign."""
    return f"{value:.4g}".replace("-", MINUS)


def true_minus(text: object) -> str:
    """The text, its negative numbers with a true minus sign."""
    return str(text).replace(" -", f" {MINUS}")


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
