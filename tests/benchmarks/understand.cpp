// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"
#include "syntax/parser.h"
#include "workspace/project.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

// bench_understand [--json] [--plugins N] [--routes N] [--files N]: how long a save and a scan take, beside the bare
// parser.

using namespace Qt::StringLiterals;
using namespace paddock;

namespace {

void write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

QByteArray plugin(int number, int methods, int marker)
{
    QByteArray text = "import { createPlugin } from \"@donkeylabs/server\";\nimport { helper } from \"./helper\";\n\n";
    const QByteArray n = QByteArray::number(number);
    text += "export interface Item" + n + " { id: string; title: string; count: number }\n\n";
    text += "export const p" + n + "Plugin = createPlugin.define({\n  name: \"p" + n +
            "\",\n  service: async (ctx) => ({\n";
    for (int i = 0; i < methods; ++i) {
        const QByteArray m = QByteArray::number(i);
        text +=
            "    async get" + m + "(id: string, limit: number = 10): Promise<Item" + n +
            " | null> {\n"
            "      const rows = await ctx.db.selectFrom(\"items\").selectAll().where(\"id\", \"=\", id).execute();\n"
            "      if (rows.length > limit) throw new Error(`too many: ${rows.length} of ${limit}`);\n"
            "      return helper(rows[" +
            (i == methods / 2 ? QByteArray::number(marker) : m) + "] ?? null);\n    },\n";
    }
    return text + "  }),\n});\n";
}

QByteArray router(int number, int routes)
{
    const QByteArray n = QByteArray::number(number);
    QByteArray text =
        "import { createRouter } from \"@donkeylabs/server\";\nimport { z } from \"zod\";\n\nexport const r" + n +
        " = createRouter(\"r" + n + "\")\n";
    for (int i = 0; i < routes; ++i)
        text += "  .route(\"a" + QByteArray::number(i) +
                "\").typed({ input: z.object({ id: z.string() }), handle: async (input, ctx) => ctx.plugins.p" + n +
                ".get0(input.id) })\n";
    return text + ";\n";
}

void makeWorkspace(const QString &root, int plugins, int routes, int files)
{
    write(root + u"/package.json"_s, R"({ "name": "bench", "dependencies": { "@donkeylabs/server": "2.5.1" } })");
    QByteArray entry = "import { AppServer } from \"@donkeylabs/server\";\n",
               uses = "const server = new AppServer({});\n";
    const int routers = std::max(1, routes / 10);
    for (int i = 0; i < plugins; ++i) {
        const QByteArray n = QByteArray::number(i);
        const QString dir = root + u"/src/plugins/p%1/"_s.arg(i);
        write(dir + u"index.ts"_s, plugin(i, 6, 1));
        write(dir + u"helper.ts"_s, "export const helper = <T>(x: T): T => x;\n");
        entry += "import { p" + n + "Plugin } from \"./plugins/p" + n + "\";\n";
        uses += "server.registerPlugin(p" + n + "Plugin);\n";
    }
    for (int i = 0; i < routers; ++i) {
        const QByteArray n = QByteArray::number(i);
        write(root + u"/src/routes/r%1.ts"_s.arg(i), router(i, 10));
        entry += "import { r" + n + " } from \"./routes/r" + n + "\";\n";
        uses += "server.use(r" + n + ");\n";
    }
    for (int i = 2 * plugins + routers + 1; i < files; ++i) {
        const QByteArray n = QByteArray::number(i);
        write(root + u"/src/lib/d%1/m%2.ts"_s.arg(i / 200).arg(i),
              "export interface T" + n + " { a: string; b: number }\n\nexport function f" + n + "(x: T" + n +
                  "): string {\n  const text = x.a.trim();\n  return text.length > x.b ? text.slice(0, x.b) : "
                  "`${text}!`;\n}\n");
    }
    write(root + u"/src/index.ts"_s, entry + uses);
}

double median(std::vector<double> times)
{
    std::ranges::sort(times);
    return times.empty() ? 0 : times[times.size() / 2];
}

double since(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// One saved plugin: read, parse with the old tree at hand, classify.
double save(const QString &root, int methods, int rounds)
{
    const QString path = u"src/plugins/p0/index.ts"_s;
    write(root + u'/' + path, plugin(0, methods, 0));
    workspace::ProjectState state = workspace::updateProject(*workspace::readProject(root), {path});
    write(root + u'/' + path, plugin(0, methods, 999));
    state = workspace::updateProject(state, {path}); // from here on there is an old tree
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        write(root + u'/' + path, plugin(0, methods, 1000 + i));
        QElapsedTimer timer;
        timer.start();
        const workspace::ProjectState next = workspace::updateProject(state, {path});
        const auto changes = change::classify(state, next);
        times.push_back(since(timer));
        if (changes.size() != 1 || changes[0].kind != change::Kind::PluginMethod)
            qFatal("%lld changes", static_cast<long long>(changes.size()));
        state = next;
    }
    return median(times);
}

/// Nothing but reading and parsing the same files on the same threads.
double bareParse(const QStringList &paths, int threads)
{
    QElapsedTimer timer;
    timer.start();
    std::atomic<qsizetype> next = 0;
    const auto work = [&] {
        syntax::Parser parser;
        for (qsizetype i = next++; i < paths.size(); i = next++) {
            QFile file(paths[i]);
            if (file.open(QIODevice::ReadOnly))
                (void)parser.parse(file.readAll(), syntax::Language::TypeScript);
        }
    };
    {
        std::vector<std::jthread> pool;
        for (int i = 1; i < threads; ++i)
            pool.emplace_back(work);
        work();
    }
    return since(timer);
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    const auto number = [&](const QString &option, int otherwise) {
        const qsizetype at = arguments.indexOf(option);
        return at >= 0 && at + 1 < arguments.size() ? arguments[at + 1].toInt() : otherwise;
    };
    QJsonObject result;
    {
        QTemporaryDir dir;
        makeWorkspace(dir.path(), 10, 20, 60);
        result["saveSmallKb"_L1] = static_cast<double>(plugin(0, 27, 1).size()) / 1024;
        result["saveSmallMs"_L1] = save(dir.path(), 27, 101);
        result["saveLargeLines"_L1] = static_cast<double>(plugin(0, 400, 1).count('\n'));
        result["saveLargeMs"_L1] = save(dir.path(), 400, 51);
    }
    const int files = number(u"--files"_s, 100'000);
    if (files > 0) {
        QTemporaryDir dir;
        makeWorkspace(dir.path(), number(u"--plugins"_s, 1000), number(u"--routes"_s, 10'000), files);
        QStringList paths;
        QDirIterator it(dir.path(), {u"*.ts"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext())
            paths.append(it.next());
        paths.sort();
        const int threads = static_cast<int>(std::thread::hardware_concurrency());
        (void)bareParse(paths, threads); // warm the file cache for both
        const QString cache = dir.filePath(u".cache-of-bench"_s);
        const double bare = bareParse(paths, threads);
        QElapsedTimer timer;
        timer.start();
        const auto first = workspace::readProject(dir.path(), {.threads = threads});
        const double scan = since(timer);
        timer.restart();
        const auto w = workspace::describe(*first);
        const double described = since(timer);
        timer.restart();
        (void)workspace::readProject(dir.path(), {.threads = threads, .cacheFile = cache});
        result["scanAndCacheMs"_L1] = since(timer);
        timer.restart();
        const auto again = workspace::readProject(dir.path(), {.threads = threads, .cacheFile = cache});
        const double cached = since(timer);
        if (w.plugins.size() < 1 || again->files().size() != first->files().size())
            qFatal("the scan found too little");
        result["files"_L1] = static_cast<double>(paths.size());
        result["plugins"_L1] = static_cast<double>(w.plugins.size());
        result["routes"_L1] = static_cast<double>(w.routes.size());
        result["threads"_L1] = threads;
        result["bareParseMs"_L1] = bare;
        result["scanMs"_L1] = scan;
        result["scanRatio"_L1] = scan / bare;
        result["describeMs"_L1] = described;
        result["cachedStartMs"_L1] = cached;
        result["saveInLargeMs"_L1] = save(dir.path(), 27, 15);
    }
    if (arguments.contains(u"--json"_s)) {
        std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
        return 0;
    }
    for (auto it = result.begin(); it != result.end(); ++it)
        std::printf("%-18s %12.2f\n", qPrintable(it.key()), it.value().toDouble());
    return 0;
}
