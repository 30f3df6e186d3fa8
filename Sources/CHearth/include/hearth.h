// The few things Swift cannot say itself: prefetch, vector compares, atomics on plain memory, a futex
// lock, the key hash, and wrappers for C macros, variadic functions and GNU extensions.
#ifndef HEARTH_H
#define HEARTH_H
#include <features.h>
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#pragma clang assume_nonnull begin
#define HEARTH_INLINE static inline __attribute__((always_inline, unused))

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HEARTH_TSAN 1
#endif
#endif

// ---- memory -----------------------------------------------------------------------------------

HEARTH_INLINE void hearth_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
HEARTH_INLINE void hearth_prefetch_write(const void *p) { __builtin_prefetch(p, 1, 3); }
HEARTH_INLINE void hearth_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

HEARTH_INLINE uint64_t hearth_load64(const void *p) { uint64_t v; memcpy(&v, p, 8); return v; }
HEARTH_INLINE uint32_t hearth_load32(const void *p) { uint32_t v; memcpy(&v, p, 4); return v; }

HEARTH_INLINE uint64_t hearth_atomic_load64(const void *p) {
  return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED);
}
HEARTH_INLINE uint32_t hearth_atomic_load32(const void *p) {
  return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED);
}
HEARTH_INLINE void hearth_atomic_store64(void *p, uint64_t v) {
  __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELAXED);
}
HEARTH_INLINE void hearth_atomic_store32(void *p, uint32_t v) {
  __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELAXED);
}
HEARTH_INLINE uint32_t hearth_atomic_acquire32(const void *p) {
  return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE);
}
HEARTH_INLINE void hearth_atomic_release32(void *p, uint32_t v) {
  __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELEASE);
}
HEARTH_INLINE uint64_t hearth_atomic_acquire64(const void *p) {
  return __atomic_load_n((const uint64_t *)p, __ATOMIC_ACQUIRE);
}
HEARTH_INLINE void hearth_atomic_release64(void *p, uint64_t v) {
  __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELEASE);
}
HEARTH_INLINE uint64_t hearth_atomic_add64(void *p, uint64_t v) {
  return __atomic_add_fetch((uint64_t *)p, v, __ATOMIC_RELAXED);
}
HEARTH_INLINE int hearth_atomic_cas64(void *p, uint64_t expected, uint64_t desired) {
  return __atomic_compare_exchange_n((uint64_t *)p, &expected, desired, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
}
HEARTH_INLINE uint32_t hearth_atomic_exchange32(void *p, uint32_t v) {
  return __atomic_exchange_n((uint32_t *)p, v, __ATOMIC_ACQ_REL);
}

// ---- a four-byte lock: 0 free, 1 held, 2 held and somebody sleeps --------------------------------

void hearth_lock_slow(uint32_t *lock);
void hearth_unlock_wake(uint32_t *lock);

HEARTH_INLINE void hearth_lock(uint32_t *lock) {
  uint32_t free_ = 0;
  if (!__atomic_compare_exchange_n(lock, &free_, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    hearth_lock_slow(lock);
}
HEARTH_INLINE int hearth_try_lock(uint32_t *lock) {
  uint32_t free_ = 0;
  return __atomic_compare_exchange_n(lock, &free_, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}
HEARTH_INLINE void hearth_unlock(uint32_t *lock) {
  if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2) hearth_unlock_wake(lock);
}

// ---- keys ---------------------------------------------------------------------------------------

/// XXH3, 64 bits.
uint64_t hearth_hash(const void *key, size_t length);
/// The same, another one for each seed.
uint64_t hearth_hash_seeded(const void *key, size_t length, uint64_t seed);

HEARTH_INLINE int hearth_equal(const void *a_, const void *b_, size_t n) {
  const uint8_t *a = (const uint8_t *)a_, *b = (const uint8_t *)b_;
#if defined(__SSE2__)
  if (n >= 16) {
    for (size_t i = 0; i + 16 <= n; i += 16)
      if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(a + i)),
                                           _mm_loadu_si128((const __m128i *)(b + i)))) != 0xffff)
        return 0;
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(a + n - 16)),
                                            _mm_loadu_si128((const __m128i *)(b + n - 16)))) == 0xffff;
  }
#endif
  if (n >= 8) return hearth_load64(a) == hearth_load64(b) && hearth_load64(a + n - 8) == hearth_load64(b + n - 8);
  if (n >= 4) return hearth_load32(a) == hearth_load32(b) && hearth_load32(a + n - 4) == hearth_load32(b + n - 4);
  for (size_t i = 0; i < n; i++) if (a[i] != b[i]) return 0;
  return 1;
}

/// Bit i of the answer is set when byte i of the 16 at p equals value.
HEARTH_INLINE uint32_t hearth_match16(const void *p, uint8_t value) {
#if defined(__SSE2__)
  return (uint32_t)_mm_movemask_epi8(
      _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8((char)value)));
#else
  uint32_t m = 0;
  for (int i = 0; i < 16; i++) m |= (uint32_t)(((const uint8_t *)p)[i] == value) << i;
  return m;
#endif
}

/// Bit i of the answer is set when the i-th of the 8 16-bit words at p equals value.
HEARTH_INLINE uint32_t hearth_match8x16(const void *p, uint16_t value) {
#if defined(__SSE2__)
  __m128i eq = _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi16((short)value));
  return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(eq, _mm_setzero_si128()));
