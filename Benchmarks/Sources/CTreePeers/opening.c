#define _GNU_SOURCE
#include "opening.h"

static char error[512];

const char *tree_peer_error(void) { return error; }

int peer_fail(const char *what, const char *why) {
    snprintf(error, sizeof error, "%s: %s", what, why ? why : "no reason is given");
    return 0;
}

void *peer_open(const char *library) {
    int flags = RTLD_NOW | RTLD_LOCAL;
#ifdef RTLD_DEEPBIND
    // This process has another XGBoost, whose symbols must not be taken for the library's own.
    flags |= RTLD_DEEPBIND;
#endif
    void *handle = dlopen(library, flags);
    if (!handle) peer_fail(library, dlerror());
    return handle;
}

int peer_find(void *handle, const char *name, void *pointer) {
    void *symbol = dlsym(handle, name);
    if (!symbol) return peer_fail(name, "not found");
    memcpy(pointer, &symbol, sizeof symbol);
    return 1;
}
