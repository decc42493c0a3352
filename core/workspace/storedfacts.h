// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/facts.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QFile>
#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace paddock::workspace {

/// What is asked of every file of a workspace, so that most files need not be looked at any closer.
struct FactsHead
{
    static constexpr qsizetype hashSize = 20;
    quint64 codeHash = 0;
    std::array<char, hashSize> contentHash{};
    qint32 errorLine : 24 = 0; ///< no source file has as many as there is room for
    bool isSource : 1 = false;
    bool isGenerated : 1 = false;
    bool hasContent : 1 = false;  ///< there is a content hash
    bool makesServer : 1 = false; ///< imports from the framework what makes a server
    bool makesPlugin : 1 = false;
    bool makesRouter : 1 = false;
    bool hasImports : 1 = false;
    bool hasNotes : 1 = false;
};
[[nodiscard]] FactsHead headOf(const FileFacts &facts);

/// A file that is read here and there; open for as long as this lives, whatever becomes of its name. Safe from several
/// threads.
class PackFile final
{
public:
    /// Null: it cannot be opened.
    [[nodiscard]] static std::shared_ptr<PackFile> open(const QString &fileName);
    [[nodiscard]] QByteArray read(qint64 offset, qint64 size) const; ///< empty: there is no such part
    [[nodiscard]] qint64 size() const { return m_size; }             ///< when it was opened

private:
    mutable std::mutex m_mutex;
    mutable QFile m_file;
    qint64 m_size = 0;
};

/// Packed facts one behind the other: in memory, or in a file that stays open, from which they are read when somebody
/// asks. Safe from several threads.
class FactsPack final
{
public:
    explicit FactsPack(QByteArray bytes = {}) : m_bytes(std::move(bytes)) {}
    explicit FactsPack(std::shared_ptr<const PackFile> file) : m_file(std::move(file)) {}

    qint64 append(QByteArrayView bytes); ///< where they begin; only as long as it is in memory
    [[nodiscard]] QByteArray read(qint64 offset, qint64 size) const; ///< empty: they cannot be read any more
    [[nodiscard]] QByteArray all() const;                            ///< empty: it is in a file
    [[nodiscard]] bool isInMemory() const;
    /// The same bytes are in this file from `base` on: no need to keep them here.
    void moveTo(std::shared_ptr<const PackFile> file, qint64 base);

private:
    mutable std::mutex m_mutex;
    QByteArray m_bytes;
    std::shared_ptr<const PackFile> m_file;
    qint64 m_base = 0;
};
using PackPtr = std::shared_ptr<FactsPack>;

/// The facts of one file. Those of most files are never looked at: they stay packed, which takes a fraction of the
/// space, until somebody asks for more than the head. A shared value that never changes; safe from several threads.
class StoredFacts final
{
public:
    StoredFacts() = default; ///< of no file: nothing is known
    explicit StoredFacts(FileFacts facts);
    /// Where what packFacts() made is in a pack.
    struct Place
    {
        PackPtr pack; ///< null: nowhere
        qint64 offset = 0;
        quint32 size = 0;
        quint32 check = 0; ///< checkOf() the bytes
    };
    StoredFacts(const FactsHead &head, Place place);

    [[nodiscard]] const FileFacts *operator->() const { return &unpacked(); }
    [[nodiscard]] const FileFacts &operator*() const { return unpacked(); }
    [[nodiscard]] const FactsHead &head() const;
    [[nodiscard]] QByteArray contentHash() const; ///< empty: there is none
    /// There is something in `notes`: of the file, or that somebody asked for its facts when they could not be read.
    [[nodiscard]] bool hasNotes() const;
    [[nodiscard]] bool sameContent(const StoredFacts &other) const;
    /// What the file imports, in the order of its facts.
    [[nodiscard]] QStringList specifiers() const;
    [[nodiscard]] QByteArray packed() const; ///< empty: they cannot be read again
    [[nodiscard]] const Place &place() const;
    [[nodiscard]] static quint32 checkOf(QByteArrayView packed);

    friend bool operator==(const StoredFacts &a, const StoredFacts &b) { return a.d == b.d; }

private:
    struct Data;
    [[nodiscard]] const Data &data() const;
    [[nodiscard]] const FileFacts &unpacked() const;
    std::shared_ptr<const Data> d; ///< null: of no file
};

/// Memory for packing, to be used again.
struct PackRoom
{
    std::vector<char> facts, all;
};

/// Packs the facts of one file after another. For one thread.
class FactsStore final
{
public:
    [[nodiscard]] StoredFacts put(const FileFacts &facts);

private:
    PackPtr m_pack;
    qsizetype m_size = 0; ///< bytes in it
    PackRoom m_room;
};

/// The facts in few bytes, equal for equal facts; without what the head says.
[[nodiscard]] QByteArray packFacts(const FileFacts &facts);
/// The same, in the room until the next call.
[[nodiscard]] QByteArrayView packFacts(const FileFacts &facts, PackRoom &room);
/// Null where the bytes are not what packFacts() makes.
[[nodiscard]] std::unique_ptr<FileFacts> unpackFacts(QByteArrayView packed);
[[nodiscard]] QStringList unpackSpecifiers(QByteArrayView packed);

} // namespace paddock::workspace
