// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/holders.h"

#include "process/processinfo.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <sys/stat.h>
#include <unistd.h>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

QString named(qint64 pid)
{
    return u"%1 (%2)"_s.arg(pid).arg(process::commandLine(pid).left(120));
}

} // namespace

QStringList openedBy(const QString &file)
{
    QStringList holders;
    struct stat wanted{};
    if (::stat(QFile::encodeName(file).constData(), &wanted) != 0)
        return holders;
    for (const process::ProcessInfo &process : process::allProcesses()) {
        if (process.pid == ::getpid())
            continue;
        const QDir folder(u"/proc/%1/fd"_s.arg(process.pid));
        for (const QString &name : folder.entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot)) {
            struct stat opened{};
            if (::stat(QFile::encodeName(folder.filePath(name)).constData(), &opened) != 0 ||
                opened.st_ino != wanted.st_ino || opened.st_dev != wanted.st_dev)
                continue;
            holders << named(process.pid);
            break;
        }
    }
    return holders;
}

QStringList lockedBy(const QString &file)
{
    QFile locks(u"/proc/locks"_s);
    if (!locks.open(QIODevice::ReadOnly))
        return {};
    QList<QByteArray> inodes;
    for (const auto ending : {""_L1, "-shm"_L1, "-journal"_L1}) {
        struct stat info{};
        if (::stat(QFile::encodeName(file + ending).constData(), &info) == 0)
            inodes << ':' + QByteArray::number(quint64(info.st_ino));
    }
    QStringList holders;
    for (const QByteArray &line : locks.readAll().split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() < 6 || fields[3] != "WRITE")
            continue;
        const qint64 pid = fields[4].toLongLong();
        for (const QByteArray &inode : inodes)
            if (fields[5].endsWith(inode) && pid > 0 && pid != ::getpid() && !holders.contains(named(pid)))
                holders << named(pid);
    }
    return holders;
}

} // namespace paddock::migrations
