#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "include/hearth_netlink.h"
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int hearth_netlink_open(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return -1;
  struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0) {
    int code = errno;
    close(fd);
    errno = code;
    return -1;
  }
  return fd;
}

int hearth_netlink_list(int fd, int family) {
  struct {
    struct nlmsghdr header;
    struct ifaddrmsg body;
  } request = {
      .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
                 .nlmsg_type = RTM_GETADDR,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .body = {.ifa_family = (uint8_t)family},
  };
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t n;
  do {
    n = sendto(fd, &request, request.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
  } while (n < 0 && errno == EINTR);
  return n < 0 ? -1 : 0;
}

ssize_t hearth_netlink_receive(int fd, void *bytes, size_t count) {
  for (;;) {
    struct sockaddr_nl from = {0};
    socklen_t length = sizeof from;
    ssize_t n = recvfrom(fd, bytes, count, MSG_TRUNC, (struct sockaddr *)&from, &length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (length != sizeof from || from.nl_pid != 0) continue;
    if ((size_t)n > count) {
      errno = ENOBUFS;
      return -1;
    }
    return n;
  }
}

static void read_address(const struct nlmsghdr *header, struct hearth_address_message *message) {
  if (header->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifaddrmsg))) return;
  const struct ifaddrmsg *body = NLMSG_DATA(header);
  // The attribute has all flags, the field only the first eight.
  uint32_t flags = body->ifa_flags;
  const struct rtattr *local = NULL, *address = NULL;
  int left = (int)IFA_PAYLOAD(header);
  for (const struct rtattr *a = IFA_RTA(body); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    if (a->rta_type == IFA_LOCAL) local = a;
    if (a->rta_type == IFA_ADDRESS) address = a;
    if (a->rta_type == IFA_FLAGS && RTA_PAYLOAD(a) == sizeof flags) memcpy(&flags, RTA_DATA(a), sizeof flags);
  }
  // On a point-to-point interface IFA_ADDRESS is the peer's.
  if (local == NULL) local = address;
  size_t length = local == NULL ? 0 : RTA_PAYLOAD(local);
  if (length != 4 && length != 16) return;
  memcpy(message->address, RTA_DATA(local), length);
  message->length = (uint32_t)length;
  message->interface = body->ifa_index;
  int usable = !(flags & IFA_F_DADFAILED) && (!(flags & IFA_F_TENTATIVE) || (flags & IFA_F_OPTIMISTIC));
  message->kind = header->nlmsg_type == RTM_NEWADDR && usable ? HEARTH_ADDRESS_ADDED : HEARTH_ADDRESS_REMOVED;
}

size_t hearth_netlink_next(const void *bytes, size_t count, size_t offset, struct hearth_address_message *message) {
  memset(message, 0, sizeof *message);
  if (offset > count) return count;
  const struct nlmsghdr *header = (const struct nlmsghdr *)((const uint8_t *)bytes + offset);
  size_t left = count - offset;
  if (!NLMSG_OK(header, left)) return count;
  if (header->nlmsg_flags & NLM_F_DUMP_INTR) {
    // The list changed while it was written: what it says may be said again, its end may not be believed.
    if (header->nlmsg_type == NLMSG_DONE) message->kind = HEARTH_ADDRESS_LIST_FAILED;
    else if (header->nlmsg_type == RTM_NEWADDR) read_address(header, message);
  } else if (header->nlmsg_type == NLMSG_DONE) {
    message->kind = HEARTH_ADDRESS_LIST_ENDS;
  } else if (header->nlmsg_type == NLMSG_ERROR) {
    message->kind = HEARTH_ADDRESS_LIST_FAILED;
  } else if (header->nlmsg_type == RTM_NEWADDR || header->nlmsg_type == RTM_DELADDR) {
    read_address(header, message);
  }
  size_t step = NLMSG_ALIGN(header->nlmsg_len);
  return step >= left ? count : offset + step;
}
