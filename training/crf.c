/* Linear-chain conditional random field over runs of tokens: the loss and its gradients, by forward and backward sums.
 *
 * scores (n, k); trans (k, k): from label, to label, -1e9 where forbidden; first (k): added at a run's beginning;
 * allowed (n): bit j set if the annotation allows label j. The loss of a run is log(sum over all paths) less log(sum over
 * the allowed paths), so a token whose label is not known may allow several. Runs without an allowed path are left out.
 * Gradients are added to gscores and gtrans. Returns the loss of all runs together; no number for more labels than `allowed` has
 * bits.
 */
#include <math.h>
#include <stdlib.h>

enum { MOST = 8 * sizeof(long) };

static double chain(const float *scores, const float *etrans, const float *first, const long *allowed, int constrained,
                    long from, long n, long k, float sign, float *gscores, float *gtrans, float *a, float *b)
{
    /* a, b: forward and backward sums of each token, scaled to a sum of one; the scales' logarithms make the total.
     * Never more than MOST labels: crf() sees to it. */
    double total = 0;
    for (long t = 0; t < n; t++) {
        const float *s = scores + (from + t) * k;
        float *at = a + t * k, most = -1e30f, sum = 0;
        for (long j = 0; j < k; j++) if (s[j] > most) most = s[j];
        for (long j = 0; j < k; j++) {
            float in = 0;
            if (t == 0) in = expf(first[j]);
            else for (long i = 0; i < k; i++) in += at[i - k] * etrans[i * k + j];
            int ok = !constrained || (allowed[from + t] >> j & 1);
            at[j] = ok ? in * expf(s[j] - most) : 0;
            sum += at[j];
        }
        if (sum < 1e-30f) return NAN;
        for (long j = 0; j < k; j++) at[j] /= sum;
        total += most + log(sum);
    }
    if (!gscores) return total;
    for (long t = n - 1; t >= 0; t--) {
        float *bt = b + t * k, *at = a + t * k, z = 0;
        if (t == n - 1) for (long j = 0; j < k; j++) bt[j] = 1;
        else {
            const float *s = scores + (from + t + 1) * k;
            float w[MOST], most = -1e30f, sum = 0;
            for (long j = 0; j < k; j++) if (s[j] > most) most = s[j];
            for (long j = 0; j < k; j++) {
                int ok = !constrained || (allowed[from + t + 1] >> j & 1);
                w[j] = ok ? expf(s[j] - most) * bt[k + j] : 0;
            }
            for (long i = 0; i < k; i++) {
                bt[i] = 0;
                for (long j = 0; j < k; j++) bt[i] += etrans[i * k + j] * w[j];
                sum += bt[i];
            }
            float e = 0;
            for (long i = 0; i < k; i++) for (long j = 0; j < k; j++) e += at[i] * etrans[i * k + j] * w[j];
            for (long i = 0; i < k; i++) for (long j = 0; j < k; j++) gtrans[i * k + j] += sign * at[i] * etrans[i * k + j] * w[j] / e;
            for (long i = 0; i < k; i++) bt[i] /= sum;
        }
        for (long j = 0; j < k; j++) z += at[j] * bt[j];
        for (long j = 0; j < k; j++) gscores[(from + t) * k + j] += sign * at[j] * bt[j] / z;
    }
    return total;
}

double crf(const float *scores, const float *trans, const float *first, const long *allowed, const long *start, long runs, long k,
           float *gscores, float *gtrans)
{
    if (k > MOST) return NAN;
    float etrans[MOST * MOST];
    for (long i = 0; i < k * k; i++) etrans[i] = expf(trans[i]);
    double loss = 0;
    for (long r = 0; r < runs; r++) {
        long n = start[r + 1] - start[r];
        float *a = malloc(2 * n * k * sizeof(float)), *b = a + n * k;
        double right = chain(scores, etrans, first, allowed, 1, start[r], n, k, 0, 0, 0, a, b);
        if (!isnan(right)) {
            loss += chain(scores, etrans, first, allowed, 0, start[r], n, k, 1, gscores, gtrans, a, b) - right;
            chain(scores, etrans, first, allowed, 1, start[r], n, k, -1, gscores, gtrans, a, b);
        }
        free(a);
    }
    return loss;
}
