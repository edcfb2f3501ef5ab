/* Special functions and random numbers of the engine, in plain C. `engine.h` holds the coefficients. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "engine.h"

#define INLINE static inline __attribute__((always_inline))

/* ---- Special functions ------------------------------------------------------------------------------------------ */

INLINE uint64_t bits(double x) {
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

INLINE double number(uint64_t b) {
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define HORNER(value, coefficients, x)                                 \
    double value = coefficients[COUNT(coefficients) - 1];              \
    _Pragma("GCC unroll 16") for (int i = COUNT(coefficients) - 2; i >= 0; i--) value = value * (x) + coefficients[i];

INLINE double power_of_two(double rounded) { return number((bits(rounded) << 52) + bits(1.0)); }

INLINE double expm1_(double x) {
    double inside = x < -40.0 ? -40.0 : x;
    double rounded = inside * LOG2_E + ROUND, n = rounded - ROUND;
    double r = (inside - n * LN2_HIGH) - n * LN2_LOW, power = power_of_two(rounded);
    HORNER(tail, EXP_TAIL, r)
    return power * (r + r * r * tail) + (power - 1.0);
}

INLINE double exp_(double x) {
    double inside = x < EXP_LOW ? EXP_LOW : x;
    inside = inside > EXP_HIGH ? EXP_HIGH : inside;
    double rounded = inside * LOG2_E + ROUND, n = rounded - ROUND;
    double r = (inside - n * LN2_HIGH) - n * LN2_LOW;
    HORNER(tail, EXP_TAIL, r)
    double value = number(bits(1.0 + (r + r * r * tail)) + (bits(rounded) << 52));
    value = x > EXP_HIGH ? INFINITY : value;
    return x < EXP_LOW ? 0.0 : value;
}

INLINE double log_(double x) {
    uint64_t shifted = bits(x) + (bits(1.0) - bits(ROOT_HALF));
    double n = number((shifted >> 52) | bits(0x1p52)) - (0x1p52 + 1023.0);
    double m = number((shifted & ((UINT64_C(1) << 52) - 1)) + bits(ROOT_HALF));
    double s = (m - 1.0) / (m + 1.0), z = s * s;
    HORNER(tail, LOG_TAIL, z)
    return n * LN2_HIGH + (2.0 * s + (s * z * tail + n * LN2_LOW));
}

INLINE void sin_cos_turns(double u, double *sine_out, double *cosine_out) {
    double rounded = 4.0 * u + ROUND;
    uint64_t quadrant = bits(rounded);
    double r = u - 0.25 * (rounded - ROUND), z = r * r;
    HORNER(sine_tail, SIN_TAIL, z)
    HORNER(cosine_tail, COS_TAIL, z)
    uint64_t sine = bits(r * (TWO_PI + z * sine_tail)), cosine = bits(1.0 + z * cosine_tail);
    uint64_t swap = (sine ^ cosine) & -(quadrant & 1);
    *sine_out = number(sine ^ swap ^ ((quadrant & 2) << 62));
    *cosine_out = number(cosine ^ swap ^ (((quadrant + 1) & 2) << 62));
}

INLINE double normal_density(double x) {
    double size = fabs(x), inside = size > DENSITY_END ? DENSITY_END : size;
    double high = (inside + ROUND_FINE) - ROUND_FINE, square = -0.5 * (high * high);
    double rounded = square * LOG2_E + ROUND, n = rounded - ROUND;
    double r = (square - n * LN2_HIGH) - n * LN2_LOW;
    r = r - 0.5 * ((inside - high) * (inside + high));
    HORNER(tail, EXP_TAIL, r)
    double value = number(bits(1.0 + (r + r * r * tail)) + ((bits(rounded) << 52) + (UINT64_C(64) << 52)));
    return value * (size > DENSITY_END ? 0.0 : DENSITY_SCALE);
}

INLINE double excess(double x) {
    HORNER(top, EXCESS_TOP, x)
    HORNER(bottom, EXCESS_BOTTOM, x)
    return top / bottom;
}

INLINE double tail_hazard(double size) { return size + excess(size > FAR ? FAR : size); }

INLINE double normal_cdf(double x) {
    double tail = normal_density(x) / tail_hazard(fabs(x));
    return x < 0.0 ? tail : 1.0 - tail;
}

INLINE double probit_curvature(double z, double r) {
    double size = fabs(z), inside = size > FAR ? FAR : size;
    double beyond = z < 0.0 ? excess(inside) : inside + r, curvature = r * beyond;
    return curvature > 1.0 ? 1.0 : curvature;
}

/* phi(z)/Phi(z) and phi(z)/Phi(-z), and what they are made of. */
INLINE void normal_parts(double z, double *density, double *yes, double *no, double *r_yes, double *r_no) {
    double hazard = tail_hazard(fabs(z));
    *density = normal_density(z);
    double tail = *density / hazard, rest = 1.0 - tail, small = *density / rest;
    int below = z < 0.0;
    *yes = below ? tail : rest;
    *no = below ? rest : tail;
    *r_yes = below ? hazard : small;
    *r_no = below ? small : hazard;
}

INLINE double normal_quantile(double p) {
    double q = p - 0.5, tail = q < 0.0 ? p : 1.0 - p;
    tail = tail < SMALLEST ? SMALLEST : tail;
    double depth = sqrt(-log_(tail));
    int central = fabs(q) <= 0.425, near = depth <= 5.0;
    double x = central ? 0.180625 - q * q : depth - (near ? 1.6 : 5.0);
#define CHOSEN(row) (central ? row[0] : (near ? row[1] : row[2]))
    double top = CHOSEN(QUANTILE_TOP[7]), bottom = CHOSEN(QUANTILE_BOTTOM[7]);
    _Pragma("GCC unroll 8") for (int i = 6; i >= 0; i--) {
        top = top * x + CHOSEN(QUANTILE_TOP[i]);
        bottom = bottom * x + CHOSEN(QUANTILE_BOTTOM[i]);
    }
    return top / bottom * (central ? q : (q < 0.0 ? -1.0 : 1.0));
}

/* ---- Random numbers: Philox4x32-10 ------------------------------------------------------------------------------ */

typedef struct {
    uint32_t a, b, c, d;
} Four;

INLINE Four philox(uint32_t run_low, uint32_t run_high, uint32_t episode, uint32_t slot, uint32_t k0, uint32_t k1) {
    uint32_t c0 = run_low, c1 = run_high, c2 = episode, c3 = slot;
    _Pragma("GCC unroll 10") for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)MULTIPLIER_0 * c0, b = (uint64_t)MULTIPLIER_1 * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    return (Four){c0, c1, c2, c3};
}

INLINE double uniform52(uint32_t a, uint32_t b) {
    return number(((((uint64_t)b << 32) | a) >> 12) | bits(1.0)) - (1.0 - 0x1p-53);
}

INLINE double uniform32(uint32_t word) { return number(((uint64_t)word << 20) | bits(1.0)) - (1.0 - 0x1p-33); }

INLINE void normal_pair(Four words, double *first, double *second) {
    double radius = sqrt(-2.0 * log_(uniform52(words.a, words.b))), sine, cosine;
    sin_cos_turns(uniform52(words.c, words.d), &sine, &cosine);
    *first = radius * cosine;
    *second = radius * sine;
}
