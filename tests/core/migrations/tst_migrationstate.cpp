// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ddl.h"
#include "migrations/planning.h"
#include "migrations/schema.h"
#include "migrations/service.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace paddock;
using namespace paddock::migrations;
using namespace Qt::StringLiterals;

namespace {

MigrationFile file(const QString &name, const QByteArray &hash = "h", const QString &plugin = u"shop"_s)
{
    return {plugin, name, u"/w/"_s + name, hash};
}

RunRow run(const QString &name, const QString &outcome, bool transactional = true, Direction direction = Direction::Up,
           const QByteArray &hash = "h")
{
    static qint64 id = 0;
    return {.id = ++id,
            .plugin = u"shop"_s,
            .name = name,
            .direction = direction,
            .origin = u"run"_s,
            .hash = hash,
            .transactional = transactional,
            .startedAt = u"2026-01-01T00:00:00Z"_s,
            .finishedAt = outcome.isEmpty() ? QString() : u"2026-01-01T00:00:01Z"_s,
            .outcome = outcome};
}

AppliedRow applied(const QString &name, qint64 id = 1, const QString &plugin = u"shop"_s)
{
    return {id, plugin, name, u"2026-01-01 00:00:00"_s};
}

/// "1 applied, 2 interrupted?": a question mark where a part may have stayed.
QString shown(const QList<Entry> &entries)
{
    QStringList lines;
    for (const Entry &entry : entries)
        lines << entry.name + u' ' + toString(entry.state) + (entry.isCertain ? QString() : u"?"_s);
    return lines.join(u", "_s);
}

} // namespace