#else
  uint32_t m = 0;
  for (int i = 0; i < 8; i++) { uint16_t w; memcpy(&w, (const uint8_t *)p + 2 * i, 2); m |= (uint32_t)(w == value) << i; }
  return m;
#endif
}

/// Location in the first slot of a 64-byte bucket whose tag matches, 0 if none. Read without the lock, only to
/// decide what to prefetch: any answer is harmless.
HEARTH_INLINE uint32_t hearth_peek(const void *bucket, uint8_t tag) {
#if defined(HEARTH_TSAN)
  (void)bucket; (void)tag;
  return 0;
#else
  uint32_t hits = hearth_match16(bucket, tag) & 0xfff;
  return hits ? hearth_load32((const uint8_t *)bucket + 16 + 4 * __builtin_ctz(hits)) : 0;
#endif
}

/// 1 in builds with the thread sanitizer, where reading ahead without a lock is left out.
HEARTH_INLINE int hearth_is_thread_sanitized(void) {
#if defined(HEARTH_TSAN)
  return 1;
#else
  return 0;
#endif
}

/// Number of bytes before the first space or newline in the n bytes at p; n if there is none. Reads
/// only [p, p + n).
HEARTH_INLINE size_t hearth_token_length(const uint8_t *p, size_t n) {
  size_t i = 0;
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(' '), newline = _mm_set1_epi8('\n');
  for (; i + 16 <= n; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
    int m = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, space), _mm_cmpeq_epi8(v, newline)));
    if (m) return i + (size_t)__builtin_ctz((unsigned)m);
  }
#endif
  while (i < n && p[i] != ' ' && p[i] != '\n') i++;
  return i;
}

/// Copies n bytes; short copies stay inline. Both sides may be read or written only in [0, n).
HEARTH_INLINE void hearth_copy(void *d_, const void *s_, size_t n) {
  uint8_t *d = (uint8_t *)d_;
  const uint8_t *s = (const uint8_t *)s_;
#if defined(__SSE2__)
  if (n >= 16 && n <= 256) {
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
      _mm_storeu_si128((__m128i *)(d + i), _mm_loadu_si128((const __m128i *)(s + i)));
    _mm_storeu_si128((__m128i *)(d + n - 16), _mm_loadu_si128((const __m128i *)(s + n - 16)));
    return;
  }
#endif
  if (n >= 8 && n < 16) {
    uint64_t a = hearth_load64(s), b = hearth_load64(s + n - 8);
    memcpy(d, &a, 8); memcpy(d + n - 8, &b, 8);
    return;
  }
  memcpy(d, s, n);
}

// ---- system calls that Swift cannot import -------------------------------------------------------

struct mmsghdr;
struct sockaddr;

int hearth_errno(void);
int hearth_accept(int listener, struct sockaddr *_Nullable address, uint32_t *_Nullable length);
int hearth_bind(int fd, const struct sockaddr *address, uint32_t length);
int hearth_connect(int fd, const struct sockaddr *address, uint32_t length);
/// Opens a path below a folder that leads through no symbolic link and not out of the folder (openat2, Linux 5.6). -1 with errno:
/// ELOOP where there is a link, ENOSYS or EPERM where the system or its sandbox does not know the call.
int hearth_open_beneath(int folder, const char *path, int flags);
/// O_PATH.
int hearth_open_path_flag(void);
/// A descriptor that polls readable once 8 bytes were written to it; non-blocking, close-on-exec. -1 with errno.
int hearth_event_descriptor(void);
/// A timer of the monotonic clock that polls readable, with 8 bytes to read, when its time has come; non-blocking, close-on-exec. -1
/// with errno.
int hearth_timer_descriptor(void);
/// It goes off once, so many nanoseconds from now; 0: not at all. -1 with errno.
int hearth_timer_set(int descriptor, uint64_t nanoseconds);
/// Reserves address space without memory behind it; 2 MiB aligned. NULL with errno on failure.
void *_Nullable hearth_reserve(size_t bytes);
/// Gives the physical memory of a range back; reads then see zeros.
int hearth_release(void *p, size_t bytes);
/// Asks for huge pages; no error where there are none.
void hearth_huge_pages(void *p, size_t bytes);
/// Makes the system provide the memory of a range now, without changing what is in it. Not 0 where it cannot
/// (Linux before 5.14): the first touch then does it.
int hearth_populate(void *p, size_t bytes);
/// Monotonic clock, nanoseconds.
uint64_t hearth_monotonic_ns(void);
/// Cheap monotonic clock (some milliseconds coarse), nanoseconds.
uint64_t hearth_coarse_ns(void);
/// The sequence of the change that the calling thread journaled last, until it is taken.
static inline void hearth_note_sequence(uint64_t sequence) { extern _Thread_local uint64_t hearth_sequence; hearth_sequence = sequence; }
/// Takes it; 0: there was none.
static inline uint64_t hearth_take_sequence(void) {
  extern _Thread_local uint64_t hearth_sequence;
  uint64_t sequence = hearth_sequence;
  hearth_sequence = 0;
  return sequence;
}
/// CPU time of the calling thread, nanoseconds.
uint64_t hearth_thread_cpu_ns(void);
/// Wall clock, nanoseconds since 1970.
uint64_t hearth_wall_ns(void);

#pragma clang assume_nonnull end

#include "hearth_netlink.h"
#endif
