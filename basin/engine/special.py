"""Special functions of one lane: exp, log, sin and cos, and all that a probit human needs.

Every function is branch-free (both sides are computed, then one is selected), without tables, `**` or calls into libm,
so that a loop over lanes becomes SIMD code on any processor, and gives the same bits in plain Python. Relative errors
are below 1e-14 unless said otherwise. Coefficients are in ascending order; `tests/engine/fit_special.py` makes them.

Sources of method. Reduction of exp, log: Tang (1989, 1990), as in every libm, without the tables. Rounding to an
integer by adding 1.5·2^52, whose low bits then hold the integer: no conversion between integers and floats, which AVX2
lacks. Quantile: Wichura (1988), algorithm AS 241. Mills ratio: a rational fit of our own, see `_excess`.
"""

from __future__ import annotations

import numpy as np

from basin.engine.compile import lane

# ---- Bits ----------------------------------------------------------------------------------------------------------

ROUND = 1.5 * 2.0**52  # adding it rounds to an integer, which the low bits of the sum hold
ROUND_FINE = 1.5 * 2.0**32  # adding it rounds to a multiple of 2^-20
SHIFT = np.int64(52)
EXPONENT_SHIFT = np.uint64(52)
MANTISSA = np.uint64(2**52 - 1)
BITS_ROOT_HALF = np.float64(0.7071067811865476).view(np.uint64)
BITS_TO_ROOT_HALF = np.float64(1.0).view(np.uint64) - BITS_ROOT_HALF
BITS_2_52 = np.float64(2.0**52).view(np.uint64)
ONE = np.int64(1)
TWO = np.int64(2)
TO_SIGN = np.int64(62)
SIXTY_FOUR_POWERS = np.int64(64 << 52)

# ---- Constants and coefficients ------------------------------------------------------------------------------------

LOG2_E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # 32 bits: its product with an exponent is exact
LN2_LOW = 1.9082149292705877e-10
EXP_LOW = -708.3964185322641  # ln of the smallest normal number
EXP_HIGH = 709.782712893384  # ln of the largest number
SMALLEST = 2.2250738585072014e-308
DENSITY_END = 38.6  # ϕ rounds to 0 from here on
DENSITY_SCALE = 0.3989422804014327 * 2.0**-64
FAR = 1e8  # Mills' ratio is 1/x to the last bit from here on
TWO_PI = 6.283185307179586

EXP_TAIL = (  # (exp r − 1 − r)/r², |r| <= ln 2 / 2
    0.5,
    0.16666666666648303,
    0.041666666666651364,
    0.008333333353717156,
    0.0013888888905871347,
    0.0001984120875699232,
    2.4801536409064087e-05,
    2.7625102005388108e-06,
    2.761379555451986e-07,
)
LOG_TAIL = (  # (2 atanh s − 2s)/s³ of z = s², s <= (√2 − 1)/(√2 + 1)
    0.6666666666666208,
    0.40000000011206505,
    0.2857142413832416,
    0.22222862280108716,
    0.18140193802865992,
    0.16621817152858928,
)
SIN_TAIL = (  # (sin 2πr − 2πr)/r³ of z = r², r <= 1/8
    -41.341702240399755,
    81.6052492760517,
    -76.70585973562093,
    42.05868918088512,
    -15.094054182079999,
    3.78643334956545,
)
COS_TAIL = (  # (cos 2πr − 1)/r² of z = r², r <= 1/8
    -19.739208802178705,
    64.93939402261259,
    -85.45681716509442,
    60.244630008143865,
    -26.424853147906646,
    7.823560405842185,
)
EXCESS_TOP = (
    695820.04022056,
    932369.8779115771,
    630440.5998310263,
    275915.6193111232,
    85188.36383095851,
    19146.612808236343,
    3131.180102006157,
    360.6838555173139,
    26.809834600750186,
    0.9999999999999996,
)
EXCESS_BOTTOM = (
    872081.0934358683,
    1565723.8722618113,
    1384073.55611652,
    783155.3720720757,
    312086.77490744146,
    91289.8641667528,
    19861.980533857786,
    3184.799771061311,
    362.683855518058,
    26.80983460074876,
    1.0,
)

