#include "CKernels.h"

static inline uint64_t lower_word(const uint8_t *bytes) {
    uint64_t word;
    __builtin_memcpy(&word, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word | 0x2020202020202020;
}

/// Of the pairs found in a block those that begin one of the texts, as far as eight bytes tell.
static inline uint64_t confirmed(const uint8_t *block, uint64_t pairs, size_t readable, const ck_csv_probe *probe) {
    uint64_t kept = 0;
    for (; pairs; pairs &= pairs - 1) {
        const size_t at = (size_t)__builtin_ctzll(pairs);
        int stands = at + 8 > readable;
        if (!stands) {
            const uint64_t word = lower_word(block + at);
            for (size_t w = 0; w < probe->word_count; w++) stands |= (word & probe->words[2 * w + 1]) == probe->words[2 * w];
        }
        if (stands) kept |= 1ull << at;
    }
    return kept;
}

/// Whether carriage returns alone stand where nothing may, each before a line feed: the end of a row behind a quoted cell.
static inline int are_row_ends(const uint8_t *block, uint64_t places) {
    for (; places; places &= places - 1) {
        const uint8_t *at = block + __builtin_ctzll(places);
        if (at[0] != '\r' || at[1] != '\n') return 0;
    }
    return 1;
}

/// Of the bytes that a backslash escapes those that are no escape on their own.
static inline uint64_t unusual_escapes(const uint8_t *block, uint64_t escaped) {
    uint64_t unusual = 0;
    for (; escaped; escaped &= escaped - 1) {
        const int at = __builtin_ctzll(escaped);
        switch (block[at]) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': break;
        default: unusual |= 1ull << at;
        }
    }
    return unusual;
}

/// The bytes that an unescaped backslash precedes: of a run of backslashes every second from its second on. Runs that start on an odd bit are
/// turned into runs on even bits by an addition that carries through the run.
static inline uint64_t escaped_bytes(uint64_t backslashes, uint64_t *escapes) {
    const uint64_t first = *escapes, even = 0x5555555555555555;
    *escapes = 0;
    if (!backslashes) return first;
    const uint64_t active = backslashes & ~first, follows = active << 1;
    uint64_t sum;
    *escapes = __builtin_add_overflow(active & ~even & ~follows, active, &sum);
    return ((even ^ (sum << 1)) & follows) | first;
}

static inline uint64_t prefix_xor_by_shifts(uint64_t mask) {
    for (int shift = 1; shift < 64; shift *= 2) mask ^= mask << shift;
    return mask;
}

// Pairs of neighbouring bytes are found by comparing with the bytes of each, in lower case. Local copies stay in registers; a slot too many
// repeats the first pair.
#define COMPARED_PAIRS(NAME, TARGET, VECTOR, LOAD, EQUAL, LOWER)                                                                \
    typedef struct { size_t count; uint8_t firsts[8], seconds[8]; } NAME##_pairs;                                                \
    TARGET __attribute__((always_inline)) static inline NAME##_pairs NAME##_no_pairs(void) { return (NAME##_pairs){0}; }         \
    TARGET __attribute__((always_inline)) static inline NAME##_pairs NAME##_prepared(const ck_csv_probe *probe, const size_t slots) {\
        NAME##_pairs pairs = {slots, {0}, {0}};                                                                                  \
        for (size_t p = 0; p < slots; p++) {                                                                                     \
            const size_t pair = p < probe->pair_count ? p : 0;                                                                   \
            pairs.firsts[p] = probe->pairs[2 * pair], pairs.seconds[p] = probe->pairs[2 * pair + 1];                             \
        }                                                                                                                        \
        return pairs;                                                                                                            \
    }                                                                                                                            \
    TARGET static inline uint64_t NAME##_equal_lower(const uint8_t *block, uint8_t byte) {                                       \
        uint64_t mask = 0;                                                                                                       \
        for (int i = 0; i < 64 / VECTOR; i++) mask |= (uint64_t)EQUAL(LOWER(LOAD(block + VECTOR * i)), byte) << (VECTOR * i);    \
        return mask;                                                                                                             \
    }                                                                                                                            \
    TARGET __attribute__((always_inline)) static inline uint64_t NAME##_find(const uint8_t *block, const NAME##_pairs pairs) {   \
        uint64_t found = 0;                                                                                                      \
        for (size_t p = 0; p < pairs.count; p++)                                                                                 \
            found |= NAME##_equal_lower(block, pairs.firsts[p]) & NAME##_equal_lower(block + 1, pairs.seconds[p]);               \
        return found;                                                                                                            \
    }

