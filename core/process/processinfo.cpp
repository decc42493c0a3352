// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/processinfo.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace paddock::process {

using namespace Qt::StringLiterals;

namespace {

QByteArray readProc(qint64 pid, QLatin1StringView name, qint64 most = 1 << 20)
{
    QFile file("/proc/"_L1 + QString::number(pid) + u'/' + name);
    return file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) ? file.read(most) : QByteArray();
}

} // namespace

std::optional<ProcessInfo> processInfo(qint64 pid)
{
    const QByteArray stat = readProc(pid, "stat"_L1, 4096);
    // The name stands in brackets and may hold anything, brackets and spaces too.
    const qsizetype name = stat.lastIndexOf(')');
    if (name < 0)
        return std::nullopt;
    const QList<QByteArray> fields = stat.sliced(name + 2).split(' ');
    if (fields.size() < 20)
        return std::nullopt;
    ProcessInfo info;
    info.pid = pid;
    info.state = fields[0].isEmpty() ? '?' : fields[0][0];
    info.parent = fields[1].toLongLong();
    info.group = fields[2].toLongLong();
    info.session = fields[3].toLongLong();
    info.startTicks = fields[19].toULongLong();
    return info;
}

QList<ProcessInfo> allProcesses()
{
    QList<ProcessInfo> all;
    const QStringList names = QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Unsorted);
    for (const QString &name : names) {
        bool isPid = false;
        const qint64 pid = name.toLongLong(&isPid);
        if (!isPid)
            continue;
        if (auto info = processInfo(pid))
            all.append(*info);
    }
    return all;
}

QString commandLine(qint64 pid)
{
    QByteArray line = readProc(pid, "cmdline"_L1, 64 * 1024);
    while (line.endsWith('\0'))
        line.chop(1);
    if (line.isEmpty())
        line = readProc(pid, "comm"_L1).trimmed();
    return QString::fromLocal8Bit(line.replace('\0', ' ').replace('\n', ' '));
}

QByteArray environmentValue(qint64 pid, const QByteArray &name)
{
    const QByteArray all = '\0' + readProc(pid, "environ"_L1);
    const QByteArray key = '\0' + name + '=';
    const qsizetype at = all.indexOf(key);
    if (at < 0)
        return {};
    const qsizetype start = at + key.size();
    const qsizetype end = all.indexOf('\0', start);
    return all.sliced(start, (end < 0 ? all.size() : end) - start);
}

QByteArray bootId()
{
    QFile file(u"/proc/sys/kernel/random/boot_id"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

qint64 residentBytes(qint64 pid)
{
    const QList<QByteArray> fields = readProc(pid, "statm"_L1, 256).split(' ');
    return fields.size() > 1 ? fields[1].toLongLong() * ::sysconf(_SC_PAGESIZE) : 0;
}

bool isSame(qint64 pid, quint64 startTicks)
{
    const auto info = processInfo(pid);
    return info && !info->isZombie() && info->startTicks == startTicks;
}

} // namespace paddock::process
