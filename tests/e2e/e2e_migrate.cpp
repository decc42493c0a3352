// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `paddockctl migrate` beside the framework itself: each goes on where the other left off.
#include "support/devsession.h"

#include <QFile>
#include <QTest>

using namespace paddock::test;
using namespace Qt::StringLiterals;

namespace {

QString states(const QJsonObject &status, bool core = false)
{
    QStringList lines;
    const QJsonArray migrations = status.value("migrations"_L1).toArray();
    for (const QJsonValue &one : migrations)
        if (one["core"_L1].toBool() == core)
            lines << one["name"_L1].toString().section(u'.', 0, 0) + u' ' + one["state"_L1].toString();
    return lines.join(u", "_s);
}

QString said(const CommandResult &result)
{
    return QString::fromUtf8(result.out) + QString::fromUtf8(result.err);
}

const auto AddNote = u"import type { Kysely } from \"kysely\";\n"
                     "export async function up(db: Kysely<any>): Promise<void> {\n"
                     "  await db.schema.alterTable(\"products\").addColumn(\"note\", \"text\").execute();\n}\n"
                     "export async function down(db: Kysely<any>): Promise<void> {\n"
                     "  await db.schema.alterTable(\"products\").dropColumn(\"note\").execute();\n}\n"_s;

} // namespace

class MigrateEndToEnd final : public QObject
{
    Q_OBJECT

    static void runtimes()
    {
        QTest::addColumn<Runtime>("runtime");
        QTest::newRow("sample") << Runtime::Sample;
        if (TestWorkspace::hasUpstream())
            QTest::newRow("upstream") << Runtime::Upstream;
    }

    static void serveOnce(const TestWorkspace &workspace, const std::function<void(DevSession &)> &meanwhile = {})
    {
        DevSession session(workspace);
        session.start();
        QVERIFY2(session.waitForReady(), qPrintable(session.errorOutput()));
        if (meanwhile)
            meanwhile(session);
        const int status = session.interrupt();
        QVERIFY2(status == 0, qPrintable(u"%1: %2"_s.arg(status).arg(session.errorOutput().right(1500))));
    }

private Q_SLOTS:
    void frameworkThenUs_data() { runtimes(); }
    void frameworkThenUs()
    {
        QFETCH(Runtime, runtime);
        const TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        serveOnce(workspace, [&](DevSession &) {
            // While it serves, it is the server itself that says where its database is.
            const auto live = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
            QCOMPARE(live.status, 0);
            QCOMPARE(live.json()["database"_L1]["from"_L1].toString(), u"the running server"_s);
            QCOMPARE(states(live.json()),
                     u"001_create_products applied, 002_add_stock applied, 001_create_orders applied"_s);
        });
        auto status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QCOMPARE(status.status, 0);
        QVERIFY(states(status.json(), true).contains("001_create_jobs_table applied"_L1));

        const auto made =
            paddockctl(workspace, {u"migrate"_s, u"new"_s, u"add_note"_s, u"--plugin"_s, u"catalog"_s, u"--json"_s});
        QCOMPARE(made.json()["file"_L1].toString(), u"src/plugins/catalog/migrations/003_add_note.ts"_s);
        workspace.save(made.json()["file"_L1].toString(), AddNote);
        const auto rehearsed = paddockctl(workspace, {u"migrate"_s, u"rehearse"_s, u"--json"_s});
        QVERIFY2(rehearsed.status == 0, qPrintable(said(rehearsed)));
        QCOMPARE(rehearsed.json()["passes"_L1].toArray().size(), 3);
        const auto up = paddockctl(workspace, {u"migrate"_s, u"up"_s, u"--json"_s});
        QVERIFY2(up.status == 0, qPrintable(said(up)));
        QCOMPARE(up.json()["steps"_L1].toArray().size(), 1);
        QVERIFY(QFile::exists(up.json()["backup"_L1]["path"_L1].toString()));

        // The framework does not run it again: it would fail.
        serveOnce(workspace);
        status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QCOMPARE(states(status.json()), u"001_create_products applied, 002_add_stock applied, 003_add_note applied, "
                                        "001_create_orders applied"_s);
        // And what we took back, it applies.
        QCOMPARE(paddockctl(workspace, {u"migrate"_s, u"down"_s, u"--yes"_s}).status, 0);
        status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QVERIFY2(states(status.json()).contains("003_add_note pending"_L1), qPrintable(states(status.json())));
        serveOnce(workspace);
        status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QVERIFY2(states(status.json()).contains("003_add_note applied"_L1), qPrintable(states(status.json())));
        QVERIFY(paddockctl(workspace, {u"migrate"_s, u"up"_s, u"--json"_s}).json()["steps"_L1].toArray().isEmpty());
    }

