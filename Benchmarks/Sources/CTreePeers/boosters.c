#include "opening.h"

struct xgb_peer {
    int (*XGBoosterCreate)(void *const *, uint64_t, void **);
    int (*XGBoosterLoadModel)(void *, const char *);
    int (*XGBoosterSetParam)(void *, const char *, const char *);
    int (*XGBoosterPredictFromDense)(void *, const char *, const char *, void *, const uint64_t **, uint64_t *, const float **);
    const char *(*XGBGetLastError)(void);
    void *booster;
    char source[256];
};

xgb_peer *xgb_peer_open(const char *library, const char *model, int32_t threads) {
    void *handle = peer_open(library);
    if (!handle) return NULL;
    xgb_peer *peer = calloc(1, sizeof *peer);
    char number[16];
    snprintf(number, sizeof number, "%d", threads);
    if (!FIND(XGBGetLastError) || !FIND(XGBoosterCreate) || !FIND(XGBoosterLoadModel) || !FIND(XGBoosterSetParam)
        || !FIND(XGBoosterPredictFromDense)) return NULL;
    if (peer->XGBoosterCreate(NULL, 0, &peer->booster) || peer->XGBoosterLoadModel(peer->booster, model)
        || peer->XGBoosterSetParam(peer->booster, "nthread", number)) {
        peer_fail("XGBoost", peer->XGBGetLastError());
        return NULL;
    }
    return peer;
}

void xgb_peer_rows(xgb_peer *peer, const float *rows, int64_t count, int64_t columns) {
    snprintf(peer->source, sizeof peer->source, "{\"data\":[%llu,true],\"shape\":[%lld,%lld],\"typestr\":\"<f4\",\"version\":3}",
        (unsigned long long)(uintptr_t)rows, (long long)count, (long long)columns);
}

const float *xgb_peer_predict(xgb_peer *peer) {
    static const char *options =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":false,\"missing\":NaN}";
    const uint64_t *shape = NULL;
    uint64_t dimensions = 0;
    const float *scores = NULL;
    if (peer->XGBoosterPredictFromDense(peer->booster, peer->source, options, NULL, &shape, &dimensions, &scores)) {
        peer_fail("XGBoost", peer->XGBGetLastError());
        return NULL;
    }
    return scores;
}

struct lgb_peer {
    int (*LGBM_BoosterCreateFromModelfile)(const char *, int *, void **);
    int (*LGBM_BoosterPredictForMat)(void *, const void *, int, int32_t, int32_t, int, int, int, int, const char *, int64_t *, double *);
    int (*LGBM_BoosterPredictForMatSingleRowFastInit)(void *, int, int, int, int, int32_t, const char *, void **);
    int (*LGBM_BoosterPredictForMatSingleRowFast)(void *, const void *, int64_t *, double *);
    const char *(*LGBM_GetLastError)(void);
    void *booster, *fast;
    char options[64];
};

lgb_peer *lgb_peer_open(const char *library, const char *model, int32_t columns, int32_t threads) {
    void *handle = peer_open(library);
    if (!handle) return NULL;
    lgb_peer *peer = calloc(1, sizeof *peer);
    if (!FIND(LGBM_GetLastError) || !FIND(LGBM_BoosterCreateFromModelfile) || !FIND(LGBM_BoosterPredictForMat)
        || !FIND(LGBM_BoosterPredictForMatSingleRowFastInit) || !FIND(LGBM_BoosterPredictForMatSingleRowFast)) return NULL;
    snprintf(peer->options, sizeof peer->options, "num_threads=%d", threads);
    int rounds = 0;
    // 0 is a normal prediction, of rows of 32-bit numbers.
    if (peer->LGBM_BoosterCreateFromModelfile(model, &rounds, &peer->booster)
        || peer->LGBM_BoosterPredictForMatSingleRowFastInit(peer->booster, 0, 0, -1, 0, columns, peer->options, &peer->fast)) {
        peer_fail("LightGBM", peer->LGBM_GetLastError());
        return NULL;
    }
    return peer;
}

int lgb_peer_one(lgb_peer *peer, const float *row, double *score) {
    int64_t length = 0;
    return peer->LGBM_BoosterPredictForMatSingleRowFast(peer->fast, row, &length, score) == 0;
}

int lgb_peer_many(lgb_peer *peer, const float *rows, int32_t count, int32_t columns, double *scores) {
    int64_t length = 0;
    return peer->LGBM_BoosterPredictForMat(peer->booster, rows, 0, count, columns, 1, 0, 0, -1, peer->options, &length, scores) == 0;
}
