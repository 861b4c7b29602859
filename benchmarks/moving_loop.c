/* The quarter's moves of talents (docs/ODD.md, 7.8, 7.11, 7.12), as one would write them by hand in C.

   The same generator, keys, hazards, events at employers, alternatives, reasons and rationing as the process
   `migrate_talents`, on the same columns in the same types: the types come from the compiler's command line (T_SLOT and
   so on). One plain loop over rows: who considers moving is found first, only those draw tastes and choose; what depends
   on places alone is summed before the loop; nothing is allocated; the second pass walks over those who wish to move
   only. Threads take blocks of rows from a counter. CHUNK > 1: the draws of that many rows are made in a small loop of
   their own, which a compiler can turn into vector instructions. */

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define MAX_PLACES 128
#define MAX_THREADS 64
#define BLOCK 32768
#define TERMS 9
#define TRIGGERS 6
#ifndef CHUNK
#define CHUNK 1
#endif

enum { TASTE = 3, TASTE_NEST = 4, CONSIDER = 5, PLACE = 6, NEST = 7, SEES = 8, EMPLOYER = 41, DWELLING = 42 };
enum { SCHOOL, YOUNG, OLDER, JOB_LOST, WITH_EMPLOYER };

typedef struct { /* whole numbers and rates of a quarter, then tables; P = places, C = countries, S = skills */
    uint64_t run_seed, population_seed;
    int64_t quarter, places, countries, france, young_quarters;
    double beta, nest, taste_country, taste_place, school_cost, older_cost, hazard_young, hazard_older, hazard_abroad;
    double home, displaced, tied, dwellings_per_agent, rationing;
    const int64_t *country, *nest_size, *market;                       /* (P), (C), (P) */
    const double *log_labour_cost, *wage_ratio, *wedge_100, *wedge_167; /* (P) */
    const double *top_rate, *housing;                                  /* (P) */
    const double *constants, *affinity, *cost, *entry;                 /* (P, P) */
    const double *awareness, *relief;                                  /* (3, P), (S, P) */
    const double *class_log_pay, *class_cost;                          /* (S) */
    const double *staff, *talents, *jobs_lost, *following, *offered;   /* (P), (P), (P), (P, P), (P) */
} quarter_t;

typedef struct {
    const T_SLOT *slot;
    const T_GENERATION *generation;
    const T_ORIGIN *origin;
    const T_SKILL *skill;
    const T_ENTRY *entry;
    const T_LOG_ABILITY *log_ability;
    const T_STARTUP_RANK *startup_rank;
    const T_FIRMS *firms;
    const T_COUNTS *counts;
    T_PLACE *place;
    T_ARRIVED *arrived;
} columns_t;

typedef struct { uint32_t row; uint8_t there, trigger; } wish_t;

typedef struct {
    int64_t demand[MAX_PLACES], refused[MAX_PLACES], flows[2][MAX_PLACES][MAX_PLACES];
    int64_t triggers[2][2][TRIGGERS], terms[2][2][TERMS];
} sums_t;

typedef struct { /* of the whole process, read by all threads */
    const quarter_t *q;
    const columns_t *c;
    wish_t *wishes;  /* (rows): those of a block begin at its first row */
    int64_t *wished; /* (blocks): how many */
    int64_t rows, next;
    double share[MAX_PLACES], loses[MAX_PLACES], follows[MAX_PLACES][MAX_PLACES], met[MAX_PLACES];
    double fixed[MAX_PLACES][MAX_PLACES]; /* origin x place: all of V that no person changes */
    double hazard[2][2];                  /* older, outside the own country */
    sums_t *sums;                         /* (threads) */
} work_t;

typedef struct { double first, second; } pair_t;

static inline pair_t uniforms(uint64_t seed, uint32_t purpose, uint64_t uid, int64_t quarter, uint32_t block) {
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    uint32_t a = (uint32_t)uid, b = (uint32_t)(uid >> 32), c = (uint32_t)(quarter + 4096) << 8 | purpose, d = block;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * a, p1 = (uint64_t)0xCD9E8D57u * c;
        a = (uint32_t)(p1 >> 32) ^ b ^ k0;
        b = (uint32_t)p1;
        c = (uint32_t)(p0 >> 32) ^ d ^ k1;
        d = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (pair_t){((double)(a >> 6) * 67108864.0 + (double)(b >> 6) + 0.5) * 0x1p-52,
                    ((double)(c >> 6) * 67108864.0 + (double)(d >> 6) + 0.5) * 0x1p-52};
}

