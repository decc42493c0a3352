// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

/// Numbers, texts and parts as bytes: what packed facts are made of.
namespace paddock::workspace {

/// Bytes as they are written.
class PackWriter final
{
public:
    static constexpr bool isReading = false;

    explicit PackWriter(std::vector<char> &bytes) : m_bytes(bytes) {}

    void number(quint64 value)
    {
        if (m_end - m_at < 10)
            grow(10);
        while (value >= 0x80) {
            *m_at++ = static_cast<char>(value | 0x80);
            value >>= 7;
        }
        *m_at++ = static_cast<char>(value);
    }
    void fixed(quint64 value) { append({reinterpret_cast<const char *>(&value), sizeof value}); }
    void text(const QString &value)
    {
        if (std::ranges::all_of(value, [](QChar c) { return c.unicode() < 0x80; })) { // almost always, and quicker
            number(static_cast<quint64>(value.size()));
            if (m_end - m_at < value.size())
                grow(value.size());
            for (const QChar c : value)
                *m_at++ = static_cast<char>(c.unicode());
            return;
        }
        const QByteArray utf8 = value.toUtf8();
        number(static_cast<quint64>(utf8.size()));
        append(utf8);
    }
    [[nodiscard]] size_t beginPart()
    {
        append(QByteArrayView("\0\0\0", sizeof(quint32)));
        return static_cast<size_t>(m_at - m_bytes.data());
    }
    void endPart(size_t start) ///< what beginPart() said
    {
        char *part = m_bytes.data() + start;
        const auto size = static_cast<quint32>(m_at - part);
        std::memcpy(part - sizeof size, &size, sizeof size);
    }
    void append(QByteArrayView bytes)
    {
        if (bytes.isEmpty())
            return;
        if (m_end - m_at < bytes.size())
            grow(bytes.size());
        std::memcpy(m_at, bytes.data(), static_cast<size_t>(bytes.size()));
        m_at += bytes.size();
    }
    [[nodiscard]] QByteArrayView bytes() const { return {m_bytes.data(), m_at}; }
    [[nodiscard]] static bool ok() { return true; }
    static void spoil() {}

private:
    /// So that so many bytes more can be written.
    void grow(qsizetype size)
    {
        const qsizetype written = m_at - m_bytes.data();
        m_bytes.resize(std::max({static_cast<size_t>(written + size), m_bytes.size() * 2, size_t{1024}}));
        m_at = m_bytes.data() + written;
        m_end = m_bytes.data() + m_bytes.size();
    }

    std::vector<char> &m_bytes; ///< more than are written
    char *m_at = m_bytes.data();
    char *m_end = m_at + m_bytes.size();
};

/// The same bytes again. Behind their end everything is zero, and not ok.
class PackReader final
{
public:
    static constexpr bool isReading = true;

    explicit PackReader(QByteArrayView bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

    quint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; m_at < m_end && shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(*m_at++);
            value |= static_cast<quint64>(byte & 0x7F) << shift;
            if (byte < 0x80)
                return value;
        }
        m_ok = false;
        return 0;
    }
    quint64 fixed()
    {
        quint64 value = 0;
        if (!has(sizeof value))
            return 0;
        std::memcpy(&value, m_at, sizeof value);
        m_at += sizeof value;
        return value;
    }
    QString text()
    {
        const quint64 size = number();
        if (!has(size))
            return {};
        const char *start = std::exchange(m_at, m_at + size);
        return QString::fromUtf8(start, static_cast<qsizetype>(size));
    }
    QByteArrayView part()
    {
        quint32 size = 0;
        if (!has(sizeof size))
            return {};
        std::memcpy(&size, m_at, sizeof size);
        m_at += sizeof size;
        if (!has(size))
            return {};
        return {std::exchange(m_at, m_at + size), static_cast<qsizetype>(size)};
    }
    [[nodiscard]] bool has(quint64 size)
    {
        m_ok &= size <= static_cast<quint64>(m_end - m_at);
        return m_ok;
    }
    [[nodiscard]] bool ok() const { return m_ok; }
    void spoil() { m_ok = false; }

private:
    const char *m_at;
    const char *m_end;
    bool m_ok = true;
};

} // namespace paddock::workspace
