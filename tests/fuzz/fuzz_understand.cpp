// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exercise.h"

#include <cstddef>
#include <cstdint>

/// Run with: build/fuzz/bin/fuzz_understand -max_total_time=3600 CORPUS tests/fixtures/workspaces/library/src
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    exercise(QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    return 0;
}
