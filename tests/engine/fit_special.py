"""How the coefficients of `basin.engine.special` were made: run it to print them.

Each is the interpolant, at the Chebyshev nodes of its interval, of a function known to 60 digits: within a small factor
of the best approximation of its degree (Trefethen, Approximation Theory and Approximation Practice, 2019, chapter 16),
and one linear system to solve.
"""

from __future__ import annotations

from collections.abc import Callable

from mpmath import mp, mpf

CENTRE = mpf(17) / 4  # x = CENTRE (1 + t)/(1 - t) maps t in [-1, 1) to x >= 0

Function = Callable[[mpf], mpf]
Coefficients = tuple[float, ...]


def interpolate(function: Function, low: mpf, high: mpf, top: int, bottom: int = 0) -> tuple[list[mpf], list[mpf]]:
    """Ascending coefficients of P (degree `top`) and Q (`bottom`; Q(0) = 1), with P/Q = function at the nodes."""
    size = top + bottom + 1
    rows, values = mp.matrix(size, size), mp.matrix(size, 1)
    for i in range(size):
        x = (low + high - (high - low) * mp.cospi(mpf(2 * i + 1) / (2 * size))) / 2
        y = function(x)
        values[i] = y
        for j in range(top + 1):
            rows[i, j] = x**j
        for j in range(1, bottom + 1):
            rows[i, top + j] = -y * x**j
    solution = list(mp.lu_solve(rows, values))
    return solution[: top + 1], [mpf(1), *solution[top + 1 :]]


def excess(x: mpf) -> mpf:
    """ϕ(x)/Φ(−x) − x for x >= 0; Laplace's continued fraction 1/(x + 2/(x + 3/(x + ...))) where it is quick."""
    if x < 20:
        return mp.sqrt(2 / mp.pi) * mp.exp(-x * x / 2) / mp.erfc(x / mp.sqrt(2)) - x
    value = mpf(0)
    for k in range(300, 0, -1):
        value = k / (x + value)
    return value


def from_t_to_x(coefficients: list[mpf]) -> list[mpf]:
    """The polynomial (x + c)^n p((x − c)/(x + c)) of x, where n is the degree of p."""
    result = [mpf(0)] * len(coefficients)
    for j, coefficient in enumerate(coefficients):
        term = [coefficient]
        for k in range(len(coefficients) - 1):
            shift = -CENTRE if k < j else CENTRE
            term = [a + shift * b for a, b in zip([mpf(0), *term], [*term, mpf(0)], strict=True)]
        result = [a + b for a, b in zip(result, term, strict=True)]
    return result


def fit() -> dict[str, Coefficients]:
    """Name in `basin.engine.special` -> ascending coefficients, rounded to double."""
    with mp.workdps(60):
        half = mp.log(2) / 2
        exp_tail, _ = interpolate(lambda r: mp.hyp1f1(1, 3, r) / 2, -half, half, 8)

        root = mp.sqrt(2)
        widest = ((root - 1) / (root + 1)) ** 2
        log_tail, _ = interpolate(lambda z: (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) * 2 / z, mpf(0), widest, 5)

        sin_tail, _ = interpolate(lambda z: (mp.sinpi(2 * mp.sqrt(z)) / mp.sqrt(z) - 2 * mp.pi) / z, mpf(0), mpf(1) / 64, 5)
        cos_tail, _ = interpolate(lambda z: (mp.cospi(2 * mp.sqrt(z)) - 1) / z, mpf(0), mpf(1) / 64, 5)

        # With x + c = 2c/(1 − t), excess(x) (x + c) is a ratio of polynomials of t of degrees 9 and 10 exactly when
        # excess is one of x: the lone factor x + c lifts the denominator's degree.
        def scaled(t: mpf) -> mpf:
            x = CENTRE * (1 + t) / (1 - t)
            return excess(x) * (x + CENTRE)

        top, bottom = (from_t_to_x(part) for part in interpolate(scaled, mpf(-1), mpf(1), 9, 10))
        lead = bottom[-1]
        named = {
            "EXP_TAIL": exp_tail,
            "LOG_TAIL": log_tail,
            "SIN_TAIL": sin_tail,
            "COS_TAIL": cos_tail,
            "EXCESS_TOP": [a / lead for a in top],
            "EXCESS_BOTTOM": [b / lead for b in bottom],
        }
        return {name: tuple(float(value) for value in values) for name, values in named.items()}


if __name__ == "__main__":
    for name, values in fit().items():
        print(f"{name} = (\n" + "".join(f"    {value!r},\n" for value in values) + ")")
