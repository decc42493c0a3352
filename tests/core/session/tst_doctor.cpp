// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/doctor.h"

#include "session/truststore.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock::session;
using namespace Qt::StringLiterals;
using State = Check::State;

class TestDoctor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QDir(m_folder->path()).mkdir(u"state"_s);
        qputenv("XDG_STATE_HOME", m_folder->filePath(u"state"_s).toLocal8Bit());
        write(u"package.json"_s, R"({"name": "x", "scripts": {"gen:types": "donkeylabs generate"},
                                     "dependencies": {"@donkeylabs/server": "2.5.1"}})");
        write(u"donkeylabs.config.ts"_s,
              "export default { plugins: [\"src/plugins/**/index.ts\"], outDir: \"gen\" };\n");
        write(u"src/index.ts"_s, "import { AppServer } from \"@donkeylabs/server\";\n"
                                 "import { users } from \"./plugins/users\";\n"
                                 "const server = new AppServer({});\nserver.registerPlugin(users);\n"
                                 "await server.start();\n");
        write(u"src/plugins/users/index.ts"_s, "import { createPlugin } from \"@donkeylabs/server\";\n"
                                               "export const users = createPlugin.define({ name: \"users\",\n"
                                               "  service: async () => ({ list: () => [] }) });\n");
        write(u"gen/registry.d.ts"_s, "interface Plugins { users: unknown }\n");
    }

    void generatedTypes()
    {
        QCOMPARE(check(u"types"_s).state, State::Ok);
        write(u"gen/registry.d.ts"_s, "interface Plugins { nobody: unknown }\n");
        QCOMPARE(check(u"types"_s).state, State::Warning);
        QVERIFY(check(u"types"_s).message.contains(u"users"_s));
        QCOMPARE(check(u"types"_s).action, u"generate-types"_s);
        QVERIFY(QFile::remove(path(u"gen/registry.d.ts"_s)));
        QVERIFY(check(u"types"_s).message.contains(u"missing"_s));
        write(u"gen/registry.d.ts"_s, "interface Plugins { users: unknown }\n");
        QFile code(path(u"src/plugins/users/index.ts"_s));
        QVERIFY(code.open(QIODevice::ReadWrite));
        QVERIFY(code.setFileTime(QDateTime::currentDateTime().addSecs(60), QFileDevice::FileModificationTime));
        code.close();
        QVERIFY(check(u"types"_s).message.contains(u"older"_s));
    }

    void generateThatFindsNoPlugin()
    {
        QCOMPARE(check(u"generate"_s).state, State::Ok);
        write(u"donkeylabs.config.ts"_s,
              "export default {\n  plugins: [\"./src/plugins/**/index.ts\"], outDir: \"gen\" };\n");
        const Check found = check(u"generate"_s);
        QCOMPARE(found.state, State::Failed);
        QVERIFY2(found.message.startsWith("donkeylabs.config.ts:2:"_L1), qPrintable(found.message));
        QVERIFY(!found.remedy.isEmpty());
    }

    void committedTypes()
    {
        QVERIFY(setTrusted(m_folder->path(), true));
        QCOMPARE(check(u"committed-types"_s).message, u"not a git repository"_s);
        git({u"init"_s, u"-q"_s});
        git({u"add"_s, u"-A"_s});
        git({u"commit"_s, u"-q"_s, u"-m"_s, u"one"_s});
        QCOMPARE(check(u"committed-types"_s).state, State::Ok);
        write(u"gen/registry.d.ts"_s, "interface Plugins { users: number }\n");
        const Check found = check(u"committed-types"_s);
        QCOMPARE(found.state, State::Warning);
        QVERIFY2(found.message.contains(u"gen/registry.d.ts"_s), qPrintable(found.message));
        // Both changed: they belong together.
        write(u"src/plugins/users/index.ts"_s, read(u"src/plugins/users/index.ts"_s) + "// more\n");
        QCOMPARE(check(u"committed-types"_s).state, State::Ok);
    }

    void settingsScriptsAndTrust()
    {
        QCOMPARE(check(u"settings"_s).state, State::Ok);
        write(u"paddock.toml"_s, "\nrestart = 3\n");
        QCOMPARE(check(u"settings"_s).state, State::Warning);
        QVERIFY(check(u"settings"_s).message.startsWith("paddock.toml:2:"_L1));
        QCOMPARE(check(u"scripts"_s).state, State::Ok);
        write(u"package.json"_s, R"({"name": "x", "dependencies": {"@donkeylabs/server": "2.5.1"}})");
        QCOMPARE(check(u"scripts"_s).state, State::Warning);
        QCOMPARE(check(u"trust"_s).action, u"trust"_s);
        QVERIFY(setTrusted(m_folder->path(), true));
        QCOMPARE(check(u"trust"_s).state, State::Ok);
        QCOMPARE(check(u"packages"_s).action, u"install"_s);
        QCOMPARE(check(u"disk"_s).state, State::Ok);
        QCOMPARE(check(u"processes"_s).state, State::Ok);
    }

    void frameworkVersions_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<State>("state");
        QTest::newRow("known") << u"2.5.1"_s << State::Ok;
        QTest::newRow("too old") << u"1.9.0"_s << State::Warning;
        QTest::newRow("next major") << u"3.0.0"_s << State::Warning;
    }

    void frameworkVersions()
    {
        QFETCH(QString, version);
        QFETCH(State, state);
        write(u"package.json"_s,
              "{\"name\": \"x\", \"dependencies\": {\"@donkeylabs/server\": \"" + version.toUtf8() + "\"}}");
        QCOMPARE(check(u"framework"_s).state, state);
    }

    void everyFaultHasARemedy()
    {
        QDir(path(u"src"_s)).removeRecursively();
        for (const Check &one : examine(m_folder->path()))
            if (one.state != State::Ok)
                QVERIFY2(!one.remedy.isEmpty(), qPrintable(one.id));
    }

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }

    void write(const QString &name, const QByteArray &text)
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QByteArray read(const QString &name)
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void git(const QStringList &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(m_folder->path());
        process.start(u"git"_s,
                      QStringList{u"-c"_s, u"user.name=Test"_s, u"-c"_s, u"user.email=test@example.org"_s} + arguments);
        QVERIFY(process.waitForFinished(20'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }

    Check check(const QString &id)
    {
        for (const Check &one : examine(m_folder->path()))
            if (one.id == id)
                return one;
        return {.id = u"none"_s, .state = State::Failed};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestDoctor)
#include "tst_doctor.moc"
