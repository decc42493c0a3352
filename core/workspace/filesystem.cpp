// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/filesystem.h"

#include "syntax/hash.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cerrno>

#ifdef Q_OS_UNIX
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace paddock::workspace {

namespace {

FileStamp stampOf(quint64 inode, qint64 size, qint64 modified, qint64 changed)
{
    using syntax::combine;
    const quint64 digest = combine(combine(inode, static_cast<quint64>(size)),
                                   combine(static_cast<quint64>(modified), static_cast<quint64>(changed)));
    return {digest | 1, std::max(modified, changed)};
}

} // namespace

#ifdef Q_OS_UNIX

namespace {

qint64 nanoseconds(const timespec &t)
{
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

FileStamp stampOf(const struct stat &s)
{
#ifdef Q_OS_DARWIN
    return stampOf(s.st_ino, s.st_size, nanoseconds(s.st_mtimespec), nanoseconds(s.st_ctimespec));
#else
    return stampOf(s.st_ino, s.st_size, nanoseconds(s.st_mtim), nanoseconds(s.st_ctim));
#endif
}

} // namespace

std::expected<QByteArray, ReadProblem> readBytes(const QString &path)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return std::unexpected(errno == ENOENT || errno == ENOTDIR ? ReadProblem::Missing : ReadProblem::Unreadable);
    struct stat status = {};
    ::fstat(fd, &status);
    if (!S_ISREG(status.st_mode)) {
        ::close(fd);
        return std::unexpected(S_ISDIR(status.st_mode) ? ReadProblem::Folder : ReadProblem::Unreadable);
    }
    // One byte more than it should be: the end shows without another call.
    QByteArray bytes(static_cast<qsizetype>(status.st_size) + 1, Qt::Uninitialized);
    qsizetype filled = 0;
    for (;;) {
        const ssize_t got = ::read(fd, bytes.data() + filled, static_cast<size_t>(bytes.size() - filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            ::close(fd);
            return std::unexpected(ReadProblem::Unreadable);
        }
        filled += got;
        if (got == 0 || filled < bytes.size())
            break;
        bytes.resize(bytes.size() * 2); // it grew meanwhile
    }
    ::close(fd);
    bytes.truncate(filled);
    return bytes;
}

std::optional<FileStamp> stampOfFile(const QString &path)
{
    struct stat status = {};
    if (::stat(QFile::encodeName(path).constData(), &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    return stampOf(status);
}

std::expected<OpenFolder, ListProblem> OpenFolder::open(const QString &path)
{
    DIR *dir = ::opendir(QFile::encodeName(path).constData());
    struct stat status = {};
    if (!dir || ::fstat(::dirfd(dir), &status) != 0) {
        const bool forbidden = errno == EACCES || errno == EPERM;
        if (dir)
            ::closedir(dir);
        return std::unexpected(forbidden ? ListProblem::Unreadable : ListProblem::Missing);
    }
    return OpenFolder(path, {status.st_dev, status.st_ino}, dir);
}

OpenFolder::~OpenFolder()
{
    if (m_handle)
        ::closedir(static_cast<DIR *>(m_handle));
}

std::optional<FileStamp> OpenFolder::stampOf(const FolderEntry &entry) const
{
    struct stat status = {};
    if (::fstatat(::dirfd(static_cast<DIR *>(m_handle)), entry.name.data(), &status, 0) != 0 ||
        !S_ISREG(status.st_mode))
        return {};
    return workspace::stampOf(status);
}

void OpenFolder::list(const std::function<void(const FolderEntry &)> &visit)
{
    DIR *dir = static_cast<DIR *>(m_handle);
    while (const dirent *entry = ::readdir(dir)) {
        const QByteArrayView name(entry->d_name);
        if (name == "." || name == ".." || !name.isValidUtf8()) // such a path is not one that could be imported
            continue;
        bool isFile = entry->d_type == DT_REG, isFolder = entry->d_type == DT_DIR;
        const bool isLink = entry->d_type == DT_LNK;
        struct stat status = {};
        if (isLink || entry->d_type == DT_UNKNOWN) {
            if (::fstatat(::dirfd(dir), entry->d_name, &status, 0) != 0)
                continue; // a link that leads nowhere
            isFile = S_ISREG(status.st_mode);
            isFolder = S_ISDIR(status.st_mode);
        }
        if (isFile || isFolder)
            visit({name, isFolder, isLink});
    }
}

#else

namespace {

FileStamp stampOf(const QFileInfo &info)
{
    return stampOf(0, info.size(), info.lastModified().toMSecsSinceEpoch() * 1'000'000,
                   info.metadataChangeTime().toMSecsSinceEpoch() * 1'000'000);
}

} // namespace

std::expected<QByteArray, ReadProblem> readBytes(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists())
        return std::unexpected(ReadProblem::Missing);
    if (info.isDir())
        return std::unexpected(ReadProblem::Folder);
    QFile file(path);
    if (!info.isFile() || !file.open(QIODevice::ReadOnly))
        return std::unexpected(ReadProblem::Unreadable);
    return file.readAll();
}

std::optional<FileStamp> stampOfFile(const QString &path)
{
    const QFileInfo info(path);
    if (!info.isFile())
        return {};
    return stampOf(info);
}

std::expected<OpenFolder, ListProblem> OpenFolder::open(const QString &path)
{
    const QFileInfo info(path);
    const QString canonical = info.canonicalFilePath();
    if (canonical.isEmpty())
        return std::unexpected(ListProblem::Missing);
    if (!info.isReadable())
        return std::unexpected(ListProblem::Unreadable);
    return OpenFolder(path, FolderId{0, syntax::hashOf(canonical.toUtf8())}, nullptr);
}

OpenFolder::~OpenFolder() = default;

std::optional<FileStamp> OpenFolder::stampOf(const FolderEntry &entry) const
{
    return stampOfFile(m_path + u'/' + QString::fromUtf8(entry.name));
}

void OpenFolder::list(const std::function<void(const FolderEntry &)> &visit)
{
    QDirIterator it(m_path, QDir::Files | QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
    while (it.hasNext()) {
        const QFileInfo info = it.nextFileInfo();
        const QByteArray name = info.fileName().toUtf8();
        visit({name, info.isDir(), info.isSymLink()});
    }
}

#endif

OpenFolder::OpenFolder(OpenFolder &&other) noexcept
    : m_path(std::move(other.m_path)), m_id(other.m_id), m_handle(std::exchange(other.m_handle, nullptr))
{}

} // namespace paddock::workspace
