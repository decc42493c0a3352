// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is known of a workspace's types from its files alone: on a copy of the sample's sources.
#include "types/impact.h"
#include "types/reader.h"
#include "types/sources.h"
#include "types/staleness.h"
#include "workspace/project.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::types;

class TstTypeSources final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        const QDir sample(QStringLiteral(PADDOCK_SOURCE_DIR) + u"/resources/sample"_s);
        for (const auto &part : {u"src"_s, u".@donkeylabs"_s}) {
            QDirIterator it(sample.filePath(part), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
            while (it.hasNext())
                copy(it.next(), sample);
        }
        for (const auto &file : {u"package.json"_s, u"tsconfig.json"_s, u"donkeylabs.config.ts"_s})
            copy(sample.filePath(file), sample);
    }

    void findsWhatToAskTheCompiler()
    {
        const Sources sources = sourcesOf(read());
        QStringList plugins;
        for (const PluginSource &plugin : sources.plugins)
            plugins << plugin.name + u' ' + plugin.exportName + u' ' + plugin.parts.join(u',');
        plugins.sort();
        QVERIFY2(plugins.contains(u"pricing pricingPlugin service"_s), qPrintable(plugins.join(u'\n')));
        QVERIFY2(plugins.contains(u"orders ordersPlugin service,schema"_s), qPrintable(plugins.join(u'\n')));
        QVERIFY2(plugins.contains(u"catalog catalogPlugin service,schema,errors"_s), qPrintable(plugins.join(u'\n')));
        QCOMPARE(sources.routesFile, u".@donkeylabs/server/routes.ts"_s);
        QCOMPARE(sources.eventsFile, u".@donkeylabs/server/events.ts"_s);
        QVERIFY(sources.generatedFiles.contains(u".@donkeylabs/server/registry.d.ts"_s));
        QCOMPARE(sources.places.value(u"plugin pricing.quote"_s).file, u"src/plugins/pricing/index.ts"_s);
        QVERIFY(sources.places.value(u"plugin pricing.quote"_s).line > 0);
    }

    void exports_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        const QString head = u"import { createPlugin } from \"@donkeylabs/server\";\n"_s;
        const QString plugin = u"createPlugin.define({ name: \"extra\", service: () => ({ a: 1 }) })"_s;
        QTest::newRow("constant") << QString(head + u"export const one = 1;\nexport const extra = "_s + plugin + u";"_s)
                                  << u"extra"_s;
        QTest::newRow("default") << QString(head + u"export default "_s + plugin + u";"_s) << u"default"_s;
        QTest::newRow("default, by name")
            << QString(head + u"const extra = "_s + plugin + u";\nexport default extra;"_s) << u"default"_s;
        QTest::newRow("renamed") << QString(head + u"const p = "_s + plugin + u";\nexport { p as extraPlugin };"_s)
                                 << u"extraPlugin"_s;
        QTest::newRow("not exported") << QString(head + u"const p = "_s + plugin + u";"_s) << u""_s;
    }

    void exports()
    {
        QFETCH(QString, text);
        QFETCH(QString, name);
        write(u"src/plugins/extra/index.ts"_s, text);
        const Sources sources = sourcesOf(read());
        const auto it = std::ranges::find(sources.plugins, u"extra"_s, &PluginSource::name);
        QVERIFY(it != sources.plugins.end());
        QCOMPARE(it->exportName, name);
        const Snapshot snapshot = composeSnapshot(sources, QJsonObject{}, std::nullopt);
        QVERIFY(snapshot.unknown.contains(u"plugin extra"_s)); // an answer without it is no removal of it
    }

    void withoutACompiler()
    {
        const Snapshot snapshot = composeSnapshot(sourcesOf(read()), fail(u"no-compiler"_s, u"none"_s), std::nullopt);
        QVERIFY(!snapshot.wouldKnow(u"plugin pricing.quote"_s));
        QVERIFY(!snapshot.wouldKnow(u"route shop.quote input"_s));
        QCOMPARE(snapshot.symbols.value(u"route shop.quote handler"_s).type, u"\"typed\""_s);
        QVERIFY(!snapshot.generated.isEmpty());
    }

    void contractsOfTheServer()
    {
        const QJsonArray contracts{
            QJsonObject{{u"name"_s, u"a.b"_s},
                        {u"handler"_s, u"typed"_s},
                        {u"input"_s, u"{\n  id: string;\n}"_s},
                        {u"output"_s, QJsonValue()},
                        {u"events"_s, QJsonValue()},
                        {u"exact"_s, QJsonObject{{u"input"_s, u"{ id?: string }"_s}, {u"output"_s, u"string"_s}}},
                        {u"version"_s, u"2.0.0"_s}},
            QJsonObject{{u"name"_s, u"a.live"_s},
                        {u"handler"_s, u"sse"_s},
                        {u"exact"_s, QJsonObject{{u"events"_s, QJsonObject{{u"tick"_s, u"{ at: number; }"_s}}}}},
                        {u"events"_s, QJsonObject{{u"tick"_s, u"{ at: number }"_s}}}},
        };
        const Snapshot snapshot = composeSnapshot(sourcesOf(read()), QJsonObject{}, contracts);
        QCOMPARE(snapshot.symbols.value(u"route a.b@2.0.0 input"_s).type, u"{ id: string; }"_s);
        QVERIFY(!snapshot.symbols.contains(u"route a.b@2.0.0 output"_s));
        QCOMPARE(snapshot.symbols.value(u"route a.live events"_s).type, u"{ tick: { at: number; }; }"_s);
        // Only what the framework's own text does not say.
        QVERIFY(snapshot.isExact);
        QCOMPARE(snapshot.exact, (QMap<QString, QString>{{u"route a.b@2.0.0 input"_s, u"{ id?: string; }"_s}}));
    }

    void stalenessGoesByWhatIsRead_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<bool>("stale");
        QTest::newRow("a comment") << u"src/routes/shop.ts"_s << u"import"_s << u"// more\nimport"_s << false;
        QTest::newRow("a body") << u"src/plugins/pricing/index.ts"_s << u"let pieces = 0;"_s << u"let pieces = 1;"_s
                                << false;
        QTest::newRow("a route's input") << u"src/routes/shop.ts"_s << u"member: z.boolean().default(false)"_s
                                         << u"member: z.boolean()"_s << true;
        QTest::newRow("an event") << u"src/events.ts"_s << u"stock: z.number()"_s << u"stock: z.string()"_s << true;
        QTest::newRow("a plugin's name") << u"src/plugins/stats/index.ts"_s << u"name: \"stats\""_s
                                         << u"name: \"figures\""_s << true;
    }

    void stalenessGoesByWhatIsRead()
    {
        QFETCH(QString, file);
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(bool, stale);
        const GenerationInputs before = generationInputs(read());
        QCOMPARE(generationInputs(read()), before);
        QFile source(m_folder->filePath(file));
        QVERIFY(source.open(QIODevice::ReadOnly));
        QString text = QString::fromUtf8(source.readAll());
        source.close();
        const qsizetype at = text.indexOf(from);
        QVERIFY(at >= 0);
        write(file, text.replace(at, from.size(), to));
        QCOMPARE(!staleSubjects(before, generationInputs(read())).isEmpty(), stale);
    }

    void offsets_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("offset");
        QTest::newRow("first line") << 1 << u"one"_s << 6;
        QTest::newRow("whole words") << 2 << u"get"_s << 23;
        QTest::newRow("not there") << 1 << u"get"_s << -1;
        QTest::newRow("no such line") << 9 << u"get"_s << -1;
    }

    void offsets()
    {
        QFETCH(int, line);
        QFETCH(QString, name);
        QFETCH(int, offset);
        QCOMPARE(offsetOf(u"const one = 1;\nforget, get(), getAll\n"_s, line, name), offset);
    }

private:
    workspace::ProjectState read() const
    {
        return workspace::readProject(m_folder->path()).value_or(workspace::ProjectState());
    }

    void copy(const QString &from, const QDir &base) const
    {
        const QString to = m_folder->filePath(base.relativeFilePath(from));
        QDir().mkpath(QFileInfo(to).path());
        QVERIFY(QFile::copy(from, to));
        QFile::setPermissions(to, QFile::ReadOwner | QFile::WriteOwner);
    }

    void write(const QString &path, const QString &text) const
    {
        const QString to = m_folder->filePath(path);
        QDir().mkpath(QFileInfo(to).path());
        QFile file(to);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.toUtf8());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TstTypeSources)
#include "tst_typesources.moc"
