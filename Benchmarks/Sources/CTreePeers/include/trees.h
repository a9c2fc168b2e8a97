// The evaluators that the suite `onnx` compares with, as C calls them: libraries from Python packages, opened at run time.
//
// Each peer is opened once with everything that can be made beforehand; the functions that predict do nothing but the call itself.
// Where one cannot be opened, NULL comes back and `tree_peer_error` says why.
#ifndef TREES_H
#define TREES_H

#include <stdint.h>

const char *tree_peer_error(void);

// MARK: ONNX Runtime

typedef struct ort_peer ort_peer;
ort_peer *ort_peer_open(const char *library, const char *model, int32_t threads);
// The inputs and the output are tensors over the caller's memory, made before any run.
int ort_peer_numbers(ort_peer *peer, const char *name, float *values, int64_t rows, int64_t columns);
int ort_peer_texts(ort_peer *peer, const char *name, const char *const *texts, int64_t rows, int64_t columns);
int ort_peer_output(ort_peer *peer, const char *name, float *values, int64_t rows, int64_t columns);
int ort_peer_run(ort_peer *peer);
void ort_peer_clear(ort_peer *peer);
void ort_peer_close(ort_peer *peer);

// MARK: XGBoost

typedef struct xgb_peer xgb_peer;
xgb_peer *xgb_peer_open(const char *library, const char *model, int32_t threads);
void xgb_peer_rows(xgb_peer *peer, const float *rows, int64_t count, int64_t columns);
// The result belongs to the library until the next call.
const float *xgb_peer_predict(xgb_peer *peer);

// MARK: LightGBM

typedef struct lgb_peer lgb_peer;
lgb_peer *lgb_peer_open(const char *library, const char *model, int32_t columns, int32_t threads);
int lgb_peer_one(lgb_peer *peer, const float *row, double *score);
int lgb_peer_many(lgb_peer *peer, const float *rows, int32_t count, int32_t columns, double *scores);

// MARK: Compiled models

typedef struct treelite_peer treelite_peer;
treelite_peer *treelite_peer_open(const char *library);
// Of 64 bits or 32, as the model was compiled; a row has that many scores.
int treelite_peer_is_wide(const treelite_peer *peer);
int32_t treelite_peer_classes(const treelite_peer *peer);
void treelite_peer_predict(treelite_peer *peer, const void *rows, int64_t count, int32_t columns, void *scores);

typedef struct lleaves_peer lleaves_peer;
lleaves_peer *lleaves_peer_open(const char *library);
void lleaves_peer_predict(lleaves_peer *peer, double *rows, int32_t count, double *scores);

// MARK: The machine

// Bytes per second that one core reads, over and over, from a stretch of `size` bytes.
double machine_read_bandwidth(int64_t size);

// The bytes that this process has allocated and not given back; 0 where the C library does not tell.
int64_t machine_bytes_in_use(void);

// The blocks of memory that this thread has asked for so far, counted in front of the C library's allocator; with glibc only.
int allocations_are_counted(void);
uint64_t allocations_of_thread(void);

#endif
