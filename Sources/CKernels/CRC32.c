#include "CKernels.h"

// The CRC-32 of RFC 1952: polynomial 0x04C11DB7, bits reflected. Four bits at a time, for the few bytes the fast ways leave over.
static uint32_t crc_by_nibbles(uint32_t state, const uint8_t *bytes, size_t count) {
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    for (size_t i = 0; i < count; i++) {
        state ^= bytes[i];
        state = table[state & 15] ^ (state >> 4);
        state = table[state & 15] ^ (state >> 4);
    }
    return state;
}

#if defined(__x86_64__)
#include <immintrin.h>

// Carry-less multiplication folds 64 bytes onto the next 64 without changing the remainder: each 128-bit lane is multiplied by the
// powers of x that lie between it and the lane it is added to (Gopal et al., "Fast CRC Computation Using PCLMULQDQ", Intel 2009).
// The last lane has the remainder of all that came before and is finished like any other 16 bytes.
__attribute__((target("pclmul,sse4.1")))
static __m128i fold(__m128i lane, __m128i powers, __m128i onto) {
    const __m128i low = _mm_clmulepi64_si128(lane, powers, 0x00);
    const __m128i high = _mm_clmulepi64_si128(lane, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

// The same four lanes at once, 256 bytes onto the next 256; returns how many bytes are folded into `lanes`, which lie 16 bytes apart.
__attribute__((target("avx512f,vpclmulqdq")))
static size_t fold_wide(uint32_t state, const uint8_t *bytes, size_t count, __m128i lanes[4]) {
    const __m512i over256 = _mm512_broadcast_i32x4(_mm_set_epi64x(0x1322d1430, 0x11542778a));  // x^(2048-32), x^(2048+32)
    const __m512i over64 = _mm512_broadcast_i32x4(_mm_set_epi64x(0x1c6e41596, 0x154442bd4));
    __m512i wide[4];
    for (int i = 0; i < 4; i++) wide[i] = _mm512_loadu_si512(bytes + 64 * i);
    wide[0] = _mm512_xor_si512(wide[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)state)));
    size_t at = 256;
    for (; count - at >= 256; at += 256)
        for (int i = 0; i < 4; i++)
            wide[i] = _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(wide[i], over256, 0x00), _mm512_clmulepi64_epi128(wide[i], over256, 0x11),
                                                _mm512_loadu_si512(bytes + at + 64 * i), 0x96);
    __m512i one = wide[0];
    for (int i = 1; i < 4; i++)
        one = _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(one, over64, 0x00), _mm512_clmulepi64_epi128(one, over64, 0x11), wide[i], 0x96);
    _mm512_storeu_si512(lanes, one);
    return at;
}

__attribute__((target("pclmul,sse4.1")))
static uint32_t crc_by_folding(uint32_t state, const uint8_t *bytes, size_t count) {
    const __m128i over64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);  // x^(512-32), x^(512+32)
    const __m128i over16 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);  // x^(128-32), x^(128+32)
    __m128i lanes[4];
    size_t at = 64;
    if (count >= 1024 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq")) {
        at = fold_wide(state, bytes, count, lanes);
    } else {
        for (int i = 0; i < 4; i++) lanes[i] = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
        lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)state));
    }
    for (; count - at >= 64; at += 64)
        for (int i = 0; i < 4; i++)
            lanes[i] = fold(lanes[i], over64, _mm_loadu_si128((const __m128i *)(bytes + at + 16 * i)));
    __m128i one = lanes[0];
    for (int i = 1; i < 4; i++) one = fold(one, over16, lanes[i]);
    for (; count - at >= 16; at += 16) one = fold(one, over16, _mm_loadu_si128((const __m128i *)(bytes + at)));
    uint8_t rest[16];
    _mm_storeu_si128((__m128i *)rest, one);
    return crc_by_nibbles(crc_by_nibbles(0, rest, 16), bytes + at, count - at);
}

int ck_has_crc32(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t crc_by_folding(uint32_t state, const uint8_t *bytes, size_t count) {
    size_t at = 0;
    for (; count - at >= 8; at += 8) {
        uint64_t word;
        __builtin_memcpy(&word, bytes + at, 8);
        state = __crc32d(state, word);
    }
    return crc_by_nibbles(state, bytes + at, count - at);
}

int ck_has_crc32(void) { return 1; }

#else

static uint32_t crc_by_folding(uint32_t state, const uint8_t *bytes, size_t count) { return crc_by_nibbles(state, bytes, count); }

int ck_has_crc32(void) { return 0; }

#endif

uint32_t ck_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
    const uint32_t state = ~crc;
    return ~(count >= 64 ? crc_by_folding(state, bytes, count) : crc_by_nibbles(state, bytes, count));
}
