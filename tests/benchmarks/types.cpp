// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_types: a text difference of 50,000 lines beside `git diff --no-index`, the difference of 2,000 routes, and,
// with the pinned compiler, a warm snapshot of the sample after a save of one line.
#include "types/comparison.h"
#include "types/diffdocument.h"
#include "types/differ.h"
#include "types/reader.h"
#include "types/textdiff.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QFutureWatcher>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTextStream>
#include <algorithm>
#include <ctime>
#include <functional>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::types;

namespace {

struct Timing
{
    double median = 0;
    double best = 0;
    double cpu = 0; ///< median of this process's own
};

double cpuMs()
{
    return 1000.0 * double(std::clock()) / CLOCKS_PER_SEC;
}

Timing measure(int rounds, const std::function<void()> &what)
{
    QList<double> wall, cpu;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        const double before = cpuMs();
        what();
        cpu << cpuMs() - before;
        wall << double(timer.nsecsElapsed()) / 1e6;
    }
    std::ranges::sort(wall);
    std::ranges::sort(cpu);
    return {wall[rounds / 2], wall.first(), cpu[rounds / 2]};
}

/// A generated client, more or less; every 25th line differs on the other side.
QByteArray client(int lines, bool other)
{
    QByteArray text;
    for (int i = 0; i < lines; ++i) {
        const QByteArray n = QByteArray::number(i);
        const bool changed = other && i % 25 == 7;
        text += "  method" + n + "(input: { id: string; page?: number }): Promise<" + (changed ? "Other" : "Result") +
                n + (other && i % 1000 == 500 ? " | null" : "") + ">;\n";
    }
    return text;
}

Snapshot routes(int count, bool other)
{
    Snapshot snapshot;
    for (int i = 0; i < count; ++i) {
        const QString name = u"route api.group%1.action%2 "_s.arg(i / 20).arg(i);
        const bool changed = other && i % 10 == 3;
        snapshot.symbols.insert(name + u"input"_s,
                                {.type = u"{ id: string; page?: number; filter: { name: string%1; }; }"_s.arg(
                                     changed ? u" | null"_s : QString())});
        snapshot.symbols.insert(
            name + u"output"_s,
            {.type = u"{ items: { id: string; name: string; at: Date; }[]; total%1: number; }"_s.arg(
                 changed ? u"?"_s : QString())});
    }
    return snapshot;
}

