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
#include <unordered_map>

// The file: a header, a record for each source file, and behind them their packed facts. Numbers are those of this
// machine; another one takes the file for no cache.

namespace paddock::workspace {

namespace {

constexpr quint32 magic = 0x50444b46;
constexpr quint32 version = 10; ///< grows with every change of FileFacts or of what fills it
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
    HasImports = 64,
    HasNotes = 128
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
    quint32 check = 0;
    std::array<char, FactsHead::hashSize> contentHash{};
    quint32 unused = 0; ///< no gap that nobody sets
};

const FactsCache::Record &FactsCache::record(qsizetype index) const
{
    return reinterpret_cast<const Record *>(m_bytes.constData() + sizeof(Header))[index];
}

void FactsCache::load(const QString &fileName)
{
    static_assert(std::has_unique_object_representations_v<Record> && alignof(Record) <= 8 && sizeof(Header) % 8 == 0);
    *this = {};
    m_file = PackFile::open(fileName);
    m_bytes = m_file ? m_file->all() : QByteArray();
    if (m_bytes.size() < static_cast<qsizetype>(sizeof(Header))) {
        *this = {};
        return;
    }
    Header header;
    std::memcpy(&header, m_bytes.constData(), sizeof header);
    const qint64 room = (m_bytes.size() - static_cast<qint64>(sizeof(Header))) / static_cast<qint64>(sizeof(Record));
    const quint64 expected = std::exchange(header.hash, 0);
    if (header.magic != magic || header.version != version || header.size != m_bytes.size() || header.count < 0 ||
        header.count > room) {
        *this = {};
        return;
    }
    quint64 hash = syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header));
    m_table.resize(std::bit_ceil(static_cast<size_t>(header.count) * 2 + 1));
    const size_t mask = m_table.size() - 1;
    for (qint64 i = 0; i < header.count; ++i) {
        const Record &r = record(i);
        if (r.offset < 0 || r.offset > m_bytes.size() || r.size > m_bytes.size() - r.offset) {
            *this = {};
            return;
        }
        hash = syntax::combine(hash, syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&r), sizeof r)));
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
    m_pack = std::make_shared<FactsPack>(m_bytes);
}

void FactsCache::letGo()
{
    if (m_pack)
        m_pack->moveTo(m_file, 0);
    const qsizetype count = m_count;
    *this = {};
    m_count = count;
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
        if (!(r.stamp == stamp) || StoredFacts::checkOf(QByteArrayView(m_bytes).sliced(r.offset, r.size)) != r.check)
            return {};
        *recent = stamp.latest > m_written - clockGrain;
        const FactsHead head{.contentHash = r.contentHash,
                             .errorLine = r.errorLine,
                             .codeHash = r.codeHash,
                             .isSource = (r.flags & IsSource) != 0,
                             .isGenerated = (r.flags & IsGenerated) != 0,
                             .hasContent = (r.flags & HasContent) != 0,
                             .makesServer = (r.flags & MakesServer) != 0,
                             .makesPlugin = (r.flags & MakesPlugin) != 0,
                             .makesRouter = (r.flags & MakesRouter) != 0,
                             .hasImports = (r.flags & HasImports) != 0,
                             .hasNotes = (r.flags & HasNotes) != 0};
        return StoredFacts(head, {.pack = m_pack, .offset = r.offset, .size = r.size, .check = r.check});
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
    std::unordered_map<PackPtr, std::pair<qint64, QByteArray>> packs; // in memory: written whole, and where
    std::unordered_map<size_t, QByteArray> loose;                     // of files that were saved since
    std::vector<std::pair<PackPtr, size_t>> order; // what is written behind the records: a pack, or one file's facts
    for (size_t i = 0; i < files.size(); ++i) {
        const FactsHead &head = files[i].facts.head();
        const auto flag = [](bool is, Flag value) { return is ? static_cast<quint32>(value) : 0; };
        records[i] = {.path = keyOf(files[i].path),
                      .stamp = files[i].stamp,
                      .codeHash = head.codeHash,
                      .size = files[i].facts.place().size,
                      .errorLine = head.errorLine,
                      .flags = flag(head.isSource, IsSource) | flag(head.isGenerated, IsGenerated) |
                               flag(head.hasContent, HasContent) | flag(head.makesServer, MakesServer) |
                               flag(head.makesPlugin, MakesPlugin) | flag(head.makesRouter, MakesRouter) |
                               flag(head.hasImports, HasImports) | flag(head.hasNotes, HasNotes),
                      .check = files[i].facts.place().check,
                      .contentHash = head.contentHash};
        const auto &[pack, place, size, check] = files[i].facts.place();
        if (!pack) {
            const QByteArray &packed = loose[i] = files[i].facts.packed();
            records[i].size = static_cast<quint32>(packed.size());
            records[i].check = StoredFacts::checkOf(packed);
        }
        auto known = pack ? packs.find(pack) : packs.end();
        if (pack && known == packs.end() && pack->isInMemory()) {
            known = packs.emplace(pack, std::pair(offset, pack->all())).first;
            offset += known->second.second.size();
            order.emplace_back(pack, i);
        }
        records[i].offset = known != packs.end() ? known->second.first + place : offset;
        if (known == packs.end()) {
            order.emplace_back(PackPtr(), i);
            offset += records[i].size;
        }
    }
    const auto bytesOf = [&](size_t i) {
        if (const auto known = loose.find(i); known != loose.end())
            return known->second;
        return files[i].facts.packed();
    };
    header.size = offset;
    quint64 hash = syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header));
    file.write(reinterpret_cast<const char *>(&header), sizeof header); // and once more with the hash, at the end
    file.write(reinterpret_cast<const char *>(records.data()), static_cast<qint64>(records.size() * sizeof(Record)));
    for (const auto &[pack, i] : order)
        file.write(pack ? packs.at(pack).second : bytesOf(i));
    for (size_t i = 0; i < files.size(); ++i) {
        hash = syntax::combine(
            hash, syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&records[i]), sizeof(Record))));
    }
    header.hash = hash;
    file.seek(0);
    file.write(reinterpret_cast<const char *>(&header), sizeof header);
    if (!file.commit())
        return;
    const auto written = PackFile::open(fileName);
    const QByteArrayView head(reinterpret_cast<const char *>(&header), sizeof header);
    if (!written || written->read(0, head.size()) != head) // another session was quicker
        return;
    for (const auto &[pack, place] : packs)
        pack->moveTo(written, place.first);
}

} // namespace paddock::workspace
