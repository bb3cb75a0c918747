/* The recurrence of the Simple Recurrent Unit (Lei et al. 2018), forward and backward, one direction.
 *
 * It is elementwise over channels, so a loop over tokens with the channels inside is all it needs; in tensor
 * operations the same takes a call a token, which was most of the training time.
 * u holds for each token three blocks of `d`: candidate, forget and reset gate before their bias; x is the
 * highway input. Rows between start[k] and start[k+1] are one segment; the state is zero at its beginning.
 *   f = sigmoid(u1 + vf*c' + bf);  r = sigmoid(u2 + vr*c' + br);  c = f*c' + (1-f)*u0;  h = r*c + (1-r)*x
 * with c' the state of the token before (after, where `reverse`).
 */
#include <math.h>
#include <string.h>

static inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

void sru_forward(const float *restrict u, long us, const float *restrict x, long xs, const float *restrict v,
                 const float *restrict b, const long *start, long segments, long d, int reverse,
                 float *restrict h, long hs, float *restrict c, float *restrict f, float *restrict r)
{
    float zero[1024];
    memset(zero, 0, sizeof zero);
    for (long s = 0; s < segments; s++) {
        const float *last = zero;
        for (long k = 0; k < start[s + 1] - start[s]; k++) {
            long t = reverse ? start[s + 1] - 1 - k : start[s] + k;
            const float *restrict ut = u + t * us, *restrict xt = x + t * xs, *restrict p = last;
            float *restrict ct = c + t * d, *restrict ft = f + t * d, *restrict rt = r + t * d, *restrict ht = h + t * hs;
            for (long i = 0; i < d; i++) {
                float fi = sigmoid(ut[d + i] + v[i] * p[i] + b[i]);
                float ri = sigmoid(ut[2 * d + i] + v[d + i] * p[i] + b[d + i]);
                float ci = fi * p[i] + (1.0f - fi) * ut[i];
                ft[i] = fi;
                rt[i] = ri;
                ct[i] = ci;
                ht[i] = ri * ci + (1.0f - ri) * xt[i];
            }
            last = ct;
        }
    }
}

void sru_backward(const float *restrict u, long us, const float *restrict x, long xs, const float *restrict v,
                  const long *start, long segments, long d, int reverse,
                  const float *restrict c, const float *restrict f, const float *restrict r,
                  const float *restrict gh, long ghs, float *restrict gu, long gus, float *restrict gx, long gxs,
                  float *restrict gv, float *restrict gb)
{
    float zero[1024], gc[1024];
    memset(zero, 0, sizeof zero);
    for (long s = 0; s < segments; s++) {
        long n = start[s + 1] - start[s];
        memset(gc, 0, sizeof gc);
        for (long k = n - 1; k >= 0; k--) {
            long t = reverse ? start[s + 1] - 1 - k : start[s] + k;
            const float *restrict p = k ? c + (reverse ? t + 1 : t - 1) * d : zero;
            const float *restrict ut = u + t * us, *restrict xt = x + t * xs, *restrict ght = gh + t * ghs;
            const float *restrict ct = c + t * d, *restrict ft = f + t * d, *restrict rt = r + t * d;
            float *restrict gut = gu + t * gus, *restrict gxt = gx + t * gxs;
            for (long i = 0; i < d; i++) {
                float fi = ft[i], ri = rt[i], g = ght[i];
                float gr = g * (ct[i] - xt[i]) * ri * (1.0f - ri);
                gxt[i] = g * (1.0f - ri);
                float gci = gc[i] + g * ri;
                float gf = gci * (p[i] - ut[i]) * fi * (1.0f - fi);
                gut[i] = gci * (1.0f - fi);
                gut[d + i] = gf;
                gut[2 * d + i] = gr;
                gc[i] = gci * fi + gf * v[i] + gr * v[d + i];
                gv[i] += gf * p[i];
                gv[d + i] += gr * p[i];
                gb[i] += gf;
                gb[d + i] += gr;
            }
        }
    }
}

/* Row-wise sparse Adam with one second moment a row: only the rows of this batch are touched.
 * `rows` may repeat; `grad` holds one gradient row for each entry; `order` sorts the entries by row. */
void sparse_adam(float *restrict w, float *restrict m, float *restrict v, const int *restrict rows, const long *restrict order,
                 const float *restrict grad, long n, long d, float lr, float beta1, float beta2, float eps)
{
    float g[1024];
    for (long i = 0; i < n;) {
        int row = rows[order[i]];
        memset(g, 0, d * sizeof(float));
        for (; i < n && rows[order[i]] == row; i++) {
            const float *gi = grad + order[i] * d;
            for (long k = 0; k < d; k++) g[k] += gi[k];
        }
        float sq = 0;
        for (long k = 0; k < d; k++) sq += g[k] * g[k];
        float *wr = w + (long)row * d, *mr = m + (long)row * d;
        v[row] = beta2 * v[row] + (1 - beta2) * sq / d;
        float step = lr / (sqrtf(v[row]) + eps);
        for (long k = 0; k < d; k++) {
            mr[k] = beta1 * mr[k] + (1 - beta1) * g[k];
            wr[k] -= step * mr[k];
        }
    }
}