template <class T>
T waitFor(const QFuture<T> &future)
{
    QEventLoop loop;
    QFutureWatcher<T> watcher;
    QObject::connect(&watcher, &QFutureWatcher<T>::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    return future.result();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const bool json = application.arguments().contains(u"--json"_s);
    QTextStream out(stdout);
    const auto report = [&](const QString &name, const Timing &timing, const QString &remark = {}) {
        if (json)
            out << QJsonDocument(QJsonObject{{u"name"_s, name},
                                             {u"medianMs"_s, timing.median},
                                             {u"bestMs"_s, timing.best},
                                             {u"cpuMs"_s, timing.cpu},
                                             {u"remark"_s, remark}})
                       .toJson(QJsonDocument::Compact)
                << '\n';
        else
            out << name.leftJustified(44)
                << u"median %1 ms   best %2 ms   own CPU %3 ms  %4\n"_s.arg(timing.median, 7, 'f', 1)
                       .arg(timing.best, 7, 'f', 1)
                       .arg(timing.cpu, 7, 'f', 1)
                       .arg(remark);
        out.flush();
    };

    const QTemporaryDir folder;
    const QByteArray before = client(50'000, false);
    const QByteArray after = client(50'000, true);
    for (const auto &[name, text] : {std::pair(u"a.ts"_s, before), std::pair(u"b.ts"_s, after)}) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
    }
    // Both in turn, so that what else the machine does falls on both.
    int hunks = 0;
    qsizetype gitLines = 0;
    Timing own, git;
    QList<double> ownWall, gitWall, ownCpu, shownWall, shownCpu;
    qsizetype shown = 0;
    for (int i = 0; i < 9; ++i) {
        // What the window does: every line of both sides, and what is folded; words when they are seen.
        const Timing view =
            measure(1, [&] { shown = shownRows(*diffDocument(before, after), DiffLayout::SideBySide, 3).size(); });
        shownWall << view.median;
        shownCpu << view.cpu;
        own = measure(1, [&] { hunks = int(diffTexts(before, after)->hunks.size()); });
        ownWall << own.median;
        ownCpu << own.cpu;
        git = measure(1, [&] {
            QProcess process;
            process.setWorkingDirectory(folder.path());
            process.start(u"git"_s, {u"diff"_s, u"--no-index"_s, u"--no-color"_s, u"a.ts"_s, u"b.ts"_s});
            process.waitForFinished(-1);
            gitLines = process.readAllStandardOutput().count('\n');
        });
        gitWall << git.median;
    }
    std::ranges::sort(ownWall);
    std::ranges::sort(gitWall);
    std::ranges::sort(ownCpu);
    std::ranges::sort(shownWall);
    std::ranges::sort(shownCpu);
    report(u"text difference, 50,000 lines, with words"_s, {ownWall[4], ownWall[0], ownCpu[4]},
           u"%1 hunks"_s.arg(hunks));
    report(u"the same as the window shows it"_s, {shownWall[4], shownWall[0], shownCpu[4]}, u"%1 rows"_s.arg(shown));
    report(u"git diff --no-index, the same"_s, {gitWall[4], gitWall[0], 0},
           u"a process, %1 lines; without words"_s.arg(gitLines));

    const Snapshot routesBefore = routes(2000, false);
    const Snapshot routesAfter = routes(2000, true);
    qsizetype found = 0;
    const Timing walk =
        measure(9, [&] { found = finishDiff(planDiff(routesBefore, routesAfter), routesAfter, {}).size(); });
    report(u"types of 2,000 routes, a tenth changed"_s, walk, u"%1 findings, without a compiler"_s.arg(found));

    const QString sample = qEnvironmentVariable("PADDOCK_SAMPLE");
    const QString bun = qEnvironmentVariable("PADDOCK_FALLBACK_BUN");
    const QString copy = folder.filePath(u"shop"_s);
    if (sample.isEmpty() || bun.isEmpty() || QProcess::execute(u"cp"_s, {u"-r"_s, sample, copy}) != 0)
        return 0;
    const auto state = workspace::readProject(copy);
    if (!state)
        return 1;
    const Sources sources = sourcesOf(*state);
    ChildOptions options{.root = copy, .bun = bun, .framework = u"@donkeylabs/server"_s};
    options.compilers = findCompilers(copy, false);
    CompilerChild child(options);
    const auto take = [&](const std::optional<QStringList> &files) {
        return waitFor(readSnapshot(child, sources, files, std::nullopt));
    };
    report(u"compiler, first comparison with routes"_s,
           measure(1, [&] { waitFor(diffSnapshots(&child, routesBefore, routesAfter)); }));
    report(u"compiler, comparison of 2,000 routes"_s,
           measure(5, [&] { waitFor(diffSnapshots(&child, routesBefore, routesAfter)); }));
    take(QStringList());
    const QString path = copy + u"/src/plugins/pricing/index.ts"_s;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return 1;
    const QByteArray text = file.readAll();
    file.close();
    int round = 0;
    report(u"warm snapshot of the sample after a save"_s,
           measure(9,
                   [&] {
                       QFile saved(path);
                       if (saved.open(QIODevice::WriteOnly))
                           saved.write(text + "\nexport const round = " + QByteArray::number(++round) + ";\n");
                       saved.close();
                       take(QStringList{u"src/plugins/pricing/index.ts"_s});
                   }),
           u"memory of child and compiler: %1 MiB"_s.arg(child.memory() >> 20));
    return 0;
}