    void usThenFramework_data() { runtimes(); }
    void usThenFramework()
    {
        QFETCH(Runtime, runtime);
        const TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        QCOMPARE(paddockctl(workspace, {u"trust"_s}).status, 0);
        // No server has run yet: the entry is asked for the database, up to where it would start.
        auto status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QVERIFY2(status.status == 0, qPrintable(said(status)));
        QCOMPARE(states(status.json()),
                 u"001_create_products pending, 002_add_stock pending, 001_create_orders pending"_s);
        const auto up = paddockctl(workspace, {u"migrate"_s, u"up"_s, u"--json"_s});
        QVERIFY2(up.status == 0, qPrintable(said(up)));
        serveOnce(workspace, [](DevSession &session) { QCOMPARE(session.call(u"shop.products.list"_s).status, 200); });
        status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QCOMPARE(states(status.json()),
                 u"001_create_products applied, 002_add_stock applied, 001_create_orders applied"_s);
        QVERIFY(states(status.json(), true).contains("001_create_jobs_table applied"_L1));
    }

    /// An applied migration that was edited: what differs, and what is new in it as a migration of its own.
    void editedIsSettled_data() { runtimes(); }
    void editedIsSettled()
    {
        QFETCH(Runtime, runtime);
        const TestWorkspace workspace(runtime);
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        serveOnce(workspace);
        const QString file = u"src/plugins/catalog/migrations/002_add_stock.ts"_s;
        const QString name = u"002_add_stock"_s;
        const auto unknown = paddockctl(workspace, {u"migrate"_s, u"diff"_s, name, u"--json"_s});
        QCOMPARE(unknown.json()["error"_L1]["code"_L1].toString(), u"not-recorded"_s); // the framework applied it
        QCOMPARE(paddockctl(workspace, {u"migrate"_s, u"adopt"_s}).status, 0);
        const QString applied = workspace.read(file);
        workspace.edit(file, u"export async function up(db: Kysely<any>): Promise<void> {\n"_s,
                       u"export async function up(db: Kysely<any>): Promise<void> {\n"
                       "  await db.schema.createTable(\"notes\").addColumn(\"id\", \"integer\").execute();\n"_s);
        auto diff = paddockctl(workspace, {u"migrate"_s, u"diff"_s});
        QVERIFY2(diff.out.contains("\n+  await db.schema.createTable(\"notes\")"), diff.out.constData());
        QCOMPARE(paddockctl(workspace, {u"migrate"_s, u"diff"_s, u"--json"_s})
                     .json()["differences"_L1][0]["applied"_L1]
                     .toString(),
                 applied);
        const auto status = paddockctl(workspace, {u"migrate"_s, u"status"_s});
        QVERIFY2(status.out.contains("paddockctl migrate adopt --from-difference 002_add_stock --plugin catalog"),
                 status.out.constData());
        const auto made = paddockctl(
            workspace, {u"migrate"_s, u"adopt"_s, u"--from-difference"_s, name, u"--plugin"_s, u"catalog"_s});
        QVERIFY2(made.status == 0, qPrintable(said(made)));
        QCOMPARE(workspace.read(file), applied);
        // Only what is new in it is left to run.
        const auto up = paddockctl(workspace, {u"migrate"_s, u"up"_s, u"--json"_s});
        QVERIFY2(up.status == 0, qPrintable(said(up)));
        QCOMPARE(up.json()["steps"_L1].toArray().size(), 1);
        QCOMPARE(states(paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s}).json()),
                 u"001_create_products applied, 002_add_stock applied, 003_add_stock_changed applied, "
                 "001_create_orders applied"_s);
        diff = paddockctl(workspace, {u"migrate"_s, u"diff"_s});
        QVERIFY2(diff.out.contains("is as it was applied"), diff.out.constData());
    }

    void wrongUse_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, const QString &words, int status) {
            QTest::newRow(name) << words.split(u' ') << status;
        };
        row("a dry run that is none", u"up --dry-run"_s, 2);
        row("mistyped", u"up --dryrun --json"_s, 2);
        row("an option of another", u"up --list"_s, 2);
        row("a word too many", u"up now"_s, 2);
        row("no such part", u"upp"_s, 2);
        row("no number", u"up --steps many"_s, 2);
        row("no steps", u"up --steps 0"_s, 2);
        row("no plugin", u"up --plugin nobody"_s, 1);
        row("no migration", u"up --to nothing"_s, 1);
        row("no name", u"new"_s, 2);
        row("a bad name", u"new ../x --plugin catalog"_s, 1);
        row("which one", u"adopt --applied"_s, 2);
        row("both", u"adopt x --applied --reverted"_s, 2);
        row("another engine's address", u"status --database redis://h"_s, 1);
        row("a difference of nothing", u"diff nothing"_s, 1);
        row("no consent to restore", u"restore"_s, 1);
    }
    void wrongUse()
    {
        QFETCH(QStringList, arguments);
        static const TestWorkspace workspace;
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        if (paddockctl(workspace, {u"trust"_s}).status != 0)
            QFAIL("trust");
        const auto result = paddockctl(workspace, QStringList{u"migrate"_s} + arguments);
        QTEST(result.status, "status");
        QVERIFY(!result.err.isEmpty());
        const auto status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QVERIFY(!states(status.json()).contains("applied"_L1)); // nothing ran
    }

    void untrusted()
    {
        const TestWorkspace workspace;
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        for (const QString &part : {u"up"_s, u"down"_s, u"rehearse"_s})
            QCOMPARE(paddockctl(workspace, {u"migrate"_s, part, u"--database"_s, u"data/shop.db"_s}).status, 5);
        QVERIFY(!QFile::exists(workspace.path(u"data/shop.db"_s)));
        // Looking runs nothing of the workspace; without an address it does not know where to look, and says so.
        const auto status = paddockctl(workspace, {u"migrate"_s, u"status"_s, u"--json"_s});
        QCOMPARE(status.status, 1);
        QCOMPARE(status.json()["error"_L1]["code"_L1].toString(), u"database-unknown"_s);
        QVERIFY(!QFile::exists(workspace.path(u"data/shop.db"_s)));
    }

    void secretsStayIn()
    {
        const TestWorkspace workspace;
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        const QString address = u"postgres://anna:hunter22secret@127.0.0.1:1/shop"_s;
        for (const bool json : {false, true})
            for (const QString &part : {u"status"_s, u"backup"_s, u"adopt"_s}) {
                QStringList arguments{u"migrate"_s, part, u"--database"_s, address};
                if (json)
                    arguments << u"--json"_s;
                const auto result = paddockctl(workspace, arguments);
                QCOMPARE(result.status, 1);
                QVERIFY2(!said(result).contains("hunter22"_L1), qPrintable(said(result)));
            }
    }

    void treeStaysWithTheFiles()
    {
        const TestWorkspace workspace;
        QVERIFY2(workspace.isValid(), qPrintable(workspace.problem()));
        const QJsonArray migrations = paddockctl(workspace, {u"tree"_s, u"--json"_s}).json()["migrations"_L1].toArray();
        QCOMPARE(migrations.size(), 3);
        for (const QJsonValue &one : migrations)
            QCOMPARE(one["state"_L1].toString(), u"unknown"_s);
    }
};

QTEST_GUILESS_MAIN(MigrateEndToEnd)
#include "e2e_migrate.moc"
