#include "opening.h"

// ONNX Runtime's functions by their places in its table, which only grows at its end.
typedef struct { const void *const *(*functions)(uint32_t); const char *(*version)(void); } ort_base;

#define MOST 32

struct ort_peer {
    const void *const *table;
    void *environment, *session, *memory, *allocator;
    const char *inputNames[MOST];
    void *inputs[MOST];
    size_t inputCount;
    const char *outputName;
    void *output;
};


static int failed(ort_peer *peer, void *status) {
    if (!status) return 0;
    peer_fail("ONNX Runtime", ((const char *(*)(void *))peer->table[2])(status));
    ((void (*)(void *))peer->table[93])(status);
    return 1;
}

ort_peer *ort_peer_open(const char *library, const char *model, int32_t threads) {
    void *handle = peer_open(library);
    if (!handle) return NULL;
    const ort_base *(*base)(void) = NULL;
    if (!peer_find(handle, "OrtGetApiBase", &base)) return NULL;
    ort_peer *peer = calloc(1, sizeof *peer);
    peer->table = base()->functions(11);
    void *options = NULL;
    if (failed(peer, ((void *(*)(int32_t, const char *, void **))peer->table[3])(3, "peer", &peer->environment))
        || failed(peer, ((void *(*)(void **))peer->table[10])(&options))
        || failed(peer, ((void *(*)(void *, int32_t))peer->table[24])(options, threads))
        || failed(peer, ((void *(*)(void *, int32_t))peer->table[25])(options, 1))
        || failed(peer, ((void *(*)(void *, const char *, void *, void **))peer->table[7])(peer->environment, model, options, &peer->session))
        || failed(peer, ((void *(*)(int32_t, int32_t, void **))peer->table[69])(0, 0, &peer->memory))
        || failed(peer, ((void *(*)(void **))peer->table[78])(&peer->allocator))) {
        free(peer);
        return NULL;
    }
    ((void (*)(void *))peer->table[100])(options);
    return peer;
}

static int over(ort_peer *peer, float *values, int64_t rows, int64_t columns, void **value) {
    const int64_t shape[2] = {rows, columns};
    return !failed(peer, ((void *(*)(void *, void *, size_t, const int64_t *, size_t, int32_t, void **))peer->table[49])(
        peer->memory, values, (size_t)(rows * columns) * sizeof(float), shape, 2, 1, value));
}

int ort_peer_numbers(ort_peer *peer, const char *name, float *values, int64_t rows, int64_t columns) {
    if (peer->inputCount == MOST || !over(peer, values, rows, columns, &peer->inputs[peer->inputCount])) return 0;
    peer->inputNames[peer->inputCount++] = strdup(name);
    return 1;
}

int ort_peer_texts(ort_peer *peer, const char *name, const char *const *texts, int64_t rows, int64_t columns) {
    const int64_t shape[2] = {rows, columns};
    void **value = &peer->inputs[peer->inputCount];
    if (peer->inputCount == MOST
        || failed(peer, ((void *(*)(void *, const int64_t *, size_t, int32_t, void **))peer->table[48])(peer->allocator, shape, 2, 8, value))
        || failed(peer, ((void *(*)(void *, const char *const *, size_t))peer->table[52])(*value, texts, (size_t)(rows * columns)))) return 0;
    peer->inputNames[peer->inputCount++] = strdup(name);
    return 1;
}

int ort_peer_output(ort_peer *peer, const char *name, float *values, int64_t rows, int64_t columns) {
    peer->outputName = strdup(name);
    return over(peer, values, rows, columns, &peer->output);
}

int ort_peer_run(ort_peer *peer) {
    typedef void *(*run)(void *, void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **);
    return !failed(peer, ((run)peer->table[9])(
        peer->session, NULL, peer->inputNames, peer->inputs, peer->inputCount, &peer->outputName, 1, &peer->output));
}

void ort_peer_clear(ort_peer *peer) {
    for (size_t i = 0; i < peer->inputCount; i++) {
        ((void (*)(void *))peer->table[96])(peer->inputs[i]);
        free((void *)peer->inputNames[i]);
    }
    peer->inputCount = 0;
    if (peer->output) ((void (*)(void *))peer->table[96])(peer->output);
    free((void *)peer->outputName);
    peer->output = NULL;
    peer->outputName = NULL;
}

void ort_peer_close(ort_peer *peer) {
    ort_peer_clear(peer);
    ((void (*)(void *))peer->table[95])(peer->session);
    free(peer);
}