// One text for every width of vector: `VECTOR` bytes are loaded, compared and gathered into as many bits.
#define SCANS(NAME, TARGET, VECTOR, LOAD, EQUAL, EQUAL_UNDER, PREFIX_XOR)                                                       \
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
    TARGET __attribute__((always_inline)) static inline ck_csv_found NAME##_csv_with(                                            \
        const uint8_t *bytes, size_t blocks, size_t readable, const ck_csv_probe *probe, const NAME##_pairs pairs,               \
        ck_csv_carry *carry, uint64_t *separators, ck_csv_marks *marks) {                                                        \
        uint64_t outer = carry->inside, may_open_first = carry->may_open, after_close = carry->after_close;                      \
        ck_csv_found all = {0, 0, 0};                                                                                            \
        for (; all.blocks < blocks; all.blocks++, bytes += 64) {                                                                 \
            const uint64_t quotes = NAME##_equal(bytes, '"'), ends = NAME##_equal(bytes, '\n');                                  \
            const uint64_t inside = PREFIX_XOR(quotes) ^ outer;                                                                  \
            const uint64_t found = (NAME##_equal(bytes, ',') | ends) & ~inside, closes = quotes & ~inside;                       \
            const uint64_t may_open = found << 1 | closes << 1 | may_open_first;                                                 \
            const uint64_t must_not = (closes << 1 | after_close) & ~(found | quotes);                                           \
            if ((must_not && !are_row_ends(bytes, must_not)) || (quotes & inside & ~may_open)) break;                            \
            uint64_t probes = 0;                                                                                                 \
            if (pairs.count) {                                                                                                   \
                const uint64_t stand = NAME##_find(bytes, pairs);                                                                \
                probes = NAME##_equal(bytes, '\\');                                                                              \
                if (stand) probes |= confirmed(bytes, stand, readable - 64 * all.blocks, probe);                                 \
            }                                                                                                                    \
            const uint64_t row_ends = ends & ~inside;                                                                            \
            separators[all.blocks] = found;                                                                                      \
            if (row_ends | probes) marks[all.marks++] = (ck_csv_marks){row_ends, probes, all.blocks, all.separators};            \
            all.separators += (size_t)__builtin_popcountll(found);                                                               \
            outer = (uint64_t)((int64_t)inside >> 63), may_open_first = (found | closes) >> 63, after_close = closes >> 63;      \
        }                                                                                                                        \
        *carry = (ck_csv_carry){outer, may_open_first, after_close};                                                             \
        return all;                                                                                                              \
    }                                                                                                                            \
    TARGET static ck_csv_found NAME##_csv(const uint8_t *bytes, size_t blocks, size_t readable, const ck_csv_probe *probe,       \
                                          ck_csv_carry *carry, uint64_t *separators, ck_csv_marks *marks) {                      \
        /* Each its own loop, as what is known of the number of pairs stays out of it. */                                        \
        if (!probe->pair_count) return NAME##_csv_with(bytes, blocks, readable, probe, NAME##_no_pairs(), carry, separators, marks);\
        if (probe->pair_count <= 4) return NAME##_csv_with(bytes, blocks, readable, probe, NAME##_prepared(probe, 4), carry, separators, marks);\
        return NAME##_csv_with(bytes, blocks, readable, probe, NAME##_prepared(probe, 8), carry, separators, marks);             \
    }                                                                                                                            \
    TARGET static void NAME##_json(const uint8_t *bytes, size_t blocks, const uint8_t *pairs, ck_json_carry *carry,              \
                                   ck_json_marks *marks) {                                                                       \
        uint64_t outer = carry->inside, escapes = carry->escapes;                                                                \
        for (size_t b = 0; b < blocks; b++, bytes += 64) {                                                                       \
            const uint64_t backslashes = NAME##_equal(bytes, '\\');                                                              \
            const uint64_t escaped = backslashes | escapes ? escaped_bytes(backslashes, &escapes) : 0;                           \
            const uint64_t quotes = NAME##_equal(bytes, '"') & ~escaped;                                                         \
            const uint64_t inside = PREFIX_XOR(quotes) ^ outer;                                                                  \
            uint64_t stops = ((NAME##_equal_under(bytes, 0xD9, 0x59) | backslashes) & ~inside)                                   \
                             | (NAME##_equal_under(bytes, 0xE0, 0) & inside);                                                    \
            if (escaped) stops |= unusual_escapes(bytes, escaped & inside);                                                      \
            const uint64_t probes = (NAME##_equal(bytes, pairs[0]) & NAME##_equal(bytes + 1, pairs[1]))                          \
                                    | (NAME##_equal(bytes, pairs[2]) & NAME##_equal(bytes + 1, pairs[3]));                       \
            marks[b] = (ck_json_marks){quotes, inside, stops, probes & inside};                                                  \
            outer = (uint64_t)((int64_t)inside >> 63);                                                                           \
        }                                                                                                                        \
        *carry = (ck_json_carry){outer, escapes};                                                                                \
    }

#if defined(__x86_64__)
#include <immintrin.h>

// Every x86-64 has vectors of 16 bytes, most have 32, some 64.
#define LOAD16(at) _mm_loadu_si128((const __m128i *)(at))
#define EQUAL16(v, byte) (uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)(byte))))
#define EQUAL_UNDER16(v, kept, byte) EQUAL16(_mm_and_si128(v, _mm_set1_epi8((char)(kept))), byte)
#define LOWER16(v) _mm_or_si128(v, _mm_set1_epi8(0x20))
COMPARED_PAIRS(sse2, , 16, LOAD16, EQUAL16, LOWER16)
SCANS(sse2, , 16, LOAD16, EQUAL16, EQUAL_UNDER16, prefix_xor_by_shifts)

// Multiplication without carries by all ones adds up, bit by bit, whatever came before.
#define PREFIX_XOR(mask) \
    (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)(mask)), _mm_set1_epi8((char)0xFF), 0))

#define LOAD32(at) _mm256_loadu_si256((const __m256i *)(at))
#define EQUAL32(v, byte) (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)(byte))))
#define EQUAL_UNDER32(v, kept, byte) EQUAL32(_mm256_and_si256(v, _mm256_set1_epi8((char)(kept))), byte)
#define LOWER32(v) _mm256_or_si256(v, _mm256_set1_epi8(0x20))
#define AVX2 __attribute__((target("avx2,pclmul,popcnt")))
COMPARED_PAIRS(avx2, AVX2, 32, LOAD32, EQUAL32, LOWER32)
SCANS(avx2, AVX2, 32, LOAD32, EQUAL32, EQUAL_UNDER32, PREFIX_XOR)

#define LOAD64(at) _mm512_loadu_si512(at)
#define EQUAL64(v, byte) _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)(byte)))
#define EQUAL_UNDER64(v, kept, byte) EQUAL64(_mm512_and_si512(v, _mm512_set1_epi8((char)(kept))), byte)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,pclmul,popcnt")))

// Pairs are found by tables: a bit a pair says of every byte of which pairs it is the first, and of which the second. The tables have room for
// ASCII; what lies beyond is taken for what it has seven bits in common with, as what is found is looked at more closely anyway.
typedef struct { size_t count; __m512i firsts[2], seconds[2]; } avx512_pairs;

AVX512 __attribute__((always_inline)) static inline avx512_pairs avx512_no_pairs(void) { return (avx512_pairs){0}; }

AVX512 __attribute__((always_inline)) static inline avx512_pairs avx512_prepared(const ck_csv_probe *probe, const size_t slots) {
    uint8_t firsts[128] = {0}, seconds[128] = {0};
    for (size_t p = 0; p < probe->pair_count; p++) {
        const uint8_t first = probe->pairs[2 * p] & 0x7F, second = probe->pairs[2 * p + 1] & 0x7F, bit = (uint8_t)(1 << p);
        firsts[first] |= bit, firsts[first ^ 0x20] |= bit;
        seconds[second] |= bit, seconds[second ^ 0x20] |= bit;
    }
    return (avx512_pairs){slots, {LOAD64(firsts), LOAD64(firsts + 64)}, {LOAD64(seconds), LOAD64(seconds + 64)}};
}

AVX512 __attribute__((always_inline)) static inline uint64_t avx512_find(const uint8_t *block, const avx512_pairs pairs) {
    return _mm512_test_epi8_mask(_mm512_permutex2var_epi8(pairs.firsts[0], LOAD64(block), pairs.firsts[1]),
                                 _mm512_permutex2var_epi8(pairs.seconds[0], LOAD64(block + 1), pairs.seconds[1]));
}

SCANS(avx512, AVX512, 64, LOAD64, EQUAL64, EQUAL_UNDER64, PREFIX_XOR)

int ck_vector_bytes(void) {
    if (!__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("popcnt")) return 16;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) return 64;
    return __builtin_cpu_supports("avx2") ? 32 : 16;
}

ck_csv_found ck_csv_scan(const uint8_t *bytes, size_t blocks, size_t readable, const ck_csv_probe *probe, ck_csv_carry *carry,
                         uint64_t *separators, ck_csv_marks *marks, int vector) {
    switch (vector) {
    case 64: return avx512_csv(bytes, blocks, readable, probe, carry, separators, marks);
    case 32: return avx2_csv(bytes, blocks, readable, probe, carry, separators, marks);
    default: return sse2_csv(bytes, blocks, readable, probe, carry, separators, marks);
    }
}

void ck_json_scan(const uint8_t *bytes, size_t blocks, const uint8_t pairs[4], ck_json_carry *carry, ck_json_marks *marks, int vector) {
    switch (vector) {
    case 64: avx512_json(bytes, blocks, pairs, carry, marks); break;
    case 32: avx2_json(bytes, blocks, pairs, carry, marks); break;
    default: sse2_json(bytes, blocks, pairs, carry, marks);
    }
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
#define LOWER16(v) vorrq_u8(v, vdupq_n_u8(0x20))
COMPARED_PAIRS(any, , 16, LOAD16, EQUAL16, LOWER16)
SCANS(any, , 16, LOAD16, EQUAL16, EQUAL_UNDER16, prefix_xor_by_shifts)
int ck_vector_bytes(void) { return 16; }

#else

#define LOAD1(at) *(at)
#define EQUAL1(v, byte) ((v) == (byte))
#define EQUAL_UNDER1(v, kept, byte) (((v) & (kept)) == (byte))
#define LOWER1(v) ((v) | 0x20)
COMPARED_PAIRS(any, , 1, LOAD1, EQUAL1, LOWER1)
SCANS(any, , 1, LOAD1, EQUAL1, EQUAL_UNDER1, prefix_xor_by_shifts)
int ck_vector_bytes(void) { return 1; }

#endif

ck_csv_found ck_csv_scan(const uint8_t *bytes, size_t blocks, size_t readable, const ck_csv_probe *probe, ck_csv_carry *carry,
                         uint64_t *separators, ck_csv_marks *marks, int vector) {
    (void)vector;
    return any_csv(bytes, blocks, readable, probe, carry, separators, marks);
}

void ck_json_scan(const uint8_t *bytes, size_t blocks, const uint8_t pairs[4], ck_json_carry *carry, ck_json_marks *marks, int vector) {
    (void)vector;
    any_json(bytes, blocks, pairs, carry, marks);
}

#endif
