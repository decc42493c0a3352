// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `tree` and `classify` read files, and run nothing of them: in a workspace where whatever could be run leaves a mark.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class TestRunsNothing final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_marks = m_dir.filePath(u"marks"_s);

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
    void workspace(const QString &folder, const QString &answer) const
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
        write(at(u"preload.ts"_s), marking(u"preload"_s));
        write(at(u"donkeylabs.config.ts"_s),
              marking(u"config"_s) + u"export default { plugins: [\"src/plugins/**/index.ts\"], outDir: (() => { "_s +
                  marking(u"outdir"_s).trimmed() + u" return \"out\"; })() };\n"_s);
        write(at(u"tsconfig.json"_s), u"{ \"compilerOptions\": { \"plugins\": [{ \"name\": \"./preload.ts\" }] } }"_s);
        write(at(u".env"_s), u"MARK=$(touch %1/env)\n"_s.arg(m_marks));
        write(at(u"src/index.ts"_s), u"import { AppServer } from \"@donkeylabs/server\";\n"
                                     "import { aPlugin } from \"./plugins/a\";\n"_s +
                                         marking(u"entry"_s) +
                                         u"const server = new AppServer({});\nserver.registerPlugin(aPlugin);\n"_s);
        write(at(u"src/plugins/a/index.ts"_s),
              u"import { createPlugin } from \"@donkeylabs/server\";\n"_s + marking(u"plugin"_s) +
                  u"export const aPlugin = createPlugin.define({ name: \"a\", service: () => { "_s +
                  marking(u"service"_s).trimmed() + u" return { answer: () => %1 }; } });\n"_s.arg(answer));
        write(at(u"src/plugins/a/migrations/001_a.ts"_s),
              marking(u"migration"_s) + u"export async function up() {}\n"_s);
        write(at(u"node_modules/@donkeylabs/server/package.json"_s),
              u"{ \"name\": \"@donkeylabs/server\", \"version\": \"1.0.0\", \"main\": \"index.js\" }"_s);
        write(at(u"node_modules/@donkeylabs/server/index.js"_s), marking(u"package"_s));
        for (const auto program : {"bun"_L1, "donkeylabs"_L1, "tsc"_L1, "node"_L1})
            write(at(u"node_modules/.bin/"_s + program), u"#!/bin/sh\ntouch %1/bin-%2\n"_s.arg(m_marks, program), true);
        for (const auto hook : {"post-checkout"_L1, "post-index-change"_L1, "fsmonitor-watchman"_L1})
            write(at(u".git/hooks/"_s + hook), u"#!/bin/sh\ntouch %1/hook\n"_s.arg(m_marks), true);
        write(at(u".git/config"_s), u"[core]\n\tfsmonitor = .git/hooks/fsmonitor-watchman\n"_s);
    }

    [[nodiscard]] QJsonObject run(const QStringList &arguments) const
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PATH"_s, m_dir.filePath(u"path"_s) + u':' + environment.value(u"PATH"_s));
        environment.insert(u"PADDOCK_BUN"_s, m_dir.filePath(u"path/bun"_s));
        environment.insert(u"PADDOCK_FALLBACK_BUN"_s, m_dir.filePath(u"path/bun"_s));
        for (const auto name : {"XDG_STATE_HOME"_L1, "XDG_CACHE_HOME"_L1, "XDG_DATA_HOME"_L1})
            environment.insert(name, m_dir.filePath(u"home"_s));
        environment.insert(u"XDG_RUNTIME_DIR"_s, m_dir.path());
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(PADDOCK_BINARY_DIR "/bin/paddockctl"), arguments);
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            qWarning("%d: %s", process.exitCode(), process.readAllStandardError().constData());
        return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    }

    [[nodiscard]] QStringList marks() const { return QDir(m_marks).entryList(QDir::Files); }

private Q_SLOTS:
    void initTestCase()
    {
        QDir(m_dir.path()).mkdir(u"marks"_s);
        workspace(u"before"_s, u"1"_s);
        workspace(u"after"_s, u"2"_s);
        for (const auto program : {"bun"_L1, "bunx"_L1, "node"_L1, "npm"_L1, "npx"_L1, "tsc"_L1, "git"_L1, "sh"_L1})
            write(u"path/"_s + program, u"#!/bin/bash\ntouch %1/path-%2\n"_s.arg(m_marks, program), true);
        // The marks work: a program of that PATH leaves one.
        QCOMPARE(QProcess::execute(m_dir.filePath(u"path/bun"_s)), 0);
        QCOMPARE(marks(), QStringList{u"path-bun"_s});
        QVERIFY(QFile::remove(m_marks + u"/path-bun"_s));
    }

    void tree()
    {
        const QJsonObject tree = run({u"-C"_s, m_dir.filePath(u"before"_s), u"tree"_s, u"--json"_s});
        QCOMPARE(tree["plugins"_L1].toArray().size(), 1);
        QCOMPARE(tree["migrations"_L1].toArray().size(), 1);
        QCOMPARE(marks(), QStringList());
    }

    void classify()
    {
        const QJsonObject result = run({u"classify"_s, u"--before"_s, m_dir.filePath(u"before"_s), u"--after"_s,
                                        m_dir.filePath(u"after"_s), u"--json"_s});
        const QJsonArray changes = result["changes"_L1].toArray();
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0]["kind"_L1].toString(), u"plugin-method"_s);
        QCOMPARE(marks(), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestRunsNothing)
#include "tst_runsnothing.moc"
