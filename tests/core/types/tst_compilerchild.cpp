// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/processinfo.h"
#include "types/compilerchild.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::types;

class TstCompilerChild final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        write(u"tsconfig.json"_s, R"({"compilerOptions":{"strict":true,"types":[],"lib":["ESNext"],"noEmit":true}})");
        write(u"src/a.ts"_s, "export function greet(name: string): string {\n  return name;\n}\n");
        write(u"src/b.ts"_s, "import { greet } from \"./a\";\nexport const hello = greet(\"you\");\nexport const "
                             "wrong: number = \"text\";\n");
        // Would be run if the child were started where the workspace is.
        write(u"bunfig.toml"_s, "preload = [\"./preload.ts\"]\n");
        write(u"preload.ts"_s, "require(\"fs\").writeFileSync(import.meta.dir + \"/ran\", \"\");\n");
    }

    void readsReferencesAndProblems()
    {
        CompilerChild child(options());
        const auto references = child.request(u"references"_s, {{u"file"_s, u"src/a.ts"_s}, {u"offset"_s, 17}}).result;
        QTRY_VERIFY_WITH_TIMEOUT(references.isFinished(), 60'000);
        QVERIFY2(references.result().has_value(), qPrintable(said(references.result())));
        const QJsonArray uses = references.result()->value("references"_L1).toArray();
        QVERIFY2(
            std::ranges::any_of(
                uses, [](const QJsonValue &use) { return use["file"_L1] == "src/b.ts"_L1 && use["line"_L1] == 2; }),
            qPrintable(QString::fromUtf8(QJsonDocument(uses).toJson())));
        const auto problems = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(problems.isFinished(), 60'000);
        const QJsonArray found = problems.result()->value("problems"_L1).toArray();
        QVERIFY(std::ranges::any_of(found, [](const QJsonValue &problem) {
            return problem["file"_L1] == "src/b.ts"_L1 && problem["line"_L1] == 3 && problem["code"_L1] == 2322;
        }));
        QCOMPARE(child.starts(), 1);
        QVERIFY(child.compiler().startsWith("typescript 7"_L1));
        QVERIFY(child.memory() > 0);
        QVERIFY2(!QFile::exists(m_folder->filePath(u"ran"_s)), "the workspace's code was run");
    }

    /// A request that came before or meanwhile is answered afterwards.
    void standsStillWhileSuspended()
    {
        CompilerChild child(options());
        const auto first = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(first.isFinished(), 60'000);
        const auto own = [&child] {
            QList<process::ProcessInfo> all = process::allProcesses();
            all.removeIf([&child](const process::ProcessInfo &info) { return info.session != child.pid(); });
            return all;
        };
        QVERIFY(own().size() >= 2); // the child and its compiler
        child.setSuspended(true);
        const auto waiting = child.request(u"check"_s, {}).result;
        QTRY_VERIFY(std::ranges::all_of(own(), [](const process::ProcessInfo &info) { return info.state == 'T'; }));
        QVERIFY(!waiting.isFinished());
        child.setSuspended(false);
        QTRY_VERIFY_WITH_TIMEOUT(waiting.isFinished(), 60'000);
        QVERIFY2(waiting.result().has_value(), qPrintable(said(waiting.result())));
        QCOMPARE(child.starts(), 1);
    }

    void nothingSurvivesIt()
    {
        QList<qint64> pids;
        {
            CompilerChild child(options());
            const auto answer = child.request(u"check"_s, {}).result;
            QTRY_VERIFY_WITH_TIMEOUT(answer.isFinished(), 60'000);
            for (const process::ProcessInfo &info : process::allProcesses())
                if (info.session == child.pid())
                    pids << info.pid;
            QVERIFY(pids.size() >= 2); // the child and its compiler
        }
        for (const qint64 pid : std::as_const(pids))
            QTRY_VERIFY_WITH_TIMEOUT(!process::processInfo(pid) || process::processInfo(pid)->isZombie(), 20'000);
    }

    void startsAgainAfterACrash()
    {
        CompilerChild child(options());
        const auto first = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(first.isFinished(), 60'000);
        const qint64 pid = child.pid();
        const auto lost = child.request(u"check"_s, {}).result;
        ::kill(pid_t(pid), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(lost.isFinished(), 60'000);
        const auto again = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(again.isFinished(), 60'000);
        QVERIFY2(again.result().has_value(), qPrintable(said(again.result())));
        QCOMPARE(child.starts(), 2);
    }

    void cancels()
    {
        CompilerChild child(options());
        const auto one = child.request(u"check"_s, {});
        const auto two = child.request(u"check"_s, {});
        child.cancel(two.id);
        QVERIFY(two.result.isFinished());
        QCOMPARE(two.result.result().error().code, u"cancelled"_s);
        QTRY_VERIFY_WITH_TIMEOUT(one.result.isFinished(), 60'000);
        QVERIFY(one.result.result().has_value());
        const auto three = child.request(u"check"_s, {});
        child.stop();
        QCOMPARE(three.result.result().error().code, u"cancelled"_s);
        QCOMPARE(child.pid(), 0);
    }

    void whatNobodyWaitsForGivesWay()
    {
        CompilerChild child(options());
        const auto aside = child.requestAside(u"check"_s, {});
        const auto wanted = child.request(u"check"_s, {});
        QVERIFY(aside.result.isFinished());
        QCOMPARE(aside.result.result().error().code, u"cancelled"_s);
        QTRY_VERIFY_WITH_TIMEOUT(wanted.result.isFinished(), 60'000);
        QVERIFY(wanted.result.result().has_value());
        const auto alone = child.requestAside(u"check"_s, {});
        QTRY_VERIFY_WITH_TIMEOUT(alone.result.isFinished(), 60'000);
        QVERIFY(alone.result.result().has_value());
    }

    void tooMuchMemory()
    {
        ChildOptions small = options();
        small.memoryLimit = 1;
        CompilerChild child(small);
        for (int i = 0; i < 2; ++i) {
            const auto answer = child.request(u"references"_s, {{u"file"_s, u"src/a.ts"_s}, {u"offset"_s, 17}}).result;
            QTRY_VERIFY_WITH_TIMEOUT(answer.isFinished(), 60'000);
        }
        QVERIFY(child.starts() >= 2);
    }

    void withoutACompiler()
    {
        ChildOptions none = options();
        none.compilers.clear();
        none.compilerProblem = u"TypeScript 5.1.3 is too old to compare types; 5.4 or later can."_s;
        CompilerChild child(none);
        const auto answer = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(answer.isFinished(), 20'000);
        QCOMPARE(answer.result().error().code, u"no-compiler"_s);
        QVERIFY(answer.result().error().message.contains(u"5.1.3"_s));
        QVERIFY(!answer.result().error().remedy.isEmpty());
        QCOMPARE(child.starts(), 0);
    }

    void aCompilerThatCannotBeLoaded()
    {
        write(u"node_modules/typescript/package.json"_s, R"({"name":"typescript","version":"5.9.3"})");
        ChildOptions broken = options();
        broken.compilers = {{Compiler::Kind::Classic, m_folder->filePath(u"node_modules/typescript"_s), u"5.9.3"_s}};
        CompilerChild child(broken);
        const auto answer = child.request(u"check"_s, {}).result;
        QTRY_VERIFY_WITH_TIMEOUT(answer.isFinished(), 60'000);
        QCOMPARE(answer.result().error().code, u"no-compiler"_s);
        QVERIFY(!answer.result().error().detail.isEmpty());
    }

    void choosesACompiler()
    {
        const auto own = [&](const QByteArray &version) {
            write(u"node_modules/typescript/package.json"_s, "{\"version\":\"" + version + "\"}");
        };
        qputenv("PADDOCK_TYPESCRIPT", "none");
        QString tooOld;
        own("5.1.3");
        QVERIFY(findCompilers(m_folder->path(), true, &tooOld).isEmpty());
        QVERIFY(tooOld.contains(u"5.1.3"_s));
        own("5.4.0");
        QVERIFY(findCompilers(m_folder->path(), false).isEmpty()); // code of the workspace: not before it is trusted
        QCOMPARE(findCompilers(m_folder->path(), true).value(0).kind, Compiler::Kind::Classic);
        own("7.0.2");
        QCOMPARE(findCompilers(m_folder->path(), true).value(0).kind, Compiler::Kind::Native);
        qunsetenv("PADDOCK_TYPESCRIPT");
        QCOMPARE(findCompilers(m_folder->path(), true).size(), 2);
    }

private:
    ChildOptions options() const
    {
        ChildOptions result{.root = m_folder->path(),
                            .bun = qEnvironmentVariable("PADDOCK_FALLBACK_BUN"),
                            .framework = u"@donkeylabs/server"_s};
        result.compilers = findCompilers(m_folder->path(), false);
        result.registryFolder = m_folder->filePath(u"registry"_s);
        return result;
    }

    void write(const QString &path, const QByteArray &text) const
    {
        const QString file = m_folder->filePath(path);
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }

    static QString said(const Result<QJsonObject> &answer)
    {
        return answer ? QString() : answer.error().message + u' ' + answer.error().detail;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TstCompilerChild)
#include "tst_compilerchild.moc"
