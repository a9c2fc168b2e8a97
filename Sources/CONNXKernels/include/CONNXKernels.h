// The inner loops of the tree engine. They are in C because the same loops in Swift took twice the time, and because only C can choose
// between instruction sets when it runs.
//
// Nothing here checks anything: the Swift side has checked every index when it laid the memory out.
#ifndef CONNXKERNELS_H
#define CONNXKERNELS_H

#include <stdint.h>

// MARK: Walking

// A branch: is the row's key in `column` at least `key`? If so, the child is `left + 1`, otherwise `left`. A leaf leads to itself.
// Columns are counted in units of eight bytes of prepared keys: ONNX_UNIT for each column of 32 bits, twice that for 64.
typedef struct { int32_t key; uint16_t column, left; } onnx_node;
typedef struct { int32_t key; uint32_t column, left; } onnx_node_wide;
typedef struct { int64_t key; uint32_t column, left; } onnx_node_double;

// Trees laid out for walking.
typedef struct {
    const void *nodes;
    const int64_t *starts;   // each tree's first node
    const int32_t *depths;   // the steps to its farthest leaf
    int64_t trees;
    const int32_t *features; // the feature of each column but the first, which is constant
    const void *missing;     // the key of NaN in each column but the first
    int64_t columns;         // without the first
    int64_t outputs;         // the sums of a row
    const int32_t *output;   // the output that a tree adds to, or NULL
    int64_t sameOutput;      // whether that is the same for all trees
    const void *weights;     // a line of weights for each leaf, or NULL
} onnx_forest;

// The rows that are walked together.
#define ONNX_BLOCK 64

#define ONNX_UNIT 32

// Writes the keys of up to ONNX_BLOCK rows: a line of ONNX_BLOCK for each of `columns + 1`.
void onnx_prepare(const onnx_forest *forest, const float *rows, int64_t distance, int64_t count, int32_t *keys);
void onnx_prepare_double(const onnx_forest *forest, const double *rows, int64_t distance, int64_t count, int64_t *keys);

// Adds what the leaves of prepared rows add to their sums, in the order of the trees; `count` is a multiple of 8.
void onnx_walk(const onnx_forest *forest, const int32_t *keys, int64_t count, float *sums);
void onnx_walk_wide(const onnx_forest *forest, const int32_t *keys, int64_t count, float *sums);
void onnx_walk_double(const onnx_forest *forest, const int64_t *keys, int64_t count, double *sums);

// Finds one prepared row's leaf of each tree: their keys.
void onnx_find(const onnx_forest *forest, const int32_t *keys, int32_t *found);
void onnx_find_wide(const onnx_forest *forest, const int32_t *keys, int32_t *found);
void onnx_find_double(const onnx_forest *forest, const int64_t *keys, int64_t *found);

// Adds what one row's leaves add to its sums.
void onnx_add(const onnx_forest *forest, const int32_t *found, float *sums);
void onnx_add_wide(const onnx_forest *forest, const int32_t *found, float *sums);
void onnx_add_double(const onnx_forest *forest, const int64_t *found, double *sums);

// MARK: Small trees

// What this processor can do: 0 (none of the kernels below), 2 (AVX2) or 3 (AVX-512 with byte permutations).
int32_t onnx_simd(void);

// A branch of a tree of up to 64 leaves. Rows whose rank in the column is at most `threshold` go left. `left` and `right` are the places of
// the children that are branches, ONNX_NOWHERE for leaves; `add` is the number of leaves on the left.
typedef struct { uint32_t column; uint8_t threshold, left, right, add; } onnx_split;
#define ONNX_NOWHERE 127

// A feature's distinct thresholds, ascending and filled up with NaN to 16^levels, behind the splitters of the levels above; and the columns
// of ranks that are made from it.
typedef struct { int32_t feature, levels; int64_t first; int32_t firstColumn, columns; } onnx_feature;

typedef struct {
    // Many rows.
    const onnx_split *splits;
    const int32_t *starts;      // each tree's first branch, and the end
    int64_t trees;
    int64_t outputs;            // the sums of a row
    const int32_t *output;      // the output that a tree adds to, or NULL where each adds to all
    const float *leaves;        // 64 numbers for each tree, or for each output of each tree
    // Ranks.
    const onnx_feature *features;
    int64_t featureCount;
    const float *thresholds;
    int64_t columns;
    const uint16_t *bases;      // the rank that a column's 0 stands for
    const uint8_t *missing;     // a column's rank of NaN
    // One row, by groups of 64 trees of depth 6: 63 lines of columns and 63 lines of thresholds.
    const uint8_t *groups;
    // One row, tree by tree: a line of columns, a line of thresholds, and the leaves that each branch leaves open.
    const uint8_t *lines;
    const uint64_t *masks;
    // The leaves for one row: 64 for each tree, each with one number for each output that the tree adds to.
    const float *rowLeaves;
} onnx_small;

// Writes the ranks of up to 64 rows: a line of 64 for each column.
void onnx_rank_avx2(const onnx_small *trees, const float *rows, int64_t distance, int64_t count, uint8_t *ranks);
void onnx_rank_avx512(const onnx_small *trees, const float *rows, int64_t distance, int64_t count, uint8_t *ranks);

// Adds to the sums of blocks of 64 rows: `outputs` lines of 64 for each block. The blocks' ranks lie one behind the other.
void onnx_small_avx2(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums);
void onnx_small_avx512(const onnx_small *trees, const uint8_t *ranks, int64_t blocks, float *sums);

// Writes the sums of one row. `leaves` is space for one byte for each tree, in whole groups.
void onnx_row_avx512(const onnx_small *trees, const float *row, uint8_t *leaves, float *sums);

#endif
