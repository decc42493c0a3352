// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/project.h"

#include "workspace/data.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::workspace;

namespace {

void write(const QDir &dir, const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(dir.filePath(path)).path());
    QFile file(dir.filePath(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

const QByteArray package = R"({ "name": "x", "dependencies": { "@donkeylabs/server": "1" } })";
const QByteArray plugin = R"(import { createPlugin } from "@donkeylabs/server";
export const aPlugin = createPlugin.define({ name: "a", service: () => ({ get: (id: string) => id }) });
)";

bool has(const Workspace &w, QStringView code, QStringView file)
{
    return std::ranges::any_of(w.diagnostics, [&](const Diagnostic &d) { return d.code == code && d.file == file; });
}

} // namespace

class TestProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errors()
    {
        QTemporaryDir dir;
        QCOMPARE(readProject(dir.path()).error().code, u"no-workspace"_s);
        QCOMPARE(readProject(dir.filePath(u"nowhere"_s)).error().code, u"no-workspace"_s);
        QCOMPARE(checkWorkspace(dir.path()).error().code, u"no-workspace"_s);
        write(dir.path(), u"package.json"_s, "{ \"name\": \"x\",\n  oops }");
        const auto bad = readProject(dir.path());
        QCOMPARE(bad.error().code, u"bad-package-json"_s);
        QCOMPARE(bad.error().where, u"package.json:2"_s);
        QVERIFY(!bad.error().remedy.isEmpty());
        write(dir.path(), u"package.json"_s, R"({ "dependencies": {} })");
        QCOMPARE(readProject(dir.path()).error().code, u"no-workspace"_s);
        write(dir.path(), u"package.json"_s, "[]");
        QCOMPARE(readProject(dir.path()).error().code, u"bad-package-json"_s);
        write(dir.path(), u"package.json"_s, "\xff\xfe\x00");
        QCOMPARE(readProject(dir.path()).error().code, u"bad-package-json"_s);
        write(dir.path(), u"package.json"_s, "\xEF\xBB\xBF" + package); // with a byte order mark
        const auto earlier = readProject(dir.path());
        QVERIFY(earlier);
        // Beside an earlier state a package.json that does not parse is a fault to tell, not the end.
        write(dir.path(), u"package.json"_s, "{ \"name\": \"x\",\n  oops }");
        const auto later = readProject(dir.path(), {.earlier = &*earlier});
        QVERIFY(later);
        QVERIFY(has(describe(*later), u"bad-package-json"_s, u"package.json"_s));
    }

