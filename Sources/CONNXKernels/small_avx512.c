#if defined(__x86_64__)
#include "CONNXKernels.h"

#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,bmi,bmi2,popcnt,lzcnt")))

AVX512 static inline uint32_t count_avx512(const float *line, float value) {
    return (uint32_t)__builtin_popcount(_mm512_cmp_ps_mask(_mm512_loadu_ps(line), _mm512_set1_ps(value), _CMP_LE_OQ));
}

#define TARGET AVX512
#define COUNT count_avx512
#define NAME(x) x##_avx512
#include "rank.inc"

// The leaves of 16 rows among the 64 of a tree.
AVX512 static inline __m512 pick(__m512i found, const __m512 line[4], int quarter) {
    __m128i bytes;
    switch (quarter) {
    case 0: bytes = _mm512_extracti32x4_epi32(found, 0); break;
    case 1: bytes = _mm512_extracti32x4_epi32(found, 1); break;
    case 2: bytes = _mm512_extracti32x4_epi32(found, 2); break;
    default: bytes = _mm512_extracti32x4_epi32(found, 3); break;
    }
    const __m512i index = _mm512_cvtepu8_epi32(bytes);
    const __m512 low = _mm512_permutex2var_ps(line[0], index, line[1]), high = _mm512_permutex2var_ps(line[2], index, line[3]);
    return _mm512_mask_mov_ps(low, _mm512_test_epi32_mask(index, _mm512_set1_epi32(32)), high);
}

AVX512 static inline void load(const float *leaves, __m512 line[4]) {
    for (int i = 0; i < 4; i++) line[i] = _mm512_load_ps(leaves + 16 * i);
}

// Adds what the leaves of `blocks` blocks of 64 rows add; `blocks` is a constant.
AVX512 static inline __attribute__((always_inline)) void descend(
    const onnx_small *trees, int64_t t, const uint8_t *ranks, const int blocks, __m512i *found
) {
    const onnx_split *split = trees->splits + trees->starts[t], *end = trees->splits + trees->starts[t + 1];
    const int64_t distance = trees->columns * 64;
    // A bit for each row says whether it gets to the branch at all.
    __mmask64 here[128 * 4];
    for (int b = 0; b < blocks; b++) {
        here[b] = ~0ull;
        found[b] = _mm512_setzero_si512();
    }
    for (const __mmask64 *reach = here; split < end; split++, reach += blocks) {
        const __m512i threshold = _mm512_set1_epi8((char)split->threshold), add = _mm512_set1_epi8((char)split->add);
        __mmask64 *left = here + split->left * blocks, *right = here + split->right * blocks;
        for (int b = 0; b < blocks; b++) {
            const __m512i rank = _mm512_load_si512(ranks + b * distance + split->column);
            const __mmask64 all = reach[b], isLeft = _mm512_mask_cmple_epu8_mask(all, rank, threshold), isRight = _kandn_mask64(isLeft, all);
            left[b] = isLeft;
            right[b] = isRight;
            found[b] = _mm512_mask_add_epi8(found[b], isRight, found[b], add);
        }
    }
}

AVX512 static inline __attribute__((always_inline)) void several(
    const onnx_small *trees, const uint8_t *ranks, const int blocks, float *sums
) {
    __m512i found[4];
    __m512 line[4];
    if (trees->outputs == 1) {
        __m512 sum[16];
        for (int i = 0; i < 4 * blocks; i++) sum[i] = _mm512_loadu_ps(sums + 16 * i);
        for (int64_t t = 0; t < trees->trees; t++) {
            descend(trees, t, ranks, blocks, found);
            load(trees->leaves + t * 64, line);
            for (int i = 0; i < 4 * blocks; i++) sum[i] = _mm512_add_ps(sum[i], pick(found[i / 4], line, i % 4));
        }
        for (int i = 0; i < 4 * blocks; i++) _mm512_storeu_ps(sums + 16 * i, sum[i]);
        return;
    }
    const int64_t perTree = trees->output ? 1 : trees->outputs;
    for (int64_t t = 0; t < trees->trees; t++) {
        descend(trees, t, ranks, blocks, found);
        for (int64_t o = 0; o < perTree; o++) {
            load(trees->leaves + (t * perTree + o) * 64, line);
            for (int i = 0; i < 4 * blocks; i++) {
                float *target = sums + ((i / 4) * trees->outputs + (trees->output ? trees->output[t] : o)) * 64 + 16 * (i % 4);
                _mm512_storeu_ps(target, _mm512_add_ps(_mm512_loadu_ps(target), pick(found[i / 4], line, i % 4)));
            }
        }
    }
}

AVX512 void onnx_small_avx512(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums) {
    const int64_t rankDistance = trees->columns * 64, sumDistance = trees->outputs * 64;
    int64_t block = 0;
    for (; block + 4 <= blocks; block += 4) several(trees, ranks + block * rankDistance, 4, sums + block * sumDistance);
    for (; block < blocks; block++) several(trees, ranks + block * rankDistance, 1, sums + block * sumDistance);
}

// MARK: One row

// Chooses among the 2^n lines of a level by the answers of the levels above it, the first answer first. Written out by levels, so that the
// lines stay in registers whatever the compiler unrolls.
#define CHOOSE AVX512 static inline __attribute__((always_inline)) __m512i

