// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/foldertree.h"

#include "watch/fileevent.h"
#include "watch/watchbackend.h"

#include <QFile>
#include <array>
#include <cerrno>
#include <chrono>
#include <dirent.h>
#include <sys/stat.h>
#ifdef Q_OS_LINUX
#include <sys/vfs.h>
#endif

namespace paddock::watch {

using namespace Qt::StringLiterals;

namespace {

/// Others may change files on these without this machine's kernel knowing.
bool isRemote(const QString &folder)
{
#ifdef Q_OS_LINUX
    struct statfs s = {};
    if (::statfs(QFile::encodeName(folder).constData(), &s) != 0)
        return false;
    // NFS, SMB, SMB2, CIFS, 9P, FUSE, VirtualBox, Coda, AFS
    static constexpr std::array<quint32, 9> magic = {0x6969,     0x517B,     0xFE534D42, 0xFF534D42, 0x01021997,
                                                     0x65735546, 0x786f4256, 0x73757245, 0x5346414F};
    return std::find(magic.begin(), magic.end(), quint32(s.f_type)) != magic.end();
#else
    Q_UNUSED(folder)
    return false;
#endif
}

} // namespace

QString joined(const QString &folder, const QString &name)
{
    return folder.isEmpty() ? name : QString(folder + u'/' + name);
}

FolderTree::FolderTree(QString root, WatchBackend &backend, Callbacks callbacks)
    : m_root(std::move(root)), m_backend(backend), m_callbacks(std::move(callbacks))
{
    while (m_root.size() > 1 && m_root.endsWith(u'/'))
        m_root.chop(1);
}

QString FolderTree::absolute(const QString &path) const
{
    return path.isEmpty() ? m_root : QString(m_root + u'/' + path);
}

void FolderTree::queueInitial()
{
    m_startedWallNs =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    m_queue.push_back({QString(), true});
}

void FolderTree::queueCompare()
{
    m_queue.clear();
    m_links.clear();
    m_queue.push_back({QString(), false});
}

void FolderTree::queueFolder(const QString &folder)
{
    m_queue.push_back({folder, false});
}

void FolderTree::step(qint64 budgetNs)
{
    const qint64 until = monotonicNs() + budgetNs;
    do {
        std::deque<Task> &queue = m_queue.empty() ? m_links : m_queue;
        if (queue.empty())
            return;
        const Task task = std::move(queue.front());
        queue.pop_front();
        walk(task);
    } while (monotonicNs() < until);
}

bool FolderTree::watchFolder(const QString &path, Folder &folder)
{
    const auto watch = m_backend.add(absolute(path));
    if (!watch && watch.error().code == "gone"_L1)
        return false;
    if (!watch && watch.error().code == "unreadable"_L1) {
        m_unreadable.insert(path);
        report(watch.error());
        return false;
    }
    m_unreadable.remove(path);
    if (!watch) {
        m_polled.insert(path);
        report(watch.error());
    } else {
        m_polled.remove(path);
    }
    const int id = watch.value_or(-1);
    if (folder.watch != id && folder.watch >= 0) { // another folder stands here now
        m_byWatch.remove(folder.watch);
        m_backend.remove(folder.watch);
    }
    folder.watch = id;
    if (id >= 0)
        m_byWatch.insert(id, path);
    return true;
}

void FolderTree::walk(const Task &task)
{
    const QString path = absolute(task.folder);
    const QByteArray native = QFile::encodeName(path);
    struct stat s = {};
    if (::stat(native.constData(), &s) != 0 || !S_ISDIR(s.st_mode)) {
        drop(task.folder);
        return;
    }
    const std::pair<quint64, quint64> inode(s.st_dev, s.st_ino);
    if (const auto other = m_byInode.constFind(inode); other != m_byInode.cend() && *other != task.folder) {
        if (m_folders.contains(*other) && [&] {
                struct stat o = {};
                return ::stat(QFile::encodeName(absolute(*other)).constData(), &o) == 0 &&
                       std::pair<quint64, quint64>(o.st_dev, o.st_ino) == inode;
            }()) {
            if (!m_namedIgnored.contains(task.folder)) {
                m_namedIgnored.insert(task.folder);
                m_callbacks.ignoredFolder(task.folder,
                                          u"the same folder as %1"_s.arg(other->isEmpty() ? u"."_s : *other));
            }
            return;
        }
        drop(QString(*other)); // it was moved here
    }
    // The watch comes before the listing: what is made in between is then either listed or reported, or both.
    Folder &folder = m_folders[task.folder];
    if (!watchFolder(task.folder, folder)) {
        const bool unreadable = m_unreadable.contains(task.folder);
        drop(task.folder);
        if (unreadable) // to be tried again when its rights change
            m_unreadable.insert(task.folder);
        return;
    }
    const bool newDevice = folder.device != inode.first;
    if (folder.inode != 0 && (folder.inode != inode.second || newDevice))
        m_byInode.remove({folder.device, folder.inode});
    folder.device = inode.first;
    folder.inode = inode.second;
    m_byInode.insert(inode, task.folder);
    if (newDevice) {
        const qsizetype slash = task.folder.lastIndexOf(u'/');
        const auto parent = m_folders.find(slash < 0 ? QString() : task.folder.first(slash));
        const bool inherits =
            parent != m_folders.end() && &parent->second != &folder && parent->second.device == folder.device;
        if (inherits ? m_polled.contains(parent->first) && parent->second.watch >= 0 : isRemote(path)) {
            m_polled.insert(task.folder);
            report({u"slow-folder"_s,
                    u"The folder is on a network file system, so it is compared every now and then."_s,
                    {},
                    path,
                    u"Keep the workspace on a local disk for quick reloads."_s});
        }
    }

    DIR *directory = ::opendir(native.constData());
    if (directory == nullptr) {
        if (errno == EACCES)
            m_unreadable.insert(task.folder);
        return;
    }
    QSet<QString> files;
    QSet<QString> folders;
    while (const dirent *entry = ::readdir(directory)) {
        const QByteArrayView name(entry->d_name);
        if (name != "." && name != "..")
            visit(task, folder, QFile::decodeName(entry->d_name), entry->d_type, files, folders);
    }
    ::closedir(directory);

    for (auto it = folder.files.begin(); it != folder.files.end();) {
        if (files.contains(it.key())) {
            ++it;
            continue;
        }
        m_linkedFiles.remove(joined(task.folder, it.key()));
        m_callbacks.missing(joined(task.folder, it.key()), it.value());
        it = folder.files.erase(it);
    }
    const QSet<QString> before = std::exchange(folder.folders, folders);
    for (const QString &name : before) {
        if (!folders.contains(name))
            drop(joined(task.folder, name));
    }
}

void FolderTree::visit(const Task &task, Folder &folder, const QString &name, unsigned char type, QSet<QString> &files,
                       QSet<QString> &folders)
{
    const QString path = joined(task.folder, name);
    bool isLink = type == DT_LNK;
    if (type == DT_UNKNOWN) {
        struct stat s = {};
        if (::lstat(QFile::encodeName(absolute(path)).constData(), &s) != 0)
            return;
        isLink = S_ISLNK(s.st_mode);
        type = S_ISDIR(s.st_mode) ? DT_DIR : S_ISREG(s.st_mode) ? DT_REG : DT_FIFO;
    }
    if (isLink) {
        const FileState::Kind kind = lookAt(absolute(path)).kind;
        type = kind == FileState::Kind::Folder ? DT_DIR : kind == FileState::Kind::File ? DT_REG : DT_FIFO;
    }
    if (type != DT_DIR && type != DT_REG)
        return;
    if (const QString why = m_callbacks.ignoreReason(path, type == DT_DIR); !why.isEmpty()) {
        if (type == DT_DIR && !m_namedIgnored.contains(path)) {
            m_namedIgnored.insert(path);
            m_callbacks.ignoredFolder(path, why);
        }
        return;
    }
    if (type == DT_DIR) {
        folders.insert(name);
        (isLink ? m_links : m_queue).push_back({path, task.initial});
        return;
    }
    files.insert(name);
    if (isLink)
        m_linkedFiles.insert(path);
    visitFile(task, folder, path, name);
}

void FolderTree::visitFile(const Task &task, Folder &folder, const QString &path, const QString &name)
{
    const auto it = folder.files.find(name);
    if (task.initial) {
        if (it == folder.files.end())
            folder.files.insert(name, {});
        m_callbacks.unhashed(path);
        return;
    }
    if (it == folder.files.end()) {
        m_callbacks.suspect(path);
        return;
    }
    const Signature now = lookAt(absolute(path)).signature;
    if (it->hash.isEmpty()) {
        // Nobody has read it yet. Files that were last written before the walk began cannot have changed since.
        now.changedNs < m_startedWallNs ? m_callbacks.unhashed(path) : m_callbacks.suspect(path);
    } else if (now.digest() != it->looks) {
        m_callbacks.suspect(path);
    }
}

void FolderTree::poll()
{
    const QSet<QString> polled = m_polled;
    for (const QString &folder : polled)
        m_queue.push_back({folder, false});
    const QSet<QString> linked = m_linkedFiles;
    for (const QString &path : linked) {
        const KnownFile *file = known(path);
        if (file == nullptr)
            m_linkedFiles.remove(path);
        else if (!file->hash.isEmpty() && lookAt(absolute(path)).signature.digest() != file->looks)
            m_callbacks.suspect(path);
    }
}

void FolderTree::drop(const QString &path)
{
    m_unreadable.remove(path);
    const auto it = m_folders.find(path);
    if (it == m_folders.end())
        return;
    const Folder folder = std::move(it->second);
    m_folders.erase(it);
    m_polled.remove(path);
    m_byWatch.remove(folder.watch);
    m_backend.remove(folder.watch);
    const auto inode = m_byInode.constFind({folder.device, folder.inode});
    if (inode != m_byInode.cend() && *inode == path)
        m_byInode.erase(inode);
    for (auto file = folder.files.cbegin(); file != folder.files.cend(); ++file) {
        m_linkedFiles.remove(joined(path, file.key()));
        m_callbacks.missing(joined(path, file.key()), file.value());
    }
    for (const QString &name : folder.folders)
        drop(joined(path, name));
}

void FolderTree::unwatchAll()
{
    m_queue.clear();
    m_links.clear();
    m_byWatch.clear();
    m_byInode.clear();
    for (auto &[path, folder] : m_folders) {
        m_backend.remove(std::exchange(folder.watch, -1));
        folder.inode = folder.device = 0;
    }
}

const QString *FolderTree::folderOf(int watch) const
{
    const auto it = m_byWatch.constFind(watch);
    return it == m_byWatch.cend() ? nullptr : &*it;
}

KnownFile *FolderTree::known(const QString &path)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    const auto folder = m_folders.find(slash < 0 ? QString() : path.first(slash));
    if (folder == m_folders.end())
        return nullptr;
    const auto it = folder->second.files.find(path.sliced(slash + 1));
    return it == folder->second.files.end() ? nullptr : &*it;
}

void FolderTree::setKnown(const QString &path, KnownFile file)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    const auto folder = m_folders.find(slash < 0 ? QString() : path.first(slash));
    if (folder != m_folders.end())
        folder->second.files.insert(path.sliced(slash + 1), std::move(file));
}

void FolderTree::forget(const QString &path)
{
    m_linkedFiles.remove(path);
    const qsizetype slash = path.lastIndexOf(u'/');
    const auto folder = m_folders.find(slash < 0 ? QString() : path.first(slash));
    if (folder != m_folders.end())
        folder->second.files.remove(path.sliced(slash + 1));
}

void FolderTree::report(const Error &error)
{
    // A limit concerns thousands of folders and is told once; rights are told for each folder.
    const QString key = error.code == "unreadable"_L1 ? QString(error.code + error.where) : error.code;
    if (m_reported.contains(key))
        return;
    m_reported.insert(key);
    m_callbacks.problem(error);
}

} // namespace paddock::watch