# Wichura's numerators and denominators: near one half, in the tail, far in the tail.
QUANTILE_TOP = (
    (3.3871328727963666080, 1.4234371107496835773, 6.6579046435011037772),
    (133.14166789178437745, 4.6303378461565452959, 5.4637849111641143699),
    (1971.5909503065514427, 5.7694972214606914055, 1.7848265399172913358),
    (13731.693765509461125, 3.6478483247632046050, 0.29656057182850489123),
    (45921.953931549871457, 1.2704582524523683826, 0.026532189526576123093),
    (67265.770927008700853, 0.24178072517745061177, 0.0012426609473880784386),
    (33430.575583588128105, 0.022723844989269184583, 2.7115555687434875782e-5),
    (2509.0809287301226727, 7.7454501427834140764e-4, 2.0103343992922881327e-7),
)
QUANTILE_BOTTOM = (
    (1.0, 1.0, 1.0),
    (42.313330701600911252, 2.0531916266377588219, 0.59983220655588793769),
    (687.18700749205790830, 1.6763848301838038494, 0.13692988092273580531),
    (5394.1960214247511077, 0.68976733498510000455, 0.014875361290850615486),
    (21213.794301586595867, 0.14810397642748007459, 7.8686913114561325910e-4),
    (39307.895800092710610, 0.015198666563616457197, 1.8463183175100546818e-5),
    (28729.085735721942674, 5.4759380849953449460e-4, 1.4215117583164458887e-7),
    (5226.4952788528545610, 1.0507500716444168432e-9, 2.0442631033899397856e-15),
)


@lane
def _bits(x: float) -> np.int64:
    return np.float64(x).view(np.int64)


@lane
def _float(bits: np.int64) -> float:
    return np.int64(bits).view(np.float64)


@lane
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Σ coefficients[i] x^i by Horner's rule; the loop is unrolled, the lanes hide its latency."""
    value = coefficients[len(coefficients) - 1]
    for i in range(len(coefficients) - 2, -1, -1):
        value = value * x + coefficients[i]
    return value


# ---- exp, log, sin and cos -----------------------------------------------------------------------------------------


@lane
def _reduce(x: float) -> tuple[float, np.int64]:
    """x = n ln 2 + r with |r| <= ln 2 / 2: r, and n shifted to where a float's exponent lies."""
    rounded = x * LOG2_E + ROUND
    n = rounded - ROUND
    return (x - n * LN2_HIGH) - n * LN2_LOW, _bits(rounded) << SHIFT


@lane
def exp(x: float) -> float:
    """exp(x): 0 below −708.396 (where results would be subnormal), inf above 709.783. Any x, infinite too."""
    inside = EXP_LOW if x < EXP_LOW else x
    inside = EXP_HIGH if inside > EXP_HIGH else inside
    r, exponent = _reduce(inside)
    value = _float(_bits(1.0 + (r + r * r * _polynomial(EXP_TAIL, r))) + exponent)
    value = np.inf if x > EXP_HIGH else value
    return np.float64(0.0 if x < EXP_LOW else value)


@lane
def expm1(x: float) -> float:
    """exp(x) − 1 for x <= 709, accurate near 0: with x = n ln 2 + r it is 2^n (exp r − 1) + (2^n − 1)."""
    inside = -40.0 if x < -40.0 else x
    r, exponent = _reduce(inside)
    power = _float(_bits(1.0) + exponent)
    return power * (r + r * r * _polynomial(EXP_TAIL, r)) + (power - 1.0)


@lane
def log(x: float) -> float:
    """Natural logarithm of a positive normal number (of a subnormal one or 0: a finite number near −709).

    x = 2^n m with m in [√½, √2), and log m = 2 atanh s with s = (m − 1)/(m + 1).
    """
    shifted = np.float64(x).view(np.uint64) + BITS_TO_ROOT_HALF
    n = np.uint64((shifted >> EXPONENT_SHIFT) | BITS_2_52).view(np.float64) - (2.0**52 + 1023.0)
    m = np.uint64((shifted & MANTISSA) + BITS_ROOT_HALF).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    return n * LN2_HIGH + (2.0 * s + (s * z * _polynomial(LOG_TAIL, z) + n * LN2_LOW))


@lane
def sin_cos_turns(u: float) -> tuple[float, float]:
    """(sin 2πu, cos 2πu) for u in [0, 1]: u is reduced to an eighth of a turn on either side of a quadrant, exactly."""
    rounded = 4.0 * u + ROUND
    quadrant = _bits(rounded)
    r = u - 0.25 * (rounded - ROUND)
    z = r * r
    sine = _bits(r * (TWO_PI + z * _polynomial(SIN_TAIL, z)))
    cosine = _bits(1.0 + z * _polynomial(COS_TAIL, z))
    swap = (sine ^ cosine) & -(quadrant & ONE)
    sine_sign = (quadrant & TWO) << TO_SIGN
    cosine_sign = ((quadrant + ONE) & TWO) << TO_SIGN
    return _float(sine ^ swap ^ sine_sign), _float(cosine ^ swap ^ cosine_sign)


# ---- The normal distribution ---------------------------------------------------------------------------------------


