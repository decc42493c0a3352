// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `tree` and `classify` read files, and run nothing of them: seen call by call, in a workspace where whatever could be
// run leaves a mark, and which nobody has trusted.
#include "support/calltrace.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <array>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using paddock::test::CallTrace;

namespace {

const auto Paddockctl = QStringLiteral(PADDOCK_BINARY_DIR "/bin/paddockctl");

/// What this test does itself when it is told to: each of it must be caught.
int misbehave(const QByteArray &how, const char *file)
{
    std::array<char *, 2> nothing{const_cast<char *>("true"), nullptr};
    if (how == "fork") {
        if (const pid_t child = fork(); child == 0)
            _exit(0);
        else
            waitpid(child, nullptr, 0);
    } else if (how == "fork-of-a-thread") {
        std::thread([] {
            if (const pid_t child = fork(); child == 0)
                _exit(0);
            else
                waitpid(child, nullptr, 0);
        }).join();
    } else if (how == "spawn") {
        pid_t child = 0;
        if (posix_spawn(&child, "/bin/true", nullptr, nullptr, nothing.data(), environ) == 0)
            waitpid(child, nullptr, 0);
    } else if (how == "exec") {
        execve("/bin/true", nothing.data(), environ);
    } else if (how == "exec-of-nothing") {
        execve(file, nothing.data(), environ);
    } else if (how == "overwrite") {
        close(open(file, O_WRONLY));
    } else if (how == "make") {
        close(open(QByteArray(QByteArray(file) + ".new").constData(), O_CREAT | O_RDONLY, 0600));
    } else if (how == "remove") {
        unlink(file);
    } else if (how == "change-mode") {
        chmod(file, 0700);
    } else if (how == "load") {
        dlopen(file, RTLD_NOW);
    } else if (how == "connect") {
        close(socket(AF_INET, SOCK_STREAM, 0));
    } else if (how == "name-service") {
        close(socket(AF_INET6, SOCK_DGRAM, 0));
    } else if (how == "ring") {
        syscall(SYS_io_uring_setup, 1, nullptr);
    } else if (how == "thread") {
        std::thread([] {}).join();
    } else if (how == "read") {
        close(open(file, O_RDONLY));
    } else {
        return 1;
    }
    return 0;
}

} // namespace