static inline pair_t normals(uint64_t seed, uint32_t purpose, uint64_t uid, uint32_t block) {
    pair_t u = uniforms(seed, purpose, uid, 0, block);
    double radius = sqrt(-2.0 * log(u.first)), angle = 2.0 * M_PI * u.second;
    return (pair_t){radius * cos(angle), radius * sin(angle)};
}

static double log_positive_stable(pair_t u, double index) {
    double angle = M_PI * u.first, waiting = -log(u.second);
    return log(sin(index * angle)) - log(sin(angle)) / index +
           (1.0 - index) / index * (log(sin((1.0 - index) * angle)) - log(waiting));
}

static inline double net_share(const quarter_t *q, double pay, double relief, int64_t j) {
    double x = q->wage_ratio[j] * pay, wedge;
    if (x <= 1.0)
        wedge = q->wedge_100[j];
    else if (x <= 1.67)
        wedge = q->wedge_100[j] + (q->wedge_167[j] - q->wedge_100[j]) * (x - 1.0) / 0.67;
    else
        wedge = (q->wedge_167[j] * 1.67 + q->top_rate[j] * (x - 1.67)) / x;
    return log(1.0 - wedge + relief);
}

static inline double moving_factor(const quarter_t *q, int64_t skill, int64_t age) {
    double factor = q->class_cost[skill];
    return age == 0 ? factor * q->school_cost : age >= q->young_quarters ? factor * q->older_cost : factor;
}

static void tastes(const quarter_t *q, uint64_t uid, double *taste) {
    double by_country[MAX_PLACES + 1];
    for (int64_t n = 0; n < q->countries; n += 2) {
        pair_t z = normals(q->population_seed, TASTE_NEST, uid, (uint32_t)(n / 2));
        by_country[n] = q->taste_country * z.first;
        by_country[n + 1] = q->taste_country * z.second;
    }
    for (int64_t j = 0; j < q->places; j += 2) {
        pair_t z = normals(q->population_seed, TASTE, uid, (uint32_t)(j / 2));
        taste[j] = q->taste_place * z.first + by_country[q->country[j]];
        if (j + 1 < q->places) taste[j + 1] = q->taste_place * z.second + by_country[q->country[j + 1]];
    }
}

static int64_t choose(const work_t *w, int64_t i, uint64_t uid, int64_t here, int64_t age) {
    const quarter_t *q = w->q;
    const int64_t P = q->places, o = w->c->origin[i], skill = w->c->skill[i], home = q->country[here];
    double taste[MAX_PLACES + 1], shared[MAX_PLACES];
    tastes(q, uid, taste);
    for (int64_t n = 0; n < q->countries; n++)
        shared[n] = q->nest_size[n] > 1 && q->nest < 1.0
            ? q->nest * log_positive_stable(uniforms(q->run_seed, NEST, uid, q->quarter, (uint32_t)n), q->nest) : 0.0;
    const double sees = uniforms(q->run_seed, SEES, uid, q->quarter, 0).first;
    const double pay = exp(q->class_log_pay[skill] + w->c->log_ability[i]), factor = moving_factor(q, skill, age);
    const int64_t group = home == q->france ? 0 : q->country[o] == q->france ? 1 : 2;
    const double *fixed = w->fixed[o], *cost = q->cost + here * P, *visa = q->entry + o * P;
    const double *awareness = q->awareness + group * P, *relief = q->relief + skill * P;
    double most = -INFINITY;
    int64_t best = -1;
    pair_t u = {0.5, 0.5};
    for (int64_t j = 0; j < P; j++) {
        if (j % 2 == 0) u = uniforms(q->run_seed, PLACE, uid, q->quarter, (uint32_t)(j / 2));
        if (sees >= awareness[j] && j != here && j != o) continue;
        const int crosses = q->country[j] != home;
        const double scale = q->nest_size[q->country[j]] > 1 ? q->nest : 1.0;
        double v = fixed[j] + q->beta * net_share(q, pay, crosses ? relief[j] : 0.0, j);
        v += taste[j] - factor * cost[j] - (crosses ? visa[j] : 0.0);
        v += shared[q->country[j]] - scale * log(-log(j % 2 ? u.second : u.first));
        if (v > most) {
            most = v;
            best = j;
        }
    }
    return best;
}

