// The functions for MD5 itself are kept by OpenSSL, though its documentation prefers the slower general ones.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
