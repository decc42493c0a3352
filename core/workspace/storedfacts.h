// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/facts.h"

#include <QByteArray>
#include <QByteArrayView>
#include <array>
#include <memory>

namespace paddock::workspace {

/// What is asked of every file of a workspace, so that most files need not be looked at any closer.
struct FactsHead
{
    static constexpr qsizetype hashSize = 20;
    std::array<char, hashSize> contentHash{};
    quint64 codeHash = 0;
    qint32 errorLine = 0;
    bool isSource = false;
    bool isGenerated = false;
    bool hasContent = false;  ///< there is a content hash
    bool makesServer = false; ///< imports from the framework what makes a server
    bool makesPlugin = false;
    bool makesRouter = false;
    bool hasImports = false;
};
[[nodiscard]] FactsHead headOf(const FileFacts &facts);

/// The facts of one file. Those of most files are never looked at: they stay packed, which takes a fraction of the
/// space, until somebody asks for more than the head. A shared value that never changes; safe from several threads.
class StoredFacts final
{
public:
    StoredFacts();
    explicit StoredFacts(FileFacts facts);
    /// `packed` is what packFacts() made; `owner` keeps its bytes.
    StoredFacts(const FactsHead &head, QByteArrayView packed, std::shared_ptr<const QByteArray> owner);

    [[nodiscard]] const FileFacts *operator->() const { return &unpacked(); }
    [[nodiscard]] const FileFacts &operator*() const { return unpacked(); }
    [[nodiscard]] const FactsHead &head() const;
    [[nodiscard]] QByteArray contentHash() const; ///< empty: there is none
    [[nodiscard]] bool sameContent(const StoredFacts &other) const;
    /// What the file imports, in the order of its facts.
    [[nodiscard]] QStringList specifiers() const;
    [[nodiscard]] QByteArray packed() const;

    friend bool operator==(const StoredFacts &a, const StoredFacts &b) { return a.d == b.d; }

private:
    struct Data;
    [[nodiscard]] const FileFacts &unpacked() const;
    std::shared_ptr<const Data> d;
};

/// The facts in few bytes, equal for equal facts; without what the head says.
[[nodiscard]] QByteArray packFacts(const FileFacts &facts);
/// Null where the bytes are not what packFacts() makes.
[[nodiscard]] FactsPtr unpackFacts(QByteArrayView packed);
[[nodiscard]] QStringList unpackSpecifiers(QByteArrayView packed);

} // namespace paddock::workspace
