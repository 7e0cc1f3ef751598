// What the processor does best with many bytes at once, and Swift cannot say as well. Nothing here knows what the bytes mean.
//
// Each function has a twin in Swift (Sources/Bytes/BlockMasks.swift, ContentCRC.swift) that tests hold against it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Whether `ck_crc32` is faster here than zlib's.
int ck_has_crc32(void);

/// The CRC-32 of RFC 1952 of what had `crc` before (0 for nothing) and is followed by these bytes.
uint32_t ck_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

/// Where in a block of 64 bytes a few characters stand: bit i of a mask speaks of byte i.
typedef struct { uint64_t quotes, commas, line_feeds; } ck_csv_masks;

/// Brackets are the bytes whose bits under 0xD9 are 0x59, controls those below 0x20, probes two letters that the caller names.
typedef struct { uint64_t quotes, backslashes, brackets, controls, probes; } ck_json_masks;

/// The masks of `blocks` blocks of CSV, which lie one behind the other.
void ck_csv_blocks(const uint8_t *bytes, size_t blocks, ck_csv_masks *masks);

/// The masks of `blocks` blocks of JSON.
void ck_json_blocks(const uint8_t *bytes, size_t blocks, uint8_t probe1, uint8_t probe2, ck_json_masks *masks);

#endif
