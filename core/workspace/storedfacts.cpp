// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/storedfacts.h"

#include "syntax/hash.h"
#include "workspace/config.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <initializer_list>
#include <mutex>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

bool importsFramework(const FileFacts &facts, std::initializer_list<QLatin1StringView> names)
{
    for (const Import &import : facts.imports) {
        if (import.names.empty() && import.kind != Import::Kind::Static && import.specifier == frameworkPackage)
            return true; // const { createPlugin } = require("…")
        for (const ImportName &n : import.names) {
            if (!n.typeOnly &&
                (n.imported == "*"_L1 || std::ranges::any_of(names, [&n](auto name) { return n.imported == name; })))
                return n.imported != "*"_L1 || import.specifier == frameworkPackage;
        }
    }
    return false;
}

} // namespace

FactsHead headOf(const FileFacts &facts)
{
    FactsHead head{.codeHash = facts.codeHash,
                   .errorLine = facts.errorLine,
                   .isSource = facts.isSource,
                   .isGenerated = facts.isGenerated,
                   .hasContent = facts.contentHash.size() == FactsHead::hashSize,
                   .makesServer = importsFramework(facts, {"AppServer"_L1, "createServer"_L1}),
                   .makesPlugin = importsFramework(facts, {"createPlugin"_L1}),
                   .makesRouter = importsFramework(facts, {"createRouter"_L1}),
                   .hasImports = !facts.imports.empty(),
                   .hasNotes = !facts.notes.empty()};
    if (head.hasContent)
        std::ranges::copy(facts.contentHash, head.contentHash.begin());
    return head;
}

/// As small as it can be: there is one for each file.
struct StoredFacts::Data
{
    explicit Data(const FactsHead &h, Place p = {}, const FileFacts *f = nullptr)
        : head(h), place(std::move(p)), facts(f)
    {}
    ~Data() { delete facts.load(); }
    Data(const Data &) = delete;
    Data &operator=(const Data &) = delete;

    FactsHead head;
    Place place;
    mutable std::atomic<const FileFacts *> facts; ///< ours; null: still packed
};

const StoredFacts::Data &StoredFacts::data() const
{
    static const Data none(headOf({}), {}, new FileFacts);
    return d ? *d : none;
}

StoredFacts::StoredFacts(FileFacts facts)
{
    const FactsHead head = headOf(facts);
    d = std::make_shared<const Data>(head, Place(), new FileFacts(std::move(facts)));
}

StoredFacts::StoredFacts(const FactsHead &head, Place place) : d(std::make_shared<const Data>(head, std::move(place)))
{}

const FileFacts &StoredFacts::unpacked() const
{
    const Data &data = this->data();
    if (const FileFacts *known = data.facts.load(std::memory_order_acquire))
        return *known;
    auto whole = unpackFacts(packed());
    if (!whole) {
        whole = std::make_unique<FileFacts>();
        // said where it is looked at, instead of passing for a file without anything in it
        whole->notes.push_back({u"facts-lost"_s, 0,
                                u"What was known of this file could not be read from the cache again: save it once, "
                                "or open the workspace again."_s});
    }
    whole->contentHash = contentHash();
    whole->codeHash = data.head.codeHash;
    whole->errorLine = data.head.errorLine;
    whole->isSource = data.head.isSource;
    whole->isGenerated = data.head.isGenerated;
    const FileFacts *known = nullptr;
    if (data.facts.compare_exchange_strong(known, whole.get(), std::memory_order_acq_rel))
        known = whole.release(); // else another thread was quicker
    return *known;
}

const FactsHead &StoredFacts::head() const
{
    return data().head;
}

QByteArray StoredFacts::contentHash() const
{
    const FactsHead &head = this->head();
    return head.hasContent ? QByteArray(head.contentHash.data(), FactsHead::hashSize) : QByteArray();
}

bool StoredFacts::hasNotes() const
{
    const FileFacts *known = data().facts.load(std::memory_order_acquire);
    return known ? !known->notes.empty() : data().head.hasNotes;
}

