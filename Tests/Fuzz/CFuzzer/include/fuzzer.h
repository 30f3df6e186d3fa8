// libFuzzer's entry for programs with a main of their own (SwiftPM renames main, so the library's cannot be
// used).
#ifndef HEARTH_FUZZER_H
#define HEARTH_FUZZER_H
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv,
                        int (*_Nonnull callback)(const uint8_t *_Nullable data, size_t size));

#endif
