// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "watch/filestate.h"

#include <QHash>
#include <QSet>
#include <QString>
#include <deque>
#include <functional>
#include <unordered_map>

namespace paddock::watch {

class WatchBackend;

/// What is known of one file's content, in few bytes. Without hash: it is there, but nobody has read it yet.
struct KnownFile
{
    KnownFile() = default;
    explicit KnownFile(HashValue contentHash) : hash(contentHash) {} ///< nobody knows what it looks like
    KnownFile(const Signature &signature, HashValue contentHash)
        : looks(signature.digest()), hash(contentHash), isEmpty(signature.size == 0)
    {}
    quint64 looks = 0; ///< digest of its signature; 0: not known
    HashValue hash;
    bool isEmpty = false;
};

/// The watched folders below a root and what their files held last. Finds differences by walking; it reads no file.
/// Walking is done in slices, so that events are never left waiting. Paths are relative to the root, "" is the root.
class FolderTree final
{
public:
    /// What a walk tells; all called from within step(), drop() or poll().
    struct Callbacks
    {
        std::function<QString(const QString &path, bool isFolder)> ignoreReason; ///< empty: not ignored
        std::function<void(const QString &path)> unhashed; ///< met for the first time, at the start
        std::function<void(const QString &path)> suspect;  ///< new, or looks different from what is known
        std::function<void(const QString &path, const KnownFile &before)> missing;
        std::function<void(const QString &folder, const QString &reason)> ignoredFolder; ///< once for each
        std::function<void(const Error &error)> problem;
    };

    FolderTree(QString root, WatchBackend &backend, Callbacks callbacks);

    void queueInitial();                     ///< the whole tree; files are `unhashed`
    void queueCompare();                     ///< the whole tree, against what is known
    void queueFolder(const QString &folder); ///< a folder that appeared, with all below
    [[nodiscard]] bool isBusy() const { return !m_queue.empty() || !m_links.empty(); }
    void step(qint64 budgetNs); ///< walks on for about that long
    void poll();                ///< compares the folders and linked files that cannot be watched
    [[nodiscard]] bool needsPolling() const { return !m_polled.isEmpty() || !m_linkedFiles.isEmpty(); }

    void drop(const QString &folder); ///< it is gone with all below: every known file is `missing`
    void unwatchAll();                ///< the root is gone; what is known stays
    [[nodiscard]] const QString *folderOf(int watch) const; ///< null: not one of ours (any more)
    [[nodiscard]] bool hasFolder(const QString &folder) const { return m_folders.contains(folder); }
    [[nodiscard]] bool isUnreadable(const QString &folder) const { return m_unreadable.contains(folder); }
    [[nodiscard]] int folderCount() const { return int(m_folders.size()); }
    [[nodiscard]] QString absolute(const QString &path) const;

    [[nodiscard]] KnownFile *known(const QString &path); ///< null: no such file known; invalid after the next change
    void setKnown(const QString &path, KnownFile file);
    void forget(const QString &path);

private:
    struct Folder
    {
        int watch = -1;
        quint64 device = 0;
        quint64 inode = 0;
        QHash<QString, KnownFile> files;
        QSet<QString> folders;
    };
    struct Task
    {
        QString folder;
        bool initial = false;
    };
    void walk(const Task &task);
    bool watchFolder(const QString &path, Folder &folder);
    void visit(const Task &task, Folder &folder, const QString &name, unsigned char type, QSet<QString> &files,
               QSet<QString> &folders);
    void visitFile(const Task &task, Folder &folder, const QString &path, const QString &name);
    void report(const Error &error);

    QString m_root;
    WatchBackend &m_backend;
    Callbacks m_callbacks;
    std::unordered_map<QString, Folder> m_folders;
    QHash<int, QString> m_byWatch;
    QHash<std::pair<quint64, quint64>, QString> m_byInode; ///< (device, inode) → folder: no folder is walked twice
    std::deque<Task> m_queue;
    std::deque<Task> m_links; ///< folders met as symbolic links come last, so that the real ones win
    QSet<QString> m_polled;
    QSet<QString> m_linkedFiles;
    QSet<QString> m_unreadable;
    QSet<QString> m_namedIgnored;
    QSet<QString> m_reported; ///< error codes that are told once
    qint64 m_startedWallNs = 0;
};

/// "a" and "b" → "a/b"; "" and "b" → "b".
[[nodiscard]] QString joined(const QString &folder, const QString &name);

} // namespace paddock::watch
