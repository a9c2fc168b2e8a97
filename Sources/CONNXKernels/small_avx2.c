#if defined(__x86_64__)
#include "CONNXKernels.h"

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

AVX2 static inline uint32_t count_avx2(const float *line, float value) {
    const __m256 all = _mm256_set1_ps(value);
    const int low = _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(line), all, _CMP_LE_OQ));
    const int high = _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(line + 8), all, _CMP_LE_OQ));
    return (uint32_t)__builtin_popcount((unsigned)(low | high << 8));
}

#define TARGET AVX2
#define COUNT count_avx2
#define NAME(x) x##_avx2
#include "rank.inc"

// Each branch is looked at once for 32 rows: a byte for each row says whether the row gets there at all, and a row's leaf is the number of
// leaves on the left of the branches at which it goes right.
AVX2 void onnx_small_avx2(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums) {
    __m256i here[128];
    uint8_t leaf[32] __attribute__((aligned(32)));
    for (int64_t half = 0; half < 2 * blocks; half++) {
        const uint8_t *rank = ranks + (half / 2) * trees->columns * 64 + (half % 2) * 32;
        float *sum = sums + (half / 2) * trees->outputs * 64 + (half % 2) * 32;
        for (int64_t t = 0; t < trees->trees; t++) {
            const onnx_split *split = trees->splits + trees->starts[t], *end = trees->splits + trees->starts[t + 1];
            __m256i found = _mm256_setzero_si256();
            here[0] = _mm256_set1_epi8(-1);
            for (int64_t j = 0; split < end; split++, j++) {
                const __m256i threshold = _mm256_set1_epi8((char)split->threshold);
                const __m256i value = _mm256_load_si256((const __m256i *)(rank + split->column));
                const __m256i isLeft = _mm256_cmpeq_epi8(_mm256_min_epu8(value, threshold), value);
                const __m256i isRight = _mm256_andnot_si256(isLeft, here[j]);
                here[split->left] = _mm256_and_si256(isLeft, here[j]);
                here[split->right] = isRight;
                found = _mm256_add_epi8(found, _mm256_and_si256(isRight, _mm256_set1_epi8((char)split->add)));
            }
            _mm256_store_si256((__m256i *)leaf, found);
            if (trees->output) {
                const float *line = trees->leaves + t * 64;
                float *target = sum + (int64_t)trees->output[t] * 64;
                for (int r = 0; r < 32; r++) target[r] += line[leaf[r]];
            } else {
                for (int64_t o = 0; o < trees->outputs; o++) {
                    const float *line = trees->leaves + (t * trees->outputs + o) * 64;
                    for (int r = 0; r < 32; r++) sum[o * 64 + r] += line[leaf[r]];
                }
            }
        }
    }
}
#endif
