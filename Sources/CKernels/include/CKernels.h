// What the processor does best with many bytes at once, and Swift cannot say as well. Nothing here knows what the bytes mean.
//
// Each function has a twin in Swift (Sources/Bytes: CSVScanner, JSONMarks, JSONTape, ContentCRC) that tests hold against it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// Whether `ck_crc32` is faster here than zlib's.
int ck_has_crc32(void);

/// The CRC-32 of RFC 1952 of what had `crc` before (0 for nothing) and is followed by these bytes.
uint32_t ck_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

/// The widest vector that scanning uses on this machine, in bytes. Narrower ones can be asked for, 0 for the narrowest.
int ck_vector_bytes(void);

/// What one block of 64 bytes of CSV tells the next. `inside`: all ones while inside quotes. Bit 0 of `may_open`: a quote may stand in the next
/// byte, as at the start of a row; of `after_close`: the last byte was a closing quote.
typedef struct { uint64_t inside, may_open, after_close; } ck_csv_carry;

/// A block in which rows end, or one of the texts that are looked for may begin: where, by bits, of which bit i speaks of byte i; which block, and
/// how many separators there are in those before it. Both are counted from the first of a scan.
typedef struct { uint64_t row_ends, probes; size_t block, separators; } ck_csv_marks;

/// How far a scan came: how many blocks it took, how many of them are marked, and how many separators there are in all.
typedef struct { size_t blocks, marks, separators; } ck_csv_found;

/// Texts that are looked for in CSV: pairs of neighbouring bytes, and up to eight bytes of each text from its pair on, as a word and the mask of
/// what counts of it; all in lower case, as they are compared with bit 0x20 set in every byte.
typedef struct { const uint8_t *pairs; size_t pair_count; const uint64_t *words; size_t word_count; } ck_csv_probe;

/// Finds the separators of `blocks` blocks of CSV, of which `readable` bytes are content, more than there are blocks: a word of bits a block
/// for commas and line feeds outside quotes, and the marks, for which there must be room as if every block had them. Stops before the first block in
/// which quotes stand as no simple rule allows; `carry` is then that of its start.
ck_csv_found ck_csv_scan(const uint8_t *bytes, size_t blocks, size_t readable, const ck_csv_probe *probe, ck_csv_carry *carry,
                         uint64_t *separators, ck_csv_marks *marks, int vector);

/// What one block of JSON tells the next. `inside`: all ones while inside a string. `escapes`: 1 when the last byte escapes the next.
typedef struct { uint64_t inside, escapes; } ck_json_carry;

/// The structure of a block of JSON, as Sources/Bytes/JSONMarks.swift draws it. Bit i speaks of byte i.
typedef struct { uint64_t quotes, inside, stops, probes; } ck_json_marks;

/// Marks `blocks` blocks of JSON, with a readable byte behind the last. Probes are the first bytes of two pairs inside strings.
void ck_json_scan(const uint8_t *bytes, size_t blocks, const uint8_t pairs[4], ck_json_carry *carry, ck_json_marks *marks, int vector);

/// How many bytes from the first are plain text of a JSON string: ASCII, no control, no quote, no backslash. Looks at whole vectors only, so
/// that fewer are told where fewer than 16 are left; what ends the run is for the caller to see.
static inline size_t ck_plain_run(const uint8_t *bytes, size_t count) {
    size_t at = 0;
#if defined(__SSE2__)
    for (; at + 16 <= count; at += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(bytes + at));
        // As a signed number a byte from 0x80 on is below 0x20, as a control is.
        const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
                                             _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)));
        const int mask = _mm_movemask_epi8(special);
        if (mask) return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#elif defined(__aarch64__)
    for (; at + 16 <= count; at += 16) {
        const uint8x16_t v = vld1q_u8(bytes + at);
        const uint8x16_t special = vorrq_u8(vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\'))),
                                            vcltq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(0x20)));
        // Four bits a byte.
        const uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(special), 4)), 0);
        if (mask) return at + ((size_t)__builtin_ctzll(mask) >> 2);
    }
#endif
    return at;
}

/// Whether all bytes are ASCII and none is a backslash; looks at whole vectors, and says no where fewer than 16 bytes cannot be told.
static inline int ck_is_plain(const uint8_t *bytes, size_t count) {
    if (count < 16) return 0;
#if defined(__SSE2__)
    __m128i found = _mm_setzero_si128();
    for (size_t at = 0;; at = at + 32 <= count ? at + 16 : count - 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(bytes + at));
        found = _mm_or_si128(found, _mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
        if (at + 16 == count) return _mm_movemask_epi8(found) == 0;
    }
#elif defined(__aarch64__)
    uint8x16_t found = vdupq_n_u8(0);
    for (size_t at = 0;; at = at + 32 <= count ? at + 16 : count - 16) {
        const uint8x16_t v = vld1q_u8(bytes + at);
        found = vorrq_u8(found, vorrq_u8(v, vceqq_u8(v, vdupq_n_u8('\\'))));
        if (at + 16 == count) return vmaxvq_u8(found) < 0x80;
    }
#else
    return 0;
#endif
}

#endif