@lane
def normal_density(x: float) -> float:
    """ϕ(x) = exp(−x²/2)/√2π, for any x.

    x = h + l with h of 26 bits: h² is exact, and l (x + h), far below 1, joins the reduced argument, so the error of x²
    is not magnified by the exponential. The result is scaled in two steps: below 2.2e-308 it is subnormal, from |x| =
    38.6 on it is 0.
    """
    size = abs(x)
    inside = DENSITY_END if size > DENSITY_END else size
    high = (inside + ROUND_FINE) - ROUND_FINE
    r, exponent = _reduce(-0.5 * (high * high))
    r = r - 0.5 * ((inside - high) * (inside + high))
    value = _float(_bits(1.0 + (r + r * r * _polynomial(EXP_TAIL, r))) + (exponent + SIXTY_FOUR_POWERS))
    return value * (0.0 if size > DENSITY_END else DENSITY_SCALE)


@lane
def _excess(x: float) -> float:
    """g(x) = ϕ(x)/Φ(−x) − x for 0 <= x <= 1e8, by how much the mean of a normal tail lies beyond where it begins.

    From √(2/π) at 0 it falls like 1/x. Its fit is a ratio of polynomials of degrees 9 and 10 with positive
    coefficients: nothing cancels in it, nor in r = x + g and r g, which are all that probit learning needs.
    """
    return _polynomial(EXCESS_TOP, x) / _polynomial(EXCESS_BOTTOM, x)


@lane
def _tail_hazard(size: float) -> float:
    """ϕ(x)/Φ(−x) for x = size >= 0, up to inf. It is the inverse of Mills' ratio."""
    return size + _excess(FAR if size > FAR else size)


@lane
def mills_ratio(x: float) -> float:
    """Φ(−x)/ϕ(x) for x >= 0, up to inf."""
    return 1.0 / _tail_hazard(x)


@lane
def normal_cdf(x: float) -> float:
    """Φ(x) for any x; Φ(x) = ϕ(x)/(|x| + g(|x|)) in the lower tail, to where it underflows."""
    tail = normal_density(x) / _tail_hazard(abs(x))
    return tail if x < 0.0 else 1.0 - tail


@lane
def inverse_mills(z: float) -> float:
    """r(z) = ϕ(z)/Φ(z) for any z: the score of a probit answer that had probability Φ(z)."""
    hazard = _tail_hazard(abs(z))
    density = normal_density(z)
    head = density / (1.0 - density / hazard)
    return hazard if z < 0.0 else head


@lane
def probit_curvature(z: float, r: float) -> float:
    """r (z + r) in [0, 1], where r = inverse_mills(z): how much of the variance along z a probit answer takes away.

    For z < 0 the sum z + r is g(−z), which `_excess` gives without cancellation (and which the compiler shares with
    `inverse_mills`). It tends to 1 for z → −∞ and to 0 for z → ∞.
    """
    size = abs(z)
    inside = FAR if size > FAR else size
    beyond = _excess(inside) if z < 0.0 else inside + r
    curvature = r * beyond
    return np.float64(1.0 if curvature > 1.0 else curvature)


@lane
def normal_parts(z: float) -> tuple[float, float, float, float, float]:
    """(ϕ(z), Φ(z), Φ(−z), ϕ(z)/Φ(z), ϕ(z)/Φ(−z)) for any z, from one exponential and one rational function."""
    hazard = _tail_hazard(abs(z))
    density = normal_density(z)
    tail = density / hazard
    rest = 1.0 - tail
    small = density / rest
    below = z < 0.0
    return (
        density,
        tail if below else rest,
        rest if below else tail,
        hazard if below else small,
        small if below else hazard,
    )


@lane
def _choose(row: tuple[float, float, float], central: bool, near: bool) -> float:
    return row[0] if central else (row[1] if near else row[2])


@lane
def normal_quantile(p: float) -> float:
    """Φ⁻¹(p) for p in [0, 1], by Wichura's PPND16; 0 and 1 give the quantiles of 2.2e-308 from either end, ∓37.52.

    Its three ranges are one ratio of polynomials of degree 7 whose coefficients are selected.
    """
    q = p - 0.5
    tail = p if q < 0.0 else 1.0 - p
    tail = SMALLEST if tail < SMALLEST else tail
    depth = np.sqrt(-log(tail))
    central = abs(q) <= 0.425
    near = depth <= 5.0
    x = 0.180625 - q * q if central else depth - (1.6 if near else 5.0)
    top = _choose(QUANTILE_TOP[7], central, near)
    bottom = _choose(QUANTILE_BOTTOM[7], central, near)
    for i in range(6, -1, -1):
        top = top * x + _choose(QUANTILE_TOP[i], central, near)
        bottom = bottom * x + _choose(QUANTILE_BOTTOM[i], central, near)
    return top / bottom * (q if central else (-1.0 if q < 0.0 else 1.0))
