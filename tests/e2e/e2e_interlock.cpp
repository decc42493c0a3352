// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Code that needs a migration which has not run: it is held, and both come into service together, or neither.
#include "notemigration.h"
#include "shopcase.h"
#include "support/devsession.h"

#include <QJsonDocument>
#include <QTest>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

const auto OldList = u"ctx.db.selectFrom(\"products\").selectAll().orderBy(\"name\").execute()"_s;
const auto NewList =
    u"ctx.db.selectFrom(\"products\").selectAll().where(\"note\" as any, \"is\", null).orderBy(\"name\").execute()"_s;

} // namespace

class InterlockEndToEnd final : public QObject
{
    Q_OBJECT

    std::unique_ptr<Shop> m_shop;

    /// The next result of a subject with this outcome; others are passed over.
    QJsonObject result(const QString &subject, const QString &outcome) const
    {
        return m_shop->dev->waitFor([&](const QJsonObject &event) {
            return event.value("event"_L1) == "result"_L1 && event.value("subject"_L1) == subject &&
                   event.value("outcome"_L1) == outcome;
        });
    }

    QJsonObject status() const { return m_shop->run({u"status"_s}).json(); }

    QString stateOf(const QString &migration) const
    {
        for (const QJsonValue &one : m_shop->run({u"migrate"_s, u"status"_s}).json().value("migrations"_L1).toArray())
            if (one["plugin"_L1].toString() + u'/' + one["name"_L1].toString() == migration)
                return one["state"_L1].toString();
        return u"none"_s;
    }

    bool hasColumn(const QString &column) const
    {
        const QJsonObject schema = m_shop->run({u"migrate"_s, u"schema"_s, u"products"_s}).json();
        for (const QJsonValue &one : schema["tables"_L1][0]["columns"_L1].toArray())
            if (one["name"_L1] == column)
                return true;
        return false;
    }

    qsizetype backupCount() const
    {
        return m_shop->run({u"migrate"_s, u"restore"_s, u"--list"_s}).json().value("backups"_L1).toArray().size();
    }

    /// Saves the migration, and then code that needs it; both are held when this returns.
    void saveBoth(const QString &migration = AddNote)
    {
        m_shop->workspace.save(MigrationFile, migration);
        const QJsonObject held = result(Migration, u"held"_s);
        QVERIFY2(!held.isEmpty(), "the migration was not held");
        QCOMPARE(held.value("needs"_L1).toArray(), QJsonArray{Migration});
        m_shop->workspace.edit(CatalogFile, OldList, NewList);
        const QJsonObject code = result(u"catalog"_s, u"held"_s);
        QVERIFY2(!code.isEmpty(), "the code was not held");
        QCOMPARE(code.value("needs"_L1).toArray(), QJsonArray{Migration});
        QVERIFY2(code.value("message"_L1).toString().contains(Migration),
                 qPrintable(code.value("message"_L1).toString()));
    }

private Q_SLOTS:
    void initTestCase_data() { runtimeRows(); }
    void init()
    {
        openShop(m_shop);
        m_shop->workspace.save(u"paddock.toml"_s, u"migrations = \"ask\"\n"_s);
        startShop(*m_shop);
    }
    void cleanup() { closeShop(m_shop); }

    void bothTogether()
    {
        const qint64 pid = m_shop->pid();
        saveBoth();
        // The earlier code serves on, and nothing was run.
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
        QCOMPARE(stateOf(Migration), u"pending"_s);
        QVERIFY(!hasColumn(u"note"_s));
        QCOMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray{Migration});
        QCOMPARE(status()["held"_L1]["files"_L1].toArray(), (QJsonArray{CatalogFile, MigrationFile}));
        // What has nothing to do with it does not wait.
        m_shop->workspace.edit(u"src/plugins/pricing/index.ts"_s, u"export const pricingPlugin"_s,
                               u"const unused = 1;\nexport const pricingPlugin"_s);
        QVERIFY(!result(u"pricing"_s, u"swapped"_s).isEmpty());