static void wish_block(work_t *w, int64_t block, sums_t *sums) {
    const quarter_t *q = w->q;
    const columns_t *c = w->c;
    const int64_t first = block * BLOCK, last = first + BLOCK < w->rows ? first + BLOCK : w->rows, P = q->places;
    wish_t *wish = w->wishes + first;
    double draws[CHUNK], seconds[CHUNK];
    for (int64_t from = first; from < last; from += CHUNK) {
        const int64_t many = from + CHUNK < last ? CHUNK : last - from;
        for (int64_t n = 0; n < many; n++) {
            uint64_t uid = (uint64_t)c->generation[from + n] << 32 | (uint64_t)c->slot[from + n];
            pair_t u = uniforms(q->run_seed, CONSIDER, uid, q->quarter, 0);
            draws[n] = u.first;
            seconds[n] = u.second;
        }
        for (int64_t n = 0; n < many; n++) {
            const int64_t i = from + n, here = c->place[i], age = q->quarter - c->entry[i];
            const int abroad = q->country[here] != q->country[c->origin[i]];
            const double hazard = age == 0 ? 1.0 : w->hazard[age >= q->young_quarters][abroad];
            const double draw = draws[n];
            const int in_startup = c->startup_rank[i] < w->share[here];
            if (draw >= hazard && !in_startup) continue;
            const uint64_t uid = (uint64_t)c->generation[i] << 32 | (uint64_t)c->slot[i];
            const int bound = c->firms[i] > 0 && seconds[n] < q->tied * c->firms[i];
            double chance = hazard;
            if (in_startup) {
                pair_t e = uniforms(q->run_seed, EMPLOYER, uid, q->quarter, 0);
                if (e.first < w->follows[here][P - 1] && !bound) {
                    int64_t there = 0;
                    while (e.first >= w->follows[here][there]) there++;
                    if (there != here) *wish++ = (wish_t){(uint32_t)i, (uint8_t)there, WITH_EMPLOYER};
                    continue;
                }
                if (e.second < w->loses[here]) chance = 1.0 - (1.0 - hazard) * (1.0 - q->displaced);
            }
            if (draw >= chance || bound) continue;
            const int64_t there = choose(w, i, uid, here, age);
            if (there == here) continue;
            const int why = draw >= hazard ? JOB_LOST : age == 0 ? SCHOOL : age < q->young_quarters ? YOUNG : OLDER;
            *wish++ = (wish_t){(uint32_t)i, (uint8_t)there, (uint8_t)why};
            if (c->counts[i]) sums->demand[there]++;
        }
    }
    w->wished[block] = wish - (w->wishes + first);
}

static void terms_of(const quarter_t *q, const columns_t *c, int64_t i, int64_t here, int64_t j, int64_t age,
                     const double *taste, double *out) {
    const int64_t o = c->origin[i], skill = c->skill[i], P = q->places;
    const int crosses = q->country[j] != q->country[here];
    const double home = j == o ? q->home : 0.0, pay = exp(q->class_log_pay[skill] + c->log_ability[i]);
    out[0] = q->beta * q->log_labour_cost[j];
    out[1] = q->beta * net_share(q, pay, crosses ? q->relief[skill * P + j] : 0.0, j);
    out[2] = -q->beta * q->housing[j];
    out[3] = q->constants[o * P + j] - home;
    out[4] = home;
    out[5] = q->affinity[o * P + j];
    out[6] = taste[j];
    out[7] = -moving_factor(q, skill, age) * q->cost[here * P + j];
    out[8] = crosses ? -q->entry[o * P + j] : 0.0;
}

static void settle_block(work_t *w, int64_t block, sums_t *sums) {
    const quarter_t *q = w->q;
    const columns_t *c = w->c;
    const wish_t *wish = w->wishes + block * BLOCK, *end = wish + w->wished[block];
    double taste[MAX_PLACES + 1], before[TERMS], after[TERMS];
    for (; wish < end; wish++) {
        const int64_t i = wish->row, here = c->place[i], there = wish->there;
        const uint64_t uid = (uint64_t)c->generation[i] << 32 | (uint64_t)c->slot[i];
        const int chose = wish->trigger != WITH_EMPLOYER;
        if (chose && uniforms(q->run_seed, DWELLING, uid, q->quarter, 0).first >= w->met[there]) {
            if (c->counts[i]) sums->refused[there]++;
            continue;
        }
        c->place[i] = (T_PLACE)there;
        const int was = q->country[here] == q->france, now = q->country[there] == q->france;
        if (now && !was) c->arrived[i] = (T_ARRIVED)q->quarter;
        if (!c->counts[i]) continue;
        const int kind = q->country[c->origin[i]] != q->france;
        sums->flows[kind][here][there]++;
        if (was == now) continue;
        sums->triggers[kind][now][wish->trigger]++;
        if (!chose) continue;
        const int64_t age = q->quarter - c->entry[i];
        tastes(q, uid, taste);
        terms_of(q, c, i, here, here, age, taste, before);
        terms_of(q, c, i, here, there, age, taste, after);
        for (int n = 0; n < TERMS; n++) sums->terms[kind][now][n] += (int64_t)rint((after[n] - before[n]) / 1e-6);
    }
}

