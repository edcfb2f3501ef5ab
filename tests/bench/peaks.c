/* What this machine can do at most, in the same vectors as the engine: each function repeats one thing, with enough of it under
 * way at once to hide how long it takes. Products and sums stay apart (no contraction), as the engine's must. */

#include "twin_numbers.h"

#ifdef __AVX512F__
#define WIDE 8
#else
#define WIDE 4
#endif
#define CHAINS 12 /* and their constants fit into 16 registers */

typedef double Vector __attribute__((vector_size(8 * WIDE)));

#define EACH for (int k = 0; k < CHAINS; k++)
#define START                                                        \
    Vector x[CHAINS], keep = {0.0};                                  \
    EACH x[k] = keep + (0.5 + 0.01 * k);
#define FINISH                                                       \
    double sum = 0.0;                                                \
    EACH keep += x[k];                                               \
    for (int l = 0; l < WIDE; l++) sum += keep[l];                   \
    return sum;
#define UNROLLED _Pragma("GCC unroll 12")

/* Each returns a number that depends on all it did, so that nothing can be left out. */

/* A product and a sum of CHAINS * WIDE numbers, `times` times. */
double product_and_sum(int64_t times) {
    START
    Vector scale = keep + 0.999, shift = keep + 0.001;
    for (int64_t i = 0; i < times; i++) UNROLLED EACH x[k] = x[k] * scale + shift;
    FINISH
}

double quotient(int64_t times) {
    START
    Vector one = keep + 1.1;
    for (int64_t i = 0; i < times; i++) UNROLLED EACH x[k] = one / x[k];
    FINISH
}

double root(int64_t times) {
    START
    for (int64_t i = 0; i < times; i++)
        UNROLLED EACH for (int l = 0; l < WIDE; l++) x[k][l] = sqrt(x[k][l]);
    FINISH
}

/* Four random words for each of W lanes, `times` times. */
double words(int64_t times) {
    uint64_t sum[W];
    for (int l = 0; l < W; l++) sum[l] = l;
    for (int64_t i = 0; i < times; i++)
        for (int l = 0; l < W; l++) {
            Four four = philox(l, 0, (uint32_t)i, 0, 1, 2);
            sum[l] += four.a ^ four.b ^ four.c ^ four.d;
        }
    uint64_t all = 0;
    for (int l = 0; l < W; l++) all += sum[l];
    return (double)(all >> 11);
}

/* Sum `size` numbers, `times` times; a multiple of CHAINS * WIDE. */
double load(int64_t times, int64_t size, double *numbers) {
    START
    for (int64_t i = 0; i < times; i++) {
        for (int64_t at = 0; at < size; at += CHAINS * WIDE) UNROLLED EACH x[k] += *(Vector *)(numbers + at + k * WIDE);
        __asm__ volatile("" ::: "memory");
    }
    FINISH
}

/* Change `size` numbers in place, `times` times. */
double update(int64_t times, int64_t size, double *numbers) {
    START
    for (int64_t i = 0; i < times; i++) {
        for (int64_t at = 0; at < size; at += CHAINS * WIDE)
            UNROLLED EACH *(Vector *)(numbers + at + k * WIDE) = *(Vector *)(numbers + at + k * WIDE) - x[k];
        __asm__ volatile("" ::: "memory");
    }
    FINISH
}
