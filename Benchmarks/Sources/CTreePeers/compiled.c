#include "opening.h"

struct treelite_peer {
    void (*predict)(void *, int, void *);
    const char *(*get_threshold_type)(void);
    void (*get_num_class)(int32_t *);
    int isWide;
    int32_t classes;
};

treelite_peer *treelite_peer_open(const char *library) {
    void *handle = peer_open(library);
    if (!handle) return NULL;
    treelite_peer *peer = calloc(1, sizeof *peer);
    if (!FIND(predict) || !FIND(get_threshold_type) || !FIND(get_num_class)) return NULL;
    peer->isWide = strcmp(peer->get_threshold_type(), "float64") == 0;
    int32_t classes[16] = {1};
    peer->get_num_class(classes);
    peer->classes = classes[0];
    return peer;
}

int treelite_peer_is_wide(const treelite_peer *peer) { return peer->isWide; }
int32_t treelite_peer_classes(const treelite_peer *peer) { return peer->classes; }

// An entry of a row is a union of the number and a mark for a missing one, which no number of the rows has the bits of.
void treelite_peer_predict(treelite_peer *peer, const void *rows, int64_t count, int32_t columns, void *scores) {
    const size_t size = peer->isWide ? sizeof(double) : sizeof(float);
    // It adds to what the scores are.
    memset(scores, 0, (size_t)count * (size_t)peer->classes * size);
    for (int64_t row = 0; row < count; row++) {
        void *score = (char *)scores + (size_t)row * (size_t)peer->classes * size;
        peer->predict((char *)rows + (size_t)row * (size_t)columns * size, 0, score);
    }
}

struct lleaves_peer {
    void (*forest_root)(double *, double *, int32_t, int32_t);
};

lleaves_peer *lleaves_peer_open(const char *library) {
    void *handle = peer_open(library);
    if (!handle) return NULL;
    lleaves_peer *peer = calloc(1, sizeof *peer);
    return FIND(forest_root) ? peer : NULL;
}

void lleaves_peer_predict(lleaves_peer *peer, double *rows, int32_t count, double *scores) { peer->forest_root(rows, scores, 0, count); }
