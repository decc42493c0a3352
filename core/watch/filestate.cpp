// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/filestate.h"

#include "syntax/hash.h"
#include "watch/fileevent.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 hashLimit = 32LL << 20;

#ifdef Q_OS_DARWIN
qint64 nanoseconds(const struct stat &s, bool changed)
{
    const timespec &t = changed ? s.st_ctimespec : s.st_mtimespec;
    return qint64(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}
#else
qint64 nanoseconds(const struct stat &s, bool changed)
{
    const timespec &t = changed ? s.st_ctim : s.st_mtim;
    return qint64(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}
#endif

Signature signature(const struct stat &s)
{
    return {quint64(s.st_ino), qint64(s.st_size), nanoseconds(s, false), nanoseconds(s, true)};
}

FileState::Kind kindOf(const struct stat &s)
{
    return S_ISREG(s.st_mode)   ? FileState::Kind::File
           : S_ISDIR(s.st_mode) ? FileState::Kind::Folder
                                : FileState::Kind::Other;
}

FileState::Kind kindOfError(int error)
{
    return error == EACCES || error == EPERM || error == EIO ? FileState::Kind::Unreadable : FileState::Kind::Missing;
}

} // namespace

quint64 Signature::digest() const
{
    using syntax::combine;
    return combine(combine(inode, static_cast<quint64>(size)),
                   combine(static_cast<quint64>(modifiedNs), static_cast<quint64>(changedNs))) |
           1;
}

FileState lookAt(const QString &path)
{
    FileState state;
    struct stat s = {};
    if (::stat(QFile::encodeName(path).constData(), &s) != 0) {
        state.kind = kindOfError(errno);
        return state;
    }
    state.kind = kindOf(s);
    state.signature = signature(s);
    return state;
}

FileState readState(const QString &path)
{
    FileState state;
    // Non-blocking: opening a named pipe must not hang the watcher.
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        state.kind = kindOfError(errno);
        return state;
    }
    struct stat before = {};
    ::fstat(fd, &before);
    state.kind = kindOf(before);
    state.signature = signature(before);
    if (state.kind == FileState::Kind::File) {
        if (before.st_size > hashLimit) {
            const Signature &s = state.signature;
            const QByteArray about = QByteArray::number(s.size) + ' ' + QByteArray::number(s.modifiedNs) + ' ' +
                                     QByteArray::number(s.changedNs);
            state.hash = contentHash(about);
        } else {
            QCryptographicHash hash(QCryptographicHash::Blake2b_160);
            std::array<char, 64 * 1024> buffer;
            ssize_t got = 0;
            qint64 total = 0;
            while ((got = ::read(fd, buffer.data(), buffer.size())) > 0 && total <= hashLimit) {
                hash.addData(QByteArrayView(buffer.data(), got));
                total += got;
            }
            if (got < 0)
                state.kind = FileState::Kind::Unreadable;
            state.hash = hash.result();
            struct stat after = {};
            ::fstat(fd, &after);
            state.steady = signature(after) == state.signature && total == state.signature.size;
        }
    }
    ::close(fd);
    return state;
}

QString gitFolder(const QString &root)
{
    for (QString folder = QFileInfo(root).canonicalFilePath(); !folder.isEmpty();) {
        const QFileInfo git(folder + "/.git"_L1);
        if (git.isDir())
            return git.absoluteFilePath();
        if (git.isFile()) {
            QFile file(git.absoluteFilePath());
            if (!file.open(QIODevice::ReadOnly))
                return {};
            const QByteArray line = file.read(4096).split('\n').first().trimmed();
            if (!line.startsWith("gitdir:"))
                return {};
            const QString target = QDir(folder).absoluteFilePath(QFile::decodeName(line.sliced(7).trimmed()));
            return QFileInfo(target).isDir() ? QDir::cleanPath(target) : QString();
        }
        const qsizetype slash = folder.lastIndexOf(u'/');
        if (slash < 0 || folder.size() == 1)
            break;
        folder = slash == 0 ? u"/"_s : folder.first(slash);
    }
    return {};
}

} // namespace paddock::watch
