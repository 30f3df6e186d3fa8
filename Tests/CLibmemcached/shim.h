#include <features.h>
#include <libmemcached/memcached.h>
