#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trees.h"

void *peer_open(const char *library);
// Fills a function pointer; gives 0 where the library has no such function.
int peer_find(void *handle, const char *name, void *pointer);
int peer_fail(const char *what, const char *why);

#define FIND(field) peer_find(handle, #field, &peer->field)
