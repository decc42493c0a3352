// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/portprobe.h"

#include "process/processinfo.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QHostAddress>
#include <QPromise>
#include <QSet>
#include <QThreadPool>
#include <memory>
#include <unistd.h>

namespace paddock::process {

using namespace Qt::StringLiterals;

namespace {

struct Listener
{
    int port = 0;
    QString address;
    quint64 inode = 0;
};

/// "0100007F" (words in the machine's byte order) → 127.0.0.1
QString addressOf(const QByteArray &hex)
{
    const QByteArray bytes = QByteArray::fromHex(hex);
    if (bytes.size() == 4) {
        quint32 word = 0;
        memcpy(&word, bytes.constData(), 4);
        // The table prints the word as a number; its bytes in memory are in network order.
        const quint32 number = hex.toUInt(nullptr, 16);
        QByteArray raw(4, '\0');
        memcpy(raw.data(), &number, 4);
        return u"%1.%2.%3.%4"_s.arg(uchar(raw[0])).arg(uchar(raw[1])).arg(uchar(raw[2])).arg(uchar(raw[3]));
    }
    if (bytes.size() != 16)
        return {};
    Q_IPV6ADDR v6;
    for (int w = 0; w < 4; ++w) {
        const quint32 number = hex.sliced(w * 8, 8).toUInt(nullptr, 16);
        memcpy(&v6[w * 4], &number, 4);
    }
    return QHostAddress(v6).toString();
}

QList<Listener> listeners()
{
    QList<Listener> found;
    for (const auto table : {"/proc/net/tcp"_L1, "/proc/net/tcp6"_L1}) {
        QFile file{QString(table)};
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const QList<QByteArray> fields = lines[i].simplified().split(' ');
            if (fields.size() < 10 || fields[3] != "0A") // LISTEN
                continue;
            const qsizetype colon = fields[1].lastIndexOf(':');
            found.append({int(fields[1].sliced(colon + 1).toUInt(nullptr, 16)), addressOf(fields[1].first(colon)),
                          fields[9].toULongLong()});
        }
    }
    return found;
}

QSet<quint64> socketsOf(qint64 pid)
{
    QSet<quint64> inodes;
    const QString folder = u"/proc/%1/fd"_s.arg(pid);
    const QStringList names = QDir(folder).entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot, QDir::Unsorted);
    for (const QString &name : names) {
        char target[64];
        const ssize_t size =
            ::readlink(QFile::encodeName(QString(folder + u'/' + name)).constData(), target, sizeof target);
        const QByteArrayView link(target, std::max<ssize_t>(0, size));
        if (link.startsWith("socket:[") && link.endsWith(']'))
            inodes.insert(link.sliced(8).chopped(1).toULongLong());
    }
    return inodes;
}

} // namespace

PortUse probePort(int port)
{
    PortUse use;
    use.port = port;
    QHash<quint64, QString> wanted;
    for (const Listener &listener : listeners()) {
        if (listener.port == port)
            wanted.insert(listener.inode, listener.address);
    }
    use.isFree = wanted.isEmpty();
    if (use.isFree)
        return use;
    for (const ProcessInfo &process : allProcesses()) {
        const QSet<quint64> sockets = socketsOf(process.pid);
        for (auto it = wanted.cbegin(); it != wanted.cend(); ++it) {
            if (sockets.contains(it.key())) {
                use.holders.append({process.pid, commandLine(process.pid), it.value()});
                break;
            }
        }
    }
    if (use.holders.isEmpty())
        use.holders.append({0, {}, wanted.values().value(0)});
    return use;
}

QFuture<PortUse> probePortAsync(int port)
{
    auto promise = std::make_shared<QPromise<PortUse>>();
    promise->start();
    QThreadPool::globalInstance()->start([promise, port] {
        promise->addResult(probePort(port));
        promise->finish();
    });
    return promise->future();
}

QList<int> listeningPorts(qint64 pid)
{
    QList<int> ports;
    const QSet<quint64> sockets = socketsOf(pid);
    for (const Listener &listener : listeners()) {
        if (sockets.contains(listener.inode) && !ports.contains(listener.port))
            ports.append(listener.port);
    }
    return ports;
}

} // namespace paddock::process
