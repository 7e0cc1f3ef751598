#include "CKernels.h"

// One text for every width of vector: `VECTOR` bytes are loaded, compared and gathered into as many bits.
#define BLOCKS(NAME, TARGET, VECTOR, LOAD, EQUAL, EQUAL_UNDER)                                                                   \
    TARGET static inline uint64_t NAME##_equal(const uint8_t *block, uint8_t byte) {                                             \
        uint64_t mask = 0;                                                                                                       \
        for (int i = 0; i < 64 / VECTOR; i++) mask |= (uint64_t)EQUAL(LOAD(block + VECTOR * i), byte) << (VECTOR * i);           \
        return mask;                                                                                                             \
    }                                                                                                                            \
    TARGET static inline uint64_t NAME##_equal_under(const uint8_t *block, uint8_t kept, uint8_t byte) {                         \
        uint64_t mask = 0;                                                                                                       \
        for (int i = 0; i < 64 / VECTOR; i++) mask |= (uint64_t)EQUAL_UNDER(LOAD(block + VECTOR * i), kept, byte) << (VECTOR * i);\
        return mask;                                                                                                             \
    }                                                                                                                            \
    TARGET static void NAME##_csv(const uint8_t *bytes, size_t blocks, ck_csv_masks *masks) {                                    \
        for (size_t b = 0; b < blocks; b++, bytes += 64)                                                                         \
            masks[b] = (ck_csv_masks){NAME##_equal(bytes, '"'), NAME##_equal(bytes, ','), NAME##_equal(bytes, '\n')};            \
    }                                                                                                                            \
    TARGET static void NAME##_json(const uint8_t *bytes, size_t blocks, uint8_t probe1, uint8_t probe2, ck_json_masks *masks) {  \
        for (size_t b = 0; b < blocks; b++, bytes += 64)                                                                         \
            masks[b] = (ck_json_masks){NAME##_equal(bytes, '"'), NAME##_equal(bytes, '\\'), NAME##_equal_under(bytes, 0xD9, 0x59), \
                                       NAME##_equal_under(bytes, 0xE0, 0),                                                       \
                                       NAME##_equal(bytes, probe1) | NAME##_equal(bytes, probe2)};                               \
    }

#if defined(__x86_64__)
#include <immintrin.h>

// Every x86-64 has vectors of 16 bytes; most have 32.
#define LOAD16(at) _mm_loadu_si128((const __m128i *)(at))
#define EQUAL16(v, byte) (uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)(byte))))
#define EQUAL_UNDER16(v, kept, byte) EQUAL16(_mm_and_si128(v, _mm_set1_epi8((char)(kept))), byte)
BLOCKS(sse2, , 16, LOAD16, EQUAL16, EQUAL_UNDER16)

#define LOAD32(at) _mm256_loadu_si256((const __m256i *)(at))
#define EQUAL32(v, byte) (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)(byte))))
#define EQUAL_UNDER32(v, kept, byte) EQUAL32(_mm256_and_si256(v, _mm256_set1_epi8((char)(kept))), byte)
BLOCKS(avx2, __attribute__((target("avx2"))), 32, LOAD32, EQUAL32, EQUAL_UNDER32)

void ck_csv_blocks(const uint8_t *bytes, size_t blocks, ck_csv_masks *masks) {
    if (__builtin_cpu_supports("avx2")) avx2_csv(bytes, blocks, masks);
    else sse2_csv(bytes, blocks, masks);
}

void ck_json_blocks(const uint8_t *bytes, size_t blocks, uint8_t probe1, uint8_t probe2, ck_json_masks *masks) {
    if (__builtin_cpu_supports("avx2")) avx2_json(bytes, blocks, probe1, probe2, masks);
    else sse2_json(bytes, blocks, probe1, probe2, masks);
}

#else

#if defined(__aarch64__)
#include <arm_neon.h>

// NEON has no instruction that gathers a bit a byte: each lane keeps the bit of its place, and neighbours are added.
static inline uint16_t gathered(uint8x16_t equal) {
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vandq_u8(equal, vld1q_u8(places));
    return (uint16_t)(vaddv_u8(vget_low_u8(bits)) | vaddv_u8(vget_high_u8(bits)) << 8);
}
#define LOAD16(at) vld1q_u8(at)
#define EQUAL16(v, byte) gathered(vceqq_u8(v, vdupq_n_u8(byte)))
#define EQUAL_UNDER16(v, kept, byte) EQUAL16(vandq_u8(v, vdupq_n_u8(kept)), byte)
BLOCKS(any, , 16, LOAD16, EQUAL16, EQUAL_UNDER16)

#else

#define LOAD1(at) *(at)
#define EQUAL1(v, byte) ((v) == (byte))
#define EQUAL_UNDER1(v, kept, byte) (((v) & (kept)) == (byte))
BLOCKS(any, , 1, LOAD1, EQUAL1, EQUAL_UNDER1)

#endif

void ck_csv_blocks(const uint8_t *bytes, size_t blocks, ck_csv_masks *masks) { any_csv(bytes, blocks, masks); }

void ck_json_blocks(const uint8_t *bytes, size_t blocks, uint8_t probe1, uint8_t probe2, ck_json_masks *masks) {
    any_json(bytes, blocks, probe1, probe2, masks);
}

#endif
