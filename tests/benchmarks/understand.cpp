// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"
#include "generated.h"
#include "measure.h"
#include "syntax/parser.h"
#include "workspace/project.h"

#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

// bench_understand [--json] [--plugins N] [--routes N] [--files N] [--rounds N] [--threads N]: how long a save and a
// scan take, beside the bare parser, and the start from the cache.

using namespace Qt::StringLiterals;
using namespace paddock;
using bench::Series;
using bench::Stopwatch;

namespace {

/// One saved plugin: read, parse with the old tree at hand, classify. `text` makes the file of each round.
Series save(const QString &root, const std::function<QByteArray(int)> &text, int rounds)
{
    const QString path = u"src/plugins/p0/index.ts"_s;
    bench::write(root + u'/' + path, text(0));
    workspace::ProjectState state = workspace::updateProject(*workspace::readProject(root), {path});
    bench::write(root + u'/' + path, text(1));
    state = workspace::updateProject(state, {path}); // from here on there is an old tree
    Series series;
    for (int i = 2; i < rounds + 2; ++i) {
        bench::write(root + u'/' + path, text(i));
        const Stopwatch stopwatch;
        const workspace::ProjectState next = workspace::updateProject(state, {path});
        const auto changes = change::classify(state, next);
        series.add(stopwatch);
        if (changes.size() != 1 || changes[0].kind != change::Kind::PluginMethod)
            qFatal("%lld changes", static_cast<long long>(changes.size()));
        state = next;
    }
    return series;
}

std::function<QByteArray(int)> anotherNumber(int methods)
{
    return [methods](int round) { return bench::plugin(0, methods, 1000 + round); };
}

/// Each save has a line more or a line less than the one before, so that all that follows moves.
std::function<QByteArray(int)> anotherLine(int methods)
{
    return [methods](int round) {
        QByteArray text = bench::plugin(0, methods, 1);
        const QByteArray method = "get" + QByteArray::number(methods / 2) + "(";
        const qsizetype at = text.indexOf('\n', text.indexOf(method)) + 1;
        return text.insert(at, QByteArray("      ctx.core.logger.info(id);\n").repeated(round % 2 + 1));
    };
}

/// Nothing but reading and parsing the same files on the same threads.
void bareParse(const QStringList &paths, int threads)
{
    std::atomic<qsizetype> next = 0;
    const auto work = [&] {
        syntax::Parser parser;
        for (qsizetype i = next++; i < paths.size(); i = next++) {
            QFile file(paths[i]);
            if (file.open(QIODevice::ReadOnly))
                (void)parser.parse(file.readAll(), syntax::Language::TypeScript);
        }
    };
    std::vector<std::jthread> pool;
    for (int i = 1; i < threads; ++i)
        pool.emplace_back(work);
    work();
}

void saves(QJsonObject &result)
{
    QTemporaryDir dir;
    bench::makeWorkspace(dir.path(), 10, 20, 60);
    result["saveSmallKb"_L1] = static_cast<double>(bench::plugin(0, 27, 1).size()) / 1024;
    save(dir.path(), anotherNumber(27), 201).into(result, u"saveSmall"_s);
    save(dir.path(), anotherLine(27), 101).into(result, u"saveSmallOtherLines"_s);
    result["saveLargeLines"_L1] = static_cast<double>(bench::plugin(0, 400, 1).count('\n'));
    save(dir.path(), anotherNumber(400), 101).into(result, u"saveLarge"_s);
    save(dir.path(), anotherLine(400), 51).into(result, u"saveLargeOtherLines"_s);
}

void scans(QJsonObject &result, const QStringList &arguments, int files)
{
    QTemporaryDir dir;
    const QString root = dir.path() + u"/w"_s, cache = dir.path() + u"/cache"_s;
    bench::makeWorkspace(root, bench::number(arguments, u"--plugins"_s, 1000),
                         bench::number(arguments, u"--routes"_s, 10'000), files);
    QStringList paths;
    QDirIterator it(root, {u"*.ts"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext())
        paths.append(it.next());
    paths.sort();
    const int threads = bench::number(arguments, u"--threads"_s, static_cast<int>(std::thread::hardware_concurrency()));
    const auto times = [](const auto &work, Series &series) {
        const Stopwatch stopwatch(Stopwatch::Cpu::Process);
        const auto outcome = work();
        series.add(stopwatch);
        return outcome;
    };
    Series bare, scan, describe, next, damagedFacts, damagedTable;
    bareParse(paths, threads); // so that the files are in memory for all of them
    const int rounds = bench::number(arguments, u"--rounds"_s, 5);
    // In turn, each scan between two bare parses: what else the machine does then concerns both.
    (void)times([&] { return bareParse(paths, threads), 0; }, bare);
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i) {
        const double before = bare.last();
        const auto state = times([&] { return workspace::readProject(root, {.threads = threads}); }, scan);
        (void)times([&] { return bareParse(paths, threads), 0; }, bare);
        ratios.push_back(scan.last() * 2 / (before + bare.last()));
        const auto described = times([&] { return workspace::describe(*state); }, describe);
        result["plugins"_L1] = static_cast<double>(described.plugins.size());
        result["routes"_L1] = static_cast<double>(described.routes.size());
        result["files"_L1] = static_cast<double>(state->size());
    }
    const workspace::ReadOptions withCache{.threads = threads, .cacheFile = cache};
    (void)workspace::readProject(root, withCache);
    result["cacheMb"_L1] = static_cast<double>(QFile(cache).size()) / (1024 * 1024);
    for (int i = 0; i < rounds * 2 + 1; ++i) {
        const auto again = times([&] { return workspace::readProject(root, withCache); }, next);
        if (static_cast<double>(again->size()) != result["files"_L1].toDouble())
            qFatal("the cache lost files");
    }
    const auto startOnDamaged = [&](double part, Series &series) { // a byte turned
        QFile file(cache);
        if (!file.open(QIODevice::ReadWrite) ||
            !file.seek(static_cast<qint64>(static_cast<double>(file.size()) * part)))
            qFatal("there is no cache");
        const char other = static_cast<char>(~file.peek(1).at(0));
        file.write(&other, 1);
        file.close();
        const workspace::ReadOptions reading{.threads = threads, .cacheFile = cache, .writeCache = false};
        const auto after = times([&] { return workspace::readProject(root, reading); }, series);
        if (static_cast<double>(after->size()) != result["files"_L1].toDouble())
            qFatal("a damaged cache lost files");
    };
    startOnDamaged(0.6, damagedFacts);  // that one file is read afresh
    startOnDamaged(0.01, damagedTable); // as if there were none
    bare.into(result, u"bareParse"_s);
    scan.into(result, u"firstScan"_s);
    describe.into(result, u"describe"_s);
    next.into(result, u"nextStart"_s);
    damagedFacts.into(result, u"startOnDamagedFacts"_s);
    damagedTable.into(result, u"startOnDamagedTable"_s);
    result["threads"_L1] = threads;
    std::ranges::sort(ratios);
    result["scanRatio"_L1] = ratios[ratios.size() / 2];
    result["scanRatioWorst"_L1] = ratios.back();
    result["scanCpuRatio"_L1] = scan.cpu() / bare.cpu();
    save(root, anotherNumber(27), 15).into(result, u"saveInLarge"_s);
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QJsonObject result;
    saves(result);
    if (const int files = bench::number(arguments, u"--files"_s, 100'000); files > 0)
        scans(result, arguments, files);
    bench::print(result, arguments);
    return 0;
}
