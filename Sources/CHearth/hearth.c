#define _GNU_SOURCE 1
#define XXH_INLINE_ALL 1
#include <xxhash.h>

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "hearth.h"

uint64_t hearth_hash(const void *key, size_t length) { return XXH3_64bits(key, length); }

uint64_t hearth_hash_seeded(const void *key, size_t length, uint64_t seed) {
  return XXH3_64bits_withSeed(key, length, seed);
}

static void futex(uint32_t *word, int op, uint32_t value) {
  syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

void hearth_lock_slow(uint32_t *lock) {
  for (int i = 0; i < 200; i++) {
    hearth_pause();
    if (__atomic_load_n(lock, __ATOMIC_RELAXED) == 0 && hearth_try_lock(lock)) return;
  }
  while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0) futex(lock, FUTEX_WAIT, 2);
}

void hearth_unlock_wake(uint32_t *lock) { futex(lock, FUTEX_WAKE, 1); }

int hearth_errno(void) { return errno; }

int hearth_accept(int listener, struct sockaddr *address, uint32_t *length) {
  return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
int hearth_bind(int fd, const struct sockaddr *address, uint32_t length) { return bind(fd, address, length); }
int hearth_connect(int fd, const struct sockaddr *address, uint32_t length) {
  return connect(fd, address, length);
}

int hearth_open_beneath(int folder, const char *path, int flags) {
  struct open_how how = {
      .flags = (uint64_t)flags,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}
int hearth_open_path_flag(void) { return O_PATH; }
int hearth_event_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int hearth_timer_descriptor(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int hearth_timer_set(int descriptor, uint64_t nanoseconds) {
  struct itimerspec when = {.it_value = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)}};
  return timerfd_settime(descriptor, 0, &when, NULL);
}

void *hearth_reserve(size_t bytes) {
  const size_t align = (size_t)2 << 20;
  uint8_t *p = mmap(NULL, bytes + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return NULL;
  uint8_t *start = (uint8_t *)(((uintptr_t)p + align - 1) & ~(uintptr_t)(align - 1));
  if (start > p) munmap(p, (size_t)(start - p));
  size_t tail = (size_t)(p + bytes + align - (start + bytes));
  if (tail) munmap(start + bytes, tail);
  return start;
}

int hearth_release(void *p, size_t bytes) { return madvise(p, bytes, MADV_DONTNEED); }
int hearth_populate(void *p, size_t bytes) {
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
  return madvise(p, bytes, MADV_POPULATE_WRITE);
}
void hearth_huge_pages(void *p, size_t bytes) { (void)madvise(p, bytes, MADV_HUGEPAGE); }

static uint64_t clock_ns(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
uint64_t hearth_monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
_Thread_local uint64_t hearth_sequence;

uint64_t hearth_coarse_ns(void) { return clock_ns(CLOCK_MONOTONIC_COARSE); }
uint64_t hearth_thread_cpu_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }
uint64_t hearth_wall_ns(void) { return clock_ns(CLOCK_REALTIME); }
