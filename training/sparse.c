/* One pass of training over a linear-chain CRF whose token scores are sums of sparse features' rows.
 *
 * Sentences are taken in the order given; their loss and its gradients come from crf.c, and every feature of a token is
 * moved by Adagrad at once, so what a batch does not hold costs nothing.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "crf.c"

/* Gradients below this move nothing. */
static const float QUIET = 1e-4f;

static uint32_t turn(uint32_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    *x ^= *x << 5;
    return *x;
}

/* order (m): sentences to learn from; ends (sentences + 1): bounds of all sentences' tokens; places (tokens, f): rows of weight, `none` where there is none;
 * weight, square (rows, k); decay (rows): pull towards zero of each row; following, followed (k, k): transitions and their squares;
 * rules (k, k), first (k): what is forbidden;
 * space: room for the longest sentence: tokens * (2 k + f). Returns the loss. */
double sparse_pass(const long *order, long m, const long *ends, const int32_t *places, long f, int32_t none, const long *allowed, long k,
                  float *weight, float *square, const float *decay, float *following, float *followed, const float *rules, const float *first,
                  float rate, float drop, uint32_t *seed, float *space)
{
    double loss = 0;
    float trans[MOST * MOST], gtrans[MOST * MOST];
    uint32_t limit = (uint32_t)(drop * 4294967295.0f);
    for (long s = 0; s < m; s++) {
        long i = ends[order[s]], n = ends[order[s] + 1] - i, start[2] = {0, n};
        float *scores = space, *gscores = space + n * k;
        int32_t *at = (int32_t *)(space + 2 * n * k);
        memset(gscores, 0, n * k * sizeof(float));
        memset(gtrans, 0, sizeof gtrans);
        for (long t = 0; t < n; t++) {
            float *row = scores + t * k;
            memset(row, 0, k * sizeof(float));
            for (long q = 0; q < f; q++) {
                int32_t p = places[(i + t) * f + q];
                if (p != none && turn(seed) < limit) p = none;
                at[t * f + q] = p;
                if (p == none) continue;
                const float *w = weight + (long)p * k;
                for (long j = 0; j < k; j++) row[j] += w[j];
            }
        }
        for (long j = 0; j < k * k; j++) trans[j] = following[j] + rules[j];
        loss += crf(scores, trans, first, allowed + i, start, 1, k, gscores, gtrans);
        for (long t = 0; t < n; t++) {
            const float *g = gscores + t * k;
            float most = 0;
            for (long j = 0; j < k; j++) if (fabsf(g[j]) > most) most = fabsf(g[j]);
            if (most < QUIET) continue;
            for (long q = 0; q < f; q++) {
                int32_t p = at[t * f + q];
                if (p == none) continue;
                float *w = weight + (long)p * k, *z = square + (long)p * k, d = decay[p];
                for (long j = 0; j < k; j++) {
                    float x = g[j] + d * w[j];
                    z[j] += x * x;
                    w[j] -= rate * x / sqrtf(z[j] + 1e-8f);
                }
            }
        }
        for (long j = 0; j < k * k; j++) {
            if (gtrans[j] == 0) continue;
            followed[j] += gtrans[j] * gtrans[j];
            following[j] -= rate * gtrans[j] / sqrtf(followed[j] + 1e-8f);
        }
    }
    return loss;
}
