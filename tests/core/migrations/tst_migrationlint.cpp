// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/lint.h"
#include "migrations/remainder.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace paddock::migrations;
using namespace Qt::StringLiterals;

namespace {

const auto Good = "\nexport async function down(db) { await db.schema.dropTable('t').execute(); }\n"_ba;

QString shown(const QList<Finding> &findings)
{
    QStringList lines;
    for (const Finding &finding : findings)
        lines << finding.rule + u' ' + toString(finding.severity) +
                     (finding.table.isEmpty()    ? QString()
                      : finding.column.isEmpty() ? QString(u' ' + finding.table)
                                                 : QString(u' ' + finding.table + u'.' + finding.column));
    return lines.join(u"; "_s);
}

} // namespace

class TestMigrationLint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void up_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const QByteArray &body, const QString &expected = {}) {
            QTest::newRow(name) << body << expected;
        };
        row("a table", "await db.schema.createTable('a').addColumn('id', 'integer', c => c.notNull()).execute();");
        row("drop a table", "await db.schema.dropTable('a').execute();", u"drop-table destructive a"_s);
        row("drop a table, if it exists", "await db.schema.dropTable(\"a\").ifExists().execute();",
            u"drop-table destructive a"_s);
        row("drop a table whose name is computed", "await db.schema.dropTable(name).execute();",
            u"drop-table destructive"_s);
        row("drop a table of this very migration",
            "await db.schema.createTable('tmp').execute(); await db.schema.dropTable('tmp').execute();");
        row("drop a column", "await db.schema.alterTable('a').dropColumn('b').execute();",
            u"drop-column destructive a.b"_s);
        row("two in one", "await db.schema.alterTable('a').dropColumn('b').dropColumn('c').execute();",
            u"drop-column destructive a.b; drop-column destructive a.c"_s);
        row("in a loop", "for (const t of ['a', 'b']) { await db.schema.dropTable(t).execute(); }",
            u"drop-table destructive"_s);
        row("in a transaction",
            "await db.transaction().execute(async (trx) => { await trx.schema.dropTable('a').execute(); });",
            u"drop-table destructive a"_s);
        row("rename a table", "await db.schema.alterTable('a').renameTo('b').execute();", u"rename-table warning a"_s);
        row("rename a column", "await db.schema.alterTable('a').renameColumn('b', 'c').execute();",
            u"rename-column warning a.b"_s);
        row("not null without default",
            "await db.schema.alterTable('a').addColumn('b', 'text', (c) => c.notNull()).execute();",
            u"not-null-without-default error a.b"_s);
        row("not null with default",
            "await db.schema.alterTable('a').addColumn('b', 'text', (c) => c.notNull().defaultTo('')).execute();");
        row("nullable", "await db.schema.alterTable('a').addColumn('b', 'text').execute();");
        row("set not null", "await db.schema.alterTable('a').alterColumn('b', (c) => c.setNotNull()).execute();",
            u"set-not-null warning a.b"_s);
        row("narrower", "await db.schema.alterTable('a').alterColumn('b', (c) => c.setDataType('integer')).execute();",
            u"type-narrowing destructive a.b"_s);
        row("narrower, modified", "await db.schema.alterTable('a').modifyColumn('b', 'varchar(3)').execute();",
            u"type-narrowing destructive a.b"_s);
        row("wider", "await db.schema.alterTable('a').alterColumn('b', (c) => c.setDataType('text')).execute();",
            u"type-change warning a.b"_s);
        row("unique", "await db.schema.alterTable('a').addUniqueConstraint('u', ['b']).execute();",
            u"unique-on-existing warning a"_s);
        row("drop a constraint", "await db.schema.alterTable('a').dropConstraint('c').execute();",
            u"drop-constraint warning a"_s);
        row("drop an index", "await db.schema.dropIndex('i').execute();", u"drop-index info"_s);
        row("delete some", "await db.deleteFrom('a').where('x', '=', 1).execute();", u"delete-rows destructive a"_s);
        row("delete all", "await db.deleteFrom('a').execute();", u"delete-all-rows destructive a"_s);
        row("update some", "await db.updateTable('a').set({x: 1}).where('x', '=', 2).execute();");
        row("update all", "await db.updateTable('a').set({x: 1}).execute();", u"update-all-rows warning a"_s);
        row("raw, harmless", "await sql`create index i on a(b)`.execute(db);", u"raw-sql info"_s);
        row("raw, a question", "await sql`select count(*) from a`.execute(db);");
        row("raw drop", "await sql`DROP TABLE IF EXISTS a`.execute(db);", u"drop-table destructive a"_s);
        row("raw drop of a column", "await sql`alter table a drop column b`.execute(db);",
            u"drop-column destructive a.b"_s);
        row("raw drop, as text", "await sql.raw('drop table a').execute(db);", u"drop-table destructive a"_s);
        row("raw delete", "await sql`delete from a`.execute(db);", u"delete-all-rows destructive a"_s);
        row("raw delete of some", "await sql`delete from a where x = 1`.execute(db);", u"delete-rows destructive a"_s);
        row("truncate", "await sql`truncate table a`.execute(db);", u"delete-all-rows destructive a"_s);
        row("raw update", "await sql`update a set x = 1`.execute(db);", u"update-all-rows warning a"_s);
        row("raw, a table of one's own",
            "await db.schema.createTable('tmp').execute(); await sql`drop table tmp`.execute(db);", u"raw-sql info"_s);
        row("a default", "await db.schema.createTable('a').addColumn('t', 'text', c => "
                         "c.defaultTo(sql`CURRENT_TIMESTAMP`)).execute();");
        row("in a comment",
            "// await db.schema.dropTable('a').execute();\nawait db.insertInto('a').values({}).execute();");
        row("in a text", "console.log(\"db.schema.dropTable('a')\");");
    }
    void up()
    {
        QFETCH(QByteArray, body);
        const QByteArray source =
            "import { sql } from 'kysely';\nexport async function up(db: any) {\n" + body + "\n}\n" + Good;
        const auto findings = lint(source, Direction::Up);
        QTEST(shown(findings), "expected");
        for (const Finding &finding : findings) {
            QVERIFY(!finding.message.isEmpty() && !finding.remedy.isEmpty());
            QCOMPARE(finding.line, 3);
        }
    }

    void down_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QString>("up");
        QTest::addColumn<QString>("down");
        const QByteArray up = "export async function up(db) { await db.schema.createTable('t').execute(); }\n";
        QTest::newRow("none") << up << u"irreversible-down warning"_s << QString();
        QTest::newRow("empty") << up + "export async function down() {}" << u"irreversible-down warning"_s << QString();
        QTest::newRow("throws") << up + "export async function down() { throw new Error('no'); }"
                                << u"irreversible-down warning"_s << QString();
        QTest::newRow("drops") << up + Good << QString() << u"drop-table destructive t"_s;
        QTest::newRow("as constants")
            << "export const up = async (db) => { await db.deleteFrom('x').execute(); };\n"
               "export const down = async (db) => { await db.schema.dropTable('t').execute(); };"_ba
            << u"delete-all-rows destructive x"_s << u"drop-table destructive t"_s;
        QTest::newRow("not written yet")
            << "export async function up(db) {\n  // await db.schema.alterTable('t').execute();\n}\n" + Good
            << u"empty-up warning"_s << u"drop-table destructive t"_s;
        QTest::newRow("no up") << Good << u"no-up warning"_s << u"drop-table destructive t"_s;
        QTest::newRow("broken") << "export async function up(db) { await db.schema."_ba << u"syntax error"_s
                                << u"syntax error"_s;
    }
    void down()
    {
        QFETCH(QByteArray, source);
        QTEST(shown(lint(source, Direction::Up)), "up");
        QTEST(shown(lint(source, Direction::Down)), "down");
    }

    /// What an edited migration becomes as one of its own.
    void remainder_data()
    {
        QTest::addColumn<QByteArray>("applied");
        QTest::addColumn<QByteArray>("edited");
        QTest::addColumn<QByteArray>("expected"); ///< behind the remark at its top
        const auto both = [](const QByteArray &up, const QByteArray &down) {
            return "export async function up(db) {\n" + up + "}\nexport async function down(db) {\n" + down + "}\n";
        };
        QTest::newRow("a statement more")
            << both("  await a();\n", "  await z();\n")
            << both("  await a(); // first\n  await b();\n", "  await y();\n  await z();\n")
            << both("  // await a();\n // first\n  await b();\n", "  await y();\n  // await z();\n");
        QTest::newRow("over lines, reformatted")
            << both("  await a('x').b();\n", "") << both("  await a(\n    \"x\",\n  ).b();\n  await c();\n", "")
            << both("  // await a(\n//     \"x\",\n//   ).b();\n  await c();\n", "");
        QTest::newRow("two on a line") << both("  await a();\n", "") << both("  await a(); await b();\n", "")
                                       << both("  // await a();\n await b();\n", "");
        QTest::newRow("twice now") << both("  await a();\n", "") << both("  await a();\n  await a();\n", "")
                                   << both("  // await a();\n  await a();\n", "");
        QTest::newRow("changed: its author must look")
            << both("  await a(1);\n  await b();\n", "") << both("  await a(2);\n  await b();\n", "")
            << both("  throw new Error(\"Keep only what is still to be done, then delete this line.\");\n"
                    "  await a(2);\n  // await b();\n",
                    "");
        QTest::newRow("it does not parse") << "up("_ba << "up(("_ba << "up(("_ba;
    }
    void remainder()
    {
        QFETCH(QByteArray, applied);
        QFETCH(QByteArray, edited);
        const QByteArray made = remainderOf(applied, edited, u"001_a.ts"_s);
        QVERIFY(made.startsWith("// What 001_a.ts became"));
        QTEST(made.sliced(made.indexOf('\n') + 1), "expected");
    }

    /// The documentation names each rule with its severity, and no other.
    void documented()
    {
        QFile code(QStringLiteral(PADDOCK_SOURCE_DIR "/core/migrations/lint.cpp"));
        QFile table(QStringLiteral(PADDOCK_SOURCE_DIR "/core/migrations/LINT.md"));
        QVERIFY(code.open(QIODevice::ReadOnly) && table.open(QIODevice::ReadOnly));
        QSet<QString> rules, documented;
        static const QRegularExpression inCode(
            uR"re(u"([a-z]+(?:-[a-z]+)*)"_s,\s*(?::\s*u"[a-z-]+"_s,\s*)?Severity::)re"_s);
        static const QRegularExpression pairs(uR"re(hasWhere \? u"([a-z-]+)"_s : u"([a-z-]+)"_s)re"_s);
        static const QRegularExpression inTable(uR"re(^\| `([a-z-]+)` \|)re"_s, QRegularExpression::MultilineOption);
        const QString text = QString::fromUtf8(code.readAll());
        for (const auto &match : inCode.globalMatch(text))
            rules << match.captured(1);
        for (const auto &match : pairs.globalMatch(text))
            rules << match.captured(1) << match.captured(2);
        for (const auto &match : inTable.globalMatch(QString::fromUtf8(table.readAll())))
            documented << match.captured(1);
        QVERIFY(rules.size() > 15);
        QVERIFY2(rules == documented,
                 qPrintable(QStringList((rules - documented).values() + (documented - rules).values()).join(u' ')));
    }
};

QTEST_GUILESS_MAIN(TestMigrationLint)
#include "tst_migrationlint.moc"
