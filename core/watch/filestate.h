// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <algorithm>
#include <array>

namespace paddock::watch {

/// What the file system says of a file without reading it. Compared for equality only: clocks may jump.
struct Signature
{
    quint64 inode = 0;
    qint64 size = -1;
    qint64 modifiedNs = 0;
    qint64 changedNs = 0; ///< of the inode: programs cannot set it back
    friend bool operator==(const Signature &, const Signature &) = default;
    [[nodiscard]] quint64 digest() const; ///< never 0
};

/// A content hash in place: a workspace may have very many files.
class HashValue final
{
public:
    HashValue() = default;
    HashValue(const QByteArray &hash) : m_isSet(hash.size() == Size) // NOLINT(google-explicit-constructor)
    {
        if (m_isSet)
            std::copy(hash.cbegin(), hash.cend(), m_bytes.begin());
    }
    [[nodiscard]] bool isEmpty() const { return !m_isSet; }
    friend bool operator==(const HashValue &, const HashValue &) = default;
    friend bool operator==(const HashValue &a, const QByteArray &b) { return a == HashValue(b); }

private:
    static constexpr qsizetype Size = 20;
    std::array<char, Size> m_bytes{};
    bool m_isSet = false;
};

/// One look at a path.
struct FileState
{
    enum class Kind { File, Folder, Missing, Unreadable, Other };
    Kind kind = Kind::Missing;
    Signature signature;
    QByteArray hash;    ///< of a file
    bool steady = true; ///< nothing about it changed while it was read
};

/// Reads and hashes the file; links are followed. Files above 32 MiB are told apart by size and times instead.
[[nodiscard]] FileState readState(const QString &path);
/// The same without reading: no hash.
[[nodiscard]] FileState lookAt(const QString &path);

/// The folder in which git takes its index lock for the work tree that holds `root`; empty: no work tree. Follows the
/// `.git` files of linked work trees and submodules.
[[nodiscard]] QString gitFolder(const QString &root);

} // namespace paddock::watch
