// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_watcher [FOLDERS FILES_EACH]: how fast the watcher is, beside the least that the system itself needs. One JSON
// object a line.

#include "watch/watcher.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

using namespace paddock::watch;
using namespace Qt::StringLiterals;

namespace {

double median(QList<double> values)
{
    std::ranges::sort(values);
    return values.isEmpty() ? 0 : values[values.size() / 2];
}

double percentile95(QList<double> values)
{
    std::ranges::sort(values);
    return values.isEmpty() ? 0 : values[values.size() * 95 / 100];
}

void put(const QString &path, const QByteArray &content)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (::write(fd, content.constData(), size_t(content.size())) != content.size())
        qFatal("cannot write");
    ::close(fd);
}

double cpuMs()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}

double residentMb()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly)
               ? file.readAll().split(' ')[1].toDouble() * double(::sysconf(_SC_PAGESIZE)) / 1e6
               : 0;
}

void wait(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

bool waitStarted(Watcher &watcher)
{
    QEventLoop loop;
    QObject::connect(&watcher, &Watcher::started, &loop, &QEventLoop::quit);
    watcher.start();
    loop.exec();
    return true;
}

/// A save to the system's first word about it: nobody can be faster.
double bareMs(const QString &folder, const QByteArray &content, bool atomic)
{
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    ::inotify_add_watch(fd, QFile::encodeName(folder).constData(), IN_CLOSE_WRITE | IN_MOVED_TO);
    const QString file = folder + "/a.ts"_L1;
    if (atomic)
        put(file + ".new"_L1, content);
    char buffer[4096];
    while (::read(fd, buffer, sizeof buffer) > 0) {
    }
    QElapsedTimer timer;
    timer.start();
    if (atomic)
        ::rename(QFile::encodeName(QString(file + ".new"_L1)).constData(), QFile::encodeName(file).constData());
    else
        put(file, content);
    pollfd wake{fd, POLLIN, 0};
    ::poll(&wake, 1, 1000);
    const double ms = double(timer.nsecsElapsed()) / 1e6;
    ::close(fd);
    return ms;
}

void latency(bool atomic)
{
    QTemporaryDir folder;
    const QString file = folder.path() + "/a.ts"_L1;
    put(file, "x");
    Watcher watcher({folder.path()});
    waitStarted(watcher);
    wait(200);
    QList<double> ours;
    QList<double> bare;
    for (int i = 0; i < 200; ++i) {
        const QByteArray content = QByteArray(9000, 'x') + QByteArray::number(i);
        wait(50); // as a person saves: the one before is long done
        if (atomic)
            put(file + ".new"_L1, content);
        QEventLoop loop;
        QElapsedTimer timer;
        QObject::connect(&watcher, &Watcher::batchReady, &loop, [&](const Batch &batch) {
            for (const FileEvent &event : batch.files) {
                if (event.path == "a.ts"_L1) {
                    ours.append(double(timer.nsecsElapsed()) / 1e6);
                    loop.quit();
                }
            }
        });
        timer.start();
        if (atomic)
            ::rename(QFile::encodeName(QString(file + ".new"_L1)).constData(), QFile::encodeName(file).constData());
        else
            put(file, content);
        loop.exec();
        QTemporaryDir other;
        bare.append(bareMs(other.path(), content, atomic));
    }
    std::printf(
        "{\"bench\":\"save-to-batch\",\"save\":\"%s\",\"medianMs\":%.3f,\"p95Ms\":%.3f,\"bareInotifyMs\":%.3f}\n",
        atomic ? "atomic" : "in-place", median(ours), percentile95(ours), median(bare));
    std::fflush(stdout);
}

int walk(const QByteArray &folder)
{
    int count = 0;
    DIR *directory = ::opendir(folder.constData());
    if (directory == nullptr)
        return 0;
    while (const dirent *entry = ::readdir(directory)) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            count += walk(folder + '/' + entry->d_name);
        ++count;
    }
    ::closedir(directory);
    return count;
}

void scale(int folders, int filesEach)
{
    QTemporaryDir folder;
    for (int i = 0; i < folders; ++i) {
        const QString path = folder.path() + u"/src/p%1/d%2"_s.arg(i / 100).arg(i);
        QDir().mkpath(path);
        for (int j = 0; j < filesEach; ++j)
            put(path + u"/file%1.ts"_s.arg(j), QByteArray(500, 'a') + QByteArray::number(i * 1000 + j));
    }
    QList<double> walks;
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer timer;
        timer.start();
        walk(QFile::encodeName(folder.path()));
        walks.append(double(timer.nsecsElapsed()) / 1e6);
    }
    const double before = residentMb();
    Watcher watcher({folder.path()});
    QElapsedTimer timer;
    timer.start();
    waitStarted(watcher);
    const double started = double(timer.nsecsElapsed()) / 1e6;
    // Read everything once in the background; then nothing at all may happen.
    double cpu = cpuMs();
    double readMs = 0;
    for (;;) {
        wait(500);
        const double now = cpuMs();
        readMs += now - cpu;
        if (now - cpu < 20)
            break;
        cpu = now;
    }
    cpu = cpuMs();
    wait(3000);
    std::printf(
        "{\"bench\":\"watch-start\",\"folders\":%d,\"files\":%d,\"walkMs\":%.1f,\"startedMs\":%.1f,\"beyondMs\":%.1f,"
        "\"backgroundCpuMs\":%.0f,\"idleCpuMsIn3s\":%.2f,\"memoryMb\":%.1f}\n",
        folders, folders * filesEach, median(walks), started, started - median(walks), readMs, cpuMs() - cpu,
        residentMb() - before);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    latency(true);
    latency(false);
    if (argc > 2)
        scale(atoi(argv[1]), atoi(argv[2]));
    return 0;
}