static double share_met(double demand, double supply, double k) {
    if (demand <= 0.0) return 1.0;
    if (supply <= 0.0) return 0.0;
    const double x = demand / supply;
    return x <= 1.0 ? pow(1.0 + pow(x, k), -1.0 / k) : pow(1.0 + pow(x, -k), -1.0 / k) / x;
}

static double in_market(const quarter_t *q, const double *values, int64_t stride, int64_t place) {
    double sum = 0.0;
    for (int64_t j = 0; j < q->places; j++)
        if (q->market[j] == q->market[place]) sum += values[j * stride];
    return sum;
}

static void prepare(work_t *w) {
    const quarter_t *q = w->q;
    const int64_t P = q->places;
    for (int64_t p = 0; p < P; p++) {
        const double staff = in_market(q, q->staff, 1, p), people = in_market(q, q->talents, 1, p);
        double sum = 0.0;
        w->share[p] = fmin(staff / fmax(people, 1.0), 1.0);
        w->loses[p] = fmin(in_market(q, q->jobs_lost, 1, p) / fmax(staff, 1.0), 1.0);
        for (int64_t d = 0; d < P; d++) {
            if (q->market[d] != q->market[p]) sum += in_market(q, q->following + d, P, p) / fmax(staff, 1.0);
            w->follows[p][d] = sum;
            w->fixed[p][d] = q->beta * (q->log_labour_cost[d] - q->housing[d]) + q->constants[p * P + d]
                             + q->affinity[p * P + d];
        }
        for (int64_t d = 0; d < P; d++) w->follows[p][d] /= fmax(sum, 1.0);
    }
    for (int abroad = 0; abroad < 2; abroad++) {
        w->hazard[0][abroad] = q->hazard_young * (abroad ? q->hazard_abroad : 1.0);
        w->hazard[1][abroad] = q->hazard_older * (abroad ? q->hazard_abroad : 1.0);
    }
}

typedef struct { work_t *work; sums_t *sums; void (*pass)(work_t *, int64_t, sums_t *); } task_t;

static void *blocks_in_turn(void *given) {
    task_t *task = given;
    for (;;) {
        int64_t block = __atomic_fetch_add(&task->work->next, 1, __ATOMIC_RELAXED);
        if (block * BLOCK >= task->work->rows) return 0;
        task->pass(task->work, block, task->sums);
    }
}

static void all_blocks(work_t *w, int64_t threads, void (*pass)(work_t *, int64_t, sums_t *)) {
    pthread_t others[MAX_THREADS];
    task_t tasks[MAX_THREADS];
    w->next = 0;
    for (int64_t t = 0; t < threads; t++) tasks[t] = (task_t){w, w->sums + t, pass};
    for (int64_t t = 1; t < threads; t++) pthread_create(&others[t], 0, blocks_in_turn, &tasks[t]);
    blocks_in_turn(&tasks[0]);
    for (int64_t t = 1; t < threads; t++) pthread_join(others[t], 0);
}

int64_t bytes_of_sums(void) { return sizeof(sums_t); }

/* The process. `sums`: (threads) of sums_t, zeroed here; the first holds the result. */
void moving_process(const quarter_t *q, const columns_t *c, int64_t rows, int64_t threads, wish_t *wishes,
                    int64_t *wished, sums_t *sums) {
    work_t w = {.q = q, .c = c, .wishes = wishes, .wished = wished, .rows = rows, .sums = sums};
    memset(sums, 0, (size_t)threads * sizeof(sums_t));
    prepare(&w);
    all_blocks(&w, threads, wish_block);
    for (int64_t p = 0; p < q->places; p++) {
        for (int64_t t = 1; t < threads; t++) sums[0].demand[p] += sums[t].demand[p];
        w.met[p] = share_met((double)sums[0].demand[p] * q->dwellings_per_agent, q->offered[p], q->rationing);
    }
    all_blocks(&w, threads, settle_block);
    const size_t numbers = sizeof(sums_t) / sizeof(int64_t);
    for (int64_t t = 1; t < threads; t++)
        for (size_t n = MAX_PLACES; n < numbers; n++) ((int64_t *)sums)[n] += ((int64_t *)&sums[t])[n];
}
