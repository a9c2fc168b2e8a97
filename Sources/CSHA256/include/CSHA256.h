#pragma once
#include <stdint.h>

/// Whether this processor has instructions for SHA-256.
int32_t sha256_has_instructions(void);

/// Takes blocks of 64 bytes in. Only where the processor has the instructions.
void sha256_blocks(uint32_t *state, const uint8_t *bytes, int64_t blocks);
