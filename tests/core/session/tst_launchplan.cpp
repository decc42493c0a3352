// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/launchplan.h"
#include "session/shellwords.h"

#include <QTest>

using namespace paddock::session;
using namespace Qt::StringLiterals;

using Scripts = QMap<QString, QString>;

namespace {

const QString Entry = u"/shop/src/server/index.ts"_s;
const QStringList Direct{u"--preload"_s, u"/agent/agent.ts"_s, Entry};

LaunchFacts factsOf(const Scripts &scripts)
{
    return {.root = u"/shop"_s,
            .entry = Entry,
            .bun = u"/opt/bun/bin/bun"_s,
            .agent = u"/agent/agent.ts"_s,
            .scripts = scripts,
            .path = u"/usr/bin"_s};
}

} // namespace

class TestLaunchPlan final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("plain") << u"bun  src/index.ts"_s << QStringList{u"bun"_s, u"src/index.ts"_s};
        QTest::newRow("quotes") << u"A='x y' bun \"a b\".ts"_s << QStringList{u"A=x y"_s, u"bun"_s, u"a b.ts"_s};
        QTest::newRow("escape") << u"bun a\\ b.ts"_s << QStringList{u"bun"_s, u"a b.ts"_s};
        QTest::newRow("empty quotes") << u"bun ''"_s << QStringList{u"bun"_s, QString()};
        for (const QString &more : {u"a && b"_s, u"a | b"_s, u"a; b"_s, u"a > b"_s, u"a $B"_s, u"\"$B\""_s, u"a *.ts"_s,
                                    u"'open"_s, u"a \\"_s, u"(a)"_s})
            QTest::addRow("more than a command: %s", qPrintable(more)) << more << QStringList{};
    }

    void words()
    {
        QFETCH(QString, command);
        QFETCH(QStringList, expected);
        const auto words = shellWords(command);
        QCOMPARE(words.has_value(), !expected.isEmpty());
        if (words)
            QCOMPARE(*words, expected);
    }

    void aFile_data()
    {
        QTest::addColumn<Scripts>("scripts");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<Scripts>("environment");
        QTest::addColumn<QString>("replaced"); ///< what the note names; empty: none
        const auto row = [](const char *name, const Scripts &scripts, const QStringList &arguments,
                            const Scripts &environment = {}, const QString &replaced = {}) {
            QTest::newRow(name) << scripts << arguments << environment << replaced;
        };
        const auto dev = [](const QString &text) { return Scripts{{u"dev"_s, text}}; };
        row("no scripts", {}, Direct);
        row("start", {{u"start"_s, u"bun src/server/index.ts"_s}}, Direct);
        row("dev before start", {{u"start"_s, u"bun x.ts"_s}, {u"dev"_s, u"bun run src/server/index.ts"_s}}, Direct);
        row("--watch", dev(u"bun --watch src/server/index.ts"_s), Direct, {}, u"--watch"_s);
        row("--watch behind run", dev(u"bun run --watch src/server/index.ts"_s), Direct, {}, u"--watch"_s);
        row("--watch behind the file", dev(u"bun src/server/index.ts --watch"_s), Direct, {}, u"--watch"_s);
        row("--hot", dev(u"bun --hot --no-clear-screen src/server/index.ts"_s), Direct, {}, u"--hot"_s);
        row("both", dev(u"bun --hot --watch src/server/index.ts"_s), Direct, {}, u"--hot and --watch"_s);
        row("a path with a dot", dev(u"bun ./src/server/index.ts"_s), Direct);
        row("environment", dev(u"PORT=4000 NODE_ENV=development bun --watch src/server/index.ts"_s), Direct,
            {{u"PORT"_s, u"4000"_s}, {u"NODE_ENV"_s, u"development"_s}}, u"--watch"_s);
        row("cross-env", dev(u"cross-env PORT=4000 bun --hot src/server/index.ts"_s), Direct, {{u"PORT"_s, u"4000"_s}},
            u"--hot"_s);
        row("quoted value", dev(u"NAME='corner shop' bun src/server/index.ts"_s), Direct,
            {{u"NAME"_s, u"corner shop"_s}});
        row("other options stay", dev(u"bun --smol --env-file .env.dev src/server/index.ts --verbose"_s),
            QStringList{u"--smol"_s, u"--env-file"_s, u".env.dev"_s} + Direct + QStringList{u"--verbose"_s});
        row("by way of another script",
            {{u"dev"_s, u"A=1 bun run serve"_s}, {u"serve"_s, u"A=2 B=3 bun --watch src/server/index.ts"_s}}, Direct,
            {{u"A"_s, u"2"_s}, {u"B"_s, u"3"_s}}, u"--watch"_s);
        row("npm run", {{u"dev"_s, u"npm run serve"_s}, {u"serve"_s, u"bun src/server/index.ts"_s}}, Direct);
        row("nodemon", dev(u"nodemon --watch src -e ts --exec \"bun run src/server/index.ts\""_s), Direct, {},
            u"nodemon"_s);
        row("nodemon with the file", dev(u"nodemon --exec bun src/server/index.ts"_s), Direct, {}, u"nodemon"_s);
        row("not a server: the next one", {{u"dev"_s, u"tsc --watch"_s}, {u"start"_s, u"bun src/server/index.ts"_s}},
            Direct);
        row("Paddock itself: the next one",
            {{u"dev"_s, u"bun run paddockctl dev"_s}, {u"start"_s, u"bun src/server/index.ts"_s}}, Direct);
        row("another file than the entry", dev(u"bun --watch scripts/dev.ts"_s), {u"/shop/scripts/dev.ts"_s},
            {{u"BUN_OPTIONS"_s, u"--preload=/agent/agent.ts"_s}}, u"--watch"_s);
    }

    void aFile()
    {
        QFETCH(Scripts, scripts);
        QFETCH(QStringList, arguments);
        QFETCH(Scripts, environment);
        QFETCH(QString, replaced);
        const auto plan = planLaunch(factsOf(scripts));
        QVERIFY(plan);
        QCOMPARE(plan->program, u"/opt/bun/bin/bun"_s);
        QCOMPARE(plan->arguments, arguments);
        QCOMPARE(plan->environment, environment);
        QVERIFY(!plan->inScript);
        QCOMPARE(plan->notes.size(), replaced.isEmpty() ? 0 : 1);
        if (!replaced.isEmpty()) {
            QCOMPARE(plan->notes.first().code, u"reloader-replaced"_s);
            QVERIFY2(plan->notes.first().message.contains(replaced), qPrintable(plan->notes.first().message));
        }
    }

    void aScript_data()
    {
        QTest::addColumn<Scripts>("scripts");
        QTest::addColumn<QString>("command"); ///< given to the shell; empty: `bun run` as it is
        QTest::addColumn<QString>("replaced");
        const auto row = [](const char *name, const Scripts &scripts, const QString &command = {},
                            const QString &replaced = {}) { QTest::newRow(name) << scripts << command << replaced; };
        const auto dev = [](const QString &text) { return Scripts{{u"dev"_s, text}}; };
        row("vite", dev(u"bun --bun vite dev"_s));
        row("vite alone", dev(u"vite dev"_s));
        row("the framework's own", dev(u"donkeylabs dev"_s));
        row("a chain", dev(u"bun run gen:types && bun src/server/index.ts"_s));
        row("a chain with a reloader", dev(u"bun run gen:types && bun --watch src/server/index.ts"_s),
            u"bun run gen:types && bun src/server/index.ts"_s, u"--watch"_s);
        row("a chain with options", dev(u"A=$B bun --smol --hot --no-clear-screen run src/server/index.ts"_s),
            u"A=$B bun --smol run src/server/index.ts"_s, u"--hot"_s);
        row("in quotes", dev(u"concurrently \"bun --watch src/server/index.ts\" \"vite --watch\""_s),
            u"concurrently \"bun src/server/index.ts\" \"vite --watch\""_s, u"--watch"_s);
        row("something before it",
            {{u"predev"_s, u"mkdir -p data"_s}, {u"dev"_s, u"bun --watch src/server/index.ts"_s}},
            u"bun run predev && bun src/server/index.ts"_s, u"--watch"_s);
        row("scripts in a circle", {{u"dev"_s, u"bun run start"_s}, {u"start"_s, u"bun run dev"_s}});
    }

    void aScript()
    {
        QFETCH(Scripts, scripts);
        QFETCH(QString, command);
        QFETCH(QString, replaced);
        const auto plan = planLaunch(factsOf(scripts));
        QVERIFY(plan);
        QVERIFY(plan->inScript);
        QCOMPARE(plan->script, u"dev"_s);
        QCOMPARE(plan->environment.value(u"BUN_OPTIONS"_s), u"--preload=/agent/agent.ts"_s);
        if (command.isEmpty()) {
            QCOMPARE(plan->program, u"/opt/bun/bin/bun"_s);
            QCOMPARE(plan->arguments, (QStringList{u"run"_s, u"dev"_s}));
            QCOMPARE(plan->environment.value(u"PATH"_s), u"/opt/bun/bin:/usr/bin"_s);
        } else {
            QCOMPARE(plan->program, u"/bin/sh"_s);
            QCOMPARE(plan->arguments, (QStringList{u"-c"_s, command}));
            QCOMPARE(plan->environment.value(u"PATH"_s), u"/shop/node_modules/.bin:/opt/bun/bin:/usr/bin"_s);
        }
        QCOMPARE(plan->notes.size(), replaced.isEmpty() ? 0 : 1);
        if (!replaced.isEmpty())
            QVERIFY(plan->notes.first().message.contains(replaced));
    }

    void theNamedScript()
    {
        auto facts = factsOf({{u"dev"_s, u"bun a.ts"_s}, {u"api"_s, u"bun --hot src/server/index.ts"_s}});
        facts.script = u"api"_s;
        const auto plan = planLaunch(facts);
        QVERIFY(plan);
        QCOMPARE(plan->arguments, Direct);
        QCOMPARE(plan->script, u"api"_s);
        facts.script = u"nothing"_s;
        QCOMPARE(planLaunch(facts).error().code, u"no-script"_s);
    }

    void optionsOfTheUserStay()
    {
        auto facts = factsOf({{u"dev"_s, u"vite dev"_s}});
        facts.bunOptions = u"--smol"_s;
        facts.agent = u"/my home/agent.ts"_s;
        QCOMPARE(planLaunch(facts)->environment.value(u"BUN_OPTIONS"_s), u"--smol --preload=\"/my home/agent.ts\""_s);
    }

    void nothingToStart()
    {
        auto facts = factsOf({});
        facts.entry.clear();
        QCOMPARE(planLaunch(facts).error().code, u"no-entry"_s);
    }
};

QTEST_GUILESS_MAIN(TestLaunchPlan)
#include "tst_launchplan.moc"
