// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <cstring>

/// Quick hashes that stay the same between runs, since they are kept on disk. Not for adversaries.
namespace paddock::syntax {

[[nodiscard]] constexpr quint64 mix(quint64 x)
{
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93ULL;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93ULL;
    return x ^ (x >> 32);
}

[[nodiscard]] constexpr quint64 combine(quint64 a, quint64 b)
{
    return mix(a * 0x9E3779B97F4A7C15ULL + b + 0x632BE59BD9B4E019ULL);
}

[[nodiscard]] inline quint64 hashOf(QByteArrayView bytes, quint64 seed = 0)
{
    quint64 result = mix(seed ^ static_cast<quint64>(bytes.size()) * 0x9E3779B97F4A7C15ULL);
    const char *at = bytes.data();
    qsizetype left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        quint64 word;
        std::memcpy(&word, at, 8);
        result = mix(result ^ word) + 0x2545F4914F6CDD1DULL;
    }
    quint64 word = 0;
    if (left > 0)
        std::memcpy(&word, at, static_cast<size_t>(left));
    return mix(result ^ word);
}

} // namespace paddock::syntax