class TestRunsNothing final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_marks = m_dir.filePath(u"marks"_s);
    QStringList m_workspaces{m_dir.filePath(u"before"_s), m_dir.filePath(u"between"_s), m_dir.filePath(u"after"_s)};

    void write(const QString &path, const QString &text, bool program = false) const
    {
        const QString file = m_dir.filePath(path);
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text.toUtf8());
        out.close();
        if (program)
            QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    [[nodiscard]] QString marking(const QString &who) const
    {
        return u"require(\"fs\").writeFileSync(\"%1/%2\", \"\");\n"_s.arg(m_marks, who);
    }

    /// A workspace below `folder` in which everything that a tool might run leaves a mark.
    void workspace(const QString &folder, const QString &answer, const QString &greeting) const
    {
        const auto at = [&](const QString &path) { return folder + u'/' + path; };
        QJsonObject scripts;
        for (const auto script : {"preinstall"_L1, "install"_L1, "postinstall"_L1, "prepare"_L1, "dev"_L1, "start"_L1,
                                  "gen:types"_L1, "test"_L1})
            scripts.insert(script, u"touch %1/script"_s.arg(m_marks));
        write(at(u"package.json"_s),
              QString::fromUtf8(
                  QJsonDocument(QJsonObject{{u"name"_s, u"marked"_s},
                                            {u"scripts"_s, scripts},
                                            {u"dependencies"_s, QJsonObject{{u"@donkeylabs/server"_s, u"1"_s}}}})
                      .toJson()));
        write(at(u"bunfig.toml"_s), u"preload = [\"./preload.ts\"]\n[test]\npreload = [\"./preload.ts\"]\n"_s);
        write(at(u"paddock.toml"_s), u"[commands]\nmark = \"touch %1/command\"\n"_s.arg(m_marks));
        write(at(u"preload.ts"_s), marking(u"preload"_s));
        write(at(u"donkeylabs.config.ts"_s),
              marking(u"config"_s) + u"export default { plugins: [\"src/plugins/**/index.ts\"], outDir: (() => { "_s +
                  marking(u"outdir"_s).trimmed() + u" return \"out\"; })() };\n"_s);
        write(at(u"tsconfig.json"_s), u"{ \"compilerOptions\": { \"plugins\": [{ \"name\": \"./preload.ts\" }] } }"_s);
        write(at(u".env"_s), u"DATABASE_URL=app.db\nMARK=$(touch %1/env)\n"_s.arg(m_marks));
        write(at(u"src/index.ts"_s),
              u"import { AppServer } from \"@donkeylabs/server\";\n"
              "import { aPlugin } from \"./plugins/a\";\nimport { router } from \"./routes\";\n"_s +
                  marking(u"entry"_s) +
                  u"const server = new AppServer({});\nserver.registerPlugin(aPlugin);\n"
                  "server.use(router);\n"_s);
        write(at(u"src/plugins/a/index.ts"_s),
              u"import { createPlugin } from \"@donkeylabs/server\";\n"_s + marking(u"plugin"_s) +
                  u"export const aPlugin = createPlugin.define({ name: \"a\", service: () => { "_s +
                  marking(u"service"_s).trimmed() + u" return { answer: () => %1 }; } });\n"_s.arg(answer));
        write(at(u"src/routes.ts"_s),
              u"import { createRouter } from \"@donkeylabs/server\";\n"
              "export const router = createRouter(\"api\");\n"
              "router.route(\"greet\").typed({ handle: async () => { %1 return \"%2\"; } });\n"_s.arg(
                  marking(u"route"_s).trimmed(), greeting));
        write(at(u"src/plugins/a/migrations/001_a.ts"_s),
              marking(u"migration"_s) + u"export async function up() {}\n"_s);
        write(at(u"node_modules/@donkeylabs/server/package.json"_s),
              u"{ \"name\": \"@donkeylabs/server\", \"version\": \"1.0.0\", \"main\": \"index.js\" }"_s);
        write(at(u"node_modules/@donkeylabs/server/index.js"_s), marking(u"package"_s));
        for (const auto program : {"bun"_L1, "donkeylabs"_L1, "tsc"_L1, "node"_L1})
            write(at(u"node_modules/.bin/"_s + program), u"#!/bin/sh\ntouch %1/bin-%2\n"_s.arg(m_marks, program), true);
        // Files that are none: whoever opens the one waits for a writer, whoever reads the other never ends.
        QVERIFY(mkfifo(QFile::encodeName(m_dir.filePath(at(u"src/plugins/a/pipe.ts"_s))).constData(), 0600) == 0);
        QVERIFY(QFile::link(u"/dev/zero"_s, m_dir.filePath(at(u"src/plugins/a/zero.ts"_s))));
        QVERIFY(QFile::link(u".."_s, m_dir.filePath(at(u"src/plugins/a/up"_s))));
        repository(folder);
        database(folder);
    }

    /// One whose every git command, were it started, would run something.
    void repository(const QString &folder) const
    {
        const auto at = [&](const QString &path) { return folder + u'/' + path; };
        const QString program = m_dir.filePath(at(u".git/hooks/fsmonitor-watchman"_s));
        for (const auto hook : {"post-checkout"_L1, "post-index-change"_L1, "pre-commit"_L1, "fsmonitor-watchman"_L1})
            write(at(u".git/hooks/"_s + hook), u"#!/bin/sh\ntouch %1/hook-%2\n"_s.arg(m_marks, hook), true);
        write(at(u".git/config"_s),
              u"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = %1\n\thooksPath = .git/hooks\n\tpager = %1\n"
              "\tsshCommand = %1\n\teditor = %1\n\tgitProxy = %1\n[diff]\n\texternal = %1\n[diff \"x\"]\n\ttextconv = "
              "%1\n"
              "\tcommand = %1\n[filter \"x\"]\n\tclean = %1\n\tsmudge = %1\n\tprocess = %1\n\trequired = true\n"
              "[log]\n\tshowSignature = true\n[gpg]\n\tprogram = %1\n[alias]\n\tstatus = !%1\n\tdiff = !%1\n"
              "[credential]\n\thelper = !%1\n[include]\n\tpath = /dev/zero\n"_s.arg(program));
        write(at(u".gitattributes"_s), u"* diff=x filter=x\n"_s);
        write(at(u".git/HEAD"_s), u"ref: refs/heads/main\n"_s);
        for (const auto part : {".git/objects"_L1, ".git/refs/heads"_L1})
            QVERIFY(QDir(m_dir.path()).mkpath(at(part)));
    }

    /// The database that .env names, with what the framework records in it, and with a write-ahead log: whoever opens
    /// such a one as one does makes files beside it.
    void database(const QString &folder) const
    {
        {
            QSqlDatabase db = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"marked"_s);
            db.setDatabaseName(m_dir.filePath(folder + u"/app.db"_s));
            QVERIFY(db.open());
            QSqlQuery query(db);
            for (const auto sql :
                 {"pragma journal_mode = wal"_L1,
                  "create table __donkeylabs_migrations__ (id integer primary key autoincrement, plugin_name text not "
                  "null, migration_name text not null, executed_at text default CURRENT_TIMESTAMP)"_L1,
                  "insert into __donkeylabs_migrations__ (plugin_name, migration_name) values ('a', '001_a.ts')"_L1})
                QVERIFY2(query.exec(sql), sql.data());
        }
        QSqlDatabase::removeDatabase(u"marked"_s);
    }

    [[nodiscard]] QProcessEnvironment environment() const
    {
        auto result = QProcessEnvironment::systemEnvironment();
        result.insert(u"PATH"_s, m_dir.filePath(u"path"_s) + u':' + result.value(u"PATH"_s));
        result.insert(u"PADDOCK_BUN"_s, m_dir.filePath(u"path/bun"_s));
        result.insert(u"PADDOCK_FALLBACK_BUN"_s, m_dir.filePath(u"path/bun"_s));
        for (const auto name : {"XDG_STATE_HOME"_L1, "XDG_CACHE_HOME"_L1, "XDG_DATA_HOME"_L1})
            result.insert(name, m_dir.filePath(u"home"_s));
        result.insert(u"XDG_RUNTIME_DIR"_s, m_dir.path());
        result.remove(u"DATABASE_URL"_s);
        // The leak sanitizer would trace the program itself at its end, which only one can do.
        result.insert(u"ASAN_OPTIONS"_s, result.value(u"ASAN_OPTIONS"_s) + u":detect_leaks=0"_s);
        return result;
    }

    [[nodiscard]] QStringList marks() const { return QDir(m_marks).entryList(QDir::Files); }

    /// Whatever shows that a file or folder of the workspaces was touched.
    [[nodiscard]] QMap<QString, QString> files() const
    {
        QMap<QString, QString> result;
        for (const QString &folder : m_workspaces) {
            QStringList paths{folder};
            QDirIterator it(folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                            QDirIterator::Subdirectories);
            while (it.hasNext())
                paths.append(it.next());
            for (const QString &path : std::as_const(paths)) {
                struct stat s = {};
                if (lstat(QFile::encodeName(path).constData(), &s) == 0)
                    result[path] = u"%1 %2 %3 %4.%5 %6.%7"_s.arg(s.st_ino)
                                       .arg(s.st_mode)
                                       .arg(s.st_size)
                                       .arg(s.st_mtim.tv_sec)
                                       .arg(s.st_mtim.tv_nsec)
                                       .arg(s.st_ctim.tv_sec)
                                       .arg(s.st_ctim.tv_nsec);
            }
        }
        return result;
    }

    struct Run
    {
        CallTrace trace;
        QStringList offences; ///< all that a program which only reads does not do; empty: none of it
    };

    [[nodiscard]] Run run(const QString &program, const QStringList &arguments) const
    {
        return run(program, arguments, environment());
    }
    [[nodiscard]] Run run(const QString &program, const QStringList &arguments,
                          const QProcessEnvironment &variables) const
    {
        const QMap<QString, QString> earlier = files();
        Run result{paddock::test::traceCalls(program, arguments, variables), {}};
        const CallTrace &trace = result.trace;
        QStringList &offences = result.offences;
        const auto inWorkspace = [this](const QString &path) {
            const QString real = QFileInfo(path).exists() ? QFileInfo(path).canonicalFilePath() : QDir::cleanPath(path);
            return std::ranges::any_of(m_workspaces, [&](const QString &root) {
                return real.startsWith(QFileInfo(root).canonicalFilePath() + u'/');
            });
        };
        if (!trace.problem.isEmpty())
            offences.append(u"not traced: "_s + trace.problem);
        if (trace.processes > 0)
            offences.append(u"started %1 processes"_s.arg(trace.processes));
        if (trace.executed != QStringList{program})
            offences.append(u"executed "_s + trace.executed.join(u", "_s));
        for (const QString &path : trace.written)
            if (inWorkspace(path))
                offences.append(u"opened to write "_s + path);
        for (const QString &path : trace.code)
            if (inWorkspace(path))
                offences.append(u"loaded "_s + path);
        for (const QString &family : trace.sockets)
            offences.append(u"socket "_s + family);
        for (const QString &call : trace.unseen)
            offences.append(u"out of sight: "_s + call);
        if (const QMap<QString, QString> now = files(); now != earlier) {
            for (const QString &path : now.keys() + earlier.keys())
                if (now.value(path) != earlier.value(path) && !offences.contains(u"changed "_s + path))
                    offences.append(u"changed "_s + path);
        }
        return result;
    }

    [[nodiscard]] static QJsonObject json(const CallTrace &trace)
    {
        if (trace.exitCode != 0)
            qWarning("%d: %s", trace.exitCode, trace.errors.constData());
        return QJsonDocument::fromJson(trace.output).object();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QDir(m_dir.path()).mkdir(u"marks"_s);
        workspace(u"before"_s, u"1"_s, u"hello"_s);
        workspace(u"between"_s, u"2"_s, u"hello"_s);
        workspace(u"after"_s, u"2"_s, u"hi"_s);
        for (const auto program : {"bun"_L1, "bunx"_L1, "node"_L1, "npm"_L1, "npx"_L1, "tsc"_L1, "git"_L1, "sh"_L1})
            write(u"path/"_s + program, u"#!/bin/bash\ntouch %1/path-%2\n"_s.arg(m_marks, program), true);
        write(u"before/fragile.bin"_s, u"text"_s);
    }

    /// The tracer sees what is done, whoever does it and in whatever way.
    void caught_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("offence");
        const auto row = [](const char *how, const QString &offence) {
            QTest::newRow(how) << QString::fromLatin1(how) << offence;
        };
        row("fork", u"started 1 processes"_s);
        row("fork-of-a-thread", u"started 1 processes"_s);
        row("spawn", u"executed SELF, /bin/true"_s);
        row("exec", u"executed SELF, /bin/true"_s);
        row("exec-of-nothing", u"executed SELF, FILE"_s);
        row("overwrite", u"opened to write FILE"_s);
        row("make", u"opened to write FILE.new"_s);
        row("change-mode", u"changed FILE"_s);
        row("load", u"loaded FILE"_s);
        row("remove", u"changed FILE"_s);
        row("connect", u"socket AF_INET"_s);
        row("name-service", u"socket AF_INET6"_s);
        row("ring", u"out of sight: io_uring_setup"_s);
        row("thread", QString());
        row("read", QString());
    }
    void caught()
    {
        QFETCH(QString, how);
        QFETCH(QString, offence);
        const QString self = QCoreApplication::applicationFilePath();
        const QString file = m_dir.filePath(u"before/fragile.bin"_s);
        if (how == "load"_L1) { // a library that lies in the workspace: one that this program has loaded
            Dl_info info = {};
            QVERIFY(dladdr(reinterpret_cast<void *>(&QCoreApplication::applicationFilePath), &info) != 0);
            QVERIFY(QFile::remove(file));
            QVERIFY(QFile::copy(QFile::decodeName(info.dli_fname), file));
        } else if (how != "exec-of-nothing"_L1) {
            write(u"before/fragile.bin"_s, u"text"_s);
        }
        const Run result = run(self, {u"--misbehave"_s, how, file});
        QCOMPARE(result.trace.problem, QString());
        QCOMPARE(result.trace.exitCode, 0);
        if (offence.isEmpty())
            QCOMPARE(result.offences.join(u'\n'), QString());
        else
            QVERIFY2(result.offences.contains(offence.replace("SELF"_L1, self).replace("FILE"_L1, file)),
                     qPrintable(result.offences.join(u'\n')));
    }

    /// So is the real program, with a command that does start something: that of the user, here.
    void anotherCommandIsCaught()
    {
        const Run result = run(Paddockctl, {u"-C"_s, m_dir.filePath(u"before"_s), u"doctor"_s, u"--json"_s});
        QCOMPARE(result.trace.problem, QString());
        QVERIFY2(result.trace.processes > 0, result.trace.errors.constData());
        QVERIFY2(result.trace.executed.contains(m_dir.filePath(u"path/bun"_s)),
                 qPrintable(result.trace.executed.join(u'\n')));
        QVERIFY2(marks().contains(u"path-bun"_s), qPrintable(marks().join(u' ')));
        for (const QString &mark : marks())
            QVERIFY(QFile::remove(m_marks + u'/' + mark));
    }

    /// It starts neither the bun that such a workspace brings along nor git, whose filters its repository names.
    void doctorRunsNothingOfItsOwn()
    {
        QProcessEnvironment variables = environment();
        variables.remove(u"PADDOCK_BUN"_s);
        const Run result = run(Paddockctl, {u"-C"_s, m_dir.filePath(u"before"_s), u"doctor"_s, u"--json"_s}, variables);
        QCOMPARE(result.trace.processes, 0);
        QCOMPARE(result.trace.executed, QStringList{Paddockctl});
        QCOMPARE(marks(), QStringList());
        QVERIFY2(result.trace.output.contains("node_modules/.bin/bun"), result.trace.output.constData());
    }

    void isNotTrusted()
    {
        const CallTrace trace =
            paddock::test::traceCalls(Paddockctl, {u"-C"_s, m_dir.filePath(u"before"_s), u"dev"_s}, environment());
        QCOMPARE(trace.exitCode, 5);
    }

    void tree_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("for people") << QStringList();
        QTest::newRow("json") << QStringList{u"--json"_s};
    }
    void tree()
    {
        QFETCH(QStringList, options);
        const Run result = run(Paddockctl, QStringList{u"-C"_s, m_dir.filePath(u"before"_s), u"tree"_s} + options);
        QCOMPARE(result.offences.join(u'\n'), QString());
        QCOMPARE(marks(), QStringList());
        if (options.isEmpty()) {
            QVERIFY2(result.trace.output.contains("api.greet"), result.trace.output.constData());
            return;
        }
        const QJsonObject tree = json(result.trace);
        QCOMPARE(tree["plugins"_L1].toArray().size(), 1);
        QCOMPARE(tree["routes"_L1].toArray().size(), 1);
        QCOMPARE(tree["migrations"_L1].toArray().size(), 1);
        QCOMPARE(tree["migrations"_L1].toArray()[0]["state"_L1].toString(), u"applied"_s); // the database was read
    }

    void classify_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QStringList>("kinds");
        QTest::newRow("several files") << u"before"_s << QStringList{u"plugin-method"_s, u"route-handler"_s};
        QTest::newRow("one file") << u"between"_s << QStringList{u"route-handler"_s};
        QTest::newRow("nothing") << u"after"_s << QStringList();
    }
    void classify()
    {
        QFETCH(QString, before);
        QFETCH(QStringList, kinds);
        for (const QStringList &options : {QStringList{u"--json"_s}, QStringList()}) {
            const Run result = run(Paddockctl, QStringList{u"classify"_s, u"--before"_s, m_dir.filePath(before),
                                                           u"--after"_s, m_dir.filePath(u"after"_s)} +
                                                   options);
            QCOMPARE(result.offences.join(u'\n'), QString());
            QCOMPARE(marks(), QStringList());
            QCOMPARE(result.trace.exitCode, 0);
            if (options.isEmpty())
                continue;
            QStringList found;
            for (const QJsonValue &change : json(result.trace)["changes"_L1].toArray())
                found.append(change["kind"_L1].toString());
            found.sort();
            QCOMPARE(found, kinds);
        }
    }
};

int main(int argc, char *argv[])
{
    if (argc == 4 && std::strcmp(argv[1], "--misbehave") == 0)
        return misbehave(argv[2], argv[3]);
    QCoreApplication application(argc, argv);
    TestRunsNothing test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_runsnothing.moc"
