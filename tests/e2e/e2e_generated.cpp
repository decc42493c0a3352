// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files that type generation writes are told from those of a person, and a writer that starts itself is stopped.
#include "runtimes.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto Discounts = u"src/plugins/pricing/discounts.ts"_s;
const auto Shape = u"src/plugins/echo/shape.ts"_s;

} // namespace

class E2eGenerated final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }

    void init()
    {
        QFETCH_GLOBAL(Runtime, runtime);
        m_workspace = std::make_unique<TestWorkspace>(runtime);
        QVERIFY2(m_workspace->isValid(), qPrintable(m_workspace->problem()));
        // A plugin whose service is whatever shape.ts holds
        m_workspace->save(Shape, u"export const shape = { method0: () => 0 };\n"_s);
        m_workspace->save(
            u"src/plugins/echo/index.ts"_s,
            u"import { createPlugin } from \"@donkeylabs/server\";\nimport { shape } from \"./shape\";\n"
            "export const echoPlugin = createPlugin.define({ name: \"echo\", service: () => ({ ...shape }) "
            "});\n"_s);
        m_workspace->edit(u"src/index.ts"_s, u".registerPlugin(devPlugin)"_s,
                          u".registerPlugin(echoPlugin).registerPlugin(devPlugin)"_s);
        m_workspace->save(u"src/index.ts"_s,
                          u"import { echoPlugin } from \"./plugins/echo\";\n"_s + m_workspace->read(u"src/index.ts"_s));
    }

    void cleanup()
    {
        if (QTest::currentTestFailed() && m_dev)
            for (const QJsonObject &event : m_dev->events())
                qInfo().noquote() << QJsonDocument(event).toJson(QJsonDocument::Compact);
        if (m_dev && m_dev->isRunning())
            QCOMPARE(m_dev->interrupt(), 0);
        m_dev.reset();
        m_workspace.reset();
    }

    /// A generator that writes a source file with other content each time: its save would start it again, for ever.
    void aGeneratorThatStartsItself()
    {
        m_workspace->edit(u"package.json"_s, u"\"gen:types\": \"donkeylabs generate\""_s,
                          u"\"gen:types\": \"bun scripts/generate.ts\""_s);
        m_workspace->save(u"scripts/generate.ts"_s,
                          u"const file = \"src/plugins/echo/shape.ts\";\n"
                          "const now = Number(/method(\\d+)/.exec(await Bun.file(file).text())![1]);\n"
                          "await Bun.write(file, `export const shape = { method${now + 1}: () => ${now} };\\n`);\n"_s);
        start();
        m_workspace->save(Shape, u"export const shape = { method100: () => 0 };\n"_s);
        const QJsonObject problem =
            m_dev->waitFor([](const QJsonObject &event) { return event.value("code"_L1) == "save-loop"_L1; }, 240'000);
        QVERIFY(!problem.isEmpty());
        QCOMPARE(problem.value("file"_L1).toString(), Shape);
        QVERIFY(problem.value("message"_L1).toString().contains(u"“gen:types” writes %1"_s.arg(Shape)));
        const qsizetype rounds = generations();
        QVERIFY2(rounds >= 3 && rounds <= 12, qPrintable(QString::number(rounds)));

        // It has come to rest, and everything else goes on.
        m_workspace->edit(Discounts, u"name: \"bulk\""_s, u"name: \"crate\""_s);
        QCOMPARE(m_dev->waitForResult(u"pricing"_s).value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(generations(), rounds);
    }

    /// Reading the files and asking the server agree on the whole sample; what only the server has is told.
    void theServerSaysMore()
    {
        m_workspace->save(u"src/plugins/echo/index.ts"_s,
                          u"import { createPlugin } from \"@donkeylabs/server\";\n"
                          "export const echoPlugin = createPlugin.define({ name: \"echo\",\n"
                          "  service: () => JSON.parse('{ \"secret\": 1 }') });\n"_s);
        start();
        const QJsonObject status = paddockctl(*m_workspace, {u"status"_s, u"--json"_s}).json();
        const QJsonArray differences = status["differences"_L1].toArray();
        QVERIFY2(differences.size() == 1, QJsonDocument(differences).toJson().constData());
        QCOMPARE(differences[0]["what"_L1].toString(), u"method"_s);
        QCOMPARE(differences[0]["plugin"_L1].toString(), u"echo"_s);
        QCOMPARE(differences[0]["name"_L1].toString(), u"secret"_s);
        QCOMPARE(differences[0]["onlyLive"_L1].toBool(), true);
        const auto problems = m_dev->eventsOf(u"problem"_s);
        QVERIFY(std::ranges::any_of(problems, [](const QJsonObject &problem) {
            return problem.value("code"_L1) == "only-live"_L1 &&
                   problem.value("message"_L1).toString().contains("only in the running server"_L1);
        }));
    }

    /// What a run was seen to write is generated; what somebody keeps in the same folder is not.
    void ownFileInTheOutputFolder()
    {
        // (Folders whose names start with a dot, such as the usual one, are not watched at all.)
        const QString out = u"src/generated"_s, own = out + u"/own.ts"_s;
        m_workspace->edit(u"donkeylabs.config.ts"_s, u".@donkeylabs/server"_s, out);
        m_workspace->save(own, u"export const label = \"one\";\n"_s);
        m_workspace->edit(Discounts, u"name: \"bulk\""_s, u"name: label"_s);
        m_workspace->save(Discounts,
                          u"import { label } from \"../../generated/own\";\n"_s + m_workspace->read(Discounts));
        start();
        m_workspace->edit(Shape, u"method0"_s, u"method1"_s);
        QVERIFY(!m_dev
                     ->waitFor([](const QJsonObject &event) {
                         return event.value("stage"_L1) == "typegen"_L1 && event.value("state"_L1) == "done"_L1;
                     })
                     .isEmpty());
        // The save of the run's own files is taken up first, so that this one is told from them.
        m_workspace->edit(Shape, u"() => 0"_s, u"() => 1"_s);
        QVERIFY(!m_dev
                     ->waitFor([](const QJsonObject &event) {
                         return event.value("event"_L1) == "change"_L1 && event.value("kind"_L1) == "plugin-method"_L1;
                     })
                     .isEmpty());
        QVERIFY(!m_dev->waitForResult(u"echo"_s).isEmpty());

        m_workspace->edit(own, u"\"one\""_s, u"\"two\""_s);
        const QJsonObject result = m_dev->waitForResult(u"pricing"_s);
        QCOMPARE(result.value("outcome"_L1).toString(), u"swapped"_s);
        QCOMPARE(m_dev->eventsOf(u"change"_s).last().value("kind"_L1).toString(), u"plugin-method"_s);

        const QString registry = out + u"/registry.d.ts"_s;
        m_workspace->save(registry, m_workspace->read(registry) + u"\n// by hand\nexport type Mine = 1;\n"_s);
        const QJsonObject change = m_dev->waitFor([&](const QJsonObject &event) {
            return event.value("event"_L1) == "change"_L1 && event.value("subject"_L1)["name"_L1] == registry;
        });
        QCOMPARE(change.value("kind"_L1).toString(), u"generated"_s);
        QVERIFY(change.value("actions"_L1).toArray().isEmpty());
    }

private:
    void start()
    {
        m_dev = std::make_unique<DevSession>(*m_workspace);
        m_dev->start();
        QVERIFY2(m_dev->waitForReady(), qPrintable(m_dev->errorOutput()));
    }

    /// How often types were generated because of a save.
    [[nodiscard]] qsizetype generations() const
    {
        qsizetype count = 0;
        for (const QJsonObject &stage : m_dev->eventsOf(u"stage"_s))
            count += stage.value("stage"_L1) == "typegen"_L1 && stage.value("state"_L1) == "running"_L1;
        return count;
    }

    std::unique_ptr<TestWorkspace> m_workspace;
    std::unique_ptr<DevSession> m_dev;
};

QTEST_GUILESS_MAIN(E2eGenerated)
#include "e2e_generated.moc"
