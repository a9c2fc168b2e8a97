#include "CONNXKernels.h"

#include <string.h>

#define NODE onnx_node
#define KEY int32_t
#define NUMBER float
#define NAME(x) x
#include "walk.inc"

#define NODE onnx_node_wide
#define KEY int32_t
#define NUMBER float
#define NAME(x) x##_wide
#include "walk.inc"

#define NODE onnx_node_double
#define KEY int64_t
#define NUMBER double
#define NAME(x) x##_double
#include "walk.inc"

// Keys are ordered as the numbers are. Adding zero makes a positive zero of a negative one.

void onnx_prepare(const onnx_forest *forest, const float *rows, int64_t distance, int64_t count, int32_t *keys) {
    const int32_t *missing = forest->missing;
    for (int64_t r = 0; r < count; r++) keys[r] = INT32_MIN;
    for (int64_t c = 0; c < forest->columns; c++) {
        const float *row = rows + forest->features[c];
        keys += ONNX_BLOCK;
        for (int64_t r = 0; r < count; r++, row += distance) {
            float value = *row + 0.0f;
            int32_t bits;
            memcpy(&bits, &value, sizeof bits);
            int32_t key = bits < 0 ? (int32_t)(0x80000000u - (uint32_t)bits) : bits;
            keys[r] = value != value ? missing[c] : key;
        }
    }
}

void onnx_prepare_double(const onnx_forest *forest, const double *rows, int64_t distance, int64_t count, int64_t *keys) {
    const int64_t *missing = forest->missing;
    for (int64_t r = 0; r < count; r++) keys[r] = INT64_MIN;
    for (int64_t c = 0; c < forest->columns; c++) {
        const double *row = rows + forest->features[c];
        keys += ONNX_BLOCK;
        for (int64_t r = 0; r < count; r++, row += distance) {
            double value = *row + 0.0;
            int64_t bits;
            memcpy(&bits, &value, sizeof bits);
            int64_t key = bits < 0 ? (int64_t)(0x8000000000000000u - (uint64_t)bits) : bits;
            keys[r] = value != value ? missing[c] : key;
        }
    }
}
