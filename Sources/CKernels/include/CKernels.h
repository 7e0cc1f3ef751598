// Where in 64 bytes do a few characters stand? Bit i of a mask speaks of byte i.
//
// Swift's standard vectors compare well but gather badly (measured: under 0.1 GB/s); these few lines let the compiler use what every
// x86-64 and arm64 has. Each function has a twin in Swift (Sources/Bytes/BlockMasks.swift) that tests hold against it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

typedef struct { __m128i part[4]; } ck_block;

static inline ck_block ck_load(const uint8_t *bytes) {
    ck_block block;
    for (int i = 0; i < 4; i++) block.part[i] = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
    return block;
}

static inline uint64_t ck_equal(ck_block block, uint8_t byte) {
    const __m128i wanted = _mm_set1_epi8((char)byte);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block.part[i], wanted)) << (16 * i);
    return mask;
}

static inline uint64_t ck_equal_under(ck_block block, uint8_t kept, uint8_t byte) {
    const __m128i bits = _mm_set1_epi8((char)kept);
    for (int i = 0; i < 4; i++) block.part[i] = _mm_and_si128(block.part[i], bits);
    return ck_equal(block, byte);
}

#elif defined(__ARM_NEON)
#include <arm_neon.h>

typedef struct { uint8x16_t part[4]; } ck_block;

static inline ck_block ck_load(const uint8_t *bytes) {
    ck_block block;
    for (int i = 0; i < 4; i++) block.part[i] = vld1q_u8(bytes + 16 * i);
    return block;
}

static inline uint64_t ck_gather(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
    uint8x16_t high = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
    low = vpaddq_u8(low, high);
    low = vpaddq_u8(low, low);
    return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

static inline uint64_t ck_equal(ck_block block, uint8_t byte) {
    const uint8x16_t wanted = vdupq_n_u8(byte);
    return ck_gather(vceqq_u8(block.part[0], wanted), vceqq_u8(block.part[1], wanted), vceqq_u8(block.part[2], wanted),
                     vceqq_u8(block.part[3], wanted));
}

static inline uint64_t ck_equal_under(ck_block block, uint8_t kept, uint8_t byte) {
    const uint8x16_t bits = vdupq_n_u8(kept);
    for (int i = 0; i < 4; i++) block.part[i] = vandq_u8(block.part[i], bits);
    return ck_equal(block, byte);
}

#else

typedef struct { const uint8_t *bytes; } ck_block;

static inline ck_block ck_load(const uint8_t *bytes) { return (ck_block){bytes}; }

static inline uint64_t ck_equal_under(ck_block block, uint8_t kept, uint8_t byte) {
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= (uint64_t)((block.bytes[i] & kept) == byte) << i;
    return mask;
}

static inline uint64_t ck_equal(ck_block block, uint8_t byte) { return ck_equal_under(block, 0xFF, byte); }

#endif

/// Whether `ck_crc32` is faster here than zlib's.
int ck_has_crc32(void);

/// The CRC-32 of RFC 1952 of what had `crc` before (0 for nothing) and is followed by these bytes.
uint32_t ck_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

typedef struct { uint64_t quotes, commas, line_feeds; } ck_csv_masks;
typedef struct { uint64_t quotes, backslashes, brackets, controls; } ck_json_masks;

/// The masks of 64 bytes of CSV.
static inline ck_csv_masks ck_csv(const uint8_t *bytes) {
    const ck_block block = ck_load(bytes);
    return (ck_csv_masks){ck_equal(block, '"'), ck_equal(block, ','), ck_equal(block, '\n')};
}

/// The masks of 64 bytes of JSON: brackets are the bytes whose bits under 0xD9 are 0x59, controls those below 0x20.
static inline ck_json_masks ck_json(const uint8_t *bytes) {
    const ck_block block = ck_load(bytes);
    return (ck_json_masks){ck_equal(block, '"'), ck_equal(block, '\\'), ck_equal_under(block, 0xD9, 0x59), ck_equal_under(block, 0xE0, 0)};
}

#endif