class TestMigrationState final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void states_data()
    {
        QTest::addColumn<Observation>("observation");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const Observation &observation, const QString &expected) {
            QTest::newRow(name) << observation << expected;
        };
        constexpr auto Down = Direction::Down;
        row("nothing ran", {.files = {file(u"1"_s), file(u"2"_s)}}, u"1 pending, 2 pending"_s);
        row("the framework ran one", {.files = {file(u"1"_s), file(u"2"_s)}, .applied = {applied(u"1"_s)}},
            u"1 applied, 2 pending"_s);
        row("we ran one", {.files = {file(u"1"_s)}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, u"done"_s)}},
            u"1 applied"_s);
        row("out of order", {.files = {file(u"1"_s), file(u"2"_s)}, .applied = {applied(u"2"_s)}},
            u"1 out-of-order, 2 applied"_s);
        row("the order of another plugin is its own",
            {.files = {file(u"1"_s), file(u"2"_s, "h", u"other"_s)}, .applied = {applied(u"2"_s, 1, u"other"_s)}},
            u"1 pending, 2 applied"_s);
        row("the file is gone", {.files = {file(u"2"_s)}, .applied = {applied(u"1"_s)}}, u"2 pending, 1 missing"_s);
        row("edited", {.files = {file(u"1"_s, "new")}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, u"done"_s)}},
            u"1 edited"_s);
        row("edited in its comments only",
            {.files = {file(u"1"_s, "new")},
             .applied = {applied(u"1"_s)},
             .runs = {run(u"1"_s, u"done"_s)},
             .reformatted = {{u"shop"_s, u"1"_s}}},
            u"1 applied"_s);
        row("the framework applied it: edits cannot be known", {.files = {file(u"1"_s, "new")}, .applied = {applied(u"1"_s)}},
            u"1 applied"_s);
        row("edited, then adopted",
            {.files = {file(u"1"_s, "new")},
             .applied = {applied(u"1"_s)},
             .runs = {run(u"1"_s, u"done"_s), run(u"1"_s, u"done"_s, true, Direction::Up, "new")}},
            u"1 applied"_s);
        row("reverted by us", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, u"done"_s), run(u"1"_s, u"done"_s, true, Down)}},
            u"1 pending"_s);
        row("reverted by us, applied again by the framework: what with is not known",
            {.files = {file(u"1"_s, "new")},
             .applied = {applied(u"1"_s)},
             .runs = {run(u"1"_s, u"done"_s), run(u"1"_s, u"done"_s, true, Down)}},
            u"1 applied"_s);
        row("under way", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, {})}, .runnerAlive = true}, u"1 running"_s);
        row("killed in a transaction", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, {})}}, u"1 interrupted"_s);
        row("killed without one", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, {}, false)}}, u"1 interrupted?"_s);
        row("killed behind the framework's row",
            {.files = {file(u"1"_s)}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, {}, false)}}, u"1 applied"_s);
        row("killed while reverting, in a transaction",
            {.files = {file(u"1"_s)}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, {}, true, Down)}},
            u"1 interrupted"_s);
        row("killed while reverting, without one",
            {.files = {file(u"1"_s)}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, {}, false, Down)}},
            u"1 interrupted?"_s);
        row("killed behind the end of reverting", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, {}, false, Down)}},
            u"1 pending"_s);
        row("killed, and its file is gone", {.runs = {run(u"1"_s, {}, false)}}, u"1 interrupted?"_s);
        row("failed in a transaction", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, u"failed"_s)}}, u"1 failed"_s);
        row("failed without one", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, u"failed"_s, false)}}, u"1 failed?"_s);
        row("cancelled", {.files = {file(u"1"_s)}, .runs = {run(u"1"_s, u"cancelled"_s)}}, u"1 failed"_s);
        row("failed, then applied by the framework",
            {.files = {file(u"1"_s)}, .applied = {applied(u"1"_s)}, .runs = {run(u"1"_s, u"failed"_s, false)}},
            u"1 applied"_s);
        row("failed to revert",
            {.files = {file(u"1"_s)},
             .applied = {applied(u"1"_s)},
             .runs = {run(u"1"_s, u"done"_s), run(u"1"_s, u"failed"_s, true, Down)}},
            u"1 failed"_s);
        row("failed once, applied then",
            {.files = {file(u"1"_s)},
             .applied = {applied(u"1"_s)},
             .runs = {run(u"1"_s, u"failed"_s), run(u"1"_s, u"done"_s)}},
            u"1 applied"_s);
        row("out of reach", {.files = {file(u"1"_s)}, .unreachable = Error{.code = u"unreachable"_s, .message = u"No."_s}},
            u"1 unknown"_s);
        row("core migrations come first",
            {.files = {file(u"1"_s), file(u"9"_s, "h", u"@core/jobs"_s)}, .applied = {applied(u"9"_s, 1, u"@core/jobs"_s)}},
            u"9 applied, 1 pending"_s);
    }
    void states()
    {
        QFETCH(Observation, observation);
        QTEST(shown(entriesOf(observation)), "expected");
        for (const Entry &entry : entriesOf(observation))
            if (entry.state != State::Applied && entry.state != State::Pending)
                QVERIFY2(!entry.reason.isEmpty(), qPrintable(entry.name)); // each says why
    }

    void plans_data()
    {
        QTest::addColumn<Observation>("observation");
        QTest::addColumn<Selection>("selection");
        QTest::addColumn<QString>("expected");
        const Observation fresh{.files = {file(u"1_a.ts"_s), file(u"2_b.ts"_s), file(u"1_c.ts"_s, "h", u"zoo"_s),
                                          file(u"0_core.ts"_s, "h", u"@core/jobs"_s)}};
        Observation done = fresh;
        done.applied = {applied(u"1_c.ts"_s, 1, u"zoo"_s), applied(u"1_a.ts"_s, 2), applied(u"2_b.ts"_s, 3)};
        constexpr auto Down = Direction::Down;
        const auto row = [](const char *name, const Observation &o, const Selection &s, const QString &expected) {
            QTest::newRow(name) << o << s << expected;
        };
        row("all, dependencies first, core left out", fresh, {}, u"1_c.ts 1_a.ts 2_b.ts"_s);
        row("a plugin", fresh, {.plugin = u"shop"_s}, u"1_a.ts 2_b.ts"_s);
        row("core by name", fresh, {.plugin = u"@core/jobs"_s}, u"0_core.ts"_s);
        row("steps", fresh, {.steps = 2}, u"1_c.ts 1_a.ts"_s);
        row("up to", fresh, {.to = u"1_a"_s}, u"1_a.ts"_s);
        row("up to, with its ending", fresh, {.to = u"2_b.ts"_s}, u"1_a.ts 2_b.ts"_s);
        row("to nowhere", fresh, {.to = u"7"_s}, u"no-such-migration"_s);
        row("no such plugin", fresh, {.plugin = u"nobody"_s}, u"no-such-plugin"_s);
        row("all done", done, {}, {});
        row("down: the last one", done, {.direction = Down}, u"2_b.ts"_s);
        row("down: in the order of applying", done, {.direction = Down, .steps = 3}, u"2_b.ts 1_a.ts 1_c.ts"_s);
        row("down to: that one stays", done, {.direction = Down, .to = u"1_a"_s}, u"2_b.ts"_s);
        row("down in a plugin", done, {.direction = Down, .plugin = u"zoo"_s}, u"1_c.ts"_s);
        Observation twins = fresh;
        twins.files << file(u"1_a.ts"_s, "h", u"zoo"_s);
        row("a name that two have", twins, {.to = u"1_a"_s}, u"ambiguous-migration"_s);
        Observation stuck = fresh;
        stuck.runs = {run(u"1_a.ts"_s, {}, false)};
        row("nothing runs past what is half done", stuck, {}, u"needs-repair"_s);
        row("unless asked to", stuck, {.retry = true}, u"1_c.ts 1_a.ts 2_b.ts"_s);
        Observation rolledBack = fresh;
        rolledBack.runs = {run(u"1_a.ts"_s, {}, true)};
        row("what was rolled back just runs again", rolledBack, {}, u"1_c.ts 1_a.ts 2_b.ts"_s);
        Observation gone{.applied = {applied(u"1_a.ts"_s)}};
        row("no file to revert by", gone, {.direction = Down}, u"no-file"_s);
    }
    void plans()
    {
        QFETCH(Observation, observation);
        QFETCH(Selection, selection);
        const auto steps = planSteps(entriesOf(observation), selection, {u"zoo"_s, u"shop"_s});
        QStringList names;
        for (const Step &step : steps.value_or(QList<Step>()))
            names << step.name;
        QTEST(steps ? names.join(u' ') : steps.error().code, "expected");
    }

    void differencesOfSchemas()
    {
        const Table items{.name = u"items"_s, .columns = {{u"id"_s, u"integer"_s, true, {}, true}, {u"name"_s, u"text"_s}}};
        Table changed = items;
        changed.columns[1].type = u"varchar(9)"_s;
        changed.columns.append({u"price"_s, u"integer"_s, true, u"0"_s});
        changed.indexes.append({u"by_price"_s, u"on items(price)"_s});
        QCOMPARE(differences({{items}}, {{items}}), QStringList());
        QCOMPARE(differences({{items}}, {{changed}}),
                 (QStringList{u"~ column items.name text → varchar(9)"_s, u"+ column items.price integer not null default 0"_s,
                              u"+ index by_price on items(price)"_s}));
        QCOMPARE(differences({{items}}, {}), QStringList{u"- table items"_s});
        QCOMPARE(differences({}, {{items}}), QStringList{u"+ table items"_s});
    }

    /// The statements that make the tables, word for word.
    void goldenSql_data()
    {
        QTest::addColumn<Engine>("engine");
        QTest::newRow("sqlite") << Engine::Sqlite;
        QTest::newRow("postgres") << Engine::Postgres;
        QTest::newRow("mysql") << Engine::Mysql;
    }
    void goldenSql()
    {
        QFETCH(Engine, engine);
        QFile golden(QStringLiteral(PADDOCK_SOURCE_DIR "/tests/fixtures/migrations/tables-%1.sql").arg(toString(engine)));
        const QString now = tablesDdl(engine).join(u";\n"_s) + u";\n"_s;
        if (qEnvironmentVariableIsSet("PADDOCK_REFRESH") && golden.open(QIODevice::WriteOnly)) {
            golden.write(now.toUtf8());
            golden.close();
        }
        QVERIFY(golden.open(QIODevice::ReadOnly));
        QCOMPARE(now, QString::fromUtf8(golden.readAll()));
    }

    void newMigrations()
    {
        QTemporaryDir folder;
        const QDir root(folder.path());
        root.mkpath(u"src/plugins/shop"_s);
        const auto name = [&](const QString &wanted, const QString &plugin = u"shop"_s) {
            const auto path = newMigration(folder.path(), plugin, wanted);
            return path ? root.relativeFilePath(*path) : path.error().code;
        };
        QCOMPARE(name(u"create_items"_s), u"src/plugins/shop/migrations/001_create_items.ts"_s);
        QCOMPARE(name(u"add_price"_s), u"src/plugins/shop/migrations/002_add_price.ts"_s);
        QCOMPARE(name(u"add_price"_s), u"migration-exists"_s);
        QCOMPARE(name(u"x"_s, u"nobody"_s), u"no-such-plugin"_s);
        for (const auto &bad : {u"../escape"_s, u""_s, u"Add"_s, u"a b"_s, u"1st"_s, u"a.ts"_s})
            QCOMPARE(name(bad), u"bad-name"_s);
        QFile wide(root.filePath(u"src/plugins/shop/migrations/20260101120000_by_time.ts"_s));
        QVERIFY(wide.open(QIODevice::WriteOnly));
        QCOMPARE(name(u"later"_s), u"src/plugins/shop/migrations/20260101120001_later.ts"_s);
    }
};

QTEST_GUILESS_MAIN(TestMigrationState)
#include "tst_migrationstate.moc"