bool StoredFacts::sameContent(const StoredFacts &other) const
{
    const FactsHead &a = head(), &b = other.head();
    return d == other.d || (a.hasContent == b.hasContent && a.contentHash == b.contentHash);
}

QStringList StoredFacts::specifiers() const
{
    if (!data().head.hasImports)
        return {};
    if (data().place.pack)
        return unpackSpecifiers(packed());
    QStringList result;
    for (const Import &import : unpacked().imports)
        result.append(import.specifier);
    return result;
}

QByteArray StoredFacts::packed() const
{
    const Place &place = data().place;
    if (!place.pack)
        return packFacts(unpacked());
    const QByteArray bytes = place.pack->read(place.offset, place.size);
    return checkOf(bytes) == place.check ? bytes : QByteArray();
}

const StoredFacts::Place &StoredFacts::place() const
{
    return data().place;
}

quint32 StoredFacts::checkOf(QByteArrayView packed)
{
    // All facts of a cache are checked at each start: four words at once take a fraction of the time.
    std::array<quint64, 4> lanes{1, 2, 3, 4};
    const char *at = packed.data();
    qsizetype left = packed.size();
    for (; left >= 32; left -= 32) {
        for (quint64 &lane : lanes) {
            quint64 word;
            std::memcpy(&word, at, sizeof word);
            at += sizeof word;
            lane = syntax::mix(lane ^ word) + 0x2545F4914F6CDD1DULL;
        }
    }
    quint64 result = syntax::hashOf(QByteArrayView(at, left), static_cast<quint64>(packed.size()));
    for (const quint64 lane : lanes)
        result = syntax::combine(result, lane);
    return static_cast<quint32>(result);
}

// ---------------------------------------------------------------- FactsStore

StoredFacts FactsStore::put(const FileFacts &facts)
{
    constexpr qsizetype pieceSize = qsizetype{256} * 1024;
    const QByteArrayView packed = packFacts(facts, m_room);
    if (!m_pack || m_size + packed.size() > pieceSize) {
        QByteArray room;
        room.reserve(std::max(packed.size(), pieceSize));
        m_pack = std::make_shared<FactsPack>(std::move(room));
        m_size = 0;
    }
    m_size += packed.size();
    return StoredFacts(headOf(facts), {.pack = m_pack,
                                       .offset = m_pack->append(packed),
                                       .size = static_cast<quint32>(packed.size()),
                                       .check = StoredFacts::checkOf(packed)});
}

// ---------------------------------------------------------------- FactsPack

std::shared_ptr<PackFile> PackFile::open(const QString &fileName)
{
    auto result = std::make_shared<PackFile>();
    result->m_file.setFileName(fileName);
    if (!result->m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return {};
    result->m_size = result->m_file.size();
    return result;
}

QByteArray PackFile::read(qint64 offset, qint64 size) const
{
    if (offset < 0 || size < 0 || offset > m_size || size > m_size - offset)
        return {};
    const std::scoped_lock lock(m_mutex);
    QByteArray bytes = m_file.seek(offset) ? m_file.read(size) : QByteArray();
    return bytes.size() == size ? bytes : QByteArray();
}

qint64 FactsPack::append(QByteArrayView bytes)
{
    const std::scoped_lock lock(m_mutex);
    const qint64 at = m_bytes.size();
    m_bytes.append(bytes);
    return at;
}

QByteArray FactsPack::read(qint64 offset, qint64 size) const
{
    std::unique_lock lock(m_mutex);
    if (!m_file)
        return offset + size <= m_bytes.size() ? m_bytes.sliced(offset, size) : QByteArray();
    const auto file = m_file;
    const qint64 at = m_base + offset;
    lock.unlock();
    return file->read(at, size);
}

QByteArray FactsPack::all() const
{
    const std::scoped_lock lock(m_mutex);
    return m_bytes;
}

bool FactsPack::isInMemory() const
{
    const std::scoped_lock lock(m_mutex);
    return !m_file;
}

void FactsPack::moveTo(std::shared_ptr<const PackFile> file, qint64 base)
{
    const std::scoped_lock lock(m_mutex);
    m_file = std::move(file);
    m_base = base;
    m_bytes = {};
}

} // namespace paddock::workspace