    void unreadable()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/a.ts"_s, "export {}");
        write(dir.path(), u"src/closed/b.ts"_s, "export {}");
        ::chmod(QFile::encodeName(dir.filePath(u"src/a.ts"_s)).constData(), 0);
        ::chmod(QFile::encodeName(dir.filePath(u"src/closed"_s)).constData(), 0);
        // root may read everything, so it is somebody else for a while
        struct Nobody
        {
            bool root = ::geteuid() == 0;
            explicit Nobody(const QString &path)
            {
                ::chmod(QFile::encodeName(path).constData(), 0755);
                if (root && ::seteuid(65534) != 0)
                    qFatal("seteuid");
            }
            ~Nobody()
            {
                if (root && ::seteuid(0) != 0)
                    qFatal("seteuid");
            }
        } nobody(dir.path());
        const auto state = readProject(dir.path());
        QVERIFY(state);
        QVERIFY(has(describe(*state), u"unreadable", u"src/a.ts"));
        QVERIFY(!state->hasFile(u"src/closed/b.ts"_s));
        if (nobody.root && ::seteuid(0) != 0)
            qFatal("seteuid");
        ::chmod(QFile::encodeName(dir.filePath(u"package.json"_s)).constData(), 0);
        ::chmod(QFile::encodeName(dir.filePath(u"src/closed"_s)).constData(), 0700);
        if (nobody.root && ::seteuid(65534) != 0)
            qFatal("seteuid");
        QCOMPARE(readProject(dir.path()).error().code, u"unreadable"_s);
    }

    /// Byte order marks, line ends of other systems, NUL bytes, names that are no UTF-8.
    void encodings()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        QByteArray dos = plugin;
        dos.replace('\n', "\r\n");
        write(dir.path(), u"src/plugins/a/index.ts"_s, "\xEF\xBB\xBF// first\r\n" + dos);
        write(dir.path(), u"src/plugins/nul/index.ts"_s, QByteArray("export const x = \"a\0b\";\n", 24));
        write(dir.path(), u"src/plugins/wide/index.ts"_s, QByteArray::fromHex("fffe6500780070006f0072007400"));
        const QByteArray odd = QFile::encodeName(dir.filePath(u"src"_s)) + "/odd-\xff\xfe.ts";
        const int fd = ::open(odd.constData(), O_CREAT | O_WRONLY, 0600);
        QVERIFY(fd >= 0);
        QCOMPARE(::write(fd, "export {};", 10), 10);
        ::close(fd);
        const auto state = readProject(dir.path());
        QVERIFY(state);
        const Workspace w = describe(*state);
        QCOMPARE(w.plugins.size(), 1);
        QCOMPARE(w.plugins[0].line, 3);
        QVERIFY(has(w, u"syntax", u"src/plugins/wide/index.ts"));
        // Such a name cannot be told to anybody, and no import can name it: it does no harm.
        const ProjectState again = updateProject(*state, state->files());
        QCOMPARE(again.files(), state->files());
        QCOMPARE(::unlink(odd.constData()), 0);
        // Other line ends are no change of the code.
        write(dir.path(), u"src/plugins/a/index.ts"_s, "// first\n" + plugin);
        const ProjectState plain = updateProject(*state, {u"src/plugins/a/index.ts"_s});
        QCOMPARE(plain.data().files.find(u"src/plugins/a/index.ts"_s)->facts->codeHash,
                 state->data().files.find(u"src/plugins/a/index.ts"_s)->facts->codeHash);
    }

    /// Gone between the event and the reading; a folder where a file was; a file where a folder was.
    void vanished()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/plugins/a/index.ts"_s, plugin);
        write(dir.path(), u"src/b.ts"_s, "export {}");
        ProjectState state = *readProject(dir.path());
        QVERIFY(QFile::remove(dir.filePath(u"src/b.ts"_s)));
        state = updateProject(state, {u"src/b.ts"_s, u"src/never.ts"_s});
        QVERIFY(!state.hasFile(u"src/b.ts"_s) && !state.hasFile(u"src/never.ts"_s));
        QVERIFY(QDir(dir.path()).mkpath(u"src/b.ts"_s));
        write(dir.path(), u"src/b.ts/c.ts"_s, "export {}");
        state = updateProject(state, {u"src/b.ts"_s});
        QCOMPARE(state.files(), readProject(dir.path())->files());
        QVERIFY(QDir(dir.filePath(u"src/plugins/a"_s)).removeRecursively());
        write(dir.path(), u"src/plugins/a"_s, "no folder");
        state = updateProject(state, {u"src/plugins/a"_s, u"src/plugins/a/index.ts"_s});
        QVERIFY(describe(state).plugins.isEmpty());
    }

    /// An import in another spelling finds a file on some systems only: it is told, and the name on disk is the name.
    void spelling()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/Helper.ts"_s, "export const h = 1;");
        write(dir.path(), u"src/plugins/a/index.ts"_s, "import { h } from '../../helper';\nconsole.log(h);\n" + plugin);
        const auto state = readProject(dir.path());
        QVERIFY(has(describe(*state), u"import-not-found", u"src/plugins/a/index.ts"));
        QVERIFY(state->hasFile(u"src/Helper.ts"_s));
        const ProjectState asked = updateProject(*state, {u"src/helper.ts"_s});
        QCOMPARE(asked.files(), state->files());
    }

    void finding()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/deep/x.ts"_s, "");
        write(dir.path(), u"src/deep/package.json"_s, "{}");
        QCOMPARE(findRoot(dir.filePath(u"src/deep"_s)).value_or(QString()), QDir(dir.path()).absolutePath());
        QCOMPARE(findRoot(u"/proc"_s).error().code, u"no-workspace"_s);
    }

    /// Links that lead back up, fifos, huge and nonsensical files, invalid UTF-8, nesting: no crash, no hang.
    void hostile()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/plugins/a/index.ts"_s, plugin);
        QVERIFY(QFile::link(dir.path(), dir.filePath(u"src/loop"_s)));
        QVERIFY(QFile::link(dir.filePath(u"nowhere"_s), dir.filePath(u"src/dangling.ts"_s)));
        QCOMPARE(::mkfifo(QFile::encodeName(dir.filePath(u"src/pipe.ts"_s)).constData(), 0600), 0);
        QDir(dir.path()).mkpath(u"src/folder.ts"_s);
        write(dir.path(), u"src/huge.ts"_s, QByteArray("export const a = 1;\n").repeated(400'000));
        write(dir.path(), u"src/line.ts"_s, "export const s = \"" + QByteArray(3'000'000, 'x') + "\";");
        write(dir.path(), u"src/invalid.ts"_s, "export const \xff\xfe = '\xc3(';\0\0 hello");
        write(dir.path(), u"src/deep.ts"_s,
              "export const d = " + QByteArray(50'000, '(') + "1" + QByteArray(50'000, ')'));
        write(dir.path(), u"src/objects.ts"_s,
              "export const d = " + QByteArray("{a:").repeated(20'000) + "1" + QByteArray(20'000, '}'));
        write(dir.path(), u"src/calls.ts"_s, "export const d = a" + QByteArray(".b()").repeated(30'000));
        write(dir.path(), u"src/types.ts"_s,
              "export type T = " + QByteArray("A<").repeated(5'000) + "B" + QByteArray(5'000, '>'));
        write(dir.path(), u"src/blocks.ts"_s,
              "function f() {" + QByteArray("if (a) {").repeated(20'000) + QByteArray(20'001, '}'));
        write(dir.path(), u"src/functions.ts"_s, "export const f = " + QByteArray("() => ").repeated(20'000) + "1");
        write(dir.path(), u"src/sum.ts"_s, "export const s = 1" + QByteArray(" + 1").repeated(50'000));
        write(dir.path(), u"src/empty.ts"_s, "");
        write(dir.path(), u"src/binary.ts"_s, QByteArray::fromHex("00010203040506070809ff").repeated(1000));
        QByteArray self = plugin;
        write(dir.path(), u"src/plugins/b/index.ts"_s,
              "import { createPlugin } from \"@donkeylabs/server\";\nconst x = y; const y = x;\nconst f = () => f();\n"
              "export * from './index';\nexport const b = createPlugin.define({ name: x, service: () => ({ ...x, "
              "...f() }) });\n"
              "class A extends B {} class B extends A {}\ntype T = T & { a: T };\n"
              "export const c = createPlugin.define({ name: 'c', service: (): T => new A() });\n");
        QElapsedTimer timer;
        timer.start();
        const auto state = readProject(dir.path());
        QVERIFY(state);
        const Workspace w = describe(*state);
        QVERIFY(std::ranges::any_of(w.plugins, [](const Plugin &p) { return p.name == "a"_L1; }));
        QCOMPARE(std::ranges::count(state->files(), u"src/plugins/a/index.ts"_s), 1);
        QVERIFY(!state->files().join(u' ').contains("src/loop/"_L1));
        QVERIFY(has(w, u"file-too-large", u"src/huge.ts"));
        QVERIFY(has(w, u"syntax", u"src/invalid.ts"));
        const ProjectState again = updateProject(*state, state->files());
        QCOMPARE(again.files(), state->files());
    }

    /// Following changes leads to the same state as reading afresh.
    void updates()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/plugins/a/index.ts"_s, plugin);
        ProjectState state = *readProject(dir.path());
        QVERIFY(importsOf(state, u"src/plugins/a/index.ts"_s).isEmpty());

        write(dir.path(), u"src/plugins/a/more/x.ts"_s, "export const x = 1;");
        write(dir.path(), u"src/plugins/a/index.ts"_s,
              "import { x } from './more/x';\nimport type { Y } from './y';\nconsole.log(x);\n" + plugin);
        state = updateProject(state, {u"src/plugins/a"_s}); // a folder stands for what is in it
        QCOMPARE(state.files(), readProject(dir.path())->files());
        QCOMPARE(importersOf(state, u"src/plugins/a/more/x.ts"_s), QStringList{u"src/plugins/a/index.ts"_s});

        write(dir.path(), u"src/plugins/a/y.ts"_s, "export type Y = 1;"); // an import finds what appears later
        state = updateProject(state, {u"src/plugins/a/y.ts"_s});
        QCOMPARE(importersOf(state, u"src/plugins/a/y.ts"_s, true), QStringList{u"src/plugins/a/index.ts"_s});
        QVERIFY(importersOf(state, u"src/plugins/a/y.ts"_s).isEmpty());

        QVERIFY(QDir(dir.filePath(u"src/plugins/a/more"_s)).removeRecursively());
        state = updateProject(state, {u"src/plugins/a/more"_s});
        QVERIFY(!state.hasFile(u"src/plugins/a/more/x.ts"_s));
        QVERIFY(importersOf(state, u"src/plugins/a/more/x.ts"_s).isEmpty());
        QCOMPARE(state.contentHash(u"src/plugins/a/y.ts"_s), contentHashOf("export type Y = 1;"));
        QVERIFY(state.contentHash(u"gone"_s).isEmpty());

        write(dir.path(), u"package.json"_s, "{");
        state = updateProject(state, {u"package.json"_s});
        QVERIFY(has(describe(state), u"bad-package-json", u"package.json"));
    }

    /// A start from the cache says what a start without one says; a damaged cache is none.
    void cache()
    {
        QTemporaryDir dir;
        const QString fixture = QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/workspaces/library");
        QDirIterator it(fixture, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            write(dir.path(), file.fileName().sliced(fixture.size() + 1), file.readAll());
        }
        const QString cacheFile = dir.filePath(u"cache/facts"_s);
        const auto told = [&](const ReadOptions &options) {
            return QJsonDocument(toJson(describe(*readProject(dir.path(), options)))).toJson();
        };
        const QByteArray expected = told({});
        QCOMPARE(told({.cacheFile = cacheFile}), expected);
        QFile file(cacheFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        file.close();
        QVERIFY(!good.contains("file:library.db")); // nothing of .env
        QCOMPARE(told({.cacheFile = cacheFile}), expected);
        for (int i = 0; i < 60; ++i) { // cut short, or a byte turned
            QByteArray bad = good;
            if (i % 2)
                bad.truncate(good.size() * i / 60);
            else
                bad[good.size() * i / 60] = static_cast<char>(~bad[good.size() * i / 60]);
            write(dir.path(), u"cache/facts"_s, bad);
            QCOMPARE(told({.cacheFile = cacheFile}), expected);
        }
        // A change of the same size within the clock's grain
        QCOMPARE(told({.cacheFile = cacheFile}), expected);
        const ProjectState before = *readProject(dir.path(), {.cacheFile = cacheFile});
        write(dir.path(), u"src/lib/money.ts"_s,
              "export function fine(days: number): number {\n  return days * 0.9;\n}\n");
        const ProjectState after = *readProject(dir.path(), {.cacheFile = cacheFile});
        QVERIFY(before.contentHash(u"src/lib/money.ts"_s) != after.contentHash(u"src/lib/money.ts"_s));
    }

    /// Once the cache is written, facts are read from it when somebody asks: whatever becomes of its name meanwhile.
    void cacheOutlivesItsName()
    {
        QTemporaryDir dir;
        const QString root = dir.filePath(u"w"_s), cacheFile = dir.filePath(u"cache/facts"_s);
        write(root, u"package.json"_s, R"({ "dependencies": { "@donkeylabs/server": "2.5.1" } })");
        for (int i = 0; i < 40; ++i)
            write(root, u"src/m%1.ts"_s.arg(i),
                  "import { a } from \"./m0\";\nexport const name = \"ä" + QByteArray::number(i) + "\";\n");
        const auto names = [](const ProjectState &state) {
            QStringList result;
            for (int i = 0; i < 40; ++i) {
                const SourceFile *file = state.data().files.find(u"src/m%1.ts"_s.arg(i));
                const Declaration *d = file ? file->facts->declaration(u"name") : nullptr;
                result.append(d && d->value ? d->value->text : u"nothing"_s);
                if (file && (file->facts.specifiers() != QStringList{u"./m0"_s} || !file->facts->notes.empty()))
                    result.append(u"not as written"_s);
            }
            return result;
        };
        const QStringList expected = names(*readProject(root));
        QCOMPARE(expected.at(7), u"ä7"_s);
        const ProjectState written = *readProject(root, {.cacheFile = cacheFile}); // nobody has looked at the facts yet
        const ProjectState read = *readProject(root, {.cacheFile = cacheFile});
        QVERIFY(QFile::remove(cacheFile));
        write(dir.path(), u"cache/facts"_s, "another session's");
        QCOMPARE(names(read), expected);
        QCOMPARE(names(written), expected);
    }

    /// Where somebody writes into the open file itself, what cannot be read again is said, and never wrong.
    void cacheDamagedInUse()
    {
        QTemporaryDir dir;
        const QString root = dir.filePath(u"w"_s), cacheFile = dir.filePath(u"cache/facts"_s);
        write(root, u"package.json"_s, R"({ "dependencies": { "@donkeylabs/server": "2.5.1" } })");
        for (int i = 0; i < 40; ++i)
            write(root, u"src/m%1.ts"_s.arg(i), "export const name = \"text" + QByteArray::number(i) + "\";\n");
        const ProjectState state = *readProject(root, {.cacheFile = cacheFile});
        QFile file(cacheFile);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("text17") && bytes.contains("text21"));
        bytes.replace("text17", "txet17");
        bytes.truncate(bytes.indexOf("text21"));
        QVERIFY(file.resize(0) && file.seek(0) && file.write(bytes) == bytes.size() && file.flush());
        int lost = 0;
        for (int i = 0; i < 40; ++i) {
            const FileFacts &facts = *state.data().files.find(u"src/m%1.ts"_s.arg(i))->facts;
            const Declaration *d = facts.declaration(u"name");
            if (d)
                QCOMPARE(d->value->text, u"text%1"_s.arg(i));
            else
                QCOMPARE(facts.notes.at(0).code, u"facts-lost"_s);
            lost += d ? 0 : 1;
        }
        QVERIFY(lost >= 2);
    }

    void relevance()
    {
        QTemporaryDir dir;
        write(dir.path(), u"package.json"_s, package);
        write(dir.path(), u"src/data.json"_s, "1");
        write(dir.path(), u"src/a.ts"_s, "import d from './data.json'; console.log(d);");
        const ProjectState state = *readProject(dir.path());
        for (const auto &path :
             {u"src/new.ts"_s, u"src/a.ts"_s, u"src/data.json"_s, u".env"_s, u".env.local"_s, u"bun.lock"_s,
              u"package.json"_s, u"tsconfig.json"_s, u"donkeylabs.config.ts"_s, u"src/x.tsx"_s,
              u"src/plugins/a/migrations/001.ts"_s, u".@donkeylabs/server/routes.ts"_s})
            QVERIFY2(isRelevant(state, path), qPrintable(path));
        for (const auto &path :
             {u"node_modules/x/index.ts"_s, u"README.md"_s, u".git/HEAD"_s, u"src/4913"_s, u"src/.a.ts.swp"_s,
              u"data/shop.db"_s, u"dist/index.js"_s, u".svelte-kit/x.ts"_s, u"src/node_modules/y.js"_s})
            QVERIFY2(!isRelevant(state, path), qPrintable(path));
    }
};

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
