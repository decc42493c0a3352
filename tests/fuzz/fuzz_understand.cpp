// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exercise.h"
#include "mutate.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

// Coverage-guided: every other step changes bytes as libFuzzer likes, every other one changes TypeScript as people
// might. HACKING.md says how to run it.

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed)
{
    if (seed % 2)
        return LLVMFuzzerMutate(data, size, maxSize);
    static const QList<QByteArray> programs = seedPrograms();
    QRandomGenerator random(seed);
    const QByteArray text = mutatedProgram(
        QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)), programs, random);
    const size_t length = std::min(maxSize, static_cast<size_t>(text.size()));
    std::memcpy(data, text.constData(), length);
    return length;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    exercise(QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    return 0;
}
