/* A block of agents: its rows, how vectors and beliefs are worked on, and where a run starts. */

#include "twin_numbers.h"

#define EACH_LANE for (int l = 0; l < W; l++)

typedef double Row[W];
typedef uint32_t Words[W];

typedef struct {
    Row m[MOST_FEATURES], V[MOST_FEATURES * (MOST_FEATURES + 1) / 2], theta[MOST_FEATURES];
    Row want[MOST_MOTIVES * MOST_FEATURES], u[MOST_FEATURES], steer[MOST_FEATURES];
    Row shares[MOST_MOTIVES], phi[MOST_FEATURES + 1], Vphi[MOST_FEATURES];
    Row force[MOST_MOTIVES], served[MOST_MOTIVES]; /* served: v_k . phi */
    Row p[PARAMETERS], q[OWN_FIELDS * MOST_MOTIVES];
    Row episode, capability, m_norm, u_norm, welfare, harm, asked, since, class, left;
    Row sum_knows, sum_cares, sum_behaves, sum_moved, sum_items;
    Row mu, variance, theta_phi, own_gain, slope, omega, z, r_yes, r_no, perceived, shift, squared;
    Row answer, seen, asks, acts, chance, audit, attentive, verdict, trained, hidden, tilted, known;
    Row gain, drop, items, moved, total, along, per_length, pressure, knows_now, behaves_now, arrived;
    int32_t met[W];
    Words run_low, run_high, now;
    int64_t run[W];
} Block;

typedef double Short[BATCH];

typedef struct { /* some of the agents that hear a comparison this episode, gathered */
    Short m[MOST_FEATURES], V[MOST_FEATURES * (MOST_FEATURES + 1) / 2], theta[MOST_FEATURES], u[MOST_FEATURES];
    Short x[MOST_FEATURES + 1], Vx[MOST_FEATURES];
    Short noise, disagreement, lapse, assumed, tilted, known, slope;
    Short shown, toward, mu, length, variance, gain, drop, moved, total;
    uint32_t run_low[BATCH], run_high[BATCH], now[BATCH];
    int32_t lane[BATCH];
} Batch;

/* Vectors and packed triangles are rows of `width` numbers, W or BATCH, which is a constant wherever these are inlined. */
INLINE void normals(int width, int d, uint32_t slot, uint32_t k0, uint32_t k1, const uint32_t *restrict run_low,
                    const uint32_t *restrict run_high, const uint32_t *restrict now, double *restrict out) {
    for (int i = 0; i < (d + 1) / 2; i++)
        for (int l = 0; l < width; l++)
            normal_pair(philox(run_low[l], run_high[l], now[l], slot + i, k0, k1), &out[2 * i * width + l],
                        &out[(2 * i + 1) * width + l]);
}

/* Vx in one pass over the packed lower triangle, two rows and four columns at a time; each sum in the order of its columns. */
INLINE void times_covariance(int width, int d, const double *restrict V, const double *restrict x, double *restrict Vx) {
    for (int i = 0; i < d; i += 2) {
        int paired = i + 1 < d, k = paired ? i + 1 : i, begun = paired ? i - i % 4 : 0;
        int first = i * (i + 1) / 2, second = k * (k + 1) / 2;
        double sum_i[W], sum_k[W];
        for (int l = 0; l < width; l++) sum_i[l] = sum_k[l] = 0.0;
        for (int j = 0; j < begun; j += 4)
            for (int l = 0; l < width; l++) {
                double x_i = x[i * width + l], x_k = x[k * width + l], total_i = sum_i[l], total_k = sum_k[l];
                _Pragma("GCC unroll 4") for (int c = 0; c < 4; c++) {
                    double a = V[(first + j + c) * width + l], b = V[(second + j + c) * width + l];
                    total_i += a * x[(j + c) * width + l];
                    total_k += b * x[(j + c) * width + l];
                    Vx[(j + c) * width + l] = (Vx[(j + c) * width + l] + a * x_i) + b * x_k;
                }
                sum_i[l] = total_i;
                sum_k[l] = total_k;
            }
        for (int j = begun; j < i; j++)
            for (int l = 0; l < width; l++) {
                sum_i[l] += V[(first + j) * width + l] * x[j * width + l];
                Vx[j * width + l] += V[(first + j) * width + l] * x[i * width + l];
            }
        for (int l = 0; l < width; l++) Vx[i * width + l] = sum_i[l] + V[(first + i) * width + l] * x[i * width + l];
        for (int j = begun; paired && j < k; j++)
            for (int l = 0; l < width; l++) {
                sum_k[l] += V[(second + j) * width + l] * x[j * width + l];
                Vx[j * width + l] += V[(second + j) * width + l] * x[k * width + l];
            }
        if (paired)
            for (int l = 0; l < width; l++) Vx[k * width + l] = sum_k[l] + V[(second + k) * width + l] * x[k * width + l];
    }
}

INLINE void learn_along(int width, int d, double *restrict m, double *restrict V, const double *restrict Vx,
                        const double *restrict gain, const double *restrict drop, double *restrict moved) {
    for (int i = 0; i < d; i++) {
        double scaled[W];
        for (int l = 0; l < width; l++) {
            double along = Vx[i * width + l];
            scaled[l] = along * drop[l];
            m[i * width + l] += along * gain[l];
            moved[l] += scaled[l] * along;
        }
        for (int j = 0; j <= i; j++)
            for (int l = 0; l < width; l++) V[(i * (i + 1) / 2 + j) * width + l] -= scaled[l] * Vx[j * width + l];
    }
}

