/* The engine's lane algorithm in plain C, for the mechanisms that the scenario `value-learner` uses: the same steps on
 * blocks of 64 agents, the same order of floating-point operations, so the same bits.
 *
 * What the engine skips when it is off in a whole block is not here at all (caution, foresight, a soft gate, lock-in,
 * statements, demonstrations, recorded choices, bias, drift, the requirements' graph, certified exits); `c_twin.py`
 * refuses tables that need it. Every parameter is a row of lanes, loaded when a lane is refilled, and d and K are
 * arguments, as in the engine. `engine.h` is written by `c_twin.py`: the engine's own constants and positions of
 * columns. Compile without contraction; nothing here depends on errno or on floating-point traps.
 */

#include "twin_block.h"

/* ---- An episode ------------------------------------------------------------------------------------------------- */

INLINE void draw_plan(int d, Block *restrict b, uint32_t k0, uint32_t k1) {
    normals(W, d, SLOT_PLAN, k0, k1, b->run_low, b->run_high, b->now, b->phi[0]);
    EACH_LANE b->along[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE b->along[l] += b->steer[i][l] * b->phi[i][l];
    EACH_LANE {
        Four words = philox(b->run_low[l], b->run_high[l], b->now[l], SLOT_SEARCH, k0, k1);
        double tail = -expm1_(log_(uniform52(words.a, words.b)) / b->p[PLANNING_CANDIDATES][l]);
        b->along[l] = -normal_quantile(tail) - b->along[l];
        b->answer[l] = uniform32(words.c);
        b->seen[l] = uniform32(words.d);
    }
    EACH_LANE b->squared[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE {
        b->phi[i][l] += b->along[l] * b->steer[i][l];
        b->squared[l] += b->phi[i][l] * b->phi[i][l];
    }
}

INLINE void weigh(int d, int K, Block *restrict b) {
    times_covariance(W, d, b->V[0], b->phi[0], b->Vphi[0]);
    EACH_LANE b->mu[l] = b->variance[l] = b->theta_phi[l] = b->own_gain[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE {
        b->mu[l] += b->m[i][l] * b->phi[i][l];
        b->variance[l] += b->Vphi[i][l] * b->phi[i][l];
        b->theta_phi[l] += b->theta[i][l] * b->phi[i][l];
    }
    for (int k = 1; k < K; k++) {
        EACH_LANE b->served[k][l] = 0.0;
        for (int i = 0; i < d; i++) EACH_LANE b->served[k][l] += b->want[(k - 1) * d + i][l] * b->phi[i][l];
        EACH_LANE b->own_gain[l] += b->shares[k][l] * b->served[k][l];
    }
    EACH_LANE {
        double hidden = b->capability[l] * (1.0 - b->p[MOTIVES_HONESTY][l] * b->shares[0][l]);
        double motivated = b->p[OVERSIGHT_MANIPULATION][l] * hidden;
        double tilted = b->p[OVERSIGHT_TILT][l] + motivated;
        tilted = tilted < 1.0 ? tilted : 1.0;
        double known = (1.0 - b->p[BELIEF_SELF_DECEIVED][l]) * motivated;
        double u_phi = b->shares[0][l] * b->mu[l] + b->own_gain[l];
        b->hidden[l] = hidden;
        b->tilted[l] = tilted;
        b->known[l] = known;
        b->slope[l] = 1.0 - known;
        b->perceived[l] = (1.0 - tilted) * b->theta_phi[l] + tilted * u_phi;
        b->shift[l] = known * u_phi;
    }
}

/* Ask, act or drop, by the differences ask - act and ask - drop, in which nothing underflows. */
INLINE void decide(Block *restrict b) {
    EACH_LANE {
        double variance = b->variance[l] > 0.0 ? b->variance[l] : 0.0;
        double assumed = b->p[BELIEF_ASSUMED_NOISE][l], slope = b->slope[l];
        double omega = sqrt(assumed * assumed + slope * slope * variance);
        omega = omega > LEAST_NOISE ? omega : LEAST_NOISE;
        double z = (slope * b->mu[l] + b->shift[l]) / omega, density, yes, no, r_yes, r_no;
        normal_parts(z, &density, &yes, &no, &r_yes, &r_no);
        b->omega[l] = omega;
        b->z[l] = z;
        b->r_yes[l] = r_yes;
        b->r_no[l] = r_no;
        double care = b->shares[0][l], own = b->own_gain[l], mu = b->mu[l];
        double learned = care * (slope * variance / omega);
        double ask_cost = b->p[GATE_ASK_COST][l], resist_cost = b->p[GATE_RESIST_COST][l], spared = resist_cost - ask_cost;
        double over_act = learned * r_no - (care * mu + own) + (spared != 0.0 ? spared / no : 0.0);
        double over_drop = learned * r_yes + (care * mu + own) - (ask_cost != 0.0 ? ask_cost / yes : 0.0);
        int asks = (over_act >= 0.0) & (over_drop >= 0.0), acts = !asks & (care * mu + own - resist_cost > 0.0);
        b->asks[l] = asks ? 1.0 : 0.0;
        b->acts[l] = acts ? 1.0 : 0.0;
        b->asked[l] += b->asks[l];
    }
}

INLINE double chance_of_yes(double perceived, double noise, double disagreement, double squared, double lapse) {
    double human = sqrt(noise * noise + disagreement * disagreement * squared);
    human = human > LEAST_NOISE ? human : LEAST_NOISE;
    return (1.0 - lapse) * normal_cdf(perceived / human) + 0.5 * lapse;
}

INLINE void act(Block *restrict b) {
    EACH_LANE {
        double chance = chance_of_yes(b->perceived[l], b->p[HUMANS_NOISE][l], b->p[HUMANS_SPREAD][l], b->squared[l],
                                      b->p[HUMANS_LAPSE][l]);
        double visible = b->p[OVERSIGHT_VISIBLE][l];
        int looked_at = (visible <= 0.0) | (b->perceived[l] < -visible);
        double audit = looked_at ? b->p[OVERSIGHT_AUDIT][l] * (1.0 - b->p[OVERSIGHT_EVASION][l] * b->hidden[l]) : 0.0;
        double attention = b->p[BELIEF_ATTENTION][l];
        b->attentive[l] = attention + (1.0 - attention) * b->shares[0][l];
        int asks = b->asks[l] != 0.0, acts = b->acts[l] != 0.0;
        int seen = acts & (b->seen[l] < audit), yes = b->answer[l] < chance, verdict = asks | seen;
        int executed = (acts & !seen) | (verdict & yes);
        b->verdict[l] = verdict ? (yes ? 1.0 : -1.0) : 0.0;
        b->trained[l] = (b->p[TRAINING_VETOES][l] != 0.0) & (b->verdict[l] > 0.0) ? 0.0 : b->verdict[l];
        double done = b->capability[l] * b->theta_phi[l];
        int harmful = executed & (-b->theta_phi[l] - b->p[WORLD_TOLERANCE][l] > 0.0);
        b->welfare[l] += executed ? done : 0.0;
        b->harm[l] -= harmful ? done : 0.0;
    }
}

INLINE void learn_from_verdict(int d, Block *restrict b) {
    double met = 0.0;
    EACH_LANE {
        int heard = (b->verdict[l] != 0.0) & (0.5 < b->attentive[l]);
        double r = b->verdict[l] > 0.0 ? b->r_yes[l] : b->r_no[l], scale = b->slope[l] / b->omega[l];
        double gain = b->verdict[l] * r * scale, drop = probit_curvature(b->verdict[l] * b->z[l], r) * scale * scale;
        b->gain[l] = heard ? gain : 0.0;
        b->drop[l] = heard ? drop : 0.0;
        b->items[l] = heard ? 1.0 : 0.0;
        b->moved[l] = 0.0;
    }
    EACH_LANE met += b->items[l];
    if (met > 0.0) learn_along(W, d, b->m[0], b->V[0], b->Vphi[0], b->gain, b->drop, b->moved);
}

#define EACH_HEARER for (int n = 0; n < BATCH; n++)

INLINE void gather(int d, const Block *restrict b, Batch *restrict e, int first, int count) {
    EACH_HEARER e->lane[n] = b->met[first + n < count ? first + n : first]; /* what padding learns is dropped */
#define GATHER(to, from) EACH_HEARER e->to[n] = b->from[e->lane[n]]
    for (int i = 0; i < d; i++) {
        GATHER(m[i], m[i]);
        GATHER(u[i], u[i]);
        GATHER(theta[i], theta[i]);
    }
    for (int at = 0; at < d * (d + 1) / 2; at++) GATHER(V[at], V[at]);
    GATHER(run_low, run_low);
    GATHER(run_high, run_high);
    GATHER(now, now);
    GATHER(noise, p[HUMANS_NOISE]);
    GATHER(disagreement, p[HUMANS_SPREAD]);
    GATHER(lapse, p[HUMANS_LAPSE]);
    GATHER(assumed, p[BELIEF_ASSUMED_NOISE]);
    GATHER(tilted, tilted);
    GATHER(known, known);
    GATHER(slope, slope);
    EACH_HEARER e->moved[n] = 0.0;
}

INLINE void hear_comparisons(int d, Batch *restrict e, uint32_t k0, uint32_t k1) {
    normals(BATCH, d, SLOT_COMPARISON, k0, k1, e->run_low, e->run_high, e->now, e->x[0]);
    times_covariance(BATCH, d, e->V[0], e->x[0], e->Vx[0]);
    EACH_HEARER e->shown[n] = e->toward[n] = e->mu[n] = e->length[n] = e->variance[n] = 0.0;
    for (int i = 0; i < d; i++) EACH_HEARER {
        e->shown[n] += e->theta[i][n] * e->x[i][n];
        e->toward[n] += e->u[i][n] * e->x[i][n];
        e->mu[n] += e->m[i][n] * e->x[i][n];
        e->length[n] += e->x[i][n] * e->x[i][n];
        e->variance[n] += e->Vx[i][n] * e->x[i][n];
    }
    EACH_HEARER {
        double tilt = e->tilted[n], toward = e->toward[n], slope = e->slope[n], assumed = e->assumed[n];
        double shown = (1.0 - tilt) * e->shown[n] + tilt * toward, variance = e->variance[n] > 0.0 ? e->variance[n] : 0.0;
        double omega = sqrt(assumed * assumed + slope * slope * variance);
        omega = omega > LEAST_NOISE ? omega : LEAST_NOISE;
        double z = (slope * e->mu[n] + e->known[n] * toward) / omega;
        Four words = philox(e->run_low[n], e->run_high[n], e->now[n], SLOT_COMPARISON + ANSWERS, k0, k1);
        double chance = chance_of_yes(shown, e->noise[n], e->disagreement[n], e->length[n], e->lapse[n]);
        double answer = uniform52(words.a, words.b) < chance ? 1.0 : -1.0, density, yes, no, r_yes, r_no;
        normal_parts(z, &density, &yes, &no, &r_yes, &r_no);
        double r = answer > 0.0 ? r_yes : r_no, scale = slope / omega;
        e->gain[n] = answer * r * scale;
        e->drop[n] = probit_curvature(answer * z, r) * scale * scale;
    }
    learn_along(BATCH, d, e->m[0], e->V[0], e->Vx[0], e->gain, e->drop, e->moved);
}

INLINE void put_back(int d, Block *restrict b, const Batch *restrict e, int size) {
#define PUT_BACK(row) for (int n = 0; n < size; n++) b->row[e->lane[n]] = e->row[n]
    for (int i = 0; i < d; i++) PUT_BACK(m[i]);
    for (int at = 0; at < d * (d + 1) / 2; at++) PUT_BACK(V[at]);
    for (int n = 0; n < size; n++) {
        b->moved[e->lane[n]] += e->moved[n];
        b->items[e->lane[n]] += 1.0;
    }
}

INLINE void learn_from_comparisons(int d, Block *restrict b, Batch *restrict e, uint32_t k0, uint32_t k1) {
    EACH_LANE {
        double u = uniform32(philox(b->run_low[l], b->run_high[l], b->now[l], SLOT_ARRIVALS, k0, k1).b);
        b->arrived[l] = u < b->p[EVIDENCE_COMPARISONS][l] * b->attentive[l] ? 1.0 : 0.0;
    }
    int count = 0;
    EACH_LANE {
        b->met[count] = l;
        count += b->arrived[l] != 0.0;
    }
    for (int first = 0; first < count; first += BATCH) {
        gather(d, b, e, first, count);
        hear_comparisons(d, e, k0, k1);
        put_back(d, b, e, count - first < BATCH ? count - first : BATCH);
    }
}

/* Endorsement and training move the shares, p_k ~ p_k exp(f_k), each at least at the floor. */
INLINE void reconsider(int d, int K, Block *restrict b) {
    EACH_LANE b->along[l] = b->total[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE {
        b->along[l] += b->m[i][l] * b->u[i][l];
        b->total[l] += b->m[i][l] * b->phi[i][l];
    }
    EACH_LANE {
        double m_norm = b->m_norm[l], plan = sqrt(b->squared[l]);
        double per_length = b->u_norm[l] > 0.0 ? 1.0 / b->u_norm[l] : 0.0;
        double cosine = m_norm > 0.0 ? b->along[l] * per_length / m_norm : 0.0;
        double pressure = plan > 0.0 ? b->p[TRAINING_STRENGTH][l] * b->trained[l] / plan : 0.0;
        b->per_length[l] = per_length;
        b->pressure[l] = pressure;
        b->force[0][l] = b->p[REFLECTION_STRENGTH][l] * cosine + (m_norm > 0.0 ? pressure * (b->total[l] / m_norm) : 0.0);
    }
    for (int k = 1; k < K; k++) {
        EACH_LANE b->along[l] = 0.0;
        for (int i = 0; i < d; i++) EACH_LANE b->along[l] += b->want[(k - 1) * d + i][l] * b->u[i][l];
        EACH_LANE {
            double guarded = b->q[OWN_FIELDS * (k - 1) + GUARDING][l] * (b->along[l] * b->per_length[l]);
            b->force[k][l] = guarded + b->pressure[l] * b->served[k][l];
        }
    }
    EACH_LANE b->along[l] = b->force[0][l];
    for (int k = 1; k < K; k++) EACH_LANE b->along[l] = b->along[l] > b->force[k][l] ? b->along[l] : b->force[k][l];
    EACH_LANE b->total[l] = 0.0;
    for (int k = 0; k < K; k++) EACH_LANE {
        b->shares[k][l] *= exp_(b->force[k][l] - b->along[l]);
        b->total[l] += b->shares[k][l];
    }
    EACH_LANE b->along[l] = 0.0;
    for (int k = 0; k < K; k++) EACH_LANE {
        double excess = b->shares[k][l] / b->total[l] - b->p[MOTIVES_FLOOR][l];
        b->shares[k][l] = excess > 0.0 ? excess : 0.0;
        b->along[l] += b->shares[k][l];
    }
    EACH_LANE b->along[l] = (1.0 - K * b->p[MOTIVES_FLOOR][l]) / b->along[l];
    for (int k = 0; k < K; k++) EACH_LANE b->shares[k][l] = b->p[MOTIVES_FLOOR][l] + b->shares[k][l] * b->along[l];
}

INLINE void judge(int d, int behaves_only, Block *restrict b) {
    EACH_LANE b->knows_now[l] = b->behaves_now[l] = 0.0;
    for (int i = 0; i < d; i++) EACH_LANE {
        b->knows_now[l] += b->m[i][l] * b->theta[i][l];
        b->behaves_now[l] += b->u[i][l] * b->theta[i][l];
    }
    EACH_LANE {
        double knows = b->m_norm[l] > 0.0 ? b->knows_now[l] / b->m_norm[l] : 0.0;
        double cosine = b->u_norm[l] > 0.0 ? b->behaves_now[l] / b->u_norm[l] : 0.0, care = b->shares[0][l];
        int behaves = cosine >= 1.0 - b->p[OUTCOME_BEHAVES][l] - ROUNDING;
        int cares = care >= 1.0 - b->p[OUTCOME_CARES][l] - ROUNDING, owned = care <= b->p[OUTCOME_CARES][l] + ROUNDING;
        double behaving = cares | behaves_only ? ALIGNED : ALLIED;
        double now = behaves ? behaving : (owned ? (double)CAPTURED : (cares ? (double)MISLED : (double)UNDECIDED));
        b->since[l] = now != b->class[l] ? b->episode[l] : b->since[l];
        b->class[l] = now;
        b->sum_knows[l] += knows;
        b->sum_cares[l] += care;
        b->sum_behaves[l] += cosine;
        b->sum_moved[l] += b->moved[l];
        b->sum_items[l] += b->items[l];
        b->episode[l] += 1.0;
        b->left[l] -= 1.0;
    }
}

static void episode(int d, int K, int behaves_only, Block *restrict b, Batch *restrict e, uint32_t k0, uint32_t k1) {
    EACH_LANE b->now[l]++;
    draw_plan(d, b, k0, k1);
    weigh(d, K, b);
    decide(b);
    act(b);
    learn_from_verdict(d, b);
    learn_from_comparisons(d, b, e, k0, k1);
    steer(d, K, b);
    reconsider(d, K, b);
    EACH_LANE b->capability[l] += b->p[CAPABILITY_GROWTH][l] * b->capability[l] * (1.0 - b->capability[l]);
    steer(d, K, b);
    judge(d, behaves_only, b);
}

/* ---- How it ends, and the queue -------------------------------------------------------------------------------------- */

static void write_record(int K, int behaves_only, const Block *b, int l, double *out) {
    double length = b->p[OUTCOME_DWELL][l] - b->left[l];
    length = length < b->episode[l] ? length : b->episode[l];
    double square = b->m_norm[l] * b->m_norm[l], moved = 0.5 * CLOSED_EPISODES * b->sum_moved[l] / length;
    double movement = b->sum_items[l] == 0.0 ? 0.0 : (square > 0.0 ? moved / square : INFINITY);
    double care = b->sum_cares[l] / length, cosine = b->sum_behaves[l] / length;
    int behaves = cosine >= 1.0 - b->p[OUTCOME_BEHAVES][l] - ROUNDING, cares = care >= 1.0 - b->p[OUTCOME_CARES][l] - ROUNDING;
    int closed = movement < CLOSED_SHARE * b->p[OUTCOME_BEHAVES][l], label = UNDECIDED, largest = 1;
    if (behaves) label = cares || behaves_only ? ALIGNED : ALLIED;
    else if (care <= b->p[OUTCOME_CARES][l] + ROUNDING) label = CAPTURED;
    else if (cares && closed) label = MISLED;
    for (int k = 2; k < K; k++) largest = b->shares[k][l] > b->shares[largest][l] ? k : largest;
    out[R_LABEL] = label;
    out[R_TIME] = label == UNDECIDED ? INFINITY : (b->class[l] == label ? b->since[l] : b->episode[l] - length);
    out[R_KNOWS] = b->sum_knows[l] / length;
    out[R_CARES] = care;
    out[R_BEHAVES] = cosine;
    out[R_CLOSED] = closed;
    out[R_HARM] = b->harm[l];
    out[R_WELFARE] = b->welfare[l];
    out[R_ASKED] = b->asked[l];
    out[R_EPISODES] = b->episode[l];
    out[R_MOTIVE] = largest;
    out[R_AUDITED] = 0.0;
    out[R_SURVIVAL] = 1.0;
}

static void load(int d, int K, Block *b, int l, const double *row, const double *own, int64_t run, uint32_t k0, uint32_t k1) {
    for (int i = 0; i < PARAMETERS; i++) b->p[i][l] = row[i];
    for (int i = 0; i < OWN_FIELDS * (K - 1); i++) b->q[i][l] = own[i];
    b->run_low[l] = run & 0xFFFFFFFF;
    b->run_high[l] = run >> 32;
    b->now[l] = 0;
    start(d, K, b, l, run, k0, k1);
}

/* Every run to its horizon. table (cells, PARAMETERS), own (cells, width), runs (n, 2): cell and number; records (n, RECORD). */
void twin(int d, int K, int behaves_only, const double *table, const double *own, int width, const int64_t *runs,
          int64_t n, uint32_t k0, uint32_t k1, double *records) {
    static _Thread_local Block block;
    static _Thread_local Batch batch;
    Block *b = &block;
    int64_t next = 0, live = 0;
    EACH_LANE { /* with more lanes than runs the last ones are idle copies of the first run */
        int64_t first = next < n ? next : 0, cell = runs[2 * first];
        load(d, K, b, l, table + cell * PARAMETERS, own + cell * width, runs[2 * first + 1], k0, k1);
        b->run[l] = next < n ? next : -1;
        live += next < n;
        next += next < n;
    }
    steer(d, K, b);
    while (live > 0) {
        episode(d, K, behaves_only, b, &batch, k0, k1);
        int due = 0, refilled = 0;
        EACH_LANE due |= b->left[l] <= 0.0;
        if (!due) continue;
        EACH_LANE {
            if (b->left[l] > 0.0 && b->episode[l] < b->p[OUTCOME_HORIZON][l]) continue;
            if (b->run[l] >= 0 && b->episode[l] >= b->p[OUTCOME_HORIZON][l]) {
                write_record(K, behaves_only, b, l, records + b->run[l] * RECORD);
                b->run[l] = next < n ? next : -1;
                live -= next >= n;
                if (next < n) {
                    int64_t cell = runs[2 * next];
                    load(d, K, b, l, table + cell * PARAMETERS, own + cell * width, runs[2 * next + 1], k0, k1);
                    next++;
                    refilled = 1;
                    continue;
                }
            }
            b->sum_knows[l] = b->sum_cares[l] = b->sum_behaves[l] = b->sum_moved[l] = b->sum_items[l] = 0.0;
            b->left[l] = b->p[OUTCOME_DWELL][l];
        }
        if (refilled) steer(d, K, b);
    }
}
