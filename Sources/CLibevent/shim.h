#include <features.h>
#pragma clang assume_nonnull begin
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>
#pragma clang assume_nonnull end