        const auto applied = m_shop->run({u"apply"_s});
        QVERIFY2(applied.status == 0, qPrintable(said(applied)));
        QVERIFY(!result(u"catalog"_s, u"swapped"_s).isEmpty());
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QVERIFY(hasColumn(u"note"_s));
        const Answer answer = m_shop->dev->call(u"shop.products.list"_s);
        QCOMPARE(answer.status, 200);
        QCOMPARE(m_shop->pid(), pid); // no restart
        QCOMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray());
        // Migration, types, swap: in this order.
        qint64 migration = 0;
        for (const QJsonObject &event : m_shop->dev->eventsOf(u"result"_s))
            if (event.value("subject"_L1) == Migration && event.value("outcome"_L1) == "migrated"_L1)
                migration = event.value("change"_L1).toInteger();
        QStringList done;
        for (const QJsonObject &event : m_shop->dev->eventsOf(u"stage"_s))
            if (event.value("change"_L1).toInteger() == migration &&
                (event.value("state"_L1) == "done"_L1 || event.value("state"_L1) == "failed"_L1))
                done << event.value("stage"_L1).toString(); // (a workspace may lack what its script needs)
        QCOMPARE(done.join(u' '), u"migrate typegen swap"_s);
    }

    void savedTogether()
    {
        // As an editor's "save all" does it: code of others in the same batch comes with it.
        m_shop->workspace.save(MigrationFile, AddNote);
        m_shop->workspace.edit(CatalogFile, OldList, NewList);
        QVERIFY(!result(u"catalog"_s, u"held"_s).isEmpty());
        QVERIFY2(m_shop->run({u"apply"_s}).status == 0, "it was not applied");
        QVERIFY(!result(u"catalog"_s, u"swapped"_s).isEmpty());
        QVERIFY(hasColumn(u"note"_s));
    }

    void neitherWhenTheCodeFails()
    {
        saveBoth();
        m_shop->workspace.edit(CatalogFile, u"    const { logger, events, errors } = ctx.core;"_s,
                               u"    const { logger, events, errors } = ctx.core;\n"
                               "    if (logger) throw new Error(\"not like this, note\");"_s);
        QVERIFY(!result(u"catalog"_s, u"held"_s).isEmpty());
        const auto applied = m_shop->run({u"apply"_s});
        QVERIFY2(applied.status == 1, qPrintable(said(applied)));
        QVERIFY2(said(applied).contains("not like this"_L1) && said(applied).contains("taken back"_L1),
                 qPrintable(said(applied)));
        QCOMPARE(stateOf(Migration), u"pending"_s);
        QVERIFY(!hasColumn(u"note"_s));
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
        QCOMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray{Migration});
        // Corrected, both go.
        m_shop->workspace.edit(CatalogFile, u"\n    if (logger) throw new Error(\"not like this, note\");"_s,
                               QString());
        QVERIFY(!result(u"catalog"_s, u"held"_s).isEmpty());
        const auto again = m_shop->run({u"apply"_s});
        QVERIFY2(again.status == 0, qPrintable(said(again)));
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
    }

    void neitherWhenTheMigrationFails()
    {
        saveBoth(migrationText(u"await db.schema.alterTable(\"products\").addColumn(\"note\", \"text\").execute();\n"
                               "  throw new Error(\"no note today\");"_s,
                               u"await db.schema.alterTable(\"products\").dropColumn(\"note\").execute();"_s));
        const auto applied = m_shop->run({u"apply"_s});
        QVERIFY2(applied.status == 1, qPrintable(said(applied)));
        QVERIFY2(said(applied).contains("no note today"_L1), qPrintable(said(applied)));
        QCOMPARE(stateOf(Migration), u"failed"_s); // rolled back, and said so
        QVERIFY(!hasColumn(u"note"_s));
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY(!result(Migration, u"held"_s).isEmpty());
        const auto again = m_shop->run({u"apply"_s});
        QVERIFY2(again.status == 0, qPrintable(said(again)));
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
        QVERIFY(hasColumn(u"note"_s));
    }

    void migrateUpLetsItThrough()
    {
        saveBoth();
        const auto up = m_shop->run({u"migrate"_s, u"up"_s});
        QVERIFY2(up.status == 0, qPrintable(said(up)));
        QVERIFY(!result(u"catalog"_s, u"swapped"_s).isEmpty());
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200);
        QCOMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray());
    }

    void losingDataIsAsked()
    {
        m_shop->workspace.save(
            MigrationFile, migrationText(u"await db.schema.alterTable(\"products\").dropColumn(\"stock\").execute();"_s,
                                         u"await db.schema.alterTable(\"products\").addColumn(\"stock\", \"integer\", "
                                         "(c) => c.notNull().defaultTo(0)).execute();"_s));
        QVERIFY(!result(Migration, u"held"_s).isEmpty());
        const auto applied = m_shop->run({u"apply"_s});
        QVERIFY2(applied.status == 1, qPrintable(said(applied)));
        QCOMPARE(applied.json()["error"_L1]["code"_L1].toString(), u"needs-consent"_s);
        QVERIFY2(said(applied).contains("products.stock"_L1) && said(applied).contains("5 rows"_L1),
                 qPrintable(said(applied)));
        QVERIFY(hasColumn(u"stock"_s));
        const auto consented = m_shop->run({u"apply"_s, u"--yes"_s});
        QVERIFY2(consented.status == 0, qPrintable(said(consented)));
        QVERIFY(!hasColumn(u"stock"_s));
    }

    void aRestartWouldRunIt()
    {
        const qint64 pid = m_shop->pid();
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY(!result(Migration, u"held"_s).isEmpty());
        // The framework runs what is pending as it starts: so the restart waits, too.
        m_shop->workspace.save(u".env"_s, u"SOMETHING=else\n"_s);
        const QJsonObject config = m_shop->dev->waitFor([](const QJsonObject &event) {
            return event.value("event"_L1) == "result"_L1 && event.value("outcome"_L1) == "held"_L1;
        });
        QCOMPARE(config.value("needs"_L1).toArray(), QJsonArray{Migration});
        QCOMPARE(stateOf(Migration), u"pending"_s);
        QCOMPARE(m_shop->pid(), pid);
        QVERIFY2(m_shop->run({u"apply"_s}).status == 0, "it was not applied");
        QVERIFY(m_shop->dev->waitForReady());
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QVERIFY(m_shop->pid() != pid);
    }

    /// Restarts that a user asks for: nothing pending is left to the framework.
    void aRestartIsAsked()
    {
        const qint64 pid = m_shop->pid();
        saveBoth();
        const auto asked = m_shop->run({u"restart"_s});
        QVERIFY2(asked.status == 1, qPrintable(said(asked)));
        QCOMPARE(asked.json()["error"_L1]["code"_L1].toString(), u"migrations-pending"_s);
        QVERIFY2(said(asked).contains(Migration) && said(asked).contains("restart --yes"_L1), qPrintable(said(asked)));
        QCOMPARE(m_shop->pid(), pid);
        QCOMPARE(stateOf(Migration), u"pending"_s);
        const qsizetype backups = backupCount();
        const auto restarted = m_shop->run({u"restart"_s, u"--yes"_s});
        QVERIFY2(restarted.status == 0, qPrintable(said(restarted)));
        QVERIFY(m_shop->pid() != pid);
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(backupCount(), backups + 1);
        QCOMPARE(m_shop->dev->call(u"shop.products.list"_s).status, 200); // the code that waited is in service
        QTRY_COMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray());
        // Nothing is said to wait any longer.
        const auto errors = [this] {
            QStringList messages;
            for (const QJsonValue &problem : status()["problems"_L1].toArray())
                if (problem["severity"_L1].toString() == "error"_L1)
                    messages << problem["message"_L1].toString();
            return messages;
        };
        QTRY_COMPARE(errors(), QStringList());
    }

    /// A new file from the template: recorded as applied, what is written into it afterwards would never run.
    void aNewOneWaitsUntilItIsWritten()
    {
        m_shop->workspace.remove(u"paddock.toml"_s);
        const auto made = m_shop->run({u"migrate"_s, u"new"_s, u"add_note"_s, u"--plugin"_s, u"catalog"_s});
        QCOMPARE(made.json()["file"_L1].toString(), MigrationFile);
        const QJsonObject held = result(Migration, u"held"_s);
        QVERIFY2(held.value("message"_L1).toString().contains("does nothing yet"_L1),
                 qPrintable(held.value("message"_L1).toString()));
        QCOMPARE(stateOf(Migration), u"pending"_s);
        const auto restarted = m_shop->run({u"restart"_s});
        QCOMPARE(restarted.json()["error"_L1]["code"_L1].toString(), u"empty-migration"_s);
        const auto up = m_shop->run({u"migrate"_s, u"up"_s});
        QCOMPARE(up.json()["error"_L1]["code"_L1].toString(), u"empty-migration"_s);
        QCOMPARE(stateOf(Migration), u"pending"_s);
        m_shop->workspace.save(MigrationFile, AddNote);
        QVERIFY(!result(Migration, u"migrated"_s).isEmpty());
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QVERIFY(hasColumn(u"note"_s));
        QTRY_COMPARE(status()["held"_L1]["migrations"_L1].toArray(), QJsonArray());
    }

    void aRestartRunsWhatLosesNothing()
    {
        m_shop->workspace.remove(u"paddock.toml"_s); // as it is unless somebody says otherwise
        QVERIFY2(m_shop->run({u"pause"_s}).status == 0, "it was not paused");
        m_shop->workspace.save(MigrationFile, AddNote);
        QTRY_COMPARE(stateOf(Migration), u"pending"_s);
        QTRY_VERIFY(status()["waitingFiles"_L1].toArray().contains(MigrationFile));
        const qsizetype backups = backupCount();
        const qint64 pid = m_shop->pid();
        const auto restarted = m_shop->run({u"restart"_s});
        QVERIFY2(restarted.status == 0, qPrintable(said(restarted)));
        QVERIFY(m_shop->pid() != pid);
        QCOMPARE(stateOf(Migration), u"applied"_s);
        QCOMPARE(backupCount(), backups + 1);
        // What loses data is asked for, after a stop as well.
        m_shop->workspace.save(
            u"src/plugins/catalog/migrations/004_drop_stock.ts"_s,
            migrationText(u"await db.schema.alterTable(\"products\").dropColumn(\"stock\").execute();"_s,
                          u"await db.schema.alterTable(\"products\").addColumn(\"stock\", \"integer\", "
                          "(c) => c.notNull().defaultTo(0)).execute();"_s));
        QVERIFY2(m_shop->run({u"stop"_s}).status == 0, "it was not stopped");
        const auto started = m_shop->run({u"start"_s});
        QVERIFY2(started.status == 1, qPrintable(said(started)));
        QCOMPARE(started.json()["error"_L1]["code"_L1].toString(), u"needs-consent"_s);
        QVERIFY(hasColumn(u"stock"_s));
        const auto consented = m_shop->run({u"restart"_s, u"--yes"_s});
        QVERIFY2(consented.status == 0, qPrintable(said(consented)));
        QVERIFY(!hasColumn(u"stock"_s));
        QCOMPARE(backupCount(), backups + 2);
    }
};

QTEST_GUILESS_MAIN(InterlockEndToEnd)
#include "e2e_interlock.moc"
