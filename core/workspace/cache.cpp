// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/cache.h"

#include "syntax/hash.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <algorithm>
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
constexpr quint32 version = 11; ///< grows with every change of FileFacts or of what fills it
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

    [[nodiscard]] FactsHead head() const
    {
        return {.codeHash = codeHash,
                .contentHash = contentHash,
                .errorLine = errorLine,
                .isSource = (flags & IsSource) != 0,
                .isGenerated = (flags & IsGenerated) != 0,
                .hasContent = (flags & HasContent) != 0,
                .makesServer = (flags & MakesServer) != 0,
                .makesPlugin = (flags & MakesPlugin) != 0,
                .makesRouter = (flags & MakesRouter) != 0,
                .hasImports = (flags & HasImports) != 0,
                .hasNotes = (flags & HasNotes) != 0};
    }
};

const FactsCache::Record &FactsCache::record(qsizetype index) const
{
    return reinterpret_cast<const Record *>(m_bytes.constData() + sizeof(Header))[index];
}

const FactsCache::Record *FactsCache::record(const StampedFile &file) const
{
    if (m_table.empty() || file.stamp.digest == 0)
        return nullptr;
    const quint64 key = keyOf(file.path);
    const size_t mask = m_table.size() - 1;
    for (size_t at = key & mask; m_table[at] != 0; at = (at + 1) & mask) {
        const Record &r = record(m_table[at] - 1);
        if (r.path == key)
            return r.stamp == file.stamp ? &r : nullptr;
    }
    return nullptr;
}

void FactsCache::load(const QString &fileName)
{
    static_assert(std::has_unique_object_representations_v<Record> && alignof(Record) <= 8 && sizeof(Header) % 8 == 0);
    *this = {};
    const auto file = PackFile::open(fileName);
    Header header;
    const QByteArray start = file ? file->read(0, sizeof header) : QByteArray();
    if (start.isEmpty())
        return;
    std::memcpy(&header, start.constData(), sizeof header);
    const qint64 room = (file->size() - static_cast<qint64>(sizeof(Header))) / static_cast<qint64>(sizeof(Record));
    const quint64 expected = std::exchange(header.hash, 0);
    if (header.magic != magic || header.version != version || header.size != file->size() || header.count <= 0 ||
        header.count > room)
        return;
    m_bytes = file->read(0, static_cast<qint64>(sizeof(Header)) + header.count * static_cast<qint64>(sizeof(Record)));
    if (m_bytes.isEmpty())
        return;
    quint64 hash = syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header));
    std::vector<quint32> table(std::bit_ceil(static_cast<size_t>(header.count) * 2 + 1));
    const size_t mask = table.size() - 1;
    for (qint64 i = 0; i < header.count; ++i) {
        const Record &r = record(i);
        if (r.offset < 0 || r.offset > header.size || r.size > header.size - r.offset)
            return;
        hash = syntax::combine(hash, syntax::hashOf(QByteArrayView(reinterpret_cast<const char *>(&r), sizeof r)));
        size_t at = r.path & mask;
        while (table[at] != 0)
            at = (at + 1) & mask;
        table[at] = static_cast<quint32>(i) + 1;
    }
    if (hash != expected)
        return;
    m_table = std::move(table);
    m_count = header.count;
    m_written = header.written;
    m_file = file;
}

std::vector<std::optional<FactsCache::Found>> FactsCache::find(std::span<const StampedFile> files) const
{
    constexpr qint64 gap = qint64{16} * 1024; // is read along, rather than reading once more
    constexpr qint64 mostAtOnce = qint64{1024} * 1024;
    struct Hit
    {
        size_t index;
        const Record *record;
    };
    std::vector<Hit> hits;
    hits.reserve(files.size());
    for (size_t i = 0; i < files.size(); ++i) {
        if (const Record *r = record(files[i]))
            hits.push_back({i, r});
    }
    std::ranges::sort(hits, {}, [](const Hit &hit) { return hit.record->offset; });
    std::vector<std::optional<Found>> result(files.size());
    const PackPtr pack = hits.empty() ? nullptr : std::make_shared<FactsPack>(m_file);
    for (auto first = hits.cbegin(); first != hits.cend();) {
        const qint64 begin = first->record->offset;
        qint64 end = begin;
        auto last = first;
        for (; last != hits.cend() && last->record->offset <= end + gap && end - begin < mostAtOnce; ++last)
            end = std::max(end, last->record->offset + last->record->size);
        const QByteArray bytes = m_file->read(begin, end - begin);
        for (; first != last; ++first) {
            const Record &r = *first->record;
            const QByteArrayView packed =
                bytes.isEmpty() ? QByteArrayView() : QByteArrayView(bytes).sliced(r.offset - begin, r.size);
            if (StoredFacts::checkOf(packed) != r.check)
                continue;
            const FactsHead head = r.head();
            result[first->index] =
                Found{.facts = StoredFacts(head, {.pack = pack, .offset = r.offset, .size = r.size, .check = r.check}),
                      .specifiers = head.hasImports ? unpackSpecifiers(packed) : QStringList(),
                      .recent = files[first->index].stamp.latest > m_written - clockGrain};
        }
    }
    return result;
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
