// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/project.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::workspace;

namespace {

/// A workspace from one text: "== path" begins a file.
void unpack(const QByteArray &text, const QString &root)
{
    QFile file;
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith("== ")) {
            file.close();
            file.setFileName(root + u'/' + QString::fromUtf8(line.sliced(3)));
            QDir().mkpath(QFileInfo(file.fileName()).path());
            QVERIFY(file.open(QIODevice::WriteOnly));
        } else if (file.isOpen()) {
            file.write(line + '\n');
        }
    }
}

QByteArray bytes(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A folder of the framework's checkout; empty: not at hand.
QString upstreamFolder(const QString &folder)
{
    const QString upstream = qEnvironmentVariable("PADDOCK_UPSTREAM");
    return !upstream.isEmpty() && QDir(upstream + folder).exists() ? upstream + folder : QString();
}

QString folder()
{
    return QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/discovery");
}

} // namespace

/// tests/fixtures/discovery: NAME.txt holds a workspace, NAME.json what `tree --json` says of it. With
/// PADDOCK_REFRESH_FIXTURES set the latter are written anew: read the difference before committing it.
class TestDiscovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixture_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString &name : QDir(folder()).entryList({u"*.txt"_s}, QDir::Files, QDir::Name))
            QTest::newRow(qPrintable(name)) << name.chopped(4);
        QTest::newRow("library") << u"library"_s;
    }
    void fixture()
    {
        QFETCH(QString, name);
        QTemporaryDir dir;
        QString root = dir.path();
        if (name == "library"_L1)
            root = QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/workspaces/library");
        else
            unpack("== package.json\n{ \"name\": \"" + name.toUtf8() +
                       "\", \"dependencies\": { \"@donkeylabs/server\": \"2.5.1\" } }\n" +
                       bytes(folder() + u'/' + name + u".txt"_s),
                   root);
        const auto state = readProject(root);
        QVERIFY2(state, state ? "" : qPrintable(state.error().message));
        QJsonObject json = toJson(describe(*state));
        QJsonObject workspace = json["workspace"_L1].toObject();
        workspace.remove("root"_L1); // differs from run to run
        json["workspace"_L1] = workspace;
        const QByteArray got = QJsonDocument(json).toJson();
        const QString expectedFile = folder() + u'/' + name + u".json"_s;
        if (qEnvironmentVariableIsSet("PADDOCK_REFRESH_FIXTURES")) {
            QFile file(expectedFile);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(got);
        }
        const QList<QByteArray> expected = bytes(expectedFile).split('\n'), lines = got.split('\n');
        for (qsizetype i = 0; i < std::max(expected.size(), lines.size()); ++i)
            QVERIFY2(expected.value(i) == lines.value(i),
                     QByteArray(expectedFile.toUtf8() + ':' + QByteArray::number(i + 1) + " says" + expected.value(i) +
                                "\n  but it is" + lines.value(i))
                         .constData());
    }

    /// The framework's own plugins, where its checkout is at hand: what reading finds beside what a plain search of the
    /// text finds.
    void upstreamPlugins()
    {
        const QString plugins = upstreamFolder(u"/packages/cli/plugins"_s);
        if (plugins.isEmpty())
            QSKIP("PADDOCK_UPSTREAM names no checkout of the framework");
        QTemporaryDir dir;
        unpack("== package.json\n{ \"dependencies\": { \"@donkeylabs/server\": \"*\" } }\n", dir.path());
        QDir(dir.path()).mkdir(u"src"_s);
        QVERIFY(QFile::link(plugins, dir.filePath(u"src/plugins"_s)));
        const auto state = readProject(dir.path());
        QVERIFY(state);
        const Workspace w = describe(*state);
        QCOMPARE(w.plugins.size(), QDir(plugins).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size());
        for (const Plugin &p : w.plugins) {
            const QString source = QString::fromUtf8(bytes(dir.filePath(p.file)));
            const QString definition = source.sliced(source.indexOf(".define("_L1));
            // Fields of the definition are indented by four spaces, what is in them by six.
            const auto block = [&](const QString &name) {
                const QRegularExpression field(u"\n    %1: [{(\\[][^\n]*(?:\n      [^\n]*|\n)*"_s.arg(name));
                return field.match(definition).captured();
            };
            const auto keys = [&](const QString &text) {
                static const QRegularExpression key(u"\n      \"?([\\w.]+)\"?:"_s);
                QStringList found;
                for (auto it = key.globalMatch(text); it.hasNext();)
                    found.append(it.next().captured(1));
                return found;
            };
            QCOMPARE(p.events, keys(block(u"events"_s)));
            QCOMPARE(p.errors, keys(block(u"customErrors"_s)));
            QCOMPARE(!p.middleware.isEmpty(), definition.contains("\n    middleware: "_L1));
            QCOMPARE(p.hasInit, definition.contains("\n    init: "_L1));
            const QString migrations = plugins + u'/' + p.name + u"/migrations"_s;
            QCOMPARE(p.migrations, QDir(migrations).entryList({u"*.ts"_s}, QDir::Files, QDir::Name));
            QVERIFY2(!p.methods.isEmpty(), qPrintable(p.name));
            for (const Method &m : p.methods) {
                QVERIFY2(m.signature.contains(u'('), qPrintable(m.signature));
                QVERIFY2(source.contains(QRegularExpression(u"\\b%1\\b"_s.arg(m.name))), qPrintable(m.name));
            }
        }
        for (const Diagnostic &d : w.diagnostics)
            QVERIFY2(d.severity != "error"_L1, qPrintable(d.file + d.message));
    }

    /// Its templates and its trial app: every .route("…") that their text holds is there.
    void upstreamApps_data()
    {
        QTest::addColumn<QString>("folder");
        for (const auto folder : {"templates/starter"_L1, "templates/sveltekit-app"_L1, "test-app"_L1})
            QTest::newRow(folder.data()) << u"/packages/cli/"_s + folder;
    }
    void upstreamApps()
    {
        QFETCH(QString, folder);
        const QString path = upstreamFolder(folder);
        if (path.isEmpty())
            QSKIP("PADDOCK_UPSTREAM names no checkout of the framework, or it has no such folder");
        QTemporaryDir dir;
        unpack("== package.json\n{ \"dependencies\": { \"@donkeylabs/server\": \"*\" } }\n", dir.path());
        QVERIFY(QFile::link(path + u"/src"_s, dir.filePath(u"src"_s)));
        const auto state = readProject(dir.path());
        QVERIFY(state);
        const Workspace w = describe(*state);
        QStringList expected, found;
        static const QRegularExpression route(u"\\.route\\(\"([^\"]+)\"\\)"_s);
        QDirIterator it(path + u"/src"_s, {u"*.ts"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString text = QString::fromUtf8(bytes(it.next()));
            for (auto match = route.globalMatch(text); match.hasNext();)
                expected.append(match.next().captured(1));
        }
        for (const Route &r : w.routes)
            found.append(r.name.section(u'.', 1));
        expected.sort();
        found.sort();
        QCOMPARE(found, expected);
        for (const Diagnostic &d : w.diagnostics)
            QVERIFY2(d.severity != "error"_L1, qPrintable(d.file + d.message));
    }

    /// The sample workspace of the repository.
    void sample()
    {
        const QString path = QStringLiteral(PADDOCK_SOURCE_DIR "/resources/sample");
        if (!QFile::exists(path + u"/src/index.ts"_s))
            QSKIP("the sample is not there yet");
        const auto state = readProject(path);
        QVERIFY(state);
        const Workspace w = describe(*state);
        QVERIFY(w.plugins.size() >= 6);
        QVERIFY(w.routes.size() >= 12);
        QCOMPARE(w.entry, u"src/index.ts"_s);
        for (const Diagnostic &d : w.diagnostics)
            QVERIFY2(d.severity == "info"_L1, qPrintable(d.file + u": "_s + d.message));
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
