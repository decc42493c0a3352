// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/cache.h"

#include "syntax/hash.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <bit>
#include <chrono>
#include <cstring>
#include <type_traits>

// The file: a header, a record for each source file, and behind them their packed facts. Numbers are those of this
// machine; another one takes the file for no cache.

namespace paddock::workspace {

namespace {

constexpr quint32 magic = 0x50444b46;
constexpr quint32 version = 5; ///< grows with every change of FileFacts or of what fills it
constexpr qint64 clockGrain = 2'000'000'000;

quint64 keyOf(const QString &path)
{
    return syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(path.constData()),
                                         path.size() * static_cast<qsizetype>(sizeof(QChar))));
}

enum Flag : quint32 {
    IsSource = 1,
    IsGenerated = 2,
    HasContent = 4,
    MakesServer = 8,
    MakesPlugin = 16,
    MakesRouter = 32,
    HasImports = 64
};

} // namespace

struct FactsCache::Header
{
    quint32 magic = 0;
    quint32 version = 0;
    qint64 written = 0;
    qint64 count = 0;
    qint64 size = 0;  ///< of the whole file
    quint64 hash = 0; ///< of all else
};

struct FactsCache::Record
{
    quint64 path = 0;
    FileStamp stamp;
    quint64 codeHash = 0;
    qint64 offset = 0;
    quint32 size = 0;
    qint32 errorLine = 0;
    quint32 flags = 0;
    std::array<char, FactsHead::hashSize> contentHash{};
};

const FactsCache::Record &FactsCache::record(qsizetype index) const
{
    return reinterpret_cast<const Record *>(m_bytes->constData() + sizeof(Header))[index];
}

void FactsCache::load(const QString &fileName)
{
    static_assert(std::is_trivially_copyable_v<Record> && alignof(Record) <= 8 && sizeof(Header) % 8 == 0);
    *this = {};
    auto read = readBytes(fileName);
    if (!read || read->size() < static_cast<qsizetype>(sizeof(Header)))
        return;
    m_bytes = std::make_shared<const QByteArray>(std::move(*read));
    Header header;
    std::memcpy(&header, m_bytes->constData(), sizeof header);
    const qint64 room = (m_bytes->size() - static_cast<qint64>(sizeof(Header))) / static_cast<qint64>(sizeof(Record));
    const quint64 expected = std::exchange(header.hash, 0);
    if (header.magic != magic || header.version != version || header.size != m_bytes->size() || header.count < 0 ||
        header.count > room) {
        *this = {};
        return;
    }
    quint64 hash = syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header));
    m_table.resize(std::bit_ceil(static_cast<size_t>(header.count) * 2 + 1));
    const size_t mask = m_table.size() - 1;
    for (qint64 i = 0; i < header.count; ++i) {
        const Record &r = record(i);
        if (r.offset < 0 || r.offset > m_bytes->size() || r.size > m_bytes->size() - r.offset) {
            *this = {};
            return;
        }
        hash = syntax::combine(hash, syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&r), sizeof r)));
        hash = syntax::combine(hash, syntax::hashOf(QByteArrayView(*m_bytes).sliced(r.offset, r.size)));
        size_t at = r.path & mask;
        while (m_table[at] != 0)
            at = (at + 1) & mask;
        m_table[at] = static_cast<quint32>(i) + 1;
    }
    if (hash != expected) {
        *this = {};
        return;
    }
    m_count = header.count;
    m_written = header.written;
}

std::optional<StoredFacts> FactsCache::find(const QString &path, const FileStamp &stamp, bool *recent) const
{
    if (m_table.empty())
        return {};
    const quint64 key = keyOf(path);
    const size_t mask = m_table.size() - 1;
    for (size_t at = key & mask; m_table[at] != 0; at = (at + 1) & mask) {
        const Record &r = record(m_table[at] - 1);
        if (r.path != key)
            continue;
        if (!(r.stamp == stamp))
            return {};
        *recent = stamp.latest > m_written - clockGrain;
        const FactsHead head{.contentHash = r.contentHash,
                             .codeHash = r.codeHash,
                             .errorLine = r.errorLine,
                             .isSource = (r.flags & IsSource) != 0,
                             .isGenerated = (r.flags & IsGenerated) != 0,
                             .hasContent = (r.flags & HasContent) != 0,
                             .makesServer = (r.flags & MakesServer) != 0,
                             .makesPlugin = (r.flags & MakesPlugin) != 0,
                             .makesRouter = (r.flags & MakesRouter) != 0,
                             .hasImports = (r.flags & HasImports) != 0};
        return StoredFacts(head, QByteArrayView(*m_bytes).sliced(r.offset, r.size), m_bytes);
    }
    return {};
}

void FactsCache::store(const QString &fileName, const std::vector<Entry> &files)
{
    QDir().mkpath(QFileInfo(fileName).path());
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly))
        return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    Header header{.magic = magic,
                  .version = version,
                  .written = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(),
                  .count = static_cast<qint64>(files.size())};
    std::vector<Record> records(files.size());
    qint64 offset = static_cast<qint64>(sizeof header + records.size() * sizeof(Record));
    for (size_t i = 0; i < files.size(); ++i) {
        const FactsHead &head = files[i].facts.head();
        const auto flag = [](bool is, Flag value) { return is ? static_cast<quint32>(value) : 0; };
        records[i] = {.path = keyOf(files[i].path),
                      .stamp = files[i].stamp,
                      .codeHash = head.codeHash,
                      .offset = offset,
                      .size = static_cast<quint32>(files[i].facts.packed().size()),
                      .errorLine = head.errorLine,
                      .flags = flag(head.isSource, IsSource) | flag(head.isGenerated, IsGenerated) |
                               flag(head.hasContent, HasContent) | flag(head.makesServer, MakesServer) |
                               flag(head.makesPlugin, MakesPlugin) | flag(head.makesRouter, MakesRouter) |
                               flag(head.hasImports, HasImports),
                      .contentHash = head.contentHash};
        offset += records[i].size;
    }
    header.size = offset;
    quint64 hash = syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header));
    file.write(reinterpret_cast<const char *>(&header), sizeof header); // and once more with the hash, at the end
    file.write(reinterpret_cast<const char *>(records.data()), static_cast<qint64>(records.size() * sizeof(Record)));
    for (size_t i = 0; i < files.size(); ++i) {
        const QByteArray packed = files[i].facts.packed();
        file.write(packed);
        hash = syntax::combine(
            hash, syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&records[i]), sizeof(Record))));
        hash = syntax::combine(hash, syntax::hashOf(packed));
    }
    header.hash = hash;
    file.seek(0);
    file.write(reinterpret_cast<const char *>(&header), sizeof header);
    file.commit();
}

} // namespace paddock::workspace