CHOOSE choose0(const uint8_t *lines, const __mmask64 *answers) { return _mm512_load_si512(lines); }
CHOOSE choose1(const uint8_t *lines, const __mmask64 *answers) {
    return _mm512_mask_blend_epi8(answers[0], _mm512_load_si512(lines), _mm512_load_si512(lines + 64));
}
CHOOSE choose2(const uint8_t *lines, const __mmask64 *answers) {
    return _mm512_mask_blend_epi8(answers[0], choose1(lines, answers + 1), choose1(lines + 2 * 64, answers + 1));
}
CHOOSE choose3(const uint8_t *lines, const __mmask64 *answers) {
    return _mm512_mask_blend_epi8(answers[0], choose2(lines, answers + 1), choose2(lines + 4 * 64, answers + 1));
}
CHOOSE choose4(const uint8_t *lines, const __mmask64 *answers) {
    return _mm512_mask_blend_epi8(answers[0], choose3(lines, answers + 1), choose3(lines + 8 * 64, answers + 1));
}
CHOOSE choose5(const uint8_t *lines, const __mmask64 *answers) {
    return _mm512_mask_blend_epi8(answers[0], choose4(lines, answers + 1), choose4(lines + 16 * 64, answers + 1));
}
#undef CHOOSE

// The values of 64 columns in 64 lanes; there are up to 128 columns.
AVX512 static inline __m512i values(__m512i columns, __m512i low, __m512i high) {
    return _mm512_permutex2var_epi8(low, columns, high);
}

// 64 trees at a time, a lane for each: six levels of branches, whose lines of columns and thresholds are chosen by the answers so far.
AVX512 static void groups(const onnx_small *trees, __m512i low, __m512i high, uint8_t *leaves) {
    for (int64_t first = 0; first < trees->trees; first += 64) {
        const uint8_t *columns = trees->groups + first * 126, *thresholds = columns + 63 * 64;
        __mmask64 answers[6];
        __m512i leaf = _mm512_setzero_si512();
#define LEVEL(l) \
        answers[l] = _mm512_cmpgt_epu8_mask( \
            values(choose##l(columns + ((1 << l) - 1) * 64, answers), low, high), choose##l(thresholds + ((1 << l) - 1) * 64, answers)); \
        leaf = _mm512_mask_add_epi8(leaf, answers[l], leaf, _mm512_set1_epi8(32 >> l));
        LEVEL(0) LEVEL(1) LEVEL(2) LEVEL(3) LEVEL(4) LEVEL(5)
#undef LEVEL
        _mm512_store_si512(leaves + first, leaf);
    }
}

// Tree by tree, a lane for each branch: all branches are answered at once, and those that are answered "right" close the leaves on their
// left. The first leaf that is still open is the row's.
AVX512 static void lines(const onnx_small *trees, __m512i low, __m512i high, uint8_t *leaves) {
    for (int64_t t = 0; t < trees->trees; t++) {
        const uint8_t *line = trees->lines + t * 128;
        const __mmask64 right = _mm512_cmpgt_epu8_mask(values(_mm512_load_si512(line), low, high), _mm512_load_si512(line + 64));
        const uint64_t *masks = trees->masks + t * 64;
        __m512i even = _mm512_set1_epi64(-1), odd = even;
        for (int i = 0; i < 8; i += 2) {
            even = _mm512_mask_and_epi64(even, (__mmask8)(right >> (8 * i)), even, _mm512_load_si512(masks + 8 * i));
            odd = _mm512_mask_and_epi64(odd, (__mmask8)(right >> (8 * i + 8)), odd, _mm512_load_si512(masks + 8 * i + 8));
        }
        const __m512i both = _mm512_and_si512(even, odd);
        const __m256i half = _mm256_and_si256(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
        const __m128i quarter = _mm_and_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
        leaves[t] = (uint8_t)__builtin_ctzll((uint64_t)_mm_cvtsi128_si64(quarter) & (uint64_t)_mm_extract_epi64(quarter, 1));
    }
}

AVX512 void onnx_row_avx512(const onnx_small *trees, const float *row, uint8_t *leaves, float *sums) {
    uint8_t ranks[128] __attribute__((aligned(64))) = {0};
    for (int64_t f = 0; f < trees->featureCount; f++) {
        const onnx_feature feature = trees->features[f];
        const float value = row[feature.feature];
        const uint32_t rank = rank_avx512(trees->thresholds + feature.first, feature.levels, value);
        for (int32_t c = feature.firstColumn; c < feature.firstColumn + feature.columns; c++) {
            const uint32_t base = trees->bases[c], above = rank < base ? 0 : rank - base;
            ranks[c] = value != value ? trees->missing[c] : above > 254 ? 254 : (uint8_t)above;
        }
    }
    const __m512i low = _mm512_load_si512(ranks), high = _mm512_load_si512(ranks + 64);
    if (trees->groups) groups(trees, low, high, leaves);
    else lines(trees, low, high, leaves);

    const float *line = trees->rowLeaves;
    if (trees->outputs == 1) {
        float sum = 0;
        for (int64_t t = 0; t < trees->trees; t++) sum += line[t * 64 + leaves[t]];
        sums[0] = sum;
        return;
    }
    for (int64_t o = 0; o < trees->outputs; o++) sums[o] = 0;
    if (trees->output) {
        for (int64_t t = 0; t < trees->trees; t++) sums[trees->output[t]] += line[t * 64 + leaves[t]];
    } else {
        for (int64_t t = 0; t < trees->trees; t++) {
            const float *leaf = line + (t * 64 + leaves[t]) * trees->outputs;
            for (int64_t o = 0; o < trees->outputs; o++) sums[o] += leaf[o];
        }
    }
}
#endif
