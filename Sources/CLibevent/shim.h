// libevent defines _GNU_SOURCE, which must not come before glibc's own feature tests: features.h first.
#include <features.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/thread.h>
