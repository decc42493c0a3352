// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "generated.h"
#include "measure.h"
#include "session/session.h"
#include "watch/watcher.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <dirent.h>

// bench_watching [--json] [--plugins N] [--routes N] [--files N] [--idle SECONDS]: what a large workspace costs that is
// only looked at: the start of the watcher beside a bare walk, then whole sessions, without and with a cache: CPU while
// nothing happens, and memory.

using namespace Qt::StringLiterals;
using namespace paddock;
using bench::Stopwatch;

namespace {

qint64 walk(const QByteArray &folder)
{
    DIR *dir = ::opendir(folder.constData());
    if (!dir)
        return 0;
    qint64 entries = 0;
    while (const dirent *entry = ::readdir(dir)) {
        const QByteArrayView name(entry->d_name);
        if (name == "." || name == "..")
            continue;
        ++entries;
        if (entry->d_type == DT_DIR)
            entries += walk(QByteArray(folder + '/' + name.toByteArray()));
    }
    ::closedir(dir);
    return entries;
}

/// Runs the event loop until the process has used next to nothing for a second.
void settle()
{
    QElapsedTimer whole, quiet;
    whole.start();
    quiet.start();
    double last = bench::cpuOfProcess();
    QTimer timer;
    QEventLoop loop;
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        const double now = bench::cpuOfProcess();
        if (std::exchange(last, now) + 3 < now)
            quiet.restart();
        if (quiet.elapsed() > 1500 || whole.elapsed() > 300'000)
            loop.quit();
    });
    timer.start(100);
    loop.exec();
}

/// A session of its own in a process of its own; what it says of itself goes to the standard output.
int runSession(const QString &root, int idleSeconds)
{
    QJsonObject result;
    const Stopwatch opening(Stopwatch::Cpu::Process);
    session::Session session({.root = root, .startServer = false});
    QEventLoop loop;
    QObject::connect(&session, &session::Session::opened, &loop, &QEventLoop::quit);
    QObject::connect(&session, &session::Session::openFailed, &loop,
                     [](const Error &error) { qFatal("%s", qPrintable(error.message)); });
    QTimer::singleShot(0, &loop, [&] { session.open(); });
    loop.exec();
    result["openMs"_L1] = opening.wall();
    result["openCpuMs"_L1] = opening.cpu();
    settle();
    result["settledCpuMs"_L1] = opening.cpu();
    result["residentMb"_L1] = bench::residentMb();
    result["peakMb"_L1] = bench::peakResidentMb();
    const double before = bench::cpuOfProcess();
    QTimer::singleShot(idleSeconds * 1000, &loop, &QEventLoop::quit);
    loop.exec();
    result["idleCpuMsPerMinute"_L1] = (bench::cpuOfProcess() - before) * 60 / idleSeconds;
    QObject::connect(&session, &session::Session::closed, &loop, &QEventLoop::quit);
    QTimer::singleShot(0, &loop, [&] { session.close(); });
    loop.exec();
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}

void watcher(QJsonObject &result, const QString &root)
{
    walk(root.toLocal8Bit()); // so that the folders are in memory
    bench::Series walks, starts;
    for (int i = 0; i < 5; ++i) {
        {
            const Stopwatch stopwatch(Stopwatch::Cpu::Process);
            result["entries"_L1] = static_cast<double>(walk(root.toLocal8Bit()));
            walks.add(stopwatch);
        }
        watch::Watcher watcher({.root = root});
        QEventLoop loop;
        QObject::connect(&watcher, &watch::Watcher::started, &loop, [&](int folders) {
            result["folders"_L1] = folders;
            loop.quit();
        });
        QObject::connect(&watcher, &watch::Watcher::startFailed, &loop,
                         [](const Error &error) { qFatal("%s", qPrintable(error.message)); });
        const Stopwatch stopwatch(Stopwatch::Cpu::Process);
        watcher.start();
        loop.exec();
        starts.add(stopwatch);
    }
    walks.into(result, u"walk"_s);
    starts.into(result, u"watcherStart"_s);
    result["beyondWalkMs"_L1] = starts.wall() - walks.wall();
    result["beyondWalkCpuMs"_L1] = starts.cpu() - walks.cpu();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const int idle = bench::number(arguments, u"--idle"_s, 20);
    if (const qsizetype at = arguments.indexOf(u"--session"_s); at > 0)
        return runSession(arguments.value(at + 1), idle);

    QTemporaryDir dir;
    const QString root = dir.path() + u"/w"_s;
    bench::makeWorkspace(root, bench::number(arguments, u"--plugins"_s, 1000),
                         bench::number(arguments, u"--routes"_s, 10'000),
                         bench::number(arguments, u"--files"_s, 100'000));
    QJsonObject result;
    watcher(result, root);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const auto &name : {u"XDG_CACHE_HOME"_s, u"XDG_STATE_HOME"_s, u"XDG_DATA_HOME"_s, u"XDG_RUNTIME_DIR"_s})
        environment.insert(name, dir.path() + u'/' + name);
    QDir().mkpath(dir.path() + u"/XDG_RUNTIME_DIR"_s);
    for (const QString &which : {u"firstSession"_s, u"nextSession"_s}) {
        QProcess child;
        child.setProcessEnvironment(environment);
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(),
                    {u"--session"_s, root, u"--idle"_s, QString::number(idle)});
        child.waitForFinished(-1);
        const QJsonObject said = QJsonDocument::fromJson(child.readAllStandardOutput()).object();
        if (said.isEmpty())
            qFatal("a session said nothing");
        for (auto it = said.begin(); it != said.end(); ++it)
            result[which + it.key().at(0).toUpper() + it.key().sliced(1)] = it.value();
    }
    bench::print(result, arguments);
    return 0;
}