/* The acting direction u, and its length. */
INLINE void settle_on(int d, int K, Block *restrict b) {
    EACH_LANE b->m_norm[l] = b->u_norm[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE b->m_norm[l] += b->m[i][l] * b->m[i][l];
    EACH_LANE b->m_norm[l] = sqrt(b->m_norm[l]);
    for (int i = 0; i < d; i++) {
        EACH_LANE b->u[i][l] = b->shares[0][l] * b->m[i][l];
        for (int k = 1; k < K; k++) EACH_LANE b->u[i][l] += b->shares[k][l] * b->want[(k - 1) * d + i][l];
        EACH_LANE b->u_norm[l] += b->u[i][l] * b->u[i][l];
    }
    EACH_LANE b->u_norm[l] = sqrt(b->u_norm[l]);
}

INLINE void steer(int d, int K, Block *restrict b) {
    settle_on(d, K, b);
    EACH_LANE b->total[l] = b->u_norm[l] > 0.0 ? 1.0 / b->u_norm[l] : 0.0;
    for (int i = 0; i < d; i++) EACH_LANE b->steer[i][l] = b->u[i][l] * b->total[l];
}

/* ---- Where a run starts ---------------------------------------------------------------------------------------------- */

static void gaussian(int n, double *out, uint32_t use, uint64_t run, uint32_t k0, uint32_t k1) {
    for (int i = 0; i < (n + 1) / 2; i++) {
        double spare;
        Four words = philox(run & 0xFFFFFFFF, run >> 32, 0, use + i, k0, k1);
        normal_pair(words, &out[2 * i], 2 * i + 1 < n ? &out[2 * i + 1] : &spare);
    }
}

static double dot(int d, const double *x, const double *y) {
    double total = 0.0;
    for (int i = 0; i < d; i++) total += x[i] * y[i];
    return total;
}

static void normalise(int d, double *x) {
    double square = dot(d, x, x), inverse = square > 1e-28 ? 1.0 / sqrt(square) : 0.0;
    for (int i = 0; i < d; i++) x[i] *= inverse;
}

/* `residual`, a random vector, becomes its unit part at right angles to `reference`; out lies at the given cosine. */
static void place(int d, double cosine, const double *reference, double *residual, double *out) {
    double along = dot(d, residual, reference), length = 0.0;
    for (int i = 0; i < d; i++) residual[i] -= along * reference[i];
    normalise(d, residual);
    for (int i = 0; i < d; i++) length += fabs(residual[i]);
    if (length == 0.0) cosine = cosine >= 0.0 ? 1.0 : -1.0;
    double sine = sqrt(1.0 - cosine * cosine > 0.0 ? 1.0 - cosine * cosine : 0.0);
    for (int i = 0; i < d; i++) out[i] = cosine * reference[i] + sine * residual[i];
    normalise(d, out);
}

static void start(int d, int K, Block *b, int l, uint64_t run, uint32_t k0, uint32_t k1) {
    double theta[MOST_FEATURES], unit[MOST_FEATURES], x[MOST_FEATURES];
    double raw[MOST_MOTIVES * MOST_FEATURES + 1], error[MOST_FEATURES];
    gaussian(d, theta, SLOT_START_VALUES, run, k0, k1);
    normalise(d, theta);
    memcpy(unit, theta, sizeof unit);
    normalise(d, unit);
    for (int i = 0; i < d; i++) b->theta[i][l] = theta[i];
    if (K > 1) gaussian((K - 1) * d, raw, SLOT_START_OWN, run, k0, k1);
    for (int k = 0; k < K - 1; k++) {
        place(d, b->q[OWN_FIELDS * k + OVERLAP][l], unit, raw + k * d, x);
        for (int i = 0; i < d; i++) b->want[k * d + i][l] = x[i];
    }
    gaussian(d, error, SLOT_START_ERROR, run, k0, k1);
    place(d, b->p[BELIEF_KNOWLEDGE][l], unit, error, x);
    for (int i = 0; i < d; i++) b->m[i][l] = b->p[BELIEF_STRENGTH][l] * x[i];
    double variance = b->p[BELIEF_SPREAD][l] * b->p[BELIEF_SPREAD][l] / d;
    for (int i = 0, at = 0; i < d; i++)
        for (int j = 0; j <= i; j++, at++) b->V[at][l] = i == j ? variance : 0.0;
    double weights = 0.0, floor = b->p[MOTIVES_FLOOR][l], care = K > 1 ? b->p[MOTIVES_CARE][l] : 1.0;
    for (int k = 0; k < K - 1; k++) weights += b->q[OWN_FIELDS * k + SHARE][l];
    double excess = b->shares[0][l] = care - floor > 0.0 ? care - floor : 0.0;
    for (int k = 1; k < K; k++) {
        double share = (1.0 - care) * (b->q[OWN_FIELDS * (k - 1) + SHARE][l] / weights);
        b->shares[k][l] = share - floor > 0.0 ? share - floor : 0.0;
        excess += b->shares[k][l];
    }
    for (int k = 0; k < K; k++) b->shares[k][l] = floor + b->shares[k][l] * ((1.0 - K * floor) / excess);
    b->episode[l] = b->welfare[l] = b->harm[l] = b->asked[l] = b->since[l] = 0.0;
    b->sum_knows[l] = b->sum_cares[l] = b->sum_behaves[l] = b->sum_moved[l] = b->sum_items[l] = 0.0;
    b->class[l] = UNDECIDED;
    b->capability[l] = b->p[CAPABILITY_START][l];
    b->left[l] = fmod(b->p[OUTCOME_HORIZON][l] - 1.0, b->p[OUTCOME_DWELL][l]) + 1.0;
}
