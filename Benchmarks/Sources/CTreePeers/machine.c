#if defined(__linux__)
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trees.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

typedef uint64_t line __attribute__((vector_size(64)));

// Reads all lines once.
#define READ(name, attribute) \
    attribute static void name(const line *lines, int64_t count, line *sums) { \
        line sum[8] = {0}; \
        for (int64_t i = 0; i < count; i += 8) for (int j = 0; j < 8; j++) sum[j] += lines[i + j]; \
        for (int j = 0; j < 8; j++) *sums += sum[j]; \
    }
READ(read_plain, )
#if defined(__x86_64__)
READ(read_avx2, __attribute__((target("avx2"))))
READ(read_avx512, __attribute__((target("avx512f"))))
#endif

double machine_read_bandwidth(int64_t size) {
    void (*read)(const line *, int64_t, line *) = read_plain;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) read = read_avx512;
    else if (__builtin_cpu_supports("avx2")) read = read_avx2;
#endif
    const int64_t count = size / 64 / 8 * 8;
    line *lines = aligned_alloc(64, (size_t)count * 64), sums = {0};
    memset(lines, 1, (size_t)count * 64);
    double best = 0;
    for (int round = 0; round < 5; round++) {
        const double start = now();
        int64_t bytes = 0;
        while (now() - start < 0.02) {
            for (int again = 0; again < 16; again++) read(lines, count, &sums);
            bytes += 16 * count * 64;
        }
        const double rate = (double)bytes / (now() - start);
        if (rate > best) best = rate;
    }
    // Used, so that the reads are not left out.
    if (sums[0] == 42) best = 0;
    free(lines);
    return best;
}

int64_t machine_bytes_in_use(void) {
#if defined(__GLIBC__)
    const struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
#else
    return 0;
#endif
}
