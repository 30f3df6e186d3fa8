// The kernel's news about the addresses of this machine (rtnetlink(7)), whose structs and macros Swift cannot import.
#ifndef HEARTH_NETLINK_H
#define HEARTH_NETLINK_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/// What a message says. What is none of these is to be skipped.
enum {
  HEARTH_ADDRESS_OTHER = 0,
  /// An interface has the address, and it can be used (not before IPv6 has made sure that nobody else has it).
  HEARTH_ADDRESS_ADDED = 1,
  /// An interface does not have it, or cannot use it.
  HEARTH_ADDRESS_REMOVED = 2,
  /// The list that was asked for is complete.
  HEARTH_ADDRESS_LIST_ENDS = 3,
  /// There is no list, or it is not to be relied on: ask again.
  HEARTH_ADDRESS_LIST_FAILED = 4,
};

/// One message.
struct hearth_address_message {
  uint32_t kind;
  /// The interface, by its number.
  uint32_t interface;
  /// Bytes of the address: 4, 16, or 0 where there is none.
  uint32_t length;
  uint8_t address[16];
};

/// A socket that tells of IPv4 and IPv6 addresses that come and go; non-blocking, close-on-exec. -1 with errno.
int hearth_netlink_open(void);
/// Asks for the list of all addresses of a family. -1 with errno.
int hearth_netlink_list(int fd, int family);
/// Messages that wait, at most `count` bytes of them; what is not from the kernel is skipped. -1 with errno: EAGAIN
/// where there are none, ENOBUFS where some were lost.
ssize_t hearth_netlink_receive(int fd, void *bytes, size_t count);
/// The message at an offset of what was received. Returns the offset of the next one, `count` after the last. `bytes`
/// are aligned to 4.
size_t hearth_netlink_next(const void *bytes, size_t count, size_t offset, struct hearth_address_message *message);

#pragma clang assume_nonnull end
#endif
