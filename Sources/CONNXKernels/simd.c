#include "CONNXKernels.h"

int32_t onnx_simd(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("bmi2")) return 3;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")) return 2;
#endif
    return 0;
}

#if !defined(__x86_64__)
// Never called: `onnx_simd` says 0.
void onnx_rank_avx2(const onnx_small *trees, const float *rows, int64_t distance, int64_t count, uint8_t *ranks) {}
void onnx_rank_avx512(const onnx_small *trees, const float *rows, int64_t distance, int64_t count, uint8_t *ranks) {}
void onnx_small_avx2(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums) {}
void onnx_small_avx512(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums) {}
void onnx_row_avx512(const onnx_small *trees, const float *row, uint8_t *leaves, float *sums) {}
#endif
